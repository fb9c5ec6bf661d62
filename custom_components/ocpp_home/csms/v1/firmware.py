"""Firmware updates, plain and signed (OCPP 1.6 ed. 2 - 4.5, 5.19; security whitepaper ed. 3 - L01)."""

from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.files import attempts, package, request_id
from ..dialogue.progress import firmware_status_notification
from ..model.commands import Signature, Transfer
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {
    "FirmwareStatusNotification": firmware_status_notification,
    "SignedFirmwareStatusNotification": firmware_status_notification,
}


class Firmware(Block):
    """New firmware for one station."""

    async def update(self, source: Transfer, signature: Signature | None = None) -> None:
        """Ask the station to fetch and install firmware; progress comes as events."""
        firmware = package(self._station, source, signature)
        if signature is None:
            request = {"location": firmware["location"], "retrieveDate": firmware["retrieveDateTime"]}
            await self._call("UpdateFirmware", request | attempts(source))
            return
        signed: Payload = {"requestId": request_id(self._station), "firmware": firmware}
        consent(await self._call("SignedUpdateFirmware", signed | attempts(source)), "Accepted", "AcceptedCanceled")
