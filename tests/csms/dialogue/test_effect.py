"""Whether a station does what it accepted, as its schedule and its readings show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.effect import Proof, exceeds, per_phase, schedule, scheduled
from custom_components.ocpp_home.csms.model.commands import Period, Schedule
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_composite_schedule_is_read() -> None:
    told = {
        "duration": 60,
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 6900, "numberPhases": 3},
            {"limit": "x"},
            "odd",
            {"startPeriod": 30, "limit": 0},
        ],
    }
    periods = (Period(0, 6900, 3), Period(30, 0))
    assert schedule(told, 1, "2026-11-24T12:00:00Z") == Schedule(1, "W", periods, NOON, 60)


@pytest.mark.parametrize("told", [{}, {"chargingSchedulePeriod": []}, {"chargingSchedulePeriod": None}])
def test_a_schedule_may_have_no_periods(told: dict[str, Any]) -> None:
    read = schedule(told, 1)
    assert read == Schedule(1, "A", ())
    assert scheduled(read) is None


@pytest.mark.parametrize("name", ["startSchedule", "scheduleStart"])
def test_the_begin_may_stand_in_the_schedule(name: str) -> None:
    assert schedule({name: "2026-11-24T12:00:00Z"}, 1).begin == NOON
    assert schedule({name: "2026-11-24T12:00:00Z"}, 1, "soon").begin == NOON


@pytest.mark.parametrize("told", [None, "none", []])
def test_there_may_be_no_schedule(told: object) -> None:
    with pytest.raises(Refused, match="without a schedule"):
        schedule(told, 1)


@pytest.mark.parametrize(
    ("unit", "period", "amps"),
    [("A", Period(0, 10), 10), ("W", Period(0, 2300, 1), 10), ("W", Period(0, 6900), 10), ("W", Period(0, 0), 0)],
)
def test_the_limit_that_rules_now_is_per_phase(unit: str, period: Period, amps: float) -> None:
    assert scheduled(Schedule(1, unit, (period, Period(30, 99)))) == amps


def test_meters_may_err_a_little() -> None:
    assert not exceeds(11, 10)
    assert exceeds(11.1, 10)


class Meters:
    """An EVSE whose readings come one after the other."""

    def __init__(self) -> None:
        self.evse = Evse(1)
        self.at = NOON

    def read(self, quantity: Quantity, amps: float, phase: Phase | None = None) -> None:
        self.at += timedelta(seconds=10)
        self.evse.meter.update([Reading(quantity, amps, self.at, phase)])


def test_readings_from_before_prove_nothing() -> None:
    meters = Meters()
    meters.read(Quantity.CURRENT_OFFERED, 32)
    proof = Proof(meters.evse, 10)
    assert proof.look() is None


def test_an_offer_within_the_limit_proves_that_it_is_kept() -> None:
    meters = Meters()
    proof = Proof(meters.evse, 10)
    meters.read(Quantity.CURRENT_OFFERED, 10)
    assert proof.look() is True


def test_a_limit_is_broken_when_two_readings_say_so() -> None:
    meters = Meters()
    proof = Proof(meters.evse, 10)
    meters.read(Quantity.CURRENT_OFFERED, 32)
    assert proof.look() is None
    assert proof.look() is None  # the same reading
    meters.read(Quantity.CURRENT_OFFERED, 32)
    assert proof.look() is False


def test_a_car_may_take_a_moment() -> None:
    meters = Meters()
    proof = Proof(meters.evse, 10)
    meters.read(Quantity.CURRENT_IMPORT, 16, Phase.L2)
    assert proof.look() is None
    meters.read(Quantity.CURRENT_IMPORT, 9, Phase.L2)
    assert proof.look() is None  # a car that draws less proves nothing
    meters.read(Quantity.CURRENT_IMPORT, 16, Phase.L2)
    assert proof.look() is None
    meters.read(Quantity.CURRENT_IMPORT, 16, Phase.L2)
    assert proof.look() is False


def test_a_car_that_draws_nothing_proves_a_pause() -> None:
    meters = Meters()
    proof = Proof(meters.evse, 0)
    meters.read(Quantity.CURRENT_IMPORT, 0.1, Phase.L1)
    assert proof.look() is True


def test_the_neutral_line_does_not_count() -> None:
    meters = Meters()
    proof = Proof(meters.evse, 10)
    meters.read(Quantity.CURRENT_IMPORT, 16, Phase.N)
    assert proof.look() is None


def test_all_limits_of_a_schedule_are_per_phase() -> None:
    assert per_phase(Schedule(1, "W", (Period(0, 2300, 1), Period(30, 6900)))) == [10, 10]
    assert per_phase(Schedule(1, "A", (Period(0, 10), Period(30, 6)))) == [10, 6]
