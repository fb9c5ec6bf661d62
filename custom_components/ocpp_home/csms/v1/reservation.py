"""Reservations in the words of OCPP 1.6 ed. 2 - 5.1, 5.13."""

from typing import Final

from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.reservation import Reserving
from ..model.reservation import Reservation
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}


class Reservations(Reserving):
    """The reservations of one station."""

    def request(self, reservation: Reservation) -> Payload:
        """ReserveNow; connector 0 is any."""
        request: Payload = {
            "connectorId": reservation.evse,
            "expiryDate": stamp(reservation.until),
            "idTag": reservation.token,
            "reservationId": reservation.id,
        }
        return request if reservation.group is None else request | {"parentIdTag": reservation.group}
