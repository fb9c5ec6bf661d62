"""The sun, the oven and the meter: a house whose stations follow them, each test for every version of OCPP."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site import draw
from custom_components.ocpp_home.site.place import Mode, Place, Rule
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

    def lead(self, mode: Mode) -> None:
        self.place.want(Rule(mode))
        self.hub.site.review()


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options() -> dict[str, Any]:
    return FUSE | GRID


@pytest.fixture
async def home(
    hass: HomeAssistant,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    options: dict[str, Any],
) -> AsyncGenerator[Home]:
    """A house with a fuse of 25 A, a meter, and a garage."""
    monkeypatch.setattr(draw, "SETTLED", 0.0)
    garage = station_data("GARAGE", "Garage", rotation="l1", sample_interval=10)
    hub = await set_up(hass, hub_entry(garage, options=options | {"publish_interval": 0}))
    hub.central.pauses = Pauses(silence=600, settle=600, answer=0)
    clock = ManualClock(datetime.now(UTC))
    async with simulated(hub.entry, "GARAGE", clock=clock, version=version, MeterValueSampleInterval="10") as station:
        home = Home(hass, hub, station)
        await until(lambda: home.station.connected and home.station.evses)
        await station.settle()
        home.lines(1, 1, 1)
        home.grid(700)
        yield home
        assert station.violations == []


async def test_an_oven_at_the_limit_of_the_fuse_is_answered_at_once(home: Home) -> None:
    await home.charge()
    await until(lambda: home.station.evse(1).limits.known)
    assert home.offered >= 16
    await home.settle(20)
    home.lines(1, 1, 1)
    await home.settle(1)
    begun = home.hass.loop.time()
    home.lines(1, 15, 1)
    await until(lambda: home.offered < 16)
    assert home.hass.loop.time() - begun < 0.05
    assert home.offered == 9
