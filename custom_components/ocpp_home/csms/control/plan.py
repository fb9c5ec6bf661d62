"""What every EVSE shall get now: all of them in one solve.

Priorities are served one after the other. In each, the work functions say who charges and with how many phases; those
get their minimum, in turn, and then what is left is dealt in whole steps. Nothing here waits or remembers: what has to
be known of the decisions before is handed in and handed out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import inf
from typing import Final

from .choose import Band, Seat, band, contactor, decide, first_seen, permitted, together
from .fuse import Fuses, Rooms, rooms
from .share import Claim, Supply, fill, supply
from .terms import Demand, Limiter, Lines, Share, Site, Tuning
from .work import Gains, Switching, Work

OPEN: Final = Band()
USUAL: Final = Tuning()


@dataclass(frozen=True, slots=True)
class Memory:
    """What must be known of the decisions before; `Memory()` is the beginning."""

    rooms: Rooms = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    moment: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is decided, and what has to be known of it the next time."""

    shares: tuple[Share, ...]
    memory: Memory
    room: Mapping[str, Lines]
    """What is left on each line of each circuit (A)."""


def plan(site: Site, demands: Sequence[Demand], now: float, memory: Memory, tuning: Tuning = USUAL) -> Outcome:
    """What every EVSE shall get at this moment (s), after what was decided before."""
    held = rooms(site, memory.rooms, now, tuning)
    fuses = Fuses(site, held)
    solve = Solve(site, supply(site, fuses, len(demands)), now, memory, tuning)
    for group in _groups(demands):
        solve.serve(group)
    shares = tuple(solve.share(demand) for demand in demands)
    return Outcome(shares, Memory(held, solve.remembered(), now), fuses.left())


def _groups(demands: Sequence[Demand]) -> Iterator[list[Demand]]:
    """Those of one priority together, the first first; at the end those who do not take what they are given."""
    ranked = sorted(demands, key=lambda demand: (not demand.reserve, -demand.priority))
    for _, group in groupby(ranked, key=lambda demand: (demand.reserve, demand.priority)):
        yield list(group)


