"""Configuration keys: read in portions, written with every answer word, secrets never kept."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Write
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1 import boot
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from tests.csms.peer import Payload, Peer

HEARTBEAT = {"key": "HeartbeatInterval", "readonly": False, "value": "300"}
CONNECTORS = {"key": "NumberOfConnectors", "readonly": True, "value": "1"}


@pytest.fixture
def keys(station: Station, call: Caller) -> Configuration:
    return Configuration(station, call)


def reported(*entries: Payload, unknown: tuple[str, ...] = ()) -> Payload:
    return {"configurationKey": list(entries)} | ({"unknownKey": list(unknown)} if unknown else {})


async def test_019_1_all_keys_are_read(keys: Configuration, station: Station, peer: Peer) -> None:
    peer.answers["GetConfiguration"] = reported(HEARTBEAT, CONNECTORS)
    told: list[object] = []
    station.subscribe(told.append)
    read = await keys.read()
    assert peer.asked == [("GetConfiguration", {})]
    assert read == [
        Variable(VariableKey("", "HeartbeatInterval"), "300"),
        Variable(VariableKey("", "NumberOfConnectors"), "1", readonly=True),
    ]
    assert station.variables.number("heartbeatinterval") == 300
    assert told == [station]
    await keys.read()
    assert told == [station]  # nothing new


async def test_019_2_specific_keys_are_read_and_unknown_ones_noted(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = reported(HEARTBEAT, unknown=("Colour",))
    read = await keys.read(["HEARTBEATINTERVAL", "Colour", "Forgotten"])
    assert peer.asked == [("GetConfiguration", {"key": ["HEARTBEATINTERVAL", "Colour", "Forgotten"]})]
    assert [variable.key.name for variable in read] == ["HeartbeatInterval"]
    assert station.variables.unknown == {VariableKey("", "colour").fold, VariableKey("", "forgotten").fold}


async def test_no_more_keys_are_asked_for_at_once_than_the_station_allows(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = reported()
    station.variables.put(Variable(VariableKey("", "GetConfigurationMaxKeys"), "2"))
    await keys.read(["a", "b", "c"])
    assert [payload["key"] for payload in peer.told("GetConfiguration")] == [["a", "b"], ["c"]]


async def test_keys_are_asked_for_in_safe_portions_while_the_maximum_is_not_known(
    keys: Configuration, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = reported()
    await keys.read([f"key{number}" for number in range(45)])
    assert [len(payload["key"]) for payload in peer.told("GetConfiguration")] == [20, 20, 5]


async def test_a_station_that_unknown_keys_crash_is_asked_for_all_of_them(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    station.identify(Identity(vendor="United Chargers", model="Grizzl-E"))
    peer.answers["GetConfiguration"] = reported(HEARTBEAT, CONNECTORS)
    read = await keys.read(["HeartbeatInterval", "Colour"])
    assert peer.asked == [("GetConfiguration", {})]
    assert [variable.key.name for variable in read] == ["HeartbeatInterval"]


async def test_odd_entries_are_passed_over(keys: Configuration, station: Station, peer: Peer) -> None:
    peer.answers["GetConfiguration"] = {
        "configurationKey": [{"key": "", "readonly": True}, {"key": "Empty", "readonly": False}]
    }
    read = await keys.read()
    assert read == [Variable(VariableKey("", "Empty"), None)]


async def test_a_password_that_a_station_tells_is_not_kept(keys: Configuration, station: Station, peer: Peer) -> None:
    peer.answers["GetConfiguration"] = reported({"key": "authorizationkey", "readonly": False, "value": "s3cret"})
    assert (await keys.read())[0].value is None
    assert station.variables.text("AuthorizationKey") is None


async def test_021_a_key_is_written(keys: Configuration, station: Station, peer: Peer) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    done = await keys.write("HeartbeatInterval", "60")
    assert peer.asked == [("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"})]
    assert done == Write(Variable(VariableKey("", "HeartbeatInterval"), "60"))
    assert station.variables.number("HeartbeatInterval") == 60


async def test_a_key_is_written_as_the_station_spells_it(keys: Configuration, station: Station, peer: Peer) -> None:
    station.variables.put(Variable(VariableKey("", "heartbeatinterval"), "300"))
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    await keys.write("HeartbeatInterval", "60")
    assert peer.told("ChangeConfiguration") == [{"key": "heartbeatinterval", "value": "60"}]


async def test_what_waits_for_a_reboot_is_said_and_over_after_it(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "RebootRequired"}
    station.variables.put(Variable(VariableKey("", "HeartbeatInterval"), "300"))
    done = await keys.write("VendorLedColour", "red")
    assert done.reboot_required
    assert station.variables.get("VendorLedColour") == Variable(
        VariableKey("", "VendorLedColour"), "red", reboot_required=True
    )
    assert ("reboot_required", 0) in station.notices
    boot.boot_notification(station, {"chargePointVendor": "V", "chargePointModel": "M"}, datetime.now(UTC))
    assert station.notices == {}
    assert station.variables.get("VendorLedColour") == Variable(VariableKey("", "VendorLedColour"), "red")


async def test_040_1_a_key_that_is_not_supported_is_forgotten(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    station.variables.put(Variable(VariableKey("", "Colour"), "red"))
    peer.answers["ChangeConfiguration"] = {"status": "NotSupported"}
    with pytest.raises(Unsupported, match="NotSupported: Colour"):
        await keys.write("Colour", "blue")
    assert station.variables.unknown == {VariableKey("", "colour").fold}
    assert station.variables.get("Colour") is None


async def test_040_2_an_invalid_value_is_refused_and_the_old_one_stays(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    station.variables.put(Variable(VariableKey("", "HeartbeatInterval"), "300"))
    peer.answers["ChangeConfiguration"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await keys.write("HeartbeatInterval", "-1")
    assert station.variables.number("HeartbeatInterval") == 300


async def test_a_key_known_to_be_fixed_is_refused_without_asking(
    keys: Configuration, station: Station, peer: Peer
) -> None:
    station.variables.put(Variable(VariableKey("", "NumberOfConnectors"), "1", readonly=True))
    with pytest.raises(Refused, match="NumberOfConnectors is read-only"):
        await keys.write("numberofconnectors", "2")
    assert peer.asked == []


async def test_073_a_password_is_written_and_not_kept(keys: Configuration, station: Station, peer: Peer) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    done = await keys.write("AuthorizationKey", "0123456789abcdef")
    assert peer.told("ChangeConfiguration") == [{"key": "AuthorizationKey", "value": "0123456789abcdef"}]
    assert done == Write(Variable(VariableKey("", "AuthorizationKey"), None))
    assert station.variables.get("AuthorizationKey") is None


@pytest.mark.parametrize("password", ["fifteen letters", "x" * 41])
async def test_a_password_of_a_wrong_length_is_not_sent(keys: Configuration, peer: Peer, password: str) -> None:
    with pytest.raises(Invalid, match="16 to 40 characters"):
        await keys.write("AuthorizationKey", password)
    assert peer.asked == []


async def test_083_the_security_profile_is_a_key_like_others(keys: Configuration, peer: Peer) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    await keys.write("SecurityProfile", "2")
    assert peer.told("ChangeConfiguration") == [{"key": "SecurityProfile", "value": "2"}]
