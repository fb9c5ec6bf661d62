"""How much of a session came from the sun."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.price import Share
from custom_components.ocpp_home.site.shining import Shining, shared

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def told() -> list[Share]:
    return []


@pytest.fixture
def shining(told: list[Share]) -> Shining:
    return Shining(told.append)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("surplus", "taken", "part"),
    [(3500, 7000, 0.5), (9000, 7000, 1.0), (-500, 7000, 0.0), (None, 7000, None), (3500, 0, None)],
)
def test_the_sun_is_shared_by_all_who_charge(surplus: float | None, taken: float, part: float | None) -> None:
    assert shared(surplus, taken) == part


def test_a_minute_is_recorded_as_the_mean_of_its_energy(shining: Shining, told: list[Share]) -> None:
    shining.note(after(0), 1000, 1.0)
    shining.note(after(30), 3000, 0.2)
    assert told == []
    shining.note(after(60), 3000, 0.5)
    assert told == [Share(after(0), 400)]  # (1000 * 1.0 + 3000 * 0.2) / 4000
    shining.note(after(120), 3000, 0.0)
    assert told[1:] == [Share(after(60), 500)]


def test_when_it_stops_the_rest_is_recorded_and_then_nobody_knows(shining: Shining, told: list[Share]) -> None:
    shining.note(after(0), 2000, 0.25)
    shining.note(after(20), 0, None)
    assert told == [Share(after(0), 250), Share(after(20), None)]
    shining.note(after(500), 0, None)
    assert len(told) == 2


def test_of_a_minute_with_a_gap_nobody_knows(shining: Shining, told: list[Share]) -> None:
    shining.note(after(0), 2000, 0.25)
    shining.note(after(20), 2000, None)
    shining.note(after(40), 2000, 0.25)
    shining.note(after(70), 2000, 0.25)
    assert told == [Share(after(0), None)]


def test_a_gap_in_which_nothing_was_taken_is_none(shining: Shining, told: list[Share]) -> None:
    shining.note(after(0), 2000, 0.25)
    shining.note(after(0), 2000, None)
    shining.note(after(0), 2000, 0.5)
    shining.note(after(60), 2000, 0.5)
    assert told == [Share(after(0), 500)]
