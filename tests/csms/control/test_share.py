"""Who gets how much of what there is."""

from dataclasses import replace
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.fuse import Fuses, rooms
from custom_components.ocpp_home.csms.control.share import (
    Appetite,
    Claim,
    Supply,
    appetite,
    deal,
    granted,
    supply,
    worthwhile,
)
from custom_components.ocpp_home.csms.control.terms import Circuit, Demand, Limiter, Site, Tuning

EASY = Site((Circuit("main", (100.0, 100.0, 100.0), load=(0.0, 0.0, 0.0)),), margin=0.0)
CAR = Demand("a", "main", step=1.0)


def fused(*room: float) -> Site:
    one, two, three = room
    return replace(EASY, circuits=(Circuit("main", (one, two, three), load=(0.0, 0.0, 0.0)),))


def stock(site: Site, *demands: Demand) -> Supply:
    return supply(site, Fuses(site, rooms(site, {}, 0.0, Tuning())), demands)


def dealt(site: Site, *demands: Demand) -> list[Claim]:
    """All begin with all phases they have, and the rest is dealt."""
    there = stock(site, *demands)
    claims = [there.claim(site, demand, demand.phases[-1]) for demand in demands]
    for claim in claims:
        assert there.bars(claim) is None
        there.give(claim, claim.least)
    deal(there, claims)
    return claims


def amps(claims: list[Claim]) -> list[float]:
    return [claim.amps for claim in claims]


@pytest.mark.parametrize(("devices", "watts"), [(0, 4200), (1, 4200), (2, 7560), (3, 10500), (9, 19320), (12, 24990)])
def test_the_grid_operator_leaves_each_device_something(devices: int, watts: float) -> None:
    assert granted(devices) == pytest.approx(watts)


@pytest.mark.parametrize(
    ("value", "takes"),
    [
        (inf, Appetite.ALL),
        (0.30, Appetite.ALL),
        (0.20, Appetite.SUN),
        (0.08, Appetite.NOTHING),
        (-inf, Appetite.NOTHING),
    ],
)
def test_what_a_kwh_is_worth_says_what_is_taken(value: float, takes: Appetite) -> None:
    assert appetite(replace(CAR, value=value), EASY) is takes


def test_seventeen_amps_for_two_are_nine_and_eight() -> None:
    assert amps(dealt(fused(17.0, 17.0, 17.0), CAR, replace(CAR, evse="b"))) == [9.0, 8.0]


def test_what_one_cannot_take_the_other_gets() -> None:
    assert amps(dealt(fused(18.0, 18.0, 18.0), CAR, replace(CAR, evse="b", maximum=6.0))) == [12.0, 6.0]


def test_nothing_that_a_fine_step_can_use_is_left() -> None:
    fine = replace(CAR, evse="b", step=0.1)
    assert amps(dealt(fused(17.5, 17.5, 17.5), CAR, fine)) == [9.0, 8.5]


def test_a_limit_is_rounded_down_to_a_step_and_a_minimum_up() -> None:
    there = stock(EASY)
    claim = there.claim(EASY, replace(CAR, minimum=6.5, maximum=15.9, step=2.0), 3)
    assert claim.reach == (8.0, 14.0)


def test_a_minimum_below_what_a_car_can_is_what_it_can() -> None:
    assert stock(EASY).claim(EASY, replace(CAR, minimum=2.0), 3).reach == (6.0, 16.0)


def test_a_car_on_one_line_is_not_cut_because_another_is_full() -> None:
    one = replace(CAR, lines=(0,), phases=(1,))
    (claim,) = dealt(fused(20.0, 0.5, 0.5), one)
    assert (claim.amps, claim.limiter) == (16.0, Limiter.STATION)


def test_a_car_whose_line_is_not_known_may_be_on_the_fullest() -> None:
    (claim,) = dealt(fused(20.0, 9.0, 20.0), replace(CAR, lines=(), phases=(1,)))
    assert (claim.amps, claim.limiter) == (9.0, Limiter.FUSE)


