"""OCPP 2.0.1 and 2.1, Diagnostics: monitors of variables and the events they cause (OCPP 2.0.1 ed. 3 - N02 to N08)."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.meter import Location, Quantity
from custom_components.ocpp_home.csms.model.monitor import Monitor, Monitoring
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.model.variable import VariableKey
from tests.certification.stage import NAME, Dial, Diary, until
from tests.simulator import Oddities, Station as Simulated
from tests.simulator.clock import stamp
from tests.simulator.v201_monitoring import watch

HOT: Final = VariableKey("ChargingStation", "Temperature")
POWER: Final = VariableKey("EVSE", "Power", 1)
WHOLE_EVSE: Final = VariableKey("EVSE", "", 1)
ALARM: Final = Monitor(HOT, "UpperThreshold", 50, 4)
CHANGE: Final = Monitor(POWER, "Delta", 100, 8)
REGULAR: Final = Monitor(POWER, "Periodic", 30, 8)
OWN: Final = {(HOT.fold, "UpperThreshold"), (POWER.fold, "Delta"), (POWER.fold, "Periodic")}
TEMPERATURE: Final = {"component": {"name": "ChargingStation"}, "variable": {"name": "Temperature"}}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


def monitoring(garage: Station) -> Monitoring:
    """The commands for monitors."""
    found = garage.require().monitoring
    assert found is not None
    return found


def brief(monitors: list[Monitor]) -> set[tuple[object, str]]:
    """What is watched, and how."""
    return {(monitor.key.fold, monitor.kind) for monitor in monitors}


async def reported(station: Simulated, garage: Station, *wanted: Any) -> tuple[set[tuple[object, str]], Any]:
    """Set three monitors and ask for some; what was reported, and the request without its number."""
    assert [one.status for one in await monitoring(garage).watch([ALARM, CHANGE, REGULAR])] == ["Accepted"] * 3
    found = brief(await monitoring(garage).monitors(*wanted))
    (request,) = station.asked("GetMonitoringReport")
    return found, {name: value for name, value in request.items() if name != "requestId"}


async def event(station: Simulated, value: str, **more: Any) -> None:
    """Let the station tell an event of its temperature, or of what `more` names."""
    data = {"eventId": 1, "timestamp": stamp(station.clock.now()), "trigger": "Alerting", "actualValue": value}
    data |= {"eventNotificationType": "CustomMonitor"} | TEMPERATURE | more
    body = {"generatedAt": stamp(station.clock.now()), "seqNo": 0, "tbc": False, "eventData": [data]}
    assert await station.send("NotifyEvent", body) == {}


# --- reports ----------------------------------------------------------------------------------------------------------
async def test_tc_n_01_monitoring_report_with_criteria(station: Simulated, garage: Station) -> None:
    found, request = await reported(station, garage, ["DeltaMonitoring"])
    assert request == {"monitoringCriteria": ["DeltaMonitoring"]}
    assert found == {(POWER.fold, "Delta")}


async def test_tc_n_02_monitoring_report_with_variable(station: Simulated, garage: Station) -> None:
    found, request = await reported(station, garage, (), [HOT])
    assert request == {"componentVariable": [TEMPERATURE]}
    assert found == {(HOT.fold, "UpperThreshold")}


async def test_tc_n_03_monitoring_report_with_criteria_and_variable(station: Simulated, garage: Station) -> None:
    found, request = await reported(station, garage, ["PeriodicMonitoring"], [POWER])
    power = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
    assert request == {"monitoringCriteria": ["PeriodicMonitoring"], "componentVariable": [power]}
    assert found == {(POWER.fold, "Periodic")}


async def test_tc_n_47_monitoring_report_of_all(station: Simulated, garage: Station) -> None:
    found, request = await reported(station, garage)
    assert (found, request) == (OWN, {})
    assert len(garage.watch.monitors) == 4, "the one of the factory is there as well"


async def test_tc_n_60_monitoring_report_with_criteria_and_list(station: Simulated, garage: Station) -> None:
    criteria = ["ThresholdMonitoring", "DeltaMonitoring"]
    found, request = await reported(station, garage, criteria, [HOT, POWER])
    assert (request["monitoringCriteria"], len(request["componentVariable"])) == (criteria, 2)
    assert found == OWN - {(POWER.fold, "Periodic")}


# --- setting and clearing ---------------------------------------------------------------------------------------------
async def test_tc_n_05_set_monitoring_base(station: Simulated, garage: Station) -> None:
    await monitoring(garage).watch([ALARM])
    for base in ("All", "FactoryDefault", "HardWiredOnly"):
        await monitoring(garage).base(base)
    assert [asked["monitoringBase"] for asked in station.asked("SetMonitoringBase")] == [
        *("All", "FactoryDefault", "HardWiredOnly")
    ]
    assert garage.watch.monitors == {}


async def test_tc_n_08_set_one_monitor(station: Simulated, garage: Station) -> None:
    (done,) = await monitoring(garage).watch([ALARM])
    data = TEMPERATURE | {"type": "UpperThreshold", "value": 50, "severity": 4}
    assert station.asked("SetVariableMonitoring") == [{"setMonitoringData": [data]}]
    assert done.status == "Accepted"
    assert done.monitor.id is not None
    assert garage.watch.monitors[done.monitor.id] == done.monitor


async def test_tc_n_09_set_monitors_of_different_components(station: Simulated, garage: Station) -> None:
    done = await monitoring(garage).watch([ALARM, CHANGE])
    (asked,) = station.asked("SetVariableMonitoring")
    assert [data["component"]["name"] for data in asked["setMonitoringData"]] == ["ChargingStation", "EVSE"]
    assert [(one.monitor.key, one.status) for one in done] == [(HOT, "Accepted"), (POWER, "Accepted")]
    assert len(garage.watch.monitors) == 2


async def test_tc_n_16_set_monitoring_level(station: Simulated, garage: Station) -> None:
    await monitoring(garage).level(4)
    assert station.asked("SetMonitoringLevel") == [{"severity": 4}]


async def test_tc_n_17_set_monitoring_level_out_of_range(station: Simulated, garage: Station) -> None:
    with pytest.raises(Invalid):
        await monitoring(garage).level(10)
    assert station.asked("SetMonitoringLevel") == []
    assert await garage.require().remote.call("SetMonitoringLevel", {"severity": 10}) == {"status": "Rejected"}
    await garage.require().configuration.read(["MonitoringCtrlr.ActiveMonitoringLevel"])
    assert garage.variables.text("ActiveMonitoringLevel", "MonitoringCtrlr") == "9"


async def test_tc_n_18_clear_more_monitors_than_fit(station: Simulated, garage: Station) -> None:
    await garage.require().configuration.read()
    wished = [Monitor(key, "UpperThreshold", 90, severity) for key in (HOT, POWER) for severity in range(6)]
    set_ = [done.monitor.id or 0 for done in await monitoring(garage).watch(wished)]
    assert len(watch(station).monitors) == 13, "with the one of the factory"
    told = await monitoring(garage).clear([*set_, 4711])
    assert [len(asked["id"]) for asked in station.asked("ClearVariableMonitoring")] == [10, 3]
    assert told == dict.fromkeys(set_, "Accepted") | {4711: "NotFound"}
    assert len(watch(station).monitors) == 1
    assert garage.watch.monitors == {}


async def test_tc_n_44_clear_monitoring_rejected(dial: Dial, garage: Station) -> None:
    answer = {"clearMonitoringResult": [{"id": 7, "status": "Rejected"}]}
    await dial(version="2.0.1", oddities=Oddities(answers={"ClearVariableMonitoring": answer}))
    garage.watch.monitors[7] = ALARM
    assert await monitoring(garage).clear([7]) == {7: "Rejected"}
    assert garage.watch.monitors == {7: ALARM}


# --- events -----------------------------------------------------------------------------------------------------------
async def test_tc_n_21_alert_of_a_hard_wired_monitor(station: Simulated, garage: Station, diary: Diary) -> None:
    connector = {"name": "Connector", "evse": {"id": 1, "connectorId": 1}}
    await station.notify_event(connector, {"name": "Problem"}, "true", techInfo="wet")
    assert (garage.evse(1).problem.code, garage.evse(1).problem.info) == ("Connector.Problem", "wet")
    assert [data["code"] for data in diary.data(Kind.FAULT)] == ["Connector.Problem"]


async def periodic(station: Simulated, garage: Station, seconds: float) -> int:
    """Watch the power of a car that charges for a minute; how many events told it."""
    await station.start()
    (done,) = await monitoring(garage).watch([Monitor(POWER, "Periodic", seconds, 8)])
    await station.advance(60)
    events = [data for told in station.told("NotifyEvent") for data in told["eventData"]]
    assert {(data["trigger"], data["variableMonitoringId"]) for data in events} == {("Periodic", done.monitor.id)}
    assert garage.variables.known[POWER.fold].value == events[-1]["actualValue"]
    assert float(events[-1]["actualValue"]) > 1_000
    return len(events)


async def test_tc_n_24_set_a_periodic_monitor(station: Simulated, garage: Station) -> None:
    assert await periodic(station, garage, 30) in (2, 3)


async def test_tc_n_50_periodic_event_triggered(station: Simulated, garage: Station) -> None:
    assert await periodic(station, garage, 20) in (3, 4)


async def test_tc_n_105_frequent_periodic_monitor(dial: Dial, garage: Station) -> None:
    assert await periodic(await dial(version="2.1"), garage, 5) >= 10


async def test_tc_n_48_alert_of_a_write_only_variable(station: Simulated, garage: Station) -> None:
    password = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    await event(station, "", trigger="Delta", **password)
    known = garage.variables.known.get(VariableKey("SecurityCtrlr", "BasicAuthPassword").fold)
    assert known is None or not known.value
    assert garage.watch.troubles == {}


async def test_tc_n_49_threshold_cleared_after_reboot(station: Simulated, garage: Station, diary: Diary) -> None:
    """The station is warm while it charges, and has cooled down when its power is back."""
    await monitoring(garage).watch([Monitor(HOT, "UpperThreshold", 30, 4)])
    await station.start()
    await station.advance(60)
    assert garage.problem is not None
    assert garage.problem.code == "ChargingStation.Temperature"
    assert float(garage.variables.known[HOT.fold].value or 0) > 30
    await station.power_cut()
    assert garage.problem is not None
    await station.power_on()
    await station.advance(5)
    (last,) = station.told("NotifyEvent")[-1]["eventData"]
    assert (last["cleared"], float(last["actualValue"]) < 30) == (True, True)
    assert garage.problem is None
    assert garage.variables.known[HOT.fold].value == last["actualValue"]
    assert len(diary.data(Kind.FAULT)) == len(diary.data(Kind.FAULT_CLEARED)) == 1


async def test_once_a_station_is_set_up_nothing_has_to_be_asked_for(
    central: Central, garage: Station, diary: Diary, build: Callable[..., Simulated]
) -> None:
    """What is wrong, and how warm it is, the station tells by itself: the monitors for it are set."""
    central.pauses = Pauses(silence=60, settle=0, answer=0)
    central.update(NAME, Settings())
    station = build(version="2.1")
    await station.connect()
    await station.boot()
    await until(lambda: "SetVariableMonitoring" in station.asked())
    await station.settle()
    custom = [one for one in watch(station).monitors.values() if one.origin == "CustomMonitor"]
    watched = {"ChargingStation.Problem", "Connector.Problem", "ChargingStation.Temperature"}
    assert {one.variable.row.name for one in custom} == watched
    assert {one.type for one in custom} == {"Delta"}
    asked = len(station.calls)
    await station.start()
    await station.advance(60)
    temperature = garage.meter.total(Quantity.TEMPERATURE, Location.BODY)
    assert temperature == float(garage.variables.known[HOT.fold].value or 0) > 30
    station.connectors[1].error = "GroundFailure"  # told by no message but that of its monitor
    await station.advance(5)
    assert [data["code"] for data in diary.data(Kind.FAULT)] == ["Connector.Problem"]
    assert {call.action for call in station.calls[asked:]} <= {"SetChargingProfile", "ClearChargingProfile"}
