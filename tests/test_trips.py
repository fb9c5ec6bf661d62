"""The trips through the house, each one test body for every version of OCPP, in a real Home Assistant.

A simulated station dials in over a real socket; what it knows itself is what Home Assistant must show.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import traceback

from homeassistant.components.number import ATTR_VALUE, DOMAIN as NUMBER, SERVICE_SET_VALUE
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.select import ATTR_OPTION, DOMAIN as SELECT, SERVICE_SELECT_OPTION
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    SERVICE_TURN_OFF,
    STATE_UNAVAILABLE,
)
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.recorder import get_instance
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import do_adhoc_statistics

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, CONF_SAMPLE_INTERVAL
from custom_components.ocpp_home.csms.dialogue import tempo
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site import draw
from tests.household import VERSIONS, confirm, hub_entry, ledger_truth, set_up, simulated, station_data, until
from tests.simulator import Car, ManualClock, Station as Simulated, Transaction
from tests.simulator.profiles import Profile
from tests.simulator.v201_profiles import installed

pytestmark = pytest.mark.usefixtures("socket_enabled")

CARD = "04A2B3C4"
SAMPLES = 10
"""Seconds between two frames of meter values."""
UNREAD = Pauses(silence=600, settle=600, answer=0)
"""A station is not read and configured meanwhile, so that only what a test does is on the wire."""
WAY = 8
"""So many functions at most lie between a frame and the news of it."""


@dataclass
class Home:
    """A Home Assistant, its hub, and the garage: how Home Assistant sees it, and how it truly is."""

    hass: HomeAssistant
    hub: Hub
    garage: Simulated

    @property
    def station(self) -> Station:
        """The garage in the model."""
        return self.hub.stations["garage"]

    def shown(self, entity: str) -> State:
        """The state of an entity of the garage: `sensor.power`."""
        found = self.hass.states.get(entity.replace(".", ".garage_", 1))
        assert found is not None, entity
        return found

    def state(self, entity: str) -> str:
        """What an entity of the garage says."""
        return self.shown(entity).state

    def number(self, entity: str) -> float:
        """What an entity of the garage says, as a number."""
        return float(self.state(entity))

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in the garage, and Home Assistant take in what it told."""
        await self.garage.advance(seconds)
        await self.hass.async_block_till_done()

    async def plug_in(self) -> None:
        """Put the cable into a car that draws 16 A at most."""
        await self.garage.plug_in(car=Car(max_current=16.0))
        await self.hass.async_block_till_done()

    async def charge(self) -> Transaction:
        """Let a car charge until the garage has told what it measures."""
        await self.plug_in()
        assert await self.garage.present_card(CARD) == "Accepted"
        await self.pass_time(3 * SAMPLES)
        await until(lambda: self.station.evse(1).limits.known)
        transaction = self.garage.connectors[1].transaction
        assert transaction is not None
        return transaction

    async def wish(self, amps: float) -> None:
        """Set the number entity as its owner does."""
        target = {ATTR_ENTITY_ID: "number.garage_limit", ATTR_VALUE: amps}
        await self.hass.services.async_call(NUMBER, SERVICE_SET_VALUE, target, blocking=True)
        await self.pass_time(1)

    async def choose(self, entity: str, option: str) -> None:
        """Choose an option of a select entity as its owner does."""
        target = {ATTR_ENTITY_ID: entity.replace(".", ".garage_", 1), ATTR_OPTION: option}
        await self.hass.services.async_call(SELECT, SERVICE_SELECT_OPTION, target, blocking=True)
        await self.hass.async_block_till_done()

    @property
    def offered(self) -> float:
        """What the garage itself offers the car (A)."""
        return self.garage.connectors[1].offered.amps


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def hub(hass: HomeAssistant, socket_enabled: None) -> Hub:
    """A hub that knows the garage and writes every change at once."""
    garage = station_data("GARAGE", "Garage", security_waived=True, **{CONF_SAMPLE_INTERVAL: SAMPLES})
    hub = await set_up(hass, hub_entry(garage, options={CONF_PUBLISH_INTERVAL: 0}))
    hub.central.pauses = UNREAD
    return hub


def dialling(hub: Hub, version: str) -> Simulated:
    """The garage, whose clock stands 90 s in the past and is moved by hand."""
    clock = ManualClock(datetime.now(UTC) - timedelta(seconds=90))
    return simulated(hub.entry, "GARAGE", clock=clock, version=version, MeterValueSampleInterval=str(SAMPLES))


@pytest.fixture
async def home(hass: HomeAssistant, hub: Hub, version: str) -> AsyncGenerator[Home]:
    """A household whose garage is there."""
    async with dialling(hub, version) as garage:
        home = Home(hass, hub, garage)
        await until(lambda: hass.states.get("number.garage_limit"))
        await garage.settle()
        assert home.station.version == version
        yield home
        assert garage.violations == []


