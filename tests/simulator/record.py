"""What truly happened at the station: the book a test holds against the central system's ledger."""

from dataclasses import dataclass, field
from datetime import datetime

from .oddities import Payload

UNKNOWN = -1  # OCPP 1.6 errata 3.18: the number of a transaction whose start could not be delivered


@dataclass
class Sample:
    """A register reading that the station sent, in truth and whatever its oddities made of it."""

    time: datetime
    register: int
    context: str
    acknowledged: bool = False


@dataclass
class Transaction:
    """One transaction from the station's point of view."""

    connector: int
    id_tag: str
    started: datetime
    meter_start: int
    reservation: int | None = None
    id: int | str | None = None  # 1.6: given by the central system; 2.x: by the station
    start_answer: Payload | None = None
    start_answers: list[Payload] = field(default_factory=list)  # more than one when it was sent again
    stopped: datetime | None = None
    meter_stop: int | None = None
    reason: str = ""
    stop_tag: str | None = None
    stop_answer: Payload | None = None
    samples: list[Sample] = field(default_factory=list)
    data: list[Payload] = field(default_factory=list, repr=False)  # MeterValue elements for its end
    authorized: bool = True  # 2.x: it may run without, before and after
    seq: int = 0  # 2.x: of its next event
    charging_state: str = ""  # 2.x: the last one told
    token_told: bool = False
    remote_start: int | None = None
    events: list[Payload] = field(default_factory=list, repr=False)  # as they were meant, before any oddity
    total_cost: float | None = None
    limit: Payload = field(default_factory=dict)  # 2.1: transactionLimit

    @property
    def running(self) -> bool:
        """Whether it has not been stopped."""
        return self.stopped is None

    @property
    def number(self) -> int | str:
        """The transaction id to write on the wire."""
        return UNKNOWN if self.id is None else self.id

    @property
    def energy(self) -> int:
        """Wh from start to stop."""
        return 0 if self.meter_stop is None else self.meter_stop - self.meter_start

    @property
    def truth(self) -> tuple[int, datetime, int, datetime | None, int | None, str]:
        """(connector, start, meterStart, stop, meterStop, reason): what ledger and station must agree on."""
        return (self.connector, self.started, self.meter_start, self.stopped, self.meter_stop, self.reason)
