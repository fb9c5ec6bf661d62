"""What a station that asks for a certificate sends (PKCS #10): read, and checked before anybody signs."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
import re
from typing import Final, TypeGuard

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

LONGEST: Final = 5500
"""OCPP 2.0.1 ed. 3 - 1.58.1: csr is a string[0..5500]."""
SMALLEST_RSA: Final = 2048
SMALLEST_EC: Final = 224
"""OCPP 2.0.1 ed. 3 - A00.FR.502, A00.FR.503."""
LARGEST_RSA: Final = 8192
"""A larger key costs more to check than a home wants to pay."""

type PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)


class Unusable(Exception):
    """No certificate is made of this; `str()` is one of `OBJECTIONS`."""


OBJECTIONS: Final = frozenset(
    {"csr_unreadable", "csr_signature", "csr_key", "csr_organisation", "csr_common_name", "csr_serial"}
)


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """A request whose sender has the key it is about, and the key is strong enough."""

    key: PublicKey
    common_name: str
    organisation: str

    def objection(self, organisation: str, serials: Collection[str] = ()) -> str | None:
        """Why no station of that organisation with one of these serial numbers gets the certificate; none: any number.

        A00.FR.404: O "contains the CSO name"; A00.FR.511: CN "consists of the unique serial number of the Charging
        Station. This serial number SHALL NOT be in the format of a URL or an IP address".
        """
        if organisation not in self.organisation or not self.organisation.isprintable():
            return "csr_organisation"
        if not self.common_name.isprintable() or _dialled(self.common_name):
            return "csr_common_name"
        expected = {serial.casefold() for serial in serials}
        return "csr_serial" if expected and self.common_name.casefold() not in expected else None


def read(pem: str) -> SigningRequest:
    """Read a request; raises Unusable."""
    try:
        if len(pem) > LONGEST:
            raise Unusable("csr_unreadable")
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        if not _strong(key):
            raise Unusable("csr_key")
        names = {attribute.oid: str(attribute.value) for attribute in request.subject}
        signed = request.is_signature_valid
    except UnsupportedAlgorithm as error:
        raise Unusable("csr_key") from error
    except (ValueError, InvalidSignature) as error:
        raise Unusable("csr_unreadable") from error
    if not signed:
        raise Unusable("csr_signature")
    return SigningRequest(key, names.get(NameOID.COMMON_NAME, ""), names.get(NameOID.ORGANIZATION_NAME, ""))


def _strong(key: object) -> TypeGuard[PublicKey]:
    match key:
        case rsa.RSAPublicKey():
            return SMALLEST_RSA <= key.key_size <= LARGEST_RSA
        case ec.EllipticCurvePublicKey():
            return key.key_size >= SMALLEST_EC
        case _:
            return False


def _dialled(name: str) -> bool:
    """Whether a common name is none, or one that a server could have."""
    try:
        ip_address(name)
    except ValueError:
        return not name or ":" in name or "/" in name or _HOST.fullmatch(name) is not None
    return True
