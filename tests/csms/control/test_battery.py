"""The sun between battery and cars."""

import pytest

from custom_components.ocpp_home.csms.control.battery import Flow, Rules, helps, locked, surplus

FIRST = Rules(priority=50)
HELPING = Rules(priority=50, buffer=80, start=95, discharge=3000)


def test_without_a_battery_the_surplus_is_what_cars_leave_and_take() -> None:
    assert surplus(Flow(grid=-2000), Rules()) == 2000
    assert surplus(Flow(grid=-500, cars=3000), Rules()) == 3500
    assert surplus(Flow(grid=800), Rules()) == -800


def test_below_its_priority_what_the_battery_takes_is_its_own() -> None:
    assert surplus(Flow(grid=-1000, battery=-3000, soc=30), FIRST) == 900
    assert surplus(Flow(grid=0, battery=-3000, soc=30), FIRST) == -100


def test_below_its_priority_what_it_gives_is_no_sun() -> None:
    assert surplus(Flow(grid=0, cars=2000, battery=1500, soc=30), FIRST) == 400


@pytest.mark.parametrize(("battery", "expected"), [(-3000, 4000), (2000, -1000)])
def test_above_its_priority_cars_go_first(battery: float, expected: float) -> None:
    assert surplus(Flow(grid=-1000, battery=battery, soc=50), FIRST) == expected


def test_a_battery_that_is_full_enough_carries_a_car_over_a_cloud() -> None:
    cloud = Flow(grid=0, cars=1400, battery=1200, soc=85)
    assert surplus(cloud, HELPING, least=1380) == 1380
    assert surplus(cloud, FIRST, least=1380) == 200


def test_it_gives_no_more_than_it_can() -> None:
    assert surplus(Flow(grid=500, cars=1400, battery=3000, soc=85), HELPING, least=4140) == 900
    assert surplus(Flow(grid=-6000, cars=1400, battery=0, soc=85), HELPING, least=4140) == 7400


def test_a_start_needs_more_than_going_on() -> None:
    assert surplus(Flow(grid=300, soc=85), HELPING, least=1380) == -300
    assert surplus(Flow(grid=300, soc=95), HELPING, least=1380) == 1380


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (Flow(0, 0, 0, 94), False),
        (Flow(0, 0, 0, 95), True),
        (Flow(0, 1400, 0, 81), True),
        (Flow(0, 1400, 0, 80), False),
    ],
)
def test_it_helps_above_the_buffer_and_lets_start_above_the_start(flow: Flow, expected: bool) -> None:
    assert helps(flow, HELPING) is expected


def test_a_battery_that_goes_first_helps_nobody() -> None:
    rules = Rules(priority=90, buffer=20, start=30, discharge=3000)
    assert not helps(Flow(0, 1400, 0, 60), rules)
    assert surplus(Flow(0, 1400, 1400, 60), rules, least=1380) == -100


def test_it_is_locked_while_cars_charge_from_the_grid() -> None:
    assert locked(Flow(grid=9000, cars=11_000, battery=0, soc=60), FIRST)
    assert locked(Flow(grid=0, cars=3000, battery=3000, soc=60), FIRST)


def test_it_is_not_locked_while_cars_follow_the_sun_or_do_not_charge() -> None:
    assert not locked(Flow(grid=100, cars=3000, battery=0, soc=60), FIRST)
    assert not locked(Flow(grid=-500, cars=3000, battery=-500, soc=60), FIRST)
    assert not locked(Flow(grid=2000, cars=0, battery=500, soc=60), FIRST)


def test_a_full_battery_helps_nobody_unless_it_is_told_to() -> None:
    assert not helps(Flow(0, 1400, 0, 100), FIRST)


def test_it_is_not_locked_while_it_helps() -> None:
    assert not locked(Flow(grid=0, cars=1400, battery=1400, soc=90), HELPING)