def test_three_cars_on_three_lines_do_not_share_them() -> None:
    cars = [replace(CAR, evse=str(line), lines=(line,), phases=(1,)) for line in range(3)]
    assert amps(dealt(fused(16.0, 12.0, 10.0), *cars)) == [16.0, 12.0, 10.0]


def test_nobody_begins_where_its_minimum_has_no_room() -> None:
    site = fused(5.9, 20.0, 20.0)
    there = stock(site)
    assert there.bars(there.claim(site, CAR, 3)) is Limiter.FUSE


def test_who_wants_room_to_spare_needs_more_to_begin() -> None:
    site = fused(6.5, 20.0, 20.0)
    there = stock(site)
    claim = there.claim(site, CAR, 3)
    assert (there.bars(claim), there.bars(claim, 1.0)) == (None, Limiter.FUSE)


def test_a_maximum_below_the_minimum_is_no_charge() -> None:
    there = stock(EASY)
    assert there.bars(there.claim(EASY, replace(CAR, maximum=5.0, bound=Limiter.USER), 3)) is Limiter.USER


def test_while_a_load_is_not_known_nobody_gets_more_than_the_fallback() -> None:
    blind = replace(EASY, circuits=(Circuit("main", (100.0, 100.0, 100.0)),), fallback=8.0)
    assert [(claim.amps, claim.limiter) for claim in dealt(blind, CAR)] == [(8.0, Limiter.STALE)]
    assert [claim.limiter for claim in dealt(blind, replace(CAR, maximum=8.0))] == [Limiter.STATION]


def test_a_fallback_below_the_minimum_is_none() -> None:
    blind = replace(EASY, circuits=(Circuit("main", (100.0, 100.0, 100.0)),), fallback=0.0)
    there = stock(blind)
    assert there.bars(there.claim(blind, CAR, 3)) is Limiter.STALE


def test_dimmed_evses_share_what_they_may_draw_together() -> None:
    dim = replace(EASY, dimmed=9700.0)
    claims = dealt(dim, CAR, replace(CAR, evse="b"))
    assert [(claim.amps, claim.limiter) for claim in claims] == [(7.0, Limiter.GRID), (7.0, Limiter.GRID)]


def test_dimming_never_takes_what_the_law_leaves() -> None:
    assert amps(dealt(replace(EASY, dimmed=0.0), CAR)) == [6.0]


def test_the_peak_of_the_month_counts_what_comes_from_the_grid() -> None:
    (claim,) = dealt(replace(EASY, surplus=3000.0, peak=2500.0), CAR)
    assert (claim.amps, claim.limiter) == (7.0, Limiter.GRID)


def test_a_line_may_only_carry_so_much_more_than_another() -> None:
    (claim,) = dealt(replace(EASY, asymmetry=10.0), replace(CAR, lines=(1,), phases=(1,)))
    assert (claim.amps, claim.limiter) == (10.0, Limiter.GRID)


def test_who_loads_another_line_makes_the_first_free_to_take_more() -> None:
    cars = [replace(CAR, evse=str(line), lines=(line,), phases=(1,), maximum=30.0) for line in range(3)]
    assert amps(dealt(replace(EASY, asymmetry=10.0), *cars)) == [30.0, 30.0, 30.0]


def test_more_on_the_emptiest_line_makes_room_after_all() -> None:
    cars = [
        replace(CAR, evse="a", lines=(0,), phases=(1,), maximum=30.0),
        replace(CAR, evse="b", lines=(1,), phases=(1,), maximum=30.0, step=0.5, value=0.2),
        replace(CAR, evse="c", lines=(2,), phases=(1,), maximum=30.0, value=0.2),
    ]
    assert amps(dealt(replace(EASY, asymmetry=6.0, surplus=30000.0), *cars)) == [30.0, 30.0, 30.0]


def test_a_current_nobody_knows_the_line_of_may_be_on_the_fullest() -> None:
    known = replace(CAR, lines=(0,), phases=(1,), maximum=8.0)
    lost = replace(CAR, evse="b", lines=(), phases=(1,))
    assert amps(dealt(replace(EASY, asymmetry=20.0), known, lost)) == [8.0, 12.0]


