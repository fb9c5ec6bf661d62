"""Limits that others have set at a station (OCPP 2.0.1 ed. 3 - K11 to K14)."""

from datetime import datetime
from typing import Final

from ..dialogue import effect
from ..dialogue.call import Handler
from ..dialogue.fields import text, whole
from ..dialogue.place import evse_at
from ..model.errors import Refused
from ..model.evse import Evse
from ..model.limit import ExternalLimit
from ..model.station import Station
from ..wire.frame import Payload

SOURCES: Final = 16
"""So many others may limit a station (2.1 lets anybody invent a word for himself)."""


def notify_charging_limit(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note a limit of somebody else (K11.FR.02, K12.FR.02); without an EVSE it is of the whole station."""
    told = payload["chargingLimit"]
    source = text(told, "chargingLimitSource", 20)
    part = _part(station, payload)
    limit = ExternalLimit(source, _amps(payload), told.get("isGridCritical") is True)
    if source not in part.external and len(part.external) >= SOURCES:
        station.count("too many sources of limits")
    elif part.external.get(source) != limit:
        part.external[source] = limit
        station.changed(part)
    return {}


def cleared_charging_limit(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note that somebody has released his limit (K13.FR.02)."""
    part = _part(station, payload)
    if part.external.pop(text(payload, "chargingLimitSource", 20), None) is not None:
        station.changed(part)
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "ClearedChargingLimit": cleared_charging_limit,
    "NotifyChargingLimit": notify_charging_limit,
}


def _part(station: Station, payload: Payload) -> Station | Evse:
    number = whole(payload, "evseId")
    return (evse_at(station, number) if number else None) or station


def _amps(payload: Payload) -> float | None:
    """The lowest of the limits that are told (A per phase)."""
    found: list[float] = []
    for schedule in payload.get("chargingSchedule") or ():
        try:
            amps = effect.scheduled(effect.schedule(schedule, 0))
        except Refused:
            continue
        if amps is not None:
            found.append(amps)
    return min(found, default=None)
