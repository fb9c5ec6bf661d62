"""Limits that others have set at a station (OCPP 2.0.1 ed. 3 - K11 to K14)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock, effect
from ..dialogue.call import Handler
from ..dialogue.fields import text, whole
from ..dialogue.place import evse_at
from ..model.commands import Schedule
from ..model.errors import Refused
from ..model.evse import Evse
from ..model.external import Announced
from ..model.limit import ExternalLimit
from ..model.station import Station
from ..wire.frame import Payload

SOURCES: Final = 16
"""So many others may limit a station (2.1 lets anybody invent a word for himself)."""


def notify_charging_limit(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note a limit of somebody else (K11.FR.02, K12.FR.02); without an EVSE it is of the whole station."""
    told = payload["chargingLimit"]
    if told.get("isLocalGeneration") is True:
        return {}  # OCPP 2.1 - K27: it adds to what there is
    source = text(told, "chargingLimitSource", 20)
    part = _part(station, payload)
    external = part.external
    if source not in external.sources and len(external.sources) >= SOURCES:
        station.count("too many sources of limits")
        return {}
    before = external.next(now)
    if external.announce(source, _announced(station, payload, now), now) or external.next(now) != before:
        station.changed(part)
    return {}


def cleared_charging_limit(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note that somebody has released his limit (K13.FR.02)."""
    part = _part(station, payload)
    if part.external.release(text(payload, "chargingLimitSource", 20)):
        station.changed(part)
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "ClearedChargingLimit": cleared_charging_limit,
    "NotifyChargingLimit": notify_charging_limit,
}


def _part(station: Station, payload: Payload) -> Station | Evse:
    number = whole(payload, "evseId")
    return (evse_at(station, number) if number else None) or station


def _announced(station: Station, payload: Payload, now: datetime) -> Announced:
    """At each moment the lowest of the limits that are told (A per phase)."""
    told = payload["chargingLimit"]
    source, critical = text(told, "chargingLimitSource", 20), told.get("isGridCritical") is True
    moves: dict[datetime, dict[int, float | None]] = defaultdict(dict)
    for place, schedule in enumerate(_schedules(payload)):
        for moment, amps in _moves(station, schedule, now):
            moves[moment][place] = amps
    if not moves:
        return Announced(((now, ExternalLimit(source, None, critical)),))
    ruling: dict[int, float | None] = {}
    turns: list[tuple[datetime, ExternalLimit | None]] = []
    for moment in sorted(moves):
        ruling |= moves[moment]
        lowest = min((amps for amps in ruling.values() if amps is not None), default=None)
        limit = None if lowest is None else ExternalLimit(source, lowest, critical)
        if not turns or turns[-1][1] != limit:
            turns.append((moment, limit))
    return Announced(tuple(turns))


def _schedules(payload: Payload) -> Iterator[Schedule]:
    for told in payload.get("chargingSchedule") or ():
        try:
            schedule = effect.schedule(told, 0)
        except Refused:
            continue
        if schedule.periods:
            yield schedule


def _moves(station: Station, schedule: Schedule, now: datetime) -> Iterator[tuple[datetime, float | None]]:
    """From when on a schedule limits to how much, None where it has ended (K01.FR.11, K01.FR.12)."""
    begin = now if schedule.begin is None else clock.ours(station, schedule.begin)
    for period, amps in zip(schedule.periods, effect.per_phase(schedule), strict=True):
        if schedule.duration is None or period.start < schedule.duration:
            yield begin + timedelta(seconds=period.start), amps
    if schedule.duration is not None:
        yield begin + timedelta(seconds=schedule.duration), None
