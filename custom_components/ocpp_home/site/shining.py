"""How much of what an EVSE takes comes from the sun, for the records of its sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..csms.model.price import Share

WINDOW: Final = 60.0
"""The share is recorded as the mean of so many seconds."""
WHOLE: Final = 1000
"""A share is told in thousandths."""


def shared(surplus: float | None, taken: float) -> float | None:
    """Which part of what all EVSEs take (W) is sun, 0 to 1; None where nobody knows."""
    if surplus is None or taken <= 0:
        return None
    return min(max(surplus / taken, 0.0), 1.0)


@dataclass(slots=True)
class Shining:
    """What one EVSE has taken in this window, and how much of it the sun gave."""

    record: Callable[[Share], None]
    _begin: datetime | None = None
    """When the window began; None: nothing is taken."""
    _last: datetime | None = None
    _power: float = 0.0
    _part: float | None = None
    _taken: float = 0.0
    _sun: float | None = 0.0
    """None: of some of it nobody knows."""

    def note(self, at: datetime, power: float, part: float | None) -> None:
        """From this moment on it takes so much (W), and this part of it is sun."""
        if self._begin is not None and self._last is not None:
            self._count((at - self._last).total_seconds())
            if power <= 0 or (at - self._begin).total_seconds() >= WINDOW:
                self._tell(self._begin)
                self._begin = None
                if power <= 0:
                    self.record(Share(at, None))
        if self._begin is None and power > 0:
            self._begin, self._taken, self._sun = at, 0.0, 0.0
        self._last, self._power, self._part = at, power, part

    def _count(self, seconds: float) -> None:
        energy = self._power * seconds
        self._taken += energy
        if energy:
            self._sun = None if self._sun is None or self._part is None else self._sun + energy * self._part

    def _tell(self, begin: datetime) -> None:
        known = self._sun is not None and self._taken > 0
        self.record(Share(begin, round(WHOLE * (self._sun or 0.0) / self._taken) if known else None))
