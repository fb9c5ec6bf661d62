"""Log lines that a station can cause."""

import logging

import pytest

from custom_components.ocpp_home.csms.wire.quiet import MAX_KINDS, MOST, PERIOD, QuietLog, printable

from .raw import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> QuietLog:
    return QuietLog(logging.getLogger("quiet"), clock)


def test_a_kind_is_logged_once_a_minute_for_each_station(
    log: QuietLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        log.report("A", "malformed", "x")
        log.report("B", "malformed", "x")
        log.report("A", "refused")
    assert caplog.messages == ["A: malformed: x", "B: malformed: x", "A: refused"]
    clock.now += 59.0
    log.report("A", "malformed", "x")
    assert len(caplog.messages) == 3
    clock.now += 1.0
    log.report("A", "malformed", "y")
    assert caplog.messages[3:] == ["A: malformed: y (5 more since the last report)"]


@pytest.mark.parametrize(("others", "more"), [(MAX_KINDS - 1, " (1 more since the last report)"), (MAX_KINDS, "")])
def test_what_is_remembered_is_bounded(
    log: QuietLog, clock: Clock, caplog: pytest.LogCaptureFixture, others: int, more: str
) -> None:
    log.report("A", "malformed")
    log.report("A", "malformed")
    for number in range(others):
        log.report(f"station {number}", "malformed")
    clock.now += PERIOD
    log.report("A", "malformed")
    assert caplog.messages[-1] == f"A: malformed{more}"


def test_who_has_many_names_fills_no_log(log: QuietLog, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(1000):
        log.report(f"station {number}", "refused")
    assert len(caplog.messages) == MOST
    clock.now += PERIOD
    log.report("station 999", "refused")
    assert caplog.messages[MOST:] == ["station 999: refused (1 more since the last report)"]


def test_an_exception_is_shown_when_asked_for(log: QuietLog, caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("why")
    except ValueError:
        log.report("A", "broke", exc_info=True)
    assert "ValueError: why" in caplog.text


def test_a_stranger_cannot_forge_log_lines() -> None:
    assert printable("a\r\nb\x1b[31m" + "x" * 500) == "a??b?[31m" + "x" * 191
