"""The clerk: a station is told of bookings in time, and what it says of them is noted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.clerk import Clerk
from custom_components.ocpp_home.csms.model.agenda import GRACE, RETRY
from custom_components.ocpp_home.csms.model.booking import LEAD, Booking, Stage
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import OcppError, Offline, Unanswered
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v1.reservation import Reservations
from tests.csms.peer import Answer, Peer
from tests.csms.stage import until

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
MINE = Booking(Reservation(5, 1, "CARD-1", LATER), NOON)
YES: Answer = {"status": "Accepted"}


@pytest.fixture
async def clerk(station: Station, peer: Peer, call: Caller) -> AsyncIterator[Clerk]:
    """The clerk of a station with one EVSE that takes reservations."""
    station.evse(1)
    clerk = Clerk(station)
    commands = Commands(Remote(station, call), Configuration(station, call))
    commands.reservations = Reservations(station, call)
    station.connect("1.6", commands)
    peer.answers |= {"ReserveNow": YES, "CancelReservation": YES}
    yield clerk
    clerk.close()


def stage(station: Station) -> Stage | None:
    """How far the booking is."""
    booking = station.agenda.find(5)
    return None if booking is None else booking.stage


def told(events: list[Event]) -> list[tuple[Kind, str | float | bool | None]]:
    """What was told of reservations."""
    kinds = {Kind.RESERVED: "until", Kind.RESERVATION_REFUSED: "reason", Kind.RESERVATION: "status"}
    return [(event.kind, event.data[kinds[event.kind]]) for event in events if event.kind in kinds]


async def held(station: Station, clerk: Clerk) -> None:
    """Let the station keep the EVSE."""
    station.agenda.book(MINE, NOON)
    await clerk.attend(NOON)
    assert stage(station) is Stage.HELD


class Silent:
    """A station that does not do what it is told, in its own way."""

    def __init__(self, error: OcppError) -> None:
        self.error = error

    async def reserve(self, reservation: Reservation) -> None:
        raise self.error

    async def cancel(self, reservation: int) -> None:
        raise self.error


async def test_a_station_is_told_just_before_a_booking_begins(
    station: Station, clerk: Clerk, peer: Peer, events: list[Event]
) -> None:
    station.agenda.book(MINE, NOON)
    early = NOON - timedelta(hours=1)
    assert await clerk.attend(early) == NOON - LEAD
    assert peer.asked == []
    assert await clerk.attend(NOON - LEAD) == LATER + GRACE
    asked = {"connectorId": 1, "expiryDate": "2026-06-01T13:00:00Z", "idTag": "CARD-1", "reservationId": 5}
    assert peer.asked == [("ReserveNow", asked)]
    assert stage(station) is Stage.HELD
    assert station.evse(1).reservation == MINE.reservation
    assert told(events) == [(Kind.RESERVED, LATER.isoformat())]


async def test_a_booking_that_is_withdrawn_is_cancelled(station: Station, clerk: Clerk, peer: Peer) -> None:
    await held(station, clerk)
    station.agenda.withdraw(5)
    assert await clerk.attend(NOON) is None
    assert peer.told("CancelReservation") == [{"reservationId": 5}]
    assert station.agenda.remembered is None
    assert station.evse(1).reservation is None


async def test_what_the_station_does_not_know_is_as_good_as_cancelled(
    station: Station, clerk: Clerk, peer: Peer, events: list[Event]
) -> None:
    await held(station, clerk)
    peer.answers["CancelReservation"] = {"status": "Rejected"}
    station.agenda.withdraw(5)
    await clerk.attend(NOON)
    assert station.agenda.remembered is None
    assert station.evse(1).reservation is None
    assert told(events) == [(Kind.RESERVED, LATER.isoformat())]


@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Unavailable"])
async def test_a_refusal_that_may_pass_is_told_and_tried_again(
    station: Station, clerk: Clerk, peer: Peer, events: list[Event], word: str
) -> None:
    peer.answers["ReserveNow"] = {"status": word}
    station.agenda.book(MINE, NOON)
    assert await clerk.attend(NOON) == NOON + RETRY
    assert station.notices["reservation_refused", 1].data == {"reason": word}
    await clerk.attend(NOON + RETRY)
    assert told(events) == [(Kind.RESERVATION_REFUSED, word)]
    peer.answers["ReserveNow"] = YES
    await clerk.attend(NOON + 2 * RETRY)
    assert stage(station) is Stage.HELD
    assert station.notices == {}


async def test_a_refusal_for_good_is_told_until_its_time_is_over(
    station: Station, clerk: Clerk, peer: Peer, events: list[Event]
) -> None:
    peer.answers["ReserveNow"] = {"status": "Rejected"}
    station.agenda.book(MINE, NOON)
    assert await clerk.attend(NOON) is None
    await clerk.attend(NOON + RETRY)
    assert len(peer.asked) == 1
    assert stage(station) is Stage.REFUSED
    assert told(events) == [(Kind.RESERVATION_REFUSED, "Rejected")]
    assert ("reservation_refused", 1) in station.notices
    await clerk.attend(LATER)
    assert station.notices == {}


async def test_a_station_without_reservations_is_asked_nothing(station: Station, clerk: Clerk, peer: Peer) -> None:
    assert station.commands is not None
    station.commands.reservations = None
    station.agenda.book(MINE, NOON)
    await clerk.attend(NOON)
    assert (stage(station), peer.asked) == (Stage.REFUSED, [])
    assert station.notices["reservation_refused", 1].data == {"reason": "NotSupported"}


async def test_a_station_that_does_not_answer_is_told_again(station: Station, clerk: Clerk) -> None:
    assert station.commands is not None
    station.commands.reservations = Silent(Unanswered("no answer"))
    station.agenda.book(MINE, NOON)
    assert await clerk.attend(NOON) == NOON + RETRY
    assert stage(station) is Stage.DOUBTED
    station.agenda.withdraw(5)
    assert await clerk.attend(NOON) == NOON + RETRY
    assert station.agenda.find(5) is None
    assert station.agenda.remembered is not None


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_a_station_that_goes_is_told_when_it_returns(station: Station, clerk: Clerk, withdrawn: bool) -> None:
    assert station.commands is not None
    kept = station.commands.reservations
    station.commands.reservations = Silent(Offline("gone"))
    station.agenda.book(replace(MINE, stage=Stage.HELD if withdrawn else Stage.PLANNED), NOON)
    if withdrawn:
        station.agenda.withdraw(5)
    with pytest.raises(Offline):
        await clerk.attend(NOON)
    station.commands.reservations = kept
    await clerk.attend(NOON)
    assert stage(station) is (None if withdrawn else Stage.HELD)


async def test_after_a_boot_the_station_is_told_again(
    station: Station, clerk: Clerk, peer: Peer, events: list[Event]
) -> None:
    await held(station, clerk)
    station.emit(Event(Kind.BOOT, NOON))
    station.evse(1).reservation = None
    station.evse(1).status = Status.AVAILABLE
    station.changed(station.evse(1))
    assert stage(station) is Stage.DOUBTED
    await clerk.attend(NOON)
    assert [asked["reservationId"] for asked in peer.told("ReserveNow")] == [5, 5]
    assert stage(station) is Stage.HELD
    assert station.evse(1).reservation == MINE.reservation
    assert {kind for kind, _ in told(events)} == {Kind.RESERVED}


async def test_nobody_came(station: Station, clerk: Clerk, events: list[Event]) -> None:
    await held(station, clerk)
    assert await clerk.attend(LATER) == LATER + GRACE
    assert await clerk.attend(LATER + GRACE) is None
    assert stage(station) is Stage.EXPIRED
    assert station.evse(1).reservation is None
    assert told(events)[1:] == [(Kind.RESERVATION, "Expired")]


async def test_the_station_was_not_there(station: Station, clerk: Clerk, peer: Peer, events: list[Event]) -> None:
    station.agenda.book(MINE, NOON)
    await clerk.attend(LATER)
    assert peer.asked == []
    assert stage(station) is Stage.MISSED
    assert told(events) == [(Kind.RESERVATION, "Missed")]


@pytest.mark.parametrize(("reservation", "token"), [(5, "OTHERS"), (None, "card-1"), (99, "CARD-1")])
async def test_a_session_uses_the_booking_it_names_or_that_is_for_its_token(
    station: Station, clerk: Clerk, reservation: int | None, token: str
) -> None:
    await held(station, clerk)
    opening = Opening(station.name, 1, 1, token, NOON, 0.0, reservation=reservation)
    transaction = station.ledger.start(opening)
    begun = {"transaction": transaction.id, "token": token}
    station.emit(Event(Kind.SESSION_STARTED, NOON, 1, begun))
    assert stage(station) is Stage.USED
    assert station.evse(1).reservation is None


@pytest.mark.parametrize("token", ["OTHERS", None])
async def test_a_session_of_somebody_else_uses_nothing(station: Station, clerk: Clerk, token: str | None) -> None:
    await held(station, clerk)
    station.emit(Event(Kind.SESSION_STARTED, NOON, 1, {"transaction": "7", "token": token}))
    assert stage(station) is Stage.HELD


@pytest.mark.parametrize(
    ("status", "after"),
    [("Expired", Stage.EXPIRED), ("NoTransaction", Stage.ENDED), ("Removed", Stage.PLANNED)],
)
async def test_the_station_says_what_became_of_a_reservation(
    station: Station, clerk: Clerk, status: str, after: Stage
) -> None:
    await held(station, clerk)
    station.emit(Event(Kind.RESERVATION, NOON, data={"reservation": None, "status": status}))
    assert stage(station) is Stage.HELD
    station.emit(Event(Kind.RESERVATION, NOON, data={"reservation": 5, "status": status}))
    assert stage(station) is after


async def test_what_was_removed_for_a_fault_is_wanted_still(station: Station, clerk: Clerk, peer: Peer) -> None:
    """H01.FR.16, H01.FR.17."""
    await held(station, clerk)
    station.emit(Event(Kind.RESERVATION, NOON, data={"reservation": 5, "status": "Removed"}))
    assert await clerk.attend(NOON) == NOON + RETRY
    assert station.notices["reservation_refused", 1].data == {"reason": "Removed"}
    await clerk.attend(NOON + RETRY)
    assert len(peer.told("ReserveNow")) == 2
    assert stage(station) is Stage.HELD


@pytest.mark.parametrize(
    ("status", "minutes", "after", "reason", "said"),
    [
        (Status.FAULTED, 60, Stage.PLANNED, "Faulted", "Removed"),
        (Status.UNAVAILABLE, 60, Stage.PLANNED, "Unavailable", "Removed"),
        (Status.AVAILABLE, 60, Stage.PLANNED, "Removed", "Removed"),
        (Status.AVAILABLE, 0.5, Stage.EXPIRED, "", "Expired"),
        (Status.FAULTED, -1, Stage.EXPIRED, "", "Expired"),
    ],
)
async def test_the_status_of_an_evse_shows_that_it_is_no_longer_kept(
    station: Station,
    clerk: Clerk,
    events: list[Event],
    status: Status,
    minutes: float,
    after: Stage,
    reason: str,
    said: str,
) -> None:
    """OCPP 1.6 ed. 2 - 5.13."""
    reservation = Reservation(5, 1, "CARD-1", datetime.now(UTC) + timedelta(minutes=minutes))
    station.agenda.held(reservation, NOON)
    evse = station.evse(1)
    evse.reservation = reservation
    station.changed(evse)
    assert stage(station) is Stage.HELD
    evse.reservation, evse.status = None, status
    station.changed(evse)
    booking = station.agenda.find(5)
    assert booking is not None
    assert (booking.stage, booking.reason) == (after, reason)
    assert told(events) == [(Kind.RESERVATION, said)]


async def test_a_station_that_is_ready_is_told_without_being_asked_for(station: Station, clerk: Clerk) -> None:
    """What is booked while it is there is told at once, and looked after until it is over."""
    clerk.begin()
    clerk.begin()
    now = datetime.now(UTC)
    station.agenda.book(Booking(Reservation(5, 1, "CARD-1", now + timedelta(hours=1)), now), now)
    await until(lambda: stage(station) is Stage.HELD)
    station.agenda.withdraw(5)
    await until(lambda: station.agenda.remembered is None)


async def test_a_clerk_looks_again_when_the_next_is_due(station: Station, clerk: Clerk) -> None:
    clerk.close()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0 if len(pauses) < 3 else 60)

    now = datetime.now(UTC)
    begin = now + LEAD + timedelta(minutes=10)
    station.agenda.book(Booking(Reservation(5, 1, "CARD-1", begin + LEAD), begin), now)
    patient = Clerk(station, pause)
    patient.begin()
    await until(lambda: len(pauses) == 3)
    patient.hold()
    patient.hold()
    assert pauses[0] == pytest.approx(600, abs=5)
    station.agenda.gone(5)
    patient.begin()
    await until(lambda: pauses[-1] == 6 * 3600)
    patient.close()


async def test_a_clerk_rests_while_the_station_is_away(station: Station, clerk: Clerk, peer: Peer) -> None:
    station.connected = False
    now = datetime.now(UTC)
    station.agenda.book(Booking(Reservation(5, 1, "CARD-1", now + timedelta(hours=1)), now), now)
    clerk.begin()
    await asyncio.sleep(0.01)
    assert (stage(station), peer.asked) == (Stage.PLANNED, [])
    station.connected = True
    clerk.begin()
    await until(lambda: stage(station) is Stage.HELD)
