"""BootNotification and Heartbeat (OCPP 2.0.1 ed. 3 - B01 to B03, G02)."""

from datetime import datetime
from typing import Final

from ..dialogue import boot
from ..dialogue.call import Handler
from ..dialogue.fields import text
from ..model.station import Identity, Station
from ..wire.frame import Payload


def introduce(payload: Payload) -> Identity:
    """What a station says it is; fields are brought to what is safe to show and to store."""
    station = _part(payload, "chargingStation")
    modem = _part(station, "modem")
    return Identity(
        vendor=text(station, "vendorName", 50),
        model=text(station, "model", 50),
        serial=text(station, "serialNumber", 50),
        firmware=text(station, "firmwareVersion", 50),
        iccid=text(modem, "iccid", 20),
        imsi=text(modem, "imsi", 20),
    )


def boot_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Accept a station that has started."""
    return boot.greet(station, introduce(payload), now, text(payload, "reason", 50))


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


REQUESTS: Final[dict[str, Handler]] = {"BootNotification": boot_notification, **boot.REQUESTS}
