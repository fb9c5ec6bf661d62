"""What all stations share is changed once, and a card is learnt once."""

from datetime import timedelta

from custom_components.ocpp_home.csms.model.admission import Policy, Request, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.household import Household
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.csms.stage import NOW

CARDS = Cards((Card(Token("A")),))
STRICT = Policy(Unknown.REFUSE)
SOON = NOW + timedelta(seconds=60)


def test_without_anything_laid_down_everybody_may_charge() -> None:
    assert Household().decide(Request(Token("anybody"), "CP1", NOW)).accepted


def test_a_station_may_have_a_policy_of_its_own() -> None:
    household, request = Household(CARDS, STRICT), Request(Token("B"), "CP1", NOW)
    assert household.decide(request).decision is Decision.INVALID
    assert household.decide(request, Policy()).accepted


def test_what_is_laid_down_anew_is_told_once() -> None:
    household, told = Household(), list[int]()
    stop = household.subscribe(lambda: told.append(len(household.cards)))
    household.admit(CARDS, STRICT)
    household.admit(Cards((Card(Token("A")),)), STRICT)
    stop()
    household.changed()
    assert (told, household.policy) == ([1], STRICT)


def test_the_next_unknown_card_is_learnt_and_none_after_it() -> None:
    household = Household(CARDS)
    assert not household.learns(Token("B"), "CP1", NOW)
    household.learn(SOON)
    assert [household.learns(Token(name), "CP1", NOW) for name in ("A", "", "B", "C")] == [False, False, True, False]


def test_a_lesson_has_an_end_and_may_be_given_at_one_station_only() -> None:
    household = Household()
    household.learn(SOON, "Garage")
    assert not household.learns(Token("B"), "Yard", NOW)
    assert not household.learns(Token("B"), "Garage", SOON)
    assert household.learns(Token("B"), "GARAGE", NOW)
    household.learn(SOON)
    household.unlearn()
    assert not household.learns(Token("B"), "Garage", NOW)


def test_codes_and_those_who_need_no_card_are_not_learnt() -> None:
    household = Household()
    household.learn(SOON)
    assert not household.learns(Token("1234", TokenType.KEY_CODE), "CP1", NOW)
    assert not household.learns(Token("x", TokenType.NO_AUTHORIZATION), "CP1", NOW)


def test_the_end_of_a_session_is_told_where_its_card_has_a_budget() -> None:
    budgets = (Card(Token("A"), energy_budget=1.0), Card(Token("B"), cost_budget=1.0), Card(Token("C")))
    household, told = Household(Cards(budgets)), list[str | None]()
    for token in ("A", "B", "C", "D", None):
        stop = household.subscribe(lambda token=token: told.append(token))
        household.spent(Transaction("1", "Garage", 1, 1, token, NOW, 0.0))
        stop()
    assert told == ["A", "B"]


def test_the_currency_of_costs_is_that_of_the_price_even_while_nobody_knows_how_high_it_is() -> None:
    household = Household()
    assert household.currency is None
    household.pricing = Pricing(Price(NOW, "EUR", None))
    assert household.currency == "EUR"
