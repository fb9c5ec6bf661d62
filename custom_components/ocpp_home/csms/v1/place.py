"""Connectors are EVSEs: 1.6 knows no other word for the place where a car is charged."""

from ..dialogue.fields import whole
from ..dialogue.place import (
    MAX_EVSES as MAX_EVSES,  # noqa: PLC0414 - connectors are bounded as EVSEs are
    evse_at,
)
from ..model.evse import Evse
from ..model.station import Station
from ..wire.frame import Payload


def evse_of(station: Station, payload: Payload) -> Evse | None:
    """The EVSE that `connectorId` names: n is EVSE n; 0 is the only EVSE of a station that has one, else None."""
    return evse_at(station, whole(payload, "connectorId"))
