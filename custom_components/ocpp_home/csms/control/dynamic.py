"""The step of the day plan: what can be done with a slot, and what is then the best of it.

The battery is divided into equal steps; between them all is linear. Costs are money, one for each step of the battery's
energy, from empty to full. A car that is full before the slot is over pays for the part it has charged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .outlook import Car, Slot
from .work import Reach, Switching, bill

type Costs = list[float]
"""The cost still to come, for each step of the battery's energy."""

type Ahead = dict[int, Costs]
"""The same for each number of phases the car has been charging with; 0: it has not."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to spend a slot."""

    power: float
    phases: int
    """0: without charging."""
    steps: float
    """How far it fills the battery, in steps."""
    bill: float
    """What it costs (money): the bill with the car less the bill without it."""
    cost: float
    """The same, with what is in favour of later."""

    def share(self, level: float, top: int) -> float:
        """Which part of the slot is over when the battery is full, for one that is filled up to a level."""
        return min((top - level) / self.steps, 1.0) if self.steps else 1.0

    def outcome(self, level: float, costs: Costs) -> float:
        """What it costs in all to make this choice at a level and the best ones afterwards."""
        share = self.share(level, len(costs) - 1)
        return self.cost * share + between(costs, level + self.steps)

    def everywhere(self, costs: Costs) -> Costs:
        """The outcome at each step of the battery at once."""
        whole = int(self.steps)
        part, cost, full, top = self.steps - whole, self.cost, costs[-1], len(costs) - 1
        rest = 1 - part
        inside = [cost + rest * low + part * high for low, high in zip(costs[whole:], costs[whole + 1 :], strict=False)]
        filled = range(max(top - whole, 0), top + 1)
        return inside + [cost * self.share(level, top) + full for level in filled]


def choices(slot: Slot, car: Car, factor: float, late: float, grain: float) -> tuple[Choice, ...]:
    """What can be done in a slot that begins in so many hours, if the sun gives so many times what is forecast."""
    surplus = slot.surplus(factor)

    def choice(power: float, phases: int) -> Choice:
        cost = bill(power, surplus, slot.price, slot.feed_in) * slot.hours
        bought = max(power - max(surplus, 0.0), 0.0) / 1000 * slot.hours
        return Choice(power, phases, power * slot.hours * car.eta / grain, cost, cost - bought * late * car.stakes.late)

    return tuple(choice(*option) for option in powers(car.reach, surplus, slot.room))


def powers(reach: Reach, surplus: float, room: float) -> Iterator[tuple[float, int]]:
    """With how much power a car can charge, and with how many phases: least, middle, most, and as the sun shines."""
    yield 0.0, 0
    for phases in reach.phases if reach.able else ():
        least, most = reach.watts(phases)
        most = min(most, room)
        if most >= least:
            for power in dict.fromkeys((least, (least + most) / 2, most, min(max(surplus, least), most))):
                yield power, phases


def back(options: Sequence[Choice], ahead: Ahead, switching: Switching) -> Ahead:
    """The costs still to come before a slot, from those after it."""
    best = {
        phases: _lowest([choice.everywhere(costs) for choice in options if choice.phases == phases])
        for phases, costs in ahead.items()
        if any(choice.phases == phases for choice in options)
    }
    return {
        origin: _lowest([_dearer(costs, switch(origin, goal, switching)) for goal, costs in best.items()])
        for origin in ahead
    }


def switch(origin: int, goal: int, switching: Switching) -> float:
    """What it costs to go from charging with so many phases to others; 0: without charging."""
    half = switching.start / 2 if bool(origin) != bool(goal) else 0.0
    return half + (switching.phases if origin and goal and origin != goal else 0.0)


def _dearer(costs: Costs, by: float) -> Costs:
    return [cost + by for cost in costs] if by else costs


def _lowest(costs: Sequence[Costs]) -> Costs:
    """The least of them at each step."""
    return list(map(min, *costs, strict=True)) if len(costs) > 1 else costs[0]


def between(costs: Costs, level: float) -> float:
    """The cost at a level between two steps; nothing is beyond the ends."""
    level = min(max(level, 0.0), len(costs) - 1.0)
    low = min(int(level), len(costs) - 2)
    return costs[low] + (costs[low + 1] - costs[low]) * (level - low)
