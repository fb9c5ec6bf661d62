"""What the owner wants of an EVSE: a mode, a departure with its target, levels and a price; it outlives a restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, tzinfo
from enum import StrEnum
from math import isfinite
from typing import Any, Final

from ..csms.control.mode import Mode
from ..csms.control.terms import FLOOR
from ..csms.model.transaction import Json
from .goal import EVERY_DAY, WORKDAYS, Agenda, Goal, Measure, Target, Weekly, following

MANUAL: Final = "manual"
"""As the owner or his automations wish; the controller only keeps fuses whole."""
WORDS: Final = {mode.value: mode for mode in Mode}


class Days(StrEnum):
    """On which days the car of an EVSE leaves."""

    TIMETABLE = "timetable"
    """As the timetable of the car says."""
    ONCE = "once"
    """The next time it is so late; then as before."""
    WORKDAYS = "workdays"
    DAILY = "daily"
    OFF = "off"


REGULAR: Final = {Days.WORKDAYS: WORKDAYS, Days.DAILY: EVERY_DAY}


@dataclass(frozen=True, slots=True)
class Rule:
    """What the owner wants; what is None is as the car, or nobody, has it."""

    mode: Mode | None = None
    """None: by hand."""
    minimum: float = FLOOR
    priority: float = 0.0
    days: Days = Days.TIMETABLE
    at: time = time(7)
    """When it leaves on these days, by the clock on the wall."""
    once: datetime | None = None
    """When it leaves for once (UTC)."""
    skip: datetime | None = None
    """The departure that is left out (UTC)."""
    measure: Measure = Measure.LEVEL
    """Which of the targets counts: the one that was set last."""
    level: float = Target().amount
    energy: float = 0.0
    range: float = 0.0
    lowest: float | None = None
    """Below that level (%) it charges at once."""
    most: float | None = None
    """At that level (%) it stops."""
    price: float | None = None
    """Up to that price of a kWh it charges from the grid (cheap)."""
    vehicle: str | None = None
    """Which car is there, as long as it is."""

    @property
    def name(self) -> str:
        """What the mode is called."""
        return MANUAL if self.mode is None else self.mode.value

    def by(self, word: str) -> Rule:
        """The same in the mode of that name; what is no mode is by hand."""
        return replace(self, mode=WORDS.get(word))

    @property
    def target(self) -> Target:
        """What its car shall have, where a departure does not say it."""
        amounts = {Measure.LEVEL: self.level, Measure.ENERGY: self.energy, Measure.RANGE: self.range}
        return Target(self.measure, amounts[self.measure])

    def aiming(self, measure: Measure, amount: float) -> Rule:
        """The same with that target; nothing of energy or range is the level again."""
        counts = measure if amount > 0 else Measure.LEVEL
        if measure is Measure.ENERGY:
            return replace(self, energy=amount, measure=counts)
        if measure is Measure.RANGE:
            return replace(self, range=amount, measure=counts)
        return replace(self, level=amount, measure=counts)

    # --- departures ---------------------------------------------------------------------------------------------------

    def agenda(self, timetable: tuple[Weekly, ...]) -> Agenda:
        """What is due for a car with that timetable."""
        if self.days in REGULAR:
            timetable = (Weekly(self.at, REGULAR[self.days]),)
        elif self.days is Days.OFF:
            timetable = ()
        return Agenda(timetable, None if self.once is None else Goal(self.once, once=True), self.skip)

    @property
    def regular(self) -> bool:
        """Whether it leaves at the same time on days that have been chosen."""
        return self.days in REGULAR

    @property
    def on(self) -> Days:
        """On which days it leaves, or that it does once."""
        return self.days if self.once is None else Days.ONCE

    def leaving(self, days: Days, now: datetime, zone: tzinfo) -> Rule:
        """The same with a departure on these days."""
        if days is Days.ONCE:
            return replace(self, once=following(self.at, now, zone))
        return replace(self, days=days, once=None, skip=None)

    def leaving_at(self, at: time, now: datetime, zone: tzinfo) -> Rule:
        """The same with a departure at that time: once, where no days have been chosen."""
        changed = replace(self, at=at)
        if self.once is None and self.regular:
            return changed
        return changed.leaving(Days.ONCE, now, zone)

    def skipping(self, goal: Goal | None) -> Rule:
        """The same without that departure; None: none is left out."""
        if goal is not None and goal.once:
            return replace(self, once=None)
        return replace(self, skip=None if goal is None else goal.departure)

    # --- remembering --------------------------------------------------------------------------------------------------

    @property
    def told(self) -> dict[str, Json]:
        """What is remembered."""
        every = {field.name: getattr(self, field.name) for field in fields(self)} | {"mode": self.name}
        usual = Rule()
        return {
            name: value.isoformat() if isinstance(value, time | datetime) else value
            for name, value in every.items()
            if name in ALWAYS or value != getattr(usual, name)
        }

    @classmethod
    def of(cls, told: object) -> Rule:
        """What was remembered; what cannot be understood is as usual."""
        if not isinstance(told, Mapping):
            return cls()
        usual = cls()
        known = {name: understood(told.get(name), getattr(usual, name)) for name, understood in READERS.items()}
        return cls(WORDS.get(str(told.get("mode"))), **known)


ALWAYS: Final = frozenset({"mode", "minimum", "priority"})


def _number[UsualT](told: object, usual: UsualT) -> float | UsualT:
    return float(told) if isinstance(told, int | float) and isfinite(told) else usual


def _text(told: object, usual: str | None) -> str | None:
    return told if isinstance(told, str) else usual


def _read[ValueT](read: Callable[[str], ValueT]) -> Callable[[object, Any], Any]:
    def reader(told: object, usual: Any) -> Any:
        try:
            return read(told) if isinstance(told, str) else usual
        except ValueError:
            return usual

    return reader


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(told)
    return moment


NUMBERS: Final = ("minimum", "priority", "level", "energy", "range", "lowest", "most", "price")
READERS: Final[dict[str, Callable[[object, Any], Any]]] = {
    **dict.fromkeys(NUMBERS, _number),
    "days": _read(Days),
    "at": _read(time.fromisoformat),
    "once": _read(_moment),
    "skip": _read(_moment),
    "measure": _read(Measure),
    "vehicle": _text,
}
