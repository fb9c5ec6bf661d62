"""Answers: firmware, diagnostics, logs and certificates, with the notifications of the long ones."""

from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .clock import moment
from .dialect import Answer
from .oddities import Payload
from .v16_core import ACCEPTED, REJECTED

if TYPE_CHECKING:
    from .machine import Machine

FIRMWARE = "FirmwareStatusNotification"
SIGNED = "SignedFirmwareStatusNotification"
DIAGNOSTICS = "DiagnosticsStatusNotification"
LOG = "LogStatusNotification"
DOWNLOAD = ("Downloading", "Downloaded")
SIGNED_DOWNLOAD = (*DOWNLOAD, "SignatureVerified")
INSTALL = ("Installing",)
FAILS_AT = {"DownloadFailed": ("Downloading",), "InvalidSignature": DOWNLOAD}


def update_firmware(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.19."""
    steps = _steps(machine.oddities.firmware_ends, DOWNLOAD)
    _begin(machine, _update, machine, FIRMWARE, steps, payload["retrieveDate"], {})
    return {}


def signed_update_firmware(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - L01: the certificate and signature are taken on trust."""
    if "CERTIFICATE" not in payload["firmware"]["signingCertificate"]:
        return {"status": "InvalidCertificate"}
    steps = _steps(machine.oddities.signed_firmware_ends, SIGNED_DOWNLOAD)
    when = payload["firmware"]["retrieveDateTime"]
    _begin(machine, _update, machine, SIGNED, steps, when, {"requestId": payload["requestId"]})
    return ACCEPTED


def _steps(last: str, download: tuple[str, ...]) -> tuple[str, ...]:
    return (*FAILS_AT.get(last, (*download, *INSTALL)), last)


async def _update(machine: Machine, kind: str, steps: tuple[str, ...], when: str, extra: Payload) -> None:
    await machine.clock.sleep((moment(when) - machine.clock.now()).total_seconds())
    for step in steps:
        if step == "Installing":
            while any(connector.transaction for connector in machine.outlets):
                await machine.clock.sleep(machine.hardware.tick)  # 5.19: "wait until Charging Session has ended"
        if step == "Installed":
            machine.firmware = _next_version(machine.firmware)
            await machine.reboot(hard=False)
        await _progress(machine, kind, step, extra)


def _next_version(version: str) -> str:
    head, _, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}" if last.isdecimal() else f"{version}.1"


def get_diagnostics(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.9."""
    if machine.oddities.diagnostics_end == "":
        return {}
    _begin(machine, _upload, machine, DIAGNOSTICS, machine.oddities.diagnostics_end, {})
    return {"fileName": f"diagnostics-{machine.hardware.identity.serial}.zip"}


def get_log(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - GetLog."""
    busy = machine.jobs.get(LOG, {}).get("status") == "Uploading"
    _begin(machine, _upload, machine, LOG, machine.oddities.log_ends, {"requestId": payload["requestId"]})
    name = f"{payload['logType'].lower()}-{machine.hardware.identity.serial}.log"
    return {"status": "AcceptedCanceled" if busy else "Accepted", "filename": name}


async def _upload(machine: Machine, kind: str, last: str, extra: Payload) -> None:
    for step in ("Uploading", last):
        await _progress(machine, kind, step, extra)


async def _progress(machine: Machine, kind: str, step: str, extra: Payload) -> None:
    machine.jobs[kind] = {"status": step} | extra
    machine.note(kind, machine.jobs[kind])
    if machine.oddities.job_seconds:
        await machine.clock.sleep(machine.oddities.job_seconds)


def _begin[*Args](machine: Machine, work: Callable[[*Args], Coroutine[Any, Any, None]], *args: *Args) -> None:
    async def spawn() -> None:
        machine.run(work(*args))

    machine.after_answer(spawn)


def certificate_signed(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - A02: the chain must look like one."""
    if "-----BEGIN CERTIFICATE-----" not in payload["certificateChain"]:
        machine.note(*machine.dialect.security_event(machine, "InvalidChargePointCertificate", "no PEM certificate"))
        return REJECTED
    machine.certificates.setdefault("ChargePoint", []).append(payload["certificateChain"])
    return ACCEPTED


def install_certificate(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - M05."""
    if "-----BEGIN CERTIFICATE-----" not in payload["certificate"]:
        return REJECTED
    machine.certificates.setdefault(payload["certificateType"], []).append(payload["certificate"])
    return ACCEPTED


def get_installed_certificate_ids(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - M03."""
    installed = machine.certificates.get(payload["certificateType"], [])
    if not installed:
        return {"status": "NotFound"}
    return ACCEPTED | {"certificateHashData": [fingerprint(certificate) for certificate in installed]}


def delete_certificate(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - M04."""
    wanted = payload["certificateHashData"]
    for certificates in machine.certificates.values():
        for certificate in certificates:
            if fingerprint(certificate) == wanted:
                certificates.remove(certificate)
                return ACCEPTED
    return {"status": "NotFound"}


def fingerprint(certificate: str) -> Payload:
    """A stable CertificateHashData; the simulated station does not parse X.509."""
    digest = sha256(certificate.strip().encode()).hexdigest()
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": digest,
        "issuerKeyHash": digest[::-1],
        "serialNumber": digest[:16],
    }


ANSWERS: dict[str, Answer] = {
    "UpdateFirmware": update_firmware,
    "SignedUpdateFirmware": signed_update_firmware,
    "GetDiagnostics": get_diagnostics,
    "GetLog": get_log,
    "CertificateSigned": certificate_signed,
    "InstallCertificate": install_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "DeleteCertificate": delete_certificate,
}
