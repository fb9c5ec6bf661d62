"""How much less than it is offered a car draws."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.control.plan import Memory, Outcome, plan
from custom_components.ocpp_home.csms.control.shortfall import Shortfall
from custom_components.ocpp_home.csms.control.terms import Circuit, Demand, Site

OFFERED = Shortfall().told(10.0, 100.0)


def test_a_shortfall_is_known_when_an_offer_has_stood_for_half_a_minute() -> None:
    assert OFFERED.seen((9.8, 0.0, 0.0), 129.0).amps == 0
    assert OFFERED.seen((9.8, 0.0, 0.0), 130.0).amps == pytest.approx(0.2)
    assert OFFERED.told(10.0, 120.0).seen((0.0, 9.8, 9.7), 130.0).amps == pytest.approx(0.2)
    assert OFFERED.told(11.0, 120.0).seen((9.8, 0.0, 0.0), 130.0).amps == 0


def test_what_is_known_is_not_forgotten_with_the_next_offer() -> None:
    assert OFFERED.seen((9.8, 0.0, 0.0), 130.0).told(12.0, 130.0).amps == pytest.approx(0.2)


def test_who_draws_more_has_no_shortfall() -> None:
    assert OFFERED.seen((9.8, 0.0, 0.0), 130.0).seen((10.1, 0.0, 0.0), 135.0).amps == 0


def test_who_draws_much_less_could_draw_more_at_any_moment() -> None:
    assert OFFERED.seen((6.0, 0.0, 0.0), 130.0).amps == 0


def test_nothing_is_learnt_without_an_offer_or_a_measurement() -> None:
    assert OFFERED.seen(None, 130.0).amps == 0
    assert OFFERED.told(0.0, 130.0).seen((0.5, 0.0, 0.0), 200.0).amps == 0


# --- in the plan ------------------------------------------------------------------------------------------------------
CAR = Demand("a", "main", phases=(1,), value=0.14)


def settled(site: Site, car: Demand, drawn: float) -> Outcome:
    """After a minute in which a car drew so much less than it was offered."""
    outcome = plan(site, (car,), 0.0, Memory())
    for now in range(5, 65, 5):
        amps = outcome.shares[0].amps - drawn
        seen = replace(car, drawn=(amps, 0.0, 0.0), charging=True)
        outcome = plan(site, (seen,), float(now), outcome.memory)
    return outcome


def sunny(watts: float, fuse: float = 100.0) -> Site:
    return Site((Circuit("main", (fuse,) * 3, load=(0.0, 0.0, 0.0)),), watts, 0.32, 0.08)


def test_sun_that_was_offered_and_not_drawn_is_offered_again() -> None:
    site = sunny(10.6 * 230)
    assert settled(site, CAR, 0.0).shares[0].amps == 10
    assert settled(site, CAR, 0.2).shares[0].amps == 11


def test_a_fuse_is_not_lent_what_is_not_drawn() -> None:
    site = sunny(20 * 230, 10.6)
    assert settled(site, replace(CAR, value=0.5), 0.2).shares[0].amps == 10
    assert settled(site, CAR, 0.2).shares[0].amps == 10


def test_what_one_does_not_draw_another_has() -> None:
    site = sunny(2 * 8.4 * 230)
    other = replace(CAR, evse="b")
    outcome = plan(site, (CAR, other), 0.0, Memory())
    for now in range(5, 65, 5):
        seen = [
            replace(car, drawn=(share.amps - 0.6, 0.0, 0.0), charging=True)
            for car, share in zip((CAR, other), outcome.shares, strict=True)
        ]
        outcome = plan(site, seen, float(now), outcome.memory)
    assert sum(share.amps for share in outcome.shares) == 17 + 1
