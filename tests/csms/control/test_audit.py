"""What a day of charging cost beside hindsight, by hand: prices 0.30 and 0.08, pieces of an hour unless told."""

from dataclasses import replace
from random import Random

import pytest

from custom_components.ocpp_home.csms.control.audit import Audit, Piece, audit, cheapest, together

DARK = Piece(1, 3600, price=0.30, feed_in=0.08, sun=0, taken=0, power=0, least=1380, most=3680)
"""A car is there, and nothing happens."""


def parts(found: Audit) -> dict[str, float]:
    """The parts of the loss that are not nothing."""
    named = {name: getattr(found, name) for name in ("latency", "forecast", "owner", "minimum")}
    return {name: pytest.approx(part) for name, part in named.items() if abs(part) > 1e-9}


def test_who_took_only_what_the_sun_gave_lost_nothing() -> None:
    found = audit([DARK, replace(DARK, sun=3000, taken=2000, power=2000)])
    assert (found.energy, found.sun, found.share) == (2000, 2000, 1.0)
    assert found.cost == found.best == pytest.approx(0.16)
    assert parts(found) == {}


def test_a_day_without_a_car_is_nothing() -> None:
    assert audit([]) == Audit(0, 0, 0, 0, 0, 0, 0)
    assert audit([]).share == 0


def test_what_was_bought_at_the_wrong_time_is_lost_by_the_forecast() -> None:
    night, cheap = replace(DARK, power=2000), replace(DARK, price=0.10)
    found = audit([night, cheap])
    assert found.cost == pytest.approx(0.60)
    assert found.best == pytest.approx(0.20)
    assert parts(found) == {"forecast": 0.40}


def test_the_same_is_lost_by_the_owner_where_he_decided() -> None:
    found = audit([replace(DARK, power=2000, owned=0.6), replace(DARK, price=0.10)])
    assert parts(found) == {"owner": 0.40}


def test_what_the_owner_decided_stays_while_the_controller_is_judged() -> None:
    """2 kWh by the owner and 1 kWh by the controller at 0.30; 2.5 kWh for 0.10 and 3.68 kWh for 0.20 were to be had.

    The controller's went best to 0.10: 0.30 - 0.10. With the owner's too, 3 kWh cost 2.5 x 0.10 + 0.5 x 0.20 = 0.35
    instead of 0.60 + 0.10.
    """
    others = [replace(DARK, price=0.10, most=2500), replace(DARK, price=0.20)]
    found = audit([replace(DARK, power=2000, owned=1), replace(DARK, power=1000, least=0), *others])
    assert found.cost == pytest.approx(0.90)
    assert parts(found) == {"forecast": 0.20, "owner": 0.35}


def test_sun_that_was_there_and_not_taken_in_the_same_minutes_is_lost_by_latency() -> None:
    """Of 2 kW half were sun, though there was sun for all of it: 1 kWh for 0.30 instead of 0.08."""
    found = audit([replace(DARK, sun=2000, taken=1000, power=2000)])
    assert found.cost == pytest.approx(0.38)
    assert parts(found) == {"latency": 0.22}


def test_what_a_car_buys_to_have_its_six_amperes_is_lost_by_the_minimum() -> None:
    """Two hours of 690 W of sun: in one it took 1380 W, half of them bought; any power had taken 690 W in both."""
    found = audit([replace(DARK, sun=690, taken=690, power=1380), replace(DARK, sun=690)])
    assert found.cost == pytest.approx(0.69 * (0.08 + 0.30))
    assert found.best == pytest.approx(1.38 * 0.08)
    assert parts(found) == {"minimum": 0.69 * 0.22}


def test_a_part_of_an_hour_may_be_charged_with_the_least() -> None:
    """1 kWh with 1380 W of which 690 W are sun costs 0.19; it was bought where there was no sun."""
    found = audit([replace(DARK, power=1000), replace(DARK, sun=690)])
    assert found.cost == pytest.approx(0.30)
    assert parts(found) == {"forecast": 0.11, "minimum": 0.19 - 0.69 * 0.08 - 0.31 * 0.30}


