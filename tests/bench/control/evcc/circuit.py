"""2.5, load management: a tree of circuits that cap what a loadpoint asks for, each in its turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

TIMEOUT: Final = 60.0
"""So long (s) a circuit goes on with what its meter said last."""


@dataclass(slots=True)
class Circuit:
    """A fuse, in A or in W; whichever, all of a tree alike."""

    maximum: float
    parent: Circuit | None = None
    present: float = 0.0
    """What flows; the greatest of the signed phase currents."""
    read_at: float = field(default=0.0, repr=False)

    def read(self, currents: Sequence[float] | None, now: float) -> None:
        """Take in what the meter says; None: it failed, which is borne for a minute."""
        if currents is not None:
            self.present, self.read_at = max(currents), now
        elif now - self.read_at > TIMEOUT:
            self.present = inf

    def validate(self, old: float, new: float) -> float:
        """How much of `new` this circuit and those above let a consumer have that takes `old` now."""
        delta, potential = max(0.0, new - old), self.maximum - self.present
        if delta > potential:
            new = min(new, max(0.0, old + potential))
        return new if self.parent is None else self.parent.validate(old, new)
