"""Actions about the certificates of the home: what is shown, what was signed, and the authority itself."""

from typing import TYPE_CHECKING, Final

from cryptography import x509
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.security.authority import Authority
from ..download import DOWNLOADS, File
from .household import HouseholdAction
from .row import Fields, stamp

if TYPE_CHECKING:
    from ..hub import Hub

HUB: Final = "config_entry_id"
PEM: Final = "application/x-pem-file"
SHORTEST: Final = 12
"""The keys of the home deserve a password of so many characters."""

PASSWORD: Final = vol.All(cv.string, vol.Length(min=SHORTEST))
ONE_HUB: Final = {vol.Optional(HUB): cv.string}


def _hub(hass: HomeAssistant, fields: Fields) -> Hub:
    hub: Hub = async_get_config_entry(hass, DOMAIN, fields.get(HUB)).runtime_data
    return hub


async def list_certificates(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """The roots, which stations are given to trust, and what was signed for stations."""
    certificates = _hub(hass, fields).certificates
    authority, now = certificates.authority, dt_util.utcnow()
    issued: list[JsonValueType] = [
        {
            "station": record.station,
            "kind": record.kind,
            "serial_number": f"{record.number:x}",
            "not_after": stamp(record.not_after),
            "revoked": record.revoked,
        }
        for record in authority.issued
        if record.not_after > now
    ]
    return {
        "roots": authority.pem,
        "url": hass.data[DOWNLOADS].offer(File("ocpp_home_roots.pem", authority.pem, PEM)),
        "organisation": authority.organisation,
        "server_not_after": stamp(certificates.not_after),
        "issued": issued,
    }


async def reload_certificates(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Read given certificates anew, or make own ones where it is time."""
    certificates = _hub(hass, fields).certificates
    await certificates.renew()
    return {"server_not_after": stamp(certificates.not_after)}


async def revoke_certificate(hass: HomeAssistant, fields: Fields) -> None:
    """Let a certificate of a station count no more, at once."""
    hub, number = _hub(hass, fields), fields["serial_number"]
    if not await hub.certificates.revoke(number):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_certificate")
    hub.sync()
    for station in hub.stations.values():
        session = hub.central.session(station.name)
        if session is not None and _number(session.request.certificate) == number:
            session.close(1008, "the certificate is revoked")


async def export_authority(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """A file with the roots and their keys under a password, to be downloaded within an hour."""
    text = await hass.async_add_executor_job(_hub(hass, fields).certificates.authority.export, fields["password"])
    return {"url": hass.data[DOWNLOADS].offer(File("ocpp_home_authority.pem", text, PEM))}


async def import_authority(hass: HomeAssistant, fields: Fields) -> None:
    """Go on with the authority of an exported file; the one there was is gone, with all it has signed."""
    hub = _hub(hass, fields)
    try:
        authority = await hass.async_add_executor_job(Authority.imported, fields["pem"], fields["password"])
    except ValueError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_authority",
            translation_placeholders={"reason": str(error)},
        ) from error
    await hub.vault.set_authority(authority.store())
    hass.config_entries.async_schedule_reload(hub.entry.entry_id)


def _number(certificate: bytes | None) -> int | None:
    """The serial number of the certificate a station has shown."""
    return None if certificate is None else x509.load_der_x509_certificate(certificate).serial_number


def _serial_number(told: str) -> int:
    """A serial number as programs show it: hexadecimal, with colons or without."""
    return int(cv.string(told).replace(":", ""), 16)


ACTIONS: Final = (
    HouseholdAction("list_certificates", list_certificates, ONE_HUB, SupportsResponse.ONLY),
    HouseholdAction("reload_certificates", reload_certificates, ONE_HUB, SupportsResponse.OPTIONAL),
    HouseholdAction(
        "revoke_certificate", revoke_certificate, {**ONE_HUB, vol.Required("serial_number"): _serial_number}
    ),
    HouseholdAction(
        "export_authority", export_authority, {**ONE_HUB, vol.Required("password"): PASSWORD}, SupportsResponse.ONLY
    ),
    HouseholdAction(
        "import_authority",
        import_authority,
        {**ONE_HUB, vol.Required("pem"): cv.string, vol.Required("password"): cv.string},
    ),
)