class Solve:
    """One solve: what there is, and what has been dealt of it so far."""

    def __init__(self, site: Site, supply: Supply, now: float, memory: Memory, tuning: Tuning) -> None:
        self._site = site
        self._supply = supply
        self._now = now
        self._tuning = tuning
        self._before = memory.seats
        self._seconds = 0.0 if memory.moment is None else now - memory.moment
        self._seats: dict[str, Seat] = {}
        self._claims: dict[str, Claim] = {}
        self._above = 0.0
        """What those of higher priority have got (W)."""

    def serve(self, group: Sequence[Demand]) -> None:
        """Decide and deal for those of one priority."""
        self._above = self._supply.used
        seats = {demand.evse: self._seat(demand) for demand in group}
        turns = sorted(group, key=lambda demand: self._turn(seats[demand.evse]))
        bands = {demand.evse: self._supposed(demand, seats[demand.evse]) for demand in turns}
        for demand in turns:
            del bands[demand.evse]
            bands[demand.evse] = self._enter(demand, seats[demand.evse], list(bands.values()))
        fill(self._supply, [self._claims[demand.evse] for demand in turns if demand.reserve])

    def share(self, demand: Demand) -> Share:
        """What it gets."""
        claim = self._claims[demand.evse]
        return Share(demand.evse, claim.amps, claim.phases, claim.limiter)

    def remembered(self) -> dict[str, Seat]:
        """The seats of all, and of those who have left what their contactors did."""
        gone = {evse: replace(seat, present=False) for evse, seat in self._before.items() if evse not in self._seats}
        return gone | self._seats

    def _seat(self, demand: Demand) -> Seat | None:
        before = self._before.get(demand.evse)
        if before is None:
            return first_seen(demand, self._now)
        return before if before.present else before.back(self._now)

    def _turn(self, seat: Seat | None) -> tuple[int, float]:
        """Who charges goes on, then who has waited longest, then who has had its turn."""
        if seat is None:
            return 1, self._now
        if not seat.work.state.on:
            return 1, seat.since
        return (2 if self._overdue(seat) else 0), seat.since

    def _overdue(self, seat: Seat) -> bool:
        return self._now - seat.since >= self._tuning.turn

    def _supposed(self, demand: Demand, seat: Seat | None) -> Band:
        """What the others count with until it is its turn; who has had its turn is not counted with."""
        if seat is None or not seat.work.state.on or self._overdue(seat):
            return OPEN
        return band(demand, self._site, (demand.minimum, demand.maximum), seat.work.state.phases)

    def _enter(self, demand: Demand, seat: Seat | None, others: list[Band]) -> Band:
        """Decide for one, and give it its minimum; the power it can draw now."""
        claims = {contactor(phases): self._supply.claim(self._site, demand, phases) for phases in demand.phases}
        usable = self._usable(demand, seat, claims)
        refusals = {phases: self._refusal(claims[phases], seat) for phases in usable}
        roomy = [phases for phases in usable if refusals[phases] is None]
        bands = {phases: self._band(claims[phases]) for phases in roomy}
        switching = Switching(self._tuning.start, self._tuning.contactor, permitted(demand, usable, roomy, self._site))
        work = decide(seat, self._gains(bands, others), self._seconds, switching)
        claim = claims[work.state.phases]
        self._claims[demand.evse] = claim
        self._seats[demand.evse] = self._after(demand, seat, work, starved=not roomy)
        if not work.state.on:
            claim.limiter = self._why(demand, refusals[work.state.phases])
            return OPEN
        self._supply.give(claim, claim.least)
        claim.limiter = Limiter.CAR
        return bands[work.state.phases]

    def _usable(self, demand: Demand, seat: Seat | None, claims: Mapping[int, Claim]) -> list[int]:
        """With which numbers of phases it may be; as before, if that has to last."""
        if seat is not None and seat.settled(self._now, self._tuning) and seat.work.state.phases in claims:
            return [seat.work.state.phases]
        return list(claims)

    def _refusal(self, claim: Claim, seat: Seat | None) -> Limiter | None:
        """Who forbids that it charges with its minimum; who had to stop needs a little more, and patience."""
        claim.rank = len(self._claims)
        claim.sunny = claim.demand.value < self._site.price
        stopped = seat is not None and seat.barred is not None
        spare = self._tuning.restart_spare if stopped else 0.0
        if claim.least > claim.most:
            return claim.cap
        refusal = self._supply.refuses(claim, claim.least, spare)
        if refusal is None and seat is not None and seat.waiting(self._now, self._tuning):
            return Limiter.HOLD
        return refusal

    def _band(self, claim: Claim) -> Band:
        room = max(claim.room(claim.least), min(claim.room(claim.most), self._supply.fuses.room(claim.cells)))
        return band(claim.demand, self._site, (claim.room(claim.least), room), claim.phases)

    def _gains(self, bands: Mapping[int, Band], others: list[Band]) -> Gains:
        """What each state adds to what the others gain."""
        sun = self._supply.sun - self._above
        alone = together(others, sun, self._site)
        crowd = self._tuning.fairness if any(other.most for other in others) else 0.0
        gain = {
            phases: together([*others, each], sun, self._site) - alone + crowd * each.least / 1000
            for phases, each in bands.items()
        }
        return Gains((0.0, 0.0, 0.0, 0.0), (0.0, 0.0, gain.get(1, -inf), gain.get(3, -inf)))

    def _after(self, demand: Demand, seat: Seat | None, work: Work, *, starved: bool) -> Seat:
        """What is remembered of it."""
        if seat is None:
            return Seat(work, self._now, self._now)
        after = seat.went(work, self._now, counted=len(demand.phases) > 1)
        if work.state.on:
            return replace(after, barred=None)
        if starved and seat.work.state.on and demand.value > -inf:
            return replace(after, barred=self._now)
        return after

    def _why(self, demand: Demand, refusal: Limiter | None) -> Limiter:
        """Why it does not charge."""
        if demand.value == -inf:
            return Limiter.USER
        if refusal is not None:
            return refusal
        if self._site.surplus is None:
            return Limiter.STALE
        return Limiter.PLAN if demand.value <= self._site.feed_in else Limiter.SUN
