"""Which phase leads where, learnt from what moves together."""

from itertools import count
import random

import pytest

from custom_components.ocpp_home.csms.control.rotation import ORDERS, STEADY, TOGETHER, Order, Rotation, Sight
from custom_components.ocpp_home.csms.control.terms import Lines

ONE, TWO, THREE = (16.0, 0.0, 0.0), (16.0, 16.0, 0.0), (16.0, 16.0, 16.0)
IDLE: Lines = (0.0, 0.0, 0.0)


def house(drawn: Lines, order: Order, load: Lines = (2.0, 5.0, 9.0)) -> Lines:
    """What the lines carry."""
    lines = list(load)
    for phase, line in enumerate(order):
        lines[line] += drawn[phase]
    return lines[0], lines[1], lines[2]


def after(order: Order, *currents: Lines, apart: float = 10.0, noise: random.Random | None = None) -> Rotation:
    """What is known after a car has drawn these currents, each for two readings."""
    rotation, clock = Rotation(), count()
    for drawn in currents:
        for _ in range(2):
            load = (2.0, 5.0, 9.0) if noise is None else (noise.uniform(0, 3), noise.uniform(0, 3), noise.uniform(0, 3))
            rotation = rotation.seen(Sight(next(clock) * apart, drawn, house(drawn, order, load)))
    return rotation


def test_nothing_is_known_at_first() -> None:
    assert Rotation().order is None


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_a_car_on_one_phase_tells_where_it_leads_after_three_steps(order: Order) -> None:
    assert after(order, IDLE, ONE, IDLE).order is None
    assert after(order, IDLE, ONE, IDLE, ONE).order == order


def test_what_was_known_is_taken_up_again() -> None:
    known = after((1, 2, 0), IDLE, ONE, IDLE, ONE)
    assert Rotation.of([known.against[order] for order in ORDERS]) == Rotation(known.against)


@pytest.mark.parametrize("order", ORDERS)
def test_a_car_on_two_phases_tells_all_orders_apart(order: Order) -> None:
    assert after(order, *[IDLE, TWO, (6.0, 6.0, 0.0), ONE, IDLE] * 3).order == order


def test_three_phases_that_move_alike_tell_nothing() -> None:
    assert after((1, 2, 0), *[IDLE, THREE] * 10).order is None


def test_small_steps_tell_nothing() -> None:
    assert after((1, 2, 0), *[(6.0, 0.0, 0.0), (9.0, 0.0, 0.0)] * 10).order is None


def test_what_lies_far_apart_is_no_step() -> None:
    assert after((1, 2, 0), *[IDLE, ONE] * 5, apart=TOGETHER + 1).order is None


def test_a_reading_on_the_way_is_not_taken_for_where_the_car_ends() -> None:
    rotation, clock = Rotation(), count()
    for drawn in [IDLE, IDLE, (9.0, 0.0, 0.0), (15.0, 0.0, 0.0), (15.0 + STEADY / 2, 0.0, 0.0)]:
        rotation = rotation.seen(Sight(next(clock) * 5.0, drawn, house(drawn, (2, 0, 1))))
    assert rotation.steady is not None
    assert rotation.steady.drawn == (15.0 + STEADY / 2, 0.0, 0.0)
    assert rotation.against[2, 0, 1] == pytest.approx(0.0)
    assert rotation.against[0, 1, 2] == 8.0


def test_a_house_that_does_as_it_likes_does_not_deceive() -> None:
    rng = random.Random(7)
    for order in [(0, 1, 2), (2, 0, 1)]:
        assert after(order, *[IDLE, ONE] * 6, noise=rng).order in {order, None}
    assert after((1, 2, 0), *[IDLE, ONE] * 12, noise=rng).order == (1, 2, 0)


def test_an_oven_that_goes_on_with_the_car_is_outvoted() -> None:
    rotation, clock = Rotation(), count()
    for turn in range(5):
        for drawn in (IDLE, ONE):
            load = (20.0, 5.0, 9.0) if turn == 1 and drawn is ONE else (2.0, 5.0, 9.0)
            for _ in range(2):
                rotation = rotation.seen(Sight(next(clock) * 10.0, drawn, house(drawn, (1, 2, 0), load)))
    assert rotation.order == (1, 2, 0)


def test_a_house_that_is_wired_anew_is_learnt_anew() -> None:
    rotation, clock = after((0, 1, 2), *[IDLE, ONE] * 10), count(10_000)
    assert rotation.order == (0, 1, 2)
    for drawn in [IDLE, ONE] * 20:
        for _ in range(2):
            rotation = rotation.seen(Sight(next(clock) * 10.0, drawn, house(drawn, (2, 0, 1))))
    assert rotation.order == (2, 0, 1)
