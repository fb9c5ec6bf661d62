"""Answers: firmware, logs, certificates, network profiles (OCPP 2.0.1 ed. 3 - A, B09, L, M, N01)."""

from typing import TYPE_CHECKING

from .dialect import Answer
from .jobs import DOWNLOAD, SIGNED_DOWNLOAD, begin, fingerprint, steps, update, upload
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


def certificate_signed(machine: Machine, payload: Payload) -> Payload:
    """A02: the chain must look like one."""
    kind = payload.get("certificateType", "ChargingStationCertificate")
    if PEM not in payload["certificateChain"]:
        machine.note(*machine.dialect.security_event(machine, "InvalidChargingStationCertificate", "no PEM"))
        return NO
    machine.certificates["V2GCertificateChain" if kind.startswith("V2G") else kind] = [payload["certificateChain"]]
    return YES


def install_certificate(machine: Machine, payload: Payload) -> Payload:
    """M05."""
    if PEM not in payload["certificate"]:
        return NO
    machine.certificates.setdefault(payload["certificateType"], []).append(payload["certificate"])
    return YES


def get_installed_certificate_ids(machine: Machine, payload: Payload) -> Payload:
    """M03: the station's own certificate is not among them."""
    wanted = payload.get("certificateType")
    found = [
        {"certificateType": kind, "certificateHashData": fingerprint(certificate)}
        for kind, certificates in machine.certificates.items()
        if kind != "ChargingStationCertificate" and (wanted is None or kind in wanted)
        for certificate in certificates
    ]
    return YES | {"certificateHashDataChain": found} if found else {"status": "NotFound"}


def delete_certificate(machine: Machine, payload: Payload) -> Payload:
    """M04: never the station's own one (M04.FR.06)."""
    for kind, certificates in machine.certificates.items():
        for certificate in certificates:
            if fingerprint(certificate) == payload["certificateHashData"]:
                if kind == "ChargingStationCertificate":
                    return {"status": "Failed"}
                certificates.remove(certificate)
                return YES
    return {"status": "NotFound"}


def set_network_profile(machine: Machine, payload: Payload) -> Payload:
    """B09: three slots, JSON only, and no lower security than today (B09.FR.04)."""
    slot, data = payload["configurationSlot"], payload["connectionData"]
    current = machine.configuration.number("SecurityCtrlr.SecurityProfile")
    if str(slot) not in ("1", "2", "3") or data["ocppTransport"] != "JSON" or data["securityProfile"] < current:
        return NO
    machine.shelf.setdefault("network", {})[slot] = data
    return YES


ANSWERS: dict[str, Answer] = {
    "UpdateFirmware": update_firmware,
    "PublishFirmware": publish_firmware,
    "UnpublishFirmware": unpublish_firmware,
    "GetLog": get_log,
    "CertificateSigned": certificate_signed,
    "InstallCertificate": install_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "DeleteCertificate": delete_certificate,
    "SetNetworkProfile": set_network_profile,
}
