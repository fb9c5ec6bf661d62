"""The day plan of one EVSE, as far as it is believed, and what a kWh is worth by it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import inf
from typing import Final

from ..csms.control.day import DayPlan, Intention, Why
from ..csms.control.hurry import latest_start
from ..csms.control.outlook import HOUR, Car

NEVER: Final = -1e3
"""What a kWh is worth that the battery cannot take: less than any price."""
LITTLE: Final = 100.0
"""What is less (Wh) is not missing."""
REASONS: Final = [why.value for why in Why]

type Told = Mapping[str, object]


class Future:
    """What is planned; nobody has planned anything yet."""

    def __init__(self) -> None:
        """Nothing is planned."""
        self.plan: DayPlan | None = None
        """None: there is none, or it is too old."""
        self.worth: float | None = None
        """What a kWh is worth now; None: the sun decides."""
        self.table: Told = {}
        """The plan for who reads it."""
        self._made = -inf

    def take(self, plan: DayPlan, made: float, sources: Mapping[str, str]) -> None:
        """Believe a plan that was made at that moment, from what these told."""
        self.plan, self._made = plan, made
        self.table = table(plan) | {"made": _moment(made), "sources": dict(sources)}

    def drop(self) -> None:
        """Plan nothing."""
        self.plan, self.worth, self.table, self._made = None, None, {}, -inf

    def see(self, car: Car, now: float, room: float) -> None:
        """See what a kWh is worth to a car; without a plan it charges when it has to, with so much room (W)."""
        if self.plan is not None and now - self._made <= HOUR:
            self.worth = max(self.plan.value(car.energy, now), NEVER)
            return
        self.drop()
        start = latest_start(car, room)
        self.worth = inf if start is not None and start <= now else None

    # --- what is told of it -------------------------------------------------------------------------------------------

    def intention(self, now: float) -> Intention | None:
        """What is intended now."""
        return next((each for each in self._to_come(now) if each.begin <= now), None)

    def why(self, now: float) -> Why | None:
        """Why it charges now, or does not."""
        intention = self.intention(now)
        return None if intention is None else intention.why

    def begins(self, now: float) -> datetime | None:
        """When it charges next, or has begun to; None: it is not going to."""
        return next((_moment(each.begin) for each in self._to_come(now) if each.power), None)

    @property
    def cost(self) -> float | None:
        """What it is going to cost."""
        return None if self.plan is None else round(self.plan.cost, 2)

    @property
    def ready(self) -> bool | None:
        """Whether the car will have what it shall have; None where nothing is due."""
        if self.plan is None or self.plan.car.departure is None or not self.plan.car.target:
            return None
        return self.plan.missing < LITTLE

    def _to_come(self, now: float) -> Iterator[Intention]:
        return (each for each in (() if self.plan is None else self.plan.intentions) if each.end > now)


def table(plan: DayPlan) -> dict[str, object]:
    """A plan for a chart, and for who wants to know."""
    car = plan.car
    return {
        "slots": [_row(each) for each in plan.intentions],
        "energy": _kilo(plan.energy - min(car.energy, car.capacity)),
        "cost": round(plan.cost, 2),
        "departure": None if car.departure is None else _moment(car.departure),
        "target": _kilo(car.target),
        "missing": _kilo(plan.missing),
    }


def _row(each: Intention) -> dict[str, object]:
    return {
        "start": _moment(each.begin),
        "end": _moment(each.end),
        "power": _kilo(each.power),
        "phases": each.phases,
        "sun": _kilo(each.sun),
        "energy": _kilo(each.energy),
        "cost": round(each.cost, 3),
        "why": each.why.value,
    }


def _kilo(amount: float) -> float:
    return round(amount / 1000, 2)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(round(at), UTC)
