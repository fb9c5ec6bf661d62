"""What stations tell of updates and uploads; Idle only answers a question."""

from datetime import datetime

from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload
from .fields import text, whole


def firmware_status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell how far an update is, plain or signed."""
    status = text(payload, "status", 50)
    station.firmware_status = status or station.firmware_status
    if status not in {"", "Idle"}:
        station.emit(Event(Kind.FIRMWARE, now, data={"status": status} | _reason(payload)))
    station.changed(station)
    return {}


def log_status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell how far an upload is."""
    status = text(payload, "status", 50)
    station.log_status = status or station.log_status
    if status not in {"", "Idle"}:
        data = {"status": status, "request": whole(payload, "requestId")} | _reason(payload)
        station.emit(Event(Kind.LOG, now, data=data))
    station.changed(station)
    return {}


def _reason(payload: Payload) -> dict[str, str]:
    """Why, where a station says so (statusInfo of OCPP 2.1)."""
    info = payload.get("statusInfo")
    if not isinstance(info, dict):
        return {}
    return {"info": " ".join(filter(None, (text(info, "reasonCode", 20), text(info, "additionalInfo", 1024))))}
