"""Actions about a station: configuration, restarts, lists, firmware, logs, certificates."""

from typing import Any, Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import CertificateHash, ResetKind, Signature, Transfer
from ..csms.model.token import Decision, Verdict
from .row import Action, Fields
from .target import Aim, block

_ROOTS: Final = ("CentralSystemRootCertificate", "ManufacturerRootCertificate")
_LOGS: Final = ("DiagnosticsLog", "SecurityLog")


async def reset(aim: Aim, fields: Fields) -> JsonValueType:
    """Restart the station."""
    await aim.commands.remote.reset(ResetKind.HARD if fields["kind"] == "hard" else ResetKind.SOFT)
    return None


async def unlock(aim: Aim, _: Fields) -> JsonValueType:
    """Release the cable."""
    await aim.commands.remote.unlock(aim.one_evse().id)
    return None


async def change_availability(aim: Aim, fields: Fields) -> JsonValueType:
    """Take an EVSE or the station in or out of use."""
    done = await aim.commands.remote.availability(aim.number, fields["operative"])
    return {"scheduled": not done}


async def clear_cache(aim: Aim, _: Fields) -> JsonValueType:
    """Make the station forget who was authorized before."""
    await aim.commands.remote.clear_cache()
    return None


async def trigger_message(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask for a message."""
    await block(aim.commands.trigger, "RemoteTrigger").trigger(fields["message"], aim.evse.id if aim.evse else None)
    return None


async def data_transfer(aim: Aim, fields: Fields) -> JsonValueType:
    """Send a message of a vendor."""
    data = await aim.commands.remote.transfer(fields["vendor_id"], fields.get("message_id"), fields.get("data"))
    return {"data": data}


async def call(aim: Aim, fields: Fields) -> JsonValueType:
    """Send any request as it is."""
    return dict(await aim.commands.remote.call(fields["action"], fields["payload"]))  # type: ignore[arg-type]  # plain JSON


async def get_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Read keys of the station's configuration."""
    variables = await aim.commands.configuration.read(fields["keys"])
    return {variable.key.name: {"value": variable.value, "readonly": variable.readonly} for variable in variables}


async def set_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Write a key of the station's configuration."""
    written = await aim.commands.configuration.write(fields["key"], fields["value"])
    return {"reboot_required": written.reboot_required}


async def get_local_list_version(aim: Aim, _: Fields) -> JsonValueType:
    """Read the version of the local authorization list."""
    return {"version": await block(aim.commands.local_list, "LocalAuthListManagement").version()}


async def send_local_list(aim: Aim, fields: Fields) -> JsonValueType:
    """Replace or amend the local authorization list."""
    local_list = block(aim.commands.local_list, "LocalAuthListManagement")
    entries: dict[str, Verdict | None] = {token: Verdict(Decision.ACCEPTED) for token in fields["tokens"]}
    entries.update(dict.fromkeys(fields["remove"]))
    version = fields.get("version") or max(0, await local_list.version()) + 1
    await local_list.send(version, entries, full=not fields["amend"])
    return {"version": version}


async def update_firmware(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to fetch and install firmware."""
    signature = None
    if "signature" in fields:
        signature = Signature(fields["signing_certificate"], fields["signature"], fields.get("install_at"))
    await block(aim.commands.firmware, "FirmwareManagement").update(_transfer(fields), signature)
    return None


async def get_diagnostics(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to upload a log."""
    diagnostics = block(aim.commands.diagnostics, "FirmwareManagement")
    return {"file_name": await diagnostics.upload(_transfer(fields), fields["log"])}


async def install_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Install a root certificate."""
    await block(aim.commands.security, "Security").install_certificate(fields["kind"], fields["certificate"])
    return None


async def get_certificates(aim: Aim, fields: Fields) -> JsonValueType:
    """Read the hashes of the installed root certificates."""
    found = await block(aim.commands.security, "Security").certificates(fields["kind"])
    return {
        "certificates": [
            {
                "hash_algorithm": one.algorithm,
                "issuer_name_hash": one.issuer_name,
                "issuer_key_hash": one.issuer_key,
                "serial_number": one.serial,
            }
            for one in found
        ]
    }


async def delete_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Delete an installed certificate."""
    which = CertificateHash(
        fields["hash_algorithm"], fields["issuer_name_hash"], fields["issuer_key_hash"], fields["serial_number"]
    )
    await block(aim.commands.security, "Security").delete_certificate(which)
    return None


async def renew_certificate(aim: Aim, _: Fields) -> JsonValueType:
    """Ask the station for a certificate signing request."""
    await block(aim.commands.security, "Security").renew_certificate()
    return None


async def send_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Give the station its signed certificate."""
    await block(aim.commands.security, "Security").send_certificate(fields["certificate_chain"])
    return None


def _transfer(fields: Fields) -> Transfer:
    return Transfer(
        location=fields["location"],
        at=fields.get("retrieve_at"),
        retries=fields.get("retries"),
        retry_interval=fields.get("retry_interval"),
        since=fields.get("since"),
        until=fields.get("until"),
    )


_RETRIES: Final[dict[vol.Marker, Any]] = {
    vol.Required("location"): cv.string,
    vol.Optional("retries"): cv.positive_int,
    vol.Optional("retry_interval"): cv.positive_int,
}
_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action("reset", reset, {vol.Required("kind", default="soft"): vol.In(("soft", "hard"))}),
    Action("unlock", unlock, {}),
    Action("change_availability", change_availability, {vol.Required("operative"): cv.boolean}, _OPTIONAL),
    Action("clear_cache", clear_cache, {}),
    Action("trigger_message", trigger_message, {vol.Required("message"): cv.string}),
    Action(
        "data_transfer",
        data_transfer,
        {vol.Required("vendor_id"): cv.string, vol.Optional("message_id"): cv.string, vol.Optional("data"): cv.string},
        _OPTIONAL,
    ),
    Action(
        "get_configuration",
        get_configuration,
        {vol.Optional("keys", default=list): vol.All(cv.ensure_list, [cv.string])},
        _ONLY,
    ),
    Action(
        "set_configuration",
        set_configuration,
        {vol.Required("key"): cv.string, vol.Required("value"): cv.string},
        _OPTIONAL,
    ),
    Action("get_local_list_version", get_local_list_version, {}, _ONLY),
    Action(
        "send_local_list",
        send_local_list,
        {
            vol.Optional("tokens", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("remove", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("amend", default=False): cv.boolean,
            vol.Optional("version"): cv.positive_int,
        },
        _OPTIONAL,
        admin=True,
    ),
    Action(
        "update_firmware",
        update_firmware,
        {
            **_RETRIES,
            vol.Optional("retrieve_at"): cv.datetime,
            vol.Optional("install_at"): cv.datetime,
            vol.Inclusive("signing_certificate", "signature"): cv.string,
            vol.Inclusive("signature", "signature"): cv.string,
        },
        admin=True,
    ),
    Action(
        "get_diagnostics",
        get_diagnostics,
        {
            **_RETRIES,
            vol.Optional("log", default="DiagnosticsLog"): vol.In(_LOGS),
            vol.Optional("since"): cv.datetime,
            vol.Optional("until"): cv.datetime,
        },
        _OPTIONAL,
        admin=True,
    ),
    Action(
        "install_certificate",
        install_certificate,
        {vol.Required("kind"): vol.In(_ROOTS), vol.Required("certificate"): cv.string},
        admin=True,
    ),
    Action("get_certificates", get_certificates, {vol.Required("kind"): vol.In(_ROOTS)}, _ONLY, admin=True),
    Action(
        "delete_certificate",
        delete_certificate,
        {
            vol.Required("hash_algorithm", default="SHA256"): vol.In(("SHA256", "SHA384", "SHA512")),
            vol.Required("issuer_name_hash"): cv.string,
            vol.Required("issuer_key_hash"): cv.string,
            vol.Required("serial_number"): cv.string,
        },
        admin=True,
    ),
    Action("renew_certificate", renew_certificate, {}, admin=True),
    Action("send_certificate", send_certificate, {vol.Required("certificate_chain"): cv.string}, admin=True),
    Action(
        "call",
        call,
        {vol.Required("action"): cv.string, vol.Optional("payload", default=dict): dict},
        _OPTIONAL,
        admin=True,
    ),
)
