"""Quarters of an hour, and what may still be taken in them."""

import random

import pytest

from custom_components.ocpp_home.csms.control.quarter import BURST, LEAST, QUARTER, SPARE, Quarter


def test_it_begins_with_what_is_paid_in_any_case() -> None:
    assert Quarter(0).allowed(0) == pytest.approx(LEAST * SPARE)


def test_what_was_not_used_may_be_used_later_in_the_quarter() -> None:
    quarter = Quarter(0, peak=4000).taken(0, 450, 1000)
    assert quarter.used == 125
    assert quarter.mean == 500
    assert quarter.allowed(450) == pytest.approx((4000 * SPARE / 4 - 125) * 8)


def test_what_was_used_too_much_is_missing_later() -> None:
    quarter = Quarter(0, peak=4000).taken(0, 450, 6000)
    assert quarter.allowed(450) == pytest.approx((4000 * SPARE / 4 - 750) * 8)
    assert quarter.taken(450, 600, 9000).allowed(600) == 0


def test_a_last_minute_is_no_reason_for_a_burst() -> None:
    assert Quarter(0, peak=4000).allowed(890) == 4000 * BURST
    assert Quarter(0, used=10_000, peak=4000).allowed(899.9) == 0


def test_what_flows_back_does_not_count() -> None:
    assert Quarter(0).taken(0, 450, -9000).used == 0


def test_a_new_quarter_starts_afresh() -> None:
    quarter = Quarter(0, used=500, peak=4000)
    assert quarter.allowed(QUARTER) == pytest.approx(4000 * SPARE)
    assert quarter.at(QUARTER + 5) == Quarter(QUARTER, 0, 4000)
    assert quarter.at(QUARTER - 1) == quarter


def test_a_quarter_above_the_peak_becomes_the_peak() -> None:
    assert Quarter(0, used=1500, peak=4000).at(900).peak == 6000
    assert Quarter(0, used=1500, peak=4000).at(899).peak == 4000


def test_a_new_month_forgets_the_peak() -> None:
    assert Quarter(0, used=100, peak=9000).month() == Quarter(0, 100, LEAST)
    assert Quarter(0, used=100, peak=9000).month(0) == Quarter(0, 100, 0)


def test_what_lasts_over_quarters_is_divided_among_them() -> None:
    quarter = Quarter(0, peak=2500).taken(450, 900 + 900 + 90, 4000)
    assert quarter == Quarter(1800, 100, 4000)
    assert Quarter(0).taken(100, 900, 3600) == Quarter(900, 0, 3200)


def test_a_gap_before_counts_nothing() -> None:
    assert Quarter(0, used=100).taken(2000, 2100, 3600) == Quarter(1800, 100, LEAST)


@pytest.mark.parametrize("seed", range(20))
def test_who_keeps_to_what_is_allowed_never_makes_the_month_dearer(seed: int) -> None:
    luck = random.Random(seed)
    quarter, now, means = Quarter(0, peak=4000), 0.0, []
    while now < 8 * QUARTER:
        seconds = luck.uniform(1, 20)
        house = luck.uniform(0, 3000)
        car = max(quarter.allowed(now) - house, 0)
        quarter, now = quarter.taken(now, now + seconds, house + car), now + seconds
        means.append(quarter.mean)
    assert max(means) > 3800
    assert quarter.peak == 4000
