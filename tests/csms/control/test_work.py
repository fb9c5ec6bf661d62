"""The work function: what it waits for, what it does not wait for, and that hindsight is never far ahead."""

from itertools import pairwise
from math import inf, isclose
import random

import pytest

from custom_components.ocpp_home.csms.control.work import (
    EVERY,
    LONGEST,
    Gains,
    Reach,
    State,
    Switching,
    Work,
    Worth,
    begin,
    gains,
    step,
)

OFF_1P, OFF_3P, ON_1P, ON_3P = State
REACH = Reach()
PRICES = Switching()


def worth(value: float, surplus: float, price: float = 0.32, feed_in: float = 0.08) -> Worth:
    return Worth(value, surplus, price, feed_in)


def seconds_until(
    work: Work, now: Gains, goal: State, switching: Switching = PRICES, *, tick: float = 1.0, patience: int = 20_000
) -> float:
    """How long the gains must last until the controller is in that state."""
    for count in range(1, patience):
        work = step(work, now, tick, switching)
        if work.state is goal:
            return count * tick
    return inf


def settled(now: Gains, switching: Switching = PRICES) -> Work:
    """Where an hour of these gains leads."""
    work = begin(OFF_1P, switching)
    for _ in range(720):
        work = step(work, now, 5, switching)
    return work


def test_a_state_says_whether_energy_flows_and_through_how_many_phases() -> None:
    assert [(state.on, state.phases) for state in State] == [(False, 1), (False, 3), (True, 1), (True, 3)]


@pytest.mark.parametrize(
    ("value", "surplus", "powers"),
    [
        (0.20, 2500, (2500, 4140)),
        (0.20, 5000, (3680, 5000)),
        (0.20, 20000, (3680, 11040)),
        (0.20, -500, (1380, 4140)),
        (0.32, 0, (3680, 11040)),
        (inf, -9000, (3680, 11040)),
        (0.08, 9000, (1380, 4140)),
        (-inf, 9000, (1380, 4140)),
    ],
)
def test_power_follows_the_sun_between_the_two_prices(
    value: float, surplus: float, powers: tuple[float, float]
) -> None:
    assert gains(worth(value, surplus), REACH).powers == (0, 0, *powers)


def test_gain_counts_what_the_grid_does_not_get_and_what_it_gives() -> None:
    found = gains(worth(0.20, 2500), REACH)
    assert found.gains[:2] == (0, 0)
    assert found.gains[ON_1P] == pytest.approx(2.5 * (0.20 - 0.08))
    assert found.gains[ON_3P] == pytest.approx(4.14 * 0.20 - 2.5 * 0.08 - 1.64 * 0.32)


def test_gain_without_any_sun_is_the_value_less_the_price() -> None:
    assert worth(0.20, -700).gain(1380) == pytest.approx(1.38 * (0.20 - 0.32))


@pytest.mark.parametrize(("value", "watts"), [(0.14, 1035), (0.20, 690), (0.26, 345), (0.081, 1374.25)])
def test_one_phase_is_worth_it_from_the_economic_threshold_on(value: float, watts: float) -> None:
    assert gains(worth(value, watts + 1), REACH).gains[ON_1P] > 0
    assert gains(worth(value, watts - 1), REACH).gains[ON_1P] < 0
    assert gains(worth(value, watts), REACH).gains[ON_1P] == pytest.approx(0)


def test_where_the_grid_pays_more_than_it_asks_all_or_nothing_is_best() -> None:
    assert worth(0.05, 1500, price=-0.02, feed_in=0.10).power(1380, 3680) == 3680
    assert worth(0.00, 3600, price=-0.02, feed_in=0.10).power(1380, 3680) == 1380
    assert worth(0.20, 1500, price=-0.02, feed_in=0.10).power(1380, 3680) == 3680
    assert worth(-0.03, 1500, price=-0.02, feed_in=0.10).power(1380, 3680) == 1380


def test_always_and_never_are_numbers_one_can_add() -> None:
    assert gains(worth(inf, 0), REACH).gains[ON_3P] == pytest.approx(11.04 * (1e4 - 0.32))
    assert gains(worth(-inf, 0), REACH).gains[ON_3P] == pytest.approx(4.14 * (-1e4 - 0.32))


