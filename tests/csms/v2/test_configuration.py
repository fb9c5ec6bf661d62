"""Variables are read and written in as few messages as a station allows (OCPP 2.0.1 ed. 3 - B05 to B08)."""

import asyncio
import json
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Write
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.variables import REQUESTS
from tests.csms.peer import Peer, Rejection
from tests.csms.v2.served import serve

INTERVAL = VariableKey("OCPPCommCtrlr", "HeartbeatInterval")


class Model:
    """The device model of a peer; what it answers to a write is told by `say`."""

    def __init__(self, peer: Peer, **values: str) -> None:
        self.values, self.say, self.peer = values, "Accepted", peer
        peer.answers |= {"GetVariables": self.get, "SetVariables": self.set}

    def get(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"getVariableResult": [self._got(asked) for asked in payload["getVariableData"]]}

    def _got(self, asked: dict[str, Any]) -> dict[str, Any]:
        value = self.values.get(asked["variable"]["name"])
        status = {"attributeStatus": "UnknownVariable" if value is None else "Accepted"}
        return {**asked, **status, **({} if value is None else {"attributeValue": value})}

    def set(self, payload: dict[str, Any]) -> dict[str, Any]:
        results = []
        for asked in payload["setVariableData"]:
            named = {part: asked[part] for part in ("component", "variable")}
            results.append({**named, "attributeStatus": self.say})
        return {"setVariableResult": results}


@pytest.fixture
def configuration(station: Station, call: Caller) -> Configuration:
    return Configuration(station, call)


@pytest.fixture
def model(peer: Peer) -> Model:
    return Model(peer, HeartbeatInterval="60", Interval="5", BasicAuthPassword="x")


def limit(station: Station, action: str, items: int) -> None:
    key = VariableKey("DeviceDataCtrlr", "ItemsPerMessage", instance=action)
    station.variables.put(Variable(key, str(items)))


async def test_variables_are_read_into_the_model(station: Station, configuration: Configuration, model: Model) -> None:
    traits = Traits("integer")
    station.variables.put(Variable(INTERVAL, "1", readonly=True, traits=traits))
    [found] = await configuration.read(["OCPPCommCtrlr.HeartbeatInterval", "A.Nothing"])
    assert found == Variable(INTERVAL, "60", readonly=True, traits=traits)
    assert station.variables.known[INTERVAL.fold] is found
    assert VariableKey("A", "Nothing").fold in station.variables.unknown
    [password] = await configuration.read(["SecurityCtrlr.BasicAuthPassword"])
    assert password.value is None


async def test_no_more_is_asked_at_once_than_the_station_takes(
    station: Station, configuration: Configuration, model: Model, peer: Peer
) -> None:
    """B05.FR.11, B05.FR.13, B06.FR.05."""
    limit(station, "GetVariables", 2)
    limit(station, "SetVariables", 1)
    assert len(await configuration.read([f"C{number}.Interval" for number in (1, 2, 3, 3)])) == 3
    assert [len(told["getVariableData"]) for told in peer.told("GetVariables")] == [2, 1]
    assert len(await configuration.write_all({"A.Interval": "1", "a.interval": "2", "B.Interval": "3"})) == 2
    assert [len(told["setVariableData"]) for told in peer.told("SetVariables")] == [1, 1]


async def test_a_variable_is_written(station: Station, configuration: Configuration, model: Model, peer: Peer) -> None:
    station.variables.put(Variable(INTERVAL, "60"))
    assert await configuration.write("ocppcommctrlr.heartbeatinterval", "77") == Write(Variable(INTERVAL, "77"))
    assert station.variables.text("HeartbeatInterval", "OCPPCommCtrlr") == "77"
    [asked] = peer.told("SetVariables")
    data = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}, "attributeValue": "77"}
    assert asked["setVariableData"] == [data]


async def test_a_write_may_wait_for_a_reboot(station: Station, configuration: Configuration, model: Model) -> None:
    model.say = "RebootRequired"
    assert (await configuration.write("A.Interval", "5")).reboot_required
    assert station.notices["reboot_required", 0].data == {"key": "A.Interval"}
    known = station.variables.get("Interval", "A")
    assert known is not None
    assert known.reboot_required


@pytest.mark.parametrize(
    ("status", "error", "missing"),
    [
        ("Rejected", Refused, False),
        ("UnknownVariable", Unsupported, True),
        ("UnknownComponent", Unsupported, True),
        ("NotSupportedAttributeType", Unsupported, False),
    ],
)
async def test_what_is_not_taken_is_an_error(
    station: Station, configuration: Configuration, model: Model, status: str, error: type[Exception], missing: bool
) -> None:
    model.say = status
    with pytest.raises(error):
        await configuration.write("A.Interval", "5")
    assert (VariableKey("A", "Interval").fold in station.variables.unknown) is missing


async def test_a_refusal_is_told_in_the_words_of_the_station(configuration: Configuration, peer: Peer) -> None:
    named = {"component": {"name": "A"}, "variable": {"name": "Interval"}}
    info = {"reasonCode": "TooHigh", "additionalInfo": "at most 5"}
    result = {**named, "attributeStatus": "Rejected", "attributeStatusInfo": info}
    peer.answers["SetVariables"] = {"setVariableResult": [result]}
    with pytest.raises(Refused, match="Rejected: TooHigh at most 5"):
        await configuration.write("A.Interval", "50")


async def test_a_variable_the_station_does_not_speak_of_is_refused(configuration: Configuration, peer: Peer) -> None:
    other = {"component": {"name": "B"}, "variable": {"name": "Other"}, "attributeStatus": "Accepted"}
    peer.answers["SetVariables"] = {"setVariableResult": [other]}
    with pytest.raises(Refused, match="no result"):
        await configuration.write("A.Interval", "50")