# --- a meter value frame to a sensor ---------------------------------------------------------------------------------


@dataclass
class Watched:
    """What one frame did: states written by entity, and the ways the news took."""

    frames: list[str]
    changed: Counter[str]
    reported: Counter[str]
    ways: list[list[str]]
    tasks: list[asyncio.Task[object] | None]


async def watch(home: Home, seconds: float) -> Watched:
    """Let time pass, and watch what comes of the frames that are sent meanwhile."""
    ways: list[list[str]] = []
    tasks: list[asyncio.Task[object] | None] = []

    def noted(part: object) -> None:
        tasks.append(asyncio.current_task())
        frames = (frame for frame, _ in traceback.walk_stack(None) if "ocpp_home" in frame.f_code.co_filename)
        ways.append([frame.f_code.co_name for frame in frames])

    @callback
    def written(event: Event) -> None:
        tasks.append(asyncio.current_task())

    @callback
    def written_again(event: Event) -> None:
        reported[event.data["entity_id"]] += 1

    begun, reported = len(home.garage.requests), Counter[str]()
    changed = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    leave = (
        home.station.subscribe(noted),
        home.hass.bus.async_listen(EVENT_STATE_CHANGED, written),
        home.hass.bus.async_listen(EVENT_STATE_REPORTED, written_again, callback(lambda _: True)),
    )
    await home.pass_time(seconds)
    for going in leave:
        going()
    return Watched(
        [told.action for told in home.garage.requests[begun:]],
        Counter(event.data["entity_id"].partition("garage_")[2] for event in changed),
        reported,
        ways,
        tasks,
    )


async def test_a_frame_of_meter_values_is_one_state_for_each_entity_that_changed(home: Home, version: str) -> None:
    frame = "MeterValues" if version == "1.6" else "TransactionEvent"
    await home.charge()
    meter = home.garage.connectors[1].meter

    steady = await watch(home, SAMPLES)
    assert steady.frames == [frame]
    assert steady.changed == {"energy": 1, "session_energy": 1}
    assert home.number("sensor.power") == meter.power == 16 * 230 * 3
    assert home.number("sensor.energy") * 1000 == pytest.approx(meter.register)

    car = home.garage.connectors[1].car
    assert car is not None
    car.max_current = 10.0
    slower = await watch(home, SAMPLES)
    assert slower.frames == [frame]
    assert slower.changed == dict.fromkeys(("energy", "session_energy", "power", "current"), 1)
    assert home.number("sensor.power") == meter.power == 10 * 230 * 3
    assert home.number("sensor.current") == 10

    for seen in (steady, slower):
        assert seen.reported == {}
        assert set(seen.tasks) == {None}, "a task was switched to between the frame and the state"
        for way in seen.ways:
            assert len(way[: way.index("received") + 1]) <= WAY


# --- the user sets 10 A -----------------------------------------------------------------------------------------------


async def test_the_limit_of_the_user_is_what_the_station_offers(home: Home) -> None:
    await home.charge()
    await home.wish(10)
    assert home.offered == 10
    assert home.garage.connectors[1].meter.currents == (10, 10, 10)
    assert home.number("number.limit") == home.number("sensor.confirmed_limit") == 10
    assert home.shown("sensor.confirmed_limit").attributes["refusal"] is None


async def test_a_limit_that_is_refused_is_an_error_the_user_reads_and_stays_a_wish(home: Home) -> None:
    await home.charge()
    purposes = ("TxProfile", "TxDefaultProfile", "ChargePointMaxProfile", "ChargingStationMaxProfile")
    home.garage.oddities = replace(home.garage.oddities, refuses_profiles=dict.fromkeys(purposes, "Rejected"))
    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="Rejected") as refused:
            await home.wish(10)
        assert refused.value.translation_key == "refused"
    assert home.number("number.limit") == 10
    assert home.state("sensor.confirmed_limit") != "10.0"
    assert home.offered == 32
    (issue,) = ir.async_get(home.hass).issues.values()
    assert issue.translation_key == "limit_refused"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["limit"] == "10"
    assert issue.translation_placeholders["reason"] == home.shown("sensor.confirmed_limit").attributes["refusal"]

    home.garage.oddities = replace(home.garage.oddities, refuses_profiles={})
    await home.wish(10)
    assert (home.offered, home.number("sensor.confirmed_limit")) == (10, 10)
    assert not ir.async_get(home.hass).issues


# --- a card, until the car charges ------------------------------------------------------------------------------------


