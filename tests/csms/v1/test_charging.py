"""Limits and profiles in the words of 1.6, on a real socket."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.commands import ProfileFilter
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from tests.simulator import Oddities

from .bench import desk

DEFAULT = "TxDefaultProfile"


async def test_a_profile_is_installed_as_it_is() -> None:
    profile = {
        "chargingProfileId": 77,
        "stackLevel": 1,
        "chargingProfilePurpose": DEFAULT,
        "chargingProfileKind": "Recurring",
        "recurrencyKind": "Daily",
        "chargingSchedule": {
            "startSchedule": "2026-01-01T00:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9}],
        },
    }
    async with desk() as table:
        await table.charging.set_profile(1, profile)
        assert table.asked("SetChargingProfile") == [{"connectorId": 1, "csChargingProfiles": profile}]
        table.simulated.oddities = Oddities(refuses_profiles={DEFAULT: "Rejected"})
        with pytest.raises(Refused, match="Rejected"):
            await table.charging.set_profile(1, profile)


async def test_profiles_are_cleared_by_what_names_them() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 10)
        await table.charging.clear_profiles(ProfileFilter(evse=1, purpose=DEFAULT, stack_level=8))
        assert table.asked("ClearChargingProfile") == [
            {"connectorId": 1, "chargingProfilePurpose": DEFAULT, "stackLevel": 8}
        ]
        assert not evse.limits.known
        with pytest.raises(Refused, match="Unknown"):
            await table.charging.clear_profiles(ProfileFilter(id=5))


async def test_066_the_composite_schedule_is_told() -> None:
    async with desk() as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        told = await table.charging.composite_schedule(1, 600, "W")
        assert table.asked("GetCompositeSchedule")[-1] == {"connectorId": 1, "duration": 600, "chargingRateUnit": "W"}
        assert told.unit == "W"
        assert [period.limit for period in told.periods] == [6900]
        assert told.duration == 600


async def test_a_schedule_is_written_by_the_clock_of_the_station() -> None:
    async with desk(Oddities(answers={"GetCompositeSchedule": "NotSupported"})) as table:
        table.station.clock_offset = 7200.0
        await table.charging.set_limit(table.station.evse(1), 10)
        (asked,) = table.asked("SetChargingProfile")
        begin = datetime.fromisoformat(asked["csChargingProfiles"]["chargingSchedule"]["startSchedule"])
        assert 7100 < (begin - datetime.now(UTC)).total_seconds() < 7200


async def test_a_fall_back_lies_below_a_limit_that_ends_and_is_lifted() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.charging.set_limit(evse, 16)
        fallback, limit = (asked["csChargingProfiles"] for asked in table.asked("SetChargingProfile"))
        assert (fallback["chargingProfileId"], fallback["chargingProfilePurpose"]) == (10, DEFAULT)
        assert "duration" not in fallback["chargingSchedule"]
        assert (limit["chargingProfilePurpose"], limit["chargingSchedule"]["duration"]) == ("TxProfile", 120)
        await table.charging.set_limit(evse, None)
        assert table.asked("ClearChargingProfile") == [{"id": limit["chargingProfileId"]}]
        assert table.simulated.connectors[1].offered.amps == 6


async def test_phases_are_chosen_where_the_station_says_that_it_switches_them() -> None:
    async with desk(ConnectorSwitch3to1PhaseSupported="true") as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 16, 3)
        await table.station.limit(evse, "user", 16, 1)
        await table.simulated.settle()
        offered = table.simulated.connectors[1].offered
        assert (offered.amps, offered.phases) == (16, 1)


async def test_phases_are_not_told_to_a_station_that_does_not_switch_them() -> None:
    async with desk(ConnectorSwitch3to1PhaseSupported="false") as table:
        await table.station.limit(table.station.evse(1), "user", 16, 1)
        (asked,) = table.asked("SetChargingProfile")
        assert asked["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 16}
        ]


async def test_a_plan_is_left_between_the_safe_limit_and_what_leads() -> None:
    async with desk() as table:
        await table.charging.set_fallback(13)
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 10)
        begin = datetime.now(UTC)
        await table.station.leave(evse, Plan((Leg(begin, 7),), begin + timedelta(hours=2)))
        levels = {p.id: (p.purpose, p.level) for p in table.simulated.profiles.installed}
        assert levels == {
            10: ("TxDefaultProfile", 0),
            101: ("TxDefaultProfile", 8),
            301: ("TxDefaultProfile", 1),
        }
