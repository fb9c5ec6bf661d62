"""What a station is made of, and how it introduces itself."""

from dataclasses import dataclass, field
from datetime import datetime

from .oddities import Payload


@dataclass(frozen=True)
class Identity:
    """What BootNotification tells."""

    vendor: str = "Simulated"
    model: str = "Wallbox S1"
    serial: str = "SIM-0001"
    firmware: str = "1.0.0"


@dataclass
class Hardware:
    """How the station is built."""

    identity: Identity = field(default_factory=Identity)
    connectors: int = 1  # of the station, or of each EVSE when `evses` says how many there are
    evses: int = 0  # 2.x; 0: every connector is an EVSE of its own
    phases: int = 3
    max_current: float = 32.0
    register: int = 0  # Wh already on every connector's meter
    tick: float = 1.0  # seconds between two looks at the world
    reboot_seconds: float = 0.0
    key: str = "EC"  # what the key of its certificate is made of: EC or RSA
    terminal: bool = False  # 2.1: a payment terminal is built in, and a display for QR codes

    @property
    def places(self) -> list[tuple[int, int]]:
        """(EVSE, connector within it) of every outlet, in the order of their numbers."""
        if not self.evses:
            return [(number, 1) for number in range(1, self.connectors + 1)]
        return [(evse, one) for evse in range(1, self.evses + 1) for one in range(1, self.connectors + 1)]


@dataclass(frozen=True)
class Asked:
    """A request of the central system."""

    action: str
    payload: Payload
    at: datetime


@dataclass
class Told:
    """A request of the station as it was written, and what came back; no answer for a CALLERROR or silence."""

    action: str
    payload: Payload
    at: datetime
    answer: Payload | None = None
