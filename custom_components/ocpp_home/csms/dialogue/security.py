"""Security events, requests for certificates, and what names an installed certificate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ..model.commands import CertificateHash
from ..model.errors import Invalid
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.trust import CHARGING_STATION, Application
from ..wire.frame import Payload
from . import clock
from .fields import text, whole

SERIOUS: Final = frozenset(
    {
        "AttemptedReplayAttacks",
        "DiscardedRenewedClientCertificate",
        "InvalidCentralSystemCertificate",
        "InvalidChargePointCertificate",
        "InvalidChargingStationCertificate",
        "InvalidCsmsCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "MaintenanceLoginFailed",
        "MemoryExhaustion",
        "SecurityLogWasCleared",
        "TamperDetectionActivated",
    }
)
"""Events that the owner should look into; the others belong to ordinary life.

OCPP 1.6 security whitepaper ed. 3 - 8; OCPP 2.0.1 ed. 3 - appendix 1; OCPP 2.1 - appendix 1.
"""
NOTICED: Final = "security_event"
"""The notice of a serious event, and the name under which it is remembered."""
NOT_SIGNED: Final = "certificate_not_signed"
NOBODY: Final = "no_authority"
FIELDS: Final = {
    "algorithm": "hashAlgorithm",
    "issuer_name": "issuerNameHash",
    "issuer_key": "issuerKeyHash",
    "serial": "serialNumber",
}
END: Final = "-----END CERTIFICATE-----"


def security_event_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell of a security event; a serious one is kept before the owner's eyes."""
    kind, info = text(payload, "type", 50), text(payload, "techInfo")
    at = clock.read(station, payload.get("timestamp"), now).at
    data = {"type": kind, "info": info, "at": clock.stamp(at)}
    station.emit(Event(Kind.SECURITY, at, data=data, live=now - at < clock.LATE))
    if kind in SERIOUS:
        station.notice(NOTICED, type=kind, info=info)
    return {}


def remember(station: Station) -> None:
    """Keep a serious event before the owner's eyes over restarts, until he has confirmed it."""
    kept = station.ledger.recall(station.name, NOTICED)
    if isinstance(kept, Mapping):
        station.notice(NOTICED, 0, **{name: str(word) for name, word in kept.items()})

    shown = station.notices.get((NOTICED, 0))

    def note(part: object) -> None:
        nonlocal shown
        if (notice := station.notices.get((NOTICED, 0))) != shown:
            shown = notice
            station.keep(NOTICED, None if notice is None else dict(notice.data))

    station.subscribe(note)


def sign_certificate(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a request for a certificate, or say no; it is signed after the answer (`Enrolment`).

    A02.FR.11, A02.FR.12: Accepted who is able to process the request, Rejected who is not.
    """
    application = applied(station, payload)
    signer = station.household.trust.signer
    objection = NOBODY if signer is None else signer.objection(application)
    if objection is not None:
        station.count("unsigned certificate request")
        station.notice(NOT_SIGNED, reason=objection)
        return {"status": "Rejected"}
    asked = {"csr": application.csr, "kind": text(payload, "certificateType", 50) or None}
    station.emit(Event(Kind.CERTIFICATE, now, data=asked | {"request": whole(payload, "requestId")}))
    return {"status": "Accepted"}


def applied(station: Station, payload: Mapping[str, object]) -> Application:
    """What a station asks to have signed."""
    kind, csr = payload.get("certificateType") or payload.get("kind"), payload.get("csr")
    return Application(
        station=station.name,
        serial=station.identity.serial,
        csr=csr if isinstance(csr, str) else "",
        kind=str(kind or CHARGING_STATION),
        proved=bool(station.proved),
    )


def fitting(chain: str, longest: float | None) -> str:
    """As much of a chain as a station takes, its own certificate first; raises Invalid where that alone is too long."""
    if longest is None or len(chain) <= longest:
        return chain
    parts = chain.split(END)
    for count in range(len(parts) - 2, 0, -1):
        shorter = END.join((*parts[:count], "\n"))
        if len(shorter) <= longest:
            return shorter
    raise Invalid(f"the station takes {longest:g} characters of certificates, this one has {len(chain)}")


def hashes(which: CertificateHash) -> Payload:
    """What names a certificate, as it is sent."""
    return {word: getattr(which, name) for name, word in FIELDS.items()}


def certificate_hash(entry: Payload) -> CertificateHash:
    """What names a certificate, as it was reported."""
    return CertificateHash(**{name: text(entry, word) for name, word in FIELDS.items()})
