"""The quarters of an hour of this month, as the meter at the grid connection sees them (capacity tariff)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..csms.control.quarter import Quarter
from .facts import Facts

FACT: Final = "quarter"
LONGEST: Final = 120.0
"""So long (s) what was measured last is taken to go on."""


class Month:
    """Counts what comes from the grid; kept with every quarter, so that the month's peak outlives a restart."""

    def __init__(self, facts: Facts) -> None:
        """Go on from what is remembered."""
        self._facts = facts
        self._quarter, self._at, self._name = _remembered(facts)
        self._grid: float | None = None
        self._unseen = 0.0
        """For so many seconds of this quarter nobody knows what came from the grid."""

    @property
    def peak(self) -> float:
        """The highest mean of a quarter of this month (W)."""
        return max(self._quarter.peak, self._quarter.mean)

    @property
    def mean(self) -> float:
        """What the running quarter has come to so far (W)."""
        return self._quarter.mean

    def note(self, moment: datetime, grid: float | None) -> None:
        """From this moment on so much comes from the grid (W); None: nobody knows."""
        now, begin = moment.timestamp(), self._quarter.begin
        since = now if self._at is None else self._at
        if self._grid is not None and now - since <= LONGEST:
            self._quarter = self._quarter.taken(since, now, self._grid)
        else:
            self._quarter = self._quarter.at(now)
            self._unseen += now - max(since, self._quarter.begin)
        self._at, self._grid = now, grid
        if self._quarter.begin != begin:
            self._turn(moment)

    def allowed(self, moment: datetime, aim: float, *, rises: bool) -> float:
        """What may come from the grid now (W), where the owner aims at so much; `rises`: or at the month's peak."""
        peak = max(aim, self._quarter.peak) if rises else aim
        missed = peak * self._unseen / 3600
        return replace(self._quarter, used=self._quarter.used + missed, peak=peak).allowed(moment.timestamp())

    def keep(self) -> None:
        """Remember how far it has come, if anything was counted."""
        if self._at is None:
            return
        quarter = self._quarter
        self._facts.keep(
            FACT,
            {"begin": quarter.begin, "used": quarter.used, "peak": quarter.peak, "at": self._at, "month": self._name},
        )

    def _turn(self, moment: datetime) -> None:
        """A quarter has begun, and perhaps a month."""
        self._unseen = moment.timestamp() - self._quarter.begin if self._grid is None else 0.0
        name = month_name(moment)
        if name != self._name:
            self._name = name
            self._quarter = self._quarter.month(0.0)
        self.keep()


def month_name(moment: datetime) -> str:
    """A month on the clocks of the home."""
    return f"{dt_util.as_local(moment):%Y-%m}"


def _remembered(facts: Facts) -> tuple[Quarter, float | None, str | None]:
    told = facts.recall(FACT)
    if not isinstance(told, Mapping):
        return Quarter(0.0, peak=0.0), None, None
    begin, used, peak, at = (_number(told.get(name)) for name in ("begin", "used", "peak", "at"))
    return Quarter(begin, used, peak), at or None, str(told.get("month"))


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) else 0.0
