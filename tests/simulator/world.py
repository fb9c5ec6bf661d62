"""Several stations with lives of their own, in one house."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from websockets.exceptions import InvalidHandshake

from .brands import brand, hardware
from .clock import Clock
from .hardware import Hardware, Identity
from .house import House, HouseSample, Phases
from .lives import LIVES, Life
from .oddities import Oddities
from .station import Station
from .wire import Credentials, LinkLost, Refused

NEIGHBOURHOOD = (("Simulated", "Wallbox S1"), ("Simulated", "Carport S1"), ("Simulated", "Guest S1"))
TROUBLE = (OSError, TimeoutError, InvalidHandshake, LinkLost, Refused, AssertionError)


@dataclass(frozen=True)
class Plan:
    """What the world consists of."""

    url: str
    stations: int = 3
    prefix: str = "SIM"
    factor: float = 1.0
    seed: int = 1
    brand: str = ""
    password: str | None = None
    sample_interval: int = 10
    versions: tuple[str, ...] = ("1.6",)  # of the stations, in turn
    redial: float = 5.0  # real seconds


@dataclass
class World:
    """Runs until it is cancelled; a station that has trouble with the central system tries again."""

    plan: Plan
    say: Callable[[str], None] = print
    stations: list[Station] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(self.plan.factor)
        self.house = House(self.plan.seed)
        self.stations = [self._build(number) for number in range(self.plan.stations)]

    async def run(self) -> None:
        """Let everybody live."""
        async with asyncio.TaskGroup() as group:
            for number, station in enumerate(self.stations):
                group.create_task(
                    self._live(station, LIVES[number % len(LIVES)], Random(self.plan.seed * 1000 + number))
                )

    async def close(self) -> None:
        """Put all stations away."""
        for station in self.stations:
            await station.close()

    def sample(self) -> HouseSample:
        """The house at this moment, cars included."""
        return self.house.pass_time(self.clock.now(), self.cars)

    @property
    def cars(self) -> Phases:
        """Watts per phase that flow into cars."""
        powers = [outlet.meter.powers for station in self.stations for outlet in station.outlets]
        return sum(p[0] for p in powers), sum(p[1] for p in powers), sum(p[2] for p in powers)

    def _build(self, number: int) -> Station:
        plan = self.plan
        vendor, model = NEIGHBOURHOOD[number % len(NEIGHBOURHOOD)]
        serial = f"{plan.prefix}-{number + 1:04d}"
        built = hardware(plan.brand) if plan.brand else Hardware(Identity(vendor, model, serial))
        station = Station(
            plan.url,
            f"{plan.prefix}{number + 1}",
            hardware=built,
            clock=self.clock,
            version=plan.versions[number % len(plan.versions)],
            oddities=brand(plan.brand) if plan.brand else Oddities(),
            MeterValueSampleInterval=str(plan.sample_interval),
            ConnectionTimeOut="0",  # whoever only plugs in stays Preparing
        )
        station.connectors[1].meter.start = 1_000_000 * (number + 1)
        station.credentials = Credentials(plan.password)
        station.redial = plan.redial
        return station

    async def _live(self, station: Station, life: Life, dice: Random) -> None:
        await self._arrive(station)
        while True:
            try:
                await life(station, dice)
            except TROUBLE as trouble:
                self.say(f"{station.identity}: {trouble}")
                await asyncio.sleep(self.plan.redial)

    async def _arrive(self, station: Station) -> None:
        while True:
            try:
                await station.connect()
                answer = await station.boot()
            except TROUBLE as trouble:
                self.say(f"{station.identity}: {trouble}")
                await asyncio.sleep(self.plan.redial)
            else:
                self.say(f"{station.identity}: {answer['status']}")
                return
