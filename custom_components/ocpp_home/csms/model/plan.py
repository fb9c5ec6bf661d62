"""A plan that stays with a station: what an EVSE may draw, and when, while nobody leads it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .limit import MINIMUM, pausing
from .transaction import Json

PACE: Final = timedelta(minutes=15)
"""A plan is written at most so often: stations keep it in flash memory."""
SLIGHT: Final = 1.0
"""A difference (A) that is not worth a write."""
BRIEF: Final = timedelta(minutes=5)
"""For so long plans may differ before another one is written."""
USUAL: Final = 3
"""OCPP 1.6 ed. 2 - 7.12: the phases where none are told."""


class Word(StrEnum):
    """What became of the plan that is wished."""

    NONE = "none"
    WAITING = "waiting"
    """It will be written when the station is there, is led, and has kept the last one for a while."""
    UNVERIFIED = "unverified"
    """The station has taken it, and does not tell what it will do."""
    VERIFIED = "verified"
    """The station has taken it, and says that it will do so."""
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    """The station cannot, or there is no safe limit below it."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a plan: from `begin` (UTC) at most `amps` A per phase, 0 for a pause."""

    begin: datetime
    amps: float
    phases: int | None = None
    """With how many phases; None: nobody chooses."""

    @property
    def total(self) -> float:
        """A of all phases."""
        return self.amps * (self.phases or USUAL)

    def least(self, other: Leg) -> Leg:
        """From its begin on what neither of them exceeds."""
        phases = [number for number in (self.phases, other.phases) if number is not None]
        return Leg(self.begin, min(self.amps, other.amps), min(phases, default=None))

    def resembles(self, other: Leg | None) -> bool:
        """Whether the difference is not worth a write."""
        return (
            other is not None
            and self.phases == other.phases
            and pausing(self.amps) == pausing(other.amps)
            and abs(self.amps - other.amps) < SLIGHT
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """One or more legs in the order of their begin, the last until `end` (UTC)."""

    legs: tuple[Leg, ...]
    end: datetime

    @property
    def begin(self) -> datetime:
        """When it begins."""
        return self.legs[0].begin

    @property
    def pauses(self) -> bool:
        """Whether no car can charge in a part of it."""
        return any(pausing(leg.amps) for leg in self.legs)

    def at(self, moment: datetime) -> Leg | None:
        """The leg of a moment; None before the begin and from the end on."""
        if moment >= self.end:
            return None
        return next((leg for leg in reversed(self.legs) if leg.begin <= moment), None)

    def since(self, now: datetime) -> Plan | None:
        """What is left of it; None where nothing is."""
        spans = zip(self.legs, self._ends(), strict=True)
        rest = tuple(leg for leg, end in spans if now < end and leg.begin < end)
        return Plan(rest, self.end) if rest else None

    def capped(self, amps: float) -> Plan:
        """The same with nowhere more than `amps`."""
        return replace(self, legs=tuple(replace(leg, amps=min(leg.amps, amps)) for leg in self.legs))

    def sound(self, *, pauses: bool, switches: bool) -> Plan:
        """The same in what a station can do: where it may not pause a car gets the least it can charge with."""
        least = 0.0 if pauses else MINIMUM
        legs = (replace(leg, phases=leg.phases if switches else None) for leg in self.legs)
        return replace(self, legs=tuple(replace(g, amps=least) if pausing(g.amps) else g for g in legs))

    def fitted(self, count: int) -> Plan:
        """The same in at most so many legs: those that lose the least become one, which is nowhere above them."""
        plan = self._joined()
        while len(plan.legs) > max(1, count):
            losses = [_loss(plan, place) for place in range(len(plan.legs) - 1)]
            plan = _merged(plan, losses.index(min(losses)))
        return plan

    def resembles(self, other: Plan | None, now: datetime) -> bool:
        """Whether from now on the difference is not worth a write."""
        if other is None:
            return False
        marks = {now, self.end, other.end, *(leg.begin for plan in (self, other) for leg in plan.legs)}
        apart = timedelta()
        for begin, end in pairwise(sorted(mark for mark in marks if mark >= now)):
            mine, theirs = self.at(begin), other.at(begin)
            if mine is not theirs and (mine is None or not mine.resembles(theirs)):
                apart += end - begin
        return apart < BRIEF

    def exceeds(self, amps: float) -> bool:
        """Whether it ever allows more."""
        return any(leg.amps > amps for leg in self.legs)

    def record(self) -> Json:
        """The plan as it is remembered."""
        return [self.end.isoformat(), [[leg.begin.isoformat(), leg.amps, leg.phases] for leg in self.legs]]

    @classmethod
    def recall(cls, record: Json) -> Plan | None:
        """A remembered plan, None where it cannot be read."""
        match record:
            case [str(end), [_, *_] as legs]:
                found = tuple(leg for each in legs for leg in _leg(each))
                return cls(found, datetime.fromisoformat(end)) if len(found) == len(legs) else None
        return None

    def _ends(self) -> Iterator[datetime]:
        yield from (leg.begin for leg in self.legs[1:])
        yield self.end

    def _joined(self) -> Plan:
        """Neighbours that are alike as one."""
        legs = self.legs[:1]
        for leg in self.legs[1:]:
            if (leg.amps, leg.phases) != (legs[-1].amps, legs[-1].phases):
                legs = (*legs, leg)
        return replace(self, legs=legs)


@dataclass(slots=True)
class Left:
    """The plan of one EVSE that stays with the station. Wish and fact are different fields."""

    wished: Plan | None = None
    confirmed: Plan | None = None
    """What the station took last, and may still have."""
    purpose: str | None = None
    """The purpose of the profile in which it lies there."""
    known: bool = False
    """Whether `confirmed` is true of the station as it is now."""
    at: datetime | None = None
    """When a plan was last written, or tried, since we run."""
    word: Word = Word.NONE
    refusal: str | None = None
    """Why it is not there, None where it is."""

    def lies(self, now: datetime) -> bool:
        """Whether the station has a plan."""
        return self.confirmed is not None and now < self.confirmed.end

    def confirm(self, plan: Plan | None, purpose: str | None = None) -> None:
        """Note that the station took a plan, or None that it has none."""
        self.confirmed, self.purpose, self.known, self.refusal = plan, purpose, True, None
        self.word = Word.NONE if plan is None else Word.UNVERIFIED

    def miss(self, word: Word, reason: str | None = None) -> None:
        """Note why the plan that is wished is not there."""
        self.word, self.refusal = word, reason

    def want(self, plan: Plan | None) -> None:
        """State what is wished, or that nothing is."""
        self.wished = plan
        if plan is not None and self.confirmed is None:
            self.miss(Word.WAITING)

    def record(self) -> Json:
        """What is remembered of it."""
        return None if self.confirmed is None else [self.confirmed.record(), self.purpose]

    @classmethod
    def recall(cls, record: Json) -> Left:
        """What was remembered, which is wished until somebody wishes something else."""
        match record:
            case [told, str(purpose)] if (plan := Plan.recall(told)) is not None:
                return cls(plan, plan, purpose, word=Word.WAITING)
        return cls()


def _loss(plan: Plan, place: int) -> float:
    """What is lost (A s) when a leg and the next one become one."""
    one, other = plan.legs[place : place + 2]
    least = one.least(other).total
    first, second, third = [leg.begin for leg in (*plan.legs, Leg(plan.end, 0.0))][place : place + 3]
    return (one.total - least) * (second - first).total_seconds() + (other.total - least) * (
        third - second
    ).total_seconds()


def _merged(plan: Plan, place: int) -> Plan:
    one, other = plan.legs[place : place + 2]
    return replace(plan, legs=(*plan.legs[:place], one.least(other), *plan.legs[place + 2 :]))


def _leg(record: Json) -> Iterator[Leg]:
    match record:
        case [str(begin), int() | float() as amps, int() | None as phases]:
            yield Leg(datetime.fromisoformat(begin).astimezone(UTC), float(amps), phases)
