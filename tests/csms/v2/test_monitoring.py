"""Monitors: every message, every answer, and the monitors that are set without being asked for."""

from asyncio import TaskGroup, sleep
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.monitor import MOST as MONITORS, Flow, Monitor, Watched
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v2 import keys, monitoring
from custom_components.ocpp_home.csms.v2.monitoring import Monitoring, notify_monitoring_report, useful_monitors
from tests.csms.peer import Payload, Peer, Rejection
from tests.csms.v2.served import serve

POWER = VariableKey("EVSE", "Power", 1)
HOT = VariableKey("Connector", "Temperature", 1, 1)
PROBLEM = VariableKey("ChargingStation", "Problem")


def listed(key: VariableKey, number: int, kind: str = "Delta", **more: object) -> Payload:
    told = {"id": number, "transaction": False, "value": 1, "type": kind, "severity": 4} | more
    return keys.both(key) | {"variableMonitoring": [told]}


def accepting(peer: Peer, asked: Callable[[], object] = lambda: None, **words: str) -> None:
    """Let a peer take monitors with ids from 100, but for the variables in `words`."""

    def answer(request: Payload) -> Payload:
        asked()
        results = []
        for number, data in enumerate(request["setMonitoringData"], 100 + len(peer.asked) * 10):
            status = words.get(data["variable"]["name"], "Accepted")
            named = {name: data[name] for name in ("type", "severity", "component", "variable")}
            results.append(named | {"status": status} | ({"id": number} if status == "Accepted" else {}))
        return {"setMonitoringResult": results}

    peer.answers["SetVariableMonitoring"] = answer


async def reported(station: Station, peer: Peer, *monitors: Payload, **wanted: Any) -> list[Monitor]:
    """Ask a peer that reports each monitor in a part of its own."""
    serve(peer, station, monitoring.REQUESTS)
    peer.answers["GetMonitoringReport"] = {"status": "Accepted"}
    async with TaskGroup() as group:
        question = group.create_task(Monitoring(station, Caller(station, peer.session)).monitors(**wanted))
        while not peer.asked:
            await sleep(0)
        await report(peer, *monitors)
    return question.result()


async def report(peer: Peer, *monitors: Payload) -> None:
    number = peer.told("GetMonitoringReport")[-1]["requestId"]
    for at, monitor in enumerate(monitors):
        if peer.session.version == "2.1":
            monitor["variableMonitoring"][0].setdefault("eventNotificationType", "CustomMonitor")
        part: Payload = {"requestId": number, "seqNo": at, "generatedAt": "2026-11-24T12:00:00Z", "monitor": [monitor]}
        more = {"tbc": True} if at + 1 < len(monitors) else {}
        assert (await peer.says("NotifyMonitoringReport", part | more))[2] == {}


@pytest.fixture
def monitors(station: Station, call: Caller) -> Monitoring:
    return Monitoring(station, call)


@pytest.fixture
def equipped(station: Station, call: Caller, peer: Peer) -> Station:
    """A station with a device model whose monitors can be set; it has none yet."""
    commands = Commands(Remote(station, call), Configuration(station, call))
    commands.monitoring = Monitoring(station, call)
    station.connect("2.1", commands)
    for key in (PROBLEM, HOT, POWER):
        station.variables.put(Variable(key, "0"))
    peer.answers["GetMonitoringReport"] = {"status": "EmptyResultSet"}
    accepting(peer)
    return station


@pytest.mark.parametrize("base", ["All", "FactoryDefault", "HardWiredOnly"])
async def test_a_base_is_set(monitors: Monitoring, station: Station, peer: Peer, base: str) -> None:
    station.watch.monitors[1] = Monitor(POWER, "Delta", 1, 4, 1)
    peer.answers["SetMonitoringBase"] = {"status": "Accepted"}
    await monitors.base(base)
    assert peer.asked == [("SetMonitoringBase", {"monitoringBase": base})]
    assert bool(station.watch.monitors) is (base == "All")


