"""Bookings: what is remembered of them, who they are for, and when the station is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.booking import LEAD, Booking, Stage, meant, number, recalled, told
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.model.transaction import Json

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAIN = Booking(Reservation(5, 1, "CARD-1", NOON + HOUR), NOON)
FULL = Booking(
    Reservation(6, 0, "AABB", NOON + HOUR, "FAMILY", TokenType.ISO14443, "cType2"),
    NOON,
    "Anna",
    "brings the van",
    Stage.REFUSED,
    "Occupied",
    NOON + HOUR / 2,
    NOON + HOUR / 3,
)


@pytest.mark.parametrize("booking", [PLAIN, FULL])
def test_a_booking_is_remembered_as_it_is(booking: Booking) -> None:
    assert recalled(told(booking)) == booking


def test_what_is_empty_is_not_written() -> None:
    assert told(PLAIN) == {
        "id": 5,
        "evse": 1,
        "token": "CARD-1",
        "until": "2026-06-01T13:00:00+00:00",
        "type": "Unknown",
        "begin": "2026-06-01T12:00:00+00:00",
        "stage": "planned",
    }


@pytest.mark.parametrize("odd", [None, "x", {}, {"stage": "asleep"}, {"until": "soon"}, {"id": "many"}])
def test_what_is_no_booking_is_none(odd: Json) -> None:
    assert recalled(told(PLAIN) | odd if isinstance(odd, dict) and odd else odd) is None


@pytest.mark.parametrize(
    ("stage", "again", "due"),
    [
        (Stage.PLANNED, None, NOON - LEAD),
        (Stage.DOUBTED, None, NOON - LEAD),
        (Stage.PLANNED, NOON + HOUR / 2, NOON + HOUR / 2),
        (Stage.PLANNED, NOON - HOUR, NOON - LEAD),
        (Stage.WITHDRAWN, None, NOON - LEAD),
        (Stage.WITHDRAWN, NOON + HOUR / 2, NOON + HOUR / 2),
        (Stage.HELD, None, None),
        (Stage.USED, None, None),
    ],
)
def test_a_station_is_told_just_before_a_booking_begins(
    stage: Stage, again: datetime | None, due: datetime | None
) -> None:
    assert replace(PLAIN, stage=stage, again=again).due == due


@pytest.mark.parametrize(
    ("stage", "open_"),
    [
        (Stage.PLANNED, True),
        (Stage.DOUBTED, True),
        (Stage.HELD, True),
        (Stage.WITHDRAWN, False),
        (Stage.USED, False),
        (Stage.EXPIRED, False),
        (Stage.MISSED, False),
        (Stage.REFUSED, False),
        (Stage.ENDED, False),
    ],
)
def test_a_booking_is_open_until_something_became_of_it(stage: Stage, open_: bool) -> None:
    assert replace(PLAIN, stage=stage).open is open_


@pytest.mark.parametrize(
    ("begin", "until", "evse", "collide"),
    [
        (-60, 0, 1, False),
        (-60, 1, 1, True),
        (10, 20, 1, True),
        (59, 90, 1, True),
        (60, 90, 1, False),
        (10, 20, 2, False),
        (10, 20, 0, False),
    ],
)
def test_two_bookings_of_an_evse_collide_where_they_share_time(
    begin: int, until: int, evse: int, collide: bool
) -> None:
    there = Reservation(9, evse, "CARD-2", NOON + timedelta(minutes=until))
    other = Booking(there, NOON + timedelta(minutes=begin))
    assert PLAIN.collides(other) is collide
    assert other.collides(PLAIN) is collide
    assert not PLAIN.collides(replace(other, reservation=replace(there, id=5)))


def test_bookings_for_any_evse_are_for_the_station_to_judge() -> None:
    anywhere = replace(PLAIN, reservation=replace(PLAIN.reservation, evse=0))
    assert not anywhere.collides(anywhere.renamed(7))


def test_a_booking_has_another_number() -> None:
    assert PLAIN.renamed(8) == replace(PLAIN, reservation=replace(PLAIN.reservation, id=8))


def test_the_same_parts_have_the_same_number() -> None:
    assert number(1, "CARD-1", NOON) == number(1, "CARD-1", NOON) != number(2, "CARD-1", NOON)
    assert 0 <= number("x") < 2**31


ANNA = Card(Token("04A2B3C4"), "Anna's card", "person.anna_lee")
BEN = Card(Token("ABCDEF01"), "Card of Ben", "Ben")
BENNO = Card(Token("ABCDEF02"), "Ben junior", "Benno")
BARE = Card(Token("99887766"))
CARDS = Cards((ANNA, BEN, BENNO, BARE))


@pytest.mark.parametrize(
    ("words", "card"),
    [
        ("Anna's card", ANNA),
        ("visit of ANNA LEE, with van", ANNA),
        ("person.anna_lee", ANNA),
        ("04a2b3c4", ANNA),
        ("Ben", BEN),
        ("for Ben junior", BENNO),
        ("Benno", BENNO),
        ("Bend the wire", None),
        ("99887766", BARE),
        ("", None),
        ("Guests", None),
    ],
)
def test_a_card_is_meant_by_its_name_its_person_or_its_number(words: str, card: Card | None) -> None:
    assert meant(words, CARDS) is card


def test_of_two_cards_of_a_person_the_first_is_meant() -> None:
    second = Card(Token("55"), "Spare", "Ben")
    assert meant("Ben", Cards((BEN, second))) is BEN
