"""Actions about the certificates of a station: its roots, and its own."""

from contextlib import suppress
from typing import Any, Final

from cryptography import x509
from homeassistant.core import SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.model.commands import CertificateHash, Security
from ..csms.model.errors import Invalid, Refused, Unanswered, Unsupported
from ..csms.security.certificate import chain_of
from ..words import tame
from .row import Action, Fields
from .target import Aim, block

CENTRAL: Final = "CentralSystemRootCertificate"
"""The root by which a station knows us; 2.x calls it CSMSRootCertificate."""
_ROOTS: Final = (
    *(CENTRAL, "ManufacturerRootCertificate"),
    *("V2GRootCertificate", "MORootCertificate", "OEMRootCertificate"),
)
"""What only 2.x, or Plug & Charge in 1.6, knows stands in the second line."""
_CHAIN: Final = "V2GCertificateChain"
"""What a station of 2.x shows to cars, with all that hangs below it."""
_SIGNED: Final = ("ChargingStationCertificate", "V2GCertificate", "V2G20Certificate")
"""The certificates a station has signed."""


async def install_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Install a root certificate, and look whether it is there."""
    security, kind = _security(aim), fields["kind"]
    try:
        certificate = chain_of(fields["certificate"])[0]
    except ValueError as error:
        raise Invalid(f"no certificate: {error}") from error
    await security.install_certificate(kind, fields["certificate"])
    found = await _found(security, kind)
    if found is not None and not any(_is(one, certificate) for one in found):
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="not_installed", translation_placeholders=_words(aim)
        )
    return {"verified": found is not None}


async def get_certificates(aim: Aim, fields: Fields) -> JsonValueType:
    """Read the hashes of the installed certificates of a kind."""
    return {
        "certificates": [
            {
                "hash_algorithm": one.algorithm,
                "issuer_name_hash": one.issuer_name,
                "issuer_key_hash": one.issuer_key,
                "serial_number": one.serial,
            }
            for one in await _security(aim).certificates(fields["kind"])
        ]
    }


async def delete_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Delete an installed certificate, but not the last one by which the station knows us.

    Without any it could not verify who it speaks to, and would never come back over TLS.
    """
    security, which = _security(aim), certificate_hash(fields)
    roots = await _found(security, CENTRAL) or []
    if [one for one in roots if _plain(one) != _plain(which)] == [] != roots:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="last_root", translation_placeholders=_words(aim)
        )
    await security.delete_certificate(which)
    return None


async def renew_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station for a certificate signing request; what comes of it is signed and given to it."""
    security = _security(aim)
    if fields["vouch"]:
        aim.hub.certificates.signer.vouch(aim.station.name)
    await security.renew_certificate(fields.get("kind"))
    return None


async def send_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Give the station its signed certificate."""
    await _security(aim).send_certificate(fields["certificate_chain"], fields.get("kind"))
    return None


def certificate_hash(fields: Fields) -> CertificateHash:
    """What the fields of `HASH` name."""
    return CertificateHash(
        fields["hash_algorithm"], fields["issuer_name_hash"], fields["issuer_key_hash"], fields["serial_number"]
    )


def _security(aim: Aim) -> Security:
    return block(aim.commands.security, "Security")


async def _found(security: Security, kind: str) -> list[CertificateHash] | None:
    """The installed certificates of a kind; None where the station does not tell."""
    with suppress(Refused, Unanswered, Unsupported):
        return await security.certificates(kind)
    return None


def _is(which: CertificateHash, certificate: x509.Certificate) -> bool:
    """Whether hashes name a certificate: by its number, for the authority above it need not be known here."""
    try:
        return int(which.serial, 16) == certificate.serial_number
    except ValueError:
        return False


def _plain(which: CertificateHash) -> tuple[str, ...]:
    names = (which.algorithm, which.issuer_name, which.issuer_key, which.serial.lstrip("0"))
    return tuple(name.casefold() for name in names)


def _words(aim: Aim) -> dict[str, str]:
    return {"station": tame(aim.station.name)}


HASH: Final[dict[vol.Marker, Any]] = {
    vol.Required("hash_algorithm", default="SHA256"): vol.In(("SHA256", "SHA384", "SHA512")),
    vol.Required("issuer_name_hash"): cv.string,
    vol.Required("issuer_key_hash"): cv.string,
    vol.Required("serial_number"): cv.string,
}
RENEWAL: Final[dict[vol.Marker, Any]] = {
    vol.Optional("kind"): vol.In(_SIGNED),
    vol.Optional("vouch", default=False): cv.boolean,
}

ACTIONS: Final = (
    Action(
        "install_certificate",
        install_certificate,
        {vol.Required("kind"): vol.In(_ROOTS), vol.Required("certificate"): cv.string},
        SupportsResponse.OPTIONAL,
        admin=True,
    ),
    Action(
        "get_certificates",
        get_certificates,
        {vol.Required("kind"): vol.In((*_ROOTS, _CHAIN))},
        SupportsResponse.ONLY,
        admin=True,
    ),
    Action("delete_certificate", delete_certificate, HASH, admin=True),
    Action("renew_certificate", renew_certificate, RENEWAL, admin=True),
    Action(
        "send_certificate",
        send_certificate,
        {vol.Required("certificate_chain"): cv.string, vol.Optional("kind"): vol.In(_SIGNED)},
        admin=True,
    ),
)
