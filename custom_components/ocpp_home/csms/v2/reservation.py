"""Reservations in the words of OCPP 2.0.1 ed. 3 - H01 to H04."""

from datetime import datetime
from typing import Final

from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.fields import text, whole
from ..dialogue.reservation import Reserving, used
from ..model.event import Event, Kind
from ..model.reservation import Reservation
from ..model.station import Station
from ..model.token import Token
from ..wire.frame import Payload
from .authorization import id_token


def reservation_status_update(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note that a reservation has ended without being used (H04.FR.01, H01.FR.16)."""
    number = whole(payload, "reservationId")
    status = text(payload, "reservationUpdateStatus", 50)
    station.emit(Event(Kind.RESERVATION, now, data={"reservation": number, "status": status}))
    if number is not None:
        used(station, number)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"ReservationStatusUpdate": reservation_status_update}


class Reservations(Reserving):
    """The reservations of one station."""

    def request(self, reservation: Reservation) -> Payload:
        """ReserveNow; without an EVSE it is any (H01.FR.04), of a connector type where that is wanted (H01.FR.06)."""
        request: Payload = {
            "id": reservation.id,
            "expiryDateTime": stamp(reservation.until),
            "idToken": id_token(Token(reservation.token, reservation.type)),
        }
        if reservation.evse:
            request["evseId"] = reservation.evse
        if reservation.connector_type is not None:
            request["connectorType"] = reservation.connector_type
        if reservation.group is not None:
            request["groupIdToken"] = id_token(Token(reservation.group))
        return request
