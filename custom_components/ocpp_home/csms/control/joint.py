"""Day plans of several cars that share a house: what one plans to take is neither sun nor room for another.

They are planned one after the other, each beside those before it; once all have a plan each may do better beside all
the others. Where somebody would not have enough, whoever is short comes first the next time. Power is W, energy is Wh.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from .day import DayPlan, Intention, day_plan
from .outlook import Car, Outlook, Slot

type Course = Sequence[Intention]
"""What one car is going to do."""

NOBODY: Final[Mapping[str, float]] = {}
MANY: Final = 36
"""So many plans at most are made to find those of all cars; where it takes more, each is planned once."""


def day_plans(
    outlook: Outlook, cars: Mapping[str, Car], priorities: Mapping[str, float] = NOBODY
) -> dict[str, DayPlan]:
    """The plans of all; where the fuse does not allow it to all, those of a higher priority have enough."""

    def by_priority(key: str) -> tuple[float, float]:
        return -priorities.get(key, 0.0), _leaves(cars[key])

    def missing(plans: Mapping[str, DayPlan]) -> list[float]:
        """What each priority lacks (Wh), the highest first."""
        ranks = sorted({priorities.get(key, 0.0) for key in cars}, reverse=True)
        lacking = {key: round(plan.missing) for key, plan in plans.items()}
        return [sum(lacking[key] for key in cars if priorities.get(key, 0.0) == rank) for rank in ranks]

    order = sorted(cars, key=by_priority)
    tries = [_round(outlook, cars, order)]
    order = sorted(order, key=lambda key: _leaves(cars[key]))
    while 1 < len(cars) >= len(tries) and 2 * len(cars) * (len(tries) + 1) <= MANY and any(missing(tries[-1])):
        tries.append(_round(outlook, cars, order))
        order = sorted(order, key=lambda key: not tries[-1][key].short)
    plans = min(tries, key=missing)
    return {key: plans[key] for key in cars}


def beside(outlook: Outlook, courses: Iterable[Course]) -> Outlook:
    """What is left of an outlook beside what others are going to do."""
    known = tuple(course for course in courses if course)
    edges = {edge for course in known for each in course for edge in (each.begin, each.end)}
    parts = (part for slot in outlook.slots for part in slot.cut(edges))
    return replace(outlook, slots=tuple(_left(part, known) for part in parts))


def power(course: Course, at: float) -> float:
    """What is going to be taken at a moment."""
    index = bisect_right(course, at, key=lambda each: each.begin) - 1
    return course[index].power if index >= 0 and at < course[index].end else 0.0


def _left(slot: Slot, courses: Iterable[Course]) -> Slot:
    taken = sum(power(course, slot.begin) for course in courses)
    return replace(slot, load=slot.load + taken, room=max(slot.room - taken, 0.0)) if taken else slot


def _leaves(car: Car) -> float:
    return next((trip.leaves for trip in car.trips), inf)


def _round(outlook: Outlook, cars: Mapping[str, Car], order: Sequence[str]) -> dict[str, DayPlan]:
    """Each beside those before it, and then beside all others."""
    plans: dict[str, DayPlan] = {}
    for key in (*order, *order) if 1 < len(order) <= MANY // 2 else order:
        others = [plan.intentions for other, plan in plans.items() if other != key]
        plans[key] = day_plan(beside(outlook, others), cars[key])
    return plans
