"""The station's manners: boot, status, authorization, remote control, configuration, lists, jobs."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from tests.pki import root
from tests.simulator import Car, Station
from tests.simulator.wire import deafen
from tests.simulator_tests.central import ACCEPTED, NOW, Central

PENDING = {"status": "Pending", "currentTime": NOW, "interval": 30}
REJECTED = PENDING | {"status": "Rejected", "interval": 0}
INVALID = {"idTagInfo": {"status": "Invalid"}}
CERTIFICATE = root().pem


async def test_pending_keeps_the_station_quiet_until_the_interval_is_over(
    build: Callable[..., Station], central: Central
) -> None:
    central.script["BootNotification"] = [PENDING, central.reply("BootNotification", {})]
    station = build()
    async with station:
        assert station.registration == "Pending"
        await station.advance(29)
        assert central.actions == ["BootNotification"]
        assert "configurationKey" in await central.call("GetConfiguration", {})
        await station.advance(1)
        assert central.actions == ["BootNotification"] * 2 + ["StatusNotification"] * 2
        assert station.registration == "Accepted"


async def test_while_rejected_it_answers_nothing_and_waits_its_own_time(
    build: Callable[..., Station], central: Central
) -> None:
    central.script["BootNotification"] = REJECTED
    async with build() as station:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await central.call("GetConfiguration", {})
        await station.advance(59)
        assert len(central.of("BootNotification")) == 1
        await station.advance(1)
        assert len(central.of("BootNotification")) == 2


async def test_heartbeats_follow_the_interval_of_the_boot_answer(station: Station, central: Central) -> None:
    await station.advance(900)
    assert len(central.of("Heartbeat")) == 3


async def test_a_card_and_a_car_walk_through_the_states(station: Station, central: Central) -> None:
    await station.plug_in()
    await station.present_card("A")
    await station.present_card("A")
    await station.unplug()
    assert central.statuses() == ["Available", "Preparing", "Charging", "Finishing", "Available"]
    assert central.of("StopTransaction")[0]["reason"] == "Local"


async def test_a_card_before_the_cable_waits_for_it_and_gives_up(station: Station, central: Central) -> None:
    await station.present_card("A")
    await station.advance(61)
    assert central.statuses() == ["Available", "Preparing", "Available"]
    await station.plug_in()
    assert central.of("StartTransaction") == []


async def test_a_card_that_is_refused_starts_nothing(station: Station, central: Central) -> None:
    central.script["Authorize"] = {"idTagInfo": {"status": "Blocked"}}
    await station.plug_in()
    assert await station.present_card("A") == "Blocked"
    assert central.of("StartTransaction") == []


async def test_pulling_the_cable_ends_the_transaction_if_so_configured(station: Station, central: Central) -> None:
    await station.start()
    await station.unplug()
    assert central.of("StopTransaction")[0]["reason"] == "EVDisconnected"
    assert "EV side disconnected" in [p.get("info") for p in central.of("StatusNotification")]
    station.configuration.preset("StopTransactionOnEVSideDisconnect", "false")
    await station.start()
    await station.unplug()
    assert len(central.of("StopTransaction")) == 1
    assert central.statuses()[-1] == "SuspendedEV"


@pytest.mark.parametrize(("stops", "reasons"), [("true", ["DeAuthorized"]), ("false", [])])
async def test_a_tag_found_invalid_afterwards_gets_no_energy(
    station: Station, central: Central, stops: str, reasons: list[str]
) -> None:
    station.configuration.preset("StopTransactionOnInvalidId", stops)
    central.script["StartTransaction"] = INVALID | {"transactionId": 5}
    await station.plug_in()
    await station.present_card("A")
    await station.advance(600)
    assert [p["reason"] for p in central.of("StopTransaction")] == reasons
    assert station.connectors[1].meter.register == 0
    assert central.statuses()[-1] == ("Finishing" if reasons else "SuspendedEVSE")


async def test_the_local_list_is_obeyed_offline(station: Station, central: Central) -> None:
    entries = [{"idTag": "GOOD"} | ACCEPTED, {"idTag": "BAD"} | INVALID]
    sent = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": entries}
    assert await central.call("SendLocalList", sent) == {"status": "Accepted"}
    assert await central.call("GetLocalListVersion", {}) == {"listVersion": 3}
    stale = {"listVersion": 3, "updateType": "Differential", "localAuthorizationList": [{"idTag": "GOOD"}]}
    assert await central.call("SendLocalList", stale) == {"status": "VersionMismatch"}
    station.configuration.preset("AllowOfflineTxForUnknownId", "false")
    await station.go_offline()
    await station.plug_in()
    assert [await station.present_card(tag) for tag in ("BAD", "NEW", "good")] == ["Invalid", "Invalid", "Accepted"]


async def test_the_cache_saves_the_question_only_with_local_pre_authorize(station: Station, central: Central) -> None:
    for _ in range(2):
        await station.start("A")
        await station.stop()
        await station.unplug()
        station.configuration.preset("LocalPreAuthorize", "true")
    assert len(central.of("Authorize")) == 1
    assert await central.call("ClearCache", {}) == {"status": "Accepted"}
    await station.start("A")
    assert len(central.of("Authorize")) == 2


async def test_remote_start_and_stop(station: Station, central: Central) -> None:
    await station.plug_in()
    assert await central.call("RemoteStartTransaction", {"idTag": "R", "connectorId": 1}) == {"status": "Accepted"}
    await station.settle()
    assert central.actions[-4:] == ["StatusNotification", "Authorize", "StartTransaction", "StatusNotification"]
    assert await central.call("RemoteStopTransaction", {"transactionId": 999}) == {"status": "Rejected"}
    number = station.record[0].id
    assert await central.call("RemoteStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
    await station.settle()
    assert central.of("StopTransaction")[0]["reason"] == "Remote"


async def test_availability_is_scheduled_during_a_transaction(station: Station, central: Central) -> None:
    await station.start()
    asked = {"connectorId": 1, "type": "Inoperative"}
    assert await central.call("ChangeAvailability", asked) == {"status": "Scheduled"}
    await station.stop()
    assert central.statuses()[-1] == "Unavailable"
    await station.power_cut()
    await station.power_on()
    assert central.statuses()[-1] == "Unavailable"
    assert await central.call("ChangeAvailability", asked | {"type": "Operative"}) == {"status": "Accepted"}
    await station.settle()
    assert central.statuses()[-1] == "Finishing"


@pytest.mark.parametrize(("kind", "order"), [("Soft", (1, 0)), ("Hard", (0, 1))])
async def test_a_reset_ends_transactions_before_or_after(
    station: Station, central: Central, kind: str, order: tuple[int, int]
) -> None:
    await station.start()
    assert await central.call("Reset", {"type": kind}) == {"status": "Accepted"}
    while len(central.of("BootNotification")) < 2:
        await station.advance(1)
    await station.settle()
    second = [at for at, action in enumerate(central.actions) if action == "BootNotification"][1]
    before = central.actions[:second].count("StopTransaction")
    assert (before, central.actions.count("StopTransaction") - before) == order
    assert central.of("StopTransaction")[0]["reason"] == f"{kind}Reset"


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("HeartbeatInterval", "60", "Accepted"),
        ("heartbeatinterval", "60", "Accepted"),
        ("HeartbeatInterval", "often", "Rejected"),
        ("NumberOfConnectors", "3", "Rejected"),
        ("Nonsense", "1", "NotSupported"),
        ("VendorLedColour", "red", "RebootRequired"),
        ("MeterValuesSampledData", "Voltage.L1-N,Power.Active.Import", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Nonsense", "Rejected"),
    ],
)
async def test_configuration_changes(station: Station, central: Central, key: str, value: str, status: str) -> None:
    assert await central.call("ChangeConfiguration", {"key": key, "value": value}) == {"status": status}
    changed = station.configuration.text("VendorLedColour") == "red"
    assert not changed
    await station.power_cut()
    await station.power_on()
    assert (station.configuration.text("VendorLedColour") == "red") == (status == "RebootRequired")


async def test_unknown_keys_are_named(station: Station, central: Central) -> None:
    answer = await central.call("GetConfiguration", {"key": ["NumberOfConnectors", "Nonsense", "AuthorizationKey"]})
    assert answer == {
        "configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "1"}],
        "unknownKey": ["Nonsense", "AuthorizationKey"],
    }


async def test_a_reservation_holds_for_its_tag_and_expires(station: Station, central: Central) -> None:
    asked = {"connectorId": 1, "expiryDate": "2026-06-01T12:10:00Z", "idTag": "MINE", "reservationId": 9}
    assert await central.call("ReserveNow", asked) == {"status": "Accepted"}
    assert await central.call("ReserveNow", asked | {"reservationId": 10}) == {"status": "Occupied"}
    await station.settle()
    assert central.statuses()[-1] == "Reserved"
    assert await station.present_card("OTHER") == "Invalid"
    await station.start("MINE")
    assert central.of("StartTransaction")[0]["reservationId"] == 9
    await station.stop()
    await station.unplug()
    await central.call("ReserveNow", asked)
    await station.advance(601)
    assert central.statuses()[-2:] == ["Reserved", "Available"]
    assert await central.call("CancelReservation", {"reservationId": 9}) == {"status": "Rejected"}


async def test_samples_come_by_interval_and_aligned_to_the_clock(station: Station, central: Central) -> None:
    station.configuration.preset("StopTxnSampledData", "Energy.Active.Import.Register")
    await central.call("ChangeConfiguration", {"key": "ClockAlignedDataInterval", "value": "900"})
    await station.settle()
    await station.advance(100)
    transaction = await station.start()
    await station.advance(840)
    await station.stop()
    contexts = [p["meterValue"][0]["sampledValue"][0]["context"] for p in central.of("MeterValues") if p["connectorId"]]
    assert contexts == ["Sample.Periodic"] * 13 + ["Sample.Clock"] + ["Sample.Periodic"]
    aligned = [p["meterValue"][0]["timestamp"] for p in central.of("MeterValues") if not p["connectorId"]]
    assert aligned == ["2026-06-01T12:15:00.000Z"]
    data = [bucket["sampledValue"][0] for bucket in central.of("StopTransaction")[0]["transactionData"]]
    assert [value["context"] for value in data] == ["Transaction.Begin"] + ["Sample.Periodic"] * 14 + [
        "Transaction.End"
    ]
    assert data[-1]["value"] == str(transaction.meter_stop)
    assert all(sample.acknowledged for sample in transaction.samples)
    assert len(transaction.samples) == 15


async def test_every_phase_is_reported(station: Station, central: Central) -> None:
    await station.start(car=Car(phases=2))
    await central.call("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1})
    await station.settle()
    values = central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    currents = {v["phase"]: v["value"] for v in values if v["measurand"] == "Current.Import"}
    assert currents == {"L1": "16.00", "L2": "16.00", "L3": "0.00"}
    powers = {v.get("phase", ""): v["value"] for v in values if v["measurand"] == "Power.Active.Import"}
    assert powers == {"": "7360.0", "L1": "3680.0", "L2": "3680.0", "L3": "0.0"}


@pytest.mark.parametrize(
    ("action", "kind", "sent"),
    [
        ("TriggerMessage", "BootNotification", "BootNotification"),
        ("TriggerMessage", "Heartbeat", "Heartbeat"),
        ("TriggerMessage", "StatusNotification", "StatusNotification"),
        ("TriggerMessage", "DiagnosticsStatusNotification", "DiagnosticsStatusNotification"),
        ("TriggerMessage", "FirmwareStatusNotification", "FirmwareStatusNotification"),
        ("ExtendedTriggerMessage", "LogStatusNotification", "LogStatusNotification"),
        ("ExtendedTriggerMessage", "SignChargePointCertificate", "SignCertificate"),
    ],
)
async def test_triggers(station: Station, central: Central, action: str, kind: str, sent: str) -> None:
    before = len(central.of(sent))
    assert await central.call(action, {"requestedMessage": kind}) == {"status": "Accepted"}
    await station.settle()
    assert len(central.of(sent)) > before


FIRMWARE = {"location": "http://127.0.0.1/fw.bin", "retrieveDate": NOW}
SIGNED = {
    "requestId": 4,
    "firmware": {
        "location": "http://127.0.0.1/fw.bin",
        "retrieveDateTime": NOW,
        "signingCertificate": CERTIFICATE,
        "signature": "AA",
    },
}
DOWNLOADED = ["Downloading", "Downloaded"]


@pytest.mark.parametrize(
    ("action", "payload", "notification", "steps"),
    [
        ("UpdateFirmware", FIRMWARE, "FirmwareStatusNotification", [*DOWNLOADED, "Installing", "Installed"]),
        (
            "SignedUpdateFirmware",
            SIGNED,
            "SignedFirmwareStatusNotification",
            [*DOWNLOADED, "SignatureVerified", "Installing", "Installed"],
        ),
        (
            "GetDiagnostics",
            {"location": "ftp://127.0.0.1/"},
            "DiagnosticsStatusNotification",
            ["Uploading", "Uploaded"],
        ),
        (
            "GetLog",
            {"log": {"remoteLocation": "ftp://127.0.0.1/"}, "logType": "SecurityLog", "requestId": 4},
            "LogStatusNotification",
            ["Uploading", "Uploaded"],
        ),
    ],
)
async def test_long_jobs_report_their_progress(
    station: Station, central: Central, action: str, payload: dict[str, Any], notification: str, steps: list[str]
) -> None:
    await central.call(action, payload)
    for _ in range(200):
        await station.advance(1)
        if len(central.of(notification)) == len(steps):
            break
    assert [p["status"] for p in central.of(notification)] == steps
    assert all(p.get("requestId", 4) == 4 for p in central.of(notification))
    assert station.firmware == ("1.0.1" if "Installed" in steps else "1.0.0")


async def test_certificates_are_kept_listed_and_deleted(station: Station, central: Central) -> None:
    kind = {"certificateType": "CentralSystemRootCertificate"}
    assert await central.call("GetInstalledCertificateIds", kind) == {"status": "NotFound"}
    assert await central.call("InstallCertificate", kind | {"certificate": "junk"}) == {"status": "Rejected"}
    assert await central.call("InstallCertificate", kind | {"certificate": CERTIFICATE}) == {"status": "Accepted"}
    (held,) = (await central.call("GetInstalledCertificateIds", kind))["certificateHashData"]
    assert await central.call("DeleteCertificate", {"certificateHashData": held}) == {"status": "Accepted"}
    assert await central.call("DeleteCertificate", {"certificateHashData": held}) == {"status": "NotFound"}
    signed = root().sign(station.trust.request("ChargePoint", "Home", "SIM-0001"))
    assert await central.call("CertificateSigned", {"certificateChain": signed}) == {"status": "Accepted"}
    assert await central.call("CertificateSigned", {"certificateChain": "junk"}) == {"status": "Rejected"}
    await station.settle()
    assert central.of("SecurityEventNotification")[0]["type"] == "InvalidChargePointCertificate"


async def test_faults_stop_the_energy_and_pass(station: Station, central: Central) -> None:
    await station.start()
    await station.fault("GroundFailure")
    await station.advance(600)
    assert station.connectors[1].meter.register == 0
    await station.clear_fault()
    assert central.statuses()[-3:] == ["Charging", "Faulted", "Charging"]


async def test_unlocking_ends_the_transaction(station: Station, central: Central) -> None:
    assert await central.call("UnlockConnector", {"connectorId": 5}) == {"status": "NotSupported"}
    await station.start()
    assert await central.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    await station.settle()
    assert central.of("StopTransaction")[0]["reason"] == "UnlockCommand"


async def test_data_transfer(station: Station, central: Central) -> None:
    assert await central.call("DataTransfer", {"vendorId": "else"}) == {"status": "UnknownVendorId"}
    echoed = await central.call("DataTransfer", {"vendorId": "Simulated", "data": "x"})
    assert echoed == {"status": "Accepted", "data": "x"}
    assert await station.send("DataTransfer", {"vendorId": "Simulated"}) == {"status": "Accepted"}


async def test_a_new_password_is_used_at_once(build: Callable[..., Station], central: Central) -> None:
    async with build() as station:
        for key, sent in (("00" * 16, b"CP1:" + bytes(16)), ("a plain password", b"CP1:a plain password")):
            links = len(central.links)
            assert await central.call("ChangeConfiguration", {"key": "AuthorizationKey", "value": key}) == {
                "status": "Accepted"
            }
            while len(central.links) == links or not station.online:
                await asyncio.sleep(0.001)
            request = central.links[-1].request
            assert request is not None
            assert b64decode(request.headers["Authorization"].removeprefix("Basic ")) == sent
    assert len(central.of("BootNotification")) == 1


async def test_a_conflict_with_the_local_list_is_told(station: Station, central: Central) -> None:
    entries = [{"idTag": "GOOD"} | ACCEPTED]
    await central.call("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": entries})
    central.script["StartTransaction"] = INVALID | {"transactionId": 5}
    await station.plug_in()
    await station.present_card("GOOD")
    conflict = [p for p in central.of("StatusNotification") if p["errorCode"] == "LocalListConflict"]
    assert [p["connectorId"] for p in conflict] == [0]


async def test_it_pings_when_told_to(station: Station, central: Central) -> None:
    await central.call("ChangeConfiguration", {"key": "WebSocketPingInterval", "value": "10"})
    await station.settle()
    await station.advance(25)
    assert station.failures == []
    deafen(central.links[-1])
    station.message_timeout = 0.02
    await station.advance(10)
    while not station.failures:
        await asyncio.sleep(0.001)
    assert station.failures == ["CP1: a ping was not answered"]


async def test_a_mistake_of_the_simulator_itself_is_not_swallowed(station: Station) -> None:
    station.note("Heartbeat", {"wrong": 1})
    with pytest.raises(ValueError, match="the simulated station wrote a wrong Heartbeat"):
        await station.settle()
