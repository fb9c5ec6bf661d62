"""The day plan: when a car charges best, and what a kWh is worth to it now.

It is solved backwards (dynamic programming) over what the battery may hold, once for each way the sun may turn out;
the mean of the costs still to come is what the controller needs: its slope is the value of a kWh. The powers are those
a car can really take: nothing, or 6 A and more, with one phase or three, or what the sun gives. Power is W, energy is
Wh in the battery, prices and values are per kWh at the wall.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, inf, sumprod
from typing import Final

from .dynamic import Ahead, Choice, Costs, back, between, choices, switch
from .outlook import HOUR, Car, Outlook, Slot, Trip

GRAIN: Final = 500.0
"""The battery is divided into steps of at most this (Wh), unless they become more than `LEVELS`."""
LEVELS: Final = 160


class Why(StrEnum):
    """Why it is planned so."""

    SUN = "sun"
    """The sun gives more than the house takes."""
    MIXED = "mixed"
    """The sun gives a good part, and it is worth buying the rest."""
    CHEAP = "cheap"
    """The grid is cheaper than usual."""
    DUE = "due"
    """It must be bought, and no better time comes."""
    WAIT = "wait"
    """A better time comes, or it is not worth it."""
    FUSE = "fuse"
    """There is no room."""
    AWAY = "away"
    """The car is on a trip."""
    FULL = "full"
    """The car has what it holds."""


@dataclass(frozen=True, slots=True)
class Intention:
    """What is intended for a slot."""

    begin: float
    seconds: float
    power: float
    phases: int
    """0: it does not charge."""
    sun: float
    """How much of the power is surplus."""
    energy: float
    """What the battery will hold at its end."""
    cost: float
    """The bill with the car less the bill without it."""
    why: Why

    @property
    def end(self) -> float:
        """When it is over."""
        return self.begin + self.seconds


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is intended until the car leaves for good, or for as long as something is expected."""

    car: Car
    intentions: tuple[Intention, ...]
    missing: float
    """What the target will probably lack (Wh) at the first departure."""
    futures: tuple[Costs, ...]
    """The cost still to come at the end of each slot, if it does not charge then."""

    @property
    def energy(self) -> float:
        """What the battery will hold at the first departure, or in the end if that is later."""
        leaves = next((trip.leaves for trip in self.car.trips), inf)
        before = [each.energy for each in self.intentions if each.begin < leaves]
        return before[-1] if before else self.intentions[0].energy

    @property
    def cost(self) -> float:
        """What it will cost: the bill with the car less the bill without it."""
        return sum(intention.cost for intention in self.intentions)

    @property
    def short(self) -> bool:
        """Whether the target will be missed."""
        return self.missing > 0

    def value(self, energy: float, at: float) -> float:
        """What another kWh at the wall is worth at a moment when the battery holds so much; -inf: it is full."""
        if energy >= self.car.capacity:
            return -inf
        index = max(bisect_right(self.intentions, at, key=lambda intention: intention.begin) - 1, 0)
        costs = self.futures[index]
        top = len(costs) - 1
        level = min(max(energy / self.car.capacity * top, 0.0), top - 1.0)
        return (between(costs, level) - between(costs, level + 1)) * top / self.car.capacity * 1000 * self.car.eta


def day_plan(outlook: Outlook, car: Car) -> DayPlan:
    """The best way through the outlook until departure; who should have left is in a hurry."""
    course = Course(_slots(outlook, car.trips), car, min(max(ceil(car.capacity / GRAIN), 1), LEVELS))
    last = course.last(outlook)
    runs = [course.back(last, scenario.factor) for scenario in outlook.scenarios]
    weights = [scenario.weight for scenario in outlook.scenarios]
    return course.forth([_mean(moment, weights) for moment in zip(*runs, strict=True)])


def _slots(outlook: Outlook, trips: Sequence[Trip]) -> tuple[Slot, ...]:
    """The slots up to a trip nobody knows the end of, cut where the car leaves and returns; none is left, the first."""
    now = outlook.slots[0].begin
    if trips and trips[0].leaves <= now:
        return outlook.slots[:1]
    known = outlook.until(next((trip.leaves for trip in trips if trip.returns is None), inf))
    moments = [moment for trip in trips for moment in (trip.leaves, trip.returns) if moment is not None]
    return tuple(part for slot in known for part in slot.cut(moments))


def _mean(scenarios: Sequence[Ahead], weights: Sequence[float]) -> Ahead:
    """The costs to expect of them."""
    return {
        phases: [sumprod(weights, costs) for costs in zip(*(ahead[phases] for ahead in scenarios), strict=True)]
        for phases in scenarios[0]
    }


