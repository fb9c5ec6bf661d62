"""What is expected: slots, scenarios, and the shape of the look ahead."""

from itertools import pairwise
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.outlook import SCENARIOS, SLOTS, Car, Outlook, Slot, Trip, windows, wish
from custom_components.ocpp_home.csms.control.work import Reach

DAY = 86_400.0


def outlook(*prices: float) -> Outlook:
    return Outlook(tuple(Slot(hour * 3600.0, 3600, price, price / 4) for hour, price in enumerate(prices)))


def test_a_slot_knows_its_end_and_what_the_sun_leaves() -> None:
    slot = Slot(900, 1800, 0.3, 0.08, pv=4000, load=500)
    assert (slot.end, slot.hours) == (2700, 0.5)
    assert (slot.surplus(), slot.surplus(0.55)) == (3500, 1700)
    assert slot.room == inf


def test_a_slot_can_be_cut() -> None:
    slot = Slot(900, 1800, 0.3, 0.08, 1, 2, 3)
    assert slot.between(0, 1000) == Slot(900, 100, 0.3, 0.08, 1, 2, 3)
    assert slot.between(0, 9000) == slot
    assert [(part.begin, part.seconds) for part in slot.cut((0, 1000, 2000, 2700))] == [
        (900, 100),
        (1000, 1000),
        (2000, 700),
    ]


def test_the_outlook_until_departure_ends_there() -> None:
    slots = outlook(0.1, 0.2, 0.3)
    assert [(slot.begin, slot.seconds) for slot in slots.until(5400)] == [(0, 3600), (3600, 1800)]
    assert [slot.begin for slot in slots.until(7200)] == [0, 3600]
    assert slots.until(inf) == slots.slots
    assert slots.until(0) == ()


@pytest.mark.parametrize(("share", "price"), [(0.0, 0.1), (0.15, 0.1), (0.25, 0.2), (0.5, 0.3), (1.0, 0.4)])
def test_the_cheap_price_is_that_of_the_cheapest_slots(share: float, price: float) -> None:
    assert outlook(0.4, 0.1, 0.3, 0.2).cheap(share) == price


def test_feed_in_is_averaged() -> None:
    assert outlook(0.4, 0.1, 0.3, 0.2).feed_in() == pytest.approx(0.0625)


def test_the_scenarios_are_all_there_is() -> None:
    assert sum(scenario.weight for scenario in SCENARIOS) == 1
    assert [scenario.factor for scenario in SCENARIOS] == [0.55, 1.0, 1.4]


def test_a_wish_for_energy_is_an_empty_car_that_holds_so_much() -> None:
    reach = Reach(phases=(1,))
    assert wish(20_000, 4000, DAY, reach) == Car(4000, 20_000, 20_000, DAY, eta=1, reach=reach)
    assert wish(20_000, 25_000) == Car(20_000, 20_000, 20_000, None, eta=1, reach=Reach())


@pytest.mark.parametrize("now", [0.0, 100.0, 900.0, 1000.5, 12_345.0, 86_399.0])
def test_a_plan_looks_ahead_in_quarters_and_then_in_hours(now: float) -> None:
    found = windows(now)
    assert len(found) == SLOTS
    assert found[0][0] == now
    assert all(begin + seconds == later for (begin, seconds), (later, _) in pairwise(found))
    assert {seconds for _, seconds in found[1:64]} == {900}
    assert 0 < found[0][1] <= 900
    assert {seconds for _, seconds in found[65:]} == {3600}
    assert all(begin % 3600 == 0 for begin, _ in found[65:])
    assert 0 < found[64][1] <= 3600


def test_the_trips_of_a_car_begin_with_its_departure() -> None:
    later = (Trip(3 * DAY, 20_000),)
    car = Car(5000, 50_000, 30_000, DAY, returns=2 * DAY, used=9000, later=later)
    assert car.trips == (Trip(DAY, 30_000, 2 * DAY, 9000), *later)
    assert Car(5000, 50_000, later=later).trips == later
