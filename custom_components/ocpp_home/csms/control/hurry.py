"""Charging without a plan: what it costs not to wait, and until when one may. Power is W, energy is Wh."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from .day import Intention, Why
from .outlook import HOUR, QUARTER, Car, Outlook, Slot
from .work import bill

SLACK = 1.1
"""A car takes so many times the time it needs with all it can."""


def at_once(outlook: Outlook, car: Car) -> tuple[Intention, ...]:
    """Charging with all there is from now on until the car has what it shall have, or all it holds; or leaves."""
    return tuple(_course(outlook, car))


def latest_start(car: Car, room: float = inf) -> float | None:
    """When a car has to begin that always has so much room (W), to be in time; None: it need not begin."""
    lacking = min(car.target, car.capacity) - car.energy
    if car.departure is None or lacking <= 0:
        return None
    most, _ = _most(car, room)
    return car.departure - lacking / (most * car.eta) * SLACK * HOUR - QUARTER if most else -inf


def _course(outlook: Outlook, car: Car) -> Iterator[Intention]:
    energy, enough = car.energy, min(car.target or inf, car.capacity)
    for slot in outlook.slots if car.departure is None else outlook.until(car.departure):
        if energy >= enough:
            return
        power, phases = _most(car, slot.room)
        after = min(energy + power * slot.hours * car.eta, enough)
        if power:
            slot = replace(slot, seconds=(after - energy) / (power * car.eta) * HOUR)
        energy = after
        yield _intention(slot, power, phases, energy)


def _intention(slot: Slot, power: float, phases: int, energy: float) -> Intention:
    cost = bill(power, slot.surplus(), slot.price, slot.feed_in) * slot.hours
    sun = min(max(slot.surplus(), 0.0), power)
    return Intention(slot.begin, slot.seconds, power, phases, sun, energy, cost, Why.DUE if power else Why.FUSE)


def _most(car: Car, room: float) -> tuple[float, int]:
    """The most it can take of so much room, and with how many phases."""
    reach = car.reach
    bands = [(reach.watts(phases), phases) for phases in reach.phases if reach.able]
    return max(((min(most, room), phases) for (least, most), phases in bands if least <= room), default=(0.0, 0))
