"""One connector: the facts about it, and the status that follows from them."""

from dataclasses import dataclass, field
from datetime import datetime

from .car import MINIMUM, NO_CURRENT, Car
from .hardware import Hardware
from .meter import Meter
from .oddities import Oddities, Payload
from .profiles import Limit
from .record import Transaction

NO_ERROR = "NoError"
NO_OFFER = Limit(0.0, 3)


@dataclass
class Reservation:
    """A promise to keep the connector free for a tag or its group."""

    id: int
    tag: str
    parent: str | None
    expires: datetime


@dataclass
class Usage:
    """Somebody has been authorized and the cable is awaited."""

    tag: str
    profile: Payload | None = None


@dataclass
class Connector:
    """Connector `number`; 0 is the station's main controller and never has a car."""

    number: int
    oddities: Oddities
    phases: int = 3
    max_current: float = 32.0
    meter: Meter = field(default_factory=Meter)
    evse: int = 0
    position: int = 1  # within its EVSE
    car: Car | None = None
    plugged: bool = False
    usage: Usage | None = None
    preparing_since: datetime | None = None
    transaction: Transaction | None = None
    finished: bool = False  # a transaction ended, the cable is still there
    denied: bool = False  # energy is withheld: the tag turned out invalid
    operative: bool = True
    becomes_operative: bool | None = None  # scheduled availability (5.2)
    error: str = NO_ERROR
    info: str = ""
    reservation: Reservation | None = None
    offered: Limit = NO_OFFER
    reported: str = ""
    paused: bool = False  # its transaction has seen a limit of 0
    timed_out: bool = False  # the driver plugged in and never showed a card (B6)
    sampled_at: datetime | None = None
    samples_shown: int = 0

    @property
    def status(self) -> str:
        """One of the nine words of OCPP 1.6 ed. 2 - 7.7."""
        if self.error != NO_ERROR:
            return "Faulted"
        if self.transaction is not None:
            return self._charging_status
        if not self.operative:
            return "Unavailable"
        if self.plugged and (self.finished or self.timed_out):
            return "Finishing"
        if self.plugged or self.usage is not None:
            return "Preparing"
        return "Reserved" if self.reservation is not None else "Available"

    @property
    def _charging_status(self) -> str:
        if not self.plugged:
            return "SuspendedEV"
        if self.offered.amps < MINIMUM:
            return "SuspendedEVSE"  # 4.9: it "SHALL have precedence over status SuspendedEV"
        return "SuspendedEV" if self.meter.currents == NO_CURRENT else "Charging"

    @property
    def free(self) -> bool:
        """Whether a new user may come."""
        return self.operative and not self.in_use and self.error == NO_ERROR and not self.ending

    @property
    def in_use(self) -> bool:
        """Whether somebody's authorization charges here."""
        return self.transaction is not None and self.transaction.authorized

    @property
    def ending(self) -> bool:
        """Whether a transaction only waits for its cable to be pulled."""
        return self.transaction is not None and bool(self.transaction.reason)

    def offer(self, limit: Limit, seconds: float) -> None:
        """Set the control pilot, and let the car answer."""
        self.offered = limit
        self.paused = self.transaction is not None and (self.paused or limit.amps < MINIMUM)
        stuck = self.oddities.stays_paused and self.paused
        live = self.car is not None and self.plugged and limit.amps >= MINIMUM and not stuck
        self.meter.currents = self.car.draw(limit.amps, limit.phases, seconds) if live and self.car else NO_CURRENT

    def flow(self, seconds: float) -> None:
        """Let the present currents flow for a while."""
        self.meter.integrate(seconds)
        if self.car is not None:
            self.car.charge(self.meter.power * seconds / 3600)

    def shown_register(self) -> int:
        """The register as this brand writes it into a sample."""
        self.samples_shown += 1
        every = self.oddities.register_zero_every
        if every and self.samples_shown % every == 0:
            return 0
        base = self.transaction.meter_start if self.oddities.session_register and self.transaction else 0
        return self.meter.register - base + self.oddities.register_offset


def build(hardware: Hardware, oddities: Oddities) -> dict[int, Connector]:
    """Connector 0 and all outlets; those of one EVSE share its meter."""
    main = Connector(0, oddities, hardware.phases, hardware.max_current)
    meters: dict[int, Meter] = {}
    built = {0: main}
    for number, (evse, position) in enumerate(hardware.places, 1):
        meter = meters.setdefault(evse, Meter(hardware.register))
        built[number] = Connector(number, oddities, hardware.phases, hardware.max_current, meter, evse, position)
    main.meter.start = hardware.register * len(meters)
    return built
