"""StatusNotification (OCPP 2.0.1 ed. 3 - G01), and the nine words for what it and a transaction tell together."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Handler
from ..dialogue.fields import text, whole
from ..dialogue.place import MAX_EVSES
from ..model.evse import PLUGGED, Evse, Status
from ..model.meter import Quantity
from ..model.station import Station
from ..wire.frame import Payload
from .place import connector_of

STATUSES: Final = {
    "available": Status.AVAILABLE,
    "occupied": Status.PREPARING,
    "reserved": Status.RESERVED,
    "unavailable": Status.UNAVAILABLE,
    "faulted": Status.FAULTED,
}
"""ConnectorStatusEnumType; how far an occupied connector has come, its transaction tells."""
RANKS: Final = (Status.FAULTED, Status.UNAVAILABLE, Status.AVAILABLE, Status.RESERVED, Status.PREPARING)
"""Of an EVSE with several connectors the one in use tells its status, then one that can be used."""
STATES: Final = {
    "charging": Status.CHARGING,
    "evconnected": Status.PREPARING,
    "suspendedev": Status.SUSPENDED_EV,
    "suspendedevse": Status.SUSPENDED_EVSE,
}
"""ChargingStateEnumType; `Idle` is a transaction without a car."""
OUT: Final = frozenset({Status.FAULTED, Status.UNAVAILABLE})
OF_THE_CAR: Final = (Quantity.SOC,)
"""What is true of a car and leaves with it."""


def status_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take over what a connector is doing; some stations tell of the station as a whole with EVSE 0."""
    clock.learn(station, payload.get("timestamp"), now)
    at = min(clock.read(station, payload.get("timestamp"), now).at, now)
    number = whole(payload, "evseId") or 0
    status = STATUSES.get(text(payload, "connectorStatus").casefold())
    if not 0 <= number <= MAX_EVSES or status is None:
        station.count("unknown connector or status")
    elif number == 0:
        if station.status is not status:
            station.status = status
            station.changed(station)
    else:
        connector_status(station, station.evse(number), whole(payload, "connectorId"), status, at)
    return {}


def connector_status(station: Station, evse: Evse, number: int | None, status: Status, at: datetime) -> None:
    """Take over the status of a connector, and what it means for its EVSE."""
    connector = connector_of(evse, number or 1)
    if connector is None:
        station.count("unknown connector or status")
        return
    if evse.status_at is not None and at < evse.status_at - timedelta(seconds=1) and len(evse.connectors) == 1:
        station.count("late status")
        return
    evse.status_at = at
    before = (evse.status, connector.status, evse.plugged_hint)
    connector.status = status
    _combine(evse)
    if before != (evse.status, connector.status, evse.plugged_hint):
        station.changed(evse)


def charging_state(evse: Evse, word: str) -> None:
    """Take over how far the transaction of an EVSE has come, if it says so."""
    if not word:
        return
    state = STATES.get(word.casefold())
    evse.plugged_hint = state is not None
    if _connectors(evse) in OUT:
        return
    if state is None:
        evse.status = Status.FINISHING if evse.status in PLUGGED else Status.PREPARING
    else:
        evse.status = state


def released(evse: Evse) -> None:
    """A transaction has ended: whoever still occupies the connector is finishing."""
    status = _connectors(evse)
    evse.status = Status.FINISHING if status in {None, Status.PREPARING} else status


def _combine(evse: Evse) -> None:
    status = _connectors(evse)
    if status in {Status.AVAILABLE, Status.RESERVED}:
        evse.plugged_hint = False
        evse.meter.forget(*OF_THE_CAR)
    if status is Status.PREPARING:
        evse.plugged_hint = True
        if evse.status in PLUGGED:
            return  # a car that is charging, or done, occupies its connector all the same
    if status is not Status.FAULTED:
        evse.operative = status is not Status.UNAVAILABLE
    evse.status = status


def _connectors(evse: Evse) -> Status | None:
    """What the connectors of an EVSE say together; None while they say nothing."""
    told = [connector.status for connector in evse.connectors.values() if connector.status is not None]
    return max(told, key=RANKS.index, default=None)


REQUESTS: Final[dict[str, Handler]] = {"StatusNotification": status_notification}
