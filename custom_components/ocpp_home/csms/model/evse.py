"""An EVSE: the part of a station that serves one car at a time, with its connectors."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .external import External
from .limit import Limits
from .meter import Meter, Quantity
from .needs import Needs
from .plan import Left
from .register import Register
from .reservation import Reservation
from .transaction import Transaction


class Status(StrEnum):
    """The nine words of OCPP 1.6 ed. 2 - 7.7 for what an EVSE is doing; 2.x is brought to them."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"
    SUSPENDED_EV = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


STATION: Final = "station"
"""Who limits an EVSE where nobody's wish does."""
TOLERANCE: Final = 1.0
"""So much less (A) than it was told a station offers without being counted as one that limits by itself."""
SETTLED: Final = timedelta(seconds=10)
"""So long a station may take to follow a limit."""
PLUGGED = frozenset({Status.CHARGING, Status.SUSPENDED_EVSE, Status.SUSPENDED_EV, Status.FINISHING})
UNPLUGGED = frozenset({Status.AVAILABLE, Status.RESERVED})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something does not work, in the station's own words."""

    code: str
    info: str = ""
    vendor: str = ""
    vendor_code: str = ""
    since: datetime | None = None


@dataclass(slots=True, eq=False)
class Connector:
    """A socket or a cable of an EVSE."""

    id: int
    status: Status | None = None


@dataclass(slots=True, eq=False)
class Evse:
    """What is true of one EVSE. 1.6's connector n is EVSE n with connector 1."""

    id: int
    connectors: dict[int, Connector] = field(default_factory=lambda: {1: Connector(1)})
    status: Status | None = None
    status_at: datetime | None = None
    problem: Problem | None = None
    operative: bool | None = None
    """What availability was last accepted or reported; None when never."""
    meter: Meter = field(default_factory=Meter)
    register: Register = field(default_factory=Register)
    transaction: Transaction | None = None
    previous: Transaction | None = None
    """The newest transaction that has ended."""
    limits: Limits = field(default_factory=Limits)
    left: Left = field(default_factory=Left)
    """The plan that stays with the station for when nobody leads it."""
    external: External = field(default_factory=External)
    """Limits that others than we have set here, by their source (2.x)."""
    needs: Needs | None = None
    """What the car of the running session has told it needs (2.x, ISO 15118)."""
    priority: bool = False
    """Whether the session charges with priority (2.1)."""
    reservation: Reservation | None = None
    plugged_hint: bool | None = None
    """Whether the station said in another way that a cable is in; None when it did not."""
    metered: bool = False
    """Whether meter values came that are its own, not those of the station as a whole."""
    relative: bool = False
    """Whether the register in meter values counts from the begin of the session, unlike that of start and stop."""
    doubtful: float | None = None
    """A register value (Wh) that did not fit and waits to be confirmed."""

    def doubt(self) -> None:
        """Note that what the station had confirmed may no longer be true of it."""
        self.limits.doubt()
        self.left.known = False

    @property
    def plugged(self) -> bool | None:
        """Whether a car is connected; Preparing may also mean that only a card was shown, so it counts as connected."""
        if self.plugged_hint is not None:
            return self.plugged_hint
        if self.status in UNPLUGGED:
            return False
        if self.status in PLUGGED or self.status is Status.PREPARING or self.transaction is not None:
            return True
        return None

    @property
    def charging(self) -> bool | None:
        """Whether energy flows."""
        return None if self.status is None else self.status is Status.CHARGING

    @property
    def offered(self) -> float | None:
        """The current the station says it offers (A)."""
        return self.meter.total(Quantity.CURRENT_OFFERED)

    @property
    def limiter(self) -> str | None:
        """Who decides how much may flow: whoever wishes least, or the station where it lets its car have less."""
        limits = self.limits
        if limits.confirmed is None or self.transaction is None:
            return limits.source
        left = min((amps for amps in (limits.ceiling, self._settled) if amps is not None), default=limits.confirmed)
        return STATION if left < limits.confirmed - TOLERANCE else limits.source

    @property
    def _settled(self) -> float | None:
        """What the station says it offers (A), where it has had time to follow its limit."""
        readings = self.meter.readings.items()
        at = max((reading.at for key, reading in readings if key[0] is Quantity.CURRENT_OFFERED), default=None)
        moved = self.limits.moved
        return self.offered if at is not None and moved is not None and at >= moved + SETTLED else None

    @property
    def session(self) -> Transaction | None:
        """The transaction that runs, else the newest that has ended."""
        return self.transaction or self.previous
