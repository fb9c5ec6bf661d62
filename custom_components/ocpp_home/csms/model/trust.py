"""Whom a household trusts with certificates: who signs them, judges them, asks about them and provides them.

Each is a Protocol, for who does it knows cryptography and the network, and nobody in the rooms of OCPP does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from .commands import CertificateHash
from .transaction import Json

CHARGING_STATION: Final = "ChargingStationCertificate"
"""The certificate by which a station proves to us who it is; also where no kind is told."""


class Unreachable(Exception):
    """What was asked for over the network could not be had; `str()` says why, in our own words."""


class Unsigned(Exception):
    """A certificate could not be signed after all; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Application:
    """A station asks for a certificate: by a PKCS #10 request (PEM)."""

    station: str
    serial: str
    """What the station said its serial number is; empty where it said none."""
    csr: str
    kind: str = CHARGING_STATION
    proved: bool = False
    """Whether the station has proved who it is on the connection over which it asks."""


class Signer(Protocol):
    """Signs the certificates of stations."""

    def objection(self, application: Application) -> str | None:
        """Why no certificate is signed for this; None where one will be."""

    async def sign(self, application: Application) -> str:
        """The chain (PEM, the station's own certificate first); raises Unsigned."""

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        """The kinds of the certificates we signed for a station of which the newest ends before a moment."""


class Revocation(StrEnum):
    """What is known of a certificate (OCPP 2.1 - CertificateStatusEnumType)."""

    GOOD = "Good"
    REVOKED = "Revoked"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Which certificate is asked about, and where: the first address that answers counts."""

    which: CertificateHash
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of an inquiry."""

    status: Revocation
    next_update: datetime
    response: bytes = field(default=b"", repr=False)
    """The OCSP response as it came (DER); empty for a list of revoked certificates."""
    proved: bool = False
    """Whether it is signed by whoever may say so."""


class Revocations(Protocol):
    """Asks about certificates, each time anew or as long as an answer holds."""

    async def ask(self, inquiry: Inquiry) -> Finding:
        """What the responder says (OCSP); raises Unreachable."""

    async def look_up(self, inquiry: Inquiry) -> Finding:
        """What the list of revoked certificates says (CRL); raises Unreachable."""


class Validity(StrEnum):
    """What a contract certificate is worth; the words are those of AuthorizeCertificateStatusEnumType."""

    VALID = "Accepted"
    EXPIRED = "CertificateExpired"
    REVOKED = "CertificateRevoked"
    UNVERIFIED = "CertChainError"
    CANCELLED = "ContractCancelled"


@dataclass(frozen=True, slots=True)
class Contract:
    """What a car shows: its contract's id, and the chain (PEM) or what it is asked about by."""

    emaid: str
    chain: str | None = field(default=None, repr=False)
    inquiries: tuple[Inquiry, ...] = ()


class Contracts(Protocol):
    """Judges the contracts of cars."""

    async def judge(self, contract: Contract, now: datetime) -> Validity:
        """What a contract is worth; never CANCELLED, which is a matter of the card."""


class Provider(Protocol):
    """Provides contracts to cars (ISO 15118): it is handed their requests as they come."""

    async def provide(self, request: Mapping[str, Json]) -> Mapping[str, Json]:
        """The words of a Get15118EVCertificateResponse; raises Unreachable."""


@dataclass(slots=True)
class Trust:
    """Who does what about certificates; what is None nobody does, and stations are told so."""

    signer: Signer | None = None
    revocations: Revocations | None = None
    contracts: Contracts | None = None
    provider: Provider | None = None
