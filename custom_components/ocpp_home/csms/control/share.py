"""Who gets how much of what there is: room on the lines, watts from the grid, sun.

Shares are dealt in whole steps, always to the one that has least, until nobody can take a step more. So the smallest
share is as large as it can be, and nothing is left over ("16 A = 12 + 5"). More power never makes the sum smaller: the
first step that more grants and less refuses already takes the sum beyond all that less can reach. Only where the lines
may differ just so much can a step that follows the sun be in the way of one that takes all, on the fullest line.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from math import ceil, floor, inf
from typing import Final

from .fuse import GRAIN, LINES, Fuses, lines_of
from .terms import FLOOR, Demand, Limiter, Site

GRANT: Final = 4200.0
"""What section 14a EnWG leaves to one controllable device (W)."""
TOGETHER: Final = (0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45)
"""Which part of it the second and each further one adds when they are 2, 3, ... 9 or more (BK6-22-300, annex 1)."""


def granted(devices: int) -> float:
    """What the grid operator must leave to so many devices that are controlled together (W)."""
    if devices < 2:
        return GRANT
    return GRANT * (1 + (devices - 1) * TOGETHER[min(devices, 9) - 2])


class Appetite(IntEnum):
    """What an EVSE takes beyond its minimum; who takes more is dealt to first."""

    ALL = 0
    SUN = 1
    NOTHING = 2


def appetite(demand: Demand, site: Site) -> Appetite:
    """What it takes at what energy costs now."""
    if demand.value >= site.price:
        return Appetite.ALL
    return Appetite.SUN if demand.value > site.feed_in else Appetite.NOTHING


@dataclass(slots=True)
class Claim:
    """What one EVSE can take with so many phases, and what it has got."""

    demand: Demand
    phases: int
    cells: tuple[int, ...]
    """The lines of the circuits it loads."""
    least: int
    """Its minimum, in steps."""
    most: int
    """Its maximum, in steps."""
    cap: Limiter
    """Who sets the maximum."""
    appetite: Appetite
    steps: int = 0
    limiter: Limiter = Limiter.STATION
    shortfall: float = 0.0
    """By how much less than it gets it draws (A per phase)."""

    @property
    def amps(self) -> float:
        """What it has got (A per phase)."""
        return round(self.steps * self.demand.step, 3)

    @property
    def reach(self) -> tuple[float, float]:
        """Its minimum and its maximum (A per phase)."""
        return self.least * self.demand.step, self.most * self.demand.step


@dataclass(slots=True)
class Supply:
    """What there is, and what of it is left."""

    fuses: Fuses
    voltage: float
    limit: float = inf
    """What all EVSEs together may draw (W)."""
    sun: float = 0.0
    """What they may draw without taking from the grid (W)."""
    part: float = 0.0
    """Which part of a step may come from the grid if the sun gives the rest."""
    shade: Limiter = Limiter.SUN
    """Who says that there is no more sun."""
    asymmetry: float = inf
    used: float = 0.0
    """What they have got (W)."""
    unused: float = 0.0
    """What of it they do not draw (W)."""
    loads: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """What they have got on each line (A)."""
    anywhere: float = 0.0
    """What flows on a line nobody knows (A)."""

    @property
    def shine(self) -> float:
        """The sun that is left (W)."""
        return self.sun - self.used + self.unused

    def claim(self, site: Site, demand: Demand, phases: int, shortfall: float = 0.0) -> Claim:
        """What an EVSE can take with so many phases; while a load is not known no more than the fallback."""
        stale = self.fuses.stale(demand.circuit) and site.fallback < demand.maximum
        most = site.fallback if stale else demand.maximum
        return Claim(
            demand,
            phases,
            self.fuses.cells(demand.circuit, lines_of(demand, phases)),
            ceil(max(demand.minimum, FLOOR) / demand.step - GRAIN),
            floor(most / demand.step + GRAIN),
            Limiter.STALE if stale else demand.bound,
            appetite(demand, site),
            shortfall=shortfall,
        )

    def watts(self, claim: Claim, amps: float) -> float:
        """The power of a current (A per phase)."""
        return amps * claim.phases * self.voltage

    def band(self, claim: Claim) -> tuple[float, float]:
        """Between which powers (W) it would charge if nobody else took more."""
        least, most = claim.reach
        top = max(least, min(most, self.fuses.room(claim.cells)))
        return self.watts(claim, least - claim.shortfall), self.watts(claim, top - claim.shortfall)

    def bars(self, claim: Claim, spare: float = 0.0) -> Limiter | None:
        """Who forbids that it begins, with so much (A) left free; None: nobody."""
        if claim.least > claim.most:
            return claim.cap
        return self._strains(claim, claim.reach[0] + spare)

    def refuses(self, claim: Claim, steps: int) -> Limiter | None:
        """Who forbids that it gets so many steps more; None: nobody."""
        if claim.steps + steps > claim.most:
            return claim.cap
        if claim.appetite is Appetite.NOTHING:
            return Limiter.PLAN
        amps = steps * claim.demand.step
        more = self.watts(claim, amps)
        if claim.appetite is Appetite.SUN and more > self.shine + more * self.part + GRAIN:
            return self.shade
        return self._strains(claim, amps)

    def give(self, claim: Claim, steps: int) -> None:
        """Let it have so many steps more."""
        if not claim.steps:
            self.unused += self.watts(claim, claim.shortfall)
        amps = steps * claim.demand.step
        claim.steps += steps
        self.fuses.take(claim.cells, amps)
        self.used += self.watts(claim, amps)
        self.loads, self.anywhere = self._loaded(claim, amps)

    def _strains(self, claim: Claim, amps: float) -> Limiter | None:
        if self.fuses.room(claim.cells) < amps - GRAIN:
            return Limiter.FUSE
        if self.used + self.watts(claim, amps) > self.limit + GRAIN or self._lopsided(claim, amps):
            return Limiter.GRID
        return None

    def _lopsided(self, claim: Claim, amps: float) -> bool:
        """Whether the lines would differ by more than they may, and more than they do."""
        if self.asymmetry == inf:
            return False
        loads, anywhere = self._loaded(claim, amps)
        before = max(self.loads) + self.anywhere - min(self.loads)
        return max(loads) + anywhere - min(loads) > max(self.asymmetry, before) + GRAIN

    def _loaded(self, claim: Claim, amps: float) -> tuple[list[float], float]:
        lines = claim.demand.lines[: claim.phases]
        if not lines and claim.phases < len(LINES):
            return self.loads, self.anywhere + amps
        return [load + amps * (not lines or line in lines) for line, load in enumerate(self.loads)], self.anywhere


def supply(site: Site, fuses: Fuses, demands: Collection[Demand]) -> Supply:
    """What a site has for all who want it; sun that is not known does not shine."""
    sun = site.surplus or 0.0
    limit = inf if site.dimmed is None else max(site.dimmed, granted(len(demands)))
    return Supply(
        fuses=fuses,
        voltage=site.voltage,
        limit=limit if site.peak is None else min(limit, sun + site.peak),
        sun=sun,
        part=min(
            (worthwhile(demand, site) for demand in demands if appetite(demand, site) is Appetite.SUN), default=0.0
        ),
        shade=Limiter.STALE if site.surplus is None else Limiter.SUN,
        asymmetry=inf if site.asymmetry is None else site.asymmetry,
    )


def worthwhile(demand: Demand, site: Site) -> float:
    """Which part of a step may come from the grid: with more of it, it would cost more than it is worth.

    It has to be the same for all who follow the sun, or more sun could make the sum smaller.
    """
    return (demand.value - site.feed_in) / (site.price - site.feed_in)


def deal(supply: Supply, claims: Iterable[Claim]) -> None:
    """Deal what is left among those that have begun, by appetite: first about 1 A each, then the smallest steps.

    Who takes all is dealt to down to its smallest step before any follow the sun: else more sun would let a whole
    ampere of another go before the last small steps of the first, and the sum could be smaller.
    """
    begun = [claim for claim in claims if claim.steps]
    for hunger in Appetite:
        alike = [claim for claim in begun if claim.appetite is hunger]
        _round(supply, alike, coarse=True)
        _exhaust(supply, alike)
    _exhaust(supply, begun)


def _exhaust(supply: Supply, claims: Collection[Claim]) -> None:
    """Deal the smallest steps until nobody can take one."""
    while _round(supply, claims, coarse=False):
        pass  # what one takes can let another take more where the lines may only differ so much


def _round(supply: Supply, claims: Collection[Claim], *, coarse: bool) -> bool:
    """A step to the one that has least, again and again; whether there was any."""
    heap = [(claim.appetite, claim.amps, place, claim) for place, claim in enumerate(claims)]
    heapify(heap)
    before = supply.used
    while heap:
        hunger, _, place, claim = heappop(heap)
        steps = max(1, floor(1 / claim.demand.step + GRAIN)) if coarse else 1
        refusal = supply.refuses(claim, steps)
        if refusal is None:
            supply.give(claim, steps)
            heappush(heap, (hunger, claim.amps, place, claim))
        else:
            claim.limiter = refusal
    return supply.used > before