@dataclass(frozen=True, slots=True)
class Course:
    """The slots of a plan, who goes through them, and into how many steps the battery is divided."""

    slots: tuple[Slot, ...]
    car: Car
    top: int

    @property
    def grain(self) -> float:
        """A step (Wh)."""
        return max(self.car.capacity, 1.0) / self.top

    def last(self, outlook: Outlook) -> Costs:
        """What each energy at the end costs: what is missing, less what is saved by what is left."""
        car, stakes = self.car, self.car.stakes
        lower = min(car.capacity / 2 + stakes.lower, car.capacity)
        cheap, spare = outlook.cheap(stakes.cheap), outlook.feed_in() + stakes.spare

        def cost(energy: float) -> float:
            left = min(energy, lower) * cheap + max(energy - lower, 0.0) * spare
            return (self.lacking(energy, stakes.reserve) * stakes.missing - left) / 1000

        return [cost(level * self.grain) for level in range(self.top + 1)]

    def lacking(self, energy: float, reserve: float = 0.0) -> float:
        """What the next trip and a reserve lack (Wh) with so much at the end, and cannot be charged afterwards."""
        begin, end = self.slots[0].begin, self.slots[-1].end
        trip = next((trip for trip in self.car.trips if trip.leaves <= begin or trip.leaves >= end), None)
        if trip is None:
            return 0.0
        most = max((self.car.reach.watts(phases)[1] for phases in self.car.reach.phases), default=0.0)
        after = max(trip.leaves - end, 0.0) / HOUR * most * self.car.eta
        return self.short(trip, energy + after, reserve)

    def short(self, trip: Trip, energy: float, reserve: float = 0.0) -> float:
        """What a trip and a reserve lack (Wh) with so much when it begins."""
        return max(min(trip.target + reserve, self.car.capacity) - energy, 0.0) if trip.target else 0.0

    def leaving(self, slot: Slot) -> Trip | None:
        """The trip that begins with a slot."""
        return next((trip for trip in self.car.trips if trip.leaves == slot.begin > self.slots[0].begin), None)

    def away(self, slot: Slot) -> bool:
        """Whether the car is on a trip in a slot."""
        return any(trip.leaves <= slot.begin < (trip.returns or 0.0) for trip in self.car.trips)

    def options(self, slot: Slot, factor: float) -> tuple[Choice, ...]:
        """What can be done in a slot, if the sun gives so many times what is forecast."""
        there = replace(slot, room=0.0) if self.away(slot) else slot
        return choices(there, self.car, factor, (slot.begin - self.slots[0].begin) / HOUR, self.grain)

    def back(self, last: Costs, factor: float) -> list[Ahead]:
        """The costs still to come at the end of each slot, for such a sun."""
        ends = [dict.fromkeys((0, *self.car.reach.phases), last)]
        for slot in reversed(self.slots[1:]):
            ahead = back(self.options(slot, factor), ends[-1], self.car.stakes.switching)
            trip = self.leaving(slot)
            ends.append(ahead if trip is None else self._before(trip, ahead))
        return ends[::-1]

    def _before(self, trip: Trip, ahead: Ahead) -> Ahead:
        """The costs still to come when the car is about to leave: what is missing, and what there is at its return."""
        used, stakes = trip.used / self.grain, self.car.stakes
        missing = [
            self.short(trip, level * self.grain, stakes.reserve) * stakes.missing / 1000
            for level in range(self.top + 1)
        ]
        gone = [lack + between(ahead[0], level - used) for level, lack in enumerate(missing)]
        return dict.fromkeys(ahead, gone)

    def forth(self, ends: Sequence[Ahead]) -> DayPlan:
        """What is done if the sun gives what is forecast, though nobody relied on it."""
        energy, phases, intentions = min(self.car.energy, self.car.capacity), self.car.charging, []
        missing: list[float] = []
        for slot, ahead in zip(self.slots, ends, strict=True):
            if trip := self.leaving(slot):
                missing.append(self.short(trip, energy))
                energy, phases = max(energy - trip.used, 0.0), 0
            intentions.append(self._intention(slot, ahead, energy, phases))
            energy, phases = intentions[-1].energy, intentions[-1].phases
        missing.append(self.lacking(energy))
        return DayPlan(self.car, tuple(intentions), missing[0], tuple(ahead[0] for ahead in ends))

    def _intention(self, slot: Slot, ahead: Ahead, energy: float, phases: int) -> Intention:
        level, switching = energy / self.grain, self.car.stakes.switching

        def cost(choice: Choice) -> float:
            return switch(phases, choice.phases, switching) + choice.outcome(level, ahead[choice.phases])

        still, *others = self.options(slot, 1.0)
        choice = min((still, *others), key=cost) if energy < self.car.capacity else still
        sun = min(max(slot.surplus(), 0.0), choice.power)
        after = min(energy + choice.steps * self.grain, self.car.capacity)
        bill = choice.bill * choice.share(level, self.top)
        why = self._why_charging(slot, sun / choice.power) if choice.power else self._why_not(slot, energy)
        return Intention(slot.begin, slot.seconds, choice.power, choice.phases, sun, after, bill, why)

    def _why_charging(self, slot: Slot, sunny: float) -> Why:
        """The reason to charge with such a share of sun."""
        if sunny >= 0.95:
            return Why.SUN
        if sunny >= 0.25:
            return Why.MIXED
        usual = sum(other.price for other in self.slots) / len(self.slots)
        return Why.CHEAP if slot.price < usual - 1e-9 else Why.DUE

    def _why_not(self, slot: Slot, energy: float) -> Why:
        """The reason not to charge."""
        if self.away(slot):
            return Why.AWAY
        if energy >= self.car.capacity:
            return Why.FULL
        least = min((self.car.reach.watts(phases)[0] for phases in self.car.reach.phases), default=inf)
        return Why.FUSE if slot.room < least else Why.WAIT
