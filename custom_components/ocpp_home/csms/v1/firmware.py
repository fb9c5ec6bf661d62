"""Firmware updates, plain and signed (OCPP 1.6 ed. 2 - 4.5, 5.19; security whitepaper ed. 3 - L01)."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from ..dialogue.call import Caller, Handler, consent
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..model.commands import Signature, Transfer
from ..model.errors import Invalid
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload

SCHEMES: Final = frozenset({"http", "https", "ftp", "ftps", "sftp"})
"""What a station may be sent to (OCPP 1.6 ed. 2 - 8; some know sftp besides)."""


def firmware_status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell how far an update is, plain or signed; Idle only answers a question."""
    status = text(payload, "status", 50)
    station.firmware_status = status or station.firmware_status
    if status not in {"", "Idle"}:
        station.emit(Event(Kind.FIRMWARE, now, data={"status": status}))
    station.changed(station)
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "FirmwareStatusNotification": firmware_status_notification,
    "SignedFirmwareStatusNotification": firmware_status_notification,
}


class Firmware:
    """New firmware for one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Update `station` through `call`."""
        self._station = station
        self._call = call

    async def update(self, source: Transfer, signature: Signature | None = None) -> None:
        """Ask the station to fetch and install firmware; progress comes as events."""
        where, when = location(self._station, source.location), stamp(source.at or datetime.now(UTC))
        if signature is None:
            await self._call("UpdateFirmware", {"location": where, "retrieveDate": when} | attempts(source))
            return
        firmware = {
            "location": where,
            "retrieveDateTime": when,
            "signingCertificate": signature.certificate,
            "signature": signature.signature,
        }
        if signature.install_at is not None:
            firmware["installDateTime"] = stamp(signature.install_at)
        request: Payload = {"requestId": request_id(self._station), "firmware": firmware}
        consent(await self._call("SignedUpdateFirmware", request | attempts(source)), "Accepted", "AcceptedCanceled")


def location(station: Station, url: str) -> str:
    """A place the station can fetch from or send to; raises Invalid."""
    scheme = urlsplit(url).scheme.casefold()
    if scheme not in SCHEMES:
        raise Invalid(f"a station is sent to {', '.join(sorted(SCHEMES))} only, not to {scheme or 'a local file'}")
    known = station.variables.words("SupportedFileTransferProtocols")
    if known and scheme not in {word.casefold() for word in known}:
        raise Invalid(f"the station knows {', '.join(known)}, not {scheme}")
    return url


def attempts(transfer: Transfer) -> Payload:
    """How often and how far apart the station tries."""
    wanted = {"retries": transfer.retries, "retryInterval": transfer.retry_interval}
    return {name: value for name, value in wanted.items() if value is not None}


def request_id(station: Station) -> int:
    """A number no earlier request to the station had."""
    last = station.ledger.recall(station.name, "request")
    number = (int(last) if isinstance(last, int | float) else 0) + 1
    station.keep("request", number)
    return number
