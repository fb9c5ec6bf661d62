"""Which EVSEs charge, and with how many phases: one work function each, fed with what it adds to the others.

The gain of a state is the gain of all of one priority together with it, less their gain without it: two cars do not
both start on the sun that feeds one, and a second one starts where the first can make room for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Final

from .terms import Demand, Site, Tuning
from .work import DEAREST, Gains, State, Switching, Work, begin, step

DAY: Final = 86400.0
OFF: Final = {1: State.OFF_1P, 3: State.OFF_3P}
ON: Final = {1: State.ON_1P, 3: State.ON_3P}


@dataclass(frozen=True, slots=True)
class Seat:
    """What is remembered of an EVSE."""

    work: Work
    since: float
    """Since when it has been on or off."""
    session: float
    """Since when its car has been there."""
    barred: float | None = None
    """When it last had to stop for want of room."""
    changes: tuple[float, ...] = ()
    """When its phases were changed, in the last day."""
    present: bool = True

    def settled(self, now: float, tuning: Tuning) -> bool:
        """Whether its phases must stay as they are: a change has to last, and no contactor lives for ever."""
        day = [moment for moment in self.changes if now - moment < DAY]
        session = [moment for moment in day if moment >= self.session]
        recent = bool(day) and now - day[-1] < tuning.dwell
        return recent or len(day) >= tuning.day_changes or len(session) >= tuning.session_changes

    def waiting(self, now: float, tuning: Tuning) -> bool:
        """Whether it has to wait because it found no room a moment ago."""
        return self.barred is not None and now - self.barred < tuning.restart_after

    def back(self, now: float) -> Seat:
        """The same EVSE when a car has come."""
        return replace(self, session=now, barred=None, present=True)

    def went(self, work: Work, now: float, *, counted: bool) -> Seat:
        """The same EVSE after a decision; counted: a change of phases moved a contactor."""
        changes = tuple(moment for moment in self.changes if now - moment < DAY)
        if counted and work.state.phases != self.work.state.phases:
            changes += (now,)
        since = self.since if work.state.on == self.work.state.on else now
        return replace(self, work=work, since=since, changes=changes)


@dataclass(frozen=True, slots=True)
class Band:
    """The power (W) one state can draw, and what a kWh of it is worth."""

    least: float = 0.0
    most: float = 0.0
    value: float = 0.0


def band(demand: Demand, site: Site, amps: tuple[float, float], phases: int) -> Band:
    """What a demand draws between two currents: all if the grid is cheap enough, the least if the sun is too dear."""
    volts = phases * site.voltage
    least, most = (amp * volts for amp in amps)
    value = min(max(demand.value, -DEAREST), DEAREST)
    if demand.value >= site.price:
        return Band(most, most, value)
    if demand.value <= site.feed_in:
        return Band(least, least, value)
    return Band(least, most, value)


def together(bands: Iterable[Band], sun: float, site: Site) -> float:
    """What all of them gain in an hour when they share so much sun (W)."""
    base = flex = worth = extra_worth = 0.0
    for each in bands:
        base += each.least
        flex += each.most - each.least
        worth += each.value * each.least
        extra_worth += each.value * (each.most - each.least)
    extra = min(max(sun - base, 0.0), flex)
    worth += extra_worth * extra / flex if flex else 0.0
    return (worth - (_cost(base + extra - sun, site) - _cost(-sun, site))) / 1000


def _cost(grid: float, site: Site) -> float:
    return grid * (site.price if grid > 0 else site.feed_in)


def first_seen(demand: Demand, now: float) -> Seat | None:
    """The seat of one that charges already when it is first seen."""
    if not demand.charging:
        return None
    loaded = sum(amps > 1.0 for amps in demand.drawn or ())
    phases = min(demand.phases) if loaded == 1 else max(demand.phases)
    return Seat(begin(ON[contactor(phases)]), now, now)


def contactor(phases: int) -> int:
    """How many phases are switched for so many."""
    return 3 if phases > 1 else 1


def permitted(demand: Demand, phases: Iterable[int], roomy: Iterable[int], site: Site) -> frozenset[State]:
    """The states it may be in with these numbers of phases, some of which find room; never none."""
    off = frozenset(OFF[each] for each in phases)
    able = frozenset(ON[each] for each in roomy)
    if demand.value == -inf or not able:
        return off
    return able if demand.value >= site.price or demand.steady else off | able


def decide(before: Seat | None, gains: Gains, seconds: float, switching: Switching) -> Work:
    """The best state at first; later the one that regret leads to."""
    if before is None:
        return begin(max(sorted(switching.allowed), key=lambda state: gains.gains[state]), switching)
    work = step(before.work, gains, seconds, switching)
    here = before.work.state
    if here in switching.allowed and gains.gains[work.state] <= gains.gains[here]:
        return work.moved(here)  # what was regretted has gone to another meanwhile
    return work
