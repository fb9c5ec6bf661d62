"""When to start, when to stop, and with how many phases: the work function of one EVSE.

Timers are replaced by regret. For each state the cost of having been there is kept, with the price of the switches on
the way; one moves when staying has become dearer than having moved. A cloud that costs less than a switch switches
nothing, a sunset does at once. It is the work function of metrical task systems (Borodin, Linial and Saks, J. ACM 39,
1992): with n states it costs at most (2n - 1) times what hindsight would have.

Power is W, prices and values are per kWh, gains per hour, costs are money; all in the currency of the prices.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from math import inf
from typing import Final

from .terms import FLOOR, VOLTAGE

type Four = tuple[float, float, float, float]
"""A number for each state, in the order of `State`."""


class State(IntEnum):
    """Whether energy flows, and to how many phases the contactor is set."""

    OFF_1P = 0
    OFF_3P = 1
    ON_1P = 2
    ON_3P = 3

    @property
    def on(self) -> bool:
        """Whether energy flows."""
        return self >= State.ON_1P

    @property
    def phases(self) -> int:
        """To how many phases the contactor is set: 1 or 3."""
        return 3 if self in (State.OFF_3P, State.ON_3P) else 1


EVERY: Final = frozenset(State)
LONGEST: Final = 300.0
"""What is counted of a gap between two steps (s): nobody saw the rest."""
DEAREST: Final = 1e4
"""A value of a kWh beyond this says no more than this: always, or never."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an EVSE and its car can do."""

    minimum: float = FLOOR
    maximum: float = 16.0
    """A per phase; less than the minimum: it cannot charge."""
    phases: tuple[int, ...] = (1, 3)
    voltage: float = VOLTAGE

    @property
    def able(self) -> bool:
        """Whether it can charge at all."""
        return self.maximum >= self.minimum

    def watts(self, phases: int) -> tuple[float, float]:
        """The least and the most power (W) it draws with that many phases."""
        volts = phases * self.voltage
        return self.minimum * volts, max(self.minimum, self.maximum) * volts

    def states(self, *, steady: bool = False) -> frozenset[State]:
        """The states it can be in; steady: it does not stop while it can charge."""
        return frozenset(
            state
            for state in State
            if state.phases in self.phases and (self.able if state.on else not (steady and self.able))
        )


@dataclass(frozen=True, slots=True)
class Worth:
    """What energy is worth at a moment, and how much of it the sun leaves."""

    value: float
    """Of a kWh in the car; -inf: never charge, inf: always."""
    surplus: float
    """What would flow to the grid if this EVSE drew nothing (W; negative: what would come from it)."""
    price: float
    feed_in: float

    def power(self, least: float, most: float) -> float:
        """The best power (W) between the two."""
        if self.value >= max(self.price, self.feed_in):
            return most
        if self.value <= min(self.price, self.feed_in):
            return least
        if self.price >= self.feed_in:
            return min(max(self.surplus, least), most)
        return max(least, most, key=self.gain)  # the grid takes for more than it gives: half measures are the worst

    def gain(self, power: float) -> float:
        """What is gained in an hour (money) by charging with so much power (W), against not charging."""
        value = min(max(self.value, -DEAREST), DEAREST)
        return value * power / 1000 - bill(power, self.surplus, self.price, self.feed_in)


def bill(power: float, surplus: float, price: float, feed_in: float) -> float:
    """What an hour of so much power costs (money): the bill with it less the bill without it."""

    def cost(grid: float) -> float:
        return grid / 1000 * (price if grid > 0 else feed_in)

    return cost(power - surplus) - cost(-surplus)


@dataclass(frozen=True, slots=True)
class Gains:
    """For each state: with which power (W) one charges in it, and what that gains in an hour."""

    powers: Four
    gains: Four


def gains(worth: Worth, reach: Reach) -> Gains:
    """What each state is good for at this moment; those the EVSE cannot be in are counted as if it could."""
    one, three = worth.power(*reach.watts(1)), worth.power(*reach.watts(3))
    return Gains((0.0, 0.0, one, three), (0.0, 0.0, worth.gain(one), worth.gain(three)))


@dataclass(frozen=True, slots=True)
class Switching:
    """What a switch costs (money), and where one may go."""

    start: float = 0.005
    """A start and its stop; half of it each."""
    phases: float = 0.005
    """A change of phases, on or off."""
    allowed: frozenset[State] = EVERY

    def price(self, origin: State, goal: State) -> float:
        """What it costs to go from one state to the other; as much as the way back."""
        half = self.start / 2 if origin.on != goal.on else 0.0
        return half + (self.phases if origin.phases != goal.phases else 0.0)


@dataclass(frozen=True, slots=True)
class Work:
    """Where an EVSE is, and what it would have cost to be in each state by now; the cheapest costs 0."""

    state: State
    costs: Four

    def moved(self, state: State) -> Work:
        """The same past, seen from where somebody else has put it."""
        return replace(self, state=state)


def begin(state: State = State.OFF_1P, switching: Switching = Switching()) -> Work:
    """Nothing has been yet but the way from here."""
    return Work(state, _four(switching.price(state, goal) for goal in State))


def step(work: Work, gains: Gains, seconds: float, switching: Switching) -> Work:
    """Count the regret of so many seconds, and move if staying has become dearer than moving."""
    if not switching.allowed:
        return work
    hours = min(max(seconds, 0.0), LONGEST) / 3600
    best = max(gains.gains[state] for state in switching.allowed)
    costs = _level(
        min(work.costs[origin] + switching.price(origin, goal) for origin in State) + (best - gains.gains[goal]) * hours
        if goal in switching.allowed
        else inf
        for goal in State
    )
    return Work(_move(work.state, costs, switching), costs)


def _move(state: State, costs: Four, switching: Switching) -> State:
    """Where one is best off, the way counted; as good as here is no reason to go."""
    return min(
        switching.allowed, key=lambda goal: (costs[goal] + switching.price(state, goal), goal is not state, goal.value)
    )


def _level(costs: Iterable[float]) -> Four:
    """The same costs with the least of them 0, so that years of them stay small."""
    kept = _four(costs)
    return _four(cost - min(kept) for cost in kept)


def _four(numbers: Iterable[float]) -> Four:
    first, second, third, fourth = numbers
    return first, second, third, fourth
