"""What a day of charging cost beside hindsight, and why: the nightly audit.

A day of an EVSE is a list of pieces of a few minutes in which a car was there. Hindsight gives each visit of a car the
energy it got, at any time of that visit, and knows what sun and price there were; the other cars are as they were. A
kWh of sun costs what the grid would have given for it, one from the grid its price; who is paid more for a kWh than he
pays is counted as if both were the same. Switches are free, and a car may charge for a part of a piece.

The cost goes down in four steps to the best, and each step is a part of the loss:

- latency: the same energy in each piece, with all the sun that was there in it;
- forecast: what nobody but the controller decided, moved to the best time of the visit, never with less than the least
  current;
- owner: what the owner decided moved there too;
- minimum: with any current, however small.

Where what was done is better than a step knows to do, the step is what was done. So no part is negative, and together
they are the loss. Power is W, energy is Wh, prices are per kWh, costs are money.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from math import inf
from typing import Final

HALF: Final = 0.5

type Curve = tuple[tuple[float, float], ...]
"""What energy costs: so much of it (Wh) at such a price, the cheapest first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Means over a piece of time in which a car was there, all of it in one visit."""

    visit: float
    """Which visit, by any number."""
    seconds: float
    price: float
    feed_in: float
    sun: float
    """What there was for this car."""
    taken: float
    """How much of that it took."""
    power: float
    """What it took in all."""
    least: float
    """With less it could not charge."""
    most: float
    """What it could have taken, as EVSE, car, fuse and grid operator had it."""
    owned: float = 0.0
    """For which part of the time the owner decided what it took."""

    @property
    def energy(self) -> float:
        """What it took (Wh)."""
        return self._energy(self.power)

    @property
    def cost(self) -> float:
        """What that cost."""
        return (self.given * self._energy(self.taken) + self.price * self._energy(self.power - self.taken)) / 1000

    @property
    def given(self) -> float:
        """What a kWh of sun costs."""
        return min(self.feed_in, self.price)

    @property
    def any(self) -> Curve:
        """What energy would have cost with any power."""
        most = max(self.most, self.power)
        sun = min(self.sun, most)
        return (self._energy(sun), self.given), (self._energy(most - sun), self.price)

    @property
    def real(self) -> Curve:
        """The same where the car takes the least or nothing, in turns where the mean is smaller."""
        most = max(self.most, self.power)
        least = min(self.least, most)
        if self.sun >= least:
            return self.any
        mixed = (self.given * self.sun + self.price * (least - self.sun)) / least
        return (self._energy(least), mixed), (self._energy(most - least), self.price)

    @property
    def followed(self) -> float:
        """What the same energy would have cost with all the sun that was there."""
        return min(self.cost, cheapest((self.real,), self.energy))

    def _energy(self, power: float) -> float:
        return power * self.seconds / 3600


def together(one: Piece, other: Piece) -> Piece:
    """Both as one piece, where they are of the same visit."""
    seconds = one.seconds + other.seconds
    part = other.seconds / seconds if seconds else 0.0
    means = (mine + (its - mine) * part for mine, its in zip(astuple(one), astuple(other), strict=True))
    visit, _, *rest = means
    return Piece(visit, seconds, *rest)


def cheapest(curves: Iterable[Curve], energy: float) -> float:
    """What energy (Wh) costs at the best times."""
    cost = 0.0
    for amount, price in sorted((step for curve in curves for step in curve), key=lambda step: step[1]):
        part = min(amount, energy)
        cost += part * price / 1000
        energy -= part
    return cost


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found of a day."""

    energy: float
    """Wh."""
    sun: float
    """How much of it was sun (Wh)."""
    cost: float
    latency: float
    forecast: float
    owner: float
    minimum: float

    @property
    def loss(self) -> float:
        """What hindsight would have saved."""
        return self.latency + self.forecast + self.owner + self.minimum

    @property
    def best(self) -> float:
        """What it would have cost with hindsight and any power."""
        return self.cost - self.loss

    @property
    def share(self) -> float:
        """Which part of the energy was sun, 0 to 1."""
        return self.sun / self.energy if self.energy else 0.0


def audit(pieces: Iterable[Piece]) -> Audit:
    """See what a day cost, and why it was not less."""
    visits = [list(visit) for _, visit in groupby(sorted(pieces, key=_visit), key=_visit)]
    every = [piece for visit in visits for piece in visit]
    levels = [_levels(visit) for visit in visits]
    cost, followed, timed, freed, best = (sum(level[step] for level in levels) for step in range(5))
    return Audit(
        energy=sum(piece.energy for piece in every),
        sun=sum(piece.taken * piece.seconds for piece in every) / 3600,
        cost=cost,
        latency=cost - followed,
        forecast=followed - timed,
        owner=timed - freed,
        minimum=freed - best,
    )


def _levels(visit: Sequence[Piece]) -> tuple[float, float, float, float, float]:
    """What a visit cost, and would have cost after each step."""
    owned = [piece for piece in visit if piece.owned > HALF]
    ours = [piece for piece in visit if piece.owned <= HALF]
    kept, followed = _followed(owned), _followed(ours)
    timed = kept + _moved(ours, lambda piece: piece.real, followed)
    freed = _moved(visit, lambda piece: piece.real, timed)
    best = _moved(visit, lambda piece: piece.any, inf)
    return sum(piece.cost for piece in visit), kept + followed, timed, freed, min(best, freed)


def _followed(pieces: Iterable[Piece]) -> float:
    return sum(piece.followed for piece in pieces)


def _moved(pieces: Sequence[Piece], curve: Callable[[Piece], Curve], known: float) -> float:
    """What the energy of these pieces costs at their best times, or what is known to be possible."""
    return min(cheapest(map(curve, pieces), sum(piece.energy for piece in pieces)), known)


def _visit(piece: Piece) -> float:
    return piece.visit