async def test_a_card_makes_the_car_charge_and_all_books_agree(home: Home) -> None:
    assert home.state("sensor.status") == "available"
    assert home.state("binary_sensor.plugged_in") == "off"
    await home.plug_in()
    assert home.state("sensor.status") == "preparing"
    assert home.state("binary_sensor.plugged_in") == "on"

    assert await home.garage.present_card(CARD) == "Accepted"
    await home.pass_time(1)
    assert home.state("sensor.status") == "charging"
    assert home.state("binary_sensor.charging") == home.state("switch.charge") == "on"
    mine = home.garage.record[0]
    (running,) = await home.hub.ledger.transactions("GARAGE")
    assert ledger_truth(running) == mine.truth
    assert (running.id, running.token) == (str(mine.id), CARD)
    assert home.shown("event.card").attributes["event_type"] == "accepted"
    started = home.shown("event.session").attributes
    assert (started["event_type"], started["transaction"], started["offline"]) == ("started", str(mine.id), False)

    await home.pass_time(60)
    await home.hass.services.async_call(
        SWITCH, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: "switch.garage_charge"}, blocking=True
    )
    await home.pass_time(1)
    await home.garage.unplug()
    await home.pass_time(1)
    assert (mine.running, mine.reason) == (False, "Remote")
    assert home.state("switch.charge") == "off"
    assert home.state("sensor.status") == "available"
    (ended,) = await home.hub.ledger.transactions("GARAGE")
    assert ledger_truth(ended) == mine.truth
    assert home.shown("event.session").attributes["event_type"] == "ended"
    assert home.shown("event.session").attributes["energy"] == mine.energy > 0
    assert home.number("sensor.session_energy") * 1000 == pytest.approx(mine.energy)


# --- the sun changes --------------------------------------------------------------------------------------------------
LIMITING = {"SetChargingProfile", "UpdateDynamicSchedule"}


async def test_the_sun_changes_and_the_station_is_told_once_what_the_sun_leaves(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((tempo, "RISE"), (tempo, "SMALL_RISE"), (draw, "SETTLED")):
        monkeypatch.setattr(module, name, 0.0)
    meter = home.garage.connectors[1].meter

    async def shine(sun: float) -> None:
        """Let the meter of the house show what the roof gives (W) and the car takes, and the car follow."""
        told = home.state("sensor.granted_current") if home.hub.site.site else None
        home.hass.states.async_set("sensor.grid", f"{meter.power - sun:.0f}", {"unit_of_measurement": "W"})
        await until(lambda: home.hub.site.surplus == pytest.approx(sun, abs=1))
        await until(lambda: told is None or home.state("sensor.granted_current") != told)
        await until(lambda: home.station.evse(1).limits.meets(home.station.target(home.station.evse(1))))
        await home.pass_time(SAMPLES)

    await home.charge()
    house = {"grid_power": "sensor.grid", CONF_PUBLISH_INTERVAL: 0}
    home.hass.config_entries.async_update_entry(home.hub.entry, options=house)
    await shine(0)
    await home.choose("select.charging_mode", "solar_minimum")
    await shine(8000)  # before the first limit above what is safe, the safe one is left with the station
    for sun, amps in ((7000, 10), (9000, 13), (12000, 17), (5000, 7), (6300, 9)):
        told = len(home.garage.calls)
        await shine(sun)
        assert home.offered == amps
        assert meter.currents == (min(amps, 16),) * 3
        assert home.number("sensor.granted_current") == home.number("sensor.confirmed_limit") == amps
        assert home.number("sensor.power") == meter.power
        assert home.hub.site.surplus == pytest.approx(sun, abs=1)
        assert home.state("sensor.limited_by") == "solar"
        assert [call.action in LIMITING for call in home.garage.calls[told:]].count(True) == 1


async def test_the_lowest_wish_leads_the_station_whoever_has_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempo, "RISE", 0.0)
    monkeypatch.setattr(tempo, "SMALL_RISE", 0.0)
    await home.charge()
    evse = home.station.evses[1]
    for source, amps, lowest, leads in (
        ("user", 12, 12, "user"),
        ("solar", 9, 9, "solar"),
        ("solar", 14, 12, "user"),
        ("fuse", 7, 7, "fuse"),
        ("solar", 8, 7, "fuse"),
        ("fuse", None, 8, "solar"),
        ("solar", 0, 0, "solar"),
        ("solar", None, 12, "user"),
    ):
        await home.station.limit(evse, source, amps)
        await home.pass_time(1)
        assert home.offered == lowest, (source, amps)
        assert home.number("sensor.confirmed_limit") == lowest
        assert home.state("sensor.limited_by") == leads
    assert home.number("number.limit") == 12


