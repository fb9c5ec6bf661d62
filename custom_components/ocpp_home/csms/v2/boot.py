"""BootNotification and Heartbeat (OCPP 2.0.1 ed. 3 - B01 to B03, G02)."""

from datetime import datetime
from typing import Final

from ..dialogue import boot
from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..model.station import Identity, Station
from ..wire.frame import Payload

HOLDS: Final = 3
"""After so many boots a station is accepted, set up or not: it is there to charge."""
HELD: Final = 180
"""When a station that is held back tries again (s); as soon as it is set up it is asked to."""


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
    """Accept a station that has started, or hold it back until it is set up."""
    identity = introduce(payload)
    if station.certified not in {None, identity.serial}:
        # OCPP 2.0.1 ed. 3 - B01.FR.12: "the SerialNumber in the BootNotificationRequest does NOT equal the Serial
        # Number in the Certificate Common Name / The CSMS SHALL close WebSocket connection."
        raise boot.Impostor
    if _held_back(station):
        station.identify(identity)
        return {"status": "Pending", "currentTime": stamp(now), "interval": HELD}
    return boot.greet(station, identity, now, text(payload, "reason", 50))


def _held_back(station: Station) -> bool:
    """B02.FR.01: "the CSMS wants to retrieve or set certain information ... before it will accept" the station."""
    if not station.settings.hold_back or station.prepared or station.held_back >= HOLDS:
        station.held_back, station.prepared = 0, False
        return False
    station.held_back += 1
    return True


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


REQUESTS: Final[dict[str, Handler]] = {"BootNotification": boot_notification, **boot.REQUESTS}
