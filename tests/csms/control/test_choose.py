"""Which EVSEs charge, and with how many phases."""

from dataclasses import replace
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.choose import (
    Band,
    Seat,
    arrival,
    band,
    contactor,
    decide,
    marginal,
    permitted,
    together,
)
from custom_components.ocpp_home.csms.control.terms import Demand, Site, Tuning
from custom_components.ocpp_home.csms.control.work import EVERY, Gains, State, Switching, begin

SITE = Site((), price=0.30, feed_in=0.10)
CAR = Demand("a", "main", phases=(1, 3), value=0.2)
TUNING = Tuning(dwell=100.0, session_changes=2, day_changes=3, restart_after=120.0, turn=3600.0)
SEAT = Seat(begin(State.ON_1P), since=1000.0, session=500.0)
ONE = Band(1380.0, 3680.0, 0.2)
THREE = Band(4140.0, 11040.0, 0.2)


@pytest.mark.parametrize(("phases", "switched"), [(1, 1), (2, 3), (3, 3)])
def test_a_contactor_switches_one_phase_or_all(phases: int, switched: int) -> None:
    assert contactor(phases) == switched


def test_a_new_car_is_off_with_all_its_phases() -> None:
    assert arrival(CAR, 7.0) == Seat(begin(State.OFF_3P), 7.0, 7.0, fresh=True)
    assert arrival(replace(CAR, phases=(1,)), 7.0).work.state is State.OFF_1P


@pytest.mark.parametrize(
    ("drawn", "state"),
    [(None, State.ON_3P), ((0.0, 9.0, 0.4), State.ON_1P), ((9.0, 9.0, 9.0), State.ON_3P), ((0.0,) * 3, State.ON_3P)],
)
def test_a_car_that_charges_already_stays_as_it_is(drawn: tuple[float, float, float] | None, state: State) -> None:
    seat = arrival(replace(CAR, charging=True, drawn=drawn), 7.0)
    assert (seat.work.state, seat.fresh) == (state, False)


def test_a_start_is_remembered_with_its_moment() -> None:
    off = replace(SEAT, work=begin(State.OFF_1P), barred=900.0, fresh=True)
    assert off.after(begin(State.ON_1P), 2000.0) == Seat(begin(State.ON_1P), 2000.0, 500.0)


def test_who_stays_as_it_was_keeps_its_moment() -> None:
    assert SEAT.after(SEAT.work, 2000.0) == SEAT


def test_who_is_still_off_is_still_barred() -> None:
    off = replace(SEAT, work=begin(State.OFF_1P), barred=900.0)
    assert off.after(off.work, 950.0).barred == 900.0


def test_a_change_of_phases_is_remembered_for_a_day() -> None:
    changed = SEAT.after(begin(State.ON_3P), 2000.0)
    assert (changed.changes, changed.since) == ((2000.0,), 1000.0)
    assert changed.after(begin(State.ON_1P), 2000.0 + 86400.0).changes == (88400.0,)


def test_a_change_of_phases_has_to_last() -> None:
    changed = replace(SEAT, changes=(2000.0,))
    assert [changed.settled(now, TUNING) for now in (2050.0, 2099.9, 2100.0)] == [True, True, False]


def test_phases_change_so_often_in_a_session() -> None:
    changed = replace(SEAT, changes=(1000.0, 2000.0))
    assert changed.settled(5000.0, TUNING)
    assert not replace(changed, session=1500.0).settled(5000.0, TUNING)
    assert not changed.settled(1000.0 + 86400.0, TUNING)


def test_phases_change_so_often_in_a_day_whichever_the_car() -> None:
    changed = replace(SEAT, changes=(1000.0, 2000.0, 3000.0), session=4000.0)
    assert changed.settled(5000.0, TUNING)
    assert not replace(changed, changes=(1000.0, 2000.0)).settled(5000.0, TUNING)


def test_who_had_no_room_waits() -> None:
    assert not SEAT.waiting(1000.0, TUNING)
    barred = replace(SEAT, barred=1000.0)
    assert [barred.waiting(now, TUNING) for now in (1000.0, 1119.0, 1120.0)] == [True, True, False]


def test_who_has_charged_for_long_has_had_its_turn() -> None:
    assert [SEAT.overdue(now, TUNING) for now in (4599.0, 4600.0)] == [False, True]
    assert not replace(SEAT, work=begin(State.OFF_1P)).overdue(9999.0, TUNING)


def test_an_empty_seat_is_forgotten() -> None:
    assert SEAT.vacant(2000.0) is None
    assert replace(SEAT, changes=(2000.0,)).vacant(2000.0 + 86400.0) is None


def test_an_empty_seat_keeps_what_its_contactor_did_today() -> None:
    left = replace(SEAT, changes=(1000.0,), barred=900.0)
    assert left.vacant(2000.0) == Seat(SEAT.work, 2000.0, 2000.0, fresh=True, changes=(1000.0,))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (inf, Band(11040.0, 11040.0, 1e4)),
        (0.30, Band(11040.0, 11040.0, 0.30)),
        (0.2, Band(4140.0, 11040.0, 0.2)),
        (0.1, Band(4140.0, 4140.0, 0.1)),
        (-inf, Band(4140.0, 4140.0, -1e4)),
    ],
)
def test_the_value_of_a_kwh_says_between_which_powers_the_sun_decides(value: float, expected: Band) -> None:
    assert band(replace(CAR, value=value), 4140.0, 11040.0, SITE) == expected


