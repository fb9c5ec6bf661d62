"""Energy of a transaction."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.transaction import Transaction

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "last", "stop", "energy"),
    [
        (1000.0, 1600.0, 999.0, 600.0),
        (1000, None, None, None),
        (1000, 3500, None, 2500),
        (1000, 3500, 4000, 3000),
        (None, 3500, 4000, None),
        (1000, None, 999, 0),
    ],
)
def test_energy_is_never_false(
    start: float | None, last: float | None, stop: float | None, energy: float | None
) -> None:
    transaction = Transaction("7", "garage", 1, 1, "CARD", NOON, start, meter_last=last, meter_stop=stop)
    assert transaction.energy == energy


@pytest.mark.parametrize(
    ("start", "stop", "told", "energy"),
    [
        pytest.param(1000, 1500, True, 500, id="the end is the last word"),
        pytest.param(1000, 1500, False, 2500, id="an end that was presumed is none"),
        pytest.param(1000, None, True, 2500, id="an end without a register is none"),
        pytest.param(1000, 20, True, 2500, id="a register that makes no sense is none"),
        pytest.param(None, 1500, True, None, id="the begin is not known"),
    ],
)
def test_what_was_read_after_an_end_with_a_register_is_of_whatever_came_then(
    start: float | None, stop: float | None, told: bool, energy: float | None
) -> None:
    transaction = Transaction("7", "garage", 1, 1, "CARD", NOON, start, stopped=NOON, meter_stop=stop, meter_last=3500)
    transaction.stop_received = NOON if told else None
    transaction.meter_last_at = NOON + timedelta(seconds=1)
    assert transaction.energy == energy
    transaction.meter_last_at = NOON
    assert transaction.energy == (None if start is None else 2500)


def test_a_transaction_is_active_until_it_is_stopped() -> None:
    transaction = Transaction("7", "garage", 1, 1, "CARD", NOON, 0)
    assert transaction.active
    transaction.stopped = NOON
    assert not transaction.active


def test_an_end_that_nobody_told_is_presumed() -> None:
    transaction = Transaction("7", "garage", 1, 1, "CARD", NOON, 0)
    assert not transaction.presumed
    transaction.stopped = NOON
    assert transaction.presumed
    transaction.stop_received = NOON
    assert not transaction.presumed


@pytest.mark.parametrize(
    ("since", "start", "before"),
    [
        pytest.param(NOON - timedelta(hours=1), 999, True, id="the clock and the register say so"),
        pytest.param(NOON - timedelta(hours=1), 1000, False, id="the clock was set back"),
        pytest.param(NOON, 999, False, id="the meter began anew"),
        pytest.param(None, 999, False, id="its begin is not known"),
        pytest.param(NOON - timedelta(hours=1), None, False, id="its register is not known"),
    ],
)
def test_another_session_has_begun_since_where_clock_and_register_say_so(
    since: datetime | None, start: float | None, before: bool
) -> None:
    other = Transaction("8", "garage", 1, 1, "CARD", NOON, 1000)
    known = Transaction("7", "garage", 1, 1, "CARD", since, start)
    assert (known.superseded(other), other.superseded(known)) == (before, False)


def test_a_session_of_which_something_is_measured_after_the_end_of_another_has_not_given_way_to_it() -> None:
    other = Transaction("8", "garage", 1, 1, "CARD", NOON, 1000, stopped=NOON + timedelta(hours=1))
    known = Transaction("7", "garage", 1, 1, "CARD", NOON - timedelta(hours=1), 999, meter_last_at=other.stopped)
    assert known.superseded(other)
    known.meter_last_at = NOON + timedelta(hours=2)
    assert not known.superseded(other)


def test_a_transaction_tells_whose_it_was() -> None:
    transaction = Transaction("7", "garage", 1, 1, "CARD", NOON, 0)
    assert transaction.holder is None
    transaction.person, transaction.card_group = "Ada", "Family"
    assert transaction.holder == Holder(None, "Ada", "Family")
