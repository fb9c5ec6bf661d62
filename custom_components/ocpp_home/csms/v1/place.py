"""Connectors are EVSEs: 1.6 knows no other word for the place where a car is charged."""

from typing import Final

from ..dialogue.fields import whole
from ..model.evse import Evse
from ..model.station import Station
from ..wire.frame import Payload

MAX_EVSES: Final = 64
"""No station has more connectors; a higher number is an error or an attack."""


def evse_of(station: Station, payload: Payload) -> Evse | None:
    """The EVSE that `connectorId` names: n is EVSE n; 0 is the only EVSE of a station that has one, else None."""
    connector = whole(payload, "connectorId") or 0
    if connector in station.evses or 0 < connector <= MAX_EVSES:
        return station.evse(connector)
    return station.sole_evse() if connector == 0 else None
