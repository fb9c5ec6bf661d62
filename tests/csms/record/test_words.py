"""Words, numbers, moments and money as somebody reads them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from custom_components.ocpp_home.csms.record.session import Period
from custom_components.ocpp_home.csms.record.words import WORDS, Speech

GERMAN = {
    "decimal": ",",
    "thousands": ".",
    "date": "{day:02}.{month:02}.{year}",
    "money": "{amount} {currency}",
    "months": "Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember",
}


def test_a_word_that_is_given_stands_for_the_english_one() -> None:
    say = Speech({"energy": "Energie"})

    assert (say("energy"), say("cost")) == ("Energie", "Cost")
    assert say("signed", count=3) == "signed values: 3"


@pytest.mark.parametrize(
    ("words", "number", "energy", "money", "moment"),
    [
        ({}, "1\u202f234\u202f567.80", "1\u202f234.567", "1.20\u00a0EUR", "2026-03-01 09:05"),
        (GERMAN, "1.234.567,80", "1.234,567", "1,20 EUR", "01.03.2026 09:05"),
    ],
)
def test_numbers_and_moments_are_written_as_the_language_does(
    words: dict[str, str], number: str, energy: str, money: str, moment: str
) -> None:
    say = Speech(words)

    assert say.number(Decimal("1234567.80")) == number
    assert say.kwh(1_234_567) == energy
    assert say.money(Decimal("1.20"), "EUR") == money
    assert say.moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == moment


def test_a_whole_month_has_a_name() -> None:
    assert Speech({}).period(Period.month(2026, 12)) == "December 2026"
    assert Speech(GERMAN).period(Period.month(2026, 3)) == "März 2026"
    assert Speech({}).period(Period(date(2026, 3, 1), date(2026, 3, 30))) == "2026-03-01 – 2026-03-30"


def test_there_are_twelve_months() -> None:
    assert len(WORDS["months"].split(",")) == 12
