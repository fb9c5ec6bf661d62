"""What can be done with a station, one Protocol per functional block; a block a station does not have is None.

Every method raises an `OcppError` when the station does not do what was asked: `Refused`, `Unanswered`, `Unsupported`,
`Offline` or `Invalid`. Payloads are in the words of the station's own OCPP version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .blocks import Costs, Displays, Grid, InstalledProfile, Payments, Priority, Sessions, Tariffs
from .evse import Evse
from .findings import Findings
from .monitor import Monitoring, Streams
from .reservation import Reservation
from .token import Token, Verdict
from .transaction import Json
from .variable import Variable

type Document = Mapping[str, Json]


class ResetKind(StrEnum):
    """How a station restarts.

    `SOFT` ends transactions in order (2.x OnIdle), `HARD` at once (2.x Immediate), `RESUME` goes on with them after it
    (2.1 ImmediateAndResume).
    """

    SOFT = "Soft"
    HARD = "Hard"
    RESUME = "Resume"


@dataclass(frozen=True, slots=True)
class Write:
    """What became of a written variable: it is in force, or after the next reboot."""

    variable: Variable
    reboot_required: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """A download or an upload of the station: where, when (UTC), and how often to try (pause in s)."""

    location: str
    at: datetime | None = None
    retries: int | None = None
    retry_interval: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What proves a signed firmware: the signing certificate (PEM) and the signature (base64)."""

    certificate: str
    signature: str
    install_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A part of a schedule: from `start` s after its begin at most `limit`, in the unit of the schedule."""

    start: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A composite schedule as the station computed it; `unit` is A or W, `begin` in UTC, `duration` in s."""

    evse: int
    unit: str
    periods: tuple[Period, ...]
    begin: datetime | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class ProfileFilter:
    """Which charging profiles are meant; a None matches all."""

    id: int | None = None
    evse: int | None = None
    purpose: str | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """What names an installed certificate (OCPP 1.6 security whitepaper - CertificateHashDataType)."""

    algorithm: str
    issuer_name: str
    issuer_key: str
    serial: str


