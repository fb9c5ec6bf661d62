"""StatusNotification (OCPP 1.6 ed. 2 - 4.9)."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Handler
from ..dialogue.fields import text, whole
from ..dialogue.reservation import lapse
from ..model.event import Event, Kind
from ..model.evse import Evse, Problem, Status
from ..model.meter import Quantity
from ..model.station import Station
from ..wire.frame import Payload
from .place import MAX_EVSES

STATUSES: Final = {status.casefold(): status for status in Status}
OCCUPIED: Final = "occupied"
"""The word of OCPP 1.5 for the five statuses from Preparing to Finishing."""
OF_THE_CAR: Final = (Quantity.SOC,)
"""What is true of a car and leaves with it."""


def status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take over what a connector, or the station as a whole (0), is doing."""
    clock.learn(station, payload.get("timestamp"), now)
    at = min(clock.read(station, payload.get("timestamp"), now).at, now)
    connector = whole(payload, "connectorId") or 0
    if connector == 0:
        _station(station, payload, at)
    elif 0 < connector <= MAX_EVSES:
        _evse(station, station.evse(connector), payload, at)
    else:
        station.count("unknown connector")
    return {}


def _station(station: Station, payload: Payload, at: datetime) -> None:
    before = (station.status, station.problem)
    station.status = status_of(payload, None) or station.status
    station.problem = _problem(payload, at, station.problem)
    _tell(station, 0, before[1], station.problem, at)
    if before != (station.status, station.problem):
        station.changed(station)


def _evse(station: Station, evse: Evse, payload: Payload, at: datetime) -> None:
    if evse.status_at is not None and at < evse.status_at - timedelta(seconds=1):
        station.count("late status")
        return
    evse.status_at = at
    before = (evse.status, evse.problem)
    evse.status = status_of(payload, evse) or evse.status
    evse.problem = _problem(payload, at, evse.problem)
    evse.connectors[1].status = evse.status
    lapse(station, evse, before[0], at)
    if evse.status is Status.AVAILABLE:
        evse.meter.forget(*OF_THE_CAR)
    if evse.status is not None and evse.status is not Status.FAULTED:
        evse.operative = evse.status is not Status.UNAVAILABLE
    _tell(station, evse.id, before[1], evse.problem, at)
    if before != (evse.status, evse.problem):
        station.changed(evse)


def status_of(payload: Payload, evse: Evse | None) -> Status | None:
    """The status of a message; None where its word is not known."""
    word = text(payload, "status").casefold()
    if word == OCCUPIED:
        return Status.CHARGING if evse is not None and evse.transaction is not None else Status.PREPARING
    return STATUSES.get(word)


def _problem(payload: Payload, at: datetime, known: Problem | None) -> Problem | None:
    """What is wrong, in the station's words; the same problem keeps the time it began."""
    code, status = text(payload, "errorCode", 50), text(payload, "status", 50)
    if status and status.casefold() not in STATUSES and status.casefold() != OCCUPIED:
        code = code if code not in {"", "NoError"} else status
    if code in {"", "NoError"} and status.casefold() != "faulted":
        return None
    problem = Problem(
        code="OtherError" if code in {"", "NoError"} else code,
        info=text(payload, "info", 200),
        vendor=text(payload, "vendorId"),
        vendor_code=text(payload, "vendorErrorCode", 50),
        since=at,
    )
    return known if known is not None and _same(known, problem) else problem


def _same(one: Problem, other: Problem) -> bool:
    return (one.code, one.info, one.vendor_code) == (other.code, other.info, other.vendor_code)


def _tell(station: Station, evse: int, before: Problem | None, problem: Problem | None, at: datetime) -> None:
    """Tell of a problem that came or went; a warning that only changes its text is still told."""
    if problem is before:
        return
    if problem is None:
        station.emit(Event(Kind.FAULT_CLEARED, at, evse))
        return
    data = {"code": problem.code, "info": problem.info, "vendor_code": problem.vendor_code}
    station.emit(Event(Kind.FAULT, at, evse, data))


REQUESTS: Final[dict[str, Handler]] = {"StatusNotification": status_notification}
