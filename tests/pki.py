"""An authority for tests: roots by name, certificates of servers, signatures under what stations ask for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
type Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

YEAR = timedelta(days=365)


def pem(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def private(key: Key) -> str:
    """A key as text."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@dataclass(frozen=True)
class Root:
    """A root and what it signs."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        """The root as it is installed in stations."""
        return pem(self.certificate)

    def sign(self, csr: str, life: timedelta = YEAR) -> str:
        """A certificate for whoever asks for one."""
        asked = x509.load_pem_x509_csr(csr.encode())
        public = asked.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        return pem(_certificate(asked.subject, public, self, life, ca=False))

    def successor(self, name: str) -> Root:
        """A root that this one has signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Root(_certificate(_name(name), key.public_key(), self, YEAR, ca=True), key)

    def server(self, folder: Path, *names: str) -> ssl.SSLContext:
        """TLS as a server of these names and addresses, the first in the common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _certificate(_name(names[0]), key.public_key(), self, YEAR, ca=False, names=names)
        path = folder / f"{names[0]}.pem"
        path.write_text(private(key) + pem(leaf))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.load_verify_locations(cadata=self.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


@cache
def root(name: str = "Test Root", family: str = "EC") -> Root:
    """The root of that name, the same one each time."""
    key: Key
    if family == "RSA":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
    return Root(_certificate(_name(name), key.public_key(), key, 10 * YEAR, ca=True), key)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Home"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    subject: x509.Name, public: Public, by: Root | Key, life: timedelta, *, ca: bool, names: tuple[str, ...] = ()
) -> x509.Certificate:
    now = datetime.now(UTC)
    issuer, key = (by.certificate.subject, by.key) if isinstance(by, Root) else (subject, by)
    authority = key.public_key()
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
    )
    if ca:
        built = built.add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    if names:
        built = built.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    return built.sign(key, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
