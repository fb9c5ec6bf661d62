"""Who a session belongs to, what is settled about it, and how sessions are asked for."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose card it was when the session began; a card that changes hands later moves no old session."""

    card: str | None = None
    person: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a session delivered on one day of the local calendar: Wh, and micro-units of the account's currency."""

    day: date
    energy: int
    cost: int | None = None
    sun: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What is settled about a session; it follows from its readings, the prices and the sun, and can be settled anew.

    The days are in order, and there is at least one. Their sum is the whole, to 1 Wh and to the smallest coin.
    """

    days: tuple[Day, ...]
    currency: str | None = None
    """None where the price of some of the energy is not known; then `cost` is None too."""

    @property
    def energy(self) -> int:
        """Energy (Wh)."""
        return sum(day.energy for day in self.days)

    @property
    def cost(self) -> int | None:
        """Cost in micro-units, always whole coins; None where it is not known."""
        return None if self.currency is None else sum(day.cost or 0 for day in self.days)

    @property
    def sun(self) -> int | None:
        """Energy from the sun (Wh); None where nobody knows."""
        known = [day.sun for day in self.days if day.sun is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Query:
    """Which sessions are asked for; what is None does not matter. The newest come first."""

    station: str | None = None
    evse: int | None = None
    card: str | None = None
    person: str | None = None
    since: datetime | None = None
    """Sessions that ended at or after it, or still run."""
    until: datetime | None = None
    """Sessions that began before it."""
    running: bool | None = None
    flags: frozenset[str] = frozenset()
    """All of these apply: offline, repaired, orphan."""
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a person's sessions: how many no longer tell who it was, and which still run and do."""

    sessions: int
    running: tuple[str, ...] = ()
    """The ids of sessions that are still running; they are to be ended first, and forgotten then."""
