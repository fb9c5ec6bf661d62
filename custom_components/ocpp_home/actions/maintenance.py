"""Actions of maintenance: the local list, firmware, logs, certificates."""

from typing import Any, Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import CertificateHash, Signature, Transfer
from ..csms.model.token import Decision, Verdict
from .row import TIME, Action, Fields
from .target import Aim, block

_ROOTS: Final = (
    *("CentralSystemRootCertificate", "ManufacturerRootCertificate"),
    *("V2GRootCertificate", "MORootCertificate", "OEMRootCertificate"),
)
"""What only 2.x knows stands in the second line."""
_CHAIN: Final = "V2GCertificateChain"
"""What a station of 2.x shows to cars, with all that hangs below it."""
_SIGNED: Final = ("ChargingStationCertificate", "V2GCertificate", "V2G20Certificate")
"""The certificates a station of 2.x has signed."""
_LOGS: Final = ("DiagnosticsLog", "SecurityLog")


async def get_local_list_version(aim: Aim, _: Fields) -> JsonValueType:
    """Read the version of the local authorization list."""
    return {"version": await block(aim.commands.local_list, "LocalAuthListManagement").version()}


async def send_local_list(aim: Aim, fields: Fields) -> JsonValueType:
    """Replace or amend the local authorization list."""
    local_list = block(aim.commands.local_list, "LocalAuthListManagement")
    entries: dict[str, Verdict | None] = {token: Verdict(Decision.ACCEPTED) for token in fields["tokens"]}
    entries.update(dict.fromkeys(fields["remove"]))
    version = fields.get("version")
    if version is None:  # a long list is sent in parts, each with a version of its own
        version = await local_list.version() + max(1, len(entries))
    await local_list.send(version, entries, full=not fields["amend"])
    return {"version": version}


async def update_firmware(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to fetch and install firmware."""
    signature = None
    if "signature" in fields:
        signature = Signature(fields["signing_certificate"], fields["signature"], fields.get("install_at"))
    await block(aim.commands.firmware, "FirmwareManagement").update(transfer(fields), signature)
    return None


async def get_diagnostics(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station to upload a log."""
    diagnostics = block(aim.commands.diagnostics, "FirmwareManagement")
    return {"file_name": await diagnostics.upload(transfer(fields), fields["log"])}


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
    await block(aim.commands.security, "Security").delete_certificate(certificate_hash(fields))
    return None


async def renew_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask the station for a certificate signing request."""
    await block(aim.commands.security, "Security").renew_certificate(fields.get("kind"))
    return None


async def send_certificate(aim: Aim, fields: Fields) -> JsonValueType:
    """Give the station its signed certificate."""
    await block(aim.commands.security, "Security").send_certificate(fields["certificate_chain"], fields.get("kind"))
    return None


def certificate_hash(fields: Fields) -> CertificateHash:
    """What the fields of `HASH` name."""
    return CertificateHash(
        fields["hash_algorithm"], fields["issuer_name_hash"], fields["issuer_key_hash"], fields["serial_number"]
    )


def transfer(fields: Fields) -> Transfer:
    """Where and when a file is fetched or sent."""
    return Transfer(
        location=fields["location"],
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
HASH: Final[dict[vol.Marker, Any]] = {
    vol.Required("hash_algorithm", default="SHA256"): vol.In(("SHA256", "SHA384", "SHA512")),
    vol.Required("issuer_name_hash"): cv.string,
    vol.Required("issuer_key_hash"): cv.string,
    vol.Required("serial_number"): cv.string,
}
_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action("get_local_list_version", get_local_list_version, {}, _ONLY),
    Action(
        "send_local_list",
        send_local_list,
        {
            vol.Optional("tokens", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("remove", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("amend", default=False): cv.boolean,
            vol.Optional("version"): vol.All(vol.Coerce(int), vol.Range(min=1)),
        },
        _OPTIONAL,
        admin=True,
    ),
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
        admin=True,
    ),
    Action(
        "get_diagnostics",
        get_diagnostics,
        {
            **RETRIES,
            vol.Optional("log", default="DiagnosticsLog"): vol.In(_LOGS),
            vol.Optional("since"): TIME,
            vol.Optional("until"): TIME,
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
    Action("get_certificates", get_certificates, {vol.Required("kind"): vol.In((*_ROOTS, _CHAIN))}, _ONLY, admin=True),
    Action(
        "delete_certificate",
        delete_certificate,
        HASH,
        admin=True,
    ),
    Action(
        "renew_certificate",
        renew_certificate,
        {vol.Optional("kind"): vol.In(_SIGNED)},
        admin=True,
    ),
    Action(
        "send_certificate",
        send_certificate,
        {vol.Required("certificate_chain"): cv.string, vol.Optional("kind"): vol.In(_SIGNED)},
        admin=True,
    ),
)