@pytest.mark.parametrize(
    ("reach", "steady", "states"),
    [
        (Reach(), False, set(State)),
        (Reach(), True, {ON_1P, ON_3P}),
        (Reach(phases=(1,)), False, {OFF_1P, ON_1P}),
        (Reach(phases=(3,)), False, {OFF_3P, ON_3P}),
        (Reach(phases=(3,)), True, {ON_3P}),
        (Reach(maximum=5), False, {OFF_1P, OFF_3P}),
        (Reach(maximum=5), True, {OFF_1P, OFF_3P}),
        (Reach(maximum=6), True, {ON_1P, ON_3P}),
    ],
)
def test_an_evse_can_be_in_what_it_is_built_for(reach: Reach, steady: bool, states: set[State]) -> None:
    assert reach.states(steady=steady) == states


def test_watts_are_those_of_the_phases_and_never_below_the_minimum() -> None:
    assert Reach().watts(1) == (1380, 3680)
    assert Reach(voltage=240).watts(3) == (4320, 11520)
    assert Reach(maximum=4).watts(1) == (1380, 1380)


def test_a_start_and_its_stop_share_their_price_and_phases_cost_the_same_each_way() -> None:
    prices = Switching(start=0.006, phases=0.004)
    assert prices.price(OFF_1P, ON_1P) == prices.price(ON_1P, OFF_1P) == 0.003
    assert prices.price(ON_1P, ON_3P) == prices.price(OFF_3P, OFF_1P) == 0.004
    assert prices.price(OFF_1P, ON_3P) == prices.price(ON_3P, OFF_1P) == 0.007
    assert [prices.price(state, state) for state in State] == [0, 0, 0, 0]


def test_it_begins_with_the_price_of_the_way_from_here() -> None:
    assert begin() == Work(OFF_1P, (0, 0.005, 0.0025, 0.0075))
    assert begin(ON_3P) == Work(ON_3P, (0.0075, 0.0025, 0.005, 0))


def test_a_start_waits_until_standing_still_has_cost_as_much_as_starting_and_stopping() -> None:
    sun = gains(worth(0.20, 3000), Reach(phases=(1,)))
    only = Switching(allowed=Reach(phases=(1,)).states())
    assert sun.gains[ON_1P] == pytest.approx(0.36)
    assert seconds_until(begin(OFF_1P, only), sun, ON_1P, only) == pytest.approx(0.005 / 0.36 * 3600, abs=1.01)


def test_a_cloud_that_costs_less_than_a_switch_switches_nothing() -> None:
    work = settled(gains(worth(0.20, 5000), REACH))
    cloud = gains(worth(0.20, 0), REACH)
    assert work.state is ON_3P
    for _ in range(20):  # 4.14 kW x 12 ct for 20 s: 0.28 ct, and the sun again
        for _ in range(4):
            work = step(work, cloud, 5, PRICES)
            assert work.state is ON_3P
        for _ in range(60):
            work = step(work, gains(worth(0.20, 5000), REACH), 5, PRICES)


def test_a_sunset_switches_at_once() -> None:
    work = settled(gains(worth(0.14, 5000), REACH))
    night = gains(worth(0.14, -800), REACH)
    assert work.state is ON_3P
    assert night.gains[ON_3P] == pytest.approx(-4.14 * 0.18)
    assert seconds_until(work, night, OFF_3P) == pytest.approx(0.005 / (4.14 * 0.18) * 3600, abs=1.01)


def test_who_must_charge_does_without_delay() -> None:
    work = step(begin(), gains(worth(inf, 0), REACH), 5, PRICES)
    assert work.state is ON_3P
    assert step(work, gains(worth(-inf, 0), REACH), 5, PRICES).state is OFF_3P


def test_what_is_not_allowed_is_left_at_once_and_not_entered() -> None:
    one = Switching(allowed=frozenset({OFF_1P, ON_1P}))
    work = step(begin(ON_3P), gains(worth(0.2, 9000), REACH), 1, one)
    assert work.state is ON_1P
    assert work.costs[OFF_3P] == work.costs[ON_3P] == inf
    assert settled(gains(worth(0.2, 9000), REACH), one).state is ON_1P


