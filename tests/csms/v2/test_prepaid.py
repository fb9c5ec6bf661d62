"""What is left of the budget of a card."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.admission import Policy, Usage
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.session_limit import NO_LIMIT, SessionLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.csms.v2.prepaid import left, metered

CARD = Token("CARD")
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


class Used:
    """A book in which 4 kWh and 3 in money were used in June."""

    def running(self, card: Card) -> Iterable[Transaction]:
        return ()

    def used(self, card: Card, since: datetime, until: datetime) -> Usage:
        assert card.token == CARD
        return Usage(4000, 3) if since <= NOW < until else Usage()


@pytest.mark.parametrize(
    ("card", "limit"),
    [
        (Card(CARD), NO_LIMIT),
        (Card(CARD, energy_budget=10_000), SessionLimit(energy=6000)),
        (Card(CARD, cost_budget=10), SessionLimit(cost=7)),
        (Card(CARD, energy_budget=10_000, cost_budget=2), SessionLimit(energy=6000, cost=0)),
    ],
)
def test_a_session_may_come_to_what_is_left(station: Station, card: Card, limit: SessionLimit) -> None:
    """C17.FR.03."""
    station.household.book = Used()
    station.household.admit(Cards((card,)), Policy())
    assert left(station, CARD, NOW) == limit
    assert metered(station, CARD) is (limit != NO_LIMIT)


def test_with_the_month_the_budget_is_whole_again(station: Station) -> None:
    station.household.book = Used()
    station.household.admit(Cards((Card(CARD, energy_budget=10_000),)), Policy())
    assert left(station, CARD, datetime(2026, 7, 1, tzinfo=UTC)) == SessionLimit(energy=10_000)


def test_a_stranger_has_no_budget(station: Station) -> None:
    assert left(station, CARD, NOW) == NO_LIMIT
    assert not metered(station, CARD)
