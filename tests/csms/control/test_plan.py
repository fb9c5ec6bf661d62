"""What every EVSE shall get now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.plan import Memory, Outcome, plan
from custom_components.ocpp_home.csms.control.terms import Circuit, Demand, Limiter, Lines, Share, Site, Tuning

CAR = Demand("a", "main")
SUNNY = replace(CAR, value=0.2, phases=(1, 3))
EAGER = replace(CAR, phases=(1, 3))
USUAL = Tuning()
BEGINNING = Memory()


def house(load: Lines | None = (0.0, 0.0, 0.0), rating: float = 25.0, **facts: float) -> Site:
    return replace(Site((Circuit("main", (rating, rating, rating), load=load),), margin=0.0), **facts)


def shares(site: Site, *demands: Demand, tuning: Tuning = USUAL) -> list[Share]:
    return list(plan(site, demands, 0.0, Memory(), tuning).shares)


def amps(site: Site, *demands: Demand, tuning: Tuning = USUAL) -> list[float]:
    return [share.amps for share in shares(site, *demands, tuning=tuning)]


def life(
    days: Iterable[tuple[float, Site, Sequence[Demand]]], memory: Memory = BEGINNING, tuning: Tuning = USUAL
) -> list[Outcome]:
    """One decision after the other, each remembering those before."""
    outcomes: list[Outcome] = []
    for now, site, demands in days:
        outcomes.append(plan(site, demands, now, memory, tuning))
        memory = outcomes[-1].memory
    return outcomes


def given(outcomes: Iterable[Outcome], place: int = 0) -> list[float]:
    return [outcome.shares[place].amps for outcome in outcomes]


def every(
    seconds: float, count: int, site: Site, *demands: Demand, begin: float = 0.0
) -> list[tuple[float, Site, tuple[Demand, ...]]]:
    return [(begin + seconds * number, site, demands) for number in range(count)]


def test_nobody_gets_nothing() -> None:
    assert plan(house(), (), 0.0, Memory()).shares == ()


def test_a_car_that_may_always_charge_gets_all_it_can() -> None:
    assert shares(house(), CAR) == [Share("a", 16.0, 3, Limiter.STATION)]


def test_a_car_that_may_never_charge_gets_nothing() -> None:
    assert shares(house(surplus=20000.0), replace(CAR, value=-inf, steady=True)) == [Share("a", 0.0, 3, Limiter.USER)]
    assert shares(house(), replace(CAR, value=-inf, veto=Limiter.FULL)) == [Share("a", 0.0, 3, Limiter.FULL)]


def test_what_is_left_is_told_for_each_line_of_each_circuit() -> None:
    outcome = plan(house((1.0, 2.0, 3.0)), (replace(CAR, lines=(1,), phases=(1,)),), 0.0, Memory())
    assert outcome.room == {"main": (24.0, 7.0, 22.0)}


def test_shares_come_in_the_order_of_the_demands() -> None:
    demands = [replace(CAR, evse=evse, priority=priority) for evse, priority in (("a", 0.0), ("b", 1.0), ("c", 0.0))]
    assert [share.evse for share in shares(house(), *demands)] == ["a", "b", "c"]


def test_a_car_of_higher_priority_gets_all_before_another_gets_any() -> None:
    assert amps(house(), CAR, replace(CAR, evse="b", priority=1.0)) == [9.0, 16.0]
    assert amps(house(rating=20.0), CAR, replace(CAR, evse="b", priority=1.0)) == [0.0, 16.0]


def test_cars_of_one_priority_share_alike() -> None:
    assert amps(house(), CAR, replace(CAR, evse="b")) == [13.0, 12.0]


def test_of_two_with_room_for_one_the_other_is_told_why() -> None:
    assert shares(house(rating=10.0), CAR, replace(CAR, evse="b")) == [
        Share("a", 10.0, 3, Limiter.FUSE),
        Share("b", 0.0, 3, Limiter.FUSE),
    ]


def test_a_car_that_takes_nothing_leaves_its_share_and_is_offered_its_minimum() -> None:
    full = replace(CAR, evse="b", reserve=False, priority=5.0)
    assert shares(house(), CAR, full) == [Share("a", 16.0, 3, Limiter.STATION), Share("b", 6.0, 3, Limiter.CAR)]
    assert amps(house(rating=20.0), CAR, full) == [16.0, 0.0]


def test_without_circuits_there_is_no_fuse() -> None:
    assert amps(Site(()), replace(CAR, maximum=63.0)) == [63.0]


def test_a_load_nobody_knows_gives_the_fallback() -> None:
    assert shares(house(None), CAR) == [Share("a", 6.0, 3, Limiter.STALE)]
    assert amps(house(None, rating=10.0), CAR, replace(CAR, evse="b")) == [6.0, 0.0]


def test_more_house_means_less_car_at_once_and_less_house_more_car_later() -> None:
    quiet, oven = house(), house((15.0, 0.0, 0.0))
    outcomes = life([(0.0, quiet, [CAR]), (1.0, oven, [CAR]), *every(10.0, 5, quiet, CAR, begin=2.0)])
    assert given(outcomes) == [16.0, 10.0, 10.0, 10.0, 10.0, 16.0, 16.0]


def test_a_car_without_room_stops_at_once_and_comes_back_when_there_is_room_for_it() -> None:
    quiet, oven, kettle = house(), house((20.0, 0.0, 0.0)), house((18.5, 0.0, 0.0))
    outcomes = life(
        [
            (0.0, quiet, [CAR]),
            (1.0, oven, [CAR]),
            *every(30.0, 6, kettle, CAR, begin=10.0),
            *every(30.0, 3, quiet, CAR, begin=200.0),
        ]
    )
    assert given(outcomes) == [16.0, 0.0, *[0.0] * 6, 0.0, 16.0, 16.0]
    assert outcomes[1].shares[0].limiter is Limiter.FUSE
    # 6.5 A would do for the minimum, but not for going on
    assert outcomes[5].shares[0].limiter is Limiter.FUSE


def test_a_car_that_had_no_room_waits_though_there_is_some() -> None:
    quiet, oven = house(), house((20.0, 0.0, 0.0))
    outcomes = life([(0.0, quiet, [CAR]), (1.0, oven, [CAR]), *every(40.0, 4, quiet, CAR, begin=2.0)])
    assert [outcome.shares[0].limiter for outcome in outcomes] == [
        Limiter.STATION,
        Limiter.FUSE,
        Limiter.FUSE,
        Limiter.HOLD,
        Limiter.HOLD,
        Limiter.STATION,
    ]


def test_the_sun_is_followed() -> None:
    for surplus, share in ((500.0, (0.0, 1)), (2000.0, (9.0, 1)), (5000.0, (7.0, 3)), (30000.0, (16.0, 3))):
        (only,) = shares(house(surplus=surplus), SUNNY)
        assert (only.amps, only.phases) == share


def test_who_says_no_more_is_the_sun_the_plan_or_nobody_who_knows() -> None:
    assert shares(house(surplus=100.0), SUNNY)[0].limiter is Limiter.SUN
    assert shares(house(surplus=9000.0), replace(SUNNY, value=0.05))[0].limiter is Limiter.PLAN
    assert shares(house(surplus=100.0), replace(SUNNY, planned=True))[0].limiter is Limiter.PLAN
    assert shares(house(), SUNNY)[0].limiter is Limiter.STALE


def test_a_steady_car_charges_without_sun() -> None:
    assert shares(house(surplus=-500.0), replace(SUNNY, steady=True)) == [Share("a", 6.0, 1, Limiter.SUN)]


def test_a_cloud_stops_nothing_and_a_sunset_does() -> None:
    outcomes = life(
        [
            *every(5.0, 60, house(surplus=2500.0), SUNNY),
            *every(5.0, 12, house(surplus=500.0), SUNNY, begin=300.0),
            *every(5.0, 60, house(surplus=2500.0), SUNNY, begin=360.0),
            *every(5.0, 240, house(surplus=0.0), SUNNY, begin=660.0),
        ]
    )
    assert given(outcomes)[:132] == [11.0] * 60 + [6.0] * 12 + [11.0] * 60
    assert given(outcomes)[132] == 6.0
    assert given(outcomes)[-1] == 0.0


def test_a_regret_that_is_not_ripe_is_called_a_wait() -> None:
    outcomes = life([*every(5.0, 2, house(surplus=0.0), SUNNY), (10.0, house(surplus=3000.0), [SUNNY])])
    assert outcomes[-1].shares[0] == Share("a", 0.0, 1, Limiter.HOLD)


def test_more_phases_are_waited_for() -> None:
    outcomes = life([(0.0, house(surplus=3000.0), [SUNNY]), (5.0, house(surplus=9000.0), [SUNNY])])
    assert outcomes[-1].shares[0] == Share("a", 16.0, 1, Limiter.HOLD)


def test_phases_that_have_changed_as_often_as_they_may_stay() -> None:
    tuning = Tuning(start=0.0, contactor=0.0, dwell=10.0, session_changes=3, day_changes=4)
    days = [(60.0 * number, house(surplus=2000.0 if number % 2 else 9000.0), [SUNNY]) for number in range(12)]
    phases = [outcome.shares[0].phases for outcome in life(days, tuning=tuning)]
    assert phases == [3, 1, 3, *[1] * 9]


def test_who_may_not_change_phases_any_more_stops_when_it_has_no_room() -> None:
    tuning = Tuning(day_changes=0)
    outcomes = life([(0.0, house(), [EAGER]), (1.0, house((0.0, 22.0, 0.0)), [EAGER])], tuning=tuning)
    assert given(outcomes) == [16.0, 0.0]


def test_who_may_goes_on_with_the_one_phase_that_has_room() -> None:
    outcomes = life([(0.0, house(), [EAGER]), (1.0, house((0.0, 22.0, 0.0)), [EAGER])])
    assert outcomes[-1].shares[0] == Share("a", 16.0, 1, Limiter.STATION)


def test_a_car_that_comes_back_begins_a_session_and_keeps_the_day() -> None:
    tuning = Tuning(start=0.0, contactor=0.0, dwell=0.0, session_changes=1, day_changes=2)
    dark, bright = house(surplus=2000.0), house(surplus=9000.0)
    outcomes = life(
        [
            (0.0, bright, [SUNNY]),
            (60.0, dark, [SUNNY]),
            (120.0, bright, [SUNNY]),
            (180.0, bright, []),
            (240.0, bright, [SUNNY]),
            (300.0, dark, [SUNNY]),
            (360.0, bright, []),
            (420.0, bright, [SUNNY]),
            (480.0, dark, [SUNNY]),
        ],
        tuning=tuning,
    )
    assert [outcome.shares[0].phases for outcome in outcomes if outcome.shares] == [3, 1, 1, 3, 3, 3, 3]


def test_a_car_that_has_left_is_forgotten() -> None:
    outcomes = life([(0.0, house(), [CAR]), (5.0, house(), [])])
    assert outcomes[-1].memory.seats == {}


def test_a_car_that_charges_when_the_house_wakes_goes_on_with_its_phase() -> None:
    charging = replace(SUNNY, charging=True, drawn=(9.0, 0.0, 0.0))
    assert shares(house(surplus=5000.0), charging) == [Share("a", 16.0, 1, Limiter.HOLD)]


def test_two_cars_do_not_start_on_the_sun_for_one() -> None:
    pair = [replace(SUNNY, evse=evse, phases=(1,), lines=(0,)) for evse in "ab"]
    outcomes = life(
        [*every(5.0, 3, house(surplus=0.0), *pair), *every(5.0, 240, house(surplus=2000.0), *pair, begin=15.0)]
    )
    assert max(sum(share.amps > 0 for share in outcome.shares) for outcome in outcomes) == 1
    assert given(outcomes)[-1] == 9.0


def test_a_second_car_starts_on_what_the_first_cannot_take() -> None:
    pair = [replace(SUNNY, evse=evse, phases=(1,), lines=(0,)) for evse in "ab"]
    assert amps(house(surplus=19 * 230.0), *pair) == [10.0, 9.0]


def test_the_sun_that_is_left_by_a_higher_priority_is_followed() -> None:
    first = replace(SUNNY, evse="b", priority=1.0, phases=(1,), lines=(1,))
    second = replace(SUNNY, phases=(1,), lines=(0,))
    assert amps(house(surplus=17 * 230.0), second, first) == [0.0, 16.0]
    assert amps(house(surplus=25 * 230.0), second, first) == [9.0, 16.0]


def test_the_sun_of_one_does_not_take_the_grid_of_another_that_is_dealt_finer() -> None:
    """A dimmed house has 7560 W for two; 1 A more of the second (460 W) would be 0.7 A less of the first (483 W)."""
    always = replace(CAR, step=0.1)
    sunny = replace(CAR, evse="b", phases=(2,), value=0.2, steady=True)
    for surplus in (0.0, 30000.0):
        assert amps(Site((), surplus=surplus, dimmed=0.0), always, sunny) == [6.9, 6.0]


def test_one_that_waits_gets_its_turn() -> None:
    pair = [CAR, replace(CAR, evse="b")]
    outcomes = life(every(60.0, 200, house(rating=10.0), *pair), tuning=Tuning(turn=1800.0))
    energy = [sum(given(outcomes, place)) for place in (0, 1)]
    assert energy[0] + energy[1] == pytest.approx(200 * 10.0)
    assert min(energy) > 0.4 * sum(energy)


def test_the_sun_for_one_goes_round() -> None:
    pair = [replace(SUNNY, evse=evse, phases=(1,), lines=(0,)) for evse in "ab"]
    outcomes = life(every(30.0, 1200, house(surplus=2000.0), *pair), tuning=Tuning(turn=1800.0))
    energy = [sum(given(outcomes, place)) for place in (0, 1)]
    assert min(energy) > 0.4 * sum(energy)
    assert sum(energy) < 1.1 * 1200 * 9.0


def test_the_peak_stops_a_car_and_lets_it_go_on_later() -> None:
    dear, cheap = house(surplus=-4000.0, peak=2500.0), house(surplus=0.0, peak=9000.0)
    outcomes = life([(0.0, cheap, [CAR]), (5.0, dear, [CAR]), (65.0, cheap, [CAR]), (130.0, cheap, [CAR])])
    assert [(outcome.shares[0].amps, outcome.shares[0].limiter) for outcome in outcomes] == [
        (13.0, Limiter.GRID),
        (0.0, Limiter.GRID),
        (0.0, Limiter.HOLD),
        (13.0, Limiter.GRID),
    ]


def test_cars_of_the_same_house_are_decided_alike_every_time() -> None:
    days = every(5.0, 50, house(surplus=5000.0), SUNNY, replace(SUNNY, evse="b"), replace(CAR, evse="c"))
    assert life(days) == life(days)