@pytest.mark.parametrize("word", ["Rejected", "NotSupported", "EmptyResultSet"])
async def test_a_base_may_be_refused(monitors: Monitoring, station: Station, peer: Peer, word: str) -> None:
    station.watch.monitors[1] = Monitor(POWER, "Delta", 1, 4, 1)
    peer.answers["SetMonitoringBase"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await monitors.base("FactoryDefault")
    assert station.watch.monitors


async def test_a_level_is_set(monitors: Monitoring, peer: Peer) -> None:
    peer.answers["SetMonitoringLevel"] = {"status": "Accepted"}
    await monitors.level(5)
    assert peer.asked == [("SetMonitoringLevel", {"severity": 5})]
    peer.answers["SetMonitoringLevel"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await monitors.level(9)


@pytest.mark.parametrize("severity", [-1, 10])
async def test_a_level_is_one_of_the_severities(monitors: Monitoring, peer: Peer, severity: int) -> None:
    with pytest.raises(Invalid, match="from 0 to 9"):
        await monitors.level(severity)
    assert peer.asked == []


async def test_monitors_are_set(monitors: Monitoring, station: Station, peer: Peer) -> None:
    accepting(peer, Temperature="UnsupportedMonitorType")
    wished = [
        Monitor(POWER, "Periodic", 60, 8, id=5, transaction=True, flow=Flow(10, 5)),
        Monitor(HOT, "UpperThreshold", 70.5, 3),
    ]
    set_, unsupported = await monitors.watch(wished)
    assert peer.asked == [
        (
            "SetVariableMonitoring",
            {
                "setMonitoringData": [
                    {
                        "id": 5,
                        "transaction": True,
                        "value": 60,
                        "type": "Periodic",
                        "severity": 8,
                        "component": {"name": "EVSE", "evse": {"id": 1}},
                        "variable": {"name": "Power"},
                        "periodicEventStream": {"interval": 10, "values": 5},
                    },
                    {
                        "value": 70.5,
                        "type": "UpperThreshold",
                        "severity": 3,
                        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
                        "variable": {"name": "Temperature"},
                    },
                ]
            },
        )
    ]
    assert (set_.status, set_.monitor.id) == ("Accepted", 110)
    assert unsupported == Watched(wished[1], "UnsupportedMonitorType")
    assert station.watch.monitors == {110: set_.monitor}
    assert not station.watch.asking


async def test_no_more_monitors_are_set_at_once_than_a_station_takes(
    monitors: Monitoring, station: Station, peer: Peer
) -> None:
    """N04.FR.09: ItemsPerMessageSetVariableMonitoring; while they are set, streams of them are welcome."""
    limit(station, "SetVariableMonitoring", "2")
    asking: list[bool] = []
    accepting(peer, lambda: asking.append(station.watch.asking))
    found = await monitors.watch([Monitor(VariableKey("EVSE", "Power", n), "Delta", 5, 8) for n in (1, 2, 3)])
    assert [len(request["setMonitoringData"]) for request in peer.told("SetVariableMonitoring")] == [2, 1]
    assert [watched.monitor.key.evse for watched in found] == [1, 2, 3]
    assert asking == [True, True]


async def test_a_stream_without_measure_is_not_asked_for(monitors: Monitoring, peer: Peer) -> None:
    """N11.FR.09: interval or values or both."""
    with pytest.raises(Invalid):
        await monitors.watch([Monitor(POWER, "Periodic", 60, 8, flow=Flow())])
    assert peer.asked == []


async def test_2_0_1_streams_nothing(station: Station, old_call: Caller, old_peer: Peer) -> None:
    with pytest.raises(Invalid):
        await Monitoring(station, old_call).watch([Monitor(POWER, "Periodic", 60, 8, flow=Flow(10))])
    assert old_peer.asked == []
    assert not station.watch.asking


async def test_a_result_about_something_else_is_told_as_it_is(monitors: Monitoring, peer: Peer) -> None:
    result = {"status": "Rejected", "type": "Delta", "severity": 2, **keys.both(HOT)}
    peer.answers["SetVariableMonitoring"] = {"setMonitoringResult": [result]}
    assert await monitors.watch([Monitor(POWER, "Delta", 5, 8)]) == [Watched(Monitor(HOT, "Delta", 0, 2), "Rejected")]


async def test_monitors_are_removed_in_requests_a_station_takes(
    monitors: Monitoring, station: Station, peer: Peer
) -> None:
    """N06.FR.04: no more ids than ItemsPerMessageClearVariableMonitoring."""
    limit(station, "ClearVariableMonitoring", "2")
    station.watch.monitors = {number: Monitor(POWER, "Delta", 1, number, number) for number in (1, 2, 3)}
    words = {1: "Accepted", 2: "Rejected", 3: "NotFound"}
    peer.answers["ClearVariableMonitoring"] = lambda request: {
        "clearMonitoringResult": [{"id": number, "status": words[number]} for number in request["id"]]
    }
    assert await monitors.clear([1, 2, 3]) == words
    assert peer.told("ClearVariableMonitoring") == [{"id": [1, 2]}, {"id": [3]}]
    assert list(station.watch.monitors) == [2]


async def test_all_monitors_are_reported(station: Station, peer: Peer) -> None:
    """N02.FR.11; N02.FR.22 (2.1): the origin of each is told."""
    station.watch.monitors[1] = Monitor(POWER, "Delta", 1, 4, 1)
    told = listed(HOT, 7, "UpperThreshold", value=70.5, eventNotificationType="HardWiredMonitor", transaction=True)
    found = await reported(station, peer, told, listed(POWER, 8))
    assert found == [
        Monitor(HOT, "UpperThreshold", 70.5, 4, 7, transaction=True, origin="HardWiredMonitor"),
        Monitor(POWER, "Delta", 1, 4, 8),
    ]
    assert station.watch.monitors == {7: found[0], 8: found[1]}
    assert peer.asked == [("GetMonitoringReport", {"requestId": 1})]


async def test_some_monitors_are_reported(station: Station, old_peer: Peer) -> None:
    station.watch.monitors[1] = Monitor(HOT, "Delta", 1, 4, 1)
    wanted = {"criteria": ["DeltaMonitoring"], "names": [POWER, VariableKey("ChargingStation", "")]}
    assert await reported(station, old_peer, listed(POWER, 8), **wanted) == [Monitor(POWER, "Delta", 1, 4, 8)]
    assert list(station.watch.monitors) == [1, 8]
    ((_, request),) = old_peer.asked
    assert request == {
        "requestId": 1,
        "monitoringCriteria": ["DeltaMonitoring"],
        "componentVariable": [keys.both(POWER), {"component": {"name": "ChargingStation"}}],
    }


async def test_there_may_be_no_monitors(monitors: Monitoring, station: Station, peer: Peer) -> None:
    station.watch.monitors[1] = Monitor(POWER, "Delta", 1, 4, 1)
    peer.answers["GetMonitoringReport"] = {"status": "EmptyResultSet"}
    assert await monitors.monitors() == []
    assert station.watch.monitors == {}


@pytest.mark.parametrize("word", ["Rejected", "NotSupported"])
async def test_a_report_may_be_refused(monitors: Monitoring, station: Station, peer: Peer, word: str) -> None:
    station.watch.monitors[1] = Monitor(POWER, "Delta", 1, 4, 1)
    peer.answers["GetMonitoringReport"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await monitors.monitors(["ThresholdMonitoring"])
    assert station.watch.monitors


async def test_useful_monitors_are_set_without_being_asked_for(equipped: Station, peer: Peer) -> None:
    await useful_monitors(equipped)
    assert peer.actions() == ["GetMonitoringReport", "SetVariableMonitoring"]
    (request,) = peer.told("SetVariableMonitoring")
    asked = [(data["variable"]["name"], data["type"], data["severity"]) for data in request["setMonitoringData"]]
    assert asked == [("Problem", "Delta", 4), ("Temperature", "Delta", 8)]
    assert len(equipped.watch.monitors) == 2


@pytest.mark.parametrize("answer", ["Accepted", "NotSupported"])
async def test_a_station_that_was_silenced_tells_again(equipped: Station, peer: Peer, answer: str) -> None:
    """N03.FR.03."""
    equipped.variables.put(Variable(VariableKey("MonitoringCtrlr", "ActiveMonitoringBase"), "HardwiredOnly"))
    peer.answers["SetMonitoringBase"] = {"status": answer}
    await useful_monitors(equipped)
    assert peer.asked[0] == ("SetMonitoringBase", {"monitoringBase": "All"})
    assert peer.actions()[1:] == ["GetMonitoringReport", "SetVariableMonitoring"]


async def test_a_useful_monitor_that_is_there_is_left_as_it_is(equipped: Station, peer: Peer) -> None:
    serve(peer, equipped, monitoring.REQUESTS)
    peer.answers["GetMonitoringReport"] = {"status": "Accepted"}
    async with TaskGroup() as group:
        group.create_task(useful_monitors(equipped))
        while not peer.asked:
            await sleep(0)
        await report(peer, listed(PROBLEM, 1), listed(HOT, 2))
    assert "SetVariableMonitoring" not in peer.actions()


@pytest.mark.parametrize("answer", [{"status": "NotSupported"}, Rejection("NotImplemented")])
async def test_a_station_that_reports_no_monitors_has_those_it_was_given(
    equipped: Station, peer: Peer, answer: Payload
) -> None:
    peer.answers["GetMonitoringReport"] = answer
    await useful_monitors(equipped)
    await useful_monitors(equipped)
    assert peer.actions().count("SetVariableMonitoring") == 1


async def test_a_refused_monitor_is_not_asked_for_again_until_the_firmware_changes(
    equipped: Station, peer: Peer
) -> None:
    accepting(peer, Temperature="UnsupportedMonitorType", Problem="Rejected")
    equipped.identify(Identity(firmware="1.0"))
    await useful_monitors(equipped)
    await useful_monitors(equipped)
    assert peer.actions().count("SetVariableMonitoring") == 1
    equipped.identify(Identity(firmware="1.1"))
    await useful_monitors(equipped)
    assert peer.actions().count("SetVariableMonitoring") == 2


async def test_a_monitor_is_set_so_severe_that_it_is_told(equipped: Station, peer: Peer) -> None:
    """N05.FR.03: only monitors with a severity number not above the level are reported."""
    equipped.variables.put(Variable(VariableKey("MonitoringCtrlr", "ActiveMonitoringLevel"), "5"))
    await useful_monitors(equipped)
    (request,) = peer.told("SetVariableMonitoring")
    assert [data["severity"] for data in request["setMonitoringData"]] == [4, 5]


@pytest.mark.parametrize("name", ["Available", "Enabled"])
async def test_a_station_without_monitoring_is_left_alone(equipped: Station, peer: Peer, name: str) -> None:
    equipped.variables.put(Variable(VariableKey("MonitoringCtrlr", name), "false"))
    await useful_monitors(equipped)
    assert peer.asked == []


async def test_a_station_that_cannot_be_monitored_is_left_alone(equipped: Station, peer: Peer) -> None:
    equipped.require().monitoring = None
    await useful_monitors(equipped)
    assert peer.asked == []


async def test_a_station_is_not_given_endless_monitors(equipped: Station, peer: Peer) -> None:
    for number in range(60):
        equipped.variables.put(Variable(VariableKey("EVSE", "Problem", number + 1), "false"))
    await useful_monitors(equipped)
    asked = [len(request["setMonitoringData"]) for request in peer.told("SetVariableMonitoring")]
    assert sum(asked) == monitoring.MOST


def limit(station: Station, action: str, value: str) -> None:
    station.variables.put(Variable(VariableKey("MonitoringCtrlr", "ItemsPerMessage", instance=action), value))


async def test_endless_monitors_are_not_all_remembered(station: Station) -> None:
    for number in range(MONITORS):
        station.watch.note(Monitor(POWER, "Delta", 1, 4, number))
    part = {"requestId": 1, "seqNo": 0, "monitor": [listed(HOT, 5), listed(HOT, MONITORS), listed(HOT, MONITORS + 1)]}
    assert notify_monitoring_report(station, part, datetime.now(UTC)) == {}
    assert len(station.watch.monitors) == MONITORS
    assert station.watch.monitors[5].key == HOT
    assert station.counters == {"too many monitors": 2, "report nobody asked for": 1}


async def test_of_a_report_of_endless_monitors_the_first_are_remembered(station: Station, peer: Peer) -> None:
    all_of_it = listed(POWER, 0)
    one = all_of_it["variableMonitoring"][0] | {"eventNotificationType": "CustomMonitor"}
    all_of_it["variableMonitoring"] = [one | {"id": number} for number in range(MONITORS + 1)]
    await reported(station, peer, all_of_it)
    assert list(station.watch.monitors) == list(range(MONITORS))
