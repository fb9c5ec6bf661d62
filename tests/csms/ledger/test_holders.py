"""Whose each card was, from when on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger.holders import HOLDERS, MANY, NOBODY, Holders
from custom_components.ocpp_home.csms.ledger.store import Store, Terms
from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.token import Token, TokenType

from .samples import NOON, after

ADA, BOB, CEM = Holder("Blue", "Ada", "Family"), Holder("Blue", "Bob"), Holder("Red", "Cem")
CARD, OTHER = Token("AB12"), Token("CD34", TokenType.ISO14443)
CODE, CAR = Token("1234", TokenType.KEY_CODE), Token("AA:BB:CC:00:11:22", TokenType.MAC_ADDRESS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "ledger.db", Terms(reserve=1 << 12))
    store.open()
    yield store
    store.close()
    store.thread.shutdown()


def given(*handovers: tuple[int, Holder], card: Token = CARD) -> Holders:
    """One card that went from hand to hand."""
    holders = Holders([])
    for minute, holder in handovers:
        holders.hand_over({card: holder}, after(minute))
    return holders


def told(holders: Holders, *minutes: int, card: Token = CARD) -> list[Holder | None]:
    return [holders.of(card, after(minute)) for minute in minutes]


def stored(store: Store) -> Holders:
    return Holders(store.every(HOLDERS))


def save(store: Store, holders: Holders) -> None:
    change = holders.writes()
    assert change is not None
    store.write(change[0])


def test_a_card_is_whose_it_was_at_the_moment(store: Store) -> None:
    holders = given((0, ADA), (10, BOB), (20, ADA))
    expected = [ADA, ADA, ADA, BOB, BOB, ADA]

    assert told(holders, -99, 0, 9, 10, 19, 20) == expected
    save(store, holders)
    assert told(stored(store), -99, 0, 9, 10, 19, 20) == expected
    assert stored(store).writes() is None


def test_a_card_that_was_withdrawn_is_nobodys_until_it_is_given_out_again() -> None:
    holders = given((0, ADA))
    holders.hand_over({}, after(10))
    holders.hand_over({CARD: BOB}, after(20))

    assert told(holders, 9, 10, 20) == [ADA, NOBODY, BOB]


def test_of_a_card_that_was_never_anybodys_nothing_is_known(store: Store) -> None:
    holders = given((0, NOBODY))

    assert holders.of(CARD, NOON) is None
    assert holders.writes() is None


def test_a_number_is_known_however_it_is_written_and_whatever_kind_it_is_told_to_be() -> None:
    holders = Holders([])
    holders.hand_over({OTHER: ADA, CAR: BOB}, NOON)

    assert [holders.of(Token(number), NOON) for number in ("cd34", "vid:AABBCC001122", "aa-bb-cc-00-11-22")] == [
        ADA, BOB, BOB,
    ]  # fmt: skip
    assert holders.of(Token("CD34", TokenType.ISO15693), NOON) == ADA
    assert holders.of(Token("AABBCC001122", TokenType.ISO14443), NOON) is None
    assert holders.of(Token("cd34", TokenType.MAC_ADDRESS), NOON) is None


def test_a_card_that_was_entered_anew_as_one_of_another_kind_is_its_new_holders() -> None:
    holders = given((0, ADA))
    holders.hand_over({Token("ab12", TokenType.ISO14443): BOB}, after(10))

    assert told(holders, 9, 10) == [ADA, BOB]


def test_the_number_of_a_code_is_not_kept() -> None:
    holders = given((0, ADA), card=CODE)
    holders.hand_over({Token("1234"): BOB}, after(5))

    assert holders.of(CODE, after(9)) is None
    assert [row[1] for row in holders.writes()[0][1][1]] == ["Unknown"]


def test_what_would_lie_ahead_was_told_by_a_wrong_clock() -> None:
    holders = given((0, ADA), (5000, BOB), (10, CEM))

    assert told(holders, 9, 10, 6000) == [ADA, CEM, CEM]


def test_of_a_card_that_goes_from_hand_to_hand_the_newest_are_remembered(store: Store) -> None:
    holders = given(*((minute, (ADA, BOB)[minute % 2]) for minute in range(MANY + 1)))
    save(store, holders)

    assert told(stored(store), 0, 1, 2) == [BOB, BOB, ADA]
    assert len(store.every(HOLDERS)) == MANY


def test_the_file_follows_and_what_it_did_not_take_is_written_again(store: Store) -> None:
    holders = given((0, ADA))
    save(store, holders)
    holders.hand_over({CARD: BOB}, after(10))
    lost = holders.writes()
    assert holders.writes() is None
    lost[1]()
    holders.hand_over({CARD: CEM}, after(20))
    save(store, holders)

    assert told(stored(store), 9, 10, 20) == [ADA, BOB, CEM]


def test_everything_is_written_to_a_fresh_file(store: Store) -> None:
    holders = given((0, ADA), (10, BOB))
    holders.writes()
    holders.begin_anew()
    save(store, holders)

    assert told(stored(store), 9, 10) == [ADA, BOB]


@pytest.mark.parametrize("whom", [("Ada", None), (None, "Blue")])
def test_who_is_forgotten_has_had_no_card_and_nobody_is_taken_for_them(
    store: Store, whom: tuple[str | None, str | None]
) -> None:
    holders = given((0, ADA), (10, CEM), (20, ADA), (30, CEM))
    save(store, holders)
    holders.forget(*whom)
    save(store, holders)

    assert told(stored(store), 9, 10, 20, 30) == [NOBODY, CEM, NOBODY, CEM]
    assert not any("Ada" in row for row in store.every(HOLDERS))


def test_of_who_is_forgotten_not_even_the_number_of_the_card_stays(store: Store) -> None:
    holders = given((0, ADA))
    holders.hand_over({}, after(10))
    save(store, holders)
    holders.forget("Ada", None)
    save(store, holders)

    assert store.every(HOLDERS) == []
    assert holders.of(CARD, NOON) is None


def test_whose_a_card_is_now_is_not_forgotten() -> None:
    holders = given((0, BOB), (10, ADA))
    holders.forget("Ada", None)

    assert told(holders, 9, 10) == [BOB, ADA]


def test_whoever_had_handed_a_card_on_long_ago_is_let_go(store: Store) -> None:
    holders = given((0, ADA), (10, BOB), (20, CEM))
    holders.hand_over({CARD: CEM, OTHER: ADA}, after(20))
    holders.hand_over({CARD: CEM}, after(25))
    save(store, holders)
    holders.tidy(after(9))
    assert holders.writes() is None
    holders.tidy(after(15))
    assert told(holders, 0, 19, 20) == [BOB, BOB, CEM]
    holders.tidy(after(25) + timedelta(seconds=1))
    save(store, holders)

    assert told(stored(store), 0, 20) == [CEM, CEM]
    assert stored(store).of(OTHER, after(21)) is None
