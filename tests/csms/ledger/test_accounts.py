"""An account as the text of a column."""

from datetime import date

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.ledger.accounts import account_of, text_of
from custom_components.ocpp_home.csms.model.account import Account, Day

whole = st.integers(-(1 << 50), 1 << 50)
days = st.builds(Day, st.dates(), whole, st.none() | whole, st.none() | whole)


@given(st.builds(Account, st.lists(days, min_size=1).map(tuple), st.none() | st.text()))
def test_an_account_comes_back_as_it_was(account: Account) -> None:
    assert account_of(text_of(account)) == account


def test_an_account_is_short() -> None:
    text = text_of(Account((Day(date(2026, 5, 1), 10_000, 3_050_000),), "EUR"))

    assert text == '["EUR",[["2026-05-01",10000,3050000,null]]]'


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[",
        "1",
        '["EUR"]',
        '["EUR",[["2026-05-01"]]]',
        '["EUR",[["May",1,2,3]]]',
        '["EUR",[["2026-05-01",null,2,3]]]',
    ],
)
def test_a_damaged_account_is_settled_anew(damaged: str) -> None:
    assert account_of(damaged) is None