@dataclass(frozen=True, slots=True)
class InstalledCertificate:
    """An installed certificate and those that hang below it (2.x; `kind` as V2GRootCertificate)."""

    kind: str
    hash: CertificateHash
    children: tuple[CertificateHash, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """A connection of a station to a central system; `version`, `apn` and `vpn` in the specification's words.

    What it shows of itself has no password.
    """

    url: str
    security_profile: int
    interface: str = "Wired0"
    message_timeout: int = 30
    version: str | None = None
    identity: str | None = None
    password: str | None = field(default=None, repr=False)
    apn: Document | None = field(default=None, repr=False)
    vpn: Document | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CustomerReference:
    """Who a customer is, by exactly one of these."""

    token: Token | None = None
    certificate: CertificateHash | None = None
    identifier: str | None = None


class Remote(Protocol):
    """Start, stop, unlock, restart, and the like."""

    @property
    def cards_later(self) -> bool:
        """Whether a session may have begun with the cable alone and is given its card by a start."""

    async def start(self, evse: int | None, token: Token, profile: Document | None = None) -> None:
        """Ask the station to begin a transaction."""

    async def stop(self, transaction: str) -> None:
        """Ask the station to end a transaction by its id."""

    async def unlock(self, evse: int, connector: int = 1) -> None:
        """Release the cable."""

    async def reset(self, kind: ResetKind, evse: int | None = None) -> None:
        """Restart the station."""

    async def availability(self, evse: int, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of use; False when it will happen after the running transaction."""

    async def clear_cache(self) -> None:
        """Make the station forget who was authorized before."""

    async def transfer(self, vendor: str, message: str | None = None, data: str | None = None) -> str | None:
        """Send a vendor's own message (DataTransfer); gives the data of the answer."""

    async def call(self, action: str, payload: Document) -> Document:
        """Send any request as it is and give the whole answer."""


class Configuration(Protocol):
    """Read and write variables."""

    async def read(self, names: Sequence[str] = ()) -> list[Variable]:
        """Read these variables (all without names) into the model; names of 2.x are `Component.Variable`."""

    async def write(self, name: str, value: str) -> Write:
        """Write one variable."""


class Attributes(Protocol):
    """What a variable has beside its actual value (2.x)."""

    async def write(self, name: str, attribute: str, value: str) -> bool:
        """Write the `Target`, `MinSet` or `MaxSet` of a variable; tells whether it waits for a reboot."""

    async def read(self, names: Sequence[str], attribute: str) -> list[Variable]:
        """Read the `Target`, `MinSet` or `MaxSet` of variables; those that have none are left out."""


class Trigger(Protocol):
    """Ask a station to say something it would say anyway."""

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask for a message by its name."""

    async def refresh(self) -> None:
        """Ask for status and meter values of everything."""


class CustomTrigger(Protocol):
    """Ask for what only the vendor of a station has a name for (2.1)."""

    async def custom(self, name: str, evse: int | None = None) -> None:
        """Ask for it by that name."""


class Charging(Protocol):
    """Limits and schedules."""

    async def set_limit(self, evse: Evse, amps: float | None, phases: int | None = None) -> str:
        """Bring an EVSE to a limit (A per phase), or lift it (None); gives the method that worked.

        `phases` tells with how many it shall charge where that can be chosen, None leaves it to the station.
        """

    def postpone(self, evse: Evse, *, asked: bool = False) -> bool:
        """Whether what is wished can wait, to spare the memory of the station; then it is set when its time comes.

        `asked`: the owner has asked for it just now.
        """

    async def leave(self, evse: Evse) -> None:
        """Bring the plan that stays with the station in line with the wished one, now or when it may be written."""

    def switches(self, evse: Evse) -> bool:
        """Whether the station says that it can be told with how many phases an EVSE charges."""

    async def probe(self, evse: Evse) -> Findings:
        """Find out what the station makes of limits by trying some, none above what is wished."""

    async def set_profile(self, evse: int, profile: Document) -> None:
        """Install a charging profile as it is."""

    async def clear_profiles(self, which: ProfileFilter) -> None:
        """Remove charging profiles."""

    async def composite_schedule(self, evse: int, duration: int, unit: str | None = None) -> Schedule:
        """What limit the station will apply over the next `duration` s."""


class Profiles(Protocol):
    """The charging profiles that lie in a station (2.x)."""

    async def installed(
        self, which: ProfileFilter, sources: Sequence[str] = (), ids: Sequence[int] = ()
    ) -> list[InstalledProfile]:
        """The installed profiles that match, of all `sources` (EMS, SO, CSO, Other) without any."""


class DynamicProfiles(Protocol):
    """The charging profiles whose limits change while they lie in a station (2.1)."""

    async def update_profile(self, profile: int, values: Document) -> None:
        """Change the limits of a dynamic profile."""


class LocalList(Protocol):
    """The list by which a station authorizes while nobody answers it."""

    async def version(self) -> int:
        """The version of the station's list; 0 when it is empty."""

    async def send(self, version: int, entries: Mapping[str, Verdict | None], *, full: bool = True) -> None:
        """Replace (full) or amend the list; in an amendment None removes an entry."""


class Reservations(Protocol):
    """Reserve an EVSE for somebody."""

    async def reserve(self, reservation: Reservation) -> None:
        """Reserve, or change the reservation of the same id."""

    async def cancel(self, reservation: int) -> None:
        """Give the EVSE free again."""


class Firmware(Protocol):
    """New firmware."""

    async def update(self, source: Transfer, signature: Signature | None = None) -> None:
        """Ask the station to fetch and install firmware; progress comes as events."""


class Diagnostics(Protocol):
    """Logs of the station."""

    async def upload(self, target: Transfer, log: str = "DiagnosticsLog") -> str | None:
        """Ask for an upload of `DiagnosticsLog` or `SecurityLog`; gives the file's name if the station tells one."""


class Security(Protocol):
    """Certificates of the station."""

    async def install_certificate(self, kind: str, certificate: str) -> None:
        """Install a root certificate (PEM)."""

    async def delete_certificate(self, which: CertificateHash) -> None:
        """Delete an installed certificate."""

    async def certificates(self, kind: str) -> list[CertificateHash]:
        """The installed root certificates of a kind."""

    async def renew_certificate(self, kind: str | None = None) -> None:
        """Ask the station for a new certificate signing request, of its own certificate without a kind (2.x)."""

    async def send_certificate(self, chain: str, kind: str | None = None, request: int | None = None) -> None:
        """Give the station its signed certificate (PEM), of the kind (2.x) and with the number (2.1) it asked."""


class Publishing(Protocol):
    """Firmware that a local controller offers to the stations behind it (2.x)."""

    async def publish(self, source: Transfer, checksum: str) -> None:
        """Ask for a firmware file (MD5 `checksum`) to be fetched and published; progress comes as events."""

    async def unpublish(self, checksum: str) -> None:
        """End a publication."""


class Network(Protocol):
    """Where a station dials in (2.x)."""

    async def set_profile(self, slot: int, profile: NetworkProfile) -> None:
        """Write a connection into a slot of the station."""


class Customer(Protocol):
    """What a station knows of a customer (2.x)."""

    async def information(self, who: CustomerReference, *, report: bool = True, clear: bool = False) -> str:
        """What the station knows, in its own words; `clear` makes it forget that."""


@dataclass(slots=True)
class Commands:
    """What a station can do; a block that is None it cannot."""

    remote: Remote
    configuration: Configuration
    attributes: Attributes | None = None
    trigger: Trigger | None = None
    custom_trigger: CustomTrigger | None = None
    charging: Charging | None = None
    profiles: Profiles | None = None
    dynamic: DynamicProfiles | None = None
    local_list: LocalList | None = None
    reservations: Reservations | None = None
    firmware: Firmware | None = None
    diagnostics: Diagnostics | None = None
    security: Security | None = None
    publishing: Publishing | None = None
    network: Network | None = None
    customer: Customer | None = None
    monitoring: Monitoring | None = None
    streams: Streams | None = None
    priority: Priority | None = None
    sessions: Sessions | None = None
    displays: Displays | None = None
    costs: Costs | None = None
    tariffs: Tariffs | None = None
    grid: Grid | None = None
    payments: Payments | None = None
    unsupported: set[str] = field(default_factory=set)
    """Actions the station said it does not know."""