async def test_a_profile_of_the_station_below_our_limit_is_the_station_that_limits(home: Home, version: str) -> None:
    await home.charge()
    await home.wish(12)
    assert home.state("sensor.limited_by") == "user"
    purpose = "ChargePointMaxProfile" if version == "1.6" else "ChargingStationMaxProfile"
    home.garage.profiles.install(somebody(home.garage, purpose, 8))
    await home.pass_time(12 * SAMPLES)  # its clock is behind
    assert (home.offered, home.number("sensor.confirmed_limit")) == (8, 12)
    assert home.state("sensor.limited_by") == "station"
    home.garage.profiles.installed.pop()
    await home.pass_time(2 * SAMPLES)
    assert home.offered == 12
    assert home.state("sensor.limited_by") == "user"


def somebody(garage: Simulated, purpose: str, amps: float) -> Profile:
    """A profile that is none of ours."""
    period = {"startPeriod": 0, "limit": amps}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period], "startSchedule": "2026-01-01T00:00:00Z"}
    named = {"chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute", "stackLevel": 0}
    if purpose == "ChargePointMaxProfile":
        payload = named | {"chargingProfileId": 900, "chargingSchedule": schedule}
        return Profile(0, garage.clock.now(), payload)
    return installed(garage, 0, named | {"id": 900, "chargingSchedule": [schedule | {"id": 900}]})


# --- a whole session --------------------------------------------------------------------------------------------------


async def test_a_session_goes_on_while_home_assistant_restarts(home: Home) -> None:
    mine = await home.charge()
    await home.wish(10)
    assert await home.hass.config_entries.async_unload(home.hub.entry.entry_id)
    await until(lambda: not home.garage.online)
    await home.pass_time(2 * SAMPLES)
    assert home.state("sensor.power") == STATE_UNAVAILABLE

    assert await home.hass.config_entries.async_setup(home.hub.entry.entry_id)
    home.hub = home.hub.entry.runtime_data
    home.hub.central.pauses = Pauses(silence=0.1)
    await home.garage.go_online()
    await until(lambda: home.state("sensor.status") == "charging")
    await until(lambda: home.state("sensor.confirmed_limit") == "10.0")
    await home.pass_time(SAMPLES)
    assert home.offered == home.number("number.limit") == 10
    assert home.state("switch.charge") == "on"
    behind = 10 * 230 * 3 * SAMPLES / 3600  # what flows between two frames (Wh)
    charged = home.garage.connectors[1].meter.register - mine.meter_start
    assert home.number("sensor.session_energy") * 1000 == pytest.approx(charged, abs=behind)
    await home.garage.stop()
    await home.garage.unplug()
    await home.pass_time(1)
    (kept,) = await home.hub.ledger.transactions("GARAGE")
    assert ledger_truth(kept) == mine.truth
    assert home.number("sensor.session_energy") * 1000 == pytest.approx(mine.energy)


async def energy_in_statistics(hass: HomeAssistant, begin: datetime) -> float:
    """What the long-term statistics say was charged, in Wh."""
    instance = get_instance(hass)
    await instance.async_block_till_done()
    first = begin.replace(minute=begin.minute // 5 * 5, second=0, microsecond=0)
    for minutes in (0, 5):
        do_adhoc_statistics(hass, start=first + timedelta(minutes=minutes))
    await instance.async_block_till_done()
    entity = "sensor.garage_energy"
    rows = await instance.async_add_executor_job(
        statistics_during_period, hass, first, None, {entity}, "5minute", {"energy": "Wh"}, {"sum"}
    )
    total = rows[entity][-1]["sum"]
    assert total is not None
    return total


@pytest.mark.usefixtures("recorder_mock")
async def test_a_session_from_the_first_call_to_the_energy_dashboard(hass: HomeAssistant, version: str) -> None:
    begin = datetime.now(UTC)
    hub = await set_up(hass, hub_entry(options={CONF_PUBLISH_INTERVAL: 0}))
    hub.central.pauses = UNREAD
    async with dialling(hub, version) as garage:
        home = Home(hass, hub, garage)
        assert garage.boots[-1]["status"] == "Pending"
        await confirm(hass)
        await garage.boot()
        assert garage.boots[-1]["status"] == "Accepted"
        mine = await home.charge()
        assert home.number("sensor.power") == 16 * 230 * 3
        await home.wish(8)
        await home.pass_time(2 * SAMPLES)
        assert home.number("sensor.power") == 8 * 230 * 3
        await garage.stop()
        await garage.unplug()
        await home.pass_time(2)
        assert home.state("sensor.status") == "available"
        assert home.number("sensor.session_energy") * 1000 == pytest.approx(mine.energy)
    assert garage.violations == []
    assert [ledger_truth(one) for one in await hub.ledger.transactions("GARAGE")] == [mine.truth]
    assert await energy_in_statistics(hass, begin) == pytest.approx(mine.energy, abs=1)
