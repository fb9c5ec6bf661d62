"""A station has started: it is let in, and what it may have forgotten is doubted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.event import Event, Kind
from ..model.station import Identity, Station
from ..wire.frame import Payload
from ..wire.link import Reject
from . import clock
from .call import Handler
from .clock import stamp

SANE: Final = 2025
"""A computer that believes it is earlier has no time to give (a Raspberry Pi before it has reached a time server)."""
PATIENCE: Final = 30
LOOP: Final = 4
KEPT: Final = 100
"""So many boots of late are remembered."""
LOOP_WINDOW: Final = timedelta(minutes=10)
"""So many boots within this time are a loop."""


class Impostor(Reject):
    """A station says that it is another than its certificate says (OCPP 2.0.1 ed. 3 - B01.FR.11)."""

    def __init__(self) -> None:
        super().__init__("SecurityError", "The certificate belongs to another station")


def greet(station: Station, identity: Identity, now: datetime, reason: str = "") -> Payload:
    """Take over what a station says it is, and answer its boot."""
    station.identify(identity)
    if now.year < SANE:
        return {"status": "Pending", "currentTime": stamp(now), "interval": PATIENCE}
    station.booted_at = now
    late = [boot for boot in station.boots if now - boot < LOOP_WINDOW]
    station.boots = [*late[-KEPT:], now]
    clock.unlearn(station)
    _in_force(station)
    if looping(station):
        station.notice("boot_loop", boots=str(len(station.boots)))
    else:
        station.settle("boot_loop")
    for evse in station.evses.values():
        evse.limits.doubt()
        evse.status_at = None
    data = {"firmware": station.identity.firmware}
    station.emit(Event(Kind.BOOT, now, data={**data, "reason": reason} if reason else data))
    return {"status": "Accepted", "currentTime": stamp(now), "interval": station.settings.heartbeat_interval}


def looping(station: Station) -> bool:
    """Whether the station has booted so often of late that it is better left in peace."""
    return len(station.boots) >= LOOP


def heartbeat(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell the time."""
    return {"currentTime": stamp(now)}


def _in_force(station: Station) -> None:
    """Note that what waited for a reboot is in force now."""
    for variable in tuple(station.variables.known.values()):
        if variable.reboot_required:
            station.variables.put(replace(variable, reboot_required=False))
    station.settle("reboot_required")


REQUESTS: Final[dict[str, Handler]] = {"Heartbeat": heartbeat}
