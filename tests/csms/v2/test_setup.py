"""The set-up: read first, write what differs, ask what is not known (OCPP 2.0.1 ed. 3 - B07, B05, F06, E14)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.evse import Connector, Status
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.monitoring import Monitoring
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.setup import WIDE, SetUp
from custom_components.ocpp_home.csms.v2.trigger import Trigger
from tests.csms.peer import Peer
from tests.csms.stage import NOW

REGISTER = WIDE[0]
RIGHT = {
    "SampledDataCtrlr.TxUpdatedInterval": "30",
    "SampledDataCtrlr.TxStartedMeasurands": REGISTER,
    "SampledDataCtrlr.TxUpdatedMeasurands": ",".join(WIDE),
    "SampledDataCtrlr.TxEndedMeasurands": REGISTER,
    "OCPPCommCtrlr.HeartbeatInterval": "300",
    "OCPPCommCtrlr.WebSocketPingInterval": "60",
    "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "100",
    "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "30",
}


def key(path: str) -> VariableKey:
    component, _, name = path.partition(".")
    name, _, instance = name.partition("[")
    return VariableKey(component, name, instance=instance.removesuffix("]"))


def accept(payload: dict[str, Any]) -> dict[str, Any]:
    [asked] = payload["setVariableData"]
    return {
        "setVariableResult": [
            {"component": asked["component"], "variable": asked["variable"], "attributeStatus": "Accepted"}
        ]
    }


@pytest.fixture
def set_up(station: Station, peer: Peer, call: Caller) -> SetUp:
    """A set-up of a station whose variables have just been read."""
    trigger, configuration = Trigger(station, call), Configuration(station, call)
    station.connect("2.0.1", Commands(Remote(station, call), configuration, trigger=trigger))
    peer.answers |= {
        "SetVariables": accept,
        "TriggerMessage": {"status": "Accepted"},
        "GetTransactionStatus": {"ongoingIndicator": True, "messagesInQueue": False},
        "GetBaseReport": {"status": "EmptyResultSet"},
    }
    for path, value in RIGHT.items():
        station.variables.put(Variable(key(path), value))
    made = SetUp(station, lambda: None, call)
    made.note("read", "2999-01-01T00:00:00+00:00")
    return made


def written(peer: Peer) -> dict[str, str]:
    data = [told["setVariableData"][0] for told in peer.told("SetVariables")]
    return {entry["variable"]["name"]: entry["attributeValue"] for entry in data}


async def test_a_station_that_is_as_wanted_is_only_asked_for_its_status(
    station: Station, peer: Peer, set_up: SetUp
) -> None:
    await set_up.run()
    writes = ["intervals", "measurands", "cards", "master"]
    asks = ["transactions", "statuses", "values", "limits", "monitors"]
    assert set_up.done == ["floor", "read", "evses", "fallback", *writes, *asks]
    place = {"evse": {"id": 1, "connectorId": 1}}
    assert peer.asked == [("TriggerMessage", {"requestedMessage": "StatusNotification", **place})]
    assert station.counters == {}


async def test_what_is_not_known_is_read(station: Station, peer: Peer, set_up: SetUp, call: Caller) -> None:
    set_up.note("read", "2020-01-01T00:00:00+00:00")
    equipped: list[bool] = []
    again = SetUp(station, lambda: equipped.append(True), call)
    await again.read()
    assert [asked["reportBase"] for asked in peer.told("GetBaseReport")] == ["FullInventory"]
    assert equipped == [True]
    await again.read()
    assert len(peer.told("GetBaseReport")) == 1


async def test_the_evses_and_connectors_of_the_device_model_appear(station: Station, set_up: SetUp) -> None:
    station.variables.put(Variable(VariableKey("EVSE", "Available", 2), "true"))
    station.variables.put(Variable(VariableKey("Connector", "Available", 1, 2), "true"))
    station.variables.put(Variable(VariableKey("EVSE", "Available", 999), "true"))
    await set_up.evses()
    assert {number: list(evse.connectors) for number, evse in station.evses.items()} == {1: [1, 2], 2: [1]}


async def test_only_what_differs_is_written(station: Station, peer: Peer, set_up: SetUp) -> None:
    for path, value in {
        "SampledDataCtrlr.TxUpdatedInterval": "600",
        "OCPPCommCtrlr.WebSocketPingInterval": "0",
        "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "3",
    }.items():
        station.variables.put(Variable(key(path), value))
    await set_up.run()
    assert written(peer) == {"TxUpdatedInterval": "30", "WebSocketPingInterval": "60", "MessageAttempts": "100"}


async def test_nothing_is_written_where_the_owner_does_not_want_it(station: Station, peer: Peer, set_up: SetUp) -> None:
    station.variables.put(Variable(key("SampledDataCtrlr.TxUpdatedInterval"), "600"))
    station.settings.configure = False
    await set_up.run()
    assert written(peer) == {}


async def test_only_what_a_station_can_measure_is_asked_of_it(station: Station, peer: Peer, set_up: SetUp) -> None:
    name = key("SampledDataCtrlr.TxUpdatedMeasurands")
    able = Traits("MemberList", values=("Power.Active.Import", REGISTER, "SoC", "Happiness"))
    station.variables.put(Variable(name, "", traits=able))
    station.variables.put(Variable(key("SampledDataCtrlr.TxStartedMeasurands"), ""))
    useless = Traits("MemberList", values=("Happiness",))
    station.variables.put(Variable(key("SampledDataCtrlr.TxEndedMeasurands"), "", traits=useless))
    await set_up.run()
    assert written(peer) == {
        "TxUpdatedMeasurands": f"{REGISTER},Power.Active.Import,SoC",
        "TxStartedMeasurands": REGISTER,
    }


async def test_what_runs_is_asked_for_and_known_statuses_are_not(station: Station, peer: Peer, set_up: SetUp) -> None:
    evse = station.evse(1)
    evse.connectors[2], evse.status = Connector(2), Status.CHARGING
    evse.transaction = station.ledger.start(Opening("CP1", 1, 1, "A", NOW, 0, id="t1"))
    await set_up.run()
    assert peer.asked == [
        ("GetTransactionStatus", {"transactionId": "t1"}),
        ("TriggerMessage", {"requestedMessage": "TransactionEvent", "evse": {"id": 1}}),
    ]


async def test_a_station_is_given_the_monitors_that_make_polling_needless(
    station: Station, peer: Peer, call: Caller, set_up: SetUp
) -> None:
    station.require().monitoring = Monitoring(station, call)
    station.variables.put(Variable(key("ChargingStation.Problem"), "false"))
    peer.answers["GetMonitoringReport"] = {"status": "EmptyResultSet"}
    await set_up.run()
    (request,) = peer.told("SetVariableMonitoring")
    assert [data["variable"] for data in request["setMonitoringData"]] == [{"name": "Problem"}]


async def test_a_station_that_is_held_back_is_written_and_let_in(station: Station, peer: Peer, set_up: SetUp) -> None:
    """B02.FR.01: its boot is asked for again, and nothing that it may not tell yet."""
    station.variables.put(Variable(key("SampledDataCtrlr.TxUpdatedInterval"), "600"))
    station.evse(1)
    station.held_back = 1
    await set_up.run()
    assert set_up.done == ["read", "evses", "intervals", "measurands", "cards", "master", "admit"]
    assert written(peer) == {"TxUpdatedInterval": "30"}
    assert station.prepared
    assert peer.told("TriggerMessage") == [{"requestedMessage": "BootNotification"}]


async def test_a_station_may_decide_about_its_cards_and_no_others_while_nobody_answers(
    station: Station, peer: Peer, set_up: SetUp
) -> None:
    """C13, C14, C16: and it hears which cards stop everything."""
    for path in ("LocalAuthListCtrlr.Enabled", "AuthCtrlr.LocalAuthorizeOffline", "AuthCtrlr.MasterPassGroupId"):
        station.variables.put(Variable(key(path), "false"))
    for path in ("AuthCtrlr.LocalPreAuthorize", "AuthCtrlr.OfflineTxForUnknownIdEnabled"):
        station.variables.put(Variable(key(path), "true"))
    station.settings.policy = Policy(Unknown.REFUSE, master="MASTER")
    await set_up.run()
    on = {"Enabled": "true", "LocalAuthorizeOffline": "true", "MasterPassGroupId": "MASTER"}
    assert written(peer) == on | {"LocalPreAuthorize": "false", "OfflineTxForUnknownIdEnabled": "false"}


async def test_a_station_that_is_given_no_lists_decides_as_it_did(station: Station, peer: Peer, set_up: SetUp) -> None:
    station.variables.put(Variable(key("LocalAuthListCtrlr.Enabled"), "false"))
    station.settings.policy, station.settings.lists = Policy(Unknown.REFUSE), False
    await set_up.run()
    assert written(peer) == {}
    station.settings.policy, station.settings.lists = Policy(), True
    await set_up.run()
    assert written(peer) == {}


async def test_where_no_card_stops_everything_the_station_hears_of_none(
    station: Station, peer: Peer, set_up: SetUp
) -> None:
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), "OLD"))
    station.settings.policy = Policy(Unknown.REFUSE)
    await set_up.run()
    assert written(peer) == {}


async def test_a_group_that_stops_nothing_any_more_is_taken_back(station: Station, peer: Peer, set_up: SetUp) -> None:
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), ""))
    station.settings.policy = Policy(Unknown.REFUSE, master="MASTER")
    await set_up.run()
    station.settings.policy = Policy()
    await set_up.run()
    assert written(peer) == {"MasterPassGroupId": ""}
    await set_up.run()
    assert len(peer.told("SetVariables")) == 2


async def test_a_group_that_a_station_does_not_take_is_none_of_ours(
    station: Station, peer: Peer, set_up: SetUp
) -> None:
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), "", readonly=True))
    station.settings.policy = Policy(Unknown.REFUSE, master="MASTER")
    await set_up.run()
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), "MASTER"))
    station.settings.policy = Policy()
    await set_up.run()
    assert written(peer) == {}


async def test_a_group_that_somebody_else_has_told_the_station_since_is_his(
    station: Station, peer: Peer, set_up: SetUp
) -> None:
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), ""))
    station.settings.policy = Policy(Unknown.REFUSE, master="MASTER")
    await set_up.run()
    station.variables.put(Variable(key("AuthCtrlr.MasterPassGroupId"), "OTHER"))
    station.settings.policy = Policy()
    await set_up.run()
    assert written(peer) == {"MasterPassGroupId": "MASTER"}
