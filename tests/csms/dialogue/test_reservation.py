"""Reservations: every answer, and how they end."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.reservation import lapse, used
from custom_components.ocpp_home.csms.model.booking import Stage
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
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
    assert [(one.reservation, one.stage) for one in station.agenda] == [(MINE, Stage.HELD)]


@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Unavailable", "Rejected"])
async def test_048_a_refusal_is_told_in_the_stations_word(
    reservations: Reservations, station: Station, peer: Peer, word: str
) -> None:
    peer.answers["ReserveNow"] = {"status": word}
    with pytest.raises(Refused) as refusal:
        await reservations.reserve(MINE)
    assert refusal.value.status == word
    assert station.evse(1).reservation is None


async def test_049_any_evse_may_be_reserved(reservations: Reservations, station: Station, peer: Peer) -> None:
    peer.answers["ReserveNow"] = {"status": "Accepted"}
    any_evse = Reservation(6, 0, "CARD-1", LATER)
    await reservations.reserve(any_evse)
    assert peer.told("ReserveNow")[0]["connectorId"] == 0
    assert station.evse(1).reservation == any_evse
    station.evse(2)
    await reservations.reserve(Reservation(7, 0, "CARD-1", LATER))
    assert station.evse(2).reservation is None


async def test_a_reservation_of_the_same_id_moves(reservations: Reservations, station: Station, peer: Peer) -> None:
    peer.answers["ReserveNow"] = {"status": "Accepted"}
    station.evse(2)
    await reservations.reserve(MINE)
    await reservations.reserve(Reservation(5, 2, "CARD-1", LATER))
    assert station.evse(1).reservation is None
    assert station.evse(2).reservation is not None
    assert [one.evse for one in station.agenda] == [2]


async def test_051_a_reservation_is_cancelled(reservations: Reservations, station: Station, peer: Peer) -> None:
    station.evse(1).reservation = MINE
    peer.answers["CancelReservation"] = {"status": "Accepted"}
    await reservations.cancel(5)
    assert peer.told("CancelReservation") == [{"reservationId": 5}]
    assert station.evse(1).reservation is None


async def test_052_a_cancellation_may_be_refused(reservations: Reservations, station: Station, peer: Peer) -> None:
    station.evse(1).reservation = MINE
    peer.answers["CancelReservation"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await reservations.cancel(5)
    assert station.evse(1).reservation == MINE


def test_a_transaction_uses_only_the_reservation_it_names(station: Station) -> None:
    station.evse(1).reservation = MINE
    used(station, 4)
    assert station.evse(1).reservation == MINE
    used(station, 5)
    assert station.evse(1).reservation is None


def test_047_a_reservation_expires(station: Station) -> None:
    evse = station.evse(1)
    lapse(station, evse, None, NOON)
    evse.reservation = MINE
    lapse(station, evse, None, NOON)
    assert evse.reservation == MINE
    lapse(station, evse, None, LATER)
    assert evse.reservation is None


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        (Status.AVAILABLE, Status.RESERVED, False),
        (Status.RESERVED, Status.PREPARING, False),
        (Status.RESERVED, Status.AVAILABLE, True),
        (Status.RESERVED, Status.FAULTED, True),
        (None, Status.UNAVAILABLE, True),
    ],
)
def test_a_status_may_end_a_reservation(station: Station, before: Status | None, after: Status, ends: bool) -> None:
    evse = station.evse(1)
    evse.reservation, evse.status = MINE, after
    lapse(station, evse, before, NOON)
    assert (evse.reservation is None) is ends
