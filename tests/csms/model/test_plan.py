"""Plans that stay with a station: what holds when, how they are made to fit, when another is worth a write."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.model.plan import Left, Leg, Plan, Word

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def plan(*legs: tuple[float, float] | tuple[float, float, int], end: float = 120) -> Plan:
    """Legs of (minute of their begin, A, phases)."""
    return Plan(tuple(Leg(after(leg[0]), leg[1], leg[2] if len(leg) == 3 else None) for leg in legs), after(end))


NIGHT = plan((0, 16), (30, 0), (60, 10))


@pytest.mark.parametrize(
    ("minute", "amps"), [(-1, None), (0, 16), (29.9, 16), (30, 0), (60, 10), (119.9, 10), (120, None)]
)
def test_each_moment_has_the_leg_that_began_last(minute: float, amps: float | None) -> None:
    leg = NIGHT.at(after(minute))
    assert (None if leg is None else leg.amps) == amps


@pytest.mark.parametrize(("minute", "amps"), [(-5, [16, 0, 10]), (10, [16, 0, 10]), (30, [0, 10]), (119, [10])])
def test_what_is_over_is_left_out(minute: float, amps: list[float]) -> None:
    rest = NIGHT.since(after(minute))
    assert rest is not None
    assert [leg.amps for leg in rest.legs] == amps
    assert rest.end == NIGHT.end
    assert rest.begin == rest.legs[0].begin


def test_of_a_plan_that_is_over_nothing_is_left() -> None:
    assert NIGHT.since(after(120)) is None


def test_it_is_capped_everywhere() -> None:
    assert NIGHT.capped(12) == plan((0, 12), (30, 0), (60, 10))
    assert NIGHT.exceeds(15)
    assert not NIGHT.exceeds(16)


def test_where_no_pause_is_allowed_a_car_gets_the_least() -> None:
    told = plan((0, 16, 1), (30, 3, 3))
    assert told.sound(pauses=False, switches=True) == plan((0, 16, 1), (30, 6, 3))
    assert told.sound(pauses=True, switches=False) == plan((0, 16), (30, 0))
    assert told.pauses
    assert not told.sound(pauses=False, switches=True).pauses


def test_the_legs_that_lose_the_least_become_one() -> None:
    assert plan((0, 16), (30, 16), (60, 10)).fitted(3) == plan((0, 16), (60, 10))
    assert plan((0, 16), (30, 15), (60, 6)).fitted(2) == plan((0, 15), (60, 6))
    assert plan((0, 16), (30, 16, 1)).fitted(1) == plan((0, 16, 1))
    assert plan((0, 6), (1, 16), (61, 15)).fitted(2) == plan((0, 6), (1, 15))
    assert NIGHT.fitted(0) == plan((0, 0))


legs = st.lists(st.tuples(st.sampled_from([0.0, 6, 7, 10, 16, 32]), st.sampled_from([None, 1, 3])), min_size=1)


@given(legs, st.integers(1, 6))
def test_what_was_made_to_fit_is_never_above_the_plan(told: list[tuple[float, int | None]], count: int) -> None:
    whole = Plan(
        tuple(Leg(after(10 * place), amps, phases) for place, (amps, phases) in enumerate(told)), after(10 * len(told))
    )
    fitted = whole.fitted(count)
    assert len(fitted.legs) <= count
    assert (fitted.begin, fitted.end) == (whole.begin, whole.end)
    for leg in whole.legs:
        lower = fitted.at(leg.begin)
        assert lower is not None
        assert lower.amps <= leg.amps
        assert lower.total <= leg.total


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (NIGHT, True),
        (None, False),
        (plan((0, 16.9), (30, 0), (60, 10)), True),
        (plan((0, 14), (30, 0), (60, 10)), False),
        (plan((0, 16), (34, 0), (60, 10)), True),
        (plan((0, 16), (36, 0), (60, 10)), False),
        (plan((0, 16), (30, 6), (60, 10)), False),
        (plan((0, 16), (30, 0), (60, 10, 1)), False),
        (plan((0, 16), (30, 0), (60, 10), end=123), True),
        (plan((0, 16), (30, 0), (60, 10), end=150), False),
    ],
)
def test_only_what_differs_for_minutes_is_another_plan(other: Plan | None, alike: bool) -> None:
    assert NIGHT.resembles(other, NOON) is alike


def test_what_is_over_makes_no_difference() -> None:
    assert NIGHT.resembles(plan((0, 8), (30, 0), (60, 10)), after(30))


def test_it_is_remembered() -> None:
    told = plan((0, 16, 1), (30, 0))
    assert Plan.recall(told.record()) == told
    assert Plan.recall(None) is None
    assert Plan.recall([NOON.isoformat(), [["odd"]]]) is None


def test_what_lies_in_the_station_is_wished_after_a_restart() -> None:
    left = Left()
    assert left.record() is None
    assert Left.recall(None) == left
    left.want(NIGHT)
    assert left.word is Word.WAITING
    assert not left.lies(NOON)
    left.miss(Word.REFUSED, "no")
    left.confirm(NIGHT, "TxProfile")
    assert (left.word, left.refusal, left.known) == (Word.UNVERIFIED, None, True)
    assert left.lies(NOON)
    assert not left.lies(after(120))
    left.want(None)
    assert left.word is Word.UNVERIFIED
    again = Left.recall(left.record())
    assert (again.wished, again.confirmed, again.purpose) == (NIGHT, NIGHT, "TxProfile")
    assert not again.known
    left.confirm(None)
    assert (left.word, left.lies(NOON)) == (Word.NONE, False)
