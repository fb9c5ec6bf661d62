"""Cars that share a house: no two plan the same sun or the same room, and nobody is short who need not be."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from math import inf
import random

import pytest

from custom_components.ocpp_home.csms.control.day import DayPlan, Why, day_plan
from custom_components.ocpp_home.csms.control.joint import beside, day_plans, power
from custom_components.ocpp_home.csms.control.outlook import Car, Outlook, Scenario, Slot, Stakes, windows
from custom_components.ocpp_home.csms.control.work import Reach

HOUR = 3600.0
SURE = (Scenario(1.0, 1.0),)
ROUND = Reach(minimum=10, maximum=20, phases=(1,), voltage=100)
"""1000 to 2000 W: whole steps of the battery in an hour."""


def hours(prices: list[float], pv: list[float] | None = None, room: float = inf) -> Outlook:
    """An hour for each price, without load."""
    suns = pv or [0.0] * len(prices)
    slots = (
        Slot(n * HOUR, HOUR, price, 0.05, sun, 0.0, room)
        for n, (price, sun) in enumerate(zip(prices, suns, strict=True))
    )
    return Outlook(tuple(slots), SURE)


def car(energy: float, departure: float | None, capacity: float = 10_000) -> Car:
    """A car without a reserve that wants so much more, and for which what is left has no worth."""
    stakes = Stakes(reserve=0, lower=-capacity, spare=-1.0)
    return Car(0, capacity, energy, departure, eta=1.0, reach=ROUND, stakes=stakes)


def busy(plan: DayPlan) -> list[int]:
    """The hours in which it charges."""
    return [int(each.begin / HOUR) for each in plan.intentions if each.power]


def loads(plans: Mapping[str, DayPlan], view: Outlook) -> list[float]:
    """What all take together at the beginning, the middle and almost the end of each slot (W)."""
    moments = [slot.begin + part * slot.seconds for slot in view.slots for part in (0.0, 0.5, 0.999)]
    return [sum(power(plan.intentions, moment) for plan in plans.values()) for moment in moments]


def test_one_car_alone_has_the_plan_of_one() -> None:
    view, one = hours([0.3, 0.1, 0.2, 0.3]), car(2000, 4 * HOUR)
    assert day_plans(view, {"a": one}) == {"a": day_plan(view, one)}
    assert day_plans(view, {}) == {}


def test_two_cars_do_not_plan_the_same_room() -> None:
    view = hours([0.3, 0.1, 0.2, 0.3], room=2000)
    plans = day_plans(view, {"a": car(2000, 4 * HOUR), "b": car(2000, 4 * HOUR)})
    assert (busy(plans["a"]), busy(plans["b"])) == ([1], [2])
    assert [plan.missing for plan in plans.values()] == [0, 0]
    assert max(loads(plans, view)) <= 2000


def test_two_cars_do_not_plan_the_same_sun() -> None:
    view = hours([0.3] * 4, pv=[0, 2000, 2000, 0])
    plans = day_plans(view, {"a": car(2000, 4 * HOUR), "b": car(2000, 4 * HOUR)})
    assert sorted(busy(plans["a"]) + busy(plans["b"])) == [1, 2]
    assert {each.why for plan in plans.values() for each in plan.intentions if each.power} == {Why.SUN}
    assert sum(plan.cost for plan in plans.values()) == pytest.approx(4 * 0.05)


def test_who_leaves_first_is_planned_first_unless_another_goes_before() -> None:
    view, cars = hours([0.3, 0.1, 0.3, 0.2], room=2000), {"a": car(2000, 4 * HOUR), "b": car(2000, 3 * HOUR)}
    plans = day_plans(view, cars)
    assert (busy(plans["a"]), busy(plans["b"])) == ([3], [1])
    plans = day_plans(view, cars, {"a": 1.0})
    assert busy(plans["a"]) == [1]
    assert busy(plans["b"]) in ([0], [2])


def test_who_has_time_gives_way_whatever_its_priority() -> None:
    view, cars = hours([0.1, 0.1, 0.3, 0.3], room=2000), {"a": car(4000, 4 * HOUR), "b": car(4000, 2 * HOUR)}
    plans = day_plans(view, cars, {"a": 5.0})
    assert (busy(plans["a"]), busy(plans["b"])) == ([2, 3], [0, 1])
    assert not any(plan.short for plan in plans.values())


def test_who_is_slow_goes_before_who_can_take_the_rest() -> None:
    """One that leaves later needs every hour with all it can; the other may use what is left of each."""
    view = hours([0.1, 0.1, 0.3, 0.3], room=3000)
    slow, quick = car(8000, 4 * HOUR), replace(car(3000, 3 * HOUR), reach=replace(ROUND, maximum=30))
    plans = day_plans(view, {"quick": quick, "slow": slow})
    assert not any(plan.short for plan in plans.values())
    assert max(loads(plans, view)) <= 3000


def test_where_the_fuse_does_not_allow_it_to_all_the_first_have_enough() -> None:
    view, cars = hours([0.3, 0.1], room=2000), {"a": car(4000, 2 * HOUR), "b": car(2000, 2 * HOUR)}
    plans = day_plans(view, cars, {"b": 1.0})
    assert (plans["b"].missing, plans["a"].missing) == (0, 2000)
    plans = day_plans(view, cars, {"a": 1.0})
    assert (plans["a"].missing, plans["b"].missing) == (0, 2000)


def test_once_all_have_a_plan_each_sees_all_others() -> None:
    """The first took sun that the second could not do without; beside its plan the grid is no dearer elsewhere."""
    view = hours([0.3, 0.1, 0.3, 0.3], pv=[2000, 0, 0, 0])
    early, late = car(2000, HOUR), car(2000, 4 * HOUR)
    plans = day_plans(view, {"late": late, "early": early}, {"late": 1.0})
    assert (busy(plans["early"]), busy(plans["late"])) == ([0], [1])
    assert sum(plan.cost for plan in plans.values()) == pytest.approx(2 * 0.05 + 2 * 0.1)


def test_what_others_do_is_no_sun_and_no_room() -> None:
    view = hours([0.3, 0.3], pv=[3000, 3000], room=2500)
    plan = day_plan(view, car(1000, HOUR))
    left = beside(view, [plan.intentions, ()])
    assert [(slot.begin, slot.surplus(), slot.room) for slot in left.slots] == [
        (0, 3000 - plan.intentions[0].power, 2500 - plan.intentions[0].power),
        (HOUR, 3000, 2500),
    ]
    assert power(plan.intentions, -1) == power(plan.intentions, HOUR) == 0


class Pair:
    """All the ways two cars can go through hours together, each with nothing, 1000, 1500 or 2000 W."""

    def __init__(self, view: Outlook, cars: tuple[Car, Car]) -> None:
        self.view, self.cars = view, cars

    def missing(self) -> float:
        """The least that both lack together (Wh)."""
        found = inf
        options = list(product((0, 1000, 1500, 2000), repeat=2))
        for way in product(options, repeat=len(self.view.slots)):
            if all(sum(pair) <= slot.room for pair, slot in zip(way, self.view.slots, strict=True)):
                found = min(found, sum(self._lacks(index, way) for index in (0, 1)))
        return found

    def _lacks(self, index: int, way: tuple[tuple[int, ...], ...]) -> float:
        mine = self.cars[index]
        assert mine.departure is not None
        got = sum(pair[index] for hour, pair in enumerate(way) if hour * HOUR < mine.departure)
        return max(mine.target - got, 0)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_short_who_need_not_be(seed: int) -> None:
    luck = random.Random(seed)
    prices = [luck.choice((0.1, 0.2, 0.3)) for _ in range(3)]
    slots = (replace(slot, room=luck.choice((1000, 2000, 3000, 4000))) for slot in hours(prices).slots)
    view = Outlook(tuple(slots), SURE)
    cars = [car(luck.choice((1000, 2000, 3000, 4000)), luck.choice((1, 2, 3)) * HOUR, 4000) for _ in range(2)]
    plans = day_plans(view, {"a": cars[0], "b": cars[1]})
    assert max(loads(plans, view)) <= max(slot.room for slot in view.slots)
    for moment, slot in ((slot.begin, slot) for slot in view.slots):
        assert sum(power(plan.intentions, moment) for plan in plans.values()) <= slot.room
    best = Pair(view, (cars[0], cars[1])).missing()
    assert sum(plan.missing for plan in plans.values()) <= best + 500


def test_many_cars_keep_within_the_room_of_a_night_and_leave_in_time() -> None:
    luck = random.Random(1)
    slots = tuple(
        Slot(begin, seconds, luck.choice((0.2, 0.3)), 0.08, 0.0, 500, 11_000) for begin, seconds in windows(18 * HOUR)
    )
    view = Outlook(slots)
    cars = {
        f"c{n}": Car(10_000, 50_000, 10_000 + luck.randrange(5, 20) * 1000, (30 + luck.randrange(4)) * HOUR)
        for n in range(5)
    }
    plans = day_plans(view, cars)
    assert max(loads(plans, view)) <= 11_000 + 1e-6
    assert [plan.missing for plan in plans.values()] == [0] * 5
    assert day_plans(view, cars) == plans


def test_a_whole_street_is_planned_once_within_its_room() -> None:
    view = hours([0.3, 0.1, 0.2, 0.3, 0.2, 0.1], room=6000)
    plans = day_plans(view, {f"car {number}": car(2000, 6 * HOUR) for number in range(20)})
    assert max(loads(plans, view)) <= 6000
    assert sum(plan.energy for plan in plans.values()) == pytest.approx(6 * 6000), "all of it, and nobody twice"
