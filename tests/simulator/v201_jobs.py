"""Answers: firmware and logs (OCPP 2.0.1 ed. 3 - L, N01)."""

from typing import TYPE_CHECKING

from .dialect import Answer
from .jobs import DOWNLOAD, SIGNED_DOWNLOAD, begin, steps, update, upload
from .oddities import Payload
from .v201_control import NO, YES

if TYPE_CHECKING:
    from .machine import Machine

FIRMWARE, LOG = "FirmwareStatusNotification", "LogStatusNotification"
PEM = "-----BEGIN CERTIFICATE-----"
UNDER_WAY = ("Downloading", "Downloaded", "SignatureVerified", "Installing")


def update_firmware(machine: Machine, payload: Payload) -> Payload:
    """L01 (with a signature), L02 (without)."""
    firmware = payload["firmware"]
    signed = "signingCertificate" in firmware
    if signed and PEM not in firmware["signingCertificate"]:
        machine.note(*machine.dialect.security_event(machine, "InvalidFirmwareSigningCertificate", ""))
        return {"status": "InvalidCertificate"}
    busy = machine.jobs.get(FIRMWARE, {}).get("status") in UNDER_WAY
    last = machine.oddities.signed_firmware_ends if signed else machine.oddities.firmware_ends
    words = steps(last, SIGNED_DOWNLOAD if signed else DOWNLOAD)
    machine.shelf["firmware"] = machine.firmware
    number = {"requestId": payload["requestId"]}
    begin(machine, update, machine, FIRMWARE, words, firmware["retrieveDateTime"], number)
    return {"status": "AcceptedCanceled"} if busy else YES


def publish_firmware(machine: Machine, payload: Payload) -> Payload:
    """L03: the station is no local controller."""
    return NO


def unpublish_firmware(machine: Machine, payload: Payload) -> Payload:
    """L04."""
    return {"status": "NoFirmware"}


def get_log(machine: Machine, payload: Payload) -> Payload:
    """N01."""
    busy = machine.jobs.get(LOG, {}).get("status") == "Uploading"
    last = machine.oddities.log_ends
    words = {"UploadFailed": "UploadFailure"}
    number = {"requestId": payload["requestId"]}
    begin(machine, upload, machine, LOG, words.get(last, last), number)
    name = f"{payload['logType'].lower()}-{machine.hardware.identity.serial}.log"
    return {"status": "AcceptedCanceled" if busy else "Accepted", "filename": name}


ANSWERS: dict[str, Answer] = {
    "UpdateFirmware": update_firmware,
    "PublishFirmware": publish_firmware,
    "UnpublishFirmware": unpublish_firmware,
    "GetLog": get_log,
}
