"""Charging limits: what is wished, what the station confirmed; the lowest wish rules."""

from asyncio import Lock
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .findings import Findings

MINIMUM: Final = 6.0
"""A car cannot charge with less (A): IEC 61851-1, the lowest duty cycle of the control pilot."""


class FailSafe(StrEnum):
    """Whether a station falls back to its safe limit by itself when nobody leads it."""

    VERIFIED = "verified"
    """It says that it will."""
    UNVERIFIED = "unverified"
    """It has been told to, and does not say."""
    UNSUPPORTED = "unsupported"
    """It cannot, or says that it will not."""


def pausing(amps: float | None) -> bool:
    """Whether a limit is too low to charge at all."""
    return amps is not None and amps < MINIMUM


@dataclass(frozen=True, slots=True)
class Target:
    """What an EVSE is to be limited to."""

    amps: float | None
    """A per phase; None: there is no limit."""
    phases: int | None = None
    """With how many phases it shall charge; None: nobody chooses."""


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
    phases: dict[str, int] = field(default_factory=dict)
    """With how many phases an EVSE shall charge, by whose wish that is."""
    confirmed: float | None = None
    """The limit the station accepted, None when none is set."""
    confirmed_phases: int | None = None
    """With how many phases it accepted to charge, None where it was not told."""
    moved: datetime | None = None
    """When it accepted another one than before (UTC)."""
    ceiling: float | None = None
    """What other profiles of the station left of it (A), where that was less and the station told."""
    known: bool = False
    """Whether `confirmed` is true of the station as it is now; False after a boot or before anything was set."""
    refusals: int = 0
    refusal: str | None = None
    """The station's last word when it refused a limit, None after it accepted one."""
    findings: Findings | None = None
    """What a probe has found out, for the firmware it has now."""
    probing: bool = False
    """Whether a probe is under way."""
    trouble: str | None = None
    """Why the last probe was broken off; None: it was not."""
    method: str | None = None
    """How the limit was set in the end, for example `TxDefaultProfile/A/Absolute`."""
    writer: Lock = field(default_factory=Lock, repr=False)

    def wish(self, source: str, amps: float | None, phases: int | None = None) -> bool:
        """State or withdraw (None) the wish of `source`; tell whether the limit or its phases moved."""
        before = self.target
        if amps is None:
            self.wishes.pop(source, None)
        else:
            self.wishes[source] = max(0.0, min(amps, self.maximum))
        if amps is None or phases is None:
            self.phases.pop(source, None)
        else:
            self.phases[source] = phases
        return self.target != before

    @property
    def effective(self) -> float | None:
        """The lowest wish, None where nobody wishes anything."""
        return min(self.wishes.values(), default=None)

    @property
    def target(self) -> Target:
        """The lowest wish, with the fewest phases that are wished."""
        return Target(self.effective, min(self.phases.values(), default=None))

    @property
    def source(self) -> str | None:
        """Whose wish rules."""
        return min(self.wishes, key=self.wishes.__getitem__, default=None)

    @property
    def settled(self) -> bool:
        """Whether the station has what is wished."""
        return self.known and self.confirmed == self.effective

    def meets(self, target: Target) -> bool:
        """Whether the station has this."""
        return self.known and Target(self.confirmed, self.confirmed_phases) == target

    def confirm(self, amps: float | None, method: str | None = None, phases: int | None = None) -> None:
        """Note that the station accepted a limit, or None that it has none."""
        if amps != self.confirmed:
            self.moved = datetime.now(UTC)
        self.confirmed, self.confirmed_phases, self.known, self.method = amps, phases, True, method
        self.refusals, self.refusal = 0, None

    def refuse(self, reason: str) -> None:
        """Note that the station did not take the limit."""
        self.refusals += 1
        self.refusal = reason

    def doubt(self) -> None:
        """Note that the station may have forgotten its limit."""
        self.known = False
