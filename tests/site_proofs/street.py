"""A house with three stations, and a real Home Assistant as another process: whatever becomes of it, they live on."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
import time
from typing import Any, Final, override

from aiohttp import ClientError

from custom_components.ocpp_home.site.form import SECTIONS
from tests.demo.live import LiveHomeAssistant, free_port
from tests.simulator import Car, Station
from tests.simulator.hardware import Hardware, Identity
from tests.simulator.oddities import Payload

LABORATORY: Final = Path(__file__).with_name("laboratory")
CONFIGURATION: Final = """\
homeassistant: {name: Street, latitude: 0, longitude: 0, elevation: 0, currency: EUR, country: DE, time_zone: UTC}
api:
config:
onboarding:
laboratory:
logger: {default: error}
"""
VERSIONS: Final = ("1.6", "2.0.1", "2.1")
TITLES: Final = dict(zip(VERSIONS, ("Garage", "Carport", "Guest"), strict=True))
LINES: Final = ("sensor.meter_l1", "sensor.meter_l2", "sensor.meter_l3")
GRID: Final = "sensor.meter_power"
FUSE: Final = 50.0
SAFE: Final = 6.0
VOLTAGE: Final = 230.0
SITE: Final[dict[str, object]] = {
    "fuse": FUSE,
    "fuse_phases": "3",
    "grid_power": GRID,
    "grid_l1": LINES[0],
    "grid_l2": LINES[1],
    "grid_l3": LINES[2],
    **{part: {} for part in SECTIONS},
}
NOTHING: Final[Mapping[str, Any]] = {}
LONG: Final = timedelta(hours=1)
LIMITING: Final = {"SetChargingProfile", "UpdateDynamicSchedule"}


class Witness(Station):
    """A station that notes when a limit came out of its socket; an eager one measures whenever it looks."""

    limited: float = 0.0
    eager: bool = False

    @override
    async def answer(self, action: str, payload: Payload) -> Payload:
        if action in LIMITING:
            self.limited = time.time()
        return await super().answer(action, payload)

    @override
    def tick(self) -> None:
        for connector in self.live if self.eager else ():
            connector.sampled_at = connector.sampled_at and connector.sampled_at - LONG
        super().tick()

    @property
    def amps(self) -> float:
        """What its own meter draws on a phase (A)."""
        return self.connectors[1].meter.currents[0]

    @property
    def offers(self) -> float:
        """What it offers the car (A)."""
        self.tick()
        return self.connectors[1].offered.amps

    @property
    def grounded(self) -> bool:
        """Whether a limit to fall back to lies in it."""
        return any(profile.level == 0 for profile in self.profiles.installed)


@dataclass
class House:
    """What the house draws without cars (A on each line), and what its roof gives (W)."""

    loads: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0])
    sun: float = 0.0

    def lines(self, cars: Sequence[float]) -> list[float]:
        """What comes from the grid on each line (A; negative: goes there), where cars draw so much there."""
        return [load + amps - self.sun / VOLTAGE / 3 for load, amps in zip(self.loads, cars, strict=True)]


@dataclass
class Street:
    """Everything together."""

    home: LiveHomeAssistant
    stations: dict[str, Witness]
    house: House = field(default_factory=House)
    speaking: bool = True
    """Whether the meter tells anything."""

    @property
    def cars(self) -> float:
        """What all cars draw on L1 (A), by the stations' own meters."""
        return self.drawn[0]

    @property
    def drawn(self) -> list[float]:
        """What all cars draw on each line (A), by the stations' own meters."""
        each = [station.connectors[1].meter.currents for station in self.stations.values()]
        return [sum(line) for line in zip(*each, strict=True)]

    async def report(self) -> float:
        """Let the meter tell what there is; gives when Home Assistant had it (s)."""
        lines = self.house.lines(self.drawn)
        values = dict(zip(LINES, lines, strict=True))
        states = {entity: state(f"{amps:.2f}", "A", "current") for entity, amps in values.items()}
        states[GRID] = state(f"{sum(lines) * VOLTAGE:.0f}", "W", "power")
        return await self.tell(states)

    async def tell(self, states: dict[str, Any]) -> float:
        """Write states; gives when they were written (s)."""
        path = "/api/services/laboratory/report?return_response"
        at: float = (await self.home.ask("POST", path, {"states": states}))["service_response"]["at"]
        return at

    async def meter(self, pause: float = 1.0) -> None:
        """Tell every second, for ever."""
        while True:
            if self.speaking:
                await self.report()
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def metered(self) -> AsyncGenerator[None]:
        """While this lasts the meter tells every second."""
        metering = asyncio.create_task(self.meter())
        try:
            yield
        finally:
            metering.cancel()
            with suppress(asyncio.CancelledError):
                await metering

    async def return_home(self) -> None:
        """Start Home Assistant again, and wait until it takes what the meter tells."""
        await self.home.start_again()
        async with asyncio.timeout(60):
            while True:
                with suppress(ClientError):
                    await self.report()
                    return
                await asyncio.sleep(0.2)

    async def limited_since(self, moment: float, timeout: float) -> None:
        """Wait until all stations have been given a limit after that moment."""
        await until(lambda: all(station.limited > moment for station in self.stations.values()), timeout)

    async def quiet(self, seconds: float) -> None:
        """Wait until no limit has come for a while: what had to be set up is."""
        await until(lambda: all(time.time() - station.limited > seconds for station in self.stations.values()), 60)

    async def repairs(self) -> set[str]:
        """The keys of the repairs that are shown."""
        found = await self.home.command("repairs/list_issues")
        return {issue["translation_key"] for issue in found["issues"] if not issue["ignored"]}

    async def charge(self) -> None:
        """Let a car charge at each station, and wait until all that was to be set up is."""
        for station in self.stations.values():
            await station.start(car=Car(max_current=16.0, battery_wh=1e6))
        await until(lambda: all(station.grounded for station in self.stations.values()), 60)
        await until(lambda: all(station.amps > SAFE for station in self.stations.values()), 60)


