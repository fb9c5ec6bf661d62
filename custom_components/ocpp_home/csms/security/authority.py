"""The authority of a home: roots that its stations trust, and what these have signed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
import secrets
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..model.transaction import Json
from ..model.trust import CHARGING_STATION
from . import issuing
from .csr import SigningRequest
from .issuing import FAMILIES, ROOT_BITS, SERVER_BITS, Family, PrivateKey, Root, family_of

SERVER_RENEWAL: Final = timedelta(days=180)
"""The server gets new certificates so long before theirs end."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate (PEM) and those above it that a peer needs, and its key (PEM)."""

    certificates: str
    key: str = field(repr=False)

    @property
    def not_after(self) -> datetime:
        """When the certificate ends."""
        return x509.load_pem_x509_certificate(self.certificates.encode()).not_valid_after_utc


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was signed for a station."""

    station: str
    kind: str
    number: int
    not_after: datetime
    revoked: bool = False


class Authority:
    """Signs certificates; to make one, and to have it make keys, takes a second, so not on the event loop."""

    def __init__(
        self,
        organisation: str,
        roots: Mapping[Family, Root],
        issued: Sequence[Issued] = (),
        served: tuple[tuple[str, ...], tuple[Chain, ...]] = ((), ()),
    ) -> None:
        """Sign with these roots; `served` are the names of the server and its certificates."""
        self.organisation = organisation
        self._roots = roots
        self._issued = list(issued)
        self._served = served

    @classmethod
    def create(
        cls, organisation: str, now: datetime, new_key: Callable[[Family, int], PrivateKey] = issuing.new_key
    ) -> Self:
        """Make the roots of a home; their names are like no other home's."""
        home = secrets.token_hex(4).upper()
        names: dict[Family, str] = {"rsa": f"{organisation} {home} RSA root", "ec": f"{organisation} {home} EC root"}
        return cls(
            organisation,
            {family: issuing.root(organisation, names[family], new_key(family, ROOT_BITS), now) for family in FAMILIES},
        )

    @classmethod
    def restored(cls, kept: Json) -> Self:
        """What was kept; raises ValueError when it is something else."""
        try:
            document = _mapping(kept)
            roots = [_root(str(text), None) for text in _sequence(document["roots"])]
            served = _mapping(document["served"])
            return cls(
                str(document["organisation"]),
                _by_family(roots),
                [_issued(_mapping(record)) for record in _sequence(document["issued"])],
                (
                    tuple(map(str, _sequence(served["names"]))),
                    tuple(Chain(*map(str, _sequence(chain))) for chain in _sequence(served["chains"])),
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no certificate authority: {error}") from error

    def store(self) -> Mapping[str, Json]:
        """What is kept; the keys are in it."""
        names, chains = self._served
        return {
            "organisation": self.organisation,
            "roots": [_text(root, serialization.NoEncryption()) for root in self._roots.values()],
            "issued": [
                {
                    "station": record.station,
                    "kind": record.kind,
                    "number": f"{record.number:x}",
                    "not_after": record.not_after.isoformat(),
                    "revoked": record.revoked,
                }
                for record in self._issued
            ],
            "served": {"names": list(names), "chains": [[chain.certificates, chain.key] for chain in chains]},
        }

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """The roots, which stations are given to trust: RSA, then EC."""
        return tuple(self._roots[family].certificate for family in FAMILIES)

    @property
    def pem(self) -> str:
        """The roots as text; nothing of it is secret."""
        return "".join(_pem(certificate) for certificate in self.roots)

    def export(self, password: str) -> str:
        """The roots with their keys, encrypted, as `imported` and openssl read them."""
        encryption = serialization.BestAvailableEncryption(password.encode())
        return "".join(_text(root, encryption) for root in self._roots.values())

    @classmethod
    def imported(cls, text: str, password: str) -> Self:
        """The authority that was exported; raises ValueError when it is something else, or has another password."""
        parts = [f"{_BEGIN}{part}" for part in text.split(_BEGIN)[1:]]
        try:
            roots = _by_family(_root(part, password.encode()) for part in parts)
        except ValueError as error:
            raise ValueError(f"no export of an authority: {error}") from error
        subject = roots["rsa"].certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        return cls(str(subject[0].value) if subject else "", roots)

    # The server.

    @property
    def served(self) -> Sequence[str]:
        """The names and addresses the server has certificates for."""
        return self._served[0]

    def serves(self, names: Sequence[str], now: datetime) -> bool:
        """Whether the server has certificates for these names that hold for long enough."""
        known, chains = self._served
        return (
            known == _clean(names) and bool(chains) and all(now < chain.not_after - SERVER_RENEWAL for chain in chains)
        )

    def server(
        self, names: Sequence[str], now: datetime, new_key: Callable[[Family, int], PrivateKey] = issuing.new_key
    ) -> tuple[Chain, ...]:
        """The server's certificates, RSA and EC, under all the names and addresses stations dial; new where needed."""
        if not self.serves(names, now):
            named = _clean(names)
            self._served = named, tuple(self._serve(family, named, now, new_key) for family in FAMILIES)
        return self._served[1]

    def _serve(
        self, family: Family, names: Sequence[str], now: datetime, new_key: Callable[[Family, int], PrivateKey]
    ) -> Chain:
        key = new_key(family, SERVER_BITS)
        leaf = issuing.server(self._roots[family], self.organisation, key.public_key(), names, now)
        return Chain(_pem(leaf), _key(key, serialization.NoEncryption()))

    # Stations.

    @property
    def issued(self) -> Sequence[Issued]:
        """What was signed for stations and has not ended, the oldest first."""
        return tuple(self._issued)

    @property
    def revoked(self) -> frozenset[int]:
        """The numbers of the certificates that count no more."""
        return frozenset(record.number for record in self._issued if record.revoked)

    def own(self, station: str) -> frozenset[int]:
        """The numbers of certificates that prove to us who a station is."""
        asked = (False, CHARGING_STATION, station.casefold())
        return frozenset(
            record.number
            for record in self._issued
            if (record.revoked, record.kind, record.station.casefold()) == asked
        )

    def foreign(self, station: str) -> frozenset[int]:
        """The numbers of certificates that do not: of others, for cars, or revoked."""
        return frozenset(record.number for record in self._issued) - self.own(station)

    def sign(self, request: SigningRequest, station: str, now: datetime, kind: str = CHARGING_STATION) -> str:
        """Sign what a station asks for with the root of the same family; gives its certificate (PEM).

        The root is not in it: the station has it (OCPP 2.0.1 ed. 3 - 1.4.1: "the necessary sub CA certificates").
        RSA signs by PKCS #1 v1.5, for there are stations that verify nothing else (A00.FR.505 is a SHOULD).
        """
        certificate = issuing.station(self._roots[family_of(request.key)], request, kind, now)
        if len(self._issued) >= KEPT:
            self._issued = [record for record in self._issued if record.not_after > now]
        self._issued.append(Issued(station, kind, certificate.serial_number, certificate.not_valid_after_utc))
        return _pem(certificate)

    def revoke(self, number: int) -> bool:
        """Let a certificate count no more; tells whether there is such a one."""
        found = any(record.number == number for record in self._issued)
        self._issued = [replace(record, revoked=True) if record.number == number else record for record in self._issued]
        return found

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        """The kinds of certificates of a station of which the newest ends before a moment."""
        newest = {
            record.kind: record.not_after
            for record in self._issued
            if record.station.casefold() == station.casefold() and not record.revoked
        }
        return [kind for kind, not_after in newest.items() if not_after < by]


KEPT: Final = 1000
"""So many records are kept, also of what has ended: by a clock that is wrong for a moment everything has."""
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"


def _clean(names: Iterable[str]) -> tuple[str, ...]:
    """Names as certificates have them: each once, of ASCII (RFC 5280 - 7.2); what cannot be one is left out."""
    found: dict[str, None] = {}
    for name in names:
        try:
            found[str(ip_address(name))] = None
        except ValueError:
            try:
                found[name.rstrip(".").encode("idna").decode().lower()] = None
            except UnicodeError:
                continue
    return tuple(name for name in found if name)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key(key: PrivateKey, encryption: serialization.KeySerializationEncryption) -> str:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def _text(root: Root, encryption: serialization.KeySerializationEncryption) -> str:
    return _pem(root.certificate) + _key(root.key, encryption)


def _root(text: str, password: bytes | None) -> Root:
    """Read a root; that the numbers of a key are primes is looked at where it comes from elsewhere."""
    ours = password is None
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        key = serialization.load_pem_private_key(text.encode(), password, unsafe_skip_rsa_key_validation=ours)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("the key cannot be read") from error
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
        return Root(certificate, key)
    raise ValueError("the key is of another certificate")


def _by_family(roots: Iterable[Root]) -> Mapping[Family, Root]:
    found = {family_of(root.key): root for root in roots}
    if set(found) != set(FAMILIES):
        raise ValueError("a root is missing")
    return {family: found[family] for family in FAMILIES}


def _issued(record: Mapping[str, Json]) -> Issued:
    return Issued(
        str(record["station"]),
        str(record["kind"]),
        int(str(record["number"]), 16),
        datetime.fromisoformat(str(record["not_after"])),
        bool(record["revoked"]),
    )


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError("a mapping is missing")
    return value


def _sequence(value: Json) -> Sequence[Json]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value
