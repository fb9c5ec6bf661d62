"""Pieces of time with a value: how long each holds, and what they are on average."""

import pytest

from custom_components.ocpp_home.site.kept import Kept
from custom_components.ocpp_home.site.steps import Step, Steps, steps

HOUR = 3600.0


def test_without_an_end_a_value_holds_until_the_next() -> None:
    assert steps([(0, None, 1.0), (900, None, 2.0), (1800, None, 3.0)]).steps == (
        Step(0, 900, 1.0),
        Step(900, 1800, 2.0),
        Step(1800, 2700, 3.0),
    )


def test_without_an_end_a_value_holds_for_an_hour_at_most() -> None:
    assert steps([(0, None, 1.0), (5 * HOUR, None, 2.0)]).steps == (
        Step(0, HOUR, 1.0),
        Step(5 * HOUR, 6 * HOUR, 2.0),
    )


def test_the_next_value_ends_the_one_before_whatever_that_says() -> None:
    assert steps([(0, 2 * HOUR, 1.0), (HOUR, 2 * HOUR, 2.0)]).steps[0] == Step(0, HOUR, 1.0)


def test_of_two_values_for_one_moment_the_first_counts_and_an_empty_one_not_at_all() -> None:
    assert steps([(0, HOUR, 1.0), (0, HOUR, 9.0), (HOUR, HOUR, 5.0)]).steps == (Step(0, HOUR, 1.0),)


@pytest.mark.parametrize(
    ("begin", "end", "mean"),
    [(0, HOUR, 1.0), (HOUR / 2, HOUR * 1.5, 2.0), (1.5 * HOUR, 9 * HOUR, 3.0), (5 * HOUR, 6 * HOUR, None)],
)
def test_the_mean_is_that_of_what_is_known(begin: float, end: float, mean: float | None) -> None:
    assert steps([(0, HOUR, 1.0), (HOUR, 2 * HOUR, 3.0)]).mean(begin, end) == mean


def test_a_moment_in_a_gap_is_not_known_and_nothing_is_known_of_nothing() -> None:
    gap = steps([(0, HOUR, 1.0), (2 * HOUR, 3 * HOUR, 3.0)])
    assert (gap.at(10), gap.at(1.5 * HOUR), gap.until) == (1.0, None, 3 * HOUR)
    assert (Steps().at(0), Steps().until) == (None, None)


async def test_an_answer_is_kept_for_its_time_and_its_question() -> None:
    asked: list[int] = []

    async def find() -> int:
        asked.append(1)
        return len(asked)

    kept = Kept[int](900)
    got = [await kept.get(now, question, find) for now, question in [(0, "a"), (899, "a"), (900, "a"), (901, "b")]]
    assert got == [1, 1, 2, 3]
