"""Certificates and security events (OCPP 2.0.1 ed. 3 - A02, A03, A04, M03, M04, M05)."""

from collections.abc import Sequence
from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text
from ..dialogue.security import certificate_hash, fitting, hashes, security_event_notification, sign_certificate
from ..model.commands import CertificateHash, InstalledCertificate
from ..model.errors import Unsupported
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {
    "SecurityEventNotification": security_event_notification,
    "SignCertificate": sign_certificate,
}

CHARGING_STATION: Final = "ChargingStationCertificate"
SIGNED: Final = {
    CHARGING_STATION: "SignChargingStationCertificate",
    "V2GCertificate": "SignV2GCertificate",
    "V2G20Certificate": "SignV2G20Certificate",
    "CombinedCertificate": "SignCombinedCertificate",
}
"""Certificates a station has signed, and what it is asked for by (OCPP 2.1 - 3.71 MessageTriggerEnumType)."""
RENAMED: Final = {"CentralSystemRootCertificate": "CSMSRootCertificate"}
"""What 1.6 calls otherwise."""


class Security(Block):
    """The certificates of one station."""

    async def install_certificate(self, kind: str, certificate: str) -> None:
        """Install a root certificate (PEM): CSMS, Manufacturer, V2G, MO and in 2.1 OEM."""
        request = {"certificateType": RENAMED.get(kind, kind), "certificate": certificate}
        consent(await self._call("InstallCertificate", request))

    async def delete_certificate(self, which: CertificateHash) -> None:
        """Delete an installed certificate by the hashes it was reported with (M04.FR.07); raises Refused."""
        consent(await self._call("DeleteCertificate", {"certificateHashData": hashes(which)}))

    async def certificates(self, kind: str) -> list[CertificateHash]:
        """The installed certificates of a kind, those that hang below one included."""
        installed = await self.installed([kind])
        return [which for one in installed for which in (one.hash, *one.children)]

    async def installed(self, kinds: Sequence[str] = ()) -> list[InstalledCertificate]:
        """The installed certificates of these kinds, of all without any; M03.FR.02: NotFound where there are none."""
        request: Payload = {"certificateType": [RENAMED.get(kind, kind) for kind in kinds]} if kinds else {}
        answer = await self._call("GetInstalledCertificateIds", request)
        if consent(answer, "Accepted", "NotFound") == "NotFound":
            return []
        return [
            InstalledCertificate(
                kind=text(entry, "certificateType"),
                hash=certificate_hash(entry["certificateHashData"]),
                children=tuple(map(certificate_hash, entry.get("childCertificateHashData") or ())),
            )
            for entry in answer.get("certificateHashDataChain") or ()
        ]

    async def renew_certificate(self, kind: str | None = None) -> None:
        """Ask the station for a new certificate signing request, of its own certificate without a kind (A02)."""
        kind = kind or CHARGING_STATION
        answer = await self._call("TriggerMessage", {"requestedMessage": SIGNED.get(kind, kind)})
        if answer.get("status") == "NotImplemented":
            raise Unsupported(f"NotImplemented: {SIGNED.get(kind, kind)}")
        consent(answer)

    async def send_certificate(self, chain: str, kind: str | None = None, request: int | None = None) -> None:
        """Give the station its signed certificate (PEM), with the kind and the number it asked with.

        A02.FR.14: the kind is the one of the SignCertificateRequest; A02.FR.25, A03.FR.21 (2.1): so is the number.
        """
        longest = self._station.variables.number("MaxCertificateChainSize", "SecurityCtrlr")
        told = {"certificateType": kind, "requestId": request}
        given = {name: value for name, value in told.items() if value is not None}
        consent(await self._call("CertificateSigned", {"certificateChain": fitting(chain, longest)} | given))
