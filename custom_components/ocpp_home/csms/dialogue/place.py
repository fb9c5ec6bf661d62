"""Where a car is charged: which EVSE a number in a message stands for."""

from typing import Final

from ..model.evse import Evse
from ..model.station import Station

MAX_EVSES: Final = 64
"""No station has more EVSEs; a higher number is an error or an attack."""


def evse_at(station: Station, number: int | None) -> Evse | None:
    """The EVSE of that number; 0 or none is the only EVSE of a station that has one, else None."""
    number = number or 0
    if number in station.evses or 0 < number <= MAX_EVSES:
        return station.evse(number)
    return station.sole_evse() if number == 0 else None
