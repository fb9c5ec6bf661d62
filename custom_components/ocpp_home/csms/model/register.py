"""A running total out of an energy register that may fall, wrap, glitch or change its unit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .transaction import Json

FASTEST: Final = 1_000_000.0
"""No connector delivers more (W); a register that ran faster is in error until it says so again."""
SLACK: Final = 20_000.0
"""Energy (Wh) a register may jump by at once, for what was delivered while nobody listened."""
CONFIRMATIONS: Final = 2


@dataclass(slots=True)
class Register:
    """Total energy (Wh) that never falls, whatever the station's register does.

    A single odd value is passed over (`total` stays). A register that keeps to its new value starts a new epoch: what
    had been counted so far stays, and counting goes on from there; a register found near zero began again at zero.
    """

    offset: float = 0.0
    last: float | None = None
    at: datetime | None = None
    epochs: int = 0
    saved: datetime | None = None
    """When it was last written down."""
    _odd: float | None = None
    _seen: int = 0

    @property
    def total(self) -> float | None:
        """The running total, None before the first reading."""
        return None if self.last is None else self.offset + self.last

    def read(self, value: float, at: datetime) -> bool:
        """Take a register value (Wh); tell whether the total moved with it."""
        if self.at is not None and at < self.at:
            return False
        if self.last is None or self._plausible(self.last, self.at, value, at):
            self._accept(value, at)
            return True
        steady = self._odd is not None and self._plausible(self._odd, self.at, value, at)
        self._seen = self._seen + 1 if steady else 1
        self._odd = value
        if self._seen < CONFIRMATIONS:
            return False
        self.offset += self.last if value <= min(SLACK, self.last / 10) else self.last - value
        self.epochs += 1
        self._accept(value, at)
        return True

    def state(self) -> dict[str, Json]:
        """What has to be kept over a restart."""
        if self.last is None or self.at is None:
            return {}
        return {
            "offset": float(self.offset),
            "last": float(self.last),
            "at": self.at.isoformat(),
            "epochs": self.epochs,
        }

    def restore(self, state: Json) -> None:
        """Go on from what `state()` gave; anything else is passed over."""
        match state:
            case {"offset": float(offset), "last": float(last), "at": str(at), "epochs": int(epochs)}:
                self.offset, self.last, self.at, self.epochs = offset, last, datetime.fromisoformat(at), epochs

    def _accept(self, value: float, at: datetime) -> None:
        self.last, self.at, self._odd, self._seen = value, at, None, 0

    @staticmethod
    def _plausible(before: float, since: datetime | None, value: float, at: datetime) -> bool:
        hours = (at - since).total_seconds() / 3600 if since else 0.0
        return before <= value <= before + FASTEST * hours + SLACK