async def test_what_is_fixed_or_no_password_is_not_even_asked(
    station: Station, configuration: Configuration, model: Model, peer: Peer
) -> None:
    station.variables.put(Variable(INTERVAL, "60", readonly=True))
    with pytest.raises(Refused, match="read-only"):
        await configuration.write(INTERVAL.path, "77")
    with pytest.raises(Invalid):
        await configuration.write("SecurityCtrlr.BasicAuthPassword", "short")
    assert peer.asked == []
    await configuration.write("SecurityCtrlr.BasicAuthPassword", "long-enough-for-them")
    assert station.variables.text("BasicAuthPassword", "SecurityCtrlr") is None


async def test_a_connection_in_use_is_not_written(
    station: Station, configuration: Configuration, model: Model, peer: Peer
) -> None:
    """OCPP 2.1 ed. 1 - B09.FR.21."""
    station.variables.put(Variable(VariableKey("OCPPCommCtrlr", "NetworkConfigurationPriority"), "1,3"))
    for slot in (1, 3):
        with pytest.raises(Refused, match=r"B09\.FR\.21"):
            await configuration.write(f"NetworkConfiguration[{slot}].OcppCsmsUrl", "wss://new.example")
    assert peer.asked == []
    await configuration.write("NetworkConfiguration[2].OcppCsmsUrl", "wss://new.example")
    [asked] = peer.told("SetVariables")
    assert asked["setVariableData"][0]["component"] == {"name": "NetworkConfiguration", "instance": "2"}


@pytest.mark.parametrize(
    ("name", "network"), [("Apn", "Apn"), ("SimPin", "Apn"), ("VpnServer", "Vpn"), ("OcppCsmsUrl", None)]
)
async def test_a_mobile_or_private_network_is_switched_on_with_its_variables(
    configuration: Configuration, model: Model, peer: Peer, name: str, network: str | None
) -> None:
    """B09.FR.29."""
    assert len(await configuration.write_all({f"NetworkConfiguration[2].{name}": "x"})) == 1
    [asked] = peer.told("SetVariables")
    written = [(data["variable"]["name"], data["attributeValue"]) for data in asked["setVariableData"]]
    assert written == [(name, "x"), *([(f"{network}Enabled", "true")] if network else [])]
    assert {str(data["component"]) for data in asked["setVariableData"]} == {
        str({"name": "NetworkConfiguration", "instance": "2"})
    }


async def test_a_network_may_be_switched_off(configuration: Configuration, model: Model, peer: Peer) -> None:
    await configuration.write_all({"NetworkConfiguration[2].Apn": "x", "NetworkConfiguration[2].ApnEnabled": "false"})
    [asked] = peer.told("SetVariables")
    assert [data["attributeValue"] for data in asked["setVariableData"]] == ["x", "false"]


# --- reports --------------------------------------------------------------------------------------------------------


def reporting(peer: Peer, refused: tuple[str, ...] = ()) -> None:
    """Let a peer answer for a report and tell it in one part."""

    def report(payload: dict[str, Any]) -> dict[str, Any] | Rejection:
        if payload.get("reportBase") in refused:
            return {"status": "NotSupported"}
        key = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
        told = {**key, "variableAttribute": [{"value": "60"}]}
        head = {"requestId": payload["requestId"], "generatedAt": "2026-06-01T12:00:00Z", "seqNo": 0}
        frame = [2, "report", "NotifyReport", {**head, "reportData": [told]}]
        asyncio.get_running_loop().call_soon(peer.session.received, json.dumps(frame).encode())
        return {"status": "Accepted"}

    peer.answers |= {"GetBaseReport": report, "GetReport": report}


@pytest.mark.parametrize("refused", [(), ("FullInventory",)])
async def test_all_variables_come_as_a_report(
    station: Station, configuration: Configuration, peer: Peer, refused: tuple[str, ...]
) -> None:
    serve(peer, station, REQUESTS)
    reporting(peer, refused)
    [found] = await configuration.read()
    assert (found.key, found.value) == (INTERVAL, "60")
    bases = ["FullInventory", "ConfigurationInventory"][: 1 + len(refused)]
    assert [asked["reportBase"] for asked in peer.told("GetBaseReport")] == bases


async def test_a_station_without_reports_says_so(configuration: Configuration, peer: Peer) -> None:
    peer.answers["GetBaseReport"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await configuration.read()


async def test_a_custom_report_is_asked_for(station: Station, configuration: Configuration, peer: Peer) -> None:
    serve(peer, station, REQUESTS)
    reporting(peer)
    await configuration.report(["Problem"], ["EVSE.Power@1"])
    [asked] = peer.told("GetReport")
    assert asked["componentCriteria"] == ["Problem"]
    component = {"name": "EVSE", "evse": {"id": 1}}
    assert asked["componentVariable"] == [{"component": component, "variable": {"name": "Power"}}]
    peer.answers["GetReport"] = {"status": "EmptyResultSet"}
    await configuration.report()


async def test_a_custom_report_of_much_is_asked_for_in_parts(
    station: Station, configuration: Configuration, peer: Peer
) -> None:
    """B08.FR.06."""
    serve(peer, station, REQUESTS)
    reporting(peer)
    limit(station, "GetReport", 2)
    await configuration.report(["Problem"], [f"EVSE.Power@{number}" for number in (1, 2, 3)])
    asked = peer.told("GetReport")
    assert [len(request["componentVariable"]) for request in asked] == [2, 1]
    assert [request["componentCriteria"] for request in asked] == [["Problem"]] * 2
