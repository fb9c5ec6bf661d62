"""When a car leaves, and what it shall have then: once, or week by week, by the clock on the wall."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final

from ..const import Weekday

EVERY_DAY: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))
AHEAD: Final = timedelta(days=8)
"""How far a timetable is looked up: a departure once a week is found."""
DAY: Final = timedelta(days=1)
LONG: Final = timedelta(hours=1)
"""So long what was looked up is the same, unless a departure is over before."""
CONF_DAYS: Final = "weekdays"
CONF_AT: Final = "time"
CONF_BACK: Final = "back"


class Measure(StrEnum):
    """In what a target is told."""

    LEVEL = "level"
    """% of the battery."""
    ENERGY = "energy"
    """kWh from the wall, in this visit."""
    RANGE = "range"
    """km."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a car shall have."""

    measure: Measure = Measure.LEVEL
    amount: float = 80.0


@dataclass(frozen=True, slots=True)
class Goal:
    """When it shall have it."""

    departure: datetime
    """UTC."""
    target: Target | None = None
    """None: as the EVSE has it set."""
    returns: datetime | None = None
    """When it is back, if that is known."""
    once: bool = field(default=False, compare=False)

    def passed(self, now: datetime) -> bool:
        """Whether the departure is over."""
        return self.departure <= now


@dataclass(frozen=True, slots=True)
class Weekly:
    """A departure of the timetable."""

    at: time
    days: frozenset[int] = EVERY_DAY
    """Monday is 0."""
    target: Target | None = None
    back: time | None = None
    """When it is back; what lies before the departure is on the next day."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Weekly:
        """What a form tells; what it tells of no day is of every day."""
        days = frozenset(tuple(Weekday).index(Weekday(day)) for day in told.get(CONF_DAYS) or ())
        target = next((Target(one, float(told[one])) for one in Measure if told.get(one)), None)
        back = told.get(CONF_BACK)
        at = time.fromisoformat(told[CONF_AT])
        return cls(at, days or EVERY_DAY, target, time.fromisoformat(back) if back else None)

    def goals(self, now: datetime, zone: tzinfo) -> Iterator[Goal]:
        """Its departures to come, in their order."""
        today = now.astimezone(zone).date()
        for ahead in range(AHEAD.days):
            day = today + ahead * DAY
            leaves = moment(day, self.at, zone)
            if day.weekday() in self.days and leaves > now:
                yield Goal(leaves, self.target, self._returns(day, zone))

    def _returns(self, day: date, zone: tzinfo) -> datetime | None:
        if self.back is None:
            return None
        return moment(day if self.back > self.at else day + DAY, self.back, zone)


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment (UTC) a clock on the wall shows that time; what a summer time leaves out is an hour later."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def following(at: time, now: datetime, zone: tzinfo) -> datetime:
    """When a clock on the wall shows that time next."""
    return next(Weekly(at).goals(now, zone)).departure


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due at an EVSE: one departure for once, and the timetable but for what is left out."""

    timetable: tuple[Weekly, ...] = ()
    once: Goal | None = None
    skip: datetime | None = None
    """The departure that is left out."""

    def goals(self, now: datetime, zone: tzinfo) -> tuple[Goal, ...]:
        """All that is due from now on, in its order; on the day of the one for once the timetable is silent."""
        once = self.once if self.once is not None and not self.once.passed(now) else None
        regular = [goal for goal in self.regular(now, zone) if goal.departure != self.skip]
        if once is None:
            return tuple(regular)
        day = once.departure.astimezone(zone).date()
        kept = [goal for goal in regular if goal.departure.astimezone(zone).date() != day]
        return tuple(sorted([*kept, once], key=lambda goal: goal.departure))

    def regular(self, now: datetime, zone: tzinfo) -> list[Goal]:
        """What the timetable says, one for each moment."""
        every: Iterable[Goal] = (goal for weekly in self.timetable for goal in weekly.goals(now, zone))
        return sorted({goal.departure: goal for goal in every}.values(), key=lambda goal: goal.departure)


class Diary:
    """Has looked up what is due: it is asked for several times a second, and changes a few times a day."""

    def __init__(self) -> None:
        """Nothing has been looked up."""
        self._asked: tuple[Agenda, tzinfo] | None = None
        self._since = self._until = datetime.max.replace(tzinfo=UTC)
        self._goals: tuple[Goal, ...] = ()

    def goals(self, agenda: Agenda, now: datetime, zone: tzinfo) -> tuple[Goal, ...]:
        """What the agenda says is due from now on."""
        asked = (agenda, zone)
        if asked != self._asked or not self._since <= now < self._until:
            self._asked, self._since, self._goals = asked, now, agenda.goals(now, zone)
            self._until = min([now + LONG, *(goal.departure for goal in self._goals[:1])])
        return self._goals
