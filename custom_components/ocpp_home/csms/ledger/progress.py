"""What the readings of a transaction come to: its newest register value, the highest power, how the register ran."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from ..model.meter import Meter, Quantity, Reading
from ..model.transaction import Point, Transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest register value (Wh), when it was measured, and the highest power (W)."""

    meter_last: float | None = None
    meter_last_at: datetime | None = None
    peak_power: float | None = None

    def after(self, readings: Iterable[Reading]) -> Progress:
        """The progress with further readings, in whatever order they come; of two at one moment the larger counts."""
        progress = self
        for at, together in _by_moment(readings):
            progress = progress._at(at, together.total(Quantity.ENERGY_IMPORT), together.total(Quantity.POWER))
        return progress

    def _at(self, at: datetime, energy: float | None, power: float | None) -> Progress:
        peak = power if self.peak_power is None or power is None else max(self.peak_power, power)
        peak = self.peak_power if peak is None else peak
        if energy is None or (self.meter_last_at is not None and at < self.meter_last_at):
            return Progress(self.meter_last, self.meter_last_at, peak)
        if at == self.meter_last_at and self.meter_last is not None:
            energy = max(energy, self.meter_last)
        return Progress(energy, at, peak)


def progress_of(transaction: Transaction) -> Progress:
    """The progress a transaction has made so far."""
    return Progress(transaction.meter_last, transaction.meter_last_at, transaction.peak_power)


def points_after(points: Sequence[Point], readings: Iterable[Reading]) -> tuple[Point, ...]:
    """How a register ran, with further readings in whatever order they come: the newest value of each minute.

    While the register stands still its first and its last value say all.
    """
    course = list(points)
    for at, together in _by_moment(readings):
        value = together.total(Quantity.ENERGY_IMPORT)
        if value is not None:
            _insert(course, (at, value))
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


def _by_moment(readings: Iterable[Reading]) -> Iterable[tuple[datetime, Meter]]:
    for at, together in groupby(sorted(readings, key=attrgetter("at", "value")), key=attrgetter("at")):
        meter = Meter()
        meter.update(together)
        yield at, meter
