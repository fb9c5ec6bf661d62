"""Prices and amounts of money."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from custom_components.ocpp_home.csms.model.price import Price, amount, digits, smallest, worded

NOON = datetime(2026, 10, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "micro"),
    [
        ("0.2899", 289_900),
        (0.1 + 0.2, 300_000),
        (Decimal("-0.0123455"), -12_346),
        (0, 0),
        ("1e-7", 0),
        (0.2899999999, 290_000),
    ],
)
def test_a_price_is_a_whole_number_of_millionths(told: Decimal | float | str, micro: int) -> None:
    assert Price.of(NOON, "EUR", told, "sensor.price") == Price(NOON, "EUR", micro, "sensor.price")


@pytest.mark.parametrize("told", [float("nan"), float("inf"), "-Infinity"])
def test_what_is_no_number_is_no_price(told: float | str) -> None:
    with pytest.raises(ValueError, match="no price"):
        Price.of(NOON, "EUR", told)


@pytest.mark.parametrize(
    ("currency", "decimals", "coin", "written"),
    [("EUR", 2, 10_000, "1.23"), ("JPY", 0, 1_000_000, "1"), ("kwd", 3, 1000, "1.235"), ("???", 2, 10_000, "1.23")],
)
def test_amounts_are_written_with_the_decimals_of_their_currency(
    currency: str, decimals: int, coin: int, written: str
) -> None:
    assert (digits(currency), smallest(currency), str(amount(1_234_500, currency))) == (decimals, coin, written)


def test_half_a_coin_is_rounded_away_from_nothing() -> None:
    assert [str(amount(micro, "EUR")) for micro in (5000, -5000, 4999)] == ["0.01", "-0.01", "0.00"]


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (Price.of(NOON, "EUR", "0.3"), "0.30 EUR/kWh"),
        (Price.of(NOON, "EUR", "0.2899"), "0.2899 EUR/kWh"),
        (Price.of(NOON, "EUR", "-0.01234"), "-0.01234 EUR/kWh"),
        (Price.of(NOON, "JPY", "30"), "30 JPY/kWh"),
        (Price.of(NOON, "EUR", 0), "0.00 EUR/kWh"),
    ],
)
def test_drivers_read_a_price_with_the_decimals_it_has(price: Price, words: str) -> None:
    assert worded(price) == words
