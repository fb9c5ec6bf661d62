"""How the energy of a session grew: a curve through its begin, its readings and its end, which never falls.

Energy is whole thousandths of a Wh, so that whatever the curve is cut into adds up to the whole exactly.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final

from ..model.transaction import Point, Transaction

TINY: Final = timedelta(microseconds=1)
STEADY: Final = timedelta(minutes=1)
"""Registers are rounded; over less time their difference says nothing about power."""
MILLI: Final = 1000


@dataclass(frozen=True, slots=True)
class Course:
    """Moments, and the energy since the begin at each (mWh); straight between two of them."""

    times: tuple[datetime, ...]
    values: tuple[int, ...]

    @property
    def begin(self) -> datetime:
        """When it begins."""
        return self.times[0]

    @property
    def end(self) -> datetime:
        """When it ends, at least a microsecond after its begin."""
        return self.times[-1]

    def at(self, moment: datetime) -> int:
        """The energy (mWh) delivered until then."""
        place = bisect_right(self.times, moment)
        if place == 0:
            return 0
        if place == len(self.times):
            return self.values[-1]
        begin, end = self.times[place - 1], self.times[place]
        low, high = self.values[place - 1], self.values[place]
        return low + (high - low) * ((moment - begin) // TINY) // ((end - begin) // TINY)

    @property
    def peak(self) -> float | None:
        """The highest power (W) that its registers show; None where they lie too close together."""
        steps = [
            (high - low) * 3.6 / (end - begin).total_seconds()
            for (begin, end), (low, high) in zip(pairwise(self.times), pairwise(self.values), strict=True)
            if end - begin >= STEADY
        ]
        return max(steps, default=None)


def course_of(transaction: Transaction, points: Sequence[Point] | None = None) -> Course | None:
    """The course of a transaction, so far or as a whole; None where its begin or its energy is not known.

    `points` stand for what the transaction itself does not hold. A value outside begin and end counts as the nearer.
    """
    begin, start, energy = transaction.started, transaction.meter_start, transaction.energy
    if begin is None or start is None or energy is None:
        return None
    total = round(energy * MILLI)
    end = max(transaction.stopped or transaction.meter_last_at or begin, begin + TINY)
    inner = [point for point in points or transaction.points or () if begin < point[0] < end]
    raised = accumulate((round((value - start) * MILLI) for _, value in inner), max, initial=0)
    values = (*(min(value, total) for value in raised), total)
    return Course((begin, *(at for at, _ in inner), end), values)
