"""Which EVSEs charge, and with how many phases: a work function each, fed with what one adds to the others.

The gain of a state is what all of one priority gain together with it, less what they gain without it. So two cars do
not both start on the sun that feeds one, and the second starts as soon as the first can make room for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Final

from .shortfall import Shortfall
from .terms import Demand, Site, Tuning
from .work import DEAREST, Gains, State, Switching, Work, begin, step

DAY: Final = 86400.0
OFF: Final = {1: State.OFF_1P, 3: State.OFF_3P}
ON: Final = {1: State.ON_1P, 3: State.ON_3P}
UNKNOWN: Final = Shortfall()
FLOWS: Final = 1.0
"""A line with more than this (A) is one the car uses."""


def contactor(phases: int) -> int:
    """How many phases have to be switched through for so many: 1 or 3."""
    return 3 if phases > 1 else 1


@dataclass(frozen=True, slots=True)
class Seat:
    """What is remembered of an EVSE."""

    work: Work
    since: float
    """Since when it has been on or off."""
    session: float
    """Since when its car has been there."""
    fresh: bool = False
    """Nothing has been decided for this car yet."""
    barred: float | None = None
    """When it had to stop for want of room; None: it has charged since."""
    changes: tuple[float, ...] = ()
    """When its phases were changed, in the last day."""
    shortfall: Shortfall = UNKNOWN

    def settled(self, now: float, tuning: Tuning) -> bool:
        """Whether its phases must stay as they are: a change has to last, and contactors wear."""
        day = [moment for moment in self.changes if now - moment < DAY]
        session = [moment for moment in day if moment >= self.session]
        recent = bool(day) and now - day[-1] < tuning.dwell
        return recent or len(day) >= tuning.day_changes or len(session) >= tuning.session_changes

    def waiting(self, now: float, tuning: Tuning) -> bool:
        """Whether it has to wait because it had no room a moment ago."""
        return self.barred is not None and now - self.barred < tuning.restart_after

    def overdue(self, now: float, tuning: Tuning) -> bool:
        """Whether it has charged so long that others of its priority go first."""
        return self.work.state.on and now - self.since >= tuning.turn

    def vacant(self, now: float) -> Seat | None:
        """What is worth remembering when its car has left: the contactor's day."""
        changes = self._lately(now)
        return replace(self, fresh=True, session=now, since=now, barred=None, changes=changes) if changes else None

    def after(self, work: Work, now: float) -> Seat:
        """What is remembered after a decision."""
        changes = self._lately(now)
        return replace(
            self,
            work=work,
            fresh=False,
            since=self.since if work.state.on == self.work.state.on else now,
            barred=None if work.state.on else self.barred,
            changes=changes if work.state.phases == self.work.state.phases else (*changes, now),
        )

    def _lately(self, now: float) -> tuple[float, ...]:
        return tuple(moment for moment in self.changes if now - moment < DAY)


def arrival(demand: Demand, now: float) -> Seat:
    """The seat of an EVSE that is seen for the first time, as far as one can see."""
    phases = contactor(max(demand.phases))
    if not demand.charging:
        return Seat(begin(OFF[phases]), now, now, fresh=True)
    if demand.drawn is not None and sum(amps > FLOWS for amps in demand.drawn) == 1:
        phases = contactor(min(demand.phases))
    return Seat(begin(ON[phases]), now, now)


@dataclass(frozen=True, slots=True)
class Band:
    """Between which powers (W) an EVSE follows the sun, and what a kWh is worth to it."""

    least: float = 0.0
    most: float = 0.0
    value: float = 0.0


def band(demand: Demand, least: float, most: float, site: Site) -> Band:
    """All of it if the grid is cheap enough, no more than it must if even the sun is too dear."""
    value = min(max(demand.value, -DEAREST), DEAREST)
    if demand.value >= site.price:
        return Band(most, most, value)
    return Band(least, least if demand.value <= site.feed_in else most, value)


def together(bands: Iterable[Band], sun: float, site: Site) -> float:
    """What all of them gain in an hour when they share so much sun (W)."""
    least = reach = worth = more = 0.0
    for each in bands:
        least += each.least
        reach += each.most - each.least
        worth += each.value * each.least
        more += each.value * (each.most - each.least)
    extra = min(max(sun - least, 0.0), reach)
    if reach:
        worth += more * extra / reach
    return (worth - _cost(least + extra - sun, site) + _cost(-sun, site)) / 1000


def _cost(grid: float, site: Site) -> float:
    return grid * (site.price if grid > 0 else site.feed_in)


def marginal(bands: Mapping[int, Band], others: Collection[Band], sun: float, site: Site, fairness: float) -> Gains:
    """What an EVSE adds to the others with one or three phases; a little more if it would only watch them."""
    without = together(others, sun, site)
    crowd = fairness / 1000 if any(other.least for other in others) else 0.0

    def gain(phases: int) -> tuple[float, float]:
        if phases not in bands:
            return 0.0, -inf
        mine = bands[phases]
        return mine.least, together([*others, mine], sun, site) - without + crowd * mine.least

    (one, one_gain), (three, three_gain) = gain(1), gain(3)
    return Gains((0.0, 0.0, one, three), (0.0, 0.0, one_gain, three_gain))


def permitted(demand: Demand, phases: Iterable[int], roomy: Collection[int], site: Site) -> frozenset[State]:
    """The states it may be in with these numbers of phases, of which some find room; never none."""
    off = frozenset(OFF[each] for each in phases)
    if not roomy:
        return off
    on = frozenset(ON[each] for each in roomy)
    return on if demand.value >= site.price or demand.steady else off | on


def decide(seat: Seat, gains: Gains, seconds: float, switching: Switching) -> Work:
    """The best state for a car that has just come, and later the one that regret leads to."""
    if seat.fresh:
        return begin(max(sorted(switching.allowed), key=lambda state: gains.gains[state]), switching)
    work = step(seat.work, gains, seconds, switching)
    here = seat.work.state
    if here in switching.allowed and gains.gains[work.state] <= gains.gains[here]:
        return work.moved(here)  # what was regretted has gone to another in the meantime
    return work
