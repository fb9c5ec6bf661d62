"""What the readings of a transaction come to: its newest register value, the highest power, how the register ran."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import NamedTuple

from ..model.account import Account
from ..model.meter import Location, Meter, Quantity, Reading
from ..model.transaction import Point, Transaction

type Moment = tuple[datetime, float | None, float | None]
"""A moment, what the energy register read then (Wh), and the power (W)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest register value (Wh), when it was measured, and the highest power (W)."""

    meter_last: float | None = None
    meter_last_at: datetime | None = None
    peak_power: float | None = None

    def after(self, readings: Iterable[Reading]) -> Progress:
        """The progress with further readings, in whatever order they come; of two at one moment the larger counts."""
        return self.through(moments_of(readings))

    def through(self, moments: Iterable[Moment]) -> Progress:
        """The progress with what was measured at further moments."""
        progress = self
        for moment in moments:
            progress = progress._at(*moment)
        return progress

    def _at(self, at: datetime, energy: float | None, power: float | None) -> Progress:
        peak = power if self.peak_power is None or power is None else max(self.peak_power, power)
        peak = self.peak_power if peak is None else peak
        if energy is None or (self.meter_last_at is not None and at < self.meter_last_at):
            return Progress(self.meter_last, self.meter_last_at, peak)
        if at == self.meter_last_at and self.meter_last is not None:
            energy = max(energy, self.meter_last)
        return Progress(energy, at, peak)


class Standing(NamedTuple):
    """What readings change about a transaction; what was settled about it no longer holds."""

    meter_last: float | None
    meter_last_at: datetime | None
    peak_power: float | None
    points: tuple[Point, ...] | None
    account: Account | None = None

    def put(self, transaction: Transaction) -> None:
        """Let a transaction stand there."""
        transaction.meter_last, transaction.meter_last_at = self.meter_last, self.meter_last_at
        transaction.peak_power, transaction.points, transaction.account = self.peak_power, self.points, self.account


def progress_of(transaction: Transaction) -> Progress:
    """The progress a transaction has made so far."""
    return Progress(transaction.meter_last, transaction.meter_last_at, transaction.peak_power)


def standing_of(transaction: Transaction) -> Standing:
    """Where a transaction stands."""
    known = transaction
    return Standing(known.meter_last, known.meter_last_at, known.peak_power, known.points, known.account)


def standing_after(transaction: Transaction, readings: Iterable[Reading]) -> Standing:
    """Where a transaction stands with further readings; none from after an end that is the last word."""
    moments = moments_of(readings)
    if transaction.sealed:
        moments = [moment for moment in moments if transaction.covers(moment[0])]
    progress, points = progress_of(transaction).through(moments), transaction.points
    return Standing(
        progress.meter_last,
        progress.meter_last_at,
        progress.peak_power,
        None if points is None else _points_through(points, moments),
    )


def moments_of(readings: Iterable[Reading]) -> list[Moment]:
    """What was measured at each moment, in the order of time."""
    together: dict[datetime, list[Reading]] = {}
    for reading in readings:
        together.setdefault(reading.at, []).append(reading)
    return [_measured(at, some) for at, some in sorted(together.items(), key=itemgetter(0))]


def points_after(points: Sequence[Point], readings: Iterable[Reading]) -> tuple[Point, ...]:
    """How a register ran, with further readings in whatever order they come: the newest value of each minute.

    While the register stands still its first and its last value say all.
    """
    return _points_through(points, moments_of(readings))


def _points_through(points: Sequence[Point], moments: Iterable[Moment]) -> tuple[Point, ...]:
    course = list(points)
    for at, energy, _ in moments:
        if energy is not None:
            _insert(course, (at, energy))
    return tuple(course)


def _insert(course: list[Point], point: Point) -> None:
    minute = point[0].replace(second=0, microsecond=0)
    place = bisect_left(course, minute, key=itemgetter(0))
    if place < len(course) and course[place][0].replace(second=0, microsecond=0) == minute:
        course[place] = max(course[place], point)
    elif place == len(course) > 1 and course[-1][1] == course[-2][1] == point[1]:
        course[-1] = point
    else:
        course.insert(place, point)


def _measured(at: datetime, readings: Sequence[Reading]) -> Moment:
    """Most stations tell the register and the power as such; of others they are put together as a meter does it."""
    plain = [reading for reading in readings if reading.phase is None and reading.location is Location.OUTLET]
    energy = max((one.value for one in plain if one.quantity is Quantity.ENERGY_IMPORT), default=None)
    power = max((one.value for one in plain if one.quantity is Quantity.POWER), default=None)
    if energy is None or power is None:
        meter = Meter()
        meter.update(sorted(readings, key=attrgetter("value")))
        energy, power = meter.total(Quantity.ENERGY_IMPORT), meter.total(Quantity.POWER)
    return at, energy, power
