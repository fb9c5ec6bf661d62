"""Answers: firmware, diagnostics and logs, with the notifications of the long ones."""

from typing import TYPE_CHECKING

from .dialect import Answer
from .jobs import DOWNLOAD, SIGNED_DOWNLOAD, begin, steps, update, upload
from .oddities import Payload
from .v16_core import ACCEPTED

if TYPE_CHECKING:
    from .machine import Machine

FIRMWARE = "FirmwareStatusNotification"
SIGNED = "SignedFirmwareStatusNotification"
DIAGNOSTICS = "DiagnosticsStatusNotification"
LOG = "LogStatusNotification"


def update_firmware(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.19."""
    words = steps(machine.oddities.firmware_ends, DOWNLOAD)
    begin(machine, update, machine, FIRMWARE, words, payload["retrieveDate"], {})
    return {}


def signed_update_firmware(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - L01: the certificate and signature are taken on trust."""
    if "CERTIFICATE" not in payload["firmware"]["signingCertificate"]:
        return {"status": "InvalidCertificate"}
    words = steps(machine.oddities.signed_firmware_ends, SIGNED_DOWNLOAD)
    when = payload["firmware"]["retrieveDateTime"]
    begin(machine, update, machine, SIGNED, words, when, {"requestId": payload["requestId"]})
    return ACCEPTED


def get_diagnostics(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.9."""
    if machine.oddities.diagnostics_end == "":
        return {}
    begin(machine, upload, machine, DIAGNOSTICS, machine.oddities.diagnostics_end, {})
    return {"fileName": f"diagnostics-{machine.hardware.identity.serial}.zip"}


def get_log(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - GetLog."""
    busy = machine.jobs.get(LOG, {}).get("status") == "Uploading"
    begin(machine, upload, machine, LOG, machine.oddities.log_ends, {"requestId": payload["requestId"]})
    name = f"{payload['logType'].lower()}-{machine.hardware.identity.serial}.log"
    return {"status": "AcceptedCanceled" if busy else "Accepted", "filename": name}


ANSWERS: dict[str, Answer] = {
    "UpdateFirmware": update_firmware,
    "SignedUpdateFirmware": signed_update_firmware,
    "GetDiagnostics": get_diagnostics,
    "GetLog": get_log,
}
