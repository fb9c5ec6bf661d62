"""What hindsight would have done: bounds that nobody who must decide in time can reach."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .world import STEP, Series

START: Final = 0.005
CONTACTOR: Final = 0.005


@dataclass(frozen=True, slots=True)
class Money:
    """What energy is worth in a scene (EUR per kWh)."""

    value: float
    price: float = 0.32
    feed_in: float = 0.08

    def gain(self, power: Series | float, surplus: Series) -> Series:
        """What an hour of charging brings (EUR) beside an hour without."""
        return self.value * np.asarray(power) / 1000 - self._cost(np.asarray(power) - surplus) + self._cost(-surplus)

    def _cost(self, grid: Series) -> Series:
        return np.where(grid > 0, self.price, self.feed_in) * grid / 1000

    def best(self, surplus: Series, least: float, most: float) -> Series:
        """The most an hour can bring with a power between two (W)."""
        return self.gain(np.clip(surplus, least, most), surplus)


def optimum(money: Money, surplus: Series, bands: Sequence[tuple[int, float, float]]) -> float:
    """The best score (EUR) for a series of surplus (W): Viterbi over off and on, for each contactor position.

    A band is a contactor position with its least and greatest power. A start and a change of the position cost.
    """
    hours = STEP / 3600
    gains = [(money.best(surplus, least, most) * hours).tolist() for _, least, most in bands]
    off = [0.0 for _ in bands]
    on = [-np.inf for _ in bands]
    reach = CONTACTOR if len(bands) > 1 else 0.0
    for now in zip(*gains, strict=True):
        best_off, best_on = max(off), max(on)
        fresh = [max(mine, best_off - reach) - START for mine in off]
        kept = [max(mine, best_on - reach) for mine in on]
        off = [max(mine, other) for mine, other in zip(off, on, strict=True)]
        on = [max(old, new) + gain for old, new, gain in zip(kept, fresh, now, strict=True)]
    return float(max(*off, *on))


SINGLE: Final = ((1, 1380.0, 3680.0),)
SWITCHED: Final = ((1, 1380.0, 3680.0), (3, 4140.0, 11_040.0))


@dataclass(frozen=True, slots=True)
class Ends:
    """What is left in a car at the end of a run is worth (EUR per kWh): up to a level, and above it."""

    level: float
    below: float
    above: float

    def worth(self, energy: Series | float) -> Series:
        """Of so much energy (Wh)."""
        full = np.asarray(energy, dtype=float)
        return (np.minimum(full, self.level) * self.below + np.maximum(full - self.level, 0) * self.above) / 1000


@dataclass(frozen=True, slots=True)
class Year:
    """The true series of a run in equal slots, and what a car needs in it."""

    surplus: Series
    price: Series
    feed_in: Series
    home: Series
    """Which part of each slot the car is there."""
    used: Series
    """What it has used when it is back (Wh), in the slot of its departure."""
    target: Series
    """What it shall have (Wh) at the begin of a slot, 0: nothing."""
    capacity: float
    energy: float
    ends: Ends
    seconds: float = 60.0
    """How long a slot is."""
    eta: float = 0.9
    greatest: float = 11_040.0
    missing: float = 2.0


@dataclass(frozen=True, slots=True)
class Future:
    """What is still to come at a moment (EUR), for each energy of the battery (Wh)."""

    levels: Series
    costs: Series

    def cost(self, energy: float) -> float:
        """With so much in the battery."""
        return float(np.interp(energy, self.levels, self.costs))


def foresight(year: Year, grain: float = 100.0) -> float:
    """The least cost (EUR) of the whole run."""
    return future(year, 0, grain).cost(year.energy)


def future(year: Year, begin: int, grain: float = 100.0) -> Future:
    """The least cost from a slot on."""
    *_, costs = courses(year, grain, begin)
    return Future(levels_of(year, grain), costs)


def levels_of(year: Year, grain: float) -> Series:
    """The energies that are looked at (Wh)."""
    return np.asarray(np.arange(0, year.capacity + grain / 2, grain), dtype=float)


def courses(year: Year, grain: float = 100.0, begin: int = 0) -> Iterator[Series]:
    """What is still to come for each energy (EUR), at the end and then at the begin of each slot, the last first.

    Every slot is known, and any power up to the greatest can be had; with a convex cost still to come the best is none,
    the surplus, or the greatest.
    """
    levels = levels_of(year, grain)
    cost, hours = -year.ends.worth(levels), year.seconds / 3600
    room = np.maximum(year.capacity - levels, 0) / year.eta / hours
    yield cost
    for slot in range(len(year.surplus) - 1, begin - 1, -1):
        surplus, dear, cheap = year.surplus[slot], year.price[slot], year.feed_in[slot]

        def bill(power: Series, surplus: float = surplus, dear: float = dear, cheap: float = cheap) -> Series:
            grid = power - surplus
            return np.where(grid > 0, dear, cheap) * grid * (hours / 1000)

        still = cost + bill(np.zeros(1))
        if year.home[slot]:
            for power in {min(max(surplus, 0.0), year.greatest), year.greatest} - {0.0}:
                drawn = np.minimum(power, room)
                still = np.minimum(still, np.interp(levels + drawn * (hours * year.eta), levels, cost) + bill(drawn))
        cost = still
        if year.used[slot] or year.target[slot]:
            lacking = np.maximum(year.target[slot] - levels, 0) * year.missing / 1000
            cost = np.interp(np.maximum(levels - year.used[slot], 0), levels, cost) + lacking
        yield cost
