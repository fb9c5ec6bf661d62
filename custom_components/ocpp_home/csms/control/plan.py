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

from .choose import Band, Seat, arrival, band, contactor, decide, marginal, permitted
from .fuse import Fuses, Rooms, rooms
from .share import Claim, Supply, deal, supply
from .terms import Demand, Limiter, Lines, Share, Site, Tuning
from .work import Gains, State, Switching

NOTHING: Final = Band()
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
    seconds = 0.0 if memory.moment is None else now - memory.moment
    solve = Solve(site, supply(site, fuses, demands), Moment(now, seconds, tuning), memory.seats)
    for group in _groups(demands):
        solve.serve(group)
    shares = tuple(solve.share(demand) for demand in demands)
    return Outcome(shares, Memory(held, solve.remembered(), now), fuses.left())


def _groups(demands: Sequence[Demand]) -> Iterator[list[Demand]]:
    """Those of one priority together, the first first; at the end those who do not take what they are given."""
    ranked = sorted(demands, key=lambda demand: (not demand.reserve, -demand.priority))
    for _, group in groupby(ranked, key=lambda demand: (demand.reserve, demand.priority)):
        yield list(group)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made, and how long after the last one."""

    now: float
    seconds: float
    tuning: Tuning


@dataclass(frozen=True, slots=True)
class Options:
    """What one EVSE can do, for one and for three phases."""

    claims: Mapping[int, Claim]
    bars: Mapping[int, Limiter | None]
    """Who forbids it."""
    bands: Mapping[int, Band]
    """With which power, where nobody does."""
    usable: frozenset[int]
    """With which phases it may be; only as it is, if that has to last."""

    @property
    def roomy(self) -> frozenset[int]:
        """With which phases it may charge."""
        return self.usable & self.bands.keys()


class Solve:
    """One solve: what there is, and what has been dealt of it so far."""

    def __init__(self, site: Site, supply: Supply, moment: Moment, seats: Mapping[str, Seat]) -> None:
        self._site = site
        self._supply = supply
        self._now = moment.now
        self._seconds = moment.seconds
        self._tuning = moment.tuning
        self._before = seats
        self._seats: dict[str, Seat] = {}
        self._claims: dict[str, Claim] = {}

    def serve(self, group: Sequence[Demand]) -> None:
        """Decide and deal for those of one priority."""
        sun = self._supply.shine
        turns = sorted(((demand, self._seat(demand)) for demand in group), key=self._turn)
        bands = {demand.evse: self._expected(demand, seat) for demand, seat in turns}
        for demand, seat in turns:
            others = [other for evse, other in bands.items() if evse != demand.evse and other.least]
            bands[demand.evse] = self._enter(demand, seat, others, sun)
        deal(self._supply, [self._claims[demand.evse] for demand in group if demand.reserve])

    def share(self, demand: Demand) -> Share:
        """What it gets."""
        claim = self._claims[demand.evse]
        return Share(demand.evse, claim.amps, claim.phases, claim.limiter)

    def remembered(self) -> dict[str, Seat]:
        """The seats of all who are here, and of those whose contactors have had a busy day."""
        gone = {evse: seat.vacant(self._now) for evse, seat in self._before.items() if evse not in self._seats}
        told = {
            evse: replace(seat, shortfall=seat.shortfall.told(self._claims[evse].amps, self._now))
            for evse, seat in self._seats.items()
        }
        return {evse: seat for evse, seat in gone.items() if seat is not None} | told

    def _seat(self, demand: Demand) -> Seat:
        seat = self._before.get(demand.evse) or arrival(demand, self._now)
        return replace(seat, shortfall=seat.shortfall.seen(demand.drawn, self._now))

    def _turn(self, place: tuple[Demand, Seat]) -> tuple[int, float]:
        """Who charges goes on, then comes who has waited longest, then who has had its turn."""
        _, seat = place
        if seat.overdue(self._now, self._tuning):
            return 2, seat.since
        return (0 if seat.work.state.on else 1), seat.since

    def _expected(self, demand: Demand, seat: Seat) -> Band:
        """What those before it count with; nobody counts with one that has had its turn."""
        if seat.fresh or not seat.work.state.on or seat.overdue(self._now, self._tuning):
            return NOTHING
        return self._band(self._claim(demand, seat, seat.work.state.phases))

    def _enter(self, demand: Demand, seat: Seat, others: Sequence[Band], sun: float) -> Band:
        """Decide for one, and give it its minimum; what the others have to count with."""
        options = self._options(demand, seat)
        gains = marginal(options.bands, others, sun, self._site, self._tuning.fairness)
        allowed = permitted(demand, options.usable, options.roomy, self._site)
        work = decide(seat, gains, self._seconds, Switching(self._tuning.start, self._tuning.contactor, allowed))
        claim = self._claims[demand.evse] = options.claims[work.state.phases]
        starved = seat.work.state.on and not options.roomy and demand.value > -inf
        after = seat.after(work, self._now)
        self._seats[demand.evse] = replace(after, barred=self._now) if starved else after
        if not work.state.on:
            bar = options.bars[work.state.phases]
            claim.limiter = bar if bar is not None and not options.roomy else self._reason(demand, gains)
            return NOTHING
        if max(gains.gains[State.ON_1P :]) > gains.gains[work.state]:
            claim.cap = Limiter.HOLD
        self._supply.give(claim, claim.least)
        claim.limiter = Limiter.CAR
        return options.bands[work.state.phases]

    def _options(self, demand: Demand, seat: Seat) -> Options:
        claims = {contactor(phases): self._claim(demand, seat, phases) for phases in demand.phases}
        bars = {phases: self._bar(claim, seat) for phases, claim in claims.items()}
        bands = {phases: self._band(claims[phases]) for phases, bar in bars.items() if bar is None}
        here = seat.work.state.phases
        stays = here in claims and seat.settled(self._now, self._tuning)
        return Options(claims, bars, bands, frozenset({here} if stays else claims))

    def _claim(self, demand: Demand, seat: Seat, phases: int) -> Claim:
        return self._supply.claim(self._site, demand, phases, seat.shortfall.amps)

    def _band(self, claim: Claim) -> Band:
        return band(claim.demand, *self._supply.band(claim), self._site)

    def _bar(self, claim: Claim, seat: Seat) -> Limiter | None:
        """Who forbids that it charges; who had to stop needs patience, and room to spare."""
        if claim.demand.value == -inf:
            return claim.demand.veto
        bar = self._supply.bars(claim, 0.0 if seat.barred is None else self._tuning.restart_spare)
        return Limiter.HOLD if bar is None and seat.waiting(self._now, self._tuning) else bar

    def _reason(self, demand: Demand, gains: Gains) -> Limiter:
        """Why it does not charge although it could."""
        if max(gains.gains[State.ON_1P :]) > 0:
            return Limiter.HOLD
        return Limiter.PLAN if demand.planned or demand.value <= self._site.feed_in else self._supply.shade
