"""What is settled about a session."""

from datetime import date

from custom_components.ocpp_home.csms.model.account import Account, Day

TENTH, ELEVENTH = date(2026, 10, 10), date(2026, 10, 11)


def test_the_days_of_an_account_are_the_whole() -> None:
    account = Account((Day(TENTH, 400, 120_000, None), Day(ELEVENTH, 600, 180_000, 50)), "EUR")

    assert (account.energy, account.cost, account.sun) == (1000, 300_000, 50)


def test_what_is_not_known_is_not_nothing() -> None:
    account = Account((Day(TENTH, 400),))

    assert (account.energy, account.cost, account.sun) == (400, None, None)
    assert Account((Day(TENTH, 0, 0, 0),), "EUR").cost == 0
