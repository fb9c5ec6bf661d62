"""One step of the day plan, by hand."""

from math import inf
import random

import pytest

from custom_components.ocpp_home.csms.control.dynamic import Choice, back, between, choices, powers, switch
from custom_components.ocpp_home.csms.control.outlook import Car, Slot
from custom_components.ocpp_home.csms.control.work import Reach, Switching

FREE = Switching(0, 0)
PRICES = Switching(start=0.006, phases=0.004)


def choice(steps: float, cost: float, phases: int = 1) -> Choice:
    return Choice(1000, phases, steps, cost, cost)


STILL = Choice(0, 0, 0, 0, 0)


@pytest.mark.parametrize(("level", "cost"), [(-1, 8), (0, 8), (0.25, 7), (1, 4), (1.5, 3.5), (2, 3), (9, 3)])
def test_between_two_steps_all_is_linear_and_beyond_them_is_nothing(level: float, cost: float) -> None:
    assert between([8, 4, 3], level) == pytest.approx(cost)


def test_the_outcome_is_what_it_costs_and_what_is_still_to_come() -> None:
    assert choice(1.5, 0.5).outcome(0, [8, 4, 3, 3]) == pytest.approx(0.5 + 3.5)
    assert STILL.outcome(0.5, [8, 4]) == 6


def test_who_is_full_before_the_end_pays_for_what_was_charged() -> None:
    assert choice(2, 0.5).share(2.5, 3) == 0.25
    assert choice(2, 0.5).outcome(2.5, [8, 4, 3, 1]) == pytest.approx(0.125 + 1)
    assert choice(2, 0.5).outcome(3, [8, 4, 3, 1]) == 1
    assert STILL.share(3, 3) == 1


@pytest.mark.parametrize("seed", range(20))
def test_everywhere_is_the_outcome_at_each_step(seed: int) -> None:
    luck = random.Random(seed)
    costs = [luck.uniform(-3, 3) for _ in range(luck.randint(2, 12))]
    for steps in (0, 1, 3, luck.uniform(0.01, 15)):
        one = choice(steps, luck.uniform(-1, 1))
        assert one.everywhere(costs) == pytest.approx([one.outcome(level, costs) for level in range(len(costs))])


@pytest.mark.parametrize(
    ("reach", "surplus", "room", "expected"),
    [
        (Reach(), 2000, inf, [(0, 0), (1380, 1), (2530, 1), (3680, 1), (2000, 1), (4140, 3), (7590, 3), (11040, 3)]),
        (Reach(), 9000, inf, [(0, 0), (1380, 1), (2530, 1), (3680, 1), (4140, 3), (7590, 3), (11040, 3), (9000, 3)]),
        (Reach(), -900, inf, [(0, 0), (1380, 1), (2530, 1), (3680, 1), (4140, 3), (7590, 3), (11040, 3)]),
        (Reach(), 0, 5000, [(0, 0), (1380, 1), (2530, 1), (3680, 1), (4140, 3), (4570, 3), (5000, 3)]),
        (Reach(), 9000, 3000, [(0, 0), (1380, 1), (2190, 1), (3000, 1)]),
        (Reach(), 9000, 1380, [(0, 0), (1380, 1)]),
        (Reach(), 9000, 1000, [(0, 0)]),
        (Reach(phases=(3,)), 0, 3000, [(0, 0)]),
        (Reach(maximum=5), 9000, inf, [(0, 0)]),
        (Reach(phases=()), 9000, inf, [(0, 0)]),
    ],
)
def test_powers_are_least_middle_most_and_as_the_sun_shines(
    reach: Reach, surplus: float, room: float, expected: list[tuple[float, int]]
) -> None:
    assert list(powers(reach, surplus, room)) == expected


def test_a_choice_costs_what_is_bought_and_what_is_not_sold() -> None:
    slot = Slot(0, 1800, 0.30, 0.08, pv=3000, load=1000)
    found = {option.power: option for option in choices(slot, Car(0, 50_000, eta=0.9), 1.0, 5.0, 500)}
    assert found[0] == STILL
    assert found[2000].bill == found[2000].cost == pytest.approx(1.0 * 0.08)
    assert found[11040].bill == pytest.approx(1.0 * 0.08 + 4.52 * 0.30)
    assert found[11040].bill - found[11040].cost == pytest.approx(4.52 * 5 * 3e-4)
    assert found[11040].steps == pytest.approx(11040 * 0.5 * 0.9 / 500)


def test_a_choice_in_another_sun_costs_more() -> None:
    slot = Slot(0, 3600, 0.30, 0.08, pv=3000, load=1000)
    dull = {option.power: option.bill for option in choices(slot, Car(0, 50_000), 0.5, 0, 500)}
    assert dull[1380] == pytest.approx(0.5 * 0.08 + 0.88 * 0.30)


def test_a_switch_costs_half_a_start_or_a_change_of_phases() -> None:
    assert switch(0, 1, PRICES) == switch(3, 0, PRICES) == 0.003
    assert switch(1, 3, PRICES) == switch(3, 1, PRICES) == 0.004
    assert switch(0, 0, PRICES) == switch(3, 3, PRICES) == 0


def test_back_takes_the_better_choice_at_each_step() -> None:
    found = back([STILL, choice(1, 1.5)], {0: [4, 2, 1], 1: [4, 2, 1]}, FREE)
    assert found == {0: [3.5, 2, 1], 1: [3.5, 2, 1]}


def test_back_counts_the_way_from_where_the_car_was() -> None:
    found = back([STILL, choice(1, 1.5)], {0: [4, 2, 1], 1: [4, 2, 1]}, Switching(start=0.2, phases=9))
    assert found[0] == pytest.approx([3.6, 2, 1])
    assert found[1] == pytest.approx([3.5, 2.1, 1])


def test_back_goes_on_where_one_may_no_longer_stay() -> None:
    assert back([STILL], {0: [4, 2, 1], 3: [0, 0, 0]}, PRICES) == {
        0: [4, 2, 1],
        3: pytest.approx([4.003, 2.003, 1.003]),
    }
