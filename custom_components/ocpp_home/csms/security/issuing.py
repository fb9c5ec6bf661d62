"""The certificates an authority makes: what stands in them, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ..model.trust import CHARGING_STATION
from .csr import PublicKey, SigningRequest

type Family = Literal["rsa", "ec"]
type PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

FAMILIES: Final[tuple[Family, ...]] = ("rsa", "ec")
"""OCPP 2.0.1 ed. 3 - A00.FR.318: "The CSMS will have to provide 2 different certificates"."""
ROOT_LIFE: Final = timedelta(days=20 * 365)
SERVER_LIFE: Final = timedelta(days=2 * 365)
STATION_LIFE: Final = timedelta(days=365)
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Roots and servers are valid since then: a station that lost the time begins where its firmware was built."""
SKEW: Final = timedelta(hours=1)
"""A station's certificate is valid at once for clocks that are slow by so much."""
LAST_UTC_TIME: Final = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
"""RFC 5280 - 4.1.2.5: later dates are written as GeneralizedTime, which small TLS libraries do not all read."""
LONGEST_NAME: Final = 64
"""RFC 5280 - A.1: ub-common-name."""
ROOT_BITS: Final = 3072
SERVER_BITS: Final = 2048
"""Stations verify a root's signature once, which costs little; OCPP-J 1.6 - 6.2.1 wants a small server certificate."""


@dataclass(frozen=True, slots=True)
class Root:
    """A certificate that signs others, and its key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)


def new_key(family: Family, bits: int) -> PrivateKey:
    """Make a key: of `bits` if it is RSA, else on the curve P-256, which every station with ECDSA knows."""
    if family == "rsa":
        return rsa.generate_private_key(65537, bits)
    return ec.generate_private_key(ec.SECP256R1())


def family_of(key: PublicKey | PrivateKey) -> Family:
    """The family of a key: a certificate is signed by the root of the same one."""
    return "rsa" if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey) else "ec"


def root(organisation: str, name: str, key: PrivateKey, now: datetime) -> Root:
    """Make a root that signs the certificates of servers and stations, and no other authority."""
    subject, since = _subject(organisation, name), max(now, LONG_AGO)
    ending = since + ROOT_LIFE
    if since + ROOT_LIFE / 2 < LAST_UTC_TIME < ending:
        ending = LAST_UTC_TIME
    public = key.public_key()
    built = (
        _certificate(subject, subject, public, (LONG_AGO, ending))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
    )
    return Root(built.sign(key, hashes.SHA256()), key)


def server(by: Root, organisation: str, key: PublicKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    """Make the certificate of a server that stations dial by these names and addresses, the first more than others.

    A00.FR.510: CN is "the FQDN of the endpoint of the server"; A00.FR.511: "It is allowed to use the subjectAltName
    extension of type dnsName for a CSMS, when the CSMS has multiple network paths to reach it".
    A computer may start before it knows the time; it is not earlier than when the root was made.
    """
    since = max(now, by.certificate.not_valid_after_utc - ROOT_LIFE)
    common = next((name for name in names if len(name) <= LONGEST_NAME), organisation)
    usage = _usage(digital_signature=True, key_encipherment=family_of(key) == "rsa")
    built = _leaf(by, _subject(organisation, common), key, (LONG_AGO, since + SERVER_LIFE), usage)
    alternatives = [alternative for name in names for alternative in _alternatives(name)]
    if alternatives:
        built = built.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return built.sign(by.key, hashes.SHA256())


def station(by: Root, request: SigningRequest, kind: str, now: datetime) -> x509.Certificate:
    """Make the certificate of a station: whatever else it asks for than its key, O and CN is left out.

    A00.FR.511: "if a subjectAltName extension of type dnsName is present, that must be used as the identity. [...]
    Therefore it SHOULD NOT be used". A00.FR.514: "strongly RECOMMENDED NOT to use the X.509 Extended Key Usage".
    A certificate towards cars agrees on keys too (ISO 15118-2 - Annex F).
    """
    rsa_key, towards_cars = family_of(request.key) == "rsa", kind != CHARGING_STATION
    usage = _usage(digital_signature=True, key_encipherment=rsa_key, key_agreement=towards_cars and not rsa_key)
    subject = _subject(request.organisation, request.common_name, "CPO" if towards_cars else "")
    built = _leaf(by, subject, request.key, (now - SKEW, now + STATION_LIFE), usage)
    return built.sign(by.key, hashes.SHA256())


def _leaf(
    by: Root, subject: x509.Name, key: PublicKey, valid: tuple[datetime, datetime], usage: x509.KeyUsage
) -> x509.CertificateBuilder:
    identifier = by.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    within = (valid[0], min(valid[1], by.certificate.not_valid_after_utc))
    return (
        _certificate(subject, by.certificate.subject, key, within)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    """Begin a certificate. A00.FR.508: "All certificates SHALL include a serial number"."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _subject(organisation: str, common: str, domain: str = "") -> x509.Name:
    """Name whose it is (A00.FR.509) and what it is."""
    names = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common)]
    if domain:
        names.append((NameOID.DOMAIN_COMPONENT, domain))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in names if value])


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_agreement: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    """Restrict what a key is for (A00.FR.512)."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(name: str) -> list[x509.GeneralName]:
    """A name or address as stations look for it; small TLS libraries compare an IPv4 address as a text."""
    address: IPv4Address | IPv6Address
    try:
        address = ip_address(name)
    except ValueError:
        return [x509.DNSName(name)]
    if isinstance(address, IPv6Address):
        return [x509.IPAddress(address)]
    return [x509.IPAddress(address), x509.DNSName(name)]
