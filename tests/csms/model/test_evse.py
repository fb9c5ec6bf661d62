"""What follows from the status of an EVSE."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Transaction

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "plugged", "charging"),
    [
        (None, None, None),
        (Status.AVAILABLE, False, False),
        (Status.RESERVED, False, False),
        (Status.PREPARING, True, False),
        (Status.CHARGING, True, True),
        (Status.SUSPENDED_EV, True, False),
        (Status.SUSPENDED_EVSE, True, False),
        (Status.FINISHING, True, False),
        (Status.UNAVAILABLE, None, False),
        (Status.FAULTED, None, False),
    ],
)
def test_plugged_and_charging_follow_the_status(
    status: Status | None, plugged: bool | None, charging: bool | None
) -> None:
    evse = Evse(1, status=status)
    assert evse.plugged is plugged
    assert evse.charging is charging


def test_a_transaction_holds_a_car_where_the_status_does_not_tell() -> None:
    evse = Evse(1, status=Status.FAULTED, transaction=Transaction("7", "garage", 1, 1, None, NOON, 0))
    assert evse.plugged is True


@pytest.mark.parametrize("hint", [True, False])
def test_what_the_station_says_about_the_cable_wins(hint: bool) -> None:
    assert Evse(1, status=Status.PREPARING, plugged_hint=hint).plugged is hint


def test_the_session_is_the_one_that_runs_else_the_newest() -> None:
    old, new = (Transaction(number, "garage", 1, 1, None, NOON, 0) for number in "12")
    evse = Evse(1, previous=old)
    assert evse.session is old
    evse.transaction = new
    assert evse.session is new


def test_the_offered_current_is_read_from_the_meter() -> None:
    evse = Evse(1)
    assert evse.offered is None
    evse.meter.update([Reading(Quantity.CURRENT_OFFERED, 13, NOON)])
    assert evse.offered == 13


def test_what_is_doubted_is_kept_and_not_taken_for_certain() -> None:
    evse = Evse(1)
    evse.limits.confirm(10)
    evse.left.confirm(None)
    evse.doubt()
    assert (evse.limits.known, evse.left.known, evse.limits.confirmed) == (False, False, 10)


@pytest.mark.parametrize(
    ("offered", "late", "ceiling", "who"),
    [
        (None, 60, None, "solar"),
        (10.0, 60, None, "solar"),
        (9.2, 60, None, "solar"),
        (8.0, 60, None, "station"),
        (8.0, 5, None, "solar"),
        (8.0, -60, None, "solar"),
        (None, 60, 8.0, "station"),
        (None, 60, 9.5, "solar"),
        (10.0, 60, 8.0, "station"),
    ],
)
def test_a_station_that_offers_less_than_it_was_told_is_the_one_that_limits(
    offered: float | None, late: float, ceiling: float | None, who: str
) -> None:
    evse = Evse(1)
    evse.transaction = Transaction("1", "CP1", 1, 1, "CARD", NOON, 0)
    for source, amps in (("user", 16), ("solar", 10)):
        evse.limits.wish(source, amps)
    evse.limits.confirm(10)
    evse.limits.ceiling = ceiling
    assert evse.limits.moved is not None
    if offered is not None:
        at = evse.limits.moved + timedelta(seconds=late)
        evse.meter.update([Reading(Quantity.CURRENT_OFFERED, offered, at)])
    assert evse.limiter == who
    evse.transaction = None
    assert evse.limiter == "solar", "what is offered to nobody says nothing"


def test_where_nothing_is_confirmed_whose_wish_it_is_decides() -> None:
    evse = Evse(1)
    evse.transaction = Transaction("1", "CP1", 1, 1, "CARD", NOON, 0)
    assert evse.limiter is None
    evse.limits.wish("user", 10)
    assert evse.limiter == "user"
