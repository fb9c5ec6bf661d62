"""OCPP 2.0.1 and 2.1 over one connection: who answers what, and what can be done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2.dialect import REQUESTS, Dialect
from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.frame import Version
from tests.csms.peer import Peer
from tests.csms.stage import AT_ONCE, NEVER, Serve, until

BOOT = {"chargingStation": {"vendorName": "ACME", "model": "Two"}, "reason": "PowerUp"}


@pytest.fixture
def serve(station: Station, peer: Peer) -> Serve[Dialect]:
    return Serve(Dialect, station, peer)


def test_every_handler_answers_a_message_there_is() -> None:
    assert {action for action in REQUESTS if not schema.known("2.1", action)} == set()


async def test_a_station_is_served_before_it_boots(serve: Serve[Dialect], station: Station, peer: Peer) -> None:
    serve()
    assert (await peer.says("Heartbeat", {}))[0] == 3
    assert (station.version, station.connected) == ("2.1", True)


class Early(Dialect):
    """A dialect that accepts no boot but the second."""

    answers = iter(("Pending", "Accepted"))
    REQUESTS = {  # noqa: RUF012 - read only
        **REQUESTS,
        "BootNotification": lambda station, payload, now: {
            "status": next(Early.answers),
            "currentTime": "2026-06-01T12:00:00Z",
            "interval": 30,
        },
    }


async def test_until_its_boot_is_accepted_a_station_says_nothing_else(station: Station, peer: Peer) -> None:
    """B01.FR.10, B02.FR.09, B03.FR.07."""
    peer.session.serve(Early(station, peer.session, NEVER))
    assert (await peer.says("BootNotification", BOOT))[2]["status"] == "Pending"
    [kind, _, code, *_] = await peer.says("Heartbeat", {})
    assert (kind, code) == (4, "SecurityError")
    part = {"requestId": 1, "generatedAt": "2026-06-01T12:00:00Z", "seqNo": 0}
    assert (await peer.says("NotifyReport", part))[0] == 3
    assert (await peer.says("BootNotification", BOOT))[2]["status"] == "Accepted"
    assert (await peer.says("Heartbeat", {}))[0] == 3


async def test_a_station_that_waits_tells_what_it_is_asked_for(station: Station, peer: Peer) -> None:
    """B02.FR.09: "or a message triggered by ... TriggerMessageRequest"."""
    station.settings.hold_back = True
    dialect = Dialect(station, peer.session, NEVER)
    peer.session.serve(dialect)
    assert (await peer.says("BootNotification", BOOT))[2]["status"] == "Pending"
    assert dialect.commands.trigger is not None
    assert (await peer.says("Heartbeat", {}))[0] == 4
    peer.answers["TriggerMessage"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await dialect.commands.trigger.trigger("Heartbeat")
    assert (await peer.says("Heartbeat", {}))[0] == 4
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    await dialect.commands.trigger.trigger("Heartbeat")
    assert (await peer.says("Heartbeat", {}))[0] == 3


async def test_what_belongs_to_a_transaction_is_never_refused_for_its_form(serve: Serve[Dialect], peer: Peer) -> None:
    serve()
    assert (await peer.says("TransactionEvent", {"seqNo": 0}, odd=True))[0] == 3
    assert (await peer.says("MeterValues", {}, odd=True))[0] == 3
    assert (await peer.says("Authorize", {}, odd=True))[0] == 4


async def test_a_station_that_speaks_1_6_here_is_sent_away_and_remembered(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    serve()
    boot = {"chargePointVendor": "FoxESS", "chargePointModel": "A"}
    peer.session.received(b'[2,"b","BootNotification",' + str(boot).replace("'", '"').encode() + b"]")
    await until(lambda: peer.closed_with)
    assert station.ledger.recall("CP1", "versions") == ["1.6"]
    assert not station.connected


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_station_is_offered_what_its_version_has(serve: Serve[Dialect], version: Version) -> None:
    peer = Peer(version=version)
    commands = serve(over=peer).commands
    peer.session.ended()
    assert commands.charging is not None
    assert commands.monitoring is not None
    assert commands.trigger is not None
    assert commands.profiles is commands.charging
    assert (commands.priority is not None) is (version == "2.1")
    assert commands.costs is not None
    only_new = commands.custom_trigger, commands.dynamic, commands.tariffs, commands.grid, commands.payments
    assert [block is not None for block in only_new] == [version == "2.1"] * 5


async def test_a_block_that_is_switched_off_is_not_offered(serve: Serve[Dialect], station: Station) -> None:
    station.variables.put(Variable(VariableKey("SmartChargingCtrlr", "Available"), "true"))
    station.variables.put(Variable(VariableKey("SmartChargingCtrlr", "Enabled"), "false"))
    station.variables.put(Variable(VariableKey("MonitoringCtrlr", "Available"), "false"))
    dialect = serve()
    assert (dialect.commands.charging, dialect.commands.monitoring) == (None, None)


async def test_a_station_is_set_up(serve: Serve[Dialect], station: Station, peer: Peer) -> None:
    peer.answers["GetBaseReport"] = {"status": "EmptyResultSet"}
    serve(AT_ONCE)
    await until(lambda: station.evses)
    assert peer.actions()[0] == "GetBaseReport"


async def test_a_silent_station_is_made_to_say_something(serve: Serve[Dialect], peer: Peer) -> None:
    await serve().probe()
    assert peer.asked == [("TriggerMessage", {"requestedMessage": "Heartbeat"})]


async def test_a_limit_follows_into_the_transaction(
    serve: Serve[Dialect], station: Station, peer: Peer, tmp_path: Path
) -> None:
    peer.answers |= {"SetChargingProfile": {"status": "Accepted"}, "ClearChargingProfile": {"status": "Accepted"}}
    serve(Pauses(silence=60, settle=60, answer=0))
    station.evse(1).limits.wish("user", 10)
    event = {
        "eventType": "Started",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "t1"},
        "evse": {"id": 1},
    }
    assert (await peer.says("TransactionEvent", event))[2] == {}
    await until(lambda: peer.told("SetChargingProfile"))
    assert peer.told("SetChargingProfile")[0]["chargingProfile"]["transactionId"] == "t1"
