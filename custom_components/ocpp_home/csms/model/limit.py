"""Charging limits: what is wished, what the station confirmed; the lowest wish rules."""

from asyncio import Lock
from dataclasses import dataclass, field
from typing import Final

MINIMUM: Final = 6.0
"""A car cannot charge with less (A): IEC 61851-1, the lowest duty cycle of the control pilot."""


def pausing(amps: float | None) -> bool:
    """Whether a limit is too low to charge at all."""
    return amps is not None and amps < MINIMUM


@dataclass(frozen=True, slots=True)
class ExternalLimit:
    """A limit somebody else has set at the station; A per phase, None where it is not told how high it is."""

    source: str
    """`EMS`, `SO` (system operator), `CSO`, `Other`, or a word of 2.1."""
    amps: float | None = None
    critical: bool = False
    """Whether the grid is in danger."""


@dataclass(slots=True)
class Limits:
    """The limits of one EVSE in A per phase. Wishes and facts are different fields."""

    maximum: float = 32.0
    """What the hardware allows; nobody may wish more."""
    wishes: dict[str, float] = field(default_factory=dict)
    confirmed: float | None = None
    """The limit the station accepted, None when none is set."""
    known: bool = False
    """Whether `confirmed` is true of the station as it is now; False after a boot or before anything was set."""
    refusals: int = 0
    refusal: str | None = None
    """The station's last word when it refused a limit, None after it accepted one."""
    method: str | None = None
    """How the limit was set in the end, for example `TxDefaultProfile/A/Absolute`."""
    writer: Lock = field(default_factory=Lock, repr=False)

    def wish(self, source: str, amps: float | None) -> bool:
        """State or withdraw (None) the wish of `source`; tell whether the effective limit moved."""
        before = self.effective
        if amps is None:
            self.wishes.pop(source, None)
        else:
            self.wishes[source] = max(0.0, min(amps, self.maximum))
        return self.effective != before

    @property
    def effective(self) -> float | None:
        """The lowest wish, None where nobody wishes anything."""
        return min(self.wishes.values(), default=None)

    @property
    def source(self) -> str | None:
        """Whose wish rules."""
        return min(self.wishes, key=self.wishes.__getitem__, default=None)

    @property
    def settled(self) -> bool:
        """Whether the station has what is wished."""
        return self.known and self.confirmed == self.effective

    def confirm(self, amps: float | None, method: str | None = None) -> None:
        """Note that the station accepted a limit, or None that it has none."""
        self.confirmed, self.known, self.method = amps, True, method
        self.refusals, self.refusal = 0, None

    def refuse(self, reason: str) -> None:
        """Note that the station did not take the limit."""
        self.refusals += 1
        self.refusal = reason

    def doubt(self) -> None:
        """Note that the station may have forgotten its limit."""
        self.known = False
