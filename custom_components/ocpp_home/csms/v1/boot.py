"""BootNotification and Heartbeat (OCPP 1.6 ed. 2 - 4.2, 4.6)."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Handler
from ..dialogue.clock import stamp as stamp  # noqa: PLC0414 - the guest room answers boots too
from ..dialogue.fields import text
from ..model.event import Event, Kind
from ..model.station import Identity, Station
from ..wire.frame import Payload
from . import configuration

SANE: Final = 2025
"""A computer that believes it is earlier has no time to give (a Raspberry Pi before it has reached a time server)."""
PATIENCE: Final = 30
LOOP: Final = 4
LOOP_WINDOW: Final = timedelta(minutes=10)
"""So many boots within this time are a loop."""


def introduce(payload: Payload) -> Identity:
    """What a station says it is; fields are brought to what is safe to show and to store."""
    return Identity(
        vendor=text(payload, "chargePointVendor", 50),
        model=text(payload, "chargePointModel", 50),
        serial=text(payload, "chargePointSerialNumber", 50) or text(payload, "chargeBoxSerialNumber", 50),
        firmware=text(payload, "firmwareVersion", 50),
        iccid=text(payload, "iccid", 20),
        imsi=text(payload, "imsi", 20),
        meter_type=text(payload, "meterType", 50),
        meter_serial=text(payload, "meterSerialNumber", 50),
    )


def boot_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Accept a station that has started, and doubt whatever it may have forgotten."""
    station.identify(introduce(payload))
    if now.year < SANE:
        return {"status": "Pending", "currentTime": stamp(now), "interval": PATIENCE}
    station.booted_at = now
    station.boots = [boot for boot in station.boots if now - boot < LOOP_WINDOW] + [now]
    clock.unlearn(station)
    configuration.rebooted(station)
    if looping(station):
        station.notice("boot_loop", boots=str(len(station.boots)))
    else:
        station.settle("boot_loop")
    for evse in station.evses.values():
        evse.limits.doubt()
        evse.status_at = None
    station.emit(Event(Kind.BOOT, now, data={"firmware": station.identity.firmware}))
    return {"status": "Accepted", "currentTime": stamp(now), "interval": station.settings.heartbeat_interval}


def looping(station: Station) -> bool:
    """Whether the station has booted so often of late that it is better left in peace."""
    return len(station.boots) >= LOOP


def heartbeat(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell the time."""
    return {"currentTime": stamp(now)}


REQUESTS: Final[dict[str, Handler]] = {"BootNotification": boot_notification, "Heartbeat": heartbeat}
