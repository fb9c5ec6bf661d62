"""OCPP 2.1, Smart Charging (OCPP 2.1 ed. 1 - K01, K18 to K21, K28)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.certification.charging import DEFAULT, TX, charging, lying, measured, profile
from tests.certification.stage import Dial, ago, until
from tests.simulator import ManualClock, Station as Simulated
from tests.simulator.clock import stamp

SAMPLED = {"SampledDataCtrlr.TxUpdatedInterval": "10", "V2XChargingCtrlr.Enabled": "true"}
V2X = {"minChargeCurrent": 6, "maxChargeCurrent": 16, "evTargetEnergyRequest": 9000}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.1", clock=ManualClock(ago(0)), **SAMPLED)


def dynamic(number: int, purpose: str = TX, **period: Any) -> dict[str, Any]:
    """A dynamic profile of one period."""
    made = profile(number, purpose, (0, 0), chargingProfileKind="Dynamic")
    made["chargingSchedule"][0]["chargingSchedulePeriod"] = [{"startPeriod": 0} | period]
    return made


def given(station: Simulated) -> list[dict[str, Any]]:
    """The profiles the station was given."""
    return [asked["chargingProfile"] for asked in station.asked("SetChargingProfile")]


async def needs(station: Simulated, **more: Any) -> dict[str, Any]:
    """The car tells what it needs by ISO 15118-20."""
    told = {"requestedEnergyTransfer": "AC_three_phase", "v2xChargingParameters": V2X} | more
    return await station.send("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": told})


async def test_tc_k_100_max_offline_duration(station: Simulated, garage: Station) -> None:
    own = profile(41, TX, (0, 8), maxOfflineDuration=30)
    await station.start()
    await charging(garage).set_profile(1, own)
    assert given(station)[0]["maxOfflineDuration"] == 30
    await station.advance(10)
    assert measured(garage.evse(1)) == (8, 5_520)
    await station.go_offline()
    await station.advance(40)
    assert station.connectors[1].offered.amps == 32
    await station.go_online()


async def test_tc_k_101_change_operation_mode(station: Simulated, garage: Station) -> None:
    running = await station.start()
    await charging(garage).set_profile(1, dynamic(41, operationMode="CentralSetpoint", setpoint=8))
    assert given(station)[0]["transactionId"] == running.id
    await station.advance(10)
    told = [event for event in station.told("TransactionEvent") if event["triggerReason"] == "OperationModeChanged"]
    assert [event["transactionInfo"]["operationMode"] for event in told] == ["CentralSetpoint"]
    assert measured(garage.evse(1)) == (8, 5_520)


async def test_tc_k_102_limit_at_soc(station: Simulated, garage: Station) -> None:
    own = profile(41, DEFAULT, (0, 16))
    own["chargingSchedule"][0]["limitAtSoC"] = {"soc": 80, "limit": 6}
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 1, "chargingProfile": own}]
    assert lying(station) == [41]


async def test_tc_k_104_priority_charging_profile(station: Simulated, garage: Station) -> None:
    own = profile(41, "PriorityCharging", (0, 25))
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 1, "chargingProfile": own}]
    with pytest.raises(Invalid, match="PriorityCharging"):
        await charging(garage).set_profile(
            1, dynamic(42, "PriorityCharging", operationMode="CentralSetpoint", setpoint=8)
        )
    assert lying(station) == [41]


async def test_tc_k_106_randomized_delay(station: Simulated, garage: Station) -> None:
    own = profile(41, DEFAULT, (0, 16))
    own["chargingSchedule"][0]["randomizedDelay"] = 120
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 1, "chargingProfile": own}]


async def test_tc_k_109_max_external_constraints_id(station: Simulated, garage: Station) -> None:
    report = {
        "requestId": 1,
        "generatedAt": stamp(station.clock.now()),
        "seqNo": 0,
        "reportData": [
            {
                "component": {"name": "SmartChargingCtrlr"},
                "variable": {"name": "MaxExternalConstraintsId"},
                "variableAttribute": [{"value": "500", "mutability": "ReadOnly"}],
            }
        ],
    }
    assert await station.send("NotifyReport", report) == {}
    with pytest.raises(Invalid, match=r"K01\.FR\.80"):
        await charging(garage).set_profile(1, profile(500, DEFAULT, (0, 8)))
    assert given(station) == []
    await garage.limit(garage.evse(1), OWNER, 10)
    (made,) = given(station)
    assert made["id"] > 500
    await charging(garage).set_profile(1, profile(501, DEFAULT, (0, 8), stackLevel=3))
    assert lying(station) == [501, made["id"]]


async def test_tc_k_113_renegotiation_initiated_by_csms(station: Simulated, garage: Station) -> None:
    await station.start()
    assert await needs(station, controlMode="ScheduledControl") == {"status": "Accepted"}
    await until(lambda: len(given(station)) == 1)
    await garage.limit(garage.evse(1), OWNER, 10)
    await station.advance(10)
    assert measured(garage.evse(1)) == (10, 6_900)


async def test_tc_k_114_renegotiation_initiated_by_ev(station: Simulated, garage: Station) -> None:
    await station.start()
    await garage.limit(garage.evse(1), OWNER, 10)
    before = len(given(station)) + len(station.asked("UpdateDynamicSchedule"))
    answer = await needs(station, requestedEnergyTransfer="AC_BPT", controlMode="ScheduledControl")
    assert answer == {"status": "Accepted"}
    told = garage.evse(1).needs
    assert told is not None
    assert (told.transfer, told.energy, told.minimum, told.maximum) == ("AC_BPT", 9000, 6, 16)
    await until(lambda: len(given(station)) + len(station.asked("UpdateDynamicSchedule")) > before)
    await station.advance(10)
    assert measured(garage.evse(1)) == (10, 6_900)


async def know(garage: Station, name: str) -> None:
    """Read what the station says of its smart charging."""
    await garage.require().configuration.read([f"SmartChargingCtrlr.{name}"])


async def test_tc_k_115_dynamic_control_mode(station: Simulated, garage: Station) -> None:
    await know(garage, "SupportsDynamicProfiles")
    running = await station.start()
    assert await needs(station, controlMode="DynamicControl") == {"status": "Accepted"}
    await until(lambda: len(given(station)) == 1)
    (made,) = given(station)
    assert (made["chargingProfilePurpose"], made["chargingProfileKind"]) == (TX, "Dynamic")
    assert made["transactionId"] == running.id


async def test_tc_k_117_dynamic_control_mode_adjusting_schedule(station: Simulated, garage: Station) -> None:
    await know(garage, "SupportsDynamicProfiles")
    await station.start()
    await needs(station, controlMode="DynamicControl")
    await until(lambda: len(given(station)) == 1)
    number = given(station)[0]["id"]
    await garage.limit(garage.evse(1), OWNER, 10)
    updates = station.asked("UpdateDynamicSchedule")
    assert [asked["chargingProfileId"] for asked in updates] == [number]
    assert updates[0]["scheduleUpdate"]["limit"] == 10
    assert len(given(station)) == 1
    await station.advance(10)
    assert measured(garage.evse(1)) == (10, 6_900)


async def test_tc_k_118_priority_charging_requested_remotely(station: Simulated, garage: Station) -> None:
    running, priority = await station.start(), garage.require().priority
    assert priority is not None
    with pytest.raises(Refused) as refusal:
        await priority.use(running.id, active=True)
    assert refusal.value.status == "NoProfile"
    await charging(garage).set_profile(1, profile(41, TX, (0, 8)))
    await charging(garage).set_profile(1, profile(42, "PriorityCharging", (0, 12)))
    await priority.use(running.id, active=True)
    assert station.asked("UsePriorityCharging")[-1] == {"transactionId": running.id, "activate": True}
    assert garage.evse(1).priority
    await station.advance(10)
    assert measured(garage.evse(1)) == (12, 8_280)
    await priority.use(running.id, active=False)
    await station.advance(10)
    assert (garage.evse(1).priority, measured(garage.evse(1))) == (False, (8, 5_520))


async def test_tc_k_121_dynamic_charging_profile_pull(station: Simulated, garage: Station) -> None:
    await station.start()
    await charging(garage).set_profile(1, dynamic(41, limit=8) | {"dynUpdateInterval": 20})
    await station.advance(41)
    asked = [told for told in station.requests if told.action == "PullDynamicScheduleUpdate"]
    assert [told.payload for told in asked] == [{"chargingProfileId": 41}] * 2
    assert [told.answer for told in asked] == [{"status": "Accepted", "scheduleUpdate": {"limit": 8}}] * 2
    assert measured(garage.evse(1)) == (8, 5_520)


async def test_tc_k_126_dynamic_control_mode_no_charging_profile(dial: Dial, garage: Station) -> None:
    """The owner has switched smart charging off: the car is told that it gets no profile, and gets none."""
    station = await dial(version="2.1", clock=ManualClock(ago(0)), **SAMPLED | {"SmartChargingCtrlr.Enabled": "false"})
    await know(garage, "Enabled")
    await station.boot()
    await until(lambda: garage.require().firmware is not None)
    assert garage.require().charging is None
    await station.start()
    assert await needs(station, controlMode="DynamicControl") == {"status": "NoChargingProfile"}
    await station.advance(20)
    assert given(station) == []
    assert measured(garage.evse(1)) == (32, 11_040), "it charges all the same"


async def test_a_limit_above_the_fall_back_ends_when_the_station_is_alone(station: Simulated, garage: Station) -> None:
    """K01.FR.101: with a maxOfflineDuration, where it knows that, a station falls back before the limit ends."""
    await know(garage, "SupportsMaxOfflineDuration")
    await station.start()
    await charging(garage).set_fallback(6)
    await garage.limit(garage.evse(1), OWNER, 16)
    fallback, working = given(station)
    assert (fallback["stackLevel"], "maxOfflineDuration" in fallback) == (0, False)
    assert (working["chargingProfilePurpose"], working["maxOfflineDuration"]) == (TX, 30)
    assert working["invalidAfterOfflineDuration"] is True
    assert station.connectors[1].offered.amps == 16
    await station.go_offline()
    await station.advance(25)
    assert station.connectors[1].offered.amps == 16
    await station.advance(10)
    assert station.connectors[1].offered.amps == 6
    await station.go_online()
