"""What a mode comes to."""

from math import inf

import pytest

from custom_components.ocpp_home.csms.control.mode import FIRST, Bid, Mode, Wish, bid, given
from custom_components.ocpp_home.csms.control.work import Reach, Worth, gains

PRICE, FEED_IN = 0.32, 0.08


def value(wish: Wish, price: float = PRICE, feed_in: float = FEED_IN) -> float:
    return bid(wish, price, feed_in).value


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(Mode.OFF), -inf),
        (Wish(Mode.SOLAR), 0.104),
        (Wish(Mode.SOLAR_MINIMUM), 0.104),
        (Wish(Mode.SOLAR_PLUS), 0.20),
        (Wish(Mode.SOLAR_PLUS, planned=0.15), 0.15),
        (Wish(Mode.SOLAR_PLUS, planned=0.01), 0.104),
        (Wish(Mode.SOLAR_PLUS, planned=0.90), 0.296),
        (Wish(Mode.CHEAP), 0.104),
        (Wish(Mode.CHEAP, limit=0.05), 0.104),
        (Wish(Mode.CHEAP, limit=0.33), 0.33),
        (Wish(Mode.PLAN), 0.104),
        (Wish(Mode.PLAN, planned=1.9), 1.9),
        (Wish(Mode.PLAN, planned=-inf), -inf),
        (Wish(Mode.FAST), inf),
        (Wish(Mode.SOLAR, planned=1.9), 0.104),
    ],
)
def test_a_mode_bounds_what_a_kwh_is_worth(wish: Wish, expected: float) -> None:
    assert value(wish) == pytest.approx(expected)


@pytest.mark.parametrize("mode", Mode)
def test_only_the_sun_with_minimum_never_stops(mode: Mode) -> None:
    assert bid(Wish(mode), PRICE, FEED_IN).steady is (mode is Mode.SOLAR_MINIMUM)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.OFF])
def test_boost_and_a_low_battery_are_fast_and_first(mode: Mode) -> None:
    assert bid(Wish(mode, boost=True, priority=2), PRICE, FEED_IN) == Bid(inf, priority=2 + FIRST)
    assert bid(Wish(mode, low=True), PRICE, FEED_IN) == Bid(inf, priority=FIRST)


def test_off_is_off_whatever_else_is_wished() -> None:
    assert bid(Wish(Mode.OFF, boost=True, low=True, priority=3), PRICE, FEED_IN) == Bid(-inf, priority=3)


def test_the_priority_is_the_owners() -> None:
    assert bid(Wish(Mode.FAST, priority=5), PRICE, FEED_IN).priority == 5


@pytest.mark.parametrize(("price", "feed_in"), [(0.3, 0.3), (0.1, 0.2), (-0.05, 0.08), (0.0, 0.0), (0.32, 0.08)])
def test_with_the_sun_only_the_grid_is_not_asked_for_more_than_the_least(price: float, feed_in: float) -> None:
    taken = given(price, feed_in)
    for mode in (Mode.SOLAR, Mode.SOLAR_PLUS):
        found = gains(Worth(value(Wish(mode), price, feed_in), 2500, price, taken), Reach())
        assert found.powers[2] == 2500
        assert found.gains[2] > 0
        assert gains(Worth(value(Wish(mode), price, feed_in), 0, price, taken), Reach()).gains[2] < 0


def test_what_the_grid_gives_is_counted_less_than_what_it_takes() -> None:
    assert given(0.32, 0.08) == 0.08
    assert given(0.30, 0.30) == pytest.approx(0.28)
    assert given(-0.05, 0.08) == pytest.approx(-0.07)
