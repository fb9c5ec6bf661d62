"""The set-up: read first, write what differs, ask what is not known, try nothing twice that was refused."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Offline
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v1.charging import Charging
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v1.setup import WIDE, SetUp
from custom_components.ocpp_home.csms.v1.trigger import Trigger
from tests.csms.peer import Answer, Peer, Rejection

MEASURANDS = "MeterValuesSampledData"
RIGHT = {
    "NumberOfConnectors": "2",
    "MeterValueSampleInterval": "30",
    "HeartbeatInterval": "300",
    "WebSocketPingInterval": "60",
    "TransactionMessageAttempts": "100",
    "TransactionMessageRetryInterval": "30",
    MEASURANDS: ",".join(WIDE),
}


class Keys:
    """The configuration of a peer; what it answers to a write is told by `say`."""

    def __init__(self, peer: Peer, **values: str) -> None:
        self.values = RIGHT | values
        self.readonly: set[str] = set()
        self.say: Callable[[str, str], Any] = lambda name, value: "Accepted"
        peer.answers |= {
            "GetConfiguration": self.read,
            "ChangeConfiguration": self.write,
            "TriggerMessage": {"status": "Accepted"},
            "SetChargingProfile": {"status": "Accepted"},
            "ClearChargingProfile": {"status": "Accepted"},
        }

    def read(self, payload: dict[str, Any]) -> dict[str, Any]:
        rows = [{"key": name, "readonly": name in self.readonly, "value": value} for name, value in self.values.items()]
        return {"configurationKey": rows}

    def write(self, payload: dict[str, Any]) -> Answer:
        answer = self.say(payload["key"], payload["value"])
        if answer == "Accepted":
            self.values[payload["key"]] = payload["value"]
        return {"status": answer} if isinstance(answer, str) else answer


@pytest.fixture
def keys(peer: Peer) -> Keys:
    return Keys(peer)


def connect(station: Station, peer: Peer) -> SetUp:
    call = Caller(station, peer.session)
    remote, configuration = Remote(station, call), Configuration(station, call)
    charging = Charging(station, call)
    station.connect("1.6", Commands(remote, configuration, trigger=Trigger(station, call), charging=charging))
    return SetUp(station, lambda: None)


async def run(station: Station, peer: Peer) -> SetUp:
    """Set up once more, as after a reconnect some time later."""
    notes = station.ledger.recall(station.name, "set-up")
    if isinstance(notes, dict):
        station.keep("set-up", {**notes, "read": "2020-01-01T00:00:00+00:00"})
    set_up = connect(station, peer)
    await set_up.run()
    return set_up


def written(peer: Peer) -> dict[str, str]:
    return {payload["key"]: payload["value"] for payload in peer.told("ChangeConfiguration")}


async def test_a_station_that_is_as_wanted_is_only_read(station: Station, peer: Peer, keys: Keys) -> None:
    set_up = await run(station, peer)
    assert set_up.done == [
        "floor",
        "read",
        "evses",
        "fallback",
        "intervals",
        "measurands",
        "cards",
        "statuses",
        "values",
        "limits",
    ]
    assert set(peer.actions()) == {"GetConfiguration", "TriggerMessage"}
    assert list(station.evses) == [1, 2]


async def test_a_station_may_decide_about_its_cards_and_no_others_while_nobody_answers(
    station: Station, peer: Peer, keys: Keys
) -> None:
    """OCPP 1.6 ed. 2 - 3.5: what is on already, in whatever spelling, stays as it is."""
    keys.values |= {"LocalAuthListEnabled": "false", "LocalAuthorizeOffline": "True", "LocalPreAuthorize": "true"}
    keys.values |= {"AllowOfflineTxForUnknownId": "true"}
    station.settings.policy = Policy(Unknown.ASK)
    await run(station, peer)
    switches = {"LocalAuthListEnabled": "true", "LocalPreAuthorize": "false", "AllowOfflineTxForUnknownId": "false"}
    assert written(peer) == switches


@pytest.mark.parametrize(("lists", "policy"), [(False, Policy(Unknown.REFUSE)), (True, Policy())])
async def test_a_station_that_keeps_nobody_out_decides_as_it_did(
    station: Station, peer: Peer, keys: Keys, lists: bool, policy: Policy
) -> None:
    keys.values["LocalAuthListEnabled"] = "false"
    station.settings.lists, station.settings.policy = lists, policy
    await run(station, peer)
    assert written(peer) == {}


async def test_only_what_differs_is_written(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values |= {"MeterValueSampleInterval": "600", "TransactionMessageAttempts": "3", "WebSocketPingInterval": "0"}
    station.settings.sample_interval = 10
    await run(station, peer)
    assert written(peer) == {
        "MeterValueSampleInterval": "10",
        "TransactionMessageAttempts": "100",
        "WebSocketPingInterval": "60",
    }


async def test_a_station_keeps_a_ping_interval_of_its_own_and_more_attempts(
    station: Station, peer: Peer, keys: Keys
) -> None:
    keys.values |= {"WebSocketPingInterval": "20", "TransactionMessageAttempts": "999"}
    await run(station, peer)
    assert written(peer) == {}


async def test_an_owner_who_wants_no_pings_has_none_configured(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values["WebSocketPingInterval"] = "0"
    station.settings.pings = False
    await run(station, peer)
    assert written(peer) == {}


async def test_nothing_is_written_where_the_owner_does_not_want_it(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values |= {"MeterValueSampleInterval": "600", MEASURANDS: ""}
    station.settings.configure = False
    station.settings.safe_limit = 10
    await run(station, peer)
    assert set(peer.actions()) == {"GetConfiguration", "TriggerMessage"}


async def test_what_cannot_be_written_or_is_not_there_is_left_alone(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values["HeartbeatInterval"] = "10"
    keys.readonly = {"HeartbeatInterval"}
    del keys.values["MeterValueSampleInterval"]
    station.identify(Identity(vendor="Fronius"))
    keys.values[MEASURANDS] = ""
    await run(station, peer)
    assert written(peer) == {}


async def test_a_station_that_cannot_measure_so_often_is_not_asked_to(station: Station, peer: Peer, keys: Keys) -> None:
    station.identify(Identity(vendor="Mennekes"))
    await run(station, peer)
    assert written(peer) == {"MeterValueSampleInterval": "60"}


@pytest.mark.parametrize("answer", ["Rejected", "NotSupported", Rejection("InternalError")])
async def test_what_a_firmware_refused_is_not_tried_again_until_there_is_another(
    station: Station, peer: Peer, keys: Keys, answer: object
) -> None:
    keys.values["HeartbeatInterval"] = "10"
    keys.say = lambda name, value: answer
    for _ in range(3):
        station.variables.unknown.clear()
        await run(station, peer)
    assert peer.told("ChangeConfiguration") == [{"key": "HeartbeatInterval", "value": "300"}]
    station.identify(Identity(firmware="2"))
    await run(station, peer)
    assert len(peer.told("ChangeConfiguration")) == 2


async def test_another_wish_of_the_owner_is_tried_all_the_same(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values["HeartbeatInterval"] = "10"
    keys.say = lambda name, value: "Rejected"
    await run(station, peer)
    station.settings.heartbeat_interval = 60
    await run(station, peer)
    assert [told["value"] for told in peer.told("ChangeConfiguration")] == ["300", "60"]


async def test_a_write_that_kills_the_station_is_not_tried_a_third_time(
    station: Station, peer: Peer, keys: Keys
) -> None:
    keys.values["HeartbeatInterval"] = "10"

    def dies(name: str, value: str) -> Answer:
        peer.session.ended()
        return None

    keys.say = dies
    for attempt in range(3):
        fresh = Peer()
        fresh.answers = peer.answers
        peer = fresh
        set_up = connect(station, peer)
        if attempt < 2:
            with pytest.raises(Offline):
                await set_up.run()
            assert set_up.done == ["floor", "read", "evses", "fallback"]
        else:
            await set_up.run()
            assert "ChangeConfiguration" not in peer.actions()
            assert set_up.done[-1] == "limits"
        peer.session.ended()


async def test_what_waits_for_a_reboot_is_told_and_not_written_again(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values["HeartbeatInterval"] = "10"
    keys.say = lambda name, value: "RebootRequired"
    await run(station, peer)
    await connect(station, peer).run()
    assert len(peer.told("ChangeConfiguration")) == 1
    assert ("reboot_required", 0) in station.notices


async def test_a_configuration_that_was_just_read_is_not_read_again(station: Station, peer: Peer, keys: Keys) -> None:
    for _ in range(3):
        await connect(station, peer).run()
    assert peer.actions().count("GetConfiguration") == 1
    await run(station, peer)
    assert peer.actions().count("GetConfiguration") == 2


async def test_a_station_that_dies_of_reading_back_is_read_once(station: Station, peer: Peer, keys: Keys) -> None:
    station.identify(Identity(vendor="ABB"))
    keys.values[MEASURANDS] = "Voltage"
    for _ in range(3):
        await run(station, peer)
    assert peer.actions().count("GetConfiguration") == 1
    minimal = "Current.Import,Current.Offered,Energy.Active.Import.Register,Power.Active.Import,Voltage"
    assert peer.told("ChangeConfiguration") == [{"key": MEASURANDS, "value": minimal}]


async def test_a_list_that_is_refused_is_made_shorter(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values[MEASURANDS] = "Energy.Active.Import.Register"
    keys.say = lambda name, value: "Rejected" if "Current.Offered" in value else "Accepted"
    await run(station, peer)
    lists = [len(told["value"].split(",")) for told in peer.told("ChangeConfiguration")]
    assert lists == [8, 5, 4]
    assert keys.values[MEASURANDS] == ",".join(WIDE[:4])
    await run(station, peer)
    assert len(peer.told("ChangeConfiguration")) == 3


async def test_a_list_is_no_longer_than_the_station_can_hold(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values |= {MEASURANDS: "", f"{MEASURANDS}MaxLength": "2"}
    await run(station, peer)
    assert written(peer) == {MEASURANDS: "Energy.Active.Import.Register,Power.Active.Import"}


async def test_a_station_that_refuses_every_list_keeps_its_own(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values[MEASURANDS] = "SoC"
    keys.say = lambda name, value: "Rejected"
    await run(station, peer)
    assert keys.values[MEASURANDS] == "SoC"


async def test_a_station_that_cannot_be_read_is_used_all_the_same(station: Station, peer: Peer, keys: Keys) -> None:
    peer.answers["GetConfiguration"] = Rejection("InternalError")
    set_up = await run(station, peer)
    assert list(station.evses) == [1]
    assert station.counters["set-up: read"] == 1
    assert (set_up.done[-1], written(peer)) == ("limits", {})


async def test_evses_that_are_known_stay_where_the_station_tells_no_number(
    station: Station, peer: Peer, keys: Keys
) -> None:
    station.evse(3)
    del keys.values["NumberOfConnectors"]
    await run(station, peer)
    assert list(station.evses) == [3]


async def test_no_station_has_thousands_of_connectors(station: Station, peer: Peer, keys: Keys) -> None:
    keys.values["NumberOfConnectors"] = "100000"
    await run(station, peer)
    assert len(station.evses) == 64


async def test_what_the_station_can_do_is_remembered(station: Station, peer: Peer, keys: Keys, ledger: Ledger) -> None:
    keys.values["SupportedFeatureProfiles"] = "Core; 'SmartCharging'"
    equipped: list[bool] = []
    connect(station, peer)
    await SetUp(station, lambda: equipped.append(True)).run()
    assert ledger.recall("CP1", "features") == ["Core", "SmartCharging"]
    assert equipped == [True]


async def test_only_what_is_not_known_is_asked_for(station: Station, peer: Peer, keys: Keys) -> None:
    station.evse(1).status = Status.CHARGING
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "A", datetime.now(UTC), 0))
    await run(station, peer)
    assert peer.told("TriggerMessage") == [
        {"requestedMessage": "StatusNotification", "connectorId": 2},
        {"requestedMessage": "MeterValues", "connectorId": 1},
    ]


async def test_a_station_without_triggers_is_not_triggered(station: Station, peer: Peer, keys: Keys) -> None:
    set_up = connect(station, peer)
    station.require().trigger = None
    await set_up.run()
    assert "TriggerMessage" not in peer.actions()


async def test_wishes_are_applied_once(station: Station, peer: Peer, keys: Keys) -> None:
    station.evse(1).limits.wish("user", 10)
    set_up = await run(station, peer)
    await set_up.limits()
    assert (station.evse(1).limits.confirmed, station.evse(1).limits.known) == (10, True)
    assert len(peer.told("SetChargingProfile")) == 1
    charging = station.require().charging
    assert isinstance(charging, Charging)
    charging.close()
    await asyncio.sleep(0)


async def test_a_limit_that_is_refused_is_told_and_the_next_is_tried(station: Station, peer: Peer, keys: Keys) -> None:
    peer.answers["SetChargingProfile"] = {"status": "Rejected"}
    station.evse(1).limits.wish("user", 10)
    station.evse(2).limits.wish("user", 10)
    set_up = await run(station, peer)
    assert station.counters["set-up: limit"] == 2
    await set_up.limits()
    assert {key for key in station.notices if key[0] == "limit_refused"} == {("limit_refused", 1), ("limit_refused", 2)}
    assert set_up.done[-1] == "limits"


async def test_a_station_without_charging_profiles_is_set_up_too(station: Station, peer: Peer, keys: Keys) -> None:
    set_up = connect(station, peer)
    station.require().charging = None
    station.settings.safe_limit = 10
    station.evse(1).limits.wish("user", 10)
    await set_up.run()
    assert "SetChargingProfile" not in peer.actions()


async def test_a_limit_to_fall_back_to_is_left_with_the_station_once(station: Station, peer: Peer, keys: Keys) -> None:
    station.settings.safe_limit = 10
    await run(station, peer)
    [told] = peer.told("SetChargingProfile")
    assert told["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 10
    await run(station, peer)
    assert len(peer.told("SetChargingProfile")) == 1


async def test_a_station_that_has_started_is_given_its_safe_limit_before_anything_else(
    station: Station, peer: Peer, keys: Keys
) -> None:
    station.settings.safe_limit = 10
    await run(station, peer)
    peer.asked.clear()
    station.booted_at = datetime.now(UTC)
    await run(station, peer)
    assert peer.actions()[0] == "SetChargingProfile"
    assert peer.actions().count("SetChargingProfile") == 1


async def test_a_connection_that_ends_while_limits_are_applied_ends_the_set_up(
    station: Station, peer: Peer, keys: Keys
) -> None:
    def ends(payload: dict[str, Any]) -> None:
        peer.session.ended()

    peer.answers["SetChargingProfile"] = ends
    station.evse(1).limits.wish("user", 10)
    set_up = connect(station, peer)
    with pytest.raises(Offline):
        await set_up.run()
    assert set_up.done[-1] == "values"


async def test_a_station_that_boots_in_a_loop_is_left_in_peace(station: Station, peer: Peer, keys: Keys) -> None:
    now = datetime.now(UTC)
    station.boots = [now - timedelta(minutes=minute) for minute in range(4)]
    set_up = connect(station, peer)
    await set_up.run()
    assert (peer.asked, set_up.done) == ([], [])
