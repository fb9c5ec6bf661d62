"""What is left with stations for when nobody leads them: plans that no fuse minds, whatever the house does then."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from ..csms.control.day import DayPlan, Intention
from ..csms.control.outlook import Car
from ..csms.control.terms import FLOOR
from ..csms.model.plan import Leg, Plan


def modest(cars: Mapping[str, Car], safe: Mapping[str, float]) -> dict[str, Car]:
    """The cars of stations with a safe current (A), each with no more than that."""
    return {
        key: replace(car, reach=replace(car.reach, maximum=min(car.reach.maximum, max(safe[key], FLOOR))))
        for key, car in cars.items()
        if key in safe
    }


def bequest(plan: DayPlan) -> Plan:
    """A day plan in the words of a station."""
    volts = plan.car.reach.voltage
    return Plan(tuple(_legs(plan.intentions, volts)), _moment(plan.intentions[-1].end))


def _legs(intentions: Iterable[Intention], volts: float) -> Iterable[Leg]:
    before: tuple[float, int | None] | None = None
    for each in intentions:
        told = (round(each.power / volts / each.phases, 1), each.phases) if each.phases else (0.0, None)
        if told != before:
            yield Leg(_moment(each.begin), *told)
        before = told


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(round(at), UTC)
