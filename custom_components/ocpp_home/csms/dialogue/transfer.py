"""DataTransfer in both directions (OCPP 1.6 ed. 2 - 3.12, 4.3, 5.6; OCPP 2.0.1 ed. 3 - P01, P02)."""

from datetime import datetime
import json
from typing import Final

from ..model.errors import Refused
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload
from .call import Caller, Handler, consent
from .fields import text

TAKEN: Final = {"generalconfiguration": frozenset({"setmeterconfiguration"})}
"""Messages that only tell something and want to hear Accepted, by casefolded vendor id."""
LONGEST: Final = 4096
"""So much of the data is told as an event."""


def data_transfer(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell everybody who listens what a station says in its vendor's own words, and answer what is true of us.

    OCPP 1.6 ed. 2 - 4.3, OCPP 2.0.1 ed. 3 - P02.FR.06, P02.FR.07: without an implementation for the vendor the answer
    is UnknownVendorId, for the message UnknownMessageId.
    """
    vendor, message = text(payload, "vendorId"), text(payload, "messageId", 50)
    data = {"vendor": vendor, "message": message or None, "data": _data(payload.get("data"))}
    station.emit(Event(Kind.DATA_TRANSFER, now, data=data))
    messages = TAKEN.get(vendor.casefold())
    if messages is None:
        return {"status": "UnknownVendorId"}
    return {"status": "Accepted" if message.casefold() in messages else "UnknownMessageId"}


async def transfer(call: Caller, vendor: str, message: str | None = None, data: str | None = None) -> str | None:
    """Send a vendor's own message; gives the data of the answer. Raises Refused with the station's word."""
    request = {"vendorId": vendor, "messageId": message, "data": data}
    answer = await call("DataTransfer", {name: value for name, value in request.items() if value is not None})
    told = _data(answer.get("data"))
    try:
        consent(answer)
    except Refused as refusal:
        raise Refused(refusal.status, told or "") from refusal
    return told


def _data(value: object) -> str | None:
    """The data as text; some stations send an object where a text belongs."""
    if value is None:
        return None
    return (value if isinstance(value, str) else json.dumps(value))[:LONGEST]


REQUESTS: Final[dict[str, Handler]] = {"DataTransfer": data_transfer}
