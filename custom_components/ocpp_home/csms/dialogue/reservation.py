"""Reservations: what every version does alike (OCPP 1.6 ed. 2 - 3.11, 5.1, 5.13; OCPP 2.0.1 ed. 3 - H)."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Final

from ..model.event import Event, Kind
from ..model.evse import Evse, Status
from ..model.reservation import Reservation
from ..model.station import Station
from ..wire.frame import Payload
from .call import Caller, consent

ENDS: Final = frozenset({Status.FAULTED, Status.UNAVAILABLE})


class Reserving(ABC):
    """The reservations of one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Reserve at `station` through `call`."""
        self._station = station
        self._call = call

    @abstractmethod
    def request(self, reservation: Reservation) -> Payload:
        """The request in the words of the version."""

    async def reserve(self, reservation: Reservation) -> None:
        """Reserve, or change the reservation of the same id; 0 is any EVSE. Raises Refused with the station's word."""
        consent(await self._call("ReserveNow", self.request(reservation)))
        evse = self._station.evse(reservation.evse) if reservation.evse else self._station.sole_evse()
        if evse is not None:
            evse.reservation = reservation
            self._station.changed(evse)
        used(self._station, reservation.id, besides=evse)
        now = datetime.now(UTC)
        self._station.agenda.held(reservation, now)
        told: dict[str, str | int] = {"reservation": reservation.id, "until": reservation.until.isoformat()}
        self._station.emit(Event(Kind.RESERVED, now, reservation.evse, told))

    async def cancel(self, reservation: int) -> None:
        """Give the EVSE free again; Rejected where the station knows of no such reservation."""
        consent(await self._call("CancelReservation", {"reservationId": reservation}))
        self._station.agenda.gone(reservation)
        used(self._station, reservation)


def used(station: Station, reservation: int, besides: Evse | None = None) -> None:
    """Note that a reservation is over: a transaction used it, it was cancelled, or has moved to another EVSE."""
    for evse in station.evses.values():
        if evse is not besides and evse.reservation is not None and evse.reservation.id == reservation:
            evse.reservation = None
            station.changed(evse)


def lapse(station: Station, evse: Evse, before: Status | None, now: datetime) -> None:
    """End a reservation when its time is reached, or when the EVSE is Faulted, Unavailable or free again.

    OCPP 1.6 ed. 2 - 5.13.
    """
    held = evse.reservation
    free = before is Status.RESERVED and evse.status is Status.AVAILABLE
    if held is not None and (free or held.until <= now or evse.status in ENDS):
        used(station, held.id)
