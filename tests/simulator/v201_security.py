"""Answers: certificates of a 2.x station (OCPP 2.0.1 ed. 3 - A02, M03 to M05)."""

from typing import TYPE_CHECKING

from .dialect import Answer
from .oddities import Payload
from .v16_security import ROOM
from .ways import CLIENT

if TYPE_CHECKING:
    from .machine import Machine

MISTRUST = "InvalidCsmsCertificate"
STATION = "ChargingStationCertificate"
HELD_AS = {"V2GCertificate": "V2GCertificateChain", "V2G20Certificate": "V2GCertificateChain"}


def certificate_signed(machine: Machine, payload: Payload) -> Payload:
    """A02.FR.06 to FR.08; A02.FR.26 (2.1): only for a request that was made."""
    kind = payload.get("certificateType", STATION)
    number = payload.get("requestId")
    unknown = number is not None and number not in machine.shelf.get("certificate requests", ())
    objection = "an unknown requestId" if unknown else machine.trust.take(_held_as(kind), payload["certificateChain"])
    if objection:
        machine.note(*machine.dialect.security_event(machine, "InvalidChargingStationCertificate", objection))
        return {"status": "Rejected"}
    if kind == STATION and machine.dialect.way(machine).profile == CLIENT:
        machine.after_answer(machine.reconnect)
    return {"status": "Accepted"}


def request(machine: Machine, kind: str = STATION) -> Payload:
    """SignCertificateRequest (A02.FR.02, FR.03, FR.13; FR.24 in 2.1)."""
    organization = machine.configuration.text("SecurityCtrlr.OrganizationName")
    csr = machine.trust.request(_held_as(kind), organization, machine.hardware.identity.serial)
    payload: Payload = {"csr": csr, "certificateType": kind}
    if machine.schemas == "v21":
        numbers = machine.shelf.setdefault("certificate requests", [])
        numbers.append(len(numbers) + 1)
        payload["requestId"] = numbers[-1]
    return payload


def _held_as(kind: str) -> str:
    """Under which name a certificate is reported."""
    return HELD_AS.get(kind, kind)


def install_certificate(machine: Machine, payload: Payload) -> Payload:
    """M05."""
    if machine.oddities.forgets_roots:
        return {"status": "Accepted"}
    settings = machine.configuration
    strict = settings.on("AdditionalRootCertificateCheck")
    kind, certificate = payload["certificateType"], payload["certificate"]
    room = settings.number("CertificateStoreMaxLength", ROOM)
    return {"status": machine.trust.install(kind, certificate, room, successors_only=strict)}


def get_installed_certificate_ids(machine: Machine, payload: Payload) -> Payload:
    """M03: the station's own certificate is not among them."""
    wanted = payload.get("certificateType")
    found = [
        {"certificateType": kind, "certificateHashData": named}
        for kind in machine.certificates
        if kind != STATION and (wanted is None or kind in wanted)
        for named in machine.trust.ids(kind)
    ]
    return {"status": "Accepted", "certificateHashDataChain": found} if found else {"status": "NotFound"}


def delete_certificate(machine: Machine, payload: Payload) -> Payload:
    """M04: never the station's own one (M04.FR.06)."""
    in_use = machine.wire.anchor if machine.wire is not None else None
    return {"status": machine.trust.delete(payload["certificateHashData"], in_use)}


ANSWERS: dict[str, Answer] = {
    "CertificateSigned": certificate_signed,
    "InstallCertificate": install_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "DeleteCertificate": delete_certificate,
}
