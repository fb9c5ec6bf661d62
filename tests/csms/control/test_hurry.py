"""Charging without a plan: at once, or as late as one may."""

from dataclasses import replace
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.day import Why
from custom_components.ocpp_home.csms.control.hurry import at_once, latest_start
from custom_components.ocpp_home.csms.control.outlook import HOUR, Car, Outlook, Slot, wish
from custom_components.ocpp_home.csms.control.work import Reach

SINGLE = Reach(phases=(1,))
SWITCHED = Reach(phases=(1, 3))


def hours(*slots: Slot) -> Outlook:
    """Slots of an hour, one after the other."""
    return Outlook(tuple(replace(slot, begin=index * HOUR) for index, slot in enumerate(slots)))


def hour(price: float = 0.3, pv: float = 0.0, load: float = 0.0, room: float = inf) -> Slot:
    """An hour of which so much is expected."""
    return Slot(0.0, HOUR, price, 0.08, pv, load, room)


def test_at_once_is_with_all_there_is_until_there_is_enough() -> None:
    course = at_once(hours(hour(0.4), hour(0.2), hour(0.1)), wish(5520.0, reach=SINGLE))
    assert [(each.begin, each.power, each.phases, each.why) for each in course] == [
        (0.0, 3680.0, 1, Why.DUE),
        (HOUR, 3680.0, 1, Why.DUE),
    ]
    assert course[1].seconds == pytest.approx(HOUR / 2)
    assert [each.energy for each in course] == pytest.approx([3680.0, 5520.0])
    assert [each.cost for each in course] == pytest.approx([3.68 * 0.4, 1.84 * 0.2])


def test_who_charges_at_once_gives_away_less_of_the_sun() -> None:
    (only,) = at_once(hours(hour(0.3, pv=3000.0, load=1000.0)), wish(3680.0, reach=SINGLE))
    assert only.sun == 2000.0
    assert only.cost == pytest.approx(2.0 * 0.08 + 1.68 * 0.3)


def test_a_car_without_a_target_is_filled_and_one_with_a_target_gets_no_more() -> None:
    outlook = hours(*[hour()] * 4)
    assert at_once(outlook, Car(0.0, 9000.0, reach=SINGLE))[-1].energy == 9000.0
    assert at_once(outlook, Car(0.0, 9000.0, 5000.0, reach=SINGLE))[-1].energy == 5000.0
    assert at_once(outlook, Car(6000.0, 9000.0, 5000.0, reach=SINGLE)) == ()


def test_who_leaves_before_has_what_he_has() -> None:
    course = at_once(hours(hour(), hour()), wish(9000.0, departure=1.5 * HOUR, reach=SINGLE))
    assert course[-1].end == 1.5 * HOUR
    assert course[-1].energy == pytest.approx(5520.0)


def test_what_the_fuse_leaves_is_taken_and_too_little_is_waited_out() -> None:
    course = at_once(hours(hour(room=1000.0), hour(room=4000.0), hour(room=5000.0)), wish(9e3, reach=SWITCHED))
    assert [(each.power, each.phases, each.why) for each in course] == [
        (0.0, 0, Why.FUSE),
        (3680.0, 1, Why.DUE),
        (5000.0, 3, Why.DUE),
    ]


def test_the_latest_start_leaves_time_to_spare() -> None:
    car = wish(7360.0, departure=10 * HOUR, reach=SINGLE)
    assert latest_start(car) == pytest.approx(10 * HOUR - 2 * 1.1 * HOUR - HOUR / 4)
    assert latest_start(replace(car, eta=0.8)) == pytest.approx(10 * HOUR - 2.5 * 1.1 * HOUR - HOUR / 4)


def test_less_room_is_an_earlier_start_and_no_room_is_at_once() -> None:
    car = wish(7360.0, departure=10 * HOUR, reach=SINGLE)
    assert latest_start(car, 1840.0) == pytest.approx(10 * HOUR - 4 * 1.1 * HOUR - HOUR / 4)
    assert latest_start(car, 1000.0) == -inf
    assert latest_start(replace(car, reach=Reach(maximum=0.0))) == -inf


def test_who_has_enough_or_does_not_leave_need_not_begin() -> None:
    assert latest_start(wish(7360.0, reach=SINGLE)) is None
    assert latest_start(wish(7360.0, charged=7360.0, departure=10 * HOUR, reach=SINGLE)) is None
    assert latest_start(Car(8000.0, 8000.0, 9000.0, 10 * HOUR, reach=SINGLE)) is None
