"""What is wanted of an EVSE is remembered whole, read leniently, and what is known of a visit ends with it."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from custom_components.ocpp_home.car_controls import labels
from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.control.outlook import Stakes
from custom_components.ocpp_home.csms.control.work import Reach
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.site.belief import Belief
from custom_components.ocpp_home.site.garage import unique
from custom_components.ocpp_home.site.goal import Goal, Measure, Target, Weekly
from custom_components.ocpp_home.site.habits import Habits
from custom_components.ocpp_home.site.place import Place
from custom_components.ocpp_home.site.rule import Days, Rule
from custom_components.ocpp_home.site.vehicle import Vehicle, leaving, marks, timetable
from custom_components.ocpp_home.site.visit import Visit

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZOE = Vehicle("z", "Zoe", 50_000, efficiency=0.9, minimum=20, limit=80)
EVERYTHING = Rule(
    Mode.CHEAP,
    minimum=8,
    priority=2,
    days=Days.DAILY,
    at=time(6, 30),
    once=NOW + HOUR,
    skip=NOW + 2 * HOUR,
    measure=Measure.RANGE,
    level=70,
    energy=12,
    range=150,
    lowest=30,
    most=90,
    price=0.2,
    vehicle="z",
)


def visited(evse: Evse, vehicle: Vehicle | None = ZOE) -> Visit:
    evse.status = Status.CHARGING
    visit = Visit(evse)
    visit.come(Rule(), NOW)
    visit.vehicle = vehicle
    return visit


def test_all_that_is_wanted_is_remembered() -> None:
    assert all(getattr(EVERYTHING, one.name) != getattr(Rule(), one.name) for one in fields(Rule))
    assert Rule.of(EVERYTHING.told) == EVERYTHING
    assert Rule().told == {"mode": "manual", "minimum": 6, "priority": 0}


@pytest.mark.parametrize("rubbish", [None, "x", -1j, [], {}, "nan", float("nan"), "2026-03-27T12:00:00"])
def test_what_cannot_be_understood_is_as_usual(rubbish: object) -> None:
    told: dict[str, object] = dict.fromkeys((one.name for one in fields(Rule)), rubbish)
    assert replace(Rule.of(told), vehicle=None, at=time(7)) == Rule()
    assert Rule.of(rubbish) == Rule()


def test_a_departure_is_once_or_on_days_that_are_chosen() -> None:
    regular = (Weekly(time(9)),)
    assert Rule().agenda(regular).timetable == regular
    assert Rule(days=Days.OFF).agenda(regular).timetable == ()
    assert Rule(days=Days.WORKDAYS, at=time(6)).agenda(()).timetable == (Weekly(time(6), frozenset(range(5))),)
    once = Rule().leaving_at(time(14), NOW, BERLIN)
    assert (once.on, once.once) == (Days.ONCE, NOW + HOUR)
    assert once.leaving_at(time(15), NOW, BERLIN).once == NOW + 2 * HOUR
    assert once.leaving(Days.OFF, NOW, BERLIN).once is None
    daily = Rule().leaving(Days.DAILY, NOW, BERLIN).leaving_at(time(14), NOW, BERLIN)
    assert (daily.on, daily.at, daily.once) == (Days.DAILY, time(14), None)
    assert Rule(at=time(14)).leaving(Days.ONCE, NOW, BERLIN).once == NOW + HOUR
    assert once.skipping(Goal(NOW + HOUR, once=True)).once is None
    assert daily.skipping(Goal(NOW + HOUR)) == replace(daily, skip=NOW + HOUR)


def test_the_target_that_was_set_last_counts() -> None:
    rule = Rule().aiming(Measure.ENERGY, 10)
    assert rule.target == Target(Measure.ENERGY, 10)
    assert rule.aiming(Measure.RANGE, 100).target == Target(Measure.RANGE, 100)
    assert rule.aiming(Measure.LEVEL, 60).target == Target(Measure.LEVEL, 60)
    assert rule.aiming(Measure.ENERGY, 0).target == Target(Measure.LEVEL, 80)


def test_a_level_is_what_was_told_and_what_was_charged_since() -> None:
    belief, part = Belief(), 0.9 / 50_000
    belief.note(None, 3000)
    assert belief.level(part) is None
    belief.note(50, 3000)
    assert belief.level(part) == 50
    belief.note(50, 8000)
    assert belief.level(part) == pytest.approx(59)
    belief.note(None, 500)
    assert belief.level(part) == pytest.approx(59.9), "another session of the same visit"
    belief.note(58, 600)
    assert belief.level(part) == 58
    belief.note(58, 90_000)
    assert belief.level(part) == 100
    assert belief.level(0.0) == 58


def test_what_the_evse_has_set_goes_before_what_the_car_has() -> None:
    visit = visited(Evse(1))
    visit.see(Rule(), 80, NOW)
    assert (visit.full, visit.most(Rule()), visit.lowest(Rule())) == (True, 80, 20)
    visit.see(Rule(), 79.5, NOW)
    assert visit.full
    visit.see(Rule(), 78.9, NOW)
    assert not visit.full
    visit.see(Rule(most=70, lowest=90), 78.9, NOW)
    assert visit.full
    assert visit.low(Rule(lowest=90))
    assert not visit.low(Rule())
    visit.see(Rule(most=100), 100, NOW)
    assert not visit.full, "a car stops by itself when nothing fits into it"


def test_what_is_overdue_ends_when_there_is_enough_or_something_else_is_due() -> None:
    visit, rule = visited(Evse(1)), Rule(once=NOW + HOUR)
    assert visit.see(rule, 50, NOW) == rule
    later = NOW + 2 * HOUR
    assert visit.see(rule, 50, later) == rule
    assert visit.overdue is not None
    (first,) = visit.goals(rule, later)
    assert first.departure == NOW + HOUR
    need = visit.need(rule, Reach(maximum=16, phases=(3,)), later)
    assert need is not None
    assert need.departure == pytest.approx(later.timestamp() + 15_000 / 0.9 / 11_040 * 3600)
    assert visit.see(rule, 80, later).once is None
    assert visit.overdue is None

    restarted = visited(Evse(1))
    assert restarted.see(rule, 50, later) == rule
    assert restarted.overdue is not None
    restarted.anew()
    assert restarted.overdue is None
    unknown = visited(Evse(1), None)
    assert unknown.see(rule, None, later).once is None, "nobody knows whether there is enough"


def test_with_the_car_goes_what_was_for_its_visit() -> None:
    evse, rule = Evse(1), Rule(vehicle="z", once=NOW - HOUR, skip=NOW - HOUR)
    visit = visited(evse)
    visit.see(rule, 50, NOW)
    evse.status = Status.AVAILABLE
    assert visit.come(rule, NOW) == Rule()
    assert (visit.vehicle, visit.level, visit.overdue, visit.since) == (None, None, None, None)
    assert visit.come(Rule(vehicle="z"), NOW).vehicle == "z", "chosen for the one that comes next"
    evse.status = None
    assert visit.come(rule, NOW) == rule, "nobody knows whether a car is there"


def test_what_a_car_tells_itself_is_a_departure_and_a_battery() -> None:
    evse = Evse(1)
    needs = Needs("AC_three_phase", NOW, departure=NOW + HOUR, energy=12_000, state_of_charge=40, capacity=60_000)
    evse.needs = needs
    visit = visited(evse, None)
    visit.see(Rule(), None, NOW)
    assert visit.level == 40
    assert visit.goals(Rule(), NOW) == (Goal(NOW + HOUR, Target(Measure.ENERGY, 12)),)
    need = visit.need(Rule(), Reach(), NOW)
    assert need is not None
    assert (need.energy, need.target) == (24_000, 34_800)
    assert visit.goals(Rule(days=Days.DAILY), NOW)[0].target is None, "what the owner says goes first"
    assert visit.goals(Rule(), NOW + 2 * HOUR) == ()


def test_whoever_got_all_it_wants_has_enough() -> None:
    evse = Evse(1)
    evse.transaction = Transaction("1", "CP1", 1, 1, None, NOW, 0.0, meter_last=2000.0)
    visit = visited(evse, None)
    visit.see(Rule(energy=2), None, NOW)
    assert visit.given
    visit.see(Rule(energy=3), None, NOW)
    assert not visit.given
    known = visited(Evse(1))
    known.see(Rule(once=NOW + HOUR, level=60), 60, NOW)
    assert (known.enough, known.given) == (True, False)
    known.see(Rule(level=60), 60, NOW)
    assert not known.enough, "nothing is due"


def test_a_day_of_use_is_what_is_kept_in_the_lower_part_of_a_battery() -> None:
    zoe, habits = replace(ZOE, marks=marks("04A2")), Habits()
    assert habits.stakes(zoe, ("CP1", 1)) == Stakes()
    sessions = [
        Transaction("1", "CP1", 1, 1, "04a2", NOW, 0.0, meter_last=14_000.0),
        Transaction("2", "cp1", 1, 1, None, NOW, 0.0, meter_last=7000.0),
    ]
    habits.learn(sessions, (zoe,))
    assert habits.stakes(zoe, ("CP9", 1)).lower == pytest.approx(1800)
    assert habits.stakes(None, ("CP1", 1)).lower == 3000
    assert habits.stakes(replace(zoe, key="other"), ("CP1", 1)).lower == pytest.approx(2700)
    assert habits.due(NOW)
    assert not habits.due(NOW + HOUR)
    assert habits.due(NOW + 6 * HOUR)


def test_cars_are_told_apart_however_they_are_called() -> None:
    names = ("Zoe", "guest", "zoe", "Automatic", "zoe (2)")
    cars = tuple(Vehicle(str(number), name, 1) for number, name in enumerate(names))
    assert labels(cars) == {"Zoe": "0", "guest (2)": "1", "zoe (2)": "2", "Automatic (2)": "3", "zoe (2) (2)": "4"}


@dataclass(eq=False)
class Claim:
    """A place that takes a car for its own."""

    key: str
    since: datetime
    charging: bool = False
    choice: str | None = None

    @property
    def visit(self) -> Claim:
        return self

    @property
    def evse(self) -> Claim:
        return self

    @property
    def rule(self) -> Rule:
        return Rule(vehicle=self.choice)


def test_a_car_is_in_one_place_the_latest_or_where_it_charges() -> None:
    def winner(*claims: Claim) -> list[str]:
        found = unique(dict.fromkeys(cast(tuple[Place, ...], claims), ZOE))
        return [place.key for place, vehicle in found.items() if vehicle is not None]

    late, charging = Claim("b", NOW + HOUR), Claim("a", NOW, charging=True)
    assert winner(Claim("a", NOW), late) == ["b"]
    assert winner(late, charging) == ["a"]
    assert winner(charging, Claim("b", NOW, choice="z")) == ["b"]


def test_the_form_of_a_car_asks_for_two_times_of_a_week() -> None:
    told = {
        "leaves_workdays": "07:30:00",
        "returns_workdays": "17:00:00",
        "leaves_weekend": "10:00:00",
        "leaves_level": 70,
    }
    rows = timetable(told)
    assert leaving(rows) == told
    assert Vehicle.of("z", "Zoe", {"capacity": 50, "timetable": rows}).timetable == (
        Weekly(time(7, 30), frozenset(range(5)), Target(Measure.LEVEL, 70), time(17)),
        Weekly(time(10), frozenset({5, 6}), Target(Measure.LEVEL, 70)),
    )
    assert timetable({"returns_weekend": "20:00:00"}) == [], "who does not leave does not come back"
    assert timetable({"leaves_level": 70}) == []
    assert leaving(timetable({"leaves_weekend": "10:00:00"})) == {"leaves_weekend": "10:00:00"}
