"""Certificates: read from what is given, named as OCPP names them, and checked against those who signed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, types
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import ocsp

from ..model.commands import CertificateHash

ALGORITHMS: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
"""OCPP 2.0.1 ed. 3 - 3.42 HashAlgorithmEnumType."""
LONGEST: Final = 20_000
"""No chain of PEM has more characters in OCPP (10 000 in 2.1)."""
DEEPEST: Final = 10
"""No chain has more certificates."""


def chain_of(pem: str) -> list[x509.Certificate]:
    """The certificates of a text, in its order; raises ValueError where it has none, too many or bad ones."""
    if len(pem) > LONGEST:
        raise ValueError("too long for a certificate")
    try:
        chain = x509.load_pem_x509_certificates(pem.encode())
        for certificate in chain:
            certificate.public_key()
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of a kind that is not known") from error
    if len(chain) > DEEPEST:
        raise ValueError("too many certificates")
    return chain


def identifiers(issuer: x509.Certificate, algorithm: str) -> tuple[str, str]:
    """The hashes of an issuer's name and key, as lower-case hex (RFC 6960 - 4.1.1)."""
    digest = hashes.Hash(ALGORITHMS[algorithm]())
    digest.update(issuer.subject.public_bytes())
    request = ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, ALGORITHMS[algorithm]()).build()
    return digest.finalize().hex(), request.issuer_key_hash.hex()


def named(certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256") -> CertificateHash:
    """What names a certificate (OCPP 2.0.1 ed. 3 - 2.6 CertificateHashDataType); a root is its own issuer."""
    name, key = identifiers(issuer, algorithm)
    return CertificateHash(algorithm, name, key, f"{certificate.serial_number:x}")


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether an issuer of that name has signed a certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm:
        return False
    return True


def issues(certificate: x509.Certificate) -> bool:
    """Whether a certificate may sign others (RFC 5280 - 4.2.1.9)."""
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def path_of(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...] | None:
    """The way from the first certificate of a chain to one of the roots; None where there is none."""
    path, others = [chain[0]], list(chain[1:])
    while True:
        last = path[-1]
        root = next((one for one in roots if one == last or (issues(one) and signed_by(last, one))), None)
        if root is not None:
            return tuple(path) if root == last else (*path, root)
        above = next((one for one in others if issues(one) and signed_by(last, one)), None)
        if above is None:
            return None
        others.remove(above)
        path.append(above)


def current(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether a certificate holds at a moment."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def verified(
    key: types.PublicKeyTypes, signature: bytes, digest: bytes, algorithm: hashes.HashAlgorithm, *, pss: bool = False
) -> bool:
    """Whether a key has signed what has that digest: RSA (PKCS #1 v1.5 or PSS) or ECDSA."""
    hashed = Prehashed(algorithm)
    try:
        match key:
            case rsa.RSAPublicKey():
                pad = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO) if pss else padding.PKCS1v15()
                key.verify(signature, digest, pad, hashed)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, digest, ec.ECDSA(hashed))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
