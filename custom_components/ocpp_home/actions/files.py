"""Actions about files: firmware that stations fetch, logs that they send, and what has come of those."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..const import DOMAIN, EVENT_FILE
from ..csms.model.commands import Signature, Transfer
from ..csms.model.errors import OcppError
from ..csms.model.trust import Unreachable
from ..csms.security.firmware import objection
from ..fetch import digest
from ..uploads import UPLOADS
from .household import HouseholdAction, hubs
from .row import TIME, Action, Fields
from .target import Aim, block

_LOGS: Final = ("DiagnosticsLog", "SecurityLog", "DataCollectorLog")


async def update_firmware(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to fetch and install firmware; what is signed is looked at before."""
    firmware = block(aim.commands.firmware, "FirmwareManagement")
    if "signature" not in fields:
        await firmware.update(transfer(fields))
        return {"verified": False}
    signature = Signature(fields["signing_certificate"], fields["signature"], fields.get("install_at"))
    found = await _digest(aim.hub.hass, fields["location"])
    if (reason := objection(signature, found, dt_util.utcnow())) is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="firmware_unsound", translation_placeholders={"reason": reason}
        )
    await firmware.update(transfer(fields), signature)
    return {"verified": found is not None}


async def _digest(hass: HomeAssistant, url: str) -> bytes | None:
    """The SHA-256 of the file; None where it is not within our reach, which may be within that of the station."""
    try:
        return await digest(hass, url)
    except Unreachable:
        return None


async def get_diagnostics(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to upload a log: where the fields say, or to Home Assistant."""
    diagnostics = block(aim.commands.diagnostics, "FirmwareManagement")
    if "location" in fields:
        return {"file_name": await diagnostics.upload(transfer(fields), fields["log"])}
    uploads, station, hass = aim.hub.hass.data[UPLOADS], aim.station.name, aim.hub.hass

    def received(name: str) -> None:
        hass.bus.async_fire(EVENT_FILE, {"station": station, "file_name": name})

    place = _own_address(hass)
    path = uploads.expect(aim.hub.entry.entry_id, station, received)
    try:
        return {"file_name": await diagnostics.upload(transfer(fields, place + path), fields["log"])}
    except OcppError:
        uploads.forget(path)
        raise


def _own_address(hass: HomeAssistant) -> str:
    """Where a station finds Home Assistant; raises a translated error."""
    try:
        return get_url(hass, prefer_external=False)
    except NoURLAvailableError as error:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_own_address") from error


async def list_uploads(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """The files that stations have sent, each with a link that works for a while."""
    uploads = hass.data[UPLOADS]
    return {
        "files": [
            {
                "file_name": file.name,
                "size": file.size,
                "received": file.received.isoformat(),
                "url": uploads.link(hub.entry.entry_id, file.name),
            }
            for hub in hubs(hass)
            for file in await uploads.files(hub.entry.entry_id)
        ]
    }


def transfer(fields: Fields, place: str | None = None) -> Transfer:
    """Where and when a file is fetched or sent: where the fields say, or to a place of ours."""
    return Transfer(
        location=place or fields["location"],
        at=fields.get("retrieve_at"),
        retries=fields.get("retries"),
        retry_interval=fields.get("retry_interval"),
        since=fields.get("since"),
        until=fields.get("until"),
    )


RETRIES: Final[dict[vol.Marker, Any]] = {
    vol.Required("location"): cv.string,
    vol.Optional("retries"): cv.positive_int,
    vol.Optional("retry_interval"): cv.positive_int,
}

ACTIONS: Final = (
    Action(
        "update_firmware",
        update_firmware,
        {
            **RETRIES,
            vol.Optional("retrieve_at"): TIME,
            vol.Optional("install_at"): TIME,
            vol.Inclusive("signing_certificate", "signature"): cv.string,
            vol.Inclusive("signature", "signature"): cv.string,
        },
        SupportsResponse.OPTIONAL,
        admin=True,
    ),
    Action(
        "get_diagnostics",
        get_diagnostics,
        {
            **{vol.Optional(marker.schema): kind for marker, kind in RETRIES.items()},
            vol.Optional("log", default="DiagnosticsLog"): vol.In(_LOGS),
            vol.Optional("since"): TIME,
            vol.Optional("until"): TIME,
        },
        SupportsResponse.OPTIONAL,
        admin=True,
    ),
)

HOUSEHOLD: Final = (HouseholdAction("list_uploads", list_uploads, {}, SupportsResponse.ONLY),)
