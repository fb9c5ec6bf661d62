"""Departures, targets, levels and prices, as the owner sets them: what the car needs, and what its station is told."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.control.terms import Tuning
from custom_components.ocpp_home.csms.dialogue import tempo
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.site import draw
from custom_components.ocpp_home.site.habits import Habits
from custom_components.ocpp_home.site.rule import Rule
from tests.household import hub_entry, set_up, simulated, station_data, until
from tests.platforms.station import entity_id, shown
from tests.simulator import ManualClock
from tests.site.test_circuits import add
from tests.site.test_controller import Home

pytestmark = pytest.mark.usefixtures("socket_enabled")

OPTIONS = {"grid_power": "sensor.grid", "price_source": "fixed", "price": 0.30, "publish_interval": 0}
ZOE: dict[str, Any] = {
    "name": "Zoe",
    "capacity": 50,
    "level_entity": "sensor.zoe",
    "efficiency": 90,
    "consumption": 20,
    "car_phases": "3",
    "minimum_level": 0,
    "charge_limit": 100,
    "usual_places": ["GARAGE"],
}


@pytest.fixture
async def home(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Home]:
    """A garage where the Zoe charges, half full, in a house that takes 1 kW."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", property(lambda _: True))
    monkeypatch.setattr(draw, "SETTLED", 0.0)
    monkeypatch.setattr(tempo, "RISE", 0.0)
    monkeypatch.setattr(tempo, "SMALL_RISE", 0.0)
    hass.states.async_set("sensor.zoe", "50")
    hub = await set_up(
        hass, hub_entry(station_data("GARAGE", "Garage", maximum=16, sample_interval=10), options=OPTIONS)
    )
    hub.central.pauses = Pauses(silence=600, settle=600, answer=0)
    hub.site.tuning = Tuning(rise_after=0.0, restart_after=0.0, start=0.0, contactor=0.0, dwell=0.0)
    await add(hass, hub, "vehicle", **ZOE)
    clock = ManualClock(datetime.now(UTC))
    async with simulated(hub.entry, "GARAGE", clock=clock, version="1.6", MeterValueSampleInterval="10") as station:
        home = Home(hass, hub, station)
        await until(lambda: home.station.connected and home.station.evses)
        await station.settle()
        home.grid(1000)
        await home.charge()
        yield home
        assert station.violations == []


async def do(home: Home, platform: str, key: str, action: str, **fields: Any) -> None:
    target = {ATTR_ENTITY_ID: entity_id(home.hass, platform, f"garage_1_{key}")}
    await home.hass.services.async_call(platform, action, target | fields, blocking=True)
    await home.hass.async_block_till_done()


async def put(home: Home, key: str, value: float) -> None:
    await do(home, "number", key, "set_value", value=value)


async def choose(home: Home, key: str, option: str) -> None:
    await do(home, "select", key, "select_option", option=option)


def state(home: Home, platform: str, key: str) -> str:
    return shown(home.hass, platform, f"garage_1_{key}").state


async def stops(home: Home) -> None:
    """See that the station pauses, as the meter goes on to tell."""
    for watts in range(1000, 1300):
        home.grid(watts)
        await asyncio.sleep(0.01)
        if home.offered == 0:
            break
    await home.follows(0)


async def level(home: Home, percent: float) -> None:
    home.hass.states.async_set("sensor.zoe", str(percent))
    await home.hass.async_block_till_done()


def target(home: Home) -> float | None:
    """What the battery shall hold at the next departure (Wh)."""
    need = home.place.need(dt_util.utcnow().timestamp())
    return None if need is None else need.target


async def test_at_the_charge_limit_the_station_pauses_and_a_little_less_is_no_reason_to_begin(home: Home) -> None:
    await choose(home, "mode", "fast")
    await home.follows(16)
    assert state(home, "number", "charge_limit") == "100.0"
    await put(home, "charge_limit", 60)
    await level(home, 60)
    await home.follows(0)
    assert home.place.reason == "full"
    await level(home, 59.2)
    await home.quiet()
    assert home.offered == 0
    await level(home, 58.9)
    await home.follows(16)


async def test_below_the_minimum_level_it_charges_fast_with_the_sun_only(home: Home) -> None:
    await choose(home, "mode", "solar")
    await stops(home)
    await put(home, "minimum_level", 55)
    await home.follows(16)
    await level(home, 55)
    await stops(home)


async def test_in_cheap_hours_it_charges_below_the_price_limit_alone(home: Home) -> None:
    await choose(home, "mode", "cheap")
    await stops(home)
    assert state(home, "number", "price_limit") == "unknown"
    await put(home, "price_limit", 0.31)
    await home.follows(16)
    await put(home, "price_limit", 0.29)
    await stops(home)
    shown_limit = shown(home.hass, "number", "garage_1_price_limit")
    assert shown_limit.attributes["unit_of_measurement"] == "EUR/kWh"


