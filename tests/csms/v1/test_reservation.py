"""Reservations in the words of 1.6."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1 import status
from custom_components.ocpp_home.csms.v1.reservation import Reservations
from tests.csms.peer import Peer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
MINE = Reservation(5, 1, "CARD-1", LATER)


@pytest.fixture
def reservations(station: Station, call: Caller) -> Reservations:
    station.evse(1)
    return Reservations(station, call)


async def test_046_an_evse_is_reserved(reservations: Reservations, station: Station, peer: Peer) -> None:
    peer.answers["ReserveNow"] = {"status": "Accepted"}
    told: list[object] = []
    station.subscribe(told.append)
    await reservations.reserve(MINE)
    assert peer.told("ReserveNow") == [
        {"connectorId": 1, "expiryDate": "2026-11-24T13:00:00Z", "idTag": "CARD-1", "reservationId": 5}
    ]
    assert station.evse(1).reservation == MINE
    assert told == [station.evse(1), station]


async def test_053_a_reservation_may_be_for_a_group(reservations: Reservations, peer: Peer) -> None:
    peer.answers["ReserveNow"] = {"status": "Accepted"}
    await reservations.reserve(Reservation(5, 1, "CARD-1", LATER, group="FAMILY"))
    assert peer.told("ReserveNow")[0]["parentIdTag"] == "FAMILY"


async def test_a_tag_that_is_too_long_is_not_sent(reservations: Reservations, peer: Peer) -> None:
    with pytest.raises(Invalid):
        await reservations.reserve(Reservation(5, 1, "x" * 21, LATER))
    assert peer.asked == []


@pytest.mark.parametrize(
    ("before", "word", "ends"),
    [
        (Status.AVAILABLE, "Reserved", False),
        (Status.RESERVED, "Preparing", False),
        (Status.AVAILABLE, "Available", False),
        (Status.RESERVED, "Available", True),
        (Status.RESERVED, "Faulted", True),
        (Status.RESERVED, "Unavailable", True),
    ],
)
def test_a_status_may_end_a_reservation(station: Station, before: Status, word: str, ends: bool) -> None:
    now = datetime.now(UTC)
    evse = station.evse(1)
    evse.reservation, evse.status = Reservation(5, 1, "CARD-1", now + timedelta(hours=1)), before
    status.status_notification(station, {"connectorId": 1, "status": word, "errorCode": "NoError"}, now)
    assert (evse.reservation is None) is ends
