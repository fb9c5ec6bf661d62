"""Whose a session is, and that it is settled."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue import accounts
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.account import Account, Day, Holder
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction

NOON = datetime(2026, 10, 10, 12, tzinfo=UTC)
TOKEN = Token("AB12")


@pytest.fixture
async def station() -> AsyncIterator[Station]:
    ledger = await Ledger.open(":memory:")
    yield Station("garage", ledger)
    await ledger.close()


def begin(station: Station, token: str | None = TOKEN.id) -> Transaction:
    return station.ledger.start(Opening("garage", 1, 1, token, NOON, 1000.0, received=NOON))


def issue(station: Station, *cards: Card) -> None:
    station.household.admit(Cards(cards), station.household.policy)


def test_a_session_belongs_to_whoever_held_the_card_when_it_began(station: Station) -> None:
    issue(station, Card(TOKEN, "Blue", "Ada", "Family"))
    transaction = begin(station)

    accounts.hold(station, transaction, TOKEN, NOON)
    issue(station, Card(TOKEN, "Blue", "Bob"))
    accounts.hold(station, transaction, TOKEN, NOON)

    assert transaction.holder == Holder("Blue", "Ada", "Family")


def test_a_session_that_is_told_late_belongs_to_whoever_held_the_card_then(station: Station) -> None:
    issue(station, Card(TOKEN, "Red", "Bob"))
    for hours, holder in ((-2, Holder("Blue", "Ada")), (1, Holder("Red", "Bob"))):
        station.ledger.hand_over({TOKEN: holder}, NOON + timedelta(hours=hours))
    transaction, later = begin(station), begin(station, TOKEN.id.lower())

    accounts.hold(station, transaction, TOKEN, NOON)
    accounts.hold(station, later, TOKEN, NOON + timedelta(hours=1))

    assert transaction.holder == Holder("Blue", "Ada")
    assert later.holder == Holder("Red", "Bob")


def test_a_card_that_was_nobodys_then_makes_nobodys_session(station: Station) -> None:
    issue(station, Card(TOKEN, "Blue", "Bob"))
    for hours, holders in ((-2, {TOKEN: Holder("Blue", "Ada")}), (-1, {}), (1, {TOKEN: Holder("Blue", "Bob")})):
        station.ledger.hand_over(holders, NOON + timedelta(hours=hours))
    transaction = begin(station)

    accounts.hold(station, transaction, TOKEN, NOON)

    assert transaction.holder is None


def test_what_a_card_does_not_tell_nobody_knows(station: Station) -> None:
    issue(station, Card(TOKEN, "Blue"))
    transaction = begin(station)

    accounts.hold(station, transaction, TOKEN, NOON)

    assert transaction.holder == Holder("Blue", None, None)


def test_a_token_nobody_knows_belongs_to_nobody(station: Station) -> None:
    transaction = begin(station)

    accounts.hold(station, transaction, TOKEN, NOON)

    assert transaction.holder is None


def test_others_can_tell_whose_a_token_is(station: Station) -> None:
    issue(station, Card(TOKEN, "Blue", "Ada"))
    station.holder = {TOKEN: Holder(person="Carl")}.get
    transaction, other = begin(station), begin(station, "other")

    accounts.hold(station, transaction, TOKEN, NOON)
    accounts.hold(station, other, Token("other"), NOON)

    assert transaction.holder == Holder(person="Carl")
    assert other.holder is None


@pytest.mark.parametrize(("held", "shown"), [(None, TOKEN), (TOKEN.id, None)])
def test_a_session_without_a_token_belongs_to_nobody(station: Station, held: str | None, shown: Token | None) -> None:
    issue(station, Card(TOKEN, "Blue", "Ada"))
    transaction = begin(station, held)

    accounts.hold(station, transaction, shown, NOON)

    assert transaction.holder is None


def test_an_ended_session_is_settled_once(station: Station) -> None:
    settled: list[str] = []

    def settle(transaction: Transaction) -> None:
        settled.append(transaction.id)
        station.ledger.settle(transaction, Account((Day(NOON.date(), 1),)))

    transaction = begin(station)
    accounts.settle(station, transaction)
    station.account = settle
    accounts.settle(station, transaction)
    station.ledger.stop(transaction, Closing(NOON + timedelta(hours=1), 1001.0))
    accounts.settle(station, transaction)
    accounts.settle(station, transaction)

    assert settled == [transaction.id]
    assert transaction.account.energy == 1
