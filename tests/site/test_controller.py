"""The sun, the oven and the meter: a house whose stations follow them, each test for every version of OCPP."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
import time
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.control.terms import Tuning
from custom_components.ocpp_home.csms.dialogue import tempo
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site import draw, shining
from custom_components.ocpp_home.site.phasing import Phasing
from custom_components.ocpp_home.site.place import Place, Rule
from tests.household import VERSIONS, hub_entry, set_up, simulated, station_data, until
from tests.simulator import Car, ManualClock, Station as Simulated

pytestmark = pytest.mark.usefixtures("socket_enabled")

LINES = ("sensor.l1", "sensor.l2", "sensor.l3")
FUSE = {"fuse": 25, "grid_l1": LINES[0], "grid_l2": LINES[1], "grid_l3": LINES[2]}
GRID = {"grid_power": "sensor.grid"}
AMPERE, WATT = {"unit_of_measurement": "A"}, {"unit_of_measurement": "W"}


@dataclass
class Home:
    """A house with a garage, and the means to change what its meters show."""

    hass: HomeAssistant
    hub: Hub
    garage: Simulated

    @property
    def station(self) -> Station:
        return self.hub.stations["garage"]

    @property
    def place(self) -> Place:
        return self.hub.site.places["garage/1"]

    @property
    def offered(self) -> float:
        """What the garage itself offers the car (A)."""
        return self.garage.connectors[1].offered.amps

    @property
    def draws(self) -> float:
        return self.garage.connectors[1].meter.currents[0]

    def lines(self, *amps: float) -> None:
        """Let the meter show these currents, and those of the car."""
        for entity, amp in zip(LINES, amps, strict=True):
            self.hass.states.async_set(entity, f"{amp + self.draws:.2f}", AMPERE)

    def grid(self, house: float) -> None:
        """Let the meter show what the house takes (W, negative: gives), and what the car does."""
        self.hass.states.async_set("sensor.grid", f"{house + self.garage.connectors[1].meter.power:.0f}", WATT)

    async def charge(self) -> None:
        await self.garage.plug_in(car=Car(max_current=16.0))
        assert await self.garage.present_card("04A2B3C4") == "Accepted"
        await self.settle()

    async def settle(self, seconds: float = 10) -> None:
        """Let time pass in the garage: the car follows, the station tells."""
        await self.garage.advance(seconds)
        await self.hass.async_block_till_done()
        await self.garage.settle()

    def prefer(self, options: dict[str, Any]) -> None:
        """Change the preferences of the hub."""
        self.hass.config_entries.async_update_entry(self.hub.entry, options=options | {"publish_interval": 0})

    async def quiet(self) -> None:
        """Wait until the station has been told everything."""
        evse = self.station.evse(1)
        await until(lambda: evse.limits.meets(self.station.target(evse)) and not evse.limits.writer.locked())
        await self.hass.async_block_till_done()

    async def follows(self, amps: float) -> None:
        """See that the garage offers so much once its car has followed."""
        await until(lambda: self.offered == amps)
        await self.quiet()
        await self.settle()
        assert self.offered == amps

    def lead(self, mode: Mode) -> None:
        self.hub.site.want(self.place, Rule(mode))


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options() -> dict[str, Any]:
    return FUSE | GRID


@pytest.fixture
def rotation() -> str:
    """Where the first phase of the garage leads, as its owner has told."""
    return "l1"


@pytest.fixture
def settle() -> float:
    """Seconds until a station that has connected is set up."""
    return 600.0


@pytest.fixture
async def home(
    hass: HomeAssistant,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    options: dict[str, Any],
    rotation: str,
    settle: float,
) -> AsyncGenerator[Home]:
    """A house with a fuse of 25 A, a meter, and a garage."""
    monkeypatch.setattr(draw, "SETTLED", 0.0)
    monkeypatch.setattr(tempo, "RISE", 0.0)
    monkeypatch.setattr(tempo, "SMALL_RISE", 0.0)
    garage = station_data("GARAGE", "Garage", rotation=rotation, maximum=16, sample_interval=10)
    hub = await set_up(hass, hub_entry(garage, options=options | {"publish_interval": 0}))
    hub.central.pauses = Pauses(silence=600, settle=settle, answer=0)
    clock = ManualClock(datetime.now(UTC))
    async with simulated(hub.entry, "GARAGE", clock=clock, version=version, MeterValueSampleInterval="10") as station:
        home = Home(hass, hub, station)
        await until(lambda: home.station.connected and home.station.evses)
        await station.settle()
        home.lines(1, 1, 1)
        home.grid(700)
        yield home
        assert station.violations == []


@pytest.fixture
async def charging(home: Home) -> Home:
    """A car charges, and the controller is at rest."""
    home.hub.site.tuning = Tuning(rise_after=0.0, restart_after=0.0, start=0.0, contactor=0.0, dwell=0.0)
    await home.charge()
    await home.follows(16)
    return home


async def test_an_oven_at_the_limit_of_the_fuse_is_answered_at_once(charging: Home) -> None:
    home = charging
    begun, worked = time.perf_counter(), time.process_time()
    home.lines(1, 15, 1)
    await until(lambda: home.offered < 16)
    assert time.process_time() - worked < 0.05, "of both sides, however busy the machine is with something else"
    assert time.perf_counter() - begun < 1, "nothing waited for the next look"
    assert home.offered == 9
    assert home.place.share is not None
    assert (home.place.share.amps, home.place.share.limiter) == (9, "fuse")
    assert home.station.evse(1).limits.source == "fuse"

    await home.follows(9)
    home.lines(1, 1, 1)
    await home.follows(16)


async def test_the_fuse_is_kept_also_while_plans_and_cars_are_beyond_understanding(
    charging: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home = charging

    def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(home.hub.site.planner, "review", mistaken)
    monkeypatch.setattr(home.hub.site._garage, "look", mistaken)  # noqa: SLF001 - a mistake in it is what is tried
    home.lines(1, 15, 1)
    await until(lambda: home.offered == 9)
    assert "ZeroDivisionError" in caplog.text
    await home.quiet()


async def test_a_car_of_one_phase_is_not_cut_because_another_is_loaded(charging: Home) -> None:
    home = charging
    car = home.garage.connectors[1].car
    assert car is not None
    car.phases = 1
    await home.settle()
    home.lines(1, 1, 1)
    await until(lambda: home.place.draw.single == 0)
    home.lines(1, 24, 24)
    await home.follows(16)
    home.lines(15, 24, 24)
    await home.follows(9)


@pytest.mark.parametrize("rotation", ["unknown"])
async def test_where_the_phases_lead_is_learnt_from_what_moves_together(charging: Home) -> None:
    home = charging
    car = home.garage.connectors[1].car
    assert car is not None
    car.phases = 1
    for amps in (6, 16, 6, 16):
        await home.station.limit(home.station.evse(1), "user", amps)
        await until(lambda amps=amps: home.offered == amps)
        await home.quiet()
        for _ in range(2):
            await home.settle()
            for entity, load in zip(LINES, (1, 2 + home.draws, 3), strict=True):
                home.hass.states.async_set(entity, f"{load:.2f}", AMPERE)
            await home.hass.async_block_till_done()
    assert home.place.phasing.order == (1, 2, 0)
    for entity, load in zip(LINES, (24, 2 + home.draws, 24), strict=True):
        home.hass.states.async_set(entity, f"{load:.2f}", AMPERE)
    await home.follows(16)
    assert Phasing(home.station, 1).order == (1, 2, 0), "also after a restart"


async def test_the_sun_leads_the_car(charging: Home) -> None:
    home = charging
    home.lead(Mode.SOLAR_MINIMUM)
    home.grid(-7000)
    await home.follows(10)
    assert home.hub.site.site is not None
    assert home.hub.site.site.surplus == pytest.approx(7000, abs=2)
    assert home.station.evse(1).limits.source == "solar"
    home.grid(-9000)
    await home.follows(13)
    home.grid(0)
    await home.follows(6)
    home.lead(Mode.OFF)
    await home.follows(0)
    assert home.station.evse(1).limits.source == "mode"
    home.lead(Mode.FAST)
    await home.follows(16)


async def test_a_station_that_was_found_to_charge_with_no_less_than_8_a_gets_no_less(charging: Home) -> None:
    home = charging
    home.lead(Mode.SOLAR_MINIMUM)
    home.grid(0)
    await home.follows(6)
    home.station.evse(1).limits.findings = Findings("TxProfile", lowest=8.0, tells=True)
    home.grid(1)
    await home.follows(8)
    assert home.place.reach.minimum == 8


async def test_records_know_how_much_of_what_is_taken_the_sun_gives(
    charging: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, shares = charging, charging.hub.ledger.tariffs.shares
    monkeypatch.setattr(shining, "WINDOW", 0.0)
    home.grid(-5520)  # half of 16 A on three phases
    await home.hass.async_block_till_done()
    home.grid(-5521)
    await home.hass.async_block_till_done()
    assert shares["GARAGE", 1][-1].share == pytest.approx(500, abs=1)
    home.hub.site.stop()
    assert shares["GARAGE", 1][-1].share is None


async def test_a_meter_that_freezes_leaves_the_safe_current(charging: Home) -> None:
    home = charging
    home.prefer(FUSE | GRID | {"meter_patience": 0.1})
    await until(lambda: home.offered == 6)
    issues = ir.async_get(home.hass).issues
    (issue,) = [issue for issue in issues.values() if issue.translation_key == "meter_silent"]
    assert issue.translation_placeholders == {"entities": "sensor.grid, sensor.l1, sensor.l2, sensor.l3"}
    assert home.place.share is not None
    assert home.place.share.limiter == "stale"
    await home.quiet()
    await home.settle()

    home.prefer(FUSE | GRID)
    home.lines(1, 1, 1)
    home.grid(700)
    await home.follows(16)
    assert not [issue for issue in issues.values() if issue.translation_key == "meter_silent"]


async def test_a_value_that_is_told_again_is_looked_at_and_one_that_is_gone_is_a_silent_meter(charging: Home) -> None:
    home, looks = charging, []
    home.hub.site.subscribe(lambda: looks.append(home.hub.site.house.left))
    await asyncio.sleep(0.02)
    before = len(looks)
    home.lines(1, 1, 1)
    await until(lambda: len(looks) > before)
    assert looks[-1] == pytest.approx(15, abs=1)
    home.hass.states.async_set(LINES[1], STATE_UNAVAILABLE)
    await until(lambda: home.offered == 6)
    await home.quiet()


@pytest.mark.parametrize("settle", [0.0])
async def test_a_station_that_nobody_leads_any_more_is_at_the_safe_current_within_a_minute(charging: Home) -> None:
    home = charging
    await until(lambda: home.station.ledger.recall("GARAGE", "fallback") == 6)
    home.lead(Mode.SOLAR_MINIMUM)
    home.grid(-9000)
    await home.follows(13)
    await home.garage.go_offline()
    await home.garage.advance(60)
    assert home.offered == 6


@pytest.mark.parametrize("settle", [0.0])
async def test_when_the_house_is_taken_away_everything_is_as_before(charging: Home) -> None:
    home = charging
    await until(lambda: home.station.ledger.recall("GARAGE", "fallback") == 6)
    home.lines(1, 15, 1)
    await home.follows(9)
    home.prefer({})
    await until(lambda: home.offered == 32)
    assert home.station.evse(1).limits.wishes == {}
    assert home.hub.site.site is None
    await until(lambda: not home.station.evse(1).limits.writer.locked())
    await home.hass.async_block_till_done()


async def test_a_wish_of_the_owner_stays_below_what_the_house_allows(charging: Home) -> None:
    home = charging
    await home.station.limit(home.station.evse(1), "user", 10)
    await home.follows(10)
    home.lines(1, 18, 1)
    await home.follows(6)
    await home.station.limit(home.station.evse(1), "pause", 0)
    await until(lambda: home.offered == 0)
    home.lines(1, 1, 1)
    await home.quiet()
    assert home.place.share is not None
    assert (home.place.share.amps, home.place.share.limiter) == (0, "user")
    await home.station.limit(home.station.evse(1), "pause", None)
    await home.follows(10)


async def test_when_the_car_has_left_nothing_is_wished_and_no_timer_runs(charging: Home) -> None:
    home = charging
    await home.garage.stop()
    await home.garage.unplug()
    await until(lambda: not home.station.evse(1).limits.wishes)
    await home.quiet()
    assert home.place.share is None


@pytest.mark.parametrize("options", [FUSE | {"dimming": "input_boolean.less", "dimmed_power": 4200}])
async def test_the_grid_operator_may_ask_for_less(charging: Home) -> None:
    home = charging
    home.hass.states.async_set("input_boolean.less", "on")
    await home.follows(6)
    assert home.place.share is not None
    assert home.place.share.limiter == "grid"
    home.hass.states.async_set("input_boolean.less", "off")
    await home.follows(16)