@pytest.mark.parametrize(
    ("sun", "gain"),
    [
        (-1000.0, 1.38 * (0.2 - 0.3)),
        (0.0, 1.38 * (0.2 - 0.3)),
        (1000.0, 1.38 * 0.2 - 0.38 * 0.3 - 1.0 * 0.1),
        (2000.0, 2.0 * (0.2 - 0.1)),
        (9000.0, 3.68 * (0.2 - 0.1)),
    ],
)
def test_a_gain_is_the_worth_of_the_energy_less_what_it_costs_more(sun: float, gain: float) -> None:
    assert together([ONE], sun, SITE) == pytest.approx(gain)


def test_two_gain_what_one_of_their_size_would() -> None:
    for sun in (0.0, 2000.0, 3000.0, 9000.0):
        assert together([ONE, ONE], sun, SITE) == pytest.approx(together([Band(2760.0, 7360.0, 0.2)], sun, SITE))


def test_the_phases_that_use_the_sun_best_gain_most() -> None:
    def best(sun: float) -> State:
        gains = marginal({1: ONE, 3: THREE}, [], sun, SITE, 0.0).gains
        return max(State, key=lambda state: gains[state])

    assert [best(sun) for sun in (500.0, 2000.0, 3700.0, 4200.0)] == [
        State.OFF_1P,
        State.ON_1P,
        State.ON_1P,
        State.ON_3P,
    ]


def test_phases_without_a_band_gain_nothing_at_all() -> None:
    assert marginal({}, [], 9000.0, SITE, 0.0).gains == (0.0, 0.0, -inf, -inf)


def test_a_second_car_gains_nothing_from_the_sun_that_feeds_the_first() -> None:
    assert marginal({1: ONE}, [ONE], 2000.0, SITE, 0.0).gains[State.ON_1P] == pytest.approx(-0.76 * 0.1)
    assert marginal({1: ONE}, [ONE], 3000.0, SITE, 0.0).gains[State.ON_1P] == pytest.approx(0.0)


def test_a_second_car_starts_where_the_first_leaves_less_than_its_minimum() -> None:
    assert marginal({1: ONE}, [ONE], 3680.0 + 700.0, SITE, 0.0).gains[State.ON_1P] == pytest.approx(0.7 * 0.1)


def test_who_would_only_watch_others_is_worth_a_little_more() -> None:
    assert marginal({1: ONE}, [ONE], 3000.0, SITE, 0.02).gains[State.ON_1P] == pytest.approx(1.38 * 0.02)
    alone = marginal({1: ONE}, [], 3000.0, SITE, 0.02).gains
    assert alone == marginal({1: ONE}, [], 3000.0, SITE, 0.0).gains


@pytest.mark.parametrize(
    ("value", "steady", "roomy", "states"),
    [
        (0.2, False, (1, 3), EVERY),
        (0.2, False, (1,), {State.OFF_1P, State.OFF_3P, State.ON_1P}),
        (0.2, True, (1, 3), {State.ON_1P, State.ON_3P}),
        (inf, False, (3,), {State.ON_3P}),
        (inf, True, (), {State.OFF_1P, State.OFF_3P}),
    ],
)
def test_who_must_charge_is_only_off_without_room(
    value: float, steady: bool, roomy: tuple[int, ...], states: set[State]
) -> None:
    assert permitted(replace(CAR, value=value, steady=steady), (1, 3), roomy, SITE) == states


def gained(one: float, three: float) -> Gains:
    return Gains((0.0, 0.0, 1380.0, 4140.0), (0.0, 0.0, one, three))


SWITCHING = Switching(start=0.01, phases=0.01)
FRESH = replace(SEAT, work=begin(State.OFF_3P, SWITCHING), fresh=True)


@pytest.mark.parametrize(
    ("one", "three", "state"),
    [(0.3, 0.2, State.ON_1P), (0.2, 0.3, State.ON_3P), (-0.1, -0.2, State.OFF_1P)],
)
def test_a_car_that_has_just_come_begins_where_most_is_gained(one: float, three: float, state: State) -> None:
    assert decide(FRESH, gained(one, three), 0.0, SWITCHING).state is state


def test_later_it_moves_when_staying_has_cost_enough() -> None:
    seat = replace(SEAT, work=begin(State.ON_1P, SWITCHING))
    moments: list[State] = []
    for _ in range(10):
        seat = replace(seat, work=decide(seat, gained(-0.37, -1.0), 20.0, SWITCHING))
        moments.append(seat.work.state)
    # 0.37 an hour is 0.00206 in 20 s; half a start each way is 0.01
    assert moments == [State.ON_1P] * 4 + [State.OFF_1P] * 6


def test_nobody_moves_for_what_another_has_taken_meanwhile() -> None:
    seat = replace(SEAT, work=begin(State.OFF_1P, SWITCHING))
    ripe = replace(seat, work=replace(seat.work, costs=(1.0, 1.0, 0.0, 1.0)))
    assert decide(ripe, gained(0.1, -1.0), 1.0, SWITCHING).state is State.ON_1P
    assert decide(ripe, gained(-0.1, -1.0), 1.0, SWITCHING).state is State.OFF_1P


def test_who_must_not_stay_goes_at_once() -> None:
    off = Switching(0.01, 0.01, frozenset({State.OFF_1P, State.OFF_3P}))
    assert decide(SEAT, gained(9.0, 9.0), 0.0, off).state is State.OFF_1P
