"""Certificates, OCSP responses and lists of revoked certificates for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

type Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
YEAR: Final = timedelta(days=365)
RESPONDER: Final = "http://ocsp.example"


def new_key(family: str = "EC") -> Key:
    if family == "RSA":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if family == "ED":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def digest(key: Key) -> hashes.HashAlgorithm | None:
    """What a key signs; an Ed25519 key signs what it is given."""
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


@dataclass(frozen=True)
class Paper:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def issue(self, name: str, **how: object) -> Paper:
        """A certificate below this one."""
        return paper(name, by=self, **how)  # type: ignore[arg-type] - what paper() takes

    def vouch(
        self,
        about: x509.Certificate,
        status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
        *,
        by: Paper | None = None,
        enclosed: Sequence[Paper] = (),
        this: datetime = NOW - timedelta(hours=1),
        following: datetime | None = NOW + timedelta(days=1),
    ) -> bytes:
        """An OCSP response about a certificate that this one issued, signed by it or another."""
        revoked = status is ocsp.OCSPCertStatus.REVOKED
        signer = by or self
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                about, self.certificate, hashes.SHA256(), status, this, following, this if revoked else None, None
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        )
        if enclosed:
            builder = builder.certificates([one.certificate for one in enclosed])
        return builder.sign(signer.key, digest(signer.key)).public_bytes(Encoding.DER)

    def revoke(self, *serials: int, following: datetime = NOW + timedelta(days=1)) -> bytes:
        """A list of revoked certificates."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(NOW - timedelta(days=2))
            .next_update(following)
        )
        for serial in serials:
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - timedelta(days=2))
            builder = builder.add_revoked_certificate(one.build())
        return builder.sign(self.key, digest(self.key)).public_bytes(Encoding.DER)


def paper(
    name: str,
    *,
    by: Paper | None = None,
    ca: bool | None = True,
    key: Key | None = None,
    start: datetime = NOW - YEAR,
    end: datetime = NOW + YEAR,
    ocsp_at: str | None = None,
    responder: bool = False,
) -> Paper:
    """A certificate; without anybody above it a root."""
    key = key or new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = by.certificate.subject if by is not None else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if ocsp_at is not None:
        access = [
            x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ocsp_at)),
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_at)),
        ]
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if responder:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    signer = by.key if by is not None else key
    return Paper(builder.sign(signer, digest(signer)), key)
