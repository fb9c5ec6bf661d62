"""A house: people, sun and clouds on three phases; the same seed makes the same days."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asin, cos, exp, pi, radians, sin
from random import Random

type Phases = tuple[float, float, float]

NO_POWER: Phases = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class HouseSample:
    """Watts at one moment; the grid is positive when the house imports."""

    time: datetime
    load: Phases
    sun: Phases
    ev: Phases

    @property
    def grid(self) -> Phases:
        """What the meter at the street shows, per phase."""
        one, two, three = (load + ev - sun for load, ev, sun in zip(self.load, self.ev, self.sun, strict=True))
        return one, two, three

    @property
    def grid_power(self) -> float:
        """What the meter at the street shows."""
        return sum(self.grid)

    @property
    def sun_power(self) -> float:
        """What the roof makes."""
        return sum(self.sun)

    @property
    def load_power(self) -> float:
        """What the people use, cars not counted."""
        return sum(self.load)


@dataclass
class House:
    """`sample(now)` looks; `pass_time(now)` also keeps the energy counters."""

    seed: int = 1
    peak: float = 8000.0  # W of the roof
    three_phase_inverter: bool = True
    latitude: float = 52.0
    longitude: float = 5.0
    cloudiness: float = 0.5
    imported: float = 0.0  # Wh
    exported: float = 0.0
    harvested: float = 0.0
    consumed: float = 0.0
    _last: HouseSample | None = field(default=None, repr=False)

    def sample(self, now: datetime, ev: Phases = NO_POWER) -> HouseSample:
        """The powers at a moment, with `ev` watts flowing into cars."""
        made = self._sun(now)
        sun = (made / 3, made / 3, made / 3) if self.three_phase_inverter else (made, 0.0, 0.0)
        return HouseSample(now, self._load(now), sun, ev)

    def pass_time(self, now: datetime, ev: Phases = NO_POWER) -> HouseSample:
        """Count the energy since the last call, and look."""
        last, current = self._last, self.sample(now, ev)
        if last is not None:
            hours = (now - last.time).total_seconds() / 3600
            self.imported += max(0.0, last.grid_power) * hours
            self.exported += max(0.0, -last.grid_power) * hours
            self.harvested += last.sun_power * hours
            self.consumed += last.load_power * hours
        self._last = current
        return current

    def _sun(self, now: datetime) -> float:
        height = sin(self._elevation(now))
        if height <= 0:
            return 0.0
        clouds = self.cloudiness * self._noise("cloud", now, timedelta(minutes=7))
        power: float = self.peak * height**1.15 * (1 - 0.85 * clouds)
        return power

    def _elevation(self, now: datetime) -> float:
        tilt = radians(-23.44) * cos(2 * pi * (now.timetuple().tm_yday + 10) / 365.25)
        turn = radians((_hour(now) + self.longitude / 15 - 12) * 15)
        here = radians(self.latitude)
        return asin(sin(here) * sin(tilt) + cos(here) * cos(tilt) * cos(turn))

    def _load(self, now: datetime) -> Phases:
        hour = (_hour(now) + self.longitude / 15 + 1) % 24
        people = 300 * _bump(hour, 7.5, 1.2) + 700 * _bump(hour, 19, 2.5) + 150 * _bump(hour, 13, 1.5)
        fridge = 90.0 if self._noise("fridge", now, timedelta(minutes=11)) > 0.5 else 0.0
        stove = 2000.0 if 17 < hour < 20 and self._noise("stove", now, timedelta(minutes=6)) > 0.65 else 0.0
        kettle = 2200.0 if 6 < hour < 23 and self._noise("kettle", now, timedelta(minutes=3)) > 0.93 else 0.0
        return 80 + people * 0.5 + fridge, 60 + people * 0.3 + kettle, 40 + people * 0.2 + stove

    def _noise(self, name: str, now: datetime, step: timedelta) -> float:
        """Smooth noise between 0 and 1, the same for the same seed, name and time."""
        place, rest = divmod(now.timestamp(), step.total_seconds())
        here, there = (Random(f"{self.seed}:{name}:{int(place) + ahead}").random() for ahead in (0, 1))
        return here + (there - here) * rest / step.total_seconds()


def _hour(now: datetime) -> float:
    return now.hour + now.minute / 60 + now.second / 3600


def _bump(hour: float, middle: float, width: float) -> float:
    away = min(abs(hour - middle), 24 - abs(hour - middle))
    return exp(-((away / width) ** 2))
