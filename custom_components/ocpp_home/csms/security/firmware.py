"""Whether a signed firmware is what its maker signed, looked at before a station is told to fetch it.

OCPP 2.0.1 ed. 3 - A00.FR.707: "the CSMS SHOULD validate both, the certificate and the signed firmware update".
"""

from base64 import b64decode
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..model.commands import Signature
from .certificate import chain_of, current, verified

OBJECTIONS: Final = frozenset(
    {"certificate_unreadable", "certificate_expired", "certificate_key", "signature_unreadable", "signature_wrong"}
)
SHA256: Final = hashes.SHA256()


def objection(signature: Signature, digest: bytes | None, now: datetime) -> str | None:
    """Why a station would refuse a firmware with this SHA-256, one of `OBJECTIONS`; None for what is sound.

    Without a digest only the certificate is looked at, and that the signature can be read.
    """
    certificate, signed = _certificate(signature.certificate), _signed(signature.signature)
    if certificate is None:
        return "certificate_unreadable"
    if not current(certificate, now):
        return "certificate_expired"
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return "certificate_key"
    if not signed:
        return "signature_unreadable"
    return None if digest is None or _genuine(certificate, signed, digest) else "signature_wrong"


def _genuine(certificate: x509.Certificate, signed: bytes, digest: bytes) -> bool:
    """Makers sign with RSA in either way, PSS or PKCS #1 v1.5."""
    key = certificate.public_key()
    return any(verified(key, signed, digest, SHA256, pss=pss) for pss in (True, False))


def _certificate(pem: str) -> x509.Certificate | None:
    try:
        return chain_of(pem)[0]
    except ValueError:
        return None


def _signed(base64: str) -> bytes:
    try:
        return b64decode("".join(base64.split()), validate=True)
    except ValueError:
        return b""
