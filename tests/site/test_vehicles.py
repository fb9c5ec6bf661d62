"""Cars of the household: described in a form, recognised by their cards, and charged as they bear it."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site.garage import vehicles
from custom_components.ocpp_home.site.goal import Measure, Target, Weekly
from custom_components.ocpp_home.site.place import Place
from custom_components.ocpp_home.site.rule import Rule
from custom_components.ocpp_home.site.vehicle import GUEST, Signs, Vehicle, marks, recognised
from tests.household import card_data, hub_entry, set_up, station_data
from tests.platforms.station import connect, model, session
from tests.site.test_circuits import add, answer, begin

pytestmark = pytest.mark.usefixtures("socket_enabled")

ZOE: dict[str, Any] = {
    "name": "Zoe",
    "capacity": 50,
    "level_entity": "sensor.zoe",
    "efficiency": 90,
    "most_current": 13,
    "car_phases": "1",
    "minimum_level": 20,
    "charge_limit": 80,
}


async def arrive(hass: HomeAssistant, hub: Hub) -> Place:
    station = hub.stations["cp1"]
    connect(station)
    station.evse(1).status = Status.PREPARING
    session(station, station.evse(1))
    await hass.async_block_till_done()
    return hub.site.places["cp1/1"]


async def level(hass: HomeAssistant, hub: Hub, percent: str) -> None:
    hass.states.async_set("sensor.zoe", percent)
    hub.site.follow()
    await hass.async_block_till_done()


async def test_a_car_is_recognised_by_its_card_and_charged_as_it_bears_it(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.grid", "1000", {"unit_of_measurement": "W"})
    entry = hub_entry(
        station_data("CP1", maximum=16), card_data("04a2b3"), options={"grid_power": "sensor.grid", "fuse": 25}
    )
    hub = await set_up(hass, entry)
    card = next(key for key, one in entry.subentries.items() if one.title == "Fob")
    key = await add(hass, hub, "vehicle", **ZOE, cards=[card])
    place = await arrive(hass, hub)
    assert place.vehicle is not None
    assert (place.vehicle.key, place.vehicle.capacity, place.level) == (key, 50_000, None)
    assert place.share is not None
    assert (place.share.amps, place.share.phases, place.share.limiter) == (13, 1, "car")
    assert place.need(0.0) is None

    hub.site.want(place, Rule(Mode.SOLAR))
    await level(hass, hub, "10")
    assert place.share.amps == 13, "there is less than there shall always be"
    car = place.need(0.0)
    assert car is not None
    assert (car.energy, car.capacity, car.reach.maximum, car.reach.phases) == (5000, 40_000, 13, (1,))
    await level(hass, hub, "20")
    hub.site.want(place, Rule(Mode.FAST))
    await level(hass, hub, "79")
    assert place.share.amps == 13
    await level(hass, hub, "80")
    assert place.share.amps == 0, "it shall not become fuller"
    assert place.share.limiter == "full"
    await level(hass, hub, "79.5")
    assert place.share.amps == 0, "so little is not worth a start"
    await level(hass, hub, "unavailable")
    assert place.share.amps == 0, "what was told last is believed"
    await level(hass, hub, "78")
    assert place.share.amps == 13

    result = await answer(hass, await begin(hass, hub, "vehicle", key), **(ZOE | {"most_current": 10}))
    assert result["reason"] == "reconfigure_successful"
    assert place.vehicle is None, "the card is no longer one of its"


def test_a_car_is_known_by_choice_by_what_is_told_and_by_where_it_usually_is() -> None:
    zoe = Vehicle("z", "Zoe", 1, marks=marks("AA:BB:CC:DD:EE:FF"), places=frozenset({"CP1"}))
    van = Vehicle("v", "Van", 1, marks=marks("04A2"))
    cars, here = (zoe, van), frozenset({"CP1", "CP1/1"})
    assert recognised(cars, Signs(told=marks("vid:aabbccddeeff"))) is zoe
    assert recognised(cars, Signs(told=marks("04a2"), places=here)) is van
    assert recognised(cars, Signs(told=marks("99"), places=here)) is zoe
    assert recognised(cars, Signs("v", marks("AABBCCDDEEFF"), here)) is van
    assert recognised(cars, Signs(GUEST, marks("04a2"), here)) is None
    assert recognised((zoe, Vehicle("o", "Other", 1, places=frozenset({"CP1/1"}))), Signs(places=here)) is None
    assert recognised(cars, Signs()) is None


async def test_the_form_of_a_car_asks_when_it_leaves_and_shows_it_again(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP1"), options={"grid_power": "sensor.grid"}))
    departures = {"leaves_workdays": "07:30:00", "returns_workdays": "17:15:00", "leaves_level": 70}
    key = await add(hass, hub, "vehicle", **ZOE, consumption=18, departures=departures)
    (zoe,) = vehicles(hub.entry)
    assert zoe.consumption == 180
    assert zoe.timetable == (Weekly(time(7, 30), frozenset(range(5)), Target(Measure.LEVEL, 70), time(17, 15)),)
    schema = (await begin(hass, hub, "vehicle", key))["data_schema"].schema
    (field,) = [field for field in schema if field == "departures"]
    shown = {str(one): one.description for one in schema[field].schema.schema if one.description}
    assert {name: told["suggested_value"] for name, told in shown.items()} == departures
    await answer(hass, await begin(hass, hub, "vehicle", key), **ZOE)
    (zoe,) = vehicles(hub.entry)
    assert zoe.timetable == ()


async def test_diagnostics_tell_of_cars_but_not_whose_they_are(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP1")))
    await add(hass, hub, "vehicle", **(ZOE | {"name": "Miriam's Zoe"}), identifiers=["AA:BB:CC:DD:EE:FF"])
    told = await async_get_config_entry_diagnostics(hass, hub.entry)
    (zoe,) = told["vehicles"]
    assert (zoe["capacity"], zoe["phases"], zoe["limit"]) == (50_000, 1, 80)
    assert zoe["level"] == "**REDACTED**"
    assert "Miriam" not in str(told)
    assert "aabbcc" not in str(told).casefold()


async def test_what_a_station_tells_of_its_car_is_a_sign(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP1"), options={"grid_power": "sensor.grid"}))
    key = await add(hass, hub, "vehicle", **ZOE, identifiers=["AA:BB:CC:DD:EE:FF"])
    place = await arrive(hass, hub)
    assert place.vehicle is None
    model(hub.stations["cp1"], "ConnectedEV.VehicleId@1", "aabbccddeeff")
    hub.site.follow()
    await hass.async_block_till_done()
    assert place.vehicle is not None
    assert place.vehicle.key == key


async def test_a_car_of_which_nobody_knows_how_full_it_is_is_charged_for_its_departure_all_the_same(
    hass: HomeAssistant,
) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP1", maximum=16), options={"fuse": 25}))
    await add(hass, hub, "vehicle", **ZOE, usual_places=["CP1"])
    place = await arrive(hass, hub)
    now = dt_util.utcnow()
    assert place.need(now.timestamp()) is None
    place.want(replace(place.rule, once=now + timedelta(hours=9)))
    need = place.need(now.timestamp())
    assert need is not None
    charged = place.visit.charged * 0.9
    assert (need.energy, need.target) == (pytest.approx(0.20 * 50_000 + charged), pytest.approx(0.80 * 50_000))