def test_three_phases_make_no_line_different() -> None:
    assert amps(dealt(replace(EASY, asymmetry=1.0), CAR, replace(CAR, evse="b", lines=()))) == [16.0, 16.0]


def test_lines_that_differ_already_may_go_on_to_differ() -> None:
    there = stock(replace(EASY, asymmetry=2.0))
    there.loads = [10.0, 0.0, 0.0]
    assert there.bars(there.claim(EASY, CAR, 3)) is None
    assert there.bars(there.claim(EASY, replace(CAR, lines=(0,)), 1)) is Limiter.GRID


SUNNY = replace(CAR, value=0.2)


def test_who_follows_the_sun_gets_what_it_gives() -> None:
    (claim,) = dealt(replace(EASY, surplus=5300.0), replace(SUNNY, value=0.081))
    assert (claim.amps, claim.limiter) == (7.0, Limiter.SUN)


def test_a_step_is_taken_when_the_sun_gives_enough_of_it() -> None:
    assert worthwhile(SUNNY, EASY) == pytest.approx(0.12 / 0.22)
    assert amps(dealt(replace(EASY, surplus=7 * 690.0 + 310.0), SUNNY)) == [7.0]
    assert amps(dealt(replace(EASY, surplus=7 * 690.0 + 320.0), SUNNY)) == [8.0]


def test_several_who_follow_the_sun_share_it() -> None:
    cars = [replace(SUNNY, evse=evse, lines=(0,), phases=(1,)) for evse in "ab"]
    assert amps(dealt(replace(EASY, surplus=17 * 230.0), *cars)) == [9.0, 8.0]


def test_the_step_that_comes_from_the_grid_in_part_has_to_be_worth_it_for_all() -> None:
    cars = [replace(SUNNY, evse=evse, lines=(0,), phases=(1,)) for evse in "ab"]
    enough_for_one = replace(EASY, surplus=17 * 230.0 + 110.0)
    assert amps(dealt(enough_for_one, *cars)) == [9.0, 9.0]
    assert amps(dealt(enough_for_one, cars[0], replace(cars[1], value=0.15))) == [9.0, 8.0]


def test_sun_for_sixteen_and_five_feeds_fifteen_and_six() -> None:
    cars = [replace(SUNNY, evse=evse, lines=(0,), phases=(1,)) for evse in "ab"]
    cars[1] = replace(cars[1], maximum=6.0)
    assert amps(dealt(replace(EASY, surplus=21 * 230.0), *cars)) == [15.0, 6.0]


def test_who_charges_anyway_takes_its_sun_first() -> None:
    claims = dealt(replace(EASY, surplus=16000.0), SUNNY, replace(CAR, evse="b"))
    assert [(claim.amps, claim.limiter) for claim in claims] == [(7.0, Limiter.SUN), (16.0, Limiter.STATION)]


def test_sun_that_is_not_known_does_not_shine() -> None:
    (claim,) = dealt(EASY, SUNNY)
    assert (claim.amps, claim.limiter) == (6.0, Limiter.STALE)


def test_who_values_a_kwh_less_than_the_grid_pays_stays_at_its_minimum() -> None:
    (claim,) = dealt(replace(EASY, surplus=9000.0), replace(CAR, value=0.05, steady=True))
    assert (claim.amps, claim.limiter) == (6.0, Limiter.PLAN)


def test_who_has_not_begun_is_dealt_nothing() -> None:
    there = stock(EASY)
    claim = there.claim(EASY, CAR, 3)
    deal(there, [claim])
    assert claim.amps == 0.0


def test_the_power_one_could_draw_ends_at_its_fuse() -> None:
    site = fused(20.0, 9.5, 20.0)
    there = stock(site)
    assert there.band(there.claim(site, CAR, 3)) == (6 * 690.0, 9.5 * 690.0)
    assert there.band(there.claim(site, CAR, 1)) == (6 * 230.0, 16 * 230.0)
