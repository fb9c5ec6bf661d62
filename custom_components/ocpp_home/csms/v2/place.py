"""Which EVSE and connector an `evse` of a message is (OCPP 2.0.1 ed. 3 - 2.23 EVSEType)."""

from typing import Final

from ..dialogue.fields import whole
from ..dialogue.place import evse_at
from ..model.evse import Connector, Evse
from ..model.station import Station
from ..wire.frame import Payload

MAX_CONNECTORS: Final = 16
"""No EVSE has more connectors; a higher number is an error or an attack."""


def evse_of(station: Station, payload: Payload) -> Evse | None:
    """The EVSE that `evse.id` names; without one the only EVSE of a station that has one, else None."""
    return evse_at(station, whole(_place(payload), "id"))


def connector_of(evse: Evse, number: int | None) -> Connector | None:
    """The connector of that number, which may be new; None for what cannot be one."""
    if number is None or not 0 < number <= MAX_CONNECTORS:
        return None
    return evse.connectors.setdefault(number, Connector(number))


def connector_number(payload: Payload) -> int | None:
    """The connector that `evse.connectorId` names."""
    return whole(_place(payload), "connectorId")


def _place(payload: Payload) -> Payload:
    place = payload.get("evse")
    return place if isinstance(place, dict) else {}
