"""To which lines of the house the phases of an EVSE lead, learnt from what moves together.

When a car begins, ends or follows a limit, its current steps on some of its own phases, and so does that of some lines
of the house. Each step speaks for one order of the lines and against others; the house has steps of its own, so that
one is not enough. Currents are A, moments are seconds of any clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Final

from .terms import Lines

type Order = tuple[int, int, int]
"""The lines to which the first, second and third phase lead."""

ORDERS: Final[tuple[Order, ...]] = tuple((one, two, three) for one, two, three in permutations(range(3)))
STEP: Final = 4.0
"""A step of less (A) is not told from what a house does anyway."""
STEADY: Final = 0.7
"""What changes by less (A) between two readings has not changed."""
TOGETHER: Final = 120.0
"""What lies further apart (s) is not one step."""
WORST: Final = 8.0
"""A step speaks against an order with at most so much (A), so that an oven does not outvote ten cars."""
CLEAR: Final = 16.0
"""By so much (A, all steps together) an order must be better than any that begins on another line."""
FADE: Final = 0.9
"""What a step has said counts so much less with each one that follows: a house may be wired anew."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What an EVSE drew on its own phases, and what the lines of the house carried, at one moment."""

    at: float
    drawn: Lines
    lines: Lines


@dataclass(frozen=True, slots=True)
class Rotation:
    """What is known so far; a value that `seen` replaces."""

    against: Mapping[Order, float] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0.0))
    """What has been said against each order (A)."""
    last: Sight | None = None
    steady: Sight | None = None
    """The last sight that was like the one before it."""

    @classmethod
    def of(cls, said: Sequence[float]) -> Rotation:
        """What was known when `said` was that of `against`, in the order of `ORDERS`."""
        return cls(dict(zip(ORDERS, said, strict=True)))

    def seen(self, sight: Sight) -> Rotation:
        """After another reading of the EVSE, together with the house at that time."""
        if self.last is None or _apart(self.last.drawn, sight.drawn) > STEADY:
            return replace(self, last=sight)
        before = self.steady
        if before is None or not _a_step(before, sight):
            return replace(self, last=sight, steady=sight)
        return Rotation({order: self._after(order, before, sight) for order in ORDERS}, sight, sight)

    def _after(self, order: Order, before: Sight, after: Sight) -> float:
        moved = [after.lines[line] - before.lines[line] for line in range(3)]
        for phase, line in enumerate(order):
            moved[line] -= after.drawn[phase] - before.drawn[phase]
        return self.against[order] * FADE + min(sum(map(abs, moved)), WORST)

    @property
    def order(self) -> Order | None:
        """The order of the lines, None as long as two that begin on different lines may be true.

        Of two that begin on the same line the one that goes on in turn is taken (L2, L3, L1): electricians rotate the
        lines, they hardly ever swap two.
        """
        best = min(ORDERS, key=lambda order: (self.against[order], not _in_turn(order)))
        others = (said for order, said in self.against.items() if order[0] != best[0])
        return best if min(others) - self.against[best] >= CLEAR else None


def _apart(one: Lines, other: Lines) -> float:
    return max(abs(left - right) for left, right in zip(one, other, strict=True))


def _a_step(before: Sight, after: Sight) -> bool:
    return after.at - before.at <= TOGETHER and _apart(before.drawn, after.drawn) >= STEP


def _in_turn(order: Order) -> bool:
    return order[1] == (order[0] + 1) % 3
