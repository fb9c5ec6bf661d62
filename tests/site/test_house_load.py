"""What the house usually takes: by the hour, on weekdays and weekends, without its cars."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import StatisticsShortTerm
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_add_external_statistics, async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.ocpp_home.site.house_load import HouseLoad, Meter, habit_of, meters
from custom_components.ocpp_home.site.settings import SiteSettings

ZONE = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
"""A Wednesday."""


def powers(hass: HomeAssistant, entity: str, unit: str, told: dict[datetime, float]) -> None:
    """The recorder knows these hourly means of a sensor."""
    data: StatisticMetaData = {
        "has_sum": False, "mean_type": StatisticMeanType.ARITHMETIC, "name": None, "source": "recorder",
        "statistic_id": entity, "unit_class": "electric_current" if unit == "A" else "power",
        "unit_of_measurement": unit,
    }  # fmt: skip
    async_import_statistics(hass, data, [StatisticData(start=hour, mean=mean) for hour, mean in told.items()])


def energies(hass: HomeAssistant, statistic: str, told: dict[datetime, float]) -> None:
    """The recorder knows what was delivered (kWh) in these hours."""
    source = statistic.partition(":")[0] if ":" in statistic else "recorder"
    data: StatisticMetaData = {
        "has_sum": True, "mean_type": StatisticMeanType.NONE, "name": None, "source": source,
        "statistic_id": statistic, "unit_class": "energy", "unit_of_measurement": "kWh",
    }  # fmt: skip
    total, rows = 100.0, [StatisticData(start=min(told) - HOUR, state=0.0, sum=100.0)]
    for hour, energy in told.items():
        total += energy
        rows.append(StatisticData(start=hour, state=energy, sum=total))
    (async_add_external_statistics if ":" in statistic else async_import_statistics)(hass, data, rows)


def hours(day: int, *numbers: int) -> list[datetime]:
    """Hours (UTC) of a day of November; the 23rd is a Monday, Berlin is an hour ahead."""
    return [datetime(2026, 11, day, number, tzinfo=UTC) for number in numbers]


async def learnt(hass: HomeAssistant, parts: tuple[Meter, ...], *moments: datetime) -> list[float | None]:
    await async_wait_recording_done(hass)
    await hass.config.async_set_time_zone("Europe/Berlin")
    habit = await HouseLoad(hass).learn(NOW, parts)
    return [habit.load(moment.timestamp()) for moment in moments]


async def test_the_load_is_grid_and_sun_and_battery_without_the_cars(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    noon = hours(23, 12)[0]
    powers(hass, "sensor.export", "kW", {noon: 1.5})
    powers(hass, "sensor.sun", "W", {noon: 6000})
    powers(hass, "sensor.battery", "W", {noon: 500})
    energies(hass, "ocpp_home:garage_energy", {noon: 3.4})
    settings = SiteSettings(
        grid="sensor.export", grid_inverted=True, solar="sensor.sun", battery="sensor.battery", battery_inverted=True
    )
    parts = meters(hass, settings, ("ocpp_home:garage_energy",), ("sensor.sun_energy",))
    assert await learnt(hass, parts, noon) == [pytest.approx(-1500 + 6000 - 500 - 3400)]


async def test_without_a_sensor_of_the_sun_its_energy_counts(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    noon = hours(23, 12)[0]
    powers(hass, "sensor.grid", "W", {noon: -1000})
    energies(hass, "sensor.sun_energy", {noon: 1.6})
    parts = meters(hass, SiteSettings(grid="sensor.grid"), (), ("sensor.sun_energy",))
    assert await learnt(hass, parts, noon) == [pytest.approx(600)]


async def test_phases_are_added_up_and_a_current_counts_where_nothing_flows_back(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    noon = hours(23, 12)[0]
    lines = ("sensor.l1", "sensor.l2", "sensor.l3")
    for line, amps in zip(lines, (1, 2, 3), strict=True):
        powers(hass, line, "A", {noon: amps})
        hass.states.async_set(line, "1", {"unit_of_measurement": "A"})
    assert await learnt(hass, meters(hass, SiteSettings(lines=lines), (), ()), noon) == [6 * 230]
    assert meters(hass, SiteSettings(lines=lines, solar="sensor.sun"), (), ()) == ()
    for line in lines:
        hass.states.async_set(line, "1", {"unit_of_measurement": "W"})
    assert [part.times for part in meters(hass, SiteSettings(lines=lines, grid_inverted=True), (), ())] == [-1, -1, -1]
    assert meters(hass, SiteSettings(solar="sensor.sun"), ("ocpp_home:garage_energy",), ()) == ()


async def test_weekends_are_others_and_an_hour_only_one_kind_knows_is_that_of_both(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    monday, tuesday, saturday = hours(23, 6)[0], hours(24, 6)[0], hours(21, 6)[0]
    evening = hours(22, 19)[0]
    told = {saturday: 900.0, evening: 1500.0, monday: 200.0, tuesday: 400.0}
    powers(hass, "sensor.grid", "W", told)
    asked = [hours(day, 6)[0] for day in (26, 28)] + [hours(day, 19)[0] for day in (26, 28)]
    answers = await learnt(hass, (Meter("sensor.grid"),), *asked, hours(26, 3)[0])
    assert answers == [300, 900, 1500, 1500, pytest.approx((300 + 900 + 1500) / 3)]


async def test_what_is_older_than_two_weeks_or_not_told_by_all_is_left_out(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    old, half, whole = hours(10, 6)[0], hours(23, 6)[0], hours(24, 6)[0]
    powers(hass, "sensor.grid", "W", {old: 9000, half: 5000, whole: 300})
    powers(hass, "sensor.sun", "W", {old: 0, whole: 100})
    assert await learnt(hass, (Meter("sensor.grid"), Meter("sensor.sun")), whole) == [400]


async def test_the_sun_of_the_last_two_hours_is_the_mean_of_its_five_minutes(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    data: StatisticMetaData = {
        "has_sum": False, "mean_type": StatisticMeanType.ARITHMETIC, "name": None, "source": "recorder",
        "statistic_id": "sensor.sun", "unit_class": "power", "unit_of_measurement": "kW",
    }  # fmt: skip
    begin = NOW.replace(minute=0)
    told = {begin - 3 * HOUR: 9.0, begin - HOUR: 1.0, begin: 3.0}
    rows = [StatisticData(start=moment, mean=power) for moment, power in told.items()]
    get_instance(hass).async_import_statistics(data, rows, StatisticsShortTerm)
    await async_wait_recording_done(hass)
    assert await HouseLoad(hass).sun(NOW, "sensor.sun") == 2000
    assert await HouseLoad(hass).sun(NOW, None) is None


async def test_without_a_recorder_or_meters_nothing_is_usual(hass: HomeAssistant) -> None:
    habits = HouseLoad(hass)
    assert (await habits.learn(NOW, (Meter("sensor.grid"),))).usual == {}
    assert (await habits.learn(NOW, ())).load(NOW.timestamp()) is None
    assert await habits.sun(NOW, "sensor.sun") is None


async def test_with_a_recorder_that_knows_nothing_nothing_is_usual(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    assert (await HouseLoad(hass).learn(NOW, (Meter("sensor.grid"), Meter("sensor.sun")))).usual == {}
    assert await HouseLoad(hass).sun(NOW, "sensor.sun") is None


@pytest.mark.parametrize("changed", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_an_hour_is_that_of_the_clock_before_and_after_it_is_changed(changed: datetime) -> None:
    before = datetime(changed.year, changed.month, changed.day, 18, tzinfo=ZONE) - timedelta(days=7)
    after = datetime(changed.year, changed.month, changed.day, 18, tzinfo=ZONE)
    assert (after.timestamp() - before.timestamp()) % 86400 != 0
    habit = habit_of({before.timestamp(): 700.0, before.timestamp() + 3600: 50.0}, ZONE)
    assert (habit.load(after.timestamp()), habit.load(after.timestamp() + 1800)) == (700, 700)
    assert habit.load(after.timestamp() + 3600) == 50


def test_what_it_takes_now_tells_of_the_next_hour_less_and_less() -> None:
    habit = habit_of({NOW.timestamp() + 3600 * index: 400.0 for index in range(3)}, ZONE)
    now = NOW.timestamp()
    expected = [habit.expected(now + minutes * 60, now, 2000) for minutes in (0, 15, 30, 60, 600)]
    assert expected == [2000, 1600, 1200, 400, 400]
    assert habit.expected(now + 60, now, None) == 400
    assert habit_of({}, ZONE).expected(now + 6000, now, 2000) == 2000
    assert habit_of({}, ZONE).expected(now + 6000, now, None) is None
