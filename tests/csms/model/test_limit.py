"""Wishes and facts about a limit."""

import pytest

from custom_components.ocpp_home.csms.model.limit import Limits, Target, pausing


def test_the_lowest_wish_rules() -> None:
    limits = Limits()
    assert limits.effective is None
    assert limits.source is None
    assert limits.wish("user", 16) is True
    assert limits.wish("fuse", 20) is False
    assert limits.wish("solar", 7.5) is True
    assert (limits.effective, limits.source) == (7.5, "solar")
    assert limits.wish("solar", None) is True
    assert (limits.effective, limits.source) == (16, "user")


@pytest.mark.parametrize(("wished", "kept"), [(40, 32), (-3, 0), (6, 6)])
def test_a_wish_stays_within_what_the_hardware_allows(wished: float, kept: float) -> None:
    limits = Limits(maximum=32)
    limits.wish("user", wished)
    assert limits.effective == kept


def test_a_limit_is_settled_when_the_station_has_what_is_wished() -> None:
    limits = Limits()
    assert not limits.settled
    limits.wish("user", 10)
    limits.confirm(10, "TxProfile/A/Absolute")
    assert limits.settled
    assert limits.method == "TxProfile/A/Absolute"
    limits.doubt()
    assert not limits.settled
    assert limits.confirmed == 10


def test_a_refusal_is_kept_until_something_is_accepted() -> None:
    limits = Limits()
    limits.refuse("Rejected")
    limits.refuse("Rejected: not now")
    assert (limits.refusals, limits.refusal) == (2, "Rejected: not now")
    limits.confirm(None)
    assert (limits.refusals, limits.refusal) == (0, None)


@pytest.mark.parametrize(("amps", "pauses"), [(None, False), (0, True), (5.9, True), (6, False)])
def test_less_than_six_amperes_is_a_pause(amps: float | None, pauses: bool) -> None:
    assert pausing(amps) is pauses


def test_a_wish_may_carry_with_how_many_phases_to_charge_and_the_fewest_rule() -> None:
    limits = Limits()
    assert limits.wish("sun", 10, 3) is True
    assert limits.target == Target(10, 3)
    assert limits.wish("fuse", 16, 1) is True
    assert limits.target == Target(10, 1)
    assert limits.wish("fuse", 16) is True
    assert limits.target == Target(10, 3)
    assert limits.wish("sun", None) is True
    assert limits.target == Target(16)


def test_a_wish_that_is_stated_again_keeps_its_place() -> None:
    limits = Limits()
    limits.wish("user", 10)
    limits.wish("sun", 10)
    limits.wish("user", 10)
    assert limits.source == "user"


def test_other_phases_are_another_limit() -> None:
    limits = Limits()
    limits.confirm(10, "TxProfile/A/Absolute", 3)
    assert limits.meets(Target(10, 3))
    assert not limits.meets(Target(10, 1))
    limits.doubt()
    assert not limits.meets(Target(10, 3))
