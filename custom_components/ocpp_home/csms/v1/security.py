"""Certificates and security events (OCPP 1.6 security whitepaper ed. 3)."""

from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.security import certificate_hash, fitting, hashes, security_event_notification, sign_certificate
from ..model.commands import CertificateHash
from ..model.errors import Unsupported

REQUESTS: Final[dict[str, Handler]] = {
    "SecurityEventNotification": security_event_notification,
    "SignCertificate": sign_certificate,
}


class Security(Block):
    """The certificates of one station."""

    async def install_certificate(self, kind: str, certificate: str) -> None:
        """Install a root certificate (PEM): CentralSystemRootCertificate or ManufacturerRootCertificate."""
        request = {"certificateType": kind, "certificate": certificate}
        consent(await self._call("InstallCertificate", request))

    async def delete_certificate(self, which: CertificateHash) -> None:
        """Delete an installed certificate; raises Refused (NotFound, Failed)."""
        consent(await self._call("DeleteCertificate", {"certificateHashData": hashes(which)}))

    async def certificates(self, kind: str) -> list[CertificateHash]:
        """The installed root certificates of a kind; M03.FR.02: NotFound where there are none."""
        answer = await self._call("GetInstalledCertificateIds", {"certificateType": kind})
        if consent(answer, "Accepted", "NotFound") == "NotFound":
            return []
        entries = answer.get("certificateHashData") or ()
        return [certificate_hash(entry) for entry in entries if isinstance(entry, dict)]

    async def renew_certificate(self, kind: str | None = None) -> None:
        """Ask the station for a new certificate signing request (A02)."""
        _only_one(kind)
        request = {"requestedMessage": "SignChargePointCertificate"}
        answer = await self._call("ExtendedTriggerMessage", request)
        if answer.get("status") == "NotImplemented":
            raise Unsupported("NotImplemented: SignChargePointCertificate")
        consent(answer)

    async def send_certificate(self, chain: str, kind: str | None = None, request: int | None = None) -> None:
        """Give the station its signed certificate (PEM)."""
        _only_one(kind)
        longest = self._station.variables.number("CertificateSignedMaxChainSize")
        consent(await self._call("CertificateSigned", {"certificateChain": fitting(chain, longest)}))


def _only_one(kind: str | None) -> None:
    """There is one certificate a station of 1.6 has signed, and no word for its kind."""
    if kind is not None:
        raise Unsupported("kinds of certificates are told apart since OCPP 2.0.1")
