"""A session as it is shown, and periods of days."""

from datetime import UTC, date, timedelta

import pytest

from custom_components.ocpp_home.csms.record.session import Period

from .samples import BERLIN, NOON, account, after, session

OCTOBER = Period.month(2026, 10)


@pytest.mark.parametrize(
    ("year", "month", "last"),
    [(2026, 10, date(2026, 10, 31)), (2028, 2, date(2028, 2, 29)), (2026, 12, date(2026, 12, 31))],
)
def test_a_month_has_all_its_days(year: int, month: int, last: date) -> None:
    period = Period.month(year, month)

    assert period == Period(date(year, month, 1), last)
    assert last in period
    assert last + timedelta(days=1) not in period
    assert date(year, month, 1) - timedelta(days=1) not in period


def test_what_is_not_as_usual_is_flagged() -> None:
    assert session(None).flags == ()
    assert session(None, stopped=None, offline=True).flags == ("running", "offline")
    assert session(None, repaired=True, orphan=True).flags == ("repaired", "orphan")
    assert session(None, stop_received=None).flags == ("repaired",), "nobody told of its end"


def test_a_session_began_when_it_ended_where_that_is_all_that_is_known() -> None:
    assert session(None).begin == NOON
    assert session(None, started=None).begin == after(60)


def test_a_session_has_the_days_of_its_account() -> None:
    long = session(account((9, 100, 3, None), (10, 200, 6, None), (11, 300, 9, None)))

    assert [day.energy for day in long.days(Period(date(2026, 10, 10), date(2026, 10, 11)))] == [200, 300]
    assert session(None).days(OCTOBER) == ()


def test_a_session_touches_the_periods_of_its_days() -> None:
    tenth, ninth = (Period(date(2026, 10, day), date(2026, 10, day)) for day in (10, 9))

    assert session(account((10, 100, 3, None))).touches(tenth, UTC)
    assert not session(account((10, 100, 3, None))).touches(ninth, UTC)


def test_a_session_without_an_account_is_of_the_day_of_its_begin() -> None:
    late = session(None, started=None, stopped=after(11 * 60))

    assert late.touches(Period(date(2026, 10, 11), date(2026, 10, 11)), BERLIN)
    assert late.touches(Period(date(2026, 10, 10), date(2026, 10, 10)), UTC)
    assert not session(None, started=None, stopped=None).touches(OCTOBER, UTC)
