"""The status of certificates by OCSP (RFC 6960): what is asked, and whether an answer may be believed."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from ..model.commands import CertificateHash
from ..model.trust import Finding, Revocation
from .certificate import ALGORITHMS, current, identifiers, signed_by, verified

WORDS: Final = {
    ocsp.OCSPCertStatus.GOOD: Revocation.GOOD,
    ocsp.OCSPCertStatus.REVOKED: Revocation.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN: Revocation.UNKNOWN,
}
SKEW: Final = timedelta(minutes=5)
"""By so much the clock of a responder may be ahead of ours."""
UNTOLD: Final = timedelta(minutes=1)
"""4.2.2.1: without nextUpdate "newer revocation information is available all the time"."""


class Unusable(Exception):
    """A question that cannot be asked, or an answer to none of ours; `str()` says why."""


def question(which: CertificateHash) -> bytes:
    """The request (DER) for the status of a certificate; raises Unusable."""
    try:
        name, key = bytes.fromhex(which.issuer_name), bytes.fromhex(which.issuer_key)
        algorithm = ALGORITHMS[which.algorithm]()
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, int(which.serial, 16), algorithm)
        return builder.build().public_bytes(Encoding.DER)
    except (KeyError, ValueError) as error:
        raise Unusable("the certificate is not named by proper hashes") from error


def answer(der: bytes, which: CertificateHash, issuers: Iterable[x509.Certificate], now: datetime) -> Finding:
    """What a response (DER) says of a certificate; raises Unusable.

    It is `proved` where it is signed by the issuer, which is known or comes with it, or by whom the issuer delegated.
    """
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise Unusable(f"the responder says {response.response_status.name.lower()}")
        single = next((one for one in response.responses if _about(one, which)), None)
        if single is None:
            raise Unusable("the response is about another certificate")
        this, following = single.this_update_utc, single.next_update_utc
        if this > now + SKEW or (following is not None and following < now - SKEW):
            raise Unusable("the response is not of today")
        proved = _proved(response, which, issuers, now)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("the response is not understood") from error
    return Finding(WORDS[single.certificate_status], following or now + UNTOLD, der, proved)


def _about(single: ocsp.OCSPSingleResponse, which: CertificateHash) -> bool:
    """Whether a response is about the certificate that was asked for."""
    return (
        single.hash_algorithm.name.upper() == which.algorithm
        and single.issuer_name_hash.hex() == which.issuer_name.casefold()
        and single.issuer_key_hash.hex() == which.issuer_key.casefold()
        and single.serial_number == int(which.serial, 16)
    )


def _proved(
    response: ocsp.OCSPResponse, which: CertificateHash, issuers: Iterable[x509.Certificate], now: datetime
) -> bool:
    """4.2.2.2: signed by the issuer, or by who has a certificate for it that the issuer has signed."""
    told = (which.issuer_name.casefold(), which.issuer_key.casefold())
    issued = [one for one in (*issuers, *response.certificates) if identifiers(one, which.algorithm) == told]
    delegates = [one for one in response.certificates if any(_delegated(one, issuer, now) for issuer in issued)]
    return any(_signed(response, signer) for signer in (*issued, *delegates))


def _delegated(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    if not current(certificate, now):
        return False
    with suppress(x509.ExtensionNotFound):
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        return ExtendedKeyUsageOID.OCSP_SIGNING in usage and signed_by(certificate, issuer)
    return False


def _signed(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    algorithm = response.signature_hash_algorithm
    if algorithm is None:
        return False
    digest = hashes.Hash(algorithm)
    digest.update(response.tbs_response_bytes)
    return verified(signer.public_key(), response.signature, digest.finalize(), algorithm)
