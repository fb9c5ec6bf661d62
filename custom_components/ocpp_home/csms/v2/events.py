"""NotifyEvent (OCPP 2.0.1 ed. 3 - N07, N08): values, and what is wrong."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Handler
from ..dialogue.fields import parse, text, whole
from ..dialogue.intake import live, take
from ..dialogue.place import MAX_EVSES
from ..dialogue.sampled import meaning_of
from ..model.event import Event, Kind
from ..model.evse import Evse, Problem
from ..model.meter import Quantity, Reading
from ..model.monitor import Monitor
from ..model.standard_variables import secret
from ..model.station import Station
from ..model.variable import Variable, VariableKey
from ..wire.frame import Payload
from . import keys, status

TROUBLES: Final = frozenset({"fault", "overload", "problem", "tripped"})
"""Variables that are true while something is wrong (OCPP 2.0.1 ed. 3 - appendix 3)."""
ALERTING: Final = "Alerting"
GRAVE: Final = range(6)
"""Severities of what is wrong, from 0 (danger) to 5 (alert); what is less is only news."""
MEASURED: Final = {
    "accurrent": Quantity.CURRENT_IMPORT,
    "acvoltage": Quantity.VOLTAGE,
    "dccurrent": Quantity.CURRENT_IMPORT,
    "dcvoltage": Quantity.VOLTAGE,
    "energyexportregister": Quantity.ENERGY_EXPORT,
    "energyimportregister": Quantity.ENERGY_IMPORT,
    "frequency": Quantity.FREQUENCY,
    "power": Quantity.POWER,
    "stateofcharge": Quantity.SOC,
    "temperature": Quantity.TEMPERATURE,
}
"""Variables that are measurands by another name."""
PLACES: Final = {
    "chargingstation": "Outlet",
    "connectedev": "EV",
    "connector": "Outlet",
    "electricalfeed": "Inlet",
    "evse": "Outlet",
    "fiscalmetering": "Outlet",
    "temperaturesensor": "Body",
}
"""Components that measure, and where."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A value a station told by itself, and why."""

    key: VariableKey
    value: str
    at: datetime
    trigger: str = "Periodic"
    severity: int | None = None
    cleared: bool = False
    info: str = ""
    code: str = ""


def notify_event(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take over what a station tells by itself; each part of a message that comes in several stands for itself."""
    clock.learn(station, payload.get("generatedAt"), now)
    for entry in payload.get("eventData") or ():
        if isinstance(entry, dict):
            observe(station, _seen(station, entry, now), now)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"NotifyEvent": notify_event}


def observe(station: Station, seen: Seen, now: datetime) -> None:
    """Take over one value: a status, something wrong or set right, a measurement; the newest is the variable's."""
    where = seen.key.evse or 0
    if not 0 <= where <= MAX_EVSES:
        station.count("unknown EVSE")
        return
    part: Station | Evse = station.evse(where) if where else station
    name = seen.key.name.casefold()
    if name == "availabilitystate" and seen.key.component.casefold() in {"connector", "evse"}:
        _status(station, seen, now)
    elif name in TROUBLES or _alarming(seen):
        _trouble(station, part, seen, now)
    elif name in MEASURED:
        _measure(station, part, seen, now)
    if seen.trigger == ALERTING:
        _alert(station, seen, now)
    if seen.value and not secret(seen.key):
        known = station.variables.known.get(seen.key.fold) or Variable(seen.key, None, readonly=True)
        station.variables.put(replace(known, value=seen.value))
    station.changed(part)


def _seen(station: Station, entry: Payload, now: datetime) -> Seen:
    """N07.FR.20: 2.1 tells the severity, of a monitor that is known it is known anyway."""
    severity = whole(entry, "severity")
    monitor: Monitor | None = station.watch.monitors.get(whole(entry, "variableMonitoringId") or 0)
    if severity is None and monitor is not None:
        severity = monitor.severity
    return Seen(
        key=keys.read(entry),
        value=text(entry, "actualValue", 2500),
        at=min(clock.read(station, entry.get("timestamp"), now).at, now),
        trigger=text(entry, "trigger"),
        severity=severity,
        cleared=entry.get("cleared") is True,
        info=text(entry, "techInfo", 500),
        code=text(entry, "techCode", 50),
    )


def _alarming(seen: Seen) -> bool:
    """Whether an alert is about something wrong; where nobody knows how severe it is, it is taken seriously."""
    return seen.trigger == ALERTING and (seen.severity is None or seen.severity in GRAVE)


def _status(station: Station, seen: Seen, now: datetime) -> None:
    """G01 (2.1): the state of a connector may be told as an event."""
    request = {
        "timestamp": clock.stamp(seen.at),
        "connectorStatus": seen.value,
        "evseId": seen.key.evse or 0,
        "connectorId": seen.key.connector or 1,
    }
    status.status_notification(station, request, now)


def _trouble(station: Station, part: Station | Evse, seen: Seen, now: datetime) -> None:
    """Note what is wrong, or that it is right again; the same problem keeps the time it began."""
    where, fold = seen.key.evse or 0, seen.key.fold
    troubles = station.watch.troubles
    right = seen.value.casefold() in {"false", "0"} and seen.key.name.casefold() in TROUBLES
    if seen.cleared or right:
        gone = troubles.pop(fold, None)
        part.problem = station.watch.problem(where)
        if gone is not None and part.problem is None:
            station.emit(Event(Kind.FAULT_CLEARED, seen.at, where, live=now - seen.at < clock.LATE))
        return
    code = f"{seen.key.component}.{seen.key.name}"
    problem = Problem(code, info=seen.info, vendor_code=seen.code, since=seen.at)
    known = troubles.get(fold)
    if known is not None and replace(known[1], since=seen.at) == problem:
        return
    if not station.watch.trouble(fold, where, problem):
        station.count("too much wrong")
        return
    part.problem = station.watch.problem(where)
    data = {"code": problem.code, "info": problem.info, "vendor_code": problem.vendor_code}
    station.emit(Event(Kind.FAULT, seen.at, where, data, live=now - seen.at < clock.LATE))


def _alert(station: Station, seen: Seen, now: datetime) -> None:
    """N07: a monitor was tripped, or is no more."""
    data: dict[str, str | float | bool | None] = {
        "variable": seen.key.path,
        "value": None if secret(seen.key) else seen.value,
        "severity": seen.severity,
        "cleared": seen.cleared,
        "info": seen.info,
        "code": seen.code,
    }
    station.emit(Event(Kind.ALERT, seen.at, seen.key.evse or 0, data, live=now - seen.at < clock.LATE))


def _measure(station: Station, part: Station | Evse, seen: Seen, now: datetime) -> None:
    """Show a measurement; a component that there is several times is not told apart and left out."""
    place, value = PLACES.get(seen.key.component.casefold()), parse(seen.value)
    if place is None or value is None or seen.key.component_instance:
        return
    quantity = MEASURED[seen.key.name.casefold()]
    if quantity is Quantity.TEMPERATURE and place == "Outlet":
        place = "Body"
    unit = station.variables.known.get(seen.key.fold, Variable(seen.key, None)).unit
    meaning = meaning_of((quantity.value, seen.key.instance, place, "", unit))
    if isinstance(meaning, str):
        station.count(meaning)
        return
    value = value * meaning.factor + meaning.shift
    reading = Reading(meaning.quantity, value, seen.at, meaning.phase, meaning.location)
    if isinstance(part, Station):
        part.meter.update(live([reading], now))
    else:
        take(station, part, None, [reading], now)