async def test_a_departure_and_its_target_are_what_the_car_needs(home: Home) -> None:
    assert state(home, "select", "departure_days") == "timetable"
    assert home.place.goal is None
    await do(home, "time", "departure", "set_value", time="07:30:00")
    assert state(home, "select", "departure_days") == "once"
    leaves = home.place.rule.once
    assert leaves is not None
    assert dt_util.as_local(leaves).time() == time(7, 30)
    assert timedelta() < leaves - dt_util.utcnow() <= timedelta(days=1)
    assert state(home, "sensor", "next_departure") == leaves.isoformat()
    assert target(home) == 40_000
    await put(home, "target_level", 70)
    assert target(home) == 35_000
    await put(home, "target_range", 200)
    assert target(home) == 40_000, "20 kWh for 100 km"
    await put(home, "target_energy", 10)
    assert target(home) == pytest.approx(34_000, abs=100), "90 % of 10 kWh arrive"
    await put(home, "target_energy", 0)
    assert target(home) == 35_000, "the level counts again"

    await choose(home, "departure_days", "daily")
    await do(home, "time", "departure", "set_value", time="06:15:00")
    assert (state(home, "select", "departure_days"), state(home, "time", "departure")) == ("daily", "06:15:00")
    first = home.place.goal
    assert first is not None
    await do(home, "switch", "skip_departure", "turn_on")
    assert state(home, "switch", "skip_departure") == "on"
    second = home.place.goal
    assert second is not None
    assert second.departure - first.departure >= timedelta(hours=23)
    await do(home, "switch", "skip_departure", "turn_off")
    assert home.place.goal == first
    await choose(home, "departure_days", "off")
    assert home.place.goal is None
    assert state(home, "time", "departure") == "unknown"


async def test_who_should_have_left_charges_until_there_is_enough(home: Home) -> None:
    await choose(home, "mode", "plan")
    soon = dt_util.utcnow() + timedelta(seconds=0.3)
    home.hub.site.want(home.place, replace(home.place.rule, once=soon))
    await until(lambda: dt_util.utcnow() > soon)
    home.grid(1001)
    await home.follows(16)
    assert home.place.visit.overdue is not None
    need = home.place.need(dt_util.utcnow().timestamp())
    assert need is not None
    assert (need.target, need.departure is not None and need.departure > soon.timestamp()) == (40_000, True)
    assert shown(home.hass, "sensor", "garage_1_next_departure").attributes["overdue"] is True
    await level(home, 80)
    await home.follows(0)
    assert (home.place.visit.overdue, home.place.rule.once) == (None, None)


async def test_a_level_is_believed_with_what_was_charged_since(home: Home) -> None:
    assert home.place.level == pytest.approx(50, abs=0.1)
    await home.settle(100)
    await until(lambda: home.place.visit.charged > 200)
    charged = home.place.visit.charged
    await level(home, 50)
    home.grid(1001)
    await home.hass.async_block_till_done()
    assert home.place.level == pytest.approx(50 + charged * 0.9 / 500, abs=0.05)
    home.hass.states.async_set("sensor.zoe", "unavailable")
    await home.hass.async_block_till_done()
    assert float(state(home, "sensor", "car_level")) == pytest.approx(home.place.level, abs=0.1)
    await level(home, 61)
    assert home.place.level == 61


async def test_what_is_at_stake_is_learnt_from_the_records(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    await home.settle(100)
    await until(lambda: home.place.visit.charged > 200)
    monkeypatch.setattr(Habits, "due", lambda *_: True)
    home.grid(1001)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    home.grid(1002)
    await home.hass.async_block_till_done()
    assert home.place.visit.stakes.lower == pytest.approx(home.place.visit.charged * 0.9 / 7, rel=0.3)
    need = home.place.need(dt_util.utcnow().timestamp())
    assert need is not None
    assert need.stakes == home.place.visit.stakes


async def test_whose_car_it_is_can_be_chosen_until_it_leaves(home: Home) -> None:
    await add(home.hass, home.hub, "vehicle", name="Guest", capacity=20)
    select = shown(home.hass, "select", "garage_1_car")
    assert select.attributes["options"] == ["automatic", "guest", "Zoe", "Guest (2)"]
    assert (select.state, state(home, "sensor", "car")) == ("automatic", "Zoe")
    await choose(home, "car", "Guest (2)")
    assert (state(home, "select", "car"), state(home, "sensor", "car")) == ("Guest (2)", "Guest")
    await choose(home, "car", "guest")
    assert (home.place.vehicle, state(home, "sensor", "car")) == (None, "guest")
    assert target(home) is None
    await home.garage.stop()
    await home.garage.unplug()
    await until(lambda: state(home, "select", "car") == "automatic")
    assert state(home, "sensor", "car") == "none"
    await home.quiet()


async def test_a_guest_is_given_the_energy_that_is_wished(home: Home) -> None:
    await choose(home, "car", "guest")
    await choose(home, "mode", "plan")
    await put(home, "target_energy", 2)
    need = home.place.need(dt_util.utcnow().timestamp())
    assert need is not None
    assert (need.capacity, need.eta) == (2000, 1.0)
    await put(home, "target_energy", 0)
    await choose(home, "mode", "fast")
    await home.follows(16)
    await home.settle(100)
    await until(lambda: home.place.visit.charged > 200)
    await put(home, "target_energy", 0.2)
    await choose(home, "mode", "plan")
    await stops(home)
    assert home.place.reason == "full"


async def test_what_is_set_outlives_a_restart(home: Home) -> None:
    await choose(home, "departure_days", "workdays")
    await put(home, "charge_limit", 90)
    rule = home.place.rule
    assert Rule.of(home.station.ledger.recall("GARAGE", "control/1")) == rule
    assert (rule.most, rule.mode) == (90, None)


@pytest.mark.parametrize("mode", [Mode.FAST, Mode.OFF])
async def test_the_car_of_the_timetable_leaves_as_its_form_says(home: Home, mode: Mode) -> None:
    home.lead(mode)
    (key,) = [key for key, one in home.hub.entry.subentries.items() if one.title == "Zoe"]
    zoe = home.hub.entry.subentries[key]
    rows = [{"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "time": "08:00:00", "level": 90}]
    home.hass.config_entries.async_update_subentry(home.hub.entry, zoe, data=dict(zoe.data) | {"timetable": rows})
    await home.hass.async_block_till_done()
    assert state(home, "time", "departure") == "08:00:00"
    assert target(home) == 45_000
