"""A station and its connection: who answers what, when an answer may leave, and what follows from it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
import sqlite3

import orjson
import pytest

from custom_components.ocpp_home.csms.dialogue.connection import STORM, Pauses
from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.trust import Application
from custom_components.ocpp_home.csms.v1.dialect import REQUESTS, Dialect
from tests.csms.peer import Peer, Rejection
from tests.csms.stage import AT_ONCE, NEVER, Serve, oddities, until

BOOT = {"chargePointVendor": "ACME", "chargePointModel": "Two"}
START = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": "2026-06-01T12:00:00Z"}


@pytest.fixture
def serve(station: Station, peer: Peer) -> Serve[Dialect]:
    return Serve(Dialect, station, peer)


@pytest.fixture
async def another() -> AsyncIterator[Peer]:
    """A second connection."""
    another = Peer()
    yield another
    another.session.ended()


async def test_a_message_is_answered_and_the_station_was_seen(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    serve()
    [kind, _, answer] = await peer.says("Heartbeat", {})
    assert kind == 3
    assert answer["currentTime"].endswith("Z")
    assert station.seen_at is not None


async def test_being_seen_wakes_nobody(serve: Serve[Dialect], station: Station, peer: Peer) -> None:
    serve()
    seen: list[object] = []
    station.subscribe(seen.append)
    await peer.says("Heartbeat", {})
    assert seen == []


async def test_what_only_we_may_ask_is_not_supported(serve: Serve[Dialect], peer: Peer) -> None:
    serve()
    [kind, _, code, *_] = await peer.says("ClearCache", {})
    assert (kind, code) == (4, "NotSupported")


async def test_a_fault_of_form_is_refused_with_its_code(serve: Serve[Dialect], station: Station, peer: Peer) -> None:
    serve()
    [kind, _, code, *_] = await peer.says("Authorize", {})
    assert (kind, code) == (4, "ProtocolError")


async def test_who_boots_as_another_than_his_certificate_says_is_sent_away(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    serve()
    station.certified = "4711"
    peer.session.received(b'[2,"b","BootNotification",' + orjson.dumps({**BOOT, "chargePointSerialNumber": "1"}) + b"]")
    await until(lambda: peer.closed_with)
    assert peer.closed_with == (1008, "the certificate belongs to another station")
    assert peer.heard == {}
    assert (station.booted_at, station.connected, station.certified) == (None, False, None)
    assert station.notices["wrong_credentials", 0].data == {"address": "", "reason": "certificate_other"}


async def test_what_belongs_to_a_transaction_is_never_refused_for_its_form(
    serve: Serve[Dialect], station: Station, peer: Peer, ledger: Ledger
) -> None:
    serve()
    [kind, _, answer] = await peer.says("StartTransaction", {"idTag": "CARD", "meterStart": {}})
    assert (kind, answer["idTagInfo"]) == (3, {"status": "Accepted"})
    assert (await peer.says("StopTransaction", {"meterStop": "many"}))[0] == 3
    assert (await peer.says("MeterValues", {}))[0] == 3
    kinds = [kind for kind, _ in await oddities(ledger)]
    assert {"StartTransaction", "StopTransaction", "MeterValues"} <= set(kinds)


async def test_a_start_is_on_the_disk_before_its_answer_leaves(tmp_path: Path, peer: Peer) -> None:
    path = tmp_path / "ledger.db"
    ledger = await Ledger.open(path)
    peer.session.serve(Dialect(Station("CP1", ledger), peer.session, NEVER))
    [_, _, answer] = await peer.says("StartTransaction", START)
    with closing(sqlite3.connect(path)) as other:
        [(number,)] = other.execute("SELECT id FROM transactions").fetchall()
    assert int(number) == answer["transactionId"]
    await ledger.close()


async def test_what_cannot_be_recorded_is_an_error_to_the_station_and_has_not_happened(
    tmp_path: Path, peer: Peer
) -> None:
    path = tmp_path / "ledger.db"
    ledger = await Ledger.open(path, terms=Terms(patience=0.01))
    station = Station("CP1", ledger)
    peer.session.serve(Dialect(station, peer.session, NEVER))
    evse = station.evse(1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        [kind, _, code, *_] = await peer.says("StartTransaction", START)
        assert (kind, code) == (4, "InternalError")
        assert evse.transaction is None
    [kind, _, answer] = await peer.says("StartTransaction", START)
    assert kind == 3
    assert evse.transaction is not None
    assert int(evse.transaction.id) == answer["transactionId"]
    await ledger.close()


async def test_an_answer_nobody_waits_for_any_more_disturbs_nothing(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    dialect = serve()
    station.evse(1)
    REQUESTS["StartTransaction"](station, START, station.connections[0])
    future = dialect.durable()
    assert future is not None
    future.cancel()
    await asyncio.sleep(0.05)
    assert station.notices == {}


async def test_a_connection_makes_a_station_present_and_its_end_absent(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    dialect = serve()
    station.evse(1).limits.confirm(10)
    assert (station.connected, station.version, station.commands) == (True, "1.6", dialect.commands)
    peer.session.ended()
    assert (station.connected, station.evse(1).limits.known) == (False, False)


async def test_the_end_of_an_old_connection_does_not_touch_the_new_one(
    serve: Serve[Dialect], station: Station, peer: Peer, another: Peer
) -> None:
    serve()
    new = serve(over=another)
    peer.session.ended()
    assert (station.connected, station.commands) == (True, new.commands)


async def test_a_boot_is_followed_by_one_set_up_however_often_it_comes(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = {"configurationKey": []}
    serve(Pauses(silence=60, settle=0.02))
    for _ in range(3):
        assert (await peer.says("BootNotification", BOOT))[2]["status"] == "Accepted"
    await until(lambda: station.evses)
    assert peer.actions().count("GetConfiguration") == 1
    assert station.identity.vendor == "ACME"


async def test_changed_settings_are_brought_to_a_station_that_is_connected(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    peer.answers["GetConfiguration"] = {
        "configurationKey": [{"key": "HeartbeatInterval", "value": "1", "readonly": False}]
    }
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    serve(Pauses(silence=60, settle=0, peace=60, answer=60))
    station.settings = replace(station.settings, token="Other")
    station.changed(station)
    await asyncio.sleep(0.01)
    assert peer.asked == []
    station.settings = replace(station.settings, heartbeat_interval=77)
    station.changed(station)
    await until(lambda: {"key": "HeartbeatInterval", "value": "77"} in peer.told("ChangeConfiguration"))
    asked = len(peer.asked)
    peer.session.ended()
    station.settings = replace(station.settings, heartbeat_interval=78)
    station.changed(station)
    await asyncio.sleep(0.01)
    assert len(peer.asked) == asked


async def test_a_station_that_keeps_reconnecting_is_left_in_peace(serve: Serve[Dialect], peer: Peer) -> None:
    for _ in range(STORM - 1):
        early = Peer()
        serve(AT_ONCE, early)
        early.session.ended()
    serve(AT_ONCE)
    await peer.says("BootNotification", BOOT)
    await asyncio.sleep(0.05)
    assert peer.asked == []


async def test_a_set_up_that_is_cut_short_is_no_error(serve: Serve[Dialect], peer: Peer) -> None:
    peer.answers["GetConfiguration"] = lambda payload: peer.session.ended()
    serve(AT_ONCE)
    await until(lambda: peer.session.closed)
    await asyncio.sleep(0)


async def test_a_session_told_by_somebody_else_is_followed_too(serve: Serve[Dialect], station: Station) -> None:
    dialect = serve(AT_ONCE)
    station.keep("features", ["Core"])
    station.emit(Event(Kind.SESSION_ENDED, station.connections[0], 1))
    assert dialect.durable() is None
    await asyncio.sleep(0.01)
    assert 1 in station.evses


async def test_a_station_without_profiles_has_no_limit_to_follow(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    station.keep("features", ["Core"])
    serve(Pauses(silence=60, settle=60, answer=0))
    station.evse(1).limits.wish("user", 10)
    await peer.says("StartTransaction", START)
    await asyncio.sleep(0.02)
    assert peer.asked == []


async def test_a_station_that_sends_no_values_by_itself_is_asked_for_them(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    peer.answers |= {"GetConfiguration": {"configurationKey": []}, "TriggerMessage": Rejection("GenericError")}
    station.identify(Identity(vendor="SyncEV"))
    station.settings.sample_interval = 0
    station.evse(2)
    serve(AT_ONCE)
    await peer.says("StartTransaction", START)
    await until(lambda: len([told for told in peer.told("TriggerMessage") if "Meter" in told["requestedMessage"]]) > 2)
    asked = {told.get("connectorId") for told in peer.told("TriggerMessage") if "Meter" in told["requestedMessage"]}
    assert asked == {1}


class Desk:
    """Signs everything; the certificate of the station is always about to end."""

    def objection(self, application: Application) -> str | None:
        return None

    async def sign(self, application: Application) -> str:
        return f"signed {application.csr}"

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        return ["ChargingStationCertificate"]


async def test_a_station_is_given_the_certificate_it_asks_for_after_the_answer(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    """A02.FR.11, A03.FR.11."""
    station.household.trust.signer = Desk()
    peer.answers["CertificateSigned"] = {"status": "Accepted"}
    serve(replace(NEVER, answer=0.01))
    assert await peer.says("SignCertificate", {"csr": "CSR"}, "m1") == [3, "m1", {"status": "Accepted"}]
    assert peer.asked == []
    await until(lambda: peer.told("CertificateSigned"))
    assert peer.told("CertificateSigned") == [{"certificateChain": "signed CSR"}]


async def test_a_certificate_that_ends_is_renewed_when_the_station_is_ready_and_not_after_the_connection(
    serve: Serve[Dialect], station: Station, peer: Peer
) -> None:
    station.household.trust.signer = Desk()
    peer.answers["ExtendedTriggerMessage"] = {"status": "Accepted"}
    serve(AT_ONCE)
    await until(lambda: peer.told("ExtendedTriggerMessage"))
    assert peer.told("ExtendedTriggerMessage") == [{"requestedMessage": "SignChargePointCertificate"}]
    peer.session.ended()
    station.emit(Event(Kind.CERTIFICATE, datetime.now(UTC), data={"csr": "CSR", "kind": None, "request": None}))
    await asyncio.sleep(0.01)
    assert peer.told("CertificateSigned") == []
