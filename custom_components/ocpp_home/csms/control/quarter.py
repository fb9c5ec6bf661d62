"""The capacity tariff: the dearest quarter of an hour of a month is paid for, so none becomes dearer because of a car.

In Flanders the mean power from the grid in each quarter of the clock counts, of at least 2.5 kW. Power is W, energy is
Wh, moments are seconds of a clock whose hours begin at multiples of 3600.
"""

from dataclasses import dataclass, replace
from math import floor
from typing import Final

QUARTER: Final = 900.0
LEAST: Final = 2500.0
"""What is paid for in any case (W)."""
BURST: Final = 2.0
"""In the last minutes no more than so many times the peak is allowed, however little was used before."""
SPARE: Final = 0.98
"""Which part of the peak is used: meters and cars are late."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """How a quarter of an hour has gone so far, and the highest that has been paid for."""

    begin: float
    used: float = 0.0
    """From the grid so far (Wh)."""
    peak: float = LEAST
    """The highest mean of the month (W)."""

    @property
    def mean(self) -> float:
        """What the quarter comes to (W) if no more is taken."""
        return self.used * 3600 / QUARTER

    def taken(self, since: float, until: float, grid: float) -> Quarter:
        """So much power from the grid (W) between two moments; what flows back does not count."""
        current = self.at(since)
        while until > current.begin + QUARTER:
            end = current.begin + QUARTER
            current = _more(current, end - max(since, current.begin), grid).at(end)
        return _more(current, until - max(since, current.begin), grid).at(until)

    def at(self, now: float) -> Quarter:
        """The quarter of a moment; one that has ended may have become the peak."""
        begin = floor(now / QUARTER) * QUARTER
        return self if begin <= self.begin else Quarter(begin, peak=max(self.peak, self.mean))

    def month(self, least: float = LEAST) -> Quarter:
        """The same in a new month; `least` is what is paid for in any case."""
        return replace(self, peak=least)

    def allowed(self, now: float) -> float:
        """What may come from the grid for the rest of the quarter (W) without making the month dearer."""
        current = self.at(now)
        rest = max(current.begin + QUARTER - now, 1.0) / 3600
        left = current.peak * SPARE * QUARTER / 3600 - current.used
        return min(max(left / rest, 0.0), current.peak * BURST)


def _more(quarter: Quarter, seconds: float, grid: float) -> Quarter:
    return replace(quarter, used=quarter.used + max(grid, 0.0) * seconds / 3600)
