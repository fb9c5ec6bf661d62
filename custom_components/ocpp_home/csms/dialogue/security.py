"""Security events, requests for certificates, and what names an installed certificate."""

from datetime import datetime
from typing import Final

from ..model.commands import CertificateHash
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload
from . import clock
from .fields import text

SERIOUS: Final = frozenset(
    {
        "AttemptedReplayAttacks",
        "InvalidCentralSystemCertificate",
        "InvalidChargePointCertificate",
        "InvalidChargingStationCertificate",
        "InvalidCsmsCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "MemoryExhaustion",
        "SecurityLogWasCleared",
        "TamperDetectionActivated",
    }
)
"""Events that the owner should look into; the others belong to ordinary life.

OCPP 1.6 security whitepaper ed. 3 - 8; OCPP 2.0.1 ed. 3 - appendix 1.
"""
FIELDS: Final = {
    "algorithm": "hashAlgorithm",
    "issuer_name": "issuerNameHash",
    "issuer_key": "issuerKeyHash",
    "serial": "serialNumber",
}


def security_event_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell of a security event; a serious one is kept before the owner's eyes."""
    kind, info = text(payload, "type", 50), text(payload, "techInfo")
    at = clock.read(station, payload.get("timestamp"), now).at
    data = {"type": kind, "info": info, "at": clock.stamp(at)}
    station.emit(Event(Kind.SECURITY, at, data=data, live=now - at < clock.LATE))
    if kind in SERIOUS:
        station.notice("security_event", type=kind, info=info)
    return {}


def sign_certificate(station: Station, payload: Payload, now: datetime) -> Payload:
    """A02.FR.12: who is not able to process the request answers Rejected. Nothing here can sign certificates."""
    station.count("unsigned certificate request")
    return {"status": "Rejected"}


def hashes(which: CertificateHash) -> Payload:
    """What names a certificate, as it is sent."""
    return {word: getattr(which, name) for name, word in FIELDS.items()}


def certificate_hash(entry: Payload) -> CertificateHash:
    """What names a certificate, as it was reported."""
    return CertificateHash(**{name: text(entry, word) for name, word in FIELDS.items()})
