"""OCPP 2.0.1, Smart Charging: which profiles lie in a station (OCPP 2.0.1 ed. 3 - K09)."""

from collections.abc import Iterable
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.blocks import InstalledProfile
from custom_components.ocpp_home.csms.model.commands import ProfileFilter
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.charging import DEFAULT, MAX, TX, charging, profile
from tests.certification.stage import Dial, ago
from tests.simulator import Hardware, ManualClock, Station as Simulated


@pytest.fixture
async def station(dial: Dial, garage: Station) -> Simulated:
    """A station with two EVSEs, of which the first charges, and five profiles; the last is of an energy manager."""
    station = await dial(version="2.0.1", clock=ManualClock(ago(0)), hardware=Hardware(evses=2))
    await station.start()
    limits, now = charging(garage), station.clock.now()
    await limits.set_profile(0, profile(41, MAX, (0, 20), start=now))
    await limits.set_profile(1, profile(42, DEFAULT, (0, 14)))
    await limits.set_profile(1, profile(43, TX, (0, 12)))
    await limits.set_profile(2, profile(44, DEFAULT, (0, 10), stackLevel=3))
    await station.limit_externally(16, "EMS", evse=1)
    return station


def asked(station: Simulated) -> dict[str, Any]:
    """The last question for profiles, without its number."""
    request: dict[str, Any] = dict(station.asked("GetChargingProfiles")[-1])
    assert request.pop("requestId") > 0
    return request


def ids(found: Iterable[InstalledProfile]) -> list[tuple[int, int]]:
    """EVSE and id of each profile."""
    return sorted((one.evse, one.id) for one in found)


EXTERNAL = 9_000_001
SOURCES = ["EMS", "Other", "SO", "CSO"]


async def test_tc_k_29_get_charging_profile_evse_0(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=0))
    assert asked(station) == {"evseId": 0, "chargingProfile": {"chargingLimitSource": SOURCES}}
    assert ids(found) == [(0, 41)]
    assert found[0].source == "CSO"
    assert found[0].profile["chargingProfilePurpose"] == MAX


async def test_tc_k_30_get_charging_profile_evse(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=1))
    assert asked(station) == {"evseId": 1, "chargingProfile": {"chargingLimitSource": SOURCES}}
    assert ids(found) == [(1, 42), (1, 43), (1, EXTERNAL)]
    assert len(station.told("ReportChargingProfiles")) >= 2, "each source is told by itself"


async def test_tc_k_31_get_charging_profile_no_evse(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter())
    assert asked(station) == {"chargingProfile": {"chargingLimitSource": SOURCES}}
    assert ids(found) == [(0, 41), (1, 42), (1, 43), (1, EXTERNAL), (2, 44)]


async def test_tc_k_32_get_charging_profile_by_id(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(id=44))
    assert asked(station) == {"chargingProfile": {"chargingProfileId": [44]}}
    assert ids(found) == [(2, 44)]
    assert await charging(garage).installed(ProfileFilter(id=99)) == []
    assert asked(station) == {"chargingProfile": {"chargingProfileId": [99]}}


async def test_tc_k_33_get_charging_profile_evse_and_stack_level(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=2, stack_level=3))
    assert asked(station) == {"evseId": 2, "chargingProfile": {"stackLevel": 3}}
    assert ids(found) == [(2, 44)]


async def test_tc_k_34_get_charging_profile_evse_and_source(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=1), sources=["EMS"])
    assert asked(station) == {"evseId": 1, "chargingProfile": {"chargingLimitSource": ["EMS"]}}
    assert [(one.id, one.source) for one in found] == [(EXTERNAL, "EMS")]


async def test_tc_k_35_get_charging_profile_evse_and_purpose(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=1, purpose=DEFAULT))
    assert asked(station) == {"evseId": 1, "chargingProfile": {"chargingProfilePurpose": DEFAULT}}
    assert ids(found) == [(1, 42)]


async def test_tc_k_36_get_charging_profile_evse_purpose_and_stack_level(station: Simulated, garage: Station) -> None:
    found = await charging(garage).installed(ProfileFilter(evse=1, purpose=TX, stack_level=2))
    criteria = {"chargingProfilePurpose": TX, "stackLevel": 2}
    assert asked(station) == {"evseId": 1, "chargingProfile": criteria}
    assert ids(found) == [(1, 43)]


async def test_tc_k_52_external_constraints_in_report(station: Simulated, garage: Station) -> None:
    purpose = "ChargingStationExternalConstraints"
    (found,) = await charging(garage).installed(ProfileFilter(purpose=purpose))
    assert asked(station) == {"chargingProfile": {"chargingProfilePurpose": purpose}}
    assert (found.evse, found.id, found.source) == (1, EXTERNAL, "EMS")
    assert found.profile["chargingProfilePurpose"] == purpose
