"""Something over time that is told in pieces: prices, and what the sun will give."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Final

HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Step:
    """A value that holds for some time."""

    begin: float
    end: float
    value: float


@dataclass(frozen=True, slots=True)
class Steps:
    """The pieces in their order; they do not overlap, and there may be gaps."""

    steps: tuple[Step, ...] = ()

    @property
    def until(self) -> float | None:
        """How far it is known."""
        return self.steps[-1].end if self.steps else None

    def covered(self, begin: float, end: float) -> tuple[float, float]:
        """For how long (s) it is known between two moments, and its integral over that time."""
        seconds = integral = 0.0
        first = max(bisect_right(self.steps, begin, key=lambda step: step.begin) - 1, 0)
        for step in self.steps[first:]:
            if step.begin >= end:
                break
            common = min(step.end, end) - max(step.begin, begin)
            if common > 0:
                seconds += common
                integral += common * step.value
        return seconds, integral

    def mean(self, begin: float, end: float) -> float | None:
        """What it is on average where it is known; None where it is not."""
        seconds, integral = self.covered(begin, end)
        return integral / seconds if seconds else None

    def at(self, moment: float) -> float | None:
        """What it is at a moment; None where nobody knows."""
        return self.mean(moment, moment + 1.0)


def steps(told: Iterable[tuple[float, float | None, float]]) -> Steps:
    """The steps of begin, end and value; without an end one holds until the next, for an hour at most.

    Of two that begin at once the first counts. The last one without an end is as long as the one before.
    """
    first: dict[float, tuple[float | None, float]] = {}
    for begin, end, value in told:
        first.setdefault(begin, (end, value))
    begins = sorted(first)
    usual = min((after - before for before, after in list(pairwise(begins))[-1:]), default=HOUR)
    made = []
    for begin, after in zip_longest(begins, begins[1:]):
        end, value = first[begin]
        ends = (end, after, begin + (usual if after is None and usual < HOUR else HOUR) if end is None else None)
        over = min(each for each in ends if each is not None)
        if over > begin:
            made.append(Step(begin, over, value))
    return Steps(tuple(made))
