"""What a session costs, and what of it came from the sun."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.model.price import Price, Share
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.csms.record.cost import (
    Tariff,
    cost_so_far,
    currency_of,
    days_of,
    midnight,
    settle,
    slices,
)
from custom_components.ocpp_home.csms.record.course import course_of

from .samples import BERLIN, NOON, after, price, running, share, transaction

CENT = 10_000


def cut(one: Transaction, tariff: Tariff, *minutes: float) -> list[tuple[int, int | None, int | None]]:
    course = course_of(one)
    assert course is not None
    return [(part.energy, part.cost, part.sun) for part in slices(course, tariff, map(after, minutes))]


def test_each_part_costs_the_price_that_holds_while_it_is_delivered() -> None:
    tariff = Tariff([price(-60, "0.30"), price(30, "0.20")])

    assert cut(transaction(), tariff) == [(10_000, 250 * CENT, None)]
    assert cut(transaction(), tariff, 30) == [(5000, 150 * CENT, None), (5000, 100 * CENT, None)]
    assert cut(transaction((30, 3000)), tariff) == [(10_000, 220 * CENT, None)], "2 kWh at 0.30 and 8 kWh at 0.20"


def test_a_price_that_begins_with_the_session_holds_for_it_and_one_that_begins_with_its_end_does_not() -> None:
    assert cut(transaction(), Tariff([price(-60, "9"), price(0, "0.10"), price(60, "9")])) == [
        (10_000, 100 * CENT, None)
    ]


def test_prices_below_zero_are_paid_to_the_driver() -> None:
    assert cut(transaction(), Tariff([price(0, "-0.05")])) == [(10_000, -50 * CENT, None)]


@pytest.mark.parametrize(
    "prices",
    [
        [],
        [price(30, "0.30")],
        [price(0, "0.30"), price(30, None)],
        [price(0, "0.30"), price(30, "0.30", "CHF")],
        [price(0, None)],
    ],
)
def test_without_a_price_for_all_of_it_in_one_currency_a_session_has_no_cost(prices: list[Price]) -> None:
    assert cut(transaction(), Tariff(prices), 30) == [(5000, None, None), (5000, None, None)]
    assert cost_so_far(transaction(), Tariff(prices)) is None
    assert settle(transaction(), Tariff(prices), UTC).currency is None


def test_a_price_that_is_not_known_while_nothing_is_delivered_does_not_matter() -> None:
    still = transaction((30, 11000))

    assert cut(still, Tariff([price(0, "0.30"), price(30, None)])) == [(10_000, 300 * CENT, None)]


@pytest.mark.parametrize(
    ("currency", "cost"), [("EUR", 3_330_000), ("JPY", 3_000_000), ("KWD", 3_333_000), ("eur", 3_330_000)]
)
def test_a_session_costs_whole_coins_of_its_currency(currency: str, cost: int) -> None:
    assert cost_so_far(transaction(), Tariff([price(0, "0.3333", currency)])) == (cost, currency)


def test_the_sun_gives_its_share_of_each_part() -> None:
    tariff = Tariff([], [share(0, 1000), share(30, 250)])

    assert cut(transaction(), tariff) == [(10_000, None, 6250)]
    assert cut(transaction(), Tariff([], [share(30, 500), share(45, None)])) == [(10_000, None, 1250)]
    assert cut(transaction(), Tariff([], [share(-5, None)])) == [(10_000, None, None)]
    assert cut(transaction(), Tariff([], [share(60, 1000)])) == [(10_000, None, None)]


def test_the_cost_so_far_grows_to_the_cost_of_the_whole() -> None:
    tariff = Tariff([price(0, "0.30"), price(30, "0.20")])

    assert cost_so_far(running((30, 6000)), tariff) == (150 * CENT, "EUR")
    assert cost_so_far(running(), tariff) is None
    assert cost_so_far(transaction(), tariff) == (250 * CENT, "EUR")
    assert settle(transaction(), tariff, UTC).cost == 250 * CENT


def test_a_session_over_midnight_is_of_both_days_of_the_local_calendar() -> None:
    night = transaction(started=after(9 * 60), stopped=after(11 * 60))

    account = settle(night, Tariff([price(0, "0.30")], [share(0, 500)]), BERLIN)

    assert [(day.day.day, day.energy, day.cost, day.sun) for day in account.days] == [
        (10, 5000, 150 * CENT, 2500),
        (11, 5000, 150 * CENT, 2500),
    ]
    assert [day.day.day for day in settle(night, Tariff(), UTC).days] == [10]


def test_a_session_that_ends_at_midnight_is_of_the_day_before() -> None:
    night = transaction(started=after(9 * 60), stopped=after(10 * 60))

    assert [day.day.day for day in settle(night, Tariff(), BERLIN).days] == [10]


def test_days_without_energy_are_left_out_but_for_the_first() -> None:
    parked = transaction((60 * 24 * 2, 1000.0), stopped=after(60 * 24 * 3))

    assert [(day.day.day, day.energy) for day in settle(parked, Tariff(), UTC).days] == [
        (10, 0),
        (12, 5000),
        (13, 5000),
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_days_on_which_clocks_change_are_as_long_as_they_are(day: date, hours: int) -> None:
    length = midnight(day + timedelta(days=1), BERLIN) - midnight(day, BERLIN)
    through = transaction(started=midnight(day, BERLIN), stopped=midnight(day, BERLIN) + timedelta(hours=hours, days=1))

    assert length == timedelta(hours=hours)
    first, second = settle(through, Tariff(), BERLIN).days
    assert (first.day, first.energy) == (day, round(10_000 * hours / (hours + 24)))
    assert first.energy + second.energy == 10_000


def test_a_day_that_a_calendar_leaves_out_is_no_day_of_a_session() -> None:
    apia = ZoneInfo("Pacific/Apia")
    begun = datetime(2011, 12, 30, 4, tzinfo=UTC)

    over = settle(transaction(started=begun, stopped=begun + timedelta(hours=12)), Tariff(), apia)

    assert [(day.day.day, day.energy) for day in over.days] == [(29, 5000), (31, 5000)]


def test_a_session_that_makes_no_sense_is_of_the_day_of_its_end_or_of_none() -> None:
    endless = transaction(started=datetime(2019, 1, 1, tzinfo=UTC))
    assert [day.day for day in settle(endless, Tariff(), BERLIN).days] == [date(2026, 10, 10)]
    assert settle(transaction(started=datetime(1970, 1, 1, tzinfo=UTC)), Tariff(), BERLIN) is None
    assert settle(transaction(stopped=datetime.max.replace(tzinfo=UTC)), Tariff(), BERLIN) is None
    assert settle(transaction(meter_start=None), Tariff(), BERLIN) is None


def test_points_can_be_given_where_the_transaction_has_none() -> None:
    bare = transaction(points=None)

    assert settle(bare, Tariff([price(0, "0.30"), price(30, "0.20")]), UTC, ((after(30), 3000.0),)).cost == 220 * CENT


moments = st.floats(-100, 60 * 24 * 40)
series = st.lists(st.tuples(moments, st.integers(-400_000, 900_000)), min_size=1, max_size=6)
registers = st.lists(st.tuples(moments, st.floats(0, 60_000)), max_size=6)


@given(
    registers=registers,
    prices=series,
    shares=st.lists(st.tuples(moments, st.integers(0, 1000)), max_size=4),
    lasting=st.floats(0, 60 * 24 * 40),
    cuts=st.lists(moments, max_size=12),
)
def test_however_a_session_is_cut_its_parts_are_the_whole_to_the_watt_hour_and_the_cent(
    registers: list[tuple[float, float]],
    prices: list[tuple[float, int]],
    shares: list[tuple[float, int]],
    lasting: float,
    cuts: list[float],
) -> None:
    one = transaction(*sorted(registers), stopped=after(lasting), meter_stop=45_678.9)
    known = [Price(after(minute), "EUR", micro) for minute, micro in [(-200, 300_000), *sorted(prices)]]
    tariff = Tariff(known, [Share(after(minute), part) for minute, part in sorted(shares)])
    course = course_of(one)
    assert course is not None

    parts = slices(course, tariff, map(after, cuts))
    [whole] = slices(course, tariff, ())
    account = settle(one, tariff, BERLIN)

    assert sum(part.energy for part in parts) == whole.energy == account.energy == 44_679
    assert sum(part.cost for part in parts) == whole.cost == account.cost == cost_so_far(one, tariff)[0]
    assert all(part.cost % CENT == 0 for part in parts)
    assert sum(part.sun or 0 for part in parts) == (whole.sun or 0) == (account.sun or 0) <= whole.energy
    assert all(earlier.end == later.begin for earlier, later in pairwise(parts))
    assert currency_of(course, tariff) == "EUR"
    assert {day.day for day in account.days} <= set(days_of(course, BERLIN))


@given(first=st.integers(0, 59), per_kwh=st.integers(0, 2_000_000))
def test_cost_is_additive(first: int, per_kwh: int) -> None:
    """Two sessions one after the other cost what one through both does, to the coin each is rounded to."""
    at = first + 0.5
    tariff = Tariff([Price(NOON, "EUR", per_kwh)])
    register = 1000 + 10_000 * at / 60
    one = cost_so_far(transaction(stopped=after(at), meter_stop=register), tariff)
    two = cost_so_far(transaction(started=after(at), meter_start=register), tariff)
    whole = cost_so_far(transaction(), tariff)

    assert abs(one[0] + two[0] - whole[0]) <= CENT
