"""What a station trusts and what it proves itself with: certificates, keys of its own, and TLS made of both."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
import ssl
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from .oddities import Payload

ACCEPTED, REJECTED, FAILED, NOT_FOUND = "Accepted", "Rejected", "Failed", "NotFound"
OWN = frozenset({"ChargePoint", "ChargingStationCertificate"})
CENTRAL = ("CentralSystemRootCertificate", "CSMSRootCertificate")  # as 1.6 calls it, and 2.x

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def read(pem: str) -> x509.Certificate | None:
    """The first certificate of a PEM text, None when it cannot be read."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())[0]
    except ValueError:
        return None


def fingerprint(pem: str, issuers: list[x509.Certificate] | None = None) -> Payload:
    """CertificateHashDataType (security whitepaper ed. 3 - 6.1; RFC 6960 - 4.1.1)."""
    certificate = read(pem)
    assert certificate is not None, "only what could be read is kept"
    issuer = next((one for one in issuers or () if one.subject == certificate.issuer), certificate)
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": sha256(certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": _key_hash(issuer),
        "serialNumber": f"{certificate.serial_number:X}",
    }


def _key_hash(certificate: x509.Certificate) -> str:
    """The hash of the bits of the public key, without tag and length."""
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        raw = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        raw = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return sha256(raw).hexdigest()


def issued(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether one certificate was signed by the other."""
    try:
        leaf.verify_directly_issued_by(issuer)
    except ValueError, TypeError, InvalidSignature:
        return False
    return True


@dataclass
class Trust:
    """The certificate store of a station; `family` is what its keys are made of: EC or RSA."""

    family: str = "EC"
    certificates: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)  # of the certificates in use, by kind
    waiting: dict[str, Key] = field(default_factory=dict)  # of requests that are not signed yet

    @property
    def roots(self) -> list[str]:
        """The roots by which the central system is known."""
        return [pem for kind in CENTRAL for pem in self.certificates.get(kind, ())]

    def own(self) -> tuple[str, Key] | None:
        """The chain the station shows in TLS, and its key."""
        return next(((self.certificates[kind][-1], key) for kind, key in self.keys.items() if kind in OWN), None)

    def install(self, kind: str, pem: str, room: int, *, successors_only: bool = False) -> str:
        """M05; with AdditionalRootCertificateCheck (`successors_only`) a root is replaced only by one it has signed."""
        certificate, held = read(pem), self.certificates.setdefault(kind, [])
        if certificate is None or not _valid(certificate):
            return REJECTED  # M05.FR.06
        if pem in held:
            return ACCEPTED
        if successors_only and kind in CENTRAL and held:
            old = read(held[0])
            if old is None or not issued(certificate, old):
                return REJECTED  # M05.FR.10
            held[:] = [pem, held[0]]  # M05.FR.11: the old one stays as a fallback
            return ACCEPTED
        if sum(len(kept) for name, kept in self.certificates.items() if name not in OWN) >= room:
            return REJECTED  # M05.FR.03
        held.append(pem)
        return ACCEPTED

    def ids(self, kind: str) -> list[Payload]:
        """M03: what names the certificates of a kind."""
        known = [one for kept in self.certificates.values() for pem in kept if (one := read(pem)) is not None]
        return [fingerprint(pem, known) for pem in self.certificates.get(kind, ())]

    def delete(self, wanted: Payload, in_use: bytes | None) -> str:
        """M04: never the station's own certificate, nor the root by which the link stands."""
        for kind, kept in self.certificates.items():
            for pem, named in zip(list(kept), self.ids(kind), strict=True):
                if {k: v.casefold() for k, v in named.items()} != {k: v.casefold() for k, v in wanted.items()}:
                    continue
                if kind in OWN or _der(pem) == in_use:
                    return FAILED  # M04.FR.05, FR.06
                kept.remove(pem)
                return ACCEPTED
        return NOT_FOUND

    def request(self, kind: str, organization: str, name: str) -> str:
        """Make a new key and a certificate signing request for it (A02.FR.02, FR.03)."""
        key: Key
        if self.family == "RSA":
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
        self.waiting[kind] = key
        names = [(NameOID.ORGANIZATION_NAME, organization), (NameOID.COMMON_NAME, name)]
        subject = x509.Name([x509.NameAttribute(what, text) for what, text in names if text])
        made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()

    def take(self, kind: str, chain: str) -> str:
        """A02.FR.06: put a signed certificate into use; gives the objection against it, "" without one."""
        leaf = read(chain)
        if leaf is None:
            return "no PEM certificate"
        key = self.waiting.get(kind) or self.keys.get(kind)
        if key is None or leaf.public_key() != key.public_key():
            return "not for the key of this station"
        if not _valid(leaf):
            return "not valid at this time"
        if kind in OWN and self.roots and not self._anchored(chain):
            return "not of the hierarchy of the central system"
        self.certificates[kind] = [chain]
        self.keys[kind] = key
        self.waiting.pop(kind, None)
        return ""

    def _anchored(self, chain: str) -> bool:
        """Whether each certificate of a chain is signed by the next, and the last by a root."""
        links = x509.load_pem_x509_certificates(chain.encode())
        roots = [root for pem in self.roots if (root := read(pem)) is not None]
        hangs = all(issued(one, above) for one, above in pairwise(links))
        return hangs and any(links[-1] == root or issued(links[-1], root) for root in roots)

    def context(self, *, client: bool) -> ssl.SSLContext:
        """TLS to a central system that one of the roots vouches for; as a `client` with the own certificate."""
        if self.roots:
            context = ssl.create_default_context(cadata="\n".join(self.roots))
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if client and (own := self.own()) is not None:
            _load(context, *own)
        return context


def _load(context: ssl.SSLContext, chain: str, key: Key) -> None:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(private + chain.encode())
    try:
        context.load_cert_chain(file.name)
    finally:
        Path(file.name).unlink()


def _valid(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc


def _der(pem: str) -> bytes:
    certificate = read(pem)
    return certificate.public_bytes(serialization.Encoding.DER) if certificate is not None else b""
