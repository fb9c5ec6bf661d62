"""Readings of quantities, phases and locations, and what is made of them."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.meter import Location, Meter, Phase, Quantity, Reading

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reading(quantity: Quantity, value: float, phase: Phase | None = None, seconds: int = 0) -> Reading:
    return Reading(quantity, value, NOON + timedelta(seconds=seconds), phase)


def meter(*readings: Reading) -> Meter:
    result = Meter()
    result.update(readings)
    return result


def test_an_older_reading_never_overwrites_a_newer_one() -> None:
    it = meter(reading(Quantity.POWER, 7000, seconds=10))
    assert it.update([reading(Quantity.POWER, 1000, seconds=9)]) is False
    assert it.total(Quantity.POWER) == 7000


def test_a_reading_of_the_same_moment_overwrites() -> None:
    it = meter(reading(Quantity.POWER, 7000))
    assert it.update([reading(Quantity.POWER, 1000)]) is True
    assert it.total(Quantity.POWER) == 1000


def test_an_equal_value_is_no_change() -> None:
    it = meter(reading(Quantity.POWER, 7000))
    assert it.update([reading(Quantity.POWER, 7000, seconds=5)]) is False
    assert it.readings[Quantity.POWER, None, Location.OUTLET].at == NOON + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (Quantity.POWER, 600.0),
        (Quantity.ENERGY_IMPORT, 600.0),
        (Quantity.CURRENT_IMPORT, 300.0),
        (Quantity.VOLTAGE, 200.0),
    ],
)
def test_phases_make_a_total(quantity: Quantity, expected: float) -> None:
    it = meter(
        *(
            reading(quantity, value, phase)
            for phase, value in zip((Phase.L1, Phase.L2, Phase.L3), (100, 200, 300), strict=True)
        )
    )
    assert it.total(quantity) == expected


def test_what_the_station_totals_itself_wins() -> None:
    it = meter(reading(Quantity.POWER, 100, Phase.L1), reading(Quantity.POWER, 90))
    assert it.total(Quantity.POWER) == 90


def test_a_voltage_against_neutral_is_the_voltage_of_its_line() -> None:
    it = meter(reading(Quantity.VOLTAGE, 231, Phase.L1_N))
    assert it.line(Quantity.VOLTAGE, Phase.L1) == 231
    assert it.has_line(Quantity.VOLTAGE, Phase.L1)
    assert not it.has_line(Quantity.VOLTAGE, Phase.L2)


def test_power_that_is_not_measured_is_derived_and_says_so() -> None:
    it = meter(
        reading(Quantity.CURRENT_IMPORT, 10, Phase.L1),
        reading(Quantity.VOLTAGE, 230, Phase.L1_N),
        reading(Quantity.CURRENT_IMPORT, 16, Phase.L2),
    )
    assert it.total(Quantity.POWER) == 2300
    assert it.estimated(Quantity.POWER)
    assert it.has(Quantity.POWER)
    it.update([reading(Quantity.POWER, 2250)])
    assert not it.estimated(Quantity.POWER)


def test_what_was_never_reported_is_unknown() -> None:
    it = meter()
    assert it.total(Quantity.POWER) is None
    assert it.total(Quantity.SOC) is None
    assert not it.has(Quantity.SOC)
    assert not it.estimated(Quantity.VOLTAGE)


def test_locations_are_apart() -> None:
    it = meter(Reading(Quantity.TEMPERATURE, 41, NOON, location=Location.BODY))
    assert it.total(Quantity.TEMPERATURE, Location.BODY) == 41
    assert it.total(Quantity.TEMPERATURE) is None
    assert it.total(Quantity.TEMPERATURE, Location.CABLE) is None


def test_a_car_that_left_has_no_state_of_charge() -> None:
    it = meter(reading(Quantity.SOC, 80), reading(Quantity.POWER, 0))
    it.forget(Quantity.SOC)
    assert it.total(Quantity.SOC) is None
    assert it.total(Quantity.POWER) == 0
