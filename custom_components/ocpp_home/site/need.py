"""What a car needs: from what is known of it and what is due, the question that the day plan answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from ..csms.control.outlook import Car, Stakes, Trip, wish
from ..csms.control.work import Reach
from .goal import Goal, Measure, Target
from .vehicle import FULL, Vehicle

KILO: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Stay:
    """What is known of the car at an EVSE."""

    vehicle: Vehicle | None = None
    level: float | None = None
    """How full it is (%)."""
    charged: float = 0.0
    """What it got since it came (Wh at the wall)."""
    reach: Reach = field(default_factory=Reach)
    charging: int = 0
    """With how many phases it charges; 0: it does not."""
    stakes: Stakes = field(default_factory=Stakes)

    @property
    def held(self) -> float | None:
        """What its battery holds (Wh)."""
        if self.vehicle is None or self.level is None:
            return None
        return self.vehicle.capacity * self.level / FULL

    def wanted(self, target: Target) -> float | None:
        """What a target asks its battery to hold (Wh); None where that cannot be told."""
        vehicle, held = self.vehicle, self.held
        if vehicle is None or held is None:
            return None
        if target.measure is Measure.LEVEL:
            return vehicle.capacity * target.amount / FULL
        if target.measure is Measure.ENERGY:
            return held + max(target.amount * KILO - self.charged, 0.0) * vehicle.efficiency
        return None if vehicle.consumption is None else target.amount * vehicle.consumption

    def need(self, goals: Sequence[Goal], usual: Target, energy: float = 0.0) -> Car | None:
        """What it needs for what is due; where its battery is not known, `energy` (Wh) is wished, or nobody knows."""
        if self.vehicle is None or self.held is None:
            wished = self._wish(goals, energy)
            return self._guess(goals, usual) if wished is None else wished
        first = goals[0] if goals else None
        car = Car(
            energy=min(self.held, self.vehicle.capacity),
            capacity=max(self.vehicle.capacity * self.vehicle.limit / FULL, self.held),
            eta=self.vehicle.efficiency,
            reach=self.reach,
            charging=self.charging,
            stakes=self.stakes,
        )
        if first is None:
            return car
        target, later = self._target(first, usual, car.capacity), self._later(goals, usual, car.capacity)
        return replace(
            car,
            target=target,
            departure=first.departure.timestamp(),
            returns=None if first.returns is None else first.returns.timestamp(),
            later=later,
            stakes=_enough(self.stakes, car.capacity, max(target, *(trip.target for trip in later), 0.0)),
        )

    def _guess(self, goals: Sequence[Goal], usual: Target) -> Car | None:
        """What a car of which nobody knows how full it is needs for a departure: as if it had hardly anything.

        It ends charging by itself where that was too little trust; the other way round it would not be ready.
        """
        if self.vehicle is None or not goals:
            return None
        gained = self.charged * self.vehicle.efficiency / self.vehicle.capacity * FULL
        return replace(self, level=min(self.vehicle.minimum + gained, FULL)).need(goals, usual)

    def _wish(self, goals: Sequence[Goal], energy: float) -> Car | None:
        """A car that shall be given so much energy: as the first departure says, or as it is set."""
        target = goals[0].target if goals else None
        if target is not None and target.measure is Measure.ENERGY:
            energy = target.amount * KILO
        if energy <= 0:
            return None
        leaves = goals[0].departure.timestamp() if goals else None
        car = wish(energy, self.charged, leaves, self.reach)
        return replace(car, charging=self.charging, stakes=self.stakes)

    def _later(self, goals: Sequence[Goal], usual: Target, capacity: float) -> tuple[Trip, ...]:
        """The trips after the first one, up to one nobody knows the end of, none while another lasts."""
        trips: list[Trip] = []
        back = goals[0].returns
        for goal in goals[1:]:
            if back is None:
                break
            if goal.departure > back:
                returns = None if goal.returns is None else goal.returns.timestamp()
                trips.append(Trip(goal.departure.timestamp(), self._target(goal, usual, capacity), returns))
                back = goal.returns
        return tuple(trips)

    def _target(self, goal: Goal, usual: Target, capacity: float) -> float:
        wanted = self.wanted(goal.target or usual)
        if wanted is None:
            wanted = self.wanted(usual)
        return min(0.0 if wanted is None else wanted, capacity)


def _enough(stakes: Stakes, capacity: float, most: float) -> Stakes:
    """What is at stake where no more than `most` (Wh) is to be bought: above it only the sun charges."""
    return replace(stakes, lower=most + stakes.reserve - capacity / 2)


def enough(car: Car | None) -> bool:
    """Whether it has what it shall have."""
    return car is not None and 0 < car.target <= car.energy


def hurry(car: Car, now: float) -> Car:
    """The same when it should have left: what is missing is due as soon as it can be charged."""
    most = max((car.reach.watts(phases)[1] for phases in car.reach.phases), default=inf) if car.reach.able else inf
    hours = max(car.target - car.energy, 0.0) / (most * car.eta)
    return replace(car, departure=now + max(hours * 3600.0, 900.0), returns=None, later=())
