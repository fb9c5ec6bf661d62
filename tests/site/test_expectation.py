"""What is expected of the next days, in a house with forecasts, prices, meters and a fuse, or without."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.ocpp_home.const import CONF_PRICE, CONF_PRICE_ENTITY, CONF_PRICE_SOURCE
from custom_components.ocpp_home.csms.control.outlook import Outlook, Slot
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import PriceSource
from custom_components.ocpp_home.site.expectation import Expectations
from tests.household import hub_entry, set_up, station_data

from .test_house_load import energies, powers
from .test_market import entry
from .test_sunshine import forecaster

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
"""A Wednesday; 11:20 in Berlin."""
HOUR = timedelta(hours=1)
FIXED = {CONF_PRICE_SOURCE: PriceSource.FIXED, CONF_PRICE: 0.32}
ENTITY = {CONF_PRICE_SOURCE: PriceSource.ENTITY, CONF_PRICE_ENTITY: "sensor.price"}
WATT, EURO = {"unit_of_measurement": "W"}, {"unit_of_measurement": "EUR/kWh"}
METERS = {"grid_power": "sensor.grid", "solar_power": "sensor.sun", "feed_in": 0.07}


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)


async def running(hass: HomeAssistant, options: Mapping[str, Any]) -> Hub:
    hass.config.currency = "EUR"
    await hass.config.async_set_time_zone("Europe/Berlin")
    return await set_up(hass, hub_entry(station_data("CP1", "Garage"), options=options))


async def dashboard(hass: HomeAssistant, *sources: dict[str, Any]) -> None:
    """The Energy dashboard has these sources."""
    assert await async_setup_component(hass, "energy", {})
    (await async_get_manager(hass)).data = {"energy_sources": [*sources]}  # type: ignore[assignment]  # as far as it matters here


async def measure(hass: HomeAssistant, **watts: float) -> None:
    for name, power in watts.items():
        hass.states.async_set(f"sensor.{name}", str(power), WATT)
    await hass.async_block_till_done()


def at(outlook: Outlook, moment: datetime) -> Slot:
    """The slot of a moment."""
    return next(slot for slot in outlook.slots if slot.begin <= moment.timestamp() < slot.end)


async def test_a_house_nobody_knows_anything_of_has_an_outlook_all_the_same(hass: HomeAssistant) -> None:
    expectations = Expectations(await running(hass, {}))
    outlook = await expectations.look(NOW)
    assert outlook.slots[0].begin == NOW.timestamp()
    assert len(outlook.slots) == 120
    assert {(one.price, one.feed_in, one.pv, one.load, one.room) for one in outlook.slots} == {(0.3, 0.08, 0, 0, inf)}
    assert expectations.known == {"sun": "none", "prices": "none", "feed_in": "fixed", "load": "none"}
    assert expectations.prices_until is None


async def test_a_fixed_price_and_the_load_of_now_hold_on(hass: HomeAssistant) -> None:
    hub = await running(hass, FIXED | METERS)
    await measure(hass, grid=-1500, sun=2100)
    expectations = Expectations(hub)
    outlook = await expectations.look(NOW)
    assert {(one.price, one.feed_in, one.load) for one in outlook.slots} == {(0.32, 0.07, 600)}
    assert expectations.known == {"sun": "none", "prices": "fixed", "feed_in": "fixed", "load": "now"}


async def test_the_sun_is_what_the_forecasts_say(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    roof, asked = forecaster(
        hass, "roof", {"wh_hours": {"2026-11-25T12:00:00+01:00": 1200, "2026-11-26T12:00:00+01:00": 2400}}
    )
    hub = await running(hass, {})
    await dashboard(hass, {"type": "solar", "stat_energy_from": "sensor.e", "config_entry_solar_forecast": [roof]})
    assert asked == []
    expectations = Expectations(hub)
    outlook = await expectations.look(NOW)
    assert [at(outlook, NOW + HOUR * hours).pv for hours in (0, 1, 2, 25, 26)] == [0, 1200, 0, 2400, 0]
    assert expectations.known["sun"] == "Roof"


async def test_prices_of_the_entity_count_and_the_same_hour_goes_on_beyond_them(hass: HomeAssistant) -> None:
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    rows = [
        {"start": midnight + HOUR * hour, "end": midnight + HOUR * (hour + 1), "value": 0.20 + hour / 100}
        for hour in range(24)
    ]
    hass.states.async_set("sensor.price", "0.31", EURO | {"raw_today": rows, "raw_tomorrow": []})
    expectations = Expectations(await running(hass, ENTITY))
    outlook = await expectations.look(NOW)
    assert [at(outlook, NOW + HOUR * hours).price for hours in (0, 1, 12, 13, 24, 25)] == pytest.approx(
        [0.31, 0.32, 0.43, 0.20, 0.31, 0.32]
    )
    assert expectations.known["prices"] == "sensor.price"
    assert expectations.prices_until == midnight + 24 * HOUR
    assert expectations.known["prices_until"] == "2026-11-26T00:00:00+01:00"


async def test_prices_in_cents_are_told_in_the_currency(hass: HomeAssistant) -> None:
    rows = [{"start": (NOW - HOUR / 3 + HOUR * hour).isoformat(), "price": 30 + hour} for hour in range(3)]
    hass.states.async_set("sensor.price", "30", {"unit_of_measurement": "ct/kWh", "prices": rows})
    outlook = await Expectations(await running(hass, ENTITY)).look(NOW)
    assert [at(outlook, NOW + HOUR * hours).price for hours in (0, 1, 2)] == pytest.approx([0.30, 0.31, 0.32])


async def test_an_entity_made_from_nord_pool_keeps_its_surcharge(hass: HomeAssistant) -> None:
    async def prices(call: ServiceCall) -> dict[str, Any]:
        begin = datetime.fromisoformat(f"{call.data['date']}T00:00:00+01:00")
        rows = [
            {"start": (begin + HOUR * hour).isoformat(), "end": (begin + HOUR * (hour + 1)).isoformat(),
             "price": 100.0 + hour}
            for hour in range(24)
        ]  # fmt: skip
        return {"DE": rows}

    hass.services.async_register("nordpool", "get_prices_for_date", prices, supports_response=SupportsResponse.ONLY)
    entry(hass, "nordpool")
    hass.states.async_set("sensor.price", "0.311", EURO)
    expectations = Expectations(await running(hass, ENTITY))
    outlook = await expectations.look(NOW)
    assert [at(outlook, NOW + HOUR * hours).price for hours in (0, 1, 13, 25)] == pytest.approx(
        [0.311, 0.312, 0.300, 0.312]
    )
    assert expectations.known["prices"] == "sensor.price, nordpool"
    assert expectations.prices_until == datetime(2026, 11, 26, 23, tzinfo=UTC)


async def test_an_entity_that_tells_only_the_price_of_now_is_as_now(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.price", "0.27", EURO)
    expectations = Expectations(await running(hass, ENTITY))
    assert {one.price for one in (await expectations.look(NOW)).slots} == {0.27}
    assert (expectations.known["prices"], expectations.prices_until) == ("sensor.price", None)


async def test_what_is_paid_for_the_sun_is_the_price_the_dashboard_goes_by(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    rows = [{"start": (NOW - HOUR / 3 + HOUR * hour).isoformat(), "price": hour / 100} for hour in range(4)]
    hass.states.async_set("sensor.export", "0.00", EURO | {"prices": rows})
    hub = await running(hass, FIXED | METERS)
    await dashboard(hass, {"type": "grid", "entity_energy_price_export": "sensor.export"})
    expectations = Expectations(hub)
    outlook = await expectations.look(NOW)
    assert [at(outlook, NOW + HOUR * hours).feed_in for hours in range(4)] == pytest.approx([0, 0.01, 0.02, 0.03])
    assert expectations.known["feed_in"] == "sensor.export"
    hass.states.async_set("sensor.export", "unavailable", EURO)
    assert {one.feed_in for one in (await expectations.look(NOW)).slots} == {0.07}


async def test_the_load_is_that_of_now_and_then_what_it_usually_is(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    hub = await running(hass, FIXED | METERS)
    await measure(hass, grid=1000, sun=0)
    days = [datetime(2026, 11, 24, 11, tzinfo=UTC) + HOUR * hour for hour in range(4)]
    powers(hass, "sensor.grid", "W", dict.fromkeys(days, 2000))
    powers(hass, "sensor.sun", "W", dict.fromkeys(days, 400))
    energies(hass, "ocpp_home:cp1_energy", dict.fromkeys(days, 2.2))
    await async_wait_recording_done(hass)
    expectations = Expectations(hub)
    outlook = await expectations.look(NOW)
    assert outlook.slots[0].load == pytest.approx(1000 - 800 * 5 / 60)
    assert at(outlook, NOW + 2 * HOUR).load == pytest.approx(200)
    assert expectations.known["load"] == "statistics"


async def test_where_the_sun_is_not_measured_its_forecast_is_part_of_the_load(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    roof, _ = forecaster(hass, "roof", {"wh_hours": {"2026-11-25T11:00:00+01:00": 1800}})
    hub = await running(hass, FIXED | {"grid_power": "sensor.grid"})
    await dashboard(hass, {"type": "solar", "stat_energy_from": "sensor.e", "config_entry_solar_forecast": [roof]})
    await measure(hass, grid=-1300)
    assert (await Expectations(hub).look(NOW)).slots[0].load == pytest.approx(500)


@pytest.mark.parametrize(
    ("options", "room"),
    [
        ({"fuse": 25, "fuse_phases": "3"}, (25 - 0.5) * 3 * 230 - 1.5 * 1000),
        ({"fuse": 25, "fuse_phases": "1"}, (25 - 0.5) * 230 - 1000),
        ({"fuse": 25, "fuse_phases": "3", "margin": 5}, 20 * 3 * 230 - 1.5 * 1000),
        ({"fuse": 1, "fuse_phases": "1"}, 0),
        ({}, inf),
    ],
)
async def test_the_room_is_what_the_fuse_leaves_beside_the_house(
    hass: HomeAssistant, options: dict[str, Any], room: float
) -> None:
    hub = await running(hass, FIXED | METERS | options)
    await measure(hass, grid=1000, sun=0)
    assert {one.room for one in (await Expectations(hub).look(NOW)).slots} == {room}


async def test_currents_of_the_phases_tell_the_load_where_nothing_tells_power(hass: HomeAssistant) -> None:
    lines = {f"grid_l{line}": f"sensor.l{line}" for line in (1, 2, 3)}
    hub = await running(hass, FIXED | {"fuse": 25, "fuse_phases": "3"} | lines)
    for line in (1, 2, 3):
        hass.states.async_set(f"sensor.l{line}", str(line), {"unit_of_measurement": "A"})
    await hass.async_block_till_done()
    assert (await Expectations(hub).look(NOW)).slots[0].load == 6 * 230


async def test_a_grid_operator_who_asks_for_less_is_expected_to_do_so_for_two_hours(hass: HomeAssistant) -> None:
    hub = await running(hass, FIXED | METERS | {"dimming": "switch.less", "dimmed_power": 4200})
    hass.states.async_set("switch.less", "on")
    await measure(hass, grid=1000, sun=0)
    outlook = await Expectations(hub).look(NOW)
    assert [at(outlook, NOW + HOUR * hours).room for hours in (0, 1, 3)] == [4200, 4200, inf]


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 3, 28, 20, tzinfo=UTC), 23), (datetime(2026, 10, 24, 20, tzinfo=UTC), 25)],
)
async def test_over_the_change_of_the_clock_prices_keep_the_hour_of_the_clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, now: datetime, hours: int
) -> None:
    freezer.move_to(now)
    tomorrow = [0.1] * (hours - 1) + [0.9]
    hass.states.async_set("sensor.price", "0.1", EURO | {"today": [0.1] * 24, "tomorrow": tomorrow})
    outlook = await Expectations(await running(hass, ENTITY)).look(now)
    dear = datetime.fromisoformat(f"{now:%Y-%m}-{now.day + 1}T23:00:00{'+02:00' if hours == 23 else '+01:00'}")
    assert {slot.begin for slot in outlook.slots if slot.price > 0.8} >= {dear.timestamp()}
    assert [at(outlook, dear + HOUR * ahead).price for ahead in (-1, 0, 1)] == pytest.approx([0.1, 0.9, 0.1])