def state(value: str, unit: str, kind: str) -> dict[str, Any]:
    """A state as the laboratory takes it."""
    return {"state": value, "attributes": {"unit_of_measurement": unit, "device_class": kind}}


async def until(condition: Callable[[], object], timeout: float) -> float:
    """Wait; gives how long it took (s)."""
    begun = time.monotonic()
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.02)
    return time.monotonic() - begun


def lay_out(folder: Path) -> None:
    """Make the folder of Home Assistant."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "configuration.yaml").write_text(CONFIGURATION)


@asynccontextmanager
async def street(
    folder: Path, settings: Mapping[str, Mapping[str, Any]] = NOTHING, fuse: float = FUSE
) -> AsyncGenerator[Street]:
    """A Home Assistant that leads a house with a station of each version; `settings` are those of the versions."""
    lay_out(folder)
    port = free_port(0)
    async with LiveHomeAssistant(folder, free_port(0), components=(LABORATORY,)) as home:
        entry = await home.add_hub(port)
        stations = {version: station_of(version, port) for version in VERSIONS}
        for version, station in stations.items():
            await home.add_station(entry, station.identity, TITLES[version])
            await home.action("laboratory", "settle", title=TITLES[version], settings=settings.get(version, {}))
        place = Street(home, stations)
        await place.report()
        site = SITE | {"fuse": fuse}
        result = await home.flow("/api/config/config_entries/options/flow", entry, {"next_step_id": "site"}, site)
        assert result["type"] == "create_entry", result
        await kept(folder, [station.identity for station in stations.values()])
        try:
            for station in stations.values():
                await station.connect()
                await station.boot()
                station.redial = 1.0
            yield place
        finally:
            for station in stations.values():
                await station.close()


async def kept(folder: Path, identities: list[str]) -> None:
    """Wait until Home Assistant has on disk what was set up: it takes its time, and may be killed afterwards."""
    file = folder / ".storage" / "core.config_entries"

    def written() -> bool:
        text = file.read_text("utf-8") if file.exists() else ""
        return all(word in text for word in (*identities, GRID))

    await until(written, 120)


def station_of(version: str, port: int) -> Witness:
    """The station of a version."""
    hardware = Hardware(Identity(serial=version), tick=0.1)
    identity = f"SIM{version.replace('.', '')}"
    return Witness(f"ws://127.0.0.1:{port}", identity, hardware=hardware, version=version)
