"""The words of the controller."""

from dataclasses import FrozenInstanceError, replace
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.terms import FLOOR, Circuit, Demand, Limiter, Share, Site, Tuning


def test_who_limits_is_said_in_one_word_each() -> None:
    assert {str(limiter) for limiter in Limiter} == {
        "car",
        "full",
        "fuse",
        "grid",
        "hold",
        "plan",
        "stale",
        "station",
        "sun",
        "user",
    }


def test_an_evse_of_which_nothing_is_said_charges_with_three_phases_as_fast_as_it_can() -> None:
    demand = Demand("evse", "main")
    assert (demand.lines, demand.phases, demand.minimum, demand.value) == ((0, 1, 2), (3,), FLOOR, inf)
    assert demand.bound is Limiter.STATION


def test_a_house_of_which_nothing_is_said_knows_no_load_and_no_sun() -> None:
    assert Circuit("main", (25.0, 25.0, 25.0)).load is None
    site = Site(())
    assert (site.surplus, site.dimmed, site.peak, site.asymmetry) == (None, None, None, None)
    assert site.fallback == FLOOR
    assert site.feed_in < site.price


def test_more_is_slower_than_less() -> None:
    usual = Tuning()
    assert usual.rise_after >= 30.0
    assert usual.rise_by >= 2.0
    assert usual.restart_after > usual.rise_after
    assert usual.session_changes <= usual.day_changes


def test_words_are_values() -> None:
    share = Share("evse", 6.0, 3, Limiter.SUN)
    assert share == replace(share)
    assert len({share, replace(share), replace(share, amps=7.0)}) == 2
    with pytest.raises(FrozenInstanceError):
        share.amps = 32.0  # type: ignore[misc]  # it is what is tried
