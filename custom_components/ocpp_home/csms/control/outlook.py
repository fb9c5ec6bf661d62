"""What is expected of the next days, and what a car needs of them: the questions the day plan answers.

Power is W, energy is Wh in the battery, prices are per kWh, moments are seconds of one clock that counts whole hours
from 0 (that of the epoch does).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil, floor, inf
from typing import Final

from .work import Reach, Switching

QUARTER: Final = 900.0
HOUR: Final = 3600.0
QUARTERS: Final = 64
"""How far (slots) a plan looks in quarters of an hour; then in hours."""
SLOTS: Final = 120


@dataclass(frozen=True, slots=True)
class Slot:
    """What is expected of a piece of time in which nothing changes."""

    begin: float
    seconds: float
    price: float
    feed_in: float
    pv: float = 0.0
    load: float = 0.0
    """What the house takes without this car (W)."""
    room: float = inf
    """What fuse, grid operator and the other cars leave to this one (W)."""

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return self.seconds / HOUR

    @property
    def end(self) -> float:
        """When it is over."""
        return self.begin + self.seconds

    def surplus(self, factor: float = 1.0) -> float:
        """What would flow to the grid (W) if the sun gave so many times what is forecast."""
        return self.pv * factor - self.load

    def between(self, begin: float, end: float) -> Slot:
        """Its part between two moments."""
        first = max(self.begin, begin)
        return replace(self, begin=first, seconds=min(self.end, end) - first)

    def cut(self, moments: Iterable[float]) -> Iterator[Slot]:
        """Its parts between those moments that are within it."""
        inside = {moment for moment in moments if self.begin < moment < self.end}
        for begin, end in pairwise(sorted(inside | {self.begin, self.end})):
            yield self.between(begin, end)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way the forecast of the sun may turn out."""

    factor: float
    """So many times what is forecast."""
    weight: float
    """Its probability."""


SCENARIOS: Final = (Scenario(0.55, 0.25), Scenario(1.0, 0.5), Scenario(1.4, 0.25))


@dataclass(frozen=True, slots=True)
class Outlook:
    """The slots from now on, one after the other, and how far the sun may miss its forecast."""

    slots: tuple[Slot, ...]
    scenarios: tuple[Scenario, ...] = SCENARIOS

    def until(self, moment: float) -> tuple[Slot, ...]:
        """The slots before a moment, the last one cut there."""
        return tuple(slot.between(slot.begin, moment) for slot in self.slots if slot.begin < moment)

    def cheap(self, share: float) -> float:
        """The price that so large a share of the slots does not exceed."""
        prices = sorted(slot.price for slot in self.slots)
        return prices[min(floor(share * len(prices)), len(prices) - 1)]

    def feed_in(self) -> float:
        """What the grid gives on average."""
        return sum(slot.feed_in for slot in self.slots) / len(self.slots)


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is at stake besides the bill; the money is meant for a kWh that costs about 0.30."""

    missing: float = 2.0
    """The price of a kWh that is missing at departure."""
    reserve: float = 600.0
    """What a target is exceeded by, so that a forecast may be wrong (Wh)."""
    cheap: float = 0.15
    """What is left in the lower part of the battery saves a kWh at the price of this share of the cheapest slots."""
    lower: float = 4000.0
    """The lower part of the battery is half of it and this (Wh)."""
    spare: float = 0.03
    """By how much what is left above that is worth more than the grid gives."""
    late: float = 3e-4
    """By how much a kWh from the grid counts less for each hour it is taken later: among equals the latest is best, as
    by then more is known of the sun."""
    switching: Switching = field(default_factory=Switching)
    """What a start and a change of phases cost."""


@dataclass(frozen=True, slots=True)
class Trip:
    """When a car leaves, and what it needs then."""

    leaves: float
    target: float = 0.0
    """What the battery shall hold."""
    returns: float | None = None
    """When it is back; None: nobody knows, and nothing is planned beyond."""
    used: float = 0.0
    """How much less the battery then holds."""


@dataclass(frozen=True, slots=True)
class Car:
    """What a car has, and what it shall have when.

    A wish for so many kWh without a known battery is a car that is empty and holds so much (`wish`).
    """

    energy: float
    capacity: float
    target: float = 0.0
    departure: float | None = None
    eta: float = 0.9
    """Wh in the battery for each Wh from the wall."""
    reach: Reach = field(default_factory=Reach)
    charging: int = 0
    """With how many phases it charges now; 0: it does not."""
    stakes: Stakes = field(default_factory=Stakes)
    returns: float | None = None
    """When it is back from the trip it departs for, if that is known."""
    used: float = 0.0
    """What that trip takes."""
    later: tuple[Trip, ...] = ()
    """The trips after it, in their order."""

    @property
    def trips(self) -> tuple[Trip, ...]:
        """All of them."""
        if self.departure is None:
            return self.later
        return (Trip(self.departure, self.target, self.returns, self.used), *self.later)


def wish(energy: float, charged: float = 0.0, departure: float | None = None, reach: Reach | None = None) -> Car:
    """A car of which only is known that it shall be given so much energy (Wh at the wall), and what it has got."""
    return Car(min(charged, energy), energy, energy, departure, eta=1.0, reach=reach or Reach())


def windows(now: float) -> tuple[tuple[float, float], ...]:
    """The slots (begin, seconds) of a plan: the rest of this quarter, quarters for 16 hours, then hours."""
    quarters = [now, *((floor(now / QUARTER) + count) * QUARTER for count in range(1, QUARTERS + 1))]
    hours = [ceil(quarters[-1] / HOUR) * HOUR + count * HOUR for count in range(SLOTS)]
    edges = quarters + [hour for hour in hours if hour > quarters[-1]]
    return tuple((begin, end - begin) for begin, end in pairwise(edges[: SLOTS + 1]))
