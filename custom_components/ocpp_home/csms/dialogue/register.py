"""Whether an energy register goes on from where it was: stations restart it, change its unit, or count per session."""

from datetime import datetime
from typing import Final, NamedTuple

from ..model.evse import Evse
from ..model.register import FASTEST, SLACK
from ..model.station import Station
from ..model.transaction import Transaction

NEAR: Final = 100.0
"""By so much (Wh) a register may read less than before and still be the same: it is rounded here and not there."""
ROUNDED: Final = 1.0
"""By so much (Wh) a register may read more than before and stand still all the same."""
SCALES: Final = (1000.0, 0.001)
"""A value without its unit, or with the wrong one."""
SAVE_EVERY: Final = 300.0
"""Seconds; more often the running total is not written down."""


class Course(NamedTuple):
    """What a register may read at `at` when it read `last` at `since`, and `start` when the session began (Wh)."""

    start: float
    last: float
    since: datetime
    at: datetime
    end: float | None = None
    """What it read at an end that is the last word."""

    def fits(self, value: float) -> bool:
        """Whether the value goes on from what is known."""
        hours = (self.at - self.since).total_seconds() / 3600
        if hours < 0:
            return self.passed(value)
        most = self.last + FASTEST * hours + SLACK if self.end is None else max(self.last, self.end) + ROUNDED
        return self.last - NEAR <= value <= most

    def passed(self, value: float) -> bool:
        """Whether the register has read the value before: it is an old one, however late it is told."""
        return self.start - NEAR <= value <= self.last + ROUNDED

    def settle(self, value: float) -> float:
        """A value that fits, never less than what went before."""
        return max(value, self.start if self.at < self.since else self.last)


def continued(station: Station, evse: Evse, transaction: Transaction, value: float, at: datetime) -> float | None:
    """The register (Wh, as in the start of the transaction) that a sample stands for; None while it makes no sense.

    A station whose samples count from the begin of the session is known by two samples in a row that fit only so, and
    is no longer held for one as soon as a sample fits as it is: its meter may have begun anew once.
    """
    if transaction.meter_start is None:
        return value
    course = course_of(transaction, transaction.meter_start, at)
    shifted = course.start + value
    if evse.relative and course.fits(shifted) and not course.fits(value):
        return course.settle(shifted)
    if course.passed(value) and not course.fits(value):
        return None
    scaled = next((value * scale for scale in (1.0, *SCALES) if course.fits(value * scale)), None)
    if scaled is not None:
        evse.doubtful = None
        _counts_per_session(station, evse, is_so=False)
        return course.settle(scaled)
    before, evse.doubtful = evse.doubtful, value
    if course.fits(shifted) and before is not None and before <= value:
        _counts_per_session(station, evse, is_so=True)
        return course.settle(shifted)
    return None


def course_of(transaction: Transaction, start: float, at: datetime) -> Course:
    """How the register of a transaction has run so far."""
    known = transaction.meter_last
    since = (transaction.meter_last_at if known is not None else transaction.started) or at
    end = transaction.meter_stop if transaction.sealed else None
    return Course(start, max(start, start if known is None else known), since, at, end)


def count(station: Station, evse: Evse, value: float, at: datetime) -> None:
    """Let the running total of an EVSE go on with a register value (Wh)."""
    register = evse.register
    known = register.last
    if known is not None and known > SLACK:
        course = Course(known, known, register.at or at, at)
        value = next((value * scale for scale in (1.0, *SCALES) if course.fits(value * scale)), value)
    if known is not None and known - NEAR <= value < known:
        value = known
    register.read(value, at)
    saved = register.saved
    if saved is None or abs((at - saved).total_seconds()) >= SAVE_EVERY:
        save(station, evse, at)


def save(station: Station, evse: Evse, at: datetime) -> None:
    """Write the running total of an EVSE down."""
    evse.register.saved = at
    station.keep(f"register/{evse.id}", evse.register.state())


def _counts_per_session(station: Station, evse: Evse, *, is_so: bool) -> None:
    if evse.relative != is_so:
        evse.relative = is_so
        evse.doubtful = None
        station.keep(f"relative/{evse.id}", is_so or None)
