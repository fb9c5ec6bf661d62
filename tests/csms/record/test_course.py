"""How the energy of a session grew."""

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.record.course import Course, course_of

from .samples import NOON, after, running, transaction


def course(*registers: tuple[float, float], **changes: object) -> Course:
    found = course_of(transaction(*registers, **changes))
    assert found is not None
    return found


def test_between_two_values_a_course_is_straight() -> None:
    run = course((30, 3000))

    assert [run.at(after(minute)) for minute in (0, 15, 30, 45, 60)] == [0, 1_000_000, 2_000_000, 6_000_000, 10_000_000]


def test_before_its_begin_there_is_nothing_and_after_its_end_all() -> None:
    assert (course().at(after(-1)), course().at(after(61))) == (0, 10_000_000)
    assert (course().begin, course().end) == (NOON, after(60))


def test_values_outside_begin_and_end_count_as_the_nearer_and_a_course_never_falls() -> None:
    assert course((10, 500), (20, 6000), (30, 4000), (40, 99000)).values == (
        0,
        0,
        5_000_000,
        5_000_000,
        10_000_000,
        10_000_000,
    )


def test_what_was_measured_outside_the_session_is_left_out() -> None:
    assert course((-5, 2000), (0, 3000), (60, 2000), (70, 2000)) == course()


def test_a_session_without_length_delivers_all_at_its_end() -> None:
    run = course(stopped=after(-10))

    assert run.at(NOON) == 0
    assert run.at(run.end) == 10_000_000
    assert run.end - run.begin == timedelta(microseconds=1)


def test_a_running_session_has_a_course_so_far() -> None:
    assert course_of(running((30, 3000))).at(after(15)) == 1_000_000
    assert course_of(running()) is None, "nobody has read its register yet"


@pytest.mark.parametrize("unknown", ["started", "meter_start"])
def test_without_a_begin_there_is_no_course(unknown: str) -> None:
    assert course_of(transaction(**{unknown: None})) is None


def test_points_can_be_given_where_the_transaction_has_none() -> None:
    bare = transaction(points=None)

    assert course_of(bare, ((after(30), 3000.0),)) == course((30, 3000))
    assert course_of(bare) == course()


def test_the_peak_is_the_steepest_part_of_a_minute_or_more() -> None:
    assert course((30, 8500)).peak == 15_000
    assert course((0.5, 6000)).peak == pytest.approx(5000 * 60 / 59.5)
    assert course(stopped=after(0.5)).peak is None


@given(
    st.lists(st.tuples(st.floats(-5, 65), st.floats(-1e5, 1e5)), max_size=8), st.lists(st.floats(-5, 65), max_size=8)
)
def test_whatever_a_register_says_energy_only_grows_from_nothing_to_the_whole(
    registers: list[tuple[float, float]], minutes: list[float]
) -> None:
    run = course(*sorted(registers))

    grown = [run.at(after(minute)) for minute in sorted(minutes)]

    assert grown == sorted(grown)
    assert all(0 <= value <= 10_000_000 for value in grown)
    assert (run.at(run.begin), run.at(run.end)) == (0, 10_000_000)
