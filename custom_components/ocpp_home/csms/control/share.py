"""Who gets how much of what there is: room on the lines, watts from the grid, sun.

Shares are dealt in whole steps, always to the one that has least, until nobody can take a step more: so the smallest
share is as large as it can be, nothing is left over ("16 A = 12 + 5"), and more power never makes the sum smaller: the
first step that is granted with more and refused with less already takes the sum beyond what less can reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import ceil, floor, inf
from typing import Final

from .fuse import GRAIN, LINES, Fuses, lines_of
from .terms import FLOOR, Demand, Limiter, Site

GRANT: Final = 4200.0
"""What section 14a EnWG leaves to one controllable device (W)."""
TOGETHER: Final = (0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45)
"""How much of it each device more gets under a common limit (BK6-22-300, annex 1, 4.5.2): with 2, 3, ... 9 or more."""


def granted(devices: int) -> float:
    """What the grid operator must leave to so many devices that are controlled together (W)."""
    if devices < 2:
        return GRANT
    return GRANT * (1 + (devices - 1) * TOGETHER[min(devices, 9) - 2])


@dataclass(slots=True)
class Claim:
    """What one EVSE can take with so many phases, and what it has got."""

    demand: Demand
    phases: int
    cells: tuple[int, ...]
    least: int
    """Its minimum, in steps."""
    most: int
    """Its maximum, in steps."""
    cap: Limiter
    """Who sets the maximum."""
    sunny: bool = False
    """Beyond its minimum it takes the sun only."""
    rank: int = 0
    steps: int = 0
    limiter: Limiter = Limiter.STATION

    @property
    def amps(self) -> float:
        """What it has got (A per phase)."""
        return round(self.steps * self.demand.step, 3)

    def room(self, steps: int) -> float:
        """So many steps in A."""
        return steps * self.demand.step


@dataclass(slots=True)
class Supply:
    """What there is, and what of it is left."""

    fuses: Fuses
    voltage: float
    limit: float = inf
    """What all EVSEs together may draw (W)."""
    sun: float = 0.0
    """What they may draw without taking from the grid (W)."""
    asymmetry: float = inf
    used: float = 0.0
    """What they have got (W)."""
    loads: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """What they have got on each line (A)."""
    anywhere: float = 0.0
    """What flows nobody knows where (A)."""

    def claim(self, site: Site, demand: Demand, phases: int) -> Claim:
        """What an EVSE can take with so many phases."""
        stale = self.fuses.stale(demand.circuit)
        most = min(demand.maximum, site.fallback) if stale else demand.maximum
        return Claim(
            demand,
            phases,
            self.fuses.cells(demand.circuit, lines_of(demand, phases)),
            ceil(max(demand.minimum, FLOOR) / demand.step - GRAIN),
            floor(most / demand.step + GRAIN),
            Limiter.STALE if most < demand.maximum else demand.bound,
        )

    def refuses(self, claim: Claim, steps: int, spare: float = 0.0) -> Limiter | None:
        """Who forbids that it gets so many steps more, and leaves so much (A) free on its lines; None: nobody."""
        amps = claim.room(steps)
        watts = amps * claim.phases * self.voltage
        if claim.steps + steps > claim.most:
            return claim.cap
        if self.fuses.room(claim.cells) < amps + spare - GRAIN:
            return Limiter.FUSE
        if self.used + watts > self.limit + GRAIN or self._lopsided(claim, amps):
            return Limiter.GRID
        if claim.sunny and claim.steps and self.used + watts > self.sun + GRAIN:
            return Limiter.SUN
        return None

    def give(self, claim: Claim, steps: int) -> None:
        """Let it have so many steps more."""
        amps = claim.room(steps)
        claim.steps += steps
        self.fuses.take(claim.cells, amps)
        self.used += amps * claim.phases * self.voltage
        self.loads, self.anywhere = self._loaded(claim, amps)

    def _loaded(self, claim: Claim, amps: float) -> tuple[list[float], float]:
        lines = claim.demand.lines[: claim.phases]
        if not lines and claim.phases < len(LINES):
            return self.loads, self.anywhere + amps
        return [load + amps * (not lines or line in lines) for line, load in enumerate(self.loads)], self.anywhere

    def _lopsided(self, claim: Claim, amps: float) -> bool:
        """Whether the lines would differ by more than they may, and more than they do."""
        if self.asymmetry == inf:
            return False
        loads, anywhere = self._loaded(claim, amps)
        after = max(loads) + anywhere - min(loads)
        return after > self.asymmetry + GRAIN and after > max(self.loads) + self.anywhere - min(self.loads) + GRAIN


def supply(site: Site, fuses: Fuses, devices: int) -> Supply:
    """What a site has for so many EVSEs."""
    sun = site.surplus or 0.0
    limit = inf if site.dimmed is None else max(site.dimmed, granted(devices))
    if site.peak is not None:
        limit = min(limit, sun + site.peak)
    return Supply(fuses, site.voltage, limit, sun, inf if site.asymmetry is None else site.asymmetry)


def fill(supply: Supply, claims: Iterable[Claim]) -> None:
    """Deal what is left among those that have begun: first whole A, then the smallest steps."""
    begun = [claim for claim in claims if claim.steps]
    for coarse in (True, False):
        _deal(supply, begun, coarse=coarse)


def _deal(supply: Supply, claims: Iterable[Claim], *, coarse: bool) -> None:
    """A step to the one that has least, again and again; who takes from the grid comes before who follows the sun."""
    heap = [(claim.sunny, claim.amps, claim.rank, claim) for claim in claims]
    heapify(heap)
    while heap:
        sunny, _, rank, claim = heappop(heap)
        steps = max(1, floor(1 / claim.demand.step + GRAIN)) if coarse else 1
        refusal = supply.refuses(claim, steps)
        if refusal is None:
            supply.give(claim, steps)
            heappush(heap, (sunny, claim.amps, rank, claim))
        else:
            claim.limiter = refusal
