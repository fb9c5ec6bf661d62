"""The price of later: as published, in line with the price of now, and guessed from the day before."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.ocpp_home.site.steps import Steps, steps
from custom_components.ocpp_home.site.tariff import Tariff, calibrated

ZONE = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def day(begin: datetime) -> Steps:
    """The prices of the 24 hours from a moment on: each is the hour by the clock of the house, in cents."""
    hours = [begin.astimezone(UTC) + timedelta(hours=index) for index in range(24)]
    return steps((at.timestamp(), at.timestamp() + HOUR, at.astimezone(ZONE).hour / 100) for at in hours)


def at(year: int, month: int, date: int, hour: int = 0) -> float:
    return datetime(year, month, date, hour, tzinfo=ZONE).timestamp()


def test_known_prices_are_told_and_averaged_over_an_hour() -> None:
    quarters = steps((index * 900.0, (index + 1) * 900.0, index / 10) for index in range(4))
    tariff = Tariff(9.0, quarters)
    assert (tariff.price(900, 1800), tariff.price(0, 3600)) == (0.1, pytest.approx(0.15))


def test_beyond_them_the_same_hour_of_the_day_before_holds() -> None:
    tariff = Tariff(9.0, day(datetime(2026, 11, 25, tzinfo=ZONE)), ZONE)
    assert tariff.until == at(2026, 11, 26)
    assert [tariff.price(at(2026, 11, date, 17), at(2026, 11, date, 18)) for date in (25, 26, 27)] == [0.17] * 3


@pytest.mark.parametrize("changed", [(2026, 3, 29), (2026, 10, 25)])
def test_the_same_hour_is_that_of_the_clock_when_it_is_changed(changed: tuple[int, int, int]) -> None:
    before = datetime(*changed, tzinfo=ZONE) - timedelta(days=1)
    tariff = Tariff(9.0, day(before), ZONE)
    assert tariff.price(at(*changed, 17), at(*changed, 18)) == 0.17


def test_an_hour_no_day_tells_costs_the_mean_and_nothing_known_is_as_now() -> None:
    known = steps([(at(2026, 11, 25, 10), None, 0.1), (at(2026, 11, 25, 11), None, 0.3)])
    assert Tariff(9.0, known, ZONE).price(at(2026, 11, 26, 3), at(2026, 11, 26, 4)) == pytest.approx(0.2)
    assert Tariff(9.0, known, ZONE).price(at(2026, 11, 25, 3), at(2026, 11, 25, 4)) == pytest.approx(0.2)
    assert Tariff(9.0).price(0, 900) == 9.0
    assert Tariff(9.0).until is None


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ([0.30, 0.40], 0.30, [0.30, 0.40]),
        ([0.10, 0.15], 0.30, [0.30, 0.35]),  # taxes and grid on top
        ([30.0, 40.0], 0.30, [0.30, 0.40]),  # cents
        ([300.0, 415.0], 0.30, [0.30, 0.415]),  # per MWh
        ([-0.05, 0.10], 0.15, [0.15, 0.30]),
        ([0.0, 0.10], 0.20, [0.20, 0.30]),
        ([0.50, 0.60], 0.20, [0.20, 0.30]),  # somebody pays a part
    ],
)  # fmt: skip
def test_a_list_is_brought_in_line_with_the_price_of_now(told: list[float], now: float, expected: list[float]) -> None:
    known = steps((index * HOUR, (index + 1) * HOUR, price) for index, price in enumerate(told))
    assert [one.value for one in calibrated(known, now, 10.0).steps] == pytest.approx(expected)


def test_a_price_of_the_whole_hour_is_no_surcharge_on_its_first_quarter() -> None:
    known = steps((index * 900.0, (index + 1) * 900.0, price) for index, price in enumerate([0.2, 0.3, 0.4, 0.5, 0.6]))
    assert [one.value for one in calibrated(known, 0.35, 10.0).steps] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6])
    assert [one.value for one in calibrated(known, 0.21, 10.0).steps] == pytest.approx([0.21, 0.31, 0.41, 0.51, 0.61])


def test_a_list_that_tells_nothing_of_now_stays_as_it_is() -> None:
    known = steps([(5 * HOUR, None, 0.2)])
    assert calibrated(known, 0.5, 10.0) == known
