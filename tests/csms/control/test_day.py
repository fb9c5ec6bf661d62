"""The day plan: against all the ways there are, and against what everybody would say."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import inf, pi, sin
import random

import pytest

from custom_components.ocpp_home.csms.control.day import DayPlan, Why, day_plan
from custom_components.ocpp_home.csms.control.outlook import (
    SCENARIOS,
    Car,
    Outlook,
    Scenario,
    Slot,
    Stakes,
    Trip,
    windows,
    wish,
)
from custom_components.ocpp_home.csms.control.work import Reach, State, Switching, Worth, begin, gains, step

HOUR = 3600.0
EVENING, MORNING = 18 * HOUR, (24 + 7) * HOUR
SURE = (Scenario(1.0, 1.0),)
ROUND = Reach(minimum=5, maximum=15, voltage=100)
"""500 to 1500 W and 1500 to 4500 W: whole steps of the battery in an hour."""
NO_SWITCHING = Switching(0, 0)


def flat(hour: float) -> float:
    return 0.32


def outlook(price: Callable[[float], float] = flat, peak: float = 7000, now: float = EVENING) -> Outlook:
    """A house with 500 W of load and a sun that shines from 6 to 18."""

    def slot(begin: float, seconds: float) -> Slot:
        hour = begin / HOUR % 24
        pv = peak * max(sin(pi * (hour - 6) / 12), 0)
        return Slot(begin, seconds, price(hour), 0.08, pv, 500)

    return Outlook(tuple(slot(*window) for window in windows(now)))


def commuter(energy: float = 20_000, target: float = 46_000, departure: float | None = MORNING) -> Car:
    return Car(energy, 58_000, target, departure)


def reasons(plan: DayPlan, begin: float = 0, end: float = inf) -> set[Why]:
    return {each.why for each in plan.intentions if begin <= each.begin < end}


def bought(plan: DayPlan) -> list[float]:
    """When (hours) power comes from the grid."""
    return [each.begin / HOUR for each in plan.intentions if each.power - each.sun > 1]


class Exhaustive:
    """All the ways through slots of an hour, for a car of which 500 Wh are a step."""

    def __init__(self, view: Outlook, car: Car) -> None:
        self.view, self.car = view, car
        self.prices = sorted(slot.price for slot in view.slots)

    def end(self, energy: float) -> float:
        car, stakes = self.car, self.car.stakes
        lower = min(energy, car.capacity / 2 + stakes.lower)
        cheap = self.prices[int(len(self.prices) * stakes.cheap)]
        spare = sum(slot.feed_in for slot in self.view.slots) / len(self.view.slots) + stakes.spare
        missing = max(min(car.target + stakes.reserve, car.capacity) - energy, 0) if car.target else 0
        return (missing * stakes.missing - lower * cheap - (energy - lower) * spare) / 1000

    def cost(self, index: int, energy: float, phases: int, factor: float = 1.0) -> float:
        """The least that it costs from a slot on."""
        if index == len(self.view.slots):
            return self.end(energy)
        slot = self.view.slots[index]
        surplus = slot.pv * factor - slot.load

        def grid(power: float) -> float:
            watts = power - surplus
            return watts / 1000 * (slot.price if watts > 0 else slot.feed_in)

        found = []
        for power, goal in self.powers(surplus, slot.room):
            taken = min(power, self.car.capacity - energy)
            share = taken / power if power else 0
            switched = 0.0 if goal == phases else 0.0025 if 0 in {goal, phases} else 0.005
            bill = (grid(power) - grid(0)) * share
            found.append(bill + switched + self.cost(index + 1, energy + taken, goal, factor))
        return min(found)

    def powers(self, surplus: float, room: float) -> set[tuple[float, int]]:
        some = {(0.0, 0)}
        for phases in (1, 3):
            least, most = 500 * phases, min(1500 * phases, room)
            if most >= least:
                some |= {(power, phases) for power in (least, (least + most) / 2, most, min(max(surplus, least), most))}
        return some


def tiny(seed: int, count: int = 4) -> tuple[Outlook, Car]:
    luck = random.Random(seed)

    def slot(index: int) -> Slot:
        price = luck.choice((-0.05, 0.1, 0.2, 0.3, 0.4))
        pv, load, room = luck.choice((0, 1000, 2000, 4000)), luck.choice((0, 500)), luck.choice((inf, 2500, 500, 0))
        return Slot(index * HOUR, HOUR, price, luck.choice((0.08, 0.15)), pv, load, room)

    car = Car(luck.choice((0, 500, 2500)), 6000, luck.choice((0, 3000, 6000)), count * HOUR, eta=1, reach=ROUND)
    stakes = Stakes(reserve=luck.choice((0, 500)), lower=-1000)
    return Outlook(tuple(slot(index) for index in range(count)), SURE), replace(car, stakes=stakes)


@pytest.mark.parametrize("seed", range(25))
def test_no_way_is_better_than_the_plan(seed: int) -> None:
    view, car = tiny(seed)
    every = Exhaustive(view, car)
    plan = day_plan(view, car)
    switched = [
        (0.0025 if 0 in pair else 0.005) * (pair[0] != pair[1])
        for pair in pairwise((0, *(each.phases for each in plan.intentions)))
    ]
    assert plan.cost + sum(switched) + every.end(plan.energy) == pytest.approx(every.cost(0, car.energy, 0), abs=6e-3)


@pytest.mark.parametrize("seed", range(10))
def test_the_value_is_what_half_a_kwh_more_would_save(seed: int) -> None:
    view, car = tiny(seed)
    stakes = replace(car.stakes, late=0)
    view, car = replace(view, scenarios=(Scenario(1.0, 0.25), Scenario(0.5, 0.75))), replace(car, stakes=stakes)
    every = Exhaustive(view, car)

    def expected(energy: float) -> float:
        return 0.25 * every.cost(1, energy, 0) + 0.75 * every.cost(1, energy, 0, 0.5)

    plan = day_plan(view, car)
    for energy in (0, 1500, 3000):
        worth = (expected(energy) - expected(energy + 500)) / 0.5
        assert plan.value(energy, 0) == pytest.approx(worth, abs=8e-3)


def test_at_one_price_the_grid_waits_for_the_last_hours() -> None:
    plan = day_plan(outlook(), commuter())
    hours = bought(plan)
    assert min(hours) > 24 + 1.5
    assert max(hours) == 24 + 6.75
    assert reasons(plan, EVENING, 24 * HOUR) == {Why.WAIT}
    assert Why.DUE in reasons(plan)
    assert plan.value(20_000, EVENING) < 0.32


def test_the_target_and_its_reserve_are_reached() -> None:
    plan = day_plan(outlook(), commuter())
    assert not plan.short
    assert plan.missing == 0
    assert 46_550 <= plan.energy <= 47_400
    assert plan.intentions[-1].end == MORNING
    assert plan.cost == pytest.approx((plan.energy - 20_000) / 0.9 / 1000 * 0.32, rel=0.02)


def test_the_cheapest_hours_are_taken() -> None:
    def night(hour: float) -> float:
        return 0.12 if 1 <= hour < 5 else 0.35

    plan = day_plan(outlook(night), commuter())
    assert min(bought(plan)) >= 24 + 1
    assert max(bought(plan)) < 24 + 5
    assert Why.CHEAP in reasons(plan)
    assert Why.DUE not in reasons(plan)
    assert plan.value(20_000, 25 * HOUR) < 0.12 < plan.value(20_000, 27 * HOUR)


def test_what_the_sun_will_bring_is_not_bought() -> None:
    plan = day_plan(outlook(), commuter(target=40_000, departure=(24 + 18) * HOUR))
    assert plan.energy >= 40_000
    assert reasons(plan) <= {Why.SUN, Why.MIXED, Why.WAIT, Why.FULL}
    assert reasons(plan, end=24 * HOUR) == {Why.WAIT}
    assert plan.value(20_000, EVENING) < 0.2


def test_less_sun_makes_a_kwh_dearer_before_it_shines() -> None:
    car = commuter(target=50_000, departure=(24 + 18) * HOUR)
    values = [day_plan(outlook(peak=peak), car).value(20_000, 24 * HOUR + 6) for peak in (2000, 5000, 9000, 14_000)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.3
    assert values[-1] < 0.12


def test_a_forecast_that_may_be_wrong_is_worth_more_than_a_sure_one() -> None:
    car, sure = commuter(target=44_000, departure=(24 + 18) * HOUR), Outlook(outlook().slots, SURE)
    assert day_plan(outlook(), car).value(20_000, EVENING) > day_plan(sure, car).value(20_000, EVENING) + 0.01


def test_who_cannot_make_it_is_short_and_charges_at_once() -> None:
    car = commuter(departure=EVENING + HOUR)
    plan = day_plan(outlook(peak=0), car)
    assert plan.short
    assert plan.energy == pytest.approx(20_000 + 11_040 * 0.9)
    assert plan.missing == pytest.approx(46_000 - plan.energy)
    assert {each.power for each in plan.intentions} == {11_040}
    assert plan.value(20_000, EVENING) == pytest.approx(0.9 * 2.32, rel=0.01)


def test_who_should_have_left_is_in_a_hurry() -> None:
    plan = day_plan(outlook(), commuter(departure=EVENING - HOUR))
    assert plan.short
    assert len(plan.intentions) == 1
    assert plan.value(20_000, EVENING) == pytest.approx(0.9 * 2.32)


def test_a_departure_beyond_the_outlook_hurries_nobody() -> None:
    short = Outlook(outlook(peak=0).slots[:8])
    assert day_plan(short, commuter(departure=MORNING)).value(20_000, EVENING) < 0.32
    late = day_plan(short, commuter(departure=EVENING + 2.6 * HOUR))
    assert late.value(20_000, EVENING) > 1
    assert late.short


def test_a_departure_within_a_slot_ends_it() -> None:
    plan = day_plan(outlook(), commuter(departure=MORNING + 100))
    assert plan.intentions[-1].seconds == 100


def test_without_departure_only_the_sun_and_cheap_hours_charge() -> None:
    assert not bought(day_plan(outlook(peak=0), commuter(departure=None)))
    plan = day_plan(outlook(), commuter(departure=None))
    assert plan.energy == 58_000
    assert not plan.short
    assert Why.FULL in reasons(plan)
    assert reasons(plan) <= {Why.SUN, Why.MIXED, Why.WAIT, Why.FULL}


def test_who_needs_nothing_more_is_not_charged_beyond_it_at_full_price() -> None:
    assert not bought(day_plan(outlook(peak=0), commuter(energy=47_000)))


def test_who_is_full_wants_nothing() -> None:
    plan = day_plan(outlook(), commuter(energy=60_000))
    assert reasons(plan) == {Why.FULL}
    assert {each.power for each in plan.intentions} == {0}
    assert plan.value(58_000, EVENING) == -inf


def test_a_fuse_that_leaves_little_at_night_makes_it_start_earlier() -> None:
    view = outlook(peak=0)
    narrow = Outlook(tuple(replace(slot, room=3000) for slot in view.slots))
    plan = day_plan(narrow, commuter(energy=35_000))
    assert min(bought(plan)) < min(bought(day_plan(view, commuter(energy=35_000)))) - 2
    assert max(each.power for each in plan.intentions) <= 3000
    assert plan.energy > 46_000


def test_where_no_room_is_the_fuse_is_said() -> None:
    view = outlook(peak=0)
    closed = Outlook(tuple(replace(slot, room=1000) for slot in view.slots))
    assert reasons(day_plan(closed, commuter())) == {Why.FUSE}


def test_a_car_that_can_do_nothing_waits() -> None:
    plan = day_plan(outlook(), replace(commuter(), reach=Reach(phases=())))
    assert reasons(plan) == {Why.WAIT}
    assert plan.short


def test_sun_and_grid_together_are_told() -> None:
    plan = day_plan(outlook(peak=2500), commuter(target=55_000, departure=(24 + 17) * HOUR))
    mixed = [each for each in plan.intentions if each.why is Why.MIXED]
    assert mixed
    assert all(0.25 * each.power <= each.sun < 0.95 * each.power for each in mixed)


def test_a_wish_for_energy_is_planned_without_knowing_the_battery() -> None:
    plan = day_plan(outlook(peak=0), wish(20_000, 5000, MORNING))
    assert plan.energy == pytest.approx(20_000)
    assert plan.cost == pytest.approx(15 * 0.32, rel=0.01)
    assert min(bought(plan)) > 24 + 4
    assert plan.value(20_000, EVENING) == -inf


def test_a_wish_for_nothing_is_no_plan() -> None:
    assert reasons(day_plan(outlook(), wish(0, departure=MORNING))) == {Why.FULL}


def test_a_plan_starts_few_times() -> None:
    plan = day_plan(outlook(lambda hour: 0.30 + 0.001 * (int(hour * 4) % 2)), commuter())
    on = [each.power > 0 for each in plan.intentions]
    assert sum(now and not before for before, now in pairwise([False, *on])) <= 2


def test_a_car_that_charges_goes_on_where_stopping_gains_nothing() -> None:
    stakes = Stakes(switching=Switching(start=1.0, phases=1.0))
    car = replace(commuter(energy=45_000), stakes=stakes)
    assert day_plan(outlook(peak=0), replace(car, charging=1)).intentions[0].phases == 1
    assert day_plan(outlook(peak=0), replace(car, charging=3)).intentions[0].phases == 3
    assert day_plan(outlook(peak=0), car).intentions[0].phases == 0


def test_a_large_battery_is_divided_no_finer_than_needed() -> None:
    plan = day_plan(outlook(), replace(commuter(), capacity=200_000))
    assert len(plan.futures[0]) == 161
    assert len(day_plan(outlook(), commuter()).futures[0]) == 117


def test_before_and_after_the_plan_its_first_and_last_values_hold() -> None:
    plan = day_plan(outlook(), commuter())
    assert plan.value(20_000, 0) == plan.value(20_000, EVENING)
    assert plan.value(20_000, 9e9) == plan.value(20_000, MORNING - 1)
    assert plan.value(-5, EVENING) == plan.value(0, EVENING)


def test_the_same_outlook_gives_the_same_plan() -> None:
    assert day_plan(outlook(), commuter()) == day_plan(outlook(), commuter())
    assert sum(scenario.weight for scenario in SCENARIOS) == 1


@pytest.mark.parametrize("energy", [12_000, 30_000, 41_000])
def test_a_controller_that_is_told_only_the_value_reaches_the_target(energy: float) -> None:
    cost, starts, reached = night(energy)
    assert reached >= 46_000
    assert starts <= 3
    assert cost / ((reached - energy) / 900) == pytest.approx(0.32, rel=0.03)


def night(energy: float) -> tuple[float, int, float]:
    """A night in steps of half a minute, planned anew each quarter: its cost, starts and energy."""
    now, work, cost, starts = EVENING, begin(State.OFF_3P), 0.0, 0
    while now < MORNING:
        if now % 900 == 0:
            plan = day_plan(Outlook(outlook(now=now, peak=0).slots[:60]), commuter(energy))
        able = gains(Worth(plan.value(energy, now), -500, 0.32, 0.08), Reach())
        before, work = work.state, step(work, able, 30, Switching())
        starts += work.state.on and not before.on
        power = able.powers[work.state]
        energy, cost, now = energy + power * 0.9 / 120, cost + power / 1000 * 0.32 / 120, now + 30
    return cost, starts, energy


WEEK = tuple(Trip((24 * day + 7) * HOUR, 20_000, (24 * day + 17) * HOUR, 12_000) for day in (1, 2, 3))


def traveller(energy: float, *later: Trip, returns: float | None = WEEK[0].returns) -> Car:
    return Car(energy, 58_000, 20_000, MORNING, returns=returns, used=12_000, later=later)


def test_a_car_on_a_trip_takes_nothing_and_comes_back_with_less() -> None:
    plan = day_plan(outlook(), traveller(30_000))
    away = [each for each in plan.intentions if each.why is Why.AWAY]
    assert (away[0].begin, away[-1].begin + away[-1].seconds) == (MORNING, MORNING + 10 * HOUR)
    assert {each.power for each in away} == {0}
    assert {each.energy for each in away} == {18_000}
    assert plan.energy == 30_000
    assert not plan.short


def test_a_slot_is_cut_where_the_car_leaves_and_returns() -> None:
    plan = day_plan(outlook(), replace(traveller(30_000), departure=MORNING + 100, returns=MORNING + HOUR + 100))
    away = [(each.begin, each.begin + each.seconds) for each in plan.intentions if each.why is Why.AWAY]
    assert (away[0][0], away[-1][1]) == (MORNING + 100, MORNING + HOUR + 100)


def test_what_is_missing_is_told_of_the_first_trip() -> None:
    plan = day_plan(
        outlook(), replace(traveller(5000, *WEEK[1:]), departure=EVENING + HOUR, returns=EVENING + 2 * HOUR)
    )
    assert plan.missing == pytest.approx(20_000 - 5000 - 11_040 * 0.9)
    assert plan.energy == pytest.approx(5000 + 11_040 * 0.9)


def test_a_later_trip_is_bought_for_when_it_is_due() -> None:
    plan = day_plan(outlook(peak=0), traveller(30_000, *WEEK[1:]))
    assert min(bought(plan)) > 24 + 17
    assert plan.energy == 30_000
    ready = [each.energy for each in plan.intentions if each.begin + each.seconds == WEEK[1].leaves]
    assert ready[0] == pytest.approx(20_600, abs=1000)


def test_what_is_needed_later_is_bought_while_it_is_cheap() -> None:
    def tonight(hour: float) -> float:
        return 0.20 if hour >= 20 else 0.40

    view = outlook(tonight, peak=0)
    first = Outlook(tuple(replace(slot, price=0.40) if slot.begin > 24 * HOUR else slot for slot in view.slots))
    plan = day_plan(first, traveller(30_000, *WEEK[1:]))
    assert plan.energy > 30_000 + 12_000
    assert max(bought(plan)) < 24
    alone = day_plan(first, traveller(30_000, returns=None))
    assert alone.energy < plan.energy


def test_the_sun_of_today_is_worth_more_to_who_drives_tomorrow() -> None:
    now = (24 + 12) * HOUR
    sunny = outlook(now=now)
    dull = Outlook(tuple(replace(slot, pv=0) if slot.begin > 48 * HOUR else slot for slot in sunny.slots))
    car = Car(40_000, 58_000, 20_000, 55 * HOUR, used=12_000)
    driving = replace(car, returns=65 * HOUR, later=(Trip(79 * HOUR, 45_000, 89 * HOUR, 12_000),))
    assert day_plan(dull, driving).value(40_000, now) > day_plan(dull, car).value(40_000, now) + 0.05


def test_a_trip_beyond_the_outlook_hurries_nobody_after_one_within_it() -> None:
    short = Outlook(outlook(peak=0).slots[:60])
    plan = day_plan(short, traveller(32_000, Trip(90 * HOUR, 50_000)))
    assert plan.intentions[-1].begin < 90 * HOUR
    assert not bought(plan)


def test_a_trip_that_needs_nothing_hurries_nobody() -> None:
    assert not bought(day_plan(outlook(peak=0), Car(30_000, 58_000, 0, MORNING, returns=MORNING + HOUR)))
