"""OCPP 1.6 over one connection: who answers what, and what can be done."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1.dialect import REQUESTS, Dialect
from custom_components.ocpp_home.csms.wire import schema
from tests.csms.peer import Peer, Rejection
from tests.csms.stage import AT_ONCE, Serve, until

BOOT = {"chargePointVendor": "ACME", "chargePointModel": "Two"}
START = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": "2026-06-01T12:00:00Z"}
SENT_BY_STATIONS = {
    *("Authorize", "BootNotification", "DataTransfer", "DiagnosticsStatusNotification", "FirmwareStatusNotification"),
    *("Heartbeat", "MeterValues", "StartTransaction", "StatusNotification", "StopTransaction"),
    *("LogStatusNotification", "SecurityEventNotification", "SignCertificate", "SignedFirmwareStatusNotification"),
}


@pytest.fixture
def serve(station: Station, peer: Peer) -> Serve[Dialect]:
    return Serve(Dialect, station, peer)


def test_every_message_of_a_station_is_answered_and_no_other() -> None:
    assert set(REQUESTS) == SENT_BY_STATIONS


async def test_a_station_that_says_nothing_of_its_features_is_offered_all(serve: Serve[Dialect]) -> None:
    commands = serve().commands
    blocks = (commands.charging, commands.trigger, commands.local_list, commands.reservations)
    assert None not in (*blocks, commands.firmware, commands.diagnostics, commands.security)


async def test_a_station_is_offered_what_it_says_it_can_do(serve: Serve[Dialect], station: Station) -> None:
    station.keep("features", ["Core", "Smart Charging", "Local-Auth-List-Management"])
    commands = serve().commands
    assert commands.charging is not None
    assert commands.local_list is not None
    assert (commands.trigger, commands.reservations, commands.firmware, commands.diagnostics) == (None,) * 4


@pytest.mark.parametrize(
    ("features", "unsupported", "asked"),
    [
        ([], set(), ("TriggerMessage", {"requestedMessage": "Heartbeat"})),
        (["Core"], set(), ("GetConfiguration", {"key": ["HeartbeatInterval"]})),
        ([], {"TriggerMessage"}, ("GetConfiguration", {"key": ["HeartbeatInterval"]})),
    ],
)
async def test_a_silent_station_is_made_to_say_something(
    serve: Serve[Dialect], station: Station, peer: Peer, features: list[str], unsupported: set[str], asked: Any
) -> None:
    station.keep("features", features or None)
    dialect = serve()
    dialect.commands.unsupported |= unsupported
    peer.answers = {"TriggerMessage": Rejection("GenericError"), "GetConfiguration": {}}
    await dialect.probe()
    assert peer.asked == [asked]


async def test_a_station_that_does_not_boot_is_set_up_after_a_while(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = {"configurationKey": []}
    serve(AT_ONCE)
    await until(lambda: station.evses)
    assert peer.actions()[0] == "GetConfiguration"


async def test_what_is_read_decides_what_is_offered(serve: Serve[Dialect], station: Station, peer: Peer) -> None:
    features = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,RemoteTrigger"}
    peer.answers["GetConfiguration"] = {"configurationKey": [features]}
    dialect = serve(AT_ONCE)
    await until(lambda: dialect.commands.charging is None)
    assert dialect.commands.trigger is not None


async def test_a_limit_follows_into_the_transaction_after_its_number_is_known(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    peer.answers |= {"SetChargingProfile": {"status": "Accepted"}, "ClearChargingProfile": {"status": "Accepted"}}
    serve(Pauses(silence=60, settle=60, answer=0.01))
    station.evse(1).limits.wish("user", 10)
    [_, _, answer] = await peer.says("StartTransaction", START)
    assert peer.asked == []
    await until(lambda: peer.told("SetChargingProfile"))
    profile = peer.told("SetChargingProfile")[0]["csChargingProfiles"]
    assert (profile["chargingProfilePurpose"], profile["transactionId"]) == ("TxProfile", answer["transactionId"])


def test_every_action_of_1_6_is_known_to_the_schemas() -> None:
    assert all(schema.known("1.6", action) for action in SENT_BY_STATIONS)
