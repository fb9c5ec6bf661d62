"""A session as it is shown and handed on: what the ledger recorded, and what it comes to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from ..model.account import Account, Day
from ..model.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the local calendar, the last one included."""

    first: date
    last: date

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A month of the calendar."""
        following = date(year + month // 12, month % 12 + 1, 1)
        return cls(date(year, month, 1), following - timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Session:
    """One transaction with its account; that of a running one tells what it came to so far."""

    transaction: Transaction
    account: Account | None
    """None where its energy is not known: a stop without a start."""
    signed: int = 0
    """How many signed meter values it has; `Records.signed` reads them."""
    peak_power: float | None = None
    """W; measured, or as its registers show."""

    @property
    def begin(self) -> datetime | None:
        """When it began, or ended where that is all that is known."""
        return self.transaction.started or self.transaction.stopped

    @property
    def flags(self) -> tuple[str, ...]:
        """What is not as usual: running, offline, repaired, orphan."""
        known = self.transaction
        told = {
            "running": known.active,
            "offline": known.offline,
            "repaired": known.repaired or known.presumed,
            "orphan": known.orphan,
        }
        return tuple(flag for flag, applies in told.items() if applies)

    def days(self, period: Period) -> tuple[Day, ...]:
        """What it came to on the days of a period."""
        return () if self.account is None else tuple(day for day in self.account.days if day.day in period)

    def touches(self, period: Period, zone: tzinfo) -> bool:
        """Whether something of it lies in a period; of one without an account the day of its begin tells."""
        if self.account is not None:
            return bool(self.days(period))
        return self.begin is not None and self.begin.astimezone(zone).date() in period
