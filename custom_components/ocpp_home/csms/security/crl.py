"""Lists of revoked certificates (RFC 5280 - 5), for stations that ask for them (OCPP 2.1 - M07.FR.04)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..model.commands import CertificateHash
from ..model.trust import Finding, Revocation
from .certificate import identifiers
from .ocsp import SKEW, Unusable

UNTOLD: Final = timedelta(days=1)
"""So long a list holds that does not tell when the next one comes."""
PEM: Final = b"-----BEGIN"


def verdict(data: bytes, which: CertificateHash, issuers: Iterable[x509.Certificate], now: datetime) -> Finding:
    """What a list (DER or PEM) says of a certificate; raises Unusable. It is `proved` where a known issuer signed it.

    M07.FR.06, M07.FR.07: a certificate is revoked whose serial number is in the list, and good where it is not.
    """
    try:
        read = x509.load_pem_x509_crl if data.lstrip().startswith(PEM) else x509.load_der_x509_crl
        revoked = read(data)
        found = revoked.get_revoked_certificate_by_serial_number(int(which.serial, 16))
        told = (which.issuer_name.casefold(), which.issuer_key.casefold())
        known = [issuer for issuer in issuers if identifiers(issuer, which.algorithm) == told]
        proved = any(_signed(revoked, issuer) for issuer in known)
    except (KeyError, ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("the list is not understood") from error
    following = revoked.next_update_utc
    if following is not None and following < now - SKEW:
        raise Unusable("the list is not of today")
    status = Revocation.GOOD if found is None else Revocation.REVOKED
    return Finding(status, following or now + UNTOLD, proved=proved)


def _signed(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and revoked.is_signature_valid(key)
