"""The long-term statistics are what the ledger has, hour by hour, whenever a session comes to be known."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ocpp_home.const import CONF_LEDGER, CONF_PRICE, CONF_PRICE_SOURCE, DOMAIN
from custom_components.ocpp_home.csms.dialogue import sessions
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import PriceSource
from tests.household import hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIXED: Mapping[str, Any] = {CONF_PRICE_SOURCE: PriceSource.FIXED, CONF_PRICE: 0.3}
ENERGY, COST = "ocpp_home:cp1_energy", "ocpp_home:cp1_cost"

type Points = Mapping[float, float]
"""Hours after NOON, and the register (Wh) then."""


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    """It is a day after NOON."""
    freezer.move_to(NOON + 24 * HOUR)


async def running(hass: HomeAssistant, options: Mapping[str, Any] = FIXED, identity: str = "CP1", **data: Any) -> Hub:
    entry = hub_entry(station_data(identity, "Garage"), options=options)
    if data:
        hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
    return await set_up(hass, entry)


async def written(hass: HomeAssistant, hub: Hub) -> None:
    """Let what is due be written."""
    await settled(hub)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await hass.async_block_till_done()
    work = hub.statistics._work  # noqa: SLF001 - there is nothing to be seen of a task that writes nothing
    if work is not None:
        await work


async def settled(hub: Hub) -> None:
    if (durable := hub.ledger.commit()) is not None:
        await durable


def price(hub: Hub, hour: float, per_kwh: str, currency: str = "EUR") -> None:
    """From so many hours after NOON on a kWh costs this."""
    hub.ledger.price(Price.of(NOON + HOUR * hour, currency, per_kwh))


def charge(hub: Hub, name: str, points: Points, *, identity: str = "cp1", ended: bool = True) -> Transaction:
    """A session that is told now, with a value of its register at each of the hours."""
    station = hub.stations[identity]
    begin, end = min(points), max(points)
    evse = station.evse(1)
    opening = Opening(station.name, 1, 1, "CARD", NOON + HOUR * begin, points[begin], id=name)
    transaction = station.ledger.start(opening)
    readings = [Reading(Quantity.ENERGY_IMPORT, value, NOON + HOUR * hour) for hour, value in points.items()]
    station.ledger.read(transaction, readings[1:])
    if ended:
        closing = Closing(NOON + HOUR * end, points[end], "Local", received=dt_util.utcnow())
        sessions.close(station, transaction, closing, (), dt_util.utcnow())
    else:
        evse.transaction = transaction
    return transaction


async def hours(hass: HomeAssistant, statistic: str) -> dict[float, tuple[float, float]]:
    """What the recorder has: by hours after NOON the amount of the hour, and the sum."""
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime(2000, 1, 1, tzinfo=UTC),
        None,
        {statistic},
        "hour",
        None,
        {"state", "sum"},
    )
    rows = found.get(statistic, [])
    return {
        (row["start"] - NOON.timestamp()) / 3600: (round(row["state"] or 0, 6), round(row["sum"] or 0, 6))
        for row in rows
    }


async def listed(hass: HomeAssistant) -> dict[str, tuple[str | None, str | None]]:
    """Our statistics: what they are called, and their unit."""
    found = await get_instance(hass).async_add_executor_job(list_statistic_ids, hass)
    ours = [one for one in found if one["source"] == DOMAIN]
    return {one["statistic_id"]: (one["name"], one["statistics_unit_of_measurement"]) for one in ours}


async def test_a_session_is_counted_in_the_hours_in_which_it_charged(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass)
    price(hub, 0, "0.30")
    price(hub, 2, "0.20")
    charge(hub, "a", {0.5: 1000, 1: 3000, 2: 8000, 2.25: 9000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (2.0, 2.0), 1: (5.0, 7.0), 2: (1.0, 8.0)}
    assert await hours(hass, COST) == {0: (0.6, 0.6), 1: (1.5, 2.1), 2: (0.2, 2.3)}
    assert await listed(hass) == {ENERGY: ("Garage energy", "kWh"), COST: ("Garage cost", "EUR")}


async def test_a_session_that_comes_late_goes_into_its_hours_and_all_later_sums_follow(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass)
    price(hub, -240, "0.30")
    charge(hub, "new", {5: 0, 6: 4000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {5: (4.0, 4.0)}
    charge(hub, "late", {-200: 0, -199: 1000})
    charge(hub, "overlapping", {5.5: 0, 6.5: 2000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {-200: (1.0, 1.0), 5: (5.0, 6.0), 6: (1.0, 7.0)}
    assert await hours(hass, COST) == {-200: (0.3, 0.3), 5: (1.5, 1.8), 6: (0.3, 2.1)}


async def test_an_end_that_was_only_presumed_gives_way_also_in_the_statistics(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    transaction = charge(hub, "a", {0: 0, 1: 1000}, ended=False)
    station = hub.stations["cp1"]
    sessions.lost(station, station.evse(1), transaction, NOON + 2 * HOUR, dt_util.utcnow())
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0)}
    told = Closing(NOON + 3 * HOUR, 4000, "Local", received=dt_util.utcnow())
    sessions.close(station, transaction, told, (), dt_util.utcnow())
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0), 1: (1.5, 2.5), 2: (1.5, 4.0)}


async def test_a_session_that_was_wrong_leaves_nothing_where_it_was(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000, 2: 1500})
    charge(hub, "b", {6: 0, 7: 1000})
    await written(hass, hub)
    await hub.ledger.forget("CP1")
    charge(hub, "c", {0: 0, 1: 700})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (0.7, 0.7), 1: (0.0, 0.7), 6: (0.0, 0.7)}


async def test_what_still_runs_is_counted_every_hour(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hub = await running(hass, {})
    transaction = charge(hub, "a", {22: 0, 23: 1000}, ended=False)
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {22: (1.0, 1.0)}
    hub.ledger.read(transaction, [Reading(Quantity.ENERGY_IMPORT, 3000, NOON + 25 * HOUR)])
    freezer.move_to(NOON + 25 * HOUR + timedelta(minutes=1))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {22: (1.0, 1.0), 23: (1.0, 2.0), 24: (1.0, 3.0)}


async def test_a_restart_changes_nothing_and_goes_on_with_the_sums(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass)
    price(hub, 0, "0.30")
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    before = await hours(hass, ENERGY), await hours(hass, COST)
    for _ in range(2):
        assert await hass.config_entries.async_reload(hub.entry.entry_id)
        hub = hub.entry.runtime_data
        await written(hass, hub)
    assert (await hours(hass, ENERGY), await hours(hass, COST)) == before
    charge(hub, "b", {2: 1000, 3: 1500})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0), 2: (0.5, 1.5)}


async def test_what_was_not_written_before_the_end_is_written_after_the_next_start(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    charge(hub, "very late", {-2000: 0, -1999: 500})
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    await written(hass, hub.entry.runtime_data)
    assert await hours(hass, ENERGY) == {-2000: (0.5, 0.5), 0: (1.0, 1.5)}


async def test_a_database_that_was_emptied_is_filled_from_the_ledger(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    charge(hub, "old", {-2000: 0, -1999: 500})
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    get_instance(hass).async_clear_statistics([ENERGY])
    await get_instance(hass).async_block_till_done()
    assert await hours(hass, ENERGY) == {}
    charge(hub, "b", {2: 1000, 3: 1500})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {-2000: (0.5, 0.5), 0: (1.0, 1.5), 2: (0.5, 2.0)}


async def copied_back(hass: HomeAssistant, upto: float) -> None:
    """The database of the recorder is an older copy of itself: of our energy it has the hours until then only."""
    kept = {hour: row for hour, row in (await hours(hass, ENERGY)).items() if hour <= upto}
    [(name, unit)] = [one for key, one in (await listed(hass)).items() if key == ENERGY]
    recorder = get_instance(hass)
    recorder.async_clear_statistics([ENERGY])
    await recorder.async_block_till_done()
    metadata = StatisticMetaData(
        has_sum=True,
        mean_type=StatisticMeanType.NONE,
        name=name,
        source=DOMAIN,
        statistic_id=ENERGY,
        unit_class="energy",
        unit_of_measurement=unit,
    )
    rows = [StatisticData(start=NOON + HOUR * hour, state=state, sum=sum_) for hour, (state, sum_) in kept.items()]
    async_add_external_statistics(hass, metadata, rows)
    await recorder.async_block_till_done()


async def test_a_database_that_is_an_older_copy_is_filled_from_its_last_hour_on(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000})
    charge(hub, "b", {5: 1000, 6: 3000})
    await written(hass, hub)
    await copied_back(hass, upto=0)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0)}
    charge(hub, "c", {9: 3000, 10: 3500})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0), 5: (2.0, 3.0), 9: (0.5, 3.5)}


async def test_once_a_night_the_last_days_are_compared(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000})
    charge(hub, "b", {5: 1000, 6: 3000})
    await written(hass, hub)
    await copied_back(hass, upto=0)
    for hour, found in ((2, {0: (1.0, 1.0)}), (3, {0: (1.0, 1.0), 5: (2.0, 3.0)})):
        freezer.move_to((NOON + 48 * HOUR).replace(hour=hour, minute=1))
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()
        await written(hass, hub)
        assert await hours(hass, ENERGY) == found


async def test_a_session_of_a_clock_that_was_never_set_counts_for_nothing(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {-494_400: 0, -494_399: 700})
    charge(hub, "b", {0: 0, 1: 1000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0)}


async def test_in_another_currency_costs_begin_anew(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    hub = await running(hass)
    price(hub, 0, "0.30")
    price(hub, 4, "3", "SEK")
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    await hass.config.async_update(currency="SEK")
    charge(hub, "b", {5: 1000, 6: 2000})
    await written(hass, hub)
    assert await hours(hass, COST) == {5: (3.0, 3.0)}
    assert (await listed(hass))[COST] == ("Garage cost", "SEK")
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0), 5: (1.0, 2.0)}


async def test_without_a_price_there_is_energy_and_no_cost(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    assert await listed(hass) == {ENERGY: ("Garage energy", "kWh")}


async def test_a_session_whose_energy_nobody_knows_counts_for_nothing(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, {})
    station = hub.stations["cp1"]
    orphan = station.ledger.orphan("CP1", 1, "x", Closing(NOON, 1000, "Local", received=NOON))
    hub.statistics.note(orphan)
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0)}


async def test_a_session_that_seems_to_last_for_years_is_one_row(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {-100_000: 0, 1.5: 1000})
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {1: (1.0, 1.0)}


async def test_stations_whose_names_sound_alike_have_statistics_of_their_own(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    entry = hub_entry(station_data("CP-1", "One"), station_data("CP 1", "Two"))
    hub = await set_up(hass, entry)
    charge(hub, "a", {0: 0, 1: 1000}, identity="cp-1")
    charge(hub, "b", {0: 0, 1: 2000}, identity="cp 1")
    await written(hass, hub)
    names = {name: statistic for statistic, (name, _) in (await listed(hass)).items()}
    assert names.keys() == {"One energy", "Two energy"}
    assert await hours(hass, names["One energy"]) == {0: (1.0, 1.0)}
    assert await hours(hass, names["Two energy"]) == {0: (2.0, 2.0)}
    assert set(names.values()) == {"ocpp_home:cp_1_energy", "ocpp_home:cp_1_2_energy"}


async def test_a_second_hub_has_statistics_of_its_own(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("CP1", "Garage"))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_LEDGER: "ledger_9001.db"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    hub: Hub = entry.runtime_data
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    assert set(await listed(hass)) == {"ocpp_home:cp1_ledger_9001_energy"}


async def test_without_a_recorder_there_are_none_and_nothing_is_missed(hass: HomeAssistant) -> None:
    hub = await running(hass)
    charge(hub, "a", {0: 0, 1: 1000})
    async_fire_time_changed(hass, dt_util.utcnow() + HOUR)
    await hass.async_block_till_done()
    assert hub.ledger.recall("CP1", "statistics") is None


async def test_a_station_that_was_removed_keeps_its_statistics(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    hub = await running(hass, {})
    charge(hub, "a", {0: 0, 1: 1000})
    await written(hass, hub)
    charge(hub, "b", {2: 0, 3: 1000})
    [subentry] = hub.entry.subentries
    hass.config_entries.async_remove_subentry(hub.entry, subentry)
    await written(hass, hub)
    assert await hours(hass, ENERGY) == {0: (1.0, 1.0)}
