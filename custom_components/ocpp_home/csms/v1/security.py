"""Certificates and security events (OCPP 1.6 security whitepaper ed. 3)."""

from datetime import datetime
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Caller, Handler, consent
from ..dialogue.fields import text
from ..model.commands import CertificateHash
from ..model.errors import Invalid, Unsupported
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload

SERIOUS: Final = frozenset(
    {
        "AttemptedReplayAttacks",
        "InvalidCentralSystemCertificate",
        "InvalidChargePointCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "MemoryExhaustion",
        "SecurityLogWasCleared",
        "TamperDetectionActivated",
    }
)
"""Events of section 8 that the owner should look into; the others belong to ordinary life."""
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


REQUESTS: Final[dict[str, Handler]] = {
    "SecurityEventNotification": security_event_notification,
    "SignCertificate": sign_certificate,
}


class Security:
    """The certificates of one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Keep the certificates of `station` through `call`."""
        self._station = station
        self._call = call

    async def install_certificate(self, kind: str, certificate: str) -> None:
        """Install a root certificate (PEM): CentralSystemRootCertificate or ManufacturerRootCertificate."""
        request = {"certificateType": kind, "certificate": certificate}
        consent(await self._call("InstallCertificate", request))

    async def delete_certificate(self, which: CertificateHash) -> None:
        """Delete an installed certificate; raises Refused (NotFound, Failed)."""
        hashes = {word: getattr(which, name) for name, word in FIELDS.items()}
        consent(await self._call("DeleteCertificate", {"certificateHashData": hashes}))

    async def certificates(self, kind: str) -> list[CertificateHash]:
        """The installed root certificates of a kind; M03.FR.02: NotFound where there are none."""
        answer = await self._call("GetInstalledCertificateIds", {"certificateType": kind})
        if consent(answer, "Accepted", "NotFound") == "NotFound":
            return []
        return [
            CertificateHash(**{name: text(entry, word) for name, word in FIELDS.items()})
            for entry in answer.get("certificateHashData") or ()
            if isinstance(entry, dict)
        ]

    async def renew_certificate(self) -> None:
        """Ask the station for a new certificate signing request (A02)."""
        request = {"requestedMessage": "SignChargePointCertificate"}
        answer = await self._call("ExtendedTriggerMessage", request)
        if answer.get("status") == "NotImplemented":
            raise Unsupported("NotImplemented: SignChargePointCertificate")
        consent(answer)

    async def send_certificate(self, chain: str) -> None:
        """Give the station its signed certificate (PEM)."""
        longest = self._station.variables.number("CertificateSignedMaxChainSize")
        if longest is not None and len(chain) > longest:
            raise Invalid(f"the station takes {longest:g} characters of certificates, this chain has {len(chain)}")
        consent(await self._call("CertificateSigned", {"certificateChain": chain}))
