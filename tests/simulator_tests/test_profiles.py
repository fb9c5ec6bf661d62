"""Charging profiles against schedules worked out by hand (OCPP 1.6 ed. 2 - 3.13, 5.7, 5.16)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Car, Hardware, Station
from tests.simulator_tests.central import Central

NOON = "2026-06-01T12:00:00Z"  # where the manual clock stands

# 3.13.7: "a daily default profile that limits the power to 6 kW between 08:00h and 20:00h"
SPECIFICATION_EXAMPLE = {
    "chargingProfileId": 100,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "chargingSchedule": {
        "duration": 86400,
        "startSchedule": "2013-01-01T00:00:00Z",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 11000, "numberPhases": 3},
            {"startPeriod": 28800, "limit": 6000, "numberPhases": 3},
            {"startPeriod": 72000, "limit": 11000, "numberPhases": 3},
        ],
    },
}


def profile(purpose: str, *limits: tuple[int, float], level: int = 0, **more: Any) -> dict[str, Any]:
    """An Absolute profile in amperes that begins at noon."""
    schedule = {
        "chargingRateUnit": more.pop("unit", "A"),
        "startSchedule": NOON,
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in limits],
    }
    if "duration" in more:
        schedule["duration"] = more.pop("duration")
    return {
        "chargingProfileId": more.pop("id", hash((purpose, level)) % 1000),
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    } | more


async def install(central: Central, connector: int, wanted: dict[str, Any]) -> Any:
    answer = await central.call("SetChargingProfile", {"connectorId": connector, "csChargingProfiles": wanted})
    return answer["status"] if isinstance(answer, dict) else answer[0]


async def composite(
    central: Central, connector: int = 1, seconds: int = 3600, unit: str = "A"
) -> list[tuple[int, float]]:
    asked = {"connectorId": connector, "duration": seconds, "chargingRateUnit": unit}
    answer = await central.call("GetCompositeSchedule", asked)
    assert answer["status"] == "Accepted"
    return [(p["startPeriod"], p["limit"]) for p in answer["chargingSchedule"]["chargingSchedulePeriod"]]


async def test_the_specifications_own_example(station: Station, central: Central) -> None:
    assert await install(central, 0, SPECIFICATION_EXAMPLE) == "Accepted"
    day = await composite(central, seconds=86400, unit="W")
    assert day == [(0, 6000.0), (8 * 3600, 11000.0), (20 * 3600, 6000.0)]


async def test_the_example_is_what_the_car_gets(build: Callable[..., Station], central: Central) -> None:
    async with build(hardware=Hardware(tick=60)) as station:
        await install(central, 0, SPECIFICATION_EXAMPLE)
        await station.start(car=Car(max_current=32, battery_wh=500_000))
        assert station.connectors[1].offered.amps == pytest.approx(6000 / 690)
        await station.advance(8 * 3600)
        assert station.connectors[1].offered.amps == pytest.approx(11000 / 690)
        assert station.connectors[1].meter.register == pytest.approx(6000 * 8, abs=1)


async def test_the_highest_stack_level_prevails_and_falls_back_when_its_duration_ends(
    station: Station, central: Central
) -> None:
    await install(central, 0, profile("TxDefaultProfile", (0, 16)))
    await install(central, 0, profile("TxDefaultProfile", (0, 8), (300, 10), level=3, duration=600))
    assert await composite(central) == [(0, 8.0), (300, 10.0), (600, 16.0)]


async def test_purposes_are_combined_by_their_minimum(station: Station, central: Central) -> None:
    await station.start()
    await install(central, 0, profile("ChargePointMaxProfile", (0, 20), (900, 12)))
    await install(central, 0, profile("TxDefaultProfile", (0, 6)))
    await install(central, 1, profile("TxProfile", (0, 16), (1800, 10)))  # overrules the default
    assert await composite(central) == [(0, 16.0), (900, 12.0), (1800, 10.0)]


async def test_a_connectors_own_default_goes_before_the_one_for_all(
    build: Callable[..., Station], central: Central
) -> None:
    async with build(hardware=Hardware(connectors=2)):
        await install(central, 0, profile("TxDefaultProfile", (0, 16), id=1))
        await install(central, 2, profile("TxDefaultProfile", (0, 10), id=2))
        assert await composite(central, 1) == [(0, 16.0)]
        assert await composite(central, 2) == [(0, 10.0)]
        assert await composite(central, 0) == [(0, 26.0)]


async def test_validity_bounds_a_profile(station: Station, central: Central) -> None:
    window: dict[str, Any] = {"validFrom": "2026-06-01T12:10:00Z", "validTo": "2026-06-01T12:20:00Z"}
    await install(central, 0, profile("TxDefaultProfile", (0, 8), **window))
    assert await composite(central) == [(0, 32.0), (600, 8.0), (1200, 32.0)]


async def test_a_weekly_profile_comes_back_after_seven_days(station: Station, central: Central) -> None:
    weekly = profile("TxDefaultProfile", (0, 6), duration=3600)
    weekly |= {"chargingProfileKind": "Recurring", "recurrencyKind": "Weekly"}
    await install(central, 0, weekly)
    assert await composite(central, seconds=8 * 86400) == [
        (0, 6.0),
        (3600, 32.0),
        (7 * 86400, 6.0),
        (7 * 86400 + 3600, 32.0),
    ]


async def test_a_relative_profile_begins_with_the_transaction(station: Station, central: Central) -> None:
    relative = profile("TxDefaultProfile", (0, 6), (600, 16)) | {"chargingProfileKind": "Relative"}
    await install(central, 0, relative)
    await station.advance(1000)
    await station.start()
    await station.advance(400)
    assert await composite(central) == [(0, 6.0), (200, 16.0)]


async def test_two_connectors_share_the_stations_maximum(build: Callable[..., Station], central: Central) -> None:
    station = build(hardware=Hardware(connectors=2))
    async with station:
        await install(central, 0, profile("ChargePointMaxProfile", (0, 20), (60, 10)))
        await station.start("A", 1)
        await station.start("B", 2)
        await station.advance(1)
        assert [outlet.offered.amps for outlet in station.outlets] == [10.0, 10.0]
        await station.advance(60)
        assert [outlet.offered.amps for outlet in station.outlets] == [10.0, 0.0]
        assert central.statuses(2)[-1] == "SuspendedEVSE"


async def test_a_profile_of_the_same_level_and_purpose_replaces(station: Station, central: Central) -> None:
    await install(central, 0, profile("TxDefaultProfile", (0, 16), id=1))
    await install(central, 0, profile("TxDefaultProfile", (0, 10), id=2))
    assert [held.id for held in station.profiles.installed] == [2]


async def test_the_tx_profile_dies_with_its_transaction_and_the_others_survive_a_reboot(
    station: Station, central: Central
) -> None:
    await station.start()
    await install(central, 1, profile("TxProfile", (0, 10)))
    await install(central, 0, profile("TxDefaultProfile", (0, 16)))
    await station.stop()
    await station.power_cut()
    await station.power_on()
    assert [held.purpose for held in station.profiles.installed] == ["TxDefaultProfile"]


@pytest.mark.parametrize(
    ("connector", "wanted", "answer"),
    [
        (1, profile("ChargePointMaxProfile", (0, 10)), "Rejected"),
        (0, profile("TxProfile", (0, 10)), "Rejected"),
        (1, profile("TxProfile", (0, 10)), "Rejected"),  # no transaction
        (1, profile("TxDefaultProfile", (0, 10), level=9), "Rejected"),
        (1, profile("TxDefaultProfile", (5, 10)), "Rejected"),  # does not begin at 0
        (1, profile("TxDefaultProfile", *[(n, 10) for n in range(25)]), "Rejected"),
        (7, profile("TxDefaultProfile", (0, 10)), "PropertyConstraintViolation"),
    ],
)
async def test_what_cannot_be_installed_is_refused(
    station: Station, central: Central, connector: int, wanted: dict[str, Any], answer: str
) -> None:
    assert await install(central, connector, wanted) == answer
    assert station.profiles.installed == []


@pytest.mark.parametrize(
    ("criteria", "left"),
    [
        ({}, []),
        ({"id": 1}, [2, 3]),
        ({"id": 1, "stackLevel": 7}, [2, 3]),  # errata 3.26: "all other fields are ignored"
        ({"connectorId": 0}, [3]),
        ({"chargingProfilePurpose": "TxDefaultProfile"}, [1]),
        ({"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 2}, [1, 3]),
    ],
)
async def test_clearing_matches_all_criteria(
    station: Station, central: Central, criteria: dict[str, Any], left: list[int]
) -> None:
    await install(central, 0, profile("ChargePointMaxProfile", (0, 20), id=1))
    await install(central, 0, profile("TxDefaultProfile", (0, 16), id=2, level=2))
    await install(central, 1, profile("TxDefaultProfile", (0, 10), id=3, level=1))
    assert await central.call("ClearChargingProfile", criteria) == {"status": "Accepted"}
    assert [held.id for held in station.profiles.installed] == left
    assert await central.call("ClearChargingProfile", {"id": 1000}) == {"status": "Unknown"}