def test_no_more_than_was_possible_is_moved() -> None:
    """Only 1.5 of 2 kWh fit into the cheap hour."""
    found = audit([replace(DARK, power=2000), replace(DARK, price=0.10, most=1500)])
    assert parts(found) == {"forecast": 1.5 * 0.20}


def test_where_a_fuse_left_nothing_nothing_is_moved() -> None:
    found = audit([replace(DARK, power=2000), replace(DARK, price=0.10, most=0)])
    assert parts(found) == {}


def test_a_car_that_took_more_than_known_to_be_possible_took_it() -> None:
    found = audit([replace(DARK, power=5000)])
    assert found.cost == found.best == pytest.approx(1.50)


def test_energy_stays_in_its_visit() -> None:
    """Who left before noon cannot have had the sun of noon."""
    found = audit([replace(DARK, visit=2, sun=3680), replace(DARK, power=2000), replace(DARK, visit=2, power=500)])
    assert found.cost == pytest.approx(0.75)
    assert parts(found) == {"forecast": 0.5 * 0.22}


def test_what_is_done_better_than_thought_possible_is_the_best_known() -> None:
    """Half an hour of 690 W of sun, or all of it in one half: then 690 W on average are sun, and nothing is lost."""
    found = audit([replace(DARK, sun=690, taken=690, power=690)])
    assert found.cost == found.best == pytest.approx(0.69 * 0.08)
    assert parts(found) == {}


def test_who_is_paid_more_than_he_pays_does_not_sell_the_sun_first() -> None:
    found = audit([replace(DARK, price=0.05, sun=1000, taken=0, power=2000)])
    assert found.cost == found.best == pytest.approx(0.10)


def test_a_negative_price_is_earned() -> None:
    found = audit([replace(DARK, power=2000), replace(DARK, price=-0.10)])
    assert found.best == pytest.approx(-0.20)
    assert parts(found) == {"forecast": 0.80}


def test_pieces_become_one_by_their_time() -> None:
    one = replace(DARK, seconds=100, power=3000, sun=300, owned=1)
    both = together(one, replace(DARK, seconds=200, price=0.36))
    assert both == replace(
        DARK, seconds=300, price=pytest.approx(0.34), power=pytest.approx(1000), sun=pytest.approx(100),
        owned=pytest.approx(1 / 3),
    )  # fmt: skip
    assert together(replace(DARK, seconds=0), replace(DARK, seconds=0)) == replace(DARK, seconds=0)


def test_energy_costs_the_cheapest_first() -> None:
    assert cheapest([((1000, 0.30),), ((500, 0.10), (500, 0.20))], 1200) == pytest.approx(0.05 + 0.10 + 0.06)
    assert cheapest([((1000, 0.30),)], 0) == 0


def test_whatever_the_day_no_part_is_negative_and_together_they_are_the_loss() -> None:
    chance = Random(7)
    for _ in range(300):
        found = audit([any_piece(chance) for _ in range(chance.randrange(1, 12))])
        assert min(found.latency, found.forecast, found.owner, found.minimum) >= -1e-9
        assert found.cost - found.best == pytest.approx(found.loss)


def any_piece(chance: Random) -> Piece:
    power, sun = chance.choice([0, 400, 1380, 3000]), chance.uniform(0, 4000)
    return Piece(
        visit=chance.randrange(2),
        seconds=chance.choice([60, 300]),
        price=chance.uniform(-0.1, 0.4),
        feed_in=0.08,
        sun=sun,
        taken=chance.uniform(0, min(power, sun)),
        power=power,
        least=1380,
        most=chance.choice([0, 1000, 3680, 11040]),
        owned=chance.random(),
    )
