"""The record of each time the grid operator asked for less: who asked, how much was drawn, and whether it was kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..csms.model.transaction import Json
from .facts import Facts

MONTHS: Final = 25
"""Records are kept for two years, and until the month is over."""
FACT: Final = "dimmings"
RUNNING: Final = "dimming"
TOLERANCE: Final = 1.05
"""So much more may be measured: the voltage is not always the same, and meters are not exact."""


@dataclass(slots=True)
class Record:
    """One time; power is W, of all EVSEs that were asked together, from when they had had time to follow."""

    by: str
    """An entity, `switch`, or the station that was asked itself."""
    begin: datetime
    end: datetime | None = None
    limit: float | None = None
    """What was left to them."""
    highest: float | None = None
    energy: float = 0.0
    """What they drew (Ws) while it was watched."""
    watched: float = 0.0
    """So many seconds it was known what they drew."""
    above: float = 0.0
    """So many of them it was too much."""

    @property
    def mean(self) -> float | None:
        """The mean power."""
        return self.energy / self.watched if self.watched else None

    @property
    def kept(self) -> bool | None:
        """Whether no more was drawn than was left; None where nobody knows."""
        return self.above == 0 if self.watched and self.limit is not None else None

    def count(self, power: float, seconds: float) -> None:
        """So much was drawn for so long."""
        self.highest = power if self.highest is None else max(self.highest, power)
        self.energy += power * seconds
        self.watched += seconds
        if self.limit is not None and power > self.limit * TOLERANCE:
            self.above += seconds

    def told(self) -> dict[str, Json]:
        """As it is shown."""
        return {
            "by": self.by,
            "begin": self.begin.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "limit": self.limit,
            "highest": None if self.highest is None else round(self.highest),
            "mean": None if self.mean is None else round(self.mean),
            "watched": round(self.watched),
            "kept": self.kept,
        }

    def noted(self) -> dict[str, Json]:
        """As it is remembered."""
        exact: dict[str, Json] = {"energy": self.energy, "watched": self.watched, "above": self.above}
        return self.told() | {"highest": self.highest} | exact

    @classmethod
    def of(cls, told: object) -> Record | None:
        """What was remembered."""
        if not isinstance(told, Mapping):
            return None
        begin = dt_util.parse_datetime(str(told.get("begin")))
        if begin is None:
            return None
        limit, highest, energy, watched, above = (
            _number(told.get(name)) for name in ("limit", "highest", "energy", "watched", "above")
        )
        end = dt_util.parse_datetime(str(told.get("end")))
        return cls(str(told.get("by")), begin, end, limit, highest, energy or 0.0, watched or 0.0, above or 0.0)


class Dimmings:
    """All records, in the ledger: those of a month are one fact, those that run are another."""

    def __init__(self, facts: Facts) -> None:
        """Go on with those that ran."""
        self._facts = facts
        self.running: dict[str, Record] = {one.by: one for one in _records(facts.recall(RUNNING))}
        self.last = next(self.newest(), None)
        """The one that began last."""

    def newest(self) -> Iterator[Record]:
        """All of them, the newest first."""
        yield from sorted(self.running.values(), key=_begun, reverse=True)
        month = dt_util.now().replace(day=1)
        for _ in range(MONTHS):
            yield from sorted(_records(self._facts.recall(_fact(month))), key=_begun, reverse=True)
            month = _before(month)

    def begin(self, record: Record) -> None:
        """Somebody asks for less."""
        self.running[record.by] = self.last = record
        self.keep()

    def end(self, by: str, moment: datetime) -> None:
        """He asks no more."""
        record = self.running.pop(by)
        record.end = moment
        month = dt_util.as_local(record.begin).replace(day=1)
        known = self._facts.recall(_fact(month))
        self._facts.keep(_fact(month), [*(known if isinstance(known, list) else ()), record.noted()])
        self.keep()
        self._forget()

    def keep(self) -> None:
        """Remember how far those that run have come."""
        self._facts.keep(RUNNING, [record.noted() for record in self.running.values()] or None)

    def _forget(self) -> None:
        month = dt_util.now().replace(day=1)
        for _ in range(MONTHS):
            month = _before(month)
        for _ in range(MONTHS):  # Home Assistant may not have been there for a while
            self._facts.keep(_fact(month), None)
            month = _before(month)


def _records(told: object) -> list[Record]:
    return [record for one in (told if isinstance(told, list) else ()) if (record := Record.of(one)) is not None]


def _begun(record: Record) -> datetime:
    return record.begin


def _fact(month: datetime) -> str:
    return f"{FACT}/{month:%Y-%m}"


def _before(month: datetime) -> datetime:
    """The month before one."""
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) else None