def test_what_becomes_allowed_again_is_entered_when_it_pays() -> None:
    sun = gains(worth(0.2, 9000), REACH)
    work = settled(sun, Switching(allowed=frozenset({OFF_1P, ON_1P})))
    assert seconds_until(work, sun, ON_3P) < 100


def test_where_nothing_is_allowed_nothing_moves() -> None:
    assert step(begin(), gains(worth(inf, 0), REACH), 5, Switching(allowed=frozenset())) == begin()


def test_a_state_as_good_as_another_is_kept_even_if_moving_is_free() -> None:
    free = Switching(0, 0)
    same = Gains((0, 0, 0, 0), (0.1, 0.1, 0.1, 0.1))
    for state in State:
        assert settled_in(state, same, free) is state


def settled_in(state: State, now: Gains, switching: Switching) -> State:
    work = begin(state, switching)
    for _ in range(50):
        work = step(work, now, 5, switching)
    return work.state


def test_who_was_moved_by_others_keeps_the_past() -> None:
    work = settled(gains(worth(0.2, 9000), REACH))
    assert work.moved(OFF_3P) == Work(OFF_3P, work.costs)


def test_a_long_gap_counts_as_a_short_one_and_no_time_runs_backwards() -> None:
    sun = gains(worth(0.2, 9000), REACH)
    assert step(begin(), sun, 86_400, PRICES) == step(begin(), sun, LONGEST, PRICES)
    assert step(begin(), sun, -5, PRICES) == step(begin(), sun, 0, PRICES) == begin()


def test_years_leave_the_numbers_small() -> None:
    weather = random.Random(1)
    work = begin()
    for _ in range(5000):
        work = step(work, gains(worth(0.2, weather.uniform(-2000, 12_000)), REACH), 300, PRICES)
        assert min(work.costs) == 0
        assert max(work.costs) < 0.0075 + 11.04 * 0.32 / 12


def hindsight(days: list[Gains], seconds: float, switching: Switching) -> float:
    """The least that the same days could have cost (Viterbi): regret and switches, from off with one phase."""
    costs = [switching.price(OFF_1P, state) for state in State]
    for now in days:
        costs = [
            min(costs[origin] + switching.price(origin, goal) for origin in State)
            + (max(now.gains) - now.gains[goal]) * seconds / 3600
            for goal in State
        ]
    return min(costs)


def spent(days: list[Gains], seconds: float, switching: Switching) -> float:
    """What the controller has cost: the regret of where it was, and its switches."""
    work = begin(OFF_1P, switching)
    total, states = 0.0, [work.state]
    for now in days:
        work = step(work, now, seconds, switching)
        states.append(work.state)
        total += (max(now.gains) - now.gains[work.state]) * seconds / 3600
    return total + sum(switching.price(*pair) for pair in pairwise(states))


def adversary(length: int) -> list[Gains]:
    """Gains which are best wherever the controller has just left."""
    work, days = begin(), []
    for _ in range(length):
        now = Gains((0, 0, 0, 0), tuple(-0.3 if state is work.state else 0.0 for state in State))  # type: ignore[arg-type]  # one for each state
        work = step(work, now, 5, PRICES)
        days.append(now)
    return days


@pytest.mark.parametrize("seed", range(5))
def test_hindsight_is_at_most_seven_times_better(seed: int) -> None:
    weather = random.Random(seed)
    days, surplus = [], 0.0
    for _ in range(1000):
        surplus = min(max(surplus + weather.gauss(0, 900), -1000), 11_000)
        days.append(gains(worth(0.2, surplus), REACH))
    best = hindsight(days, 5, PRICES)
    assert best <= spent(days, 5, PRICES) <= 7 * best + 0.05


def test_hindsight_is_at_most_seven_times_better_whatever_comes() -> None:
    days = adversary(2000)
    best = hindsight(days, 5, PRICES)
    assert 2 * best < spent(days, 5, PRICES) <= 7 * best + 0.05


def test_the_same_past_gives_the_same_state() -> None:
    weather = random.Random(7)
    days = [gains(worth(0.2, weather.uniform(0, 9000)), REACH) for _ in range(300)]
    assert isclose(spent(days, 5, PRICES), spent(days, 5, PRICES), rel_tol=0)
    assert PRICES.allowed == EVERY
