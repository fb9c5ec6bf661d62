"""Firmware updates and their publication on a local network (OCPP 2.0.1 ed. 3 - L01 to L04)."""

from datetime import datetime
from typing import Final

from ..dialogue import progress
from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text, whole
from ..dialogue.files import attempts, location, package, request_id
from ..model.commands import Signature, Transfer
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload

NEWEST: Final = "firmware_request"
"""Under this the number of the newest update is remembered."""


def firmware_status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell how far the newest update is; one that was replaced by it (L01.FR.24) has nothing more to say."""
    number = whole(payload, "requestId")
    newest = station.ledger.recall(station.name, NEWEST)
    if number is None and text(payload, "status") != "Idle":
        station.count("firmware status without its request")  # L01.FR.20, L02.FR.14: mandatory unless Idle
    if number is not None and isinstance(newest, int) and 0 < number < newest:
        station.count("status of a replaced update")
        return {}
    return progress.firmware_status_notification(station, payload, now)


def publish_firmware_status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell how far a publication is, and where the firmware lies once it is published (L03.FR.04)."""
    status, places = text(payload, "status", 50), payload.get("location") or ()
    if status not in {"", "Idle"}:
        data = {"status": status, "published": " ".join(map(str, places)), "request": whole(payload, "requestId")}
        station.emit(Event(Kind.FIRMWARE, now, data=data))
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "FirmwareStatusNotification": firmware_status_notification,
    "PublishFirmwareStatusNotification": publish_firmware_status_notification,
}


class Firmware(Block):
    """New firmware for one station."""

    async def update(self, source: Transfer, signature: Signature | None = None) -> None:
        """Ask the station to fetch and install firmware; progress comes as events."""
        firmware, number = package(self._station, source, signature), request_id(self._station)
        request: Payload = {"requestId": number, "firmware": firmware} | attempts(source)
        consent(await self._call("UpdateFirmware", request), "Accepted", "AcceptedCanceled")
        self._station.keep(NEWEST, number)


class Publishing(Block):
    """Firmware that one local controller offers to the stations behind it."""

    async def publish(self, source: Transfer, checksum: str) -> None:
        """Ask for a firmware file (MD5 `checksum`) to be fetched and published; progress comes as events."""
        request: Payload = {
            "location": location(self._station, source.location),
            "checksum": checksum,
            "requestId": request_id(self._station),
        }
        consent(await self._call("PublishFirmware", request | attempts(source)))

    async def unpublish(self, checksum: str) -> None:
        """End a publication; raises Refused (DownloadOngoing, NoFirmware)."""
        consent(await self._call("UnpublishFirmware", {"checksum": checksum}), "Unpublished")
