"""Reservations in the words of 2.x, and how the station ends them."""

from datetime import timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import TokenType
from custom_components.ocpp_home.csms.v2 import reservation
from custom_components.ocpp_home.csms.v2.reservation import Reservations
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve

LATER = NOW + timedelta(hours=1)
MINE = Reservation(5, 1, "AABBCCDD", LATER, type=TokenType.ISO14443)


async def test_an_evse_is_reserved(station: Station, old_peer: Peer, old_call: Caller) -> None:
    """H01.FR.03, H01.FR.23."""
    old_peer.answers["ReserveNow"] = {"status": "Accepted"}
    await Reservations(station, old_call).reserve(MINE)
    assert old_peer.asked == [
        (
            "ReserveNow",
            {
                "id": 5,
                "expiryDateTime": "2026-06-01T13:00:00Z",
                "idToken": {"idToken": "AABBCCDD", "type": "ISO14443"},
                "evseId": 1,
            },
        )
    ]
    assert station.evse(1).reservation == MINE


async def test_any_evse_with_a_certain_plug_is_reserved_for_a_group(
    station: Station, old_peer: Peer, old_call: Caller
) -> None:
    """H01.FR.04, H01.FR.06, H03."""
    old_peer.answers["ReserveNow"] = {"status": "Accepted"}
    anything = Reservation(6, 0, "AABBCCDD", LATER, group="FAMILY", connector_type="cType2")
    await Reservations(station, old_call).reserve(anything)
    ((_, asked),) = old_peer.asked
    assert "evseId" not in asked
    assert asked["connectorType"] == "cType2"
    assert asked["groupIdToken"] == {"idToken": "FAMILY", "type": "Central"}


@pytest.mark.parametrize("word", ["Expired", "Removed"])
async def test_the_station_ends_a_reservation(station: Station, peer: Peer, events: list[Event], word: str) -> None:
    """H01.FR.16, H01.FR.17, H04.FR.01."""
    serve(peer, station, reservation.REQUESTS)
    station.evse(1).reservation = MINE
    told = {"reservationId": 5, "reservationUpdateStatus": word}
    assert (await peer.says("ReservationStatusUpdate", told))[2] == {}
    assert station.evse(1).reservation is None
    assert [(event.kind, event.data) for event in events] == [(Kind.RESERVATION, {"reservation": 5, "status": word})]


def test_a_reservation_without_a_number_is_nobodys(station: Station) -> None:
    station.evse(1).reservation = MINE
    assert reservation.reservation_status_update(station, {"reservationUpdateStatus": "Removed"}, NOW) == {}
    assert station.evse(1).reservation == MINE
