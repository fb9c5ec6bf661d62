"""How much less than it is offered a car draws: a control pilot is a tolerance, and cars stay on its safe side.

Sun that was offered and not drawn flows to the grid. The fuse is not lent any of it: a car may draw what it is offered.
"""

from dataclasses import dataclass, replace
from typing import Final

from .terms import Lines

SETTLED: Final = 30.0
"""So long (s) an offer must have stood before what is drawn is an answer to it."""
LARGEST: Final = 1.0
"""Who draws so much less (A) cannot take more, or does not want to, and may do so the next moment."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a car was offered, since when, and by how much less it draws (A per phase)."""

    offered: float = 0.0
    since: float = 0.0
    amps: float = 0.0

    def seen(self, drawn: Lines | None, now: float) -> Shortfall:
        """What is known when it draws so much."""
        if drawn is None or not self.offered or now - self.since < SETTLED:
            return self
        less = self.offered - max(drawn)
        return replace(self, amps=max(less, 0.0)) if less < LARGEST else self

    def told(self, offered: float, now: float) -> Shortfall:
        """The same when it is offered so much."""
        return self if offered == self.offered else replace(self, offered=offered, since=now)
