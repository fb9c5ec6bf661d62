"""Cards: what stands for one, and when its windows are open."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.card import Card, Cards, Window
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.model.transaction import Transaction

FRIDAY, SATURDAY = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "day", "hour", "holds"),
    [
        (Window(time(8), time(18)), FRIDAY, 8, True),
        (Window(time(8), time(18)), FRIDAY, 18, False),
        (Window(time(8), time(18), frozenset({4})), SATURDAY, 9, False),
        (Window(time(22), time(6), frozenset({4})), FRIDAY, 23, True),
        (Window(time(22), time(6), frozenset({4})), FRIDAY, 5, False),
        (Window(time(22), time(6), frozenset({4})), SATURDAY, 5, True),
        (Window(time(22), time(6), frozenset({4})), SATURDAY, 6, False),
        (Window(days=frozenset({5})), FRIDAY, 23, False),
        (Window(days=frozenset({5})), SATURDAY, 0, True),
    ],
)
def test_a_window_belongs_to_the_day_it_begins_on(window: Window, day: datetime, hour: int, holds: bool) -> None:
    assert window.holds(day.replace(hour=hour)) is holds


@pytest.mark.parametrize(
    ("ours", "shown", "stands"),
    [
        (TokenType.UNKNOWN, TokenType.ISO14443, True),
        (TokenType.ISO14443, TokenType.ISO15693, True),
        (TokenType.KEY_CODE, TokenType.ISO14443, False),
        (TokenType.ISO14443, TokenType.KEY_CODE, False),
        (TokenType.KEY_CODE, TokenType.KEY_CODE, True),
        (TokenType.UNKNOWN, TokenType.KEY_CODE, True),
    ],
)
def test_a_code_is_not_taken_for_a_card_of_the_same_number(ours: TokenType, shown: TokenType, stands: bool) -> None:
    card = Card(Token("1234", ours))
    assert card.stands_for(Token("1234", shown)) is stands
    assert (Cards((card,)).of(Token("1234", shown)) is card) is stands


def test_two_of_the_same_number_are_told_apart_by_their_kind() -> None:
    code, badge = Card(Token("1234", TokenType.KEY_CODE)), Card(Token("1234", TokenType.ISO14443))
    cards = Cards((code, badge))
    assert (list(cards), len(cards)) == ([code, badge], 2)
    assert cards.of(Token("1234", TokenType.ISO14443)) is badge
    assert cards.of(Token("5678")) is None


def test_what_nobody_knows_the_type_of_may_be_the_address_of_a_car() -> None:
    car, badge = Card(Token("AA:BB:CC:00:11:22", TokenType.MAC_ADDRESS)), Card(Token("1234"))
    cards = Cards((car, badge))
    told = ("aa-bb-cc-00-11-22", "VID:AABBCC001122", "aabbcc001122", "12:34")
    assert [cards.of(Token(one)) for one in told] == [car, car, car, None]
    assert cards.of(Token("aabbcc001122", TokenType.ISO14443)) is None


@pytest.mark.parametrize(
    ("card", "told", "holder", "opened"),
    [
        (Card(Token("A")), "a", None, True),
        (Card(Token("A")), "b", "A", False),
        (Card(Token("A")), None, None, False),
        (Card(Token("aabbcc001122", TokenType.MAC_ADDRESS)), "VID:AABBCC001122", None, True),
        (Card(Token("1234", TokenType.KEY_CODE), "Gate"), "KeyCode", "Gate", True),
        (Card(Token("1234"), "Gate"), "KeyCode", "Gate", True),
        (Card(Token("1234", TokenType.ISO14443), "Gate"), "KeyCode", "Gate", False),
        (Card(Token("1234", TokenType.KEY_CODE), "Gate"), "KeyCode", "Door", False),
        (Card(Token("1234", TokenType.KEY_CODE)), "KeyCode", None, False),
    ],
)
def test_a_session_tells_which_card_opened_it(card: Card, told: str | None, holder: str | None, opened: bool) -> None:
    assert card.opened(Transaction("1", "Garage", 1, 1, told, FRIDAY, 0.0, card=holder)) is opened


def test_whose_a_card_is_says_nothing_of_what_was_left_empty() -> None:
    assert Card(Token("A"), "Blue", "Ada").holder == Holder("Blue", "Ada", None)
    assert Card(Token("A"), group="Family").holder == Holder(None, None, "Family")


def test_a_card_of_no_station_belongs_to_all() -> None:
    card = Card(Token("A"), stations=frozenset({"Garage"}), evses=frozenset({1}))
    assert (Card(Token("A")).places_at("x"), card.places_at("GARAGE"), card.places_at("Yard")) == (set(), {1}, None)


def test_a_card_of_single_outlets_belongs_to_these() -> None:
    card = Card(Token("A"), outlets=frozenset({("Yard", 2), ("yard", 3), ("Garage", 1)}))
    assert [card.places_at(name) for name in ("YARD", "Garage", "Carport")] == [{2, 3}, {1}, None]
    both = replace(card, stations=frozenset({"Yard", "Carport"}))
    assert [both.places_at(name) for name in ("yard", "Garage", "Carport")] == [set(), {1}, set()]
