"""Certificates and security events (OCPP 1.6 security whitepaper ed. 3)."""

from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.security import certificate_hash, fitting, hashes, security_event_notification, sign_certificate
from ..model.commands import CertificateHash
from ..model.errors import Refused, Unsupported
from ..model.trust import CHARGING_STATION
from ..wire.frame import Payload
from .iso15118 import CAR as V2G, extended

REQUESTS: Final[dict[str, Handler]] = {
    "SecurityEventNotification": security_event_notification,
    "SignCertificate": sign_certificate,
}


PLUG_AND_CHARGE: Final = "ISO15118PnCEnabled"
"""The key of a station that knows Plug & Charge."""
SIGNED: Final = {CHARGING_STATION: "SignChargePointCertificate", V2G: "SignV2GCertificate"}
"""Certificates a station has signed, and what it is asked for by."""
OURS: Final = frozenset({"CentralSystemRootCertificate", "ManufacturerRootCertificate"})
"""Roots for which 1.6 has messages of its own; those for cars are sent inside DataTransfer."""


class Security(Block):
    """The certificates of one station."""

    async def install_certificate(self, kind: str, certificate: str) -> None:
        """Install a root certificate (PEM)."""
        request = {"certificateType": kind, "certificate": certificate}
        consent(await self._ask("InstallCertificate", request, inside=kind not in OURS))

    async def delete_certificate(self, which: CertificateHash) -> None:
        """Delete an installed certificate; raises Refused (NotFound, Failed)."""
        request = {"certificateHashData": hashes(which)}
        try:
            consent(await self._ask("DeleteCertificate", request))
        except Refused as refusal:
            if refusal.status != "NotFound" or self._station.variables.text(PLUG_AND_CHARGE) is None:
                raise
            consent(await self._ask("DeleteCertificate", request, inside=True))

    async def certificates(self, kind: str) -> list[CertificateHash]:
        """The installed root certificates of a kind; M03.FR.02: NotFound where there are none."""
        if kind in OURS:
            answer = await self._ask("GetInstalledCertificateIds", {"certificateType": kind})
        else:
            answer = await self._ask("GetInstalledCertificateIds", {"certificateType": [kind]}, inside=True)
        if consent(answer, "Accepted", "NotFound") == "NotFound":
            return []
        return [certificate_hash(entry) for entry in _entries(answer)]

    async def renew_certificate(self, kind: str | None = None) -> None:
        """Ask the station for a new certificate signing request (A02)."""
        request = {"requestedMessage": SIGNED[_known(kind)]}
        action = "TriggerMessage" if kind == V2G else "ExtendedTriggerMessage"
        answer = await self._ask(action, request, inside=kind == V2G)
        if answer.get("status") == "NotImplemented":
            raise Unsupported(f"NotImplemented: {request['requestedMessage']}")
        consent(answer)

    async def send_certificate(self, chain: str, kind: str | None = None, request: int | None = None) -> None:
        """Give the station its signed certificate (PEM)."""
        given = {"certificateChain": fitting(chain, self._station.variables.number("CertificateSignedMaxChainSize"))}
        if _known(kind) == V2G:
            given["certificateType"] = V2G
        consent(await self._ask("CertificateSigned", given, inside=kind == V2G))

    async def _ask(self, action: str, request: Payload, *, inside: bool = False) -> Payload:
        return await (extended(self._call, action, request) if inside else self._call(action, request))


def _entries(answer: Payload) -> list[Payload]:
    """What names certificates: as 1.6 lists them, and as 2.0.1 does, with what hangs below each."""
    told = [entry for entry in answer.get("certificateHashData") or () if isinstance(entry, dict)]
    for chain in answer.get("certificateHashDataChain") or ():
        told += [chain["certificateHashData"], *(chain.get("childCertificateHashData") or ())]
    return told


def _known(kind: str | None) -> str:
    """A kind of certificate that a station of 1.6 has signed."""
    if kind not in {None, *SIGNED}:
        raise Unsupported(f"{kind} is known since OCPP 2.0.1")
    return kind or CHARGING_STATION
