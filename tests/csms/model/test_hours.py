"""Hours go by the clock on the wall, also where it is put forward or back."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ocpp_home.csms.model.card import Window
from custom_components.ocpp_home.csms.model.hours import HORIZON, next_change, open_at

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (Window(time(22), time(6)),)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
windows = st.builds(Window, times, times, st.frozensets(st.integers(0, 6), max_size=7))
moments = st.timedeltas(timedelta(), timedelta(days=700)).map(lambda past: datetime(2026, 1, 1, tzinfo=UTC) + past)
zones = st.sampled_from([UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        ("2026-11-24T23:00+01:00", True, "2026-11-25T06:00+01:00"),
        ("2026-11-24T12:00+01:00", False, "2026-11-24T22:00+01:00"),
        ("2026-03-28T23:00+01:00", True, "2026-03-29T06:00+02:00"),
        ("2026-10-24T23:00+02:00", True, "2026-10-25T06:00+01:00"),
    ],
)
def test_a_night_ends_at_six_whatever_the_season(moment: str, is_open: bool, until: str) -> None:
    assert open_at(NIGHT, at(moment), BERLIN) is is_open
    assert next_change(NIGHT, at(moment), BERLIN) == at(until)


def test_hours_that_a_spring_leaves_out_begin_when_the_clock_jumps() -> None:
    window = (Window(time(2, 30), time(4)),)
    assert next_change(window, at("2026-03-29T01:30+01:00"), BERLIN) == at("2026-03-29T03:00+02:00")


def test_hours_that_an_autumn_repeats_are_open_twice() -> None:
    window = (Window(time(2), time(2, 30)),)
    assert next_change(window, at("2026-10-25T02:00+02:00"), BERLIN) == at("2026-10-25T02:30+02:00")
    assert next_change(window, at("2026-10-25T02:30+02:00"), BERLIN) == at("2026-10-25T02:00+01:00")


def test_what_is_always_or_never_open_does_not_change() -> None:
    now = at("2026-11-24T12:00+01:00")
    assert (open_at((), now, BERLIN), next_change((), now, BERLIN)) == (True, None)
    assert next_change((Window(),), now, BERLIN) is None
    assert next_change((Window(days=frozenset()),), now, BERLIN) is None


def quarters(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += timedelta(minutes=15)


@settings(max_examples=60, deadline=None)
@given(st.lists(windows, min_size=1, max_size=3).map(tuple), moments, zones)
def test_until_the_next_change_nothing_changes_and_then_it_does(
    hours: tuple[Window, ...], moment: datetime, zone: ZoneInfo
) -> None:
    now, change = open_at(hours, moment, zone), next_change(hours, moment, zone)
    until = change or moment + timedelta(days=HORIZON - 2)
    assert all(open_at(hours, between, zone) is now for between in quarters(moment, until))
    if change is not None:
        assert open_at(hours, change - timedelta(microseconds=1), zone) is now
        assert open_at(hours, change, zone) is not now
