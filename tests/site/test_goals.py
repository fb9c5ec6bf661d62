"""When a car leaves: once, week by week, and on the days on which clocks are changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from custom_components.ocpp_home.csms.control.work import Reach
from custom_components.ocpp_home.site.goal import WORKDAYS, Agenda, Diary, Goal, Measure, Target, Weekly, following
from custom_components.ocpp_home.site.need import Stay, enough, hurry
from custom_components.ocpp_home.site.vehicle import Vehicle

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 3, 27, 12, tzinfo=UTC)
"""The clocks go forward in the night to Sunday."""
CAR = Vehicle("v", "Zoe", 50_000, efficiency=0.9, consumption=200)
LEVEL = Target(Measure.LEVEL, 80)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def departures(agenda: Agenda, count: int = 3) -> list[datetime]:
    return [goal.departure for goal in agenda.goals(FRIDAY, BERLIN)[:count]]


def test_a_timetable_keeps_to_the_clock_on_the_wall() -> None:
    daily = Agenda((Weekly(time(7)),))
    assert departures(daily) == [at(28, 6), at(29, 5), at(30, 5)]
    assert departures(Agenda((Weekly(time(2, 30)),)), 2) == [at(28, 1, 30), at(29, 1, 30)]
    assert departures(Agenda((Weekly(time(7), WORKDAYS),)), 2) == [at(30, 5), at(31, 5)]
    assert departures(Agenda((Weekly(time(7), frozenset({4})),))) == [datetime(2026, 4, 3, 5, tzinfo=UTC)]


def test_what_is_due_is_looked_up_once_as_long_as_it_stays_the_same() -> None:
    daily, diary = Agenda((Weekly(time(7)),)), Diary()
    seen = diary.goals(daily, FRIDAY, BERLIN)
    assert diary.goals(Agenda((Weekly(time(7)),)), FRIDAY + timedelta(minutes=59), BERLIN) is seen
    assert diary.goals(daily, FRIDAY + timedelta(hours=1), BERLIN) is not seen


def test_what_was_looked_up_is_never_another_than_what_is_due() -> None:
    once = Agenda((Weekly(time(7)),), Goal(at(28, 5, 59), once=True))
    skipping = Agenda((Weekly(time(7)),), skip=at(28, 6))
    moments = [at(28, 5, minute) for minute in (30, 58, 59)] + [at(28, 6), at(28, 6, 1), at(28, 5, 30), FRIDAY]
    diary = Diary()
    for moment in moments:
        for agenda in (Agenda(), Agenda((Weekly(time(7)),)), once, skipping):
            for zone in (BERLIN, UTC):
                assert diary.goals(agenda, moment, zone) == agenda.goals(moment, zone)
    for agenda in (once, skipping, Agenda()):
        diary = Diary()
        for moment in moments:
            assert diary.goals(agenda, moment, BERLIN) == agenda.goals(moment, BERLIN)


def test_what_was_told_in_a_form_is_understood() -> None:
    told = {"weekdays": ["mon", "wed"], "time": "07:30:00", "energy": 12, "back": "06:00:00"}
    assert Weekly.of(told) == Weekly(time(7, 30), frozenset({0, 2}), Target(Measure.ENERGY, 12), time(6))
    assert Weekly.of({"time": "07:30:00"}) == Weekly(time(7, 30))
    (first, *_) = Agenda((Weekly.of(told),)).goals(FRIDAY, BERLIN)
    assert first == Goal(at(30, 5, 30), Target(Measure.ENERGY, 12), at(31, 4))


def test_a_departure_for_once_silences_the_timetable_of_its_day_and_passes() -> None:
    once = Goal(at(28, 9), LEVEL, once=True)
    agenda = Agenda((Weekly(time(7)),), once)
    assert departures(agenda, 2) == [at(28, 9), at(29, 5)]
    assert agenda.goals(FRIDAY, BERLIN)[0].once
    assert agenda.goals(at(28, 9), BERLIN)[0].departure == at(29, 5)
    assert departures(Agenda((), once)) == [at(28, 9)]


def test_the_next_departure_can_be_left_out() -> None:
    assert departures(Agenda((Weekly(time(7)),), skip=at(28, 6)), 1) == [at(29, 5)]


def test_a_time_of_the_clock_is_found_today_or_tomorrow() -> None:
    assert following(time(14), FRIDAY, BERLIN) == at(27, 13)
    assert following(time(13), FRIDAY, BERLIN) == at(28, 12)


def test_targets_are_told_as_a_level_as_energy_and_as_a_range() -> None:
    stay = Stay(CAR, level=40, charged=2000)
    assert stay.held == 20_000
    assert stay.wanted(LEVEL) == 40_000
    assert stay.wanted(Target(Measure.ENERGY, 12)) == 29_000, "2 of 12 kWh are there, 90 % of the rest arrives"
    assert stay.wanted(Target(Measure.RANGE, 150)) == 30_000
    assert Stay(Vehicle("v", "Zoe", 50_000), 40).wanted(Target(Measure.RANGE, 150)) is None
    assert Stay(CAR).wanted(LEVEL) is None


def test_what_a_car_needs_is_what_the_first_departure_asks_for_and_the_trips_after_it() -> None:
    goals = (Goal(at(28, 6), None, at(28, 16)), Goal(at(28, 10)), Goal(at(29, 6), Target(Measure.LEVEL, 100)))
    car = Stay(CAR, level=40, reach=Reach(maximum=11), charging=3).need(goals, LEVEL)
    assert car is not None
    assert (car.energy, car.capacity, car.target, car.eta) == (20_000, 50_000, 40_000, 0.9)
    assert (car.departure, car.returns) == (at(28, 6).timestamp(), at(28, 16).timestamp())
    assert (car.reach.maximum, car.charging) == (11, 3)
    assert [(trip.leaves, trip.target) for trip in car.later] == [(at(29, 6).timestamp(), 50_000)]


def test_nobody_knows_what_is_after_a_trip_without_an_end() -> None:
    car = Stay(CAR, 40).need((Goal(at(28, 6)), Goal(at(29, 6))), LEVEL)
    assert car is not None
    assert (car.returns, car.later) == (None, ())


def test_a_car_is_never_charged_above_its_limit() -> None:
    limited = Vehicle("v", "Zoe", 50_000, limit=70)
    car = Stay(limited, 40).need((Goal(at(28, 6)),), LEVEL)
    assert car is not None
    assert (car.capacity, car.target) == (35_000, 35_000)


def test_a_car_nobody_knows_is_given_the_energy_that_is_wished() -> None:
    car = Stay(charged=3000).need((Goal(at(28, 6)),), LEVEL, 10_000)
    assert car is not None
    assert (car.energy, car.capacity, car.target, car.eta) == (3000, 10_000, 10_000, 1.0)
    assert car.departure == at(28, 6).timestamp()
    assert Stay().need((Goal(at(28, 6)),), LEVEL) is None
    told = Stay().need((Goal(at(28, 6), Target(Measure.ENERGY, 5)),), LEVEL)
    assert told is not None
    assert told.target == 5000


def test_without_a_departure_only_the_battery_is_known() -> None:
    car = Stay(CAR, 40).need((), LEVEL)
    assert car is not None
    assert (car.departure, car.target, car.energy) == (None, 0, 20_000)


def test_who_should_have_left_is_in_a_hurry_until_there_is_enough() -> None:
    goals = (Goal(at(28, 6), None, at(28, 16)),)
    car = Stay(CAR, 40, reach=Reach(maximum=16)).need(goals, LEVEL)
    assert car is not None
    assert not enough(car)
    late = hurry(car, 1000.0)
    assert late.departure == 1000 + 20_000 / (11_040 * 0.9) * 3600
    assert (late.returns, late.later) == (None, ())
    assert enough(Stay(CAR, 80).need(goals, LEVEL))
    assert not enough(None)
