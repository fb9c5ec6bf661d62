"""OCPP 2.1, V2X, grid controls and battery swap (OCPP 2.1 ed. 1 - Q, R, S)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.blocks import Grid, Payments
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.charging import TX, charging, lying, profile
from tests.certification.stage import Dial, Diary, ago, until
from tests.simulator import ManualClock, Oddities, Station as Simulated
from tests.simulator.clock import stamp


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    """A station that charges."""
    station = await dial(version="2.1", clock=ManualClock(ago(0)))
    await station.start()
    return station


def schedule(*periods: dict[str, Any], kind: str = "Relative", **more: Any) -> dict[str, Any]:
    """A profile of the transaction with these periods."""
    made = profile(41, TX, (0, 0), chargingProfileKind=kind, **more)
    made["chargingSchedule"][0]["chargingSchedulePeriod"] = list(periods)
    return made


async def set_to(station: Simulated, garage: Station, made: dict[str, Any]) -> None:
    """Install a profile; the station has it as it was meant."""
    await charging(garage).set_profile(1, made)
    running = station.connectors[1].transaction
    assert running is not None
    sent = {"evseId": 1, "chargingProfile": made | {"transactionId": running.id}}
    assert station.asked("SetChargingProfile") == [sent]
    assert lying(station) == [41]


def modes(station: Simulated) -> list[str]:
    """The operation modes the station told."""
    told = [event for event in station.told("TransactionEvent") if event["triggerReason"] == "OperationModeChanged"]
    return [event["transactionInfo"]["operationMode"] for event in told]


def grid(garage: Station) -> Grid:
    """The commands for the grid."""
    found = garage.require().grid
    assert found is not None
    return found


async def needs(station: Simulated, transfer: str) -> dict[str, Any]:
    """The car tells by ISO 15118-20 in which way it wants its energy."""
    v2x = {"minChargeCurrent": 6, "maxChargeCurrent": 16}
    told = {"requestedEnergyTransfer": transfer, "controlMode": "DynamicControl", "v2xChargingParameters": v2x}
    return await station.send("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": told})


async def test_tc_q_102_allowed_energy_transfer(station: Simulated, garage: Station) -> None:
    known = {
        "ISO15118Ctrlr": {"Enabled": "true"},
        "V2XChargingCtrlr": {"Enabled": "true", "SupportedEnergyTransferModes": "AC_three_phase,AC_BPT"},
    }
    told = [
        {
            "component": {"name": component},
            "variable": {"name": name},
            "variableAttribute": [{"value": value}],
        }
        for component, variables in known.items()
        for name, value in variables.items()
    ]
    report = {"requestId": 1, "generatedAt": stamp(station.clock.now()), "seqNo": 0, "reportData": told}
    assert await station.send("NotifyReport", report) == {}
    contract = {"idToken": "DE8AA1B2C3D4E5", "type": "eMAID"}
    answer = await station.send("Authorize", {"idToken": contract})
    assert answer["idTokenInfo"]["status"] == "Accepted"
    assert answer["allowedEnergyTransfer"] == ["AC_three_phase", "AC_BPT"]
    assert await needs(station, "AC_BPT") == {"status": "Accepted"}
    assert garage.evse(1).needs is not None
    assert garage.evse(1).needs.transfer == "AC_BPT"


async def test_tc_q_103_charging_needs_rejected(station: Simulated, garage: Station) -> None:
    running = station.connectors[1].transaction
    assert running is not None
    await grid(garage).allow(str(running.id), ["AC_three_phase"])
    allowed = {"transactionId": running.id, "allowedEnergyTransfer": ["AC_three_phase"]}
    assert station.asked("NotifyAllowedEnergyTransfer") == [allowed]
    assert await needs(station, "AC_BPT") == {"status": "Rejected"}
    await station.settle()
    assert station.asked("SetChargingProfile") == []
    assert await needs(station, "AC_three_phase") == {"status": "Accepted"}
    await until(lambda: station.asked("SetChargingProfile"))
    assert station.asked("SetChargingProfile")[0]["chargingProfile"]["transactionId"] == running.id


async def test_tc_q_107_charging_only_before_starting_v2x(station: Simulated, garage: Station) -> None:
    later = {"startPeriod": 60, "operationMode": "CentralSetpoint", "setpoint": 8}
    await set_to(station, garage, schedule({"startPeriod": 0, "limit": 16, "operationMode": "ChargingOnly"}, later))
    await station.advance(59)
    assert modes(station) == []
    await station.advance(3)
    assert modes(station) == ["CentralSetpoint"]


async def test_tc_q_108_central_control_with_charging_schedule(station: Simulated, garage: Station) -> None:
    span = {"operationMode": "CentralSetpoint"}
    periods = [span | {"startPeriod": start, "setpoint": setpoint} for start, setpoint in ((0, 10), (30, -8))]
    await set_to(station, garage, schedule(*periods))
    await station.advance(1)
    assert modes(station) == ["CentralSetpoint"]


async def test_tc_q_109_dynamic_setpoint_push(station: Simulated, garage: Station) -> None:
    await pushed(station, garage, "CentralSetpoint")
    assert station.connectors[1].offered.amps == 7


async def pushed(station: Simulated, garage: Station, mode: str) -> None:
    """Install a dynamic setpoint, then change it."""
    period = {"startPeriod": 0, "operationMode": mode, "setpoint": 10}
    await set_to(station, garage, schedule(period, kind="Dynamic"))
    await station.advance(1)
    assert modes(station) == [mode]
    await charging(garage).update_profile(41, {"setpoint": 7})
    assert station.asked("UpdateDynamicSchedule") == [{"chargingProfileId": 41, "scheduleUpdate": {"setpoint": 7}}]
    (lies,) = station.profiles.installed
    assert lies.payload["chargingSchedule"][0]["chargingSchedulePeriod"] == [period | {"setpoint": 7}]


async def test_tc_q_110_dynamic_setpoint_pull(station: Simulated, garage: Station) -> None:
    period = {"startPeriod": 0, "operationMode": "CentralSetpoint", "setpoint": 10}
    await set_to(station, garage, schedule(period, kind="Dynamic", dynUpdateInterval=20))
    await station.advance(21)
    (pull,) = [told for told in station.requests if told.action == "PullDynamicScheduleUpdate"]
    assert pull.payload == {"chargingProfileId": 41}
    assert pull.answer == {"status": "Accepted", "scheduleUpdate": {"setpoint": 10}}


async def test_tc_q_111_external_setpoint(station: Simulated, garage: Station) -> None:
    period = {"startPeriod": 0, "operationMode": "ExternalSetpoint", "limit": 16, "dischargeLimit": -16}
    await set_to(station, garage, schedule(period))
    await station.advance(1)
    assert modes(station) == ["ExternalSetpoint"]


async def test_tc_q_112_external_limits(station: Simulated, garage: Station) -> None:
    await set_to(station, garage, schedule({"startPeriod": 0, "operationMode": "ExternalLimits", "limit": 16}))
    await station.advance(1)
    assert modes(station) == ["ExternalLimits"]


async def test_tc_q_117_central_frequency_push(station: Simulated, garage: Station) -> None:
    await pushed(station, garage, "CentralFrequency")


async def test_tc_q_120_local_frequency_afrr(station: Simulated, garage: Station) -> None:
    period = {"startPeriod": 0, "operationMode": "LocalFrequency", "setpoint": 8}
    await set_to(station, garage, schedule(period))
    at = station.clock.now()
    await grid(garage).signal(-300, at)
    assert station.asked("AFRRSignal") == [{"signal": -300, "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ")}]


async def test_tc_q_121_local_frequency(station: Simulated, garage: Station) -> None:
    period = {
        "startPeriod": 0,
        "operationMode": "LocalFrequency",
        "setpoint": 8,
        "v2xBaseline": 0,
        "v2xFreqWattCurve": [{"frequency": 49.8, "power": -4000}, {"frequency": 50.2, "power": 4000}],
    }
    await set_to(station, garage, schedule(period))
    await station.advance(1)
    assert modes(station) == ["LocalFrequency"]


async def test_tc_q_124_local_load_balancing(station: Simulated, garage: Station) -> None:
    await set_to(station, garage, schedule({"startPeriod": 0, "operationMode": "LocalLoadBalancing", "setpoint": 8}))
    await station.advance(1)
    assert modes(station) == ["LocalLoadBalancing"]
    with pytest.raises(Invalid, match="LocalLoadBalancing knows no limit"):
        await charging(garage).set_profile(
            1, schedule({"startPeriod": 0, "operationMode": "LocalLoadBalancing", "limit": 8})
        )


async def test_tc_r_107_configure_der_control(station: Simulated, garage: Station) -> None:
    body = {"priority": 5, "setpoint": 10, "unit": "PctMaxVar"}
    control = {"isDefault": True, "controlId": "a", "controlType": "FixedVar", "fixedVar": body}
    assert await grid(garage).set_control(control) == ()
    better = control | {"controlId": "b", "fixedVar": body | {"priority": 1}}
    assert await grid(garage).set_control(better) == ("a",)
    assert station.asked("SetDERControl") == [control, better]
    found = await grid(garage).controls()
    assert [(one["id"], one["isSuperseded"]) for one in found] == [("a", True), ("b", False)]
    await grid(garage).clear_control(default=True, control="a")
    assert station.asked("ClearDERControl") == [{"isDefault": True, "controlId": "a"}]
    assert [one["id"] for one in await grid(garage).controls()] == ["b"]


async def test_tc_r_108_der_event(station: Simulated, diary: Diary) -> None:
    alarm = {"controlType": "FreqWatt", "gridEventFault": "OverFrequency", "timestamp": stamp(station.clock.now())}
    assert await station.send("NotifyDERAlarm", alarm) == {}
    assert await station.send("NotifyDERAlarm", alarm | {"alarmEnded": True}) == {}
    assert [(data["control"], data["fault"], data["ended"]) for data in diary.data(Kind.GRID)] == [
        ("FreqWatt", "OverFrequency", False),
        ("FreqWatt", "OverFrequency", True),
    ]


def payments(garage: Station) -> Payments:
    """The commands for swapping batteries."""
    found = garage.require().payments
    assert found is not None
    return found


async def test_tc_s_102_battery_swap_not_enough_batteries(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.1", oddities=Oddities(answers={"RequestBatterySwap": {"status": "Rejected"}}))
    with pytest.raises(Refused) as refusal:
        await payments(garage).swap_battery(Token("CARD-1"))
    assert refusal.value.status == "Rejected"
    assert len(station.asked("RequestBatterySwap")) == 1


async def test_tc_s_103_battery_swap_enough_batteries(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(version="2.1", oddities=Oddities(answers={"RequestBatterySwap": {"status": "Accepted"}}))
    number = await payments(garage).swap_battery(Token("CARD-1"))
    (asked,) = station.asked("RequestBatterySwap")
    assert (asked["requestId"], asked["idToken"]["idToken"]) == (number, "CARD-1")
    battery = {"evseId": 1, "serialNumber": "B-1", "soC": 20, "soH": 95}
    swap = {"requestId": number, "idToken": asked["idToken"], "batteryData": [battery]}
    for kind in ("BatteryIn", "BatteryOut"):
        assert await station.send("BatterySwap", swap | {"eventType": kind}) == {}
    told = [(data["type"], data["request"], data["batteries"]) for data in diary.data(Kind.BATTERY)]
    assert told == [("BatteryIn", number, "B-1"), ("BatteryOut", number, "B-1")]
