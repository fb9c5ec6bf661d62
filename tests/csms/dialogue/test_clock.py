"""Times of stations: read in every form, corrected by what is learned of their clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from custom_components.ocpp_home.csms.dialogue import clock
from custom_components.ocpp_home.csms.dialogue.clock import Moment
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.stage import NOW, ago

HOUR = timedelta(hours=1)


def said(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T11:59:00Z",
        " 2026-06-01T11:59:00Z ",
        "2026-06-01T11:59:00.000Z",
        "2026-06-01T11:59:00.000000000Z",
        "2026-06-01T11:59:00,0Z",
        "2026-06-01t11:59:00z",
        "2026-06-01T13:59:00+02:00",
        "2026-06-01T13:59:00+0200",
        "2026-06-01 11:59:00",
        "2026-06-01T11:59:00",
        "2026-06-01T11:59",
    ],
)
def test_every_form_of_a_time_is_read(station: Station, text: str) -> None:
    assert clock.read(station, text, NOW) == Moment(datetime(2026, 6, 1, 11, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01T00:00:12Z",
        "222222017-01-01T00:00:00Z",
        "1000000",
        "2026-13-01T00:00:00Z",
        "2036-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "garbage in a text",
        "",
        17,
    ],
)
def test_what_is_no_time_is_the_time_of_receipt(station: Station, text: object) -> None:
    assert clock.read(station, text, NOW) == Moment(NOW, told=False)
    assert station.counters == {"unusable time": 1}


def test_a_message_without_a_time_happened_when_it_came(station: Station) -> None:
    assert clock.read(station, None, NOW) == Moment(NOW, told=False)
    assert station.counters == {}


def test_a_backlog_of_years_keeps_its_time(station: Station) -> None:
    assert clock.read(station, "2020-02-03T04:05:06Z", NOW).at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_local_time_called_utc_is_known_by_lying_ahead(station: Station) -> None:
    assert clock.read(station, said(NOW + 2 * HOUR), NOW).at == NOW
    assert station.clock_offset == 7200
    assert station.notices["clock_wrong", 0].data == {"minutes": "+120"}
    assert clock.read(station, said(NOW + HOUR), NOW).at == NOW - HOUR


def test_a_clock_that_is_behind_is_believed_when_two_messages_some_seconds_apart_say_so(station: Station) -> None:
    late = timedelta(minutes=37)
    clock.learn(station, said(NOW - late), NOW)
    assert clock.read(station, said(NOW - late), NOW).at == NOW - late
    later = NOW + timedelta(seconds=30)
    clock.learn(station, said(later - late), later)
    assert station.clock_offset == -37 * 60
    assert clock.read(station, said(later - late), later).at == later


def test_a_backlog_that_is_delivered_in_a_rush_teaches_nothing(station: Station) -> None:
    for sample in range(20):
        received = NOW + timedelta(seconds=sample)
        clock.learn(station, said(NOW - 3 * HOUR + timedelta(seconds=30 * sample)), received)
    assert station.clock_offset is None


def test_a_time_that_stands_still_teaches_nothing(station: Station) -> None:
    for seconds in (0, 10, 20, 30):
        clock.learn(station, ago(3600), NOW + timedelta(seconds=seconds))
    assert station.clock_offset is None


def test_two_messages_at_once_are_no_confirmation(station: Station) -> None:
    for _ in range(2):
        clock.learn(station, ago(3600), NOW)
    assert station.clock_offset is None


def test_a_clock_that_has_been_set_back_is_believed_when_it_says_so_again(station: Station) -> None:
    clock.learn(station, said(NOW + 2 * HOUR), NOW)
    clock.learn(station, said(NOW), NOW)
    assert station.clock_offset == 7200
    later = NOW + timedelta(seconds=10)
    clock.learn(station, said(later), later)
    assert station.clock_offset == 0
    assert ("clock_wrong", 0) not in station.notices
    assert clock.read(station, ago(60), NOW).at == NOW - timedelta(seconds=60)


def test_a_clock_that_has_been_set_forward_is_believed_at_once(station: Station) -> None:
    station.clock_offset = -3600
    clock.learn(station, said(NOW - timedelta(seconds=3)), NOW)
    assert station.clock_offset == -3


def test_what_would_lie_ahead_if_the_clock_were_behind_was_told_by_one_that_is_right(station: Station) -> None:
    station.clock_offset = -3600
    assert clock.read(station, said(NOW - 2 * HOUR), NOW).at == NOW - HOUR
    assert clock.read(station, ago(60), NOW).at == NOW - timedelta(seconds=60)
    assert station.clock_offset == -3600


def test_a_message_that_was_a_little_late_moves_nothing(station: Station) -> None:
    for seconds in (2, 60, 2, 60):
        clock.learn(station, ago(seconds), NOW)
    assert (station.clock_offset, station.clock_hint) == (-2, None)


@pytest.mark.parametrize("text", [None, "nonsense", "1970-01-01T00:00:00Z", "2050-01-01T00:00:00Z"])
def test_nothing_is_learned_from_what_is_no_time(station: Station, text: object) -> None:
    clock.learn(station, text, NOW)
    assert (station.clock_offset, station.clock_hint) == (None, None)


@pytest.mark.parametrize(("offset", "shown"), [(None, 0), (-100.0, -100), (7200.0, 7200)])
def test_a_schedule_is_written_by_the_clock_of_the_station(station: Station, offset: float | None, shown: int) -> None:
    station.clock_offset = offset
    assert clock.theirs(station, NOW) == NOW + timedelta(seconds=shown)


def test_a_boot_makes_all_that_was_learned_doubtful(station: Station) -> None:
    clock.learn(station, said(NOW + 2 * HOUR), NOW)
    clock.unlearn(station)
    assert station.clock_offset is None


def test_what_waited_while_a_boot_set_the_clock_goes_by_the_clock_as_it_was(station: Station) -> None:
    """The clock was two hours ahead; what happened 40 and 20 minutes ago is told when it is right again."""
    clock.learn(station, said(NOW - HOUR + 2 * HOUR), NOW - HOUR)
    clock.unlearn(station)
    for minutes in (40, 20):
        at = NOW - timedelta(minutes=minutes)
        clock.learn(station, said(at + 2 * HOUR), NOW)
        assert clock.read(station, said(at + 2 * HOUR), NOW).at == at
    assert clock.read(station, said(NOW), NOW).at == NOW
    assert (station.clock_offset, "clock_wrong" in dict(station.notices)) == (None, False)


def test_a_boot_that_did_not_set_the_clock_is_found_out_at_once(station: Station) -> None:
    clock.learn(station, said(NOW + 2 * HOUR), NOW)
    clock.unlearn(station)
    clock.unlearn(station)
    clock.learn(station, said(NOW + 2 * HOUR), NOW)
    assert station.clock_offset == 7200


def test_a_clock_that_was_set_to_another_wrong_time_is_believed_when_it_says_so_again(station: Station) -> None:
    clock.learn(station, said(NOW + 2 * HOUR), NOW)
    clock.unlearn(station)
    for seconds in (0, 10):
        at = NOW + timedelta(seconds=seconds)
        assert station.clock_offset is None
        clock.learn(station, said(at + HOUR), at)
    assert station.clock_offset == 3600


@pytest.mark.parametrize("teach", [clock.read, clock.learn])
def test_a_time_ahead_of_a_clock_that_was_found_right_is_an_old_one(
    station: Station, teach: Callable[[Station, str, datetime], object]
) -> None:
    """Nobody knows by which clock it was written; what is written now needs no correction."""
    clock.learn(station, said(NOW), NOW)
    teach(station, said(NOW + HOUR), NOW)
    assert clock.read(station, said(NOW + HOUR), NOW) == Moment(NOW, told=False)
    assert clock.read(station, said(NOW), NOW).at == NOW
    assert station.clock_offset == 0


def test_times_are_sent_in_utc_with_a_z() -> None:
    assert clock.stamp(datetime(2026, 6, 1, 14, 0, 0, 999, tzinfo=timezone(2 * HOUR))) == "2026-06-01T12:00:00Z"


def test_what_the_clock_of_a_station_shows_is_a_moment_of_ours(station: Station) -> None:
    assert clock.ours(station, NOW) == NOW
    station.clock_offset = 90.0
    assert clock.ours(station, clock.theirs(station, NOW)) == NOW
    assert clock.ours(station, NOW) == NOW - timedelta(seconds=90)
