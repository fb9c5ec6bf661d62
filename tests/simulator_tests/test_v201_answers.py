"""A 2.0.1 station's answers: variables, reports, monitors, control, reservations, messages, jobs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pki import root
from tests.simulator import Hardware, Station
from tests.simulator_tests.central import Central

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}
PEM = root().pem
TOKEN = {"idToken": "A", "type": "ISO14443"}


@pytest.fixture
async def station(build: Callable[..., Station]) -> Station:
    """A booted 2.0.1 station with two EVSEs."""
    made = build(version="2.0.1", hardware=Hardware(connectors=2))
    await made.connect()
    await made.boot()
    return made


def named(name: str, *, value: str | None = None, kind: str | None = None) -> dict[str, Any]:
    """A ComponentVariable, with what is to be written."""
    component, variable, *instance = name.split(".")
    body: dict[str, Any] = {"component": {"name": component}, "variable": {"name": variable}}
    body["variable"] |= {"instance": instance[0]} if instance else {}
    body |= {"attributeType": kind} if kind else {}
    return body | ({"attributeValue": value} if value is not None else {})


async def test_variables_are_read_with_all_statuses(station: Station, central: Central) -> None:
    names = (
        "ocppcommctrlr.HeartbeatInterval",
        "No.HeartbeatInterval",
        "OCPPCommCtrlr.No",
        "SecurityCtrlr.BasicAuthPassword",
    )
    wanted = [*map(named, names), named("TxCtrlr.TxStartPoint", kind="Target")]
    result = (await central.call("GetVariables", {"getVariableData": wanted}))["getVariableResult"]
    assert [one["attributeStatus"] for one in result] == [
        "Accepted",
        "UnknownComponent",
        "UnknownVariable",
        "Rejected",
        "NotSupportedAttributeType",
    ]
    assert result[0]["attributeValue"] == "300"
    assert (await central.call("GetVariables", {"getVariableData": wanted[:1] * 21}))[
        0
    ] == "OccurrenceConstraintViolation"


async def test_variables_are_written_with_all_statuses(station: Station, central: Central) -> None:
    wanted = [
        named("OCPPCommCtrlr.HeartbeatInterval", value="60"),
        named("OCPPCommCtrlr.HeartbeatInterval", value="soon"),
        named("ChargingStation.Model", value="X"),
        named("CustomizationCtrlr.VendorLedColour", value="red"),
        named("TxCtrlr.TxStartPoint", value="Authorized,Nonsense"),
    ]
    result = (await central.call("SetVariables", {"setVariableData": wanted}))["setVariableResult"]
    assert [one["attributeStatus"] for one in result] == [
        "Accepted",
        "Rejected",
        "Rejected",
        "RebootRequired",
        "Rejected",
    ]
    await station.advance(60)
    assert len(central.of("Heartbeat")) == 1
    assert station.configuration.text("CustomizationCtrlr.VendorLedColour") == "green"
    assert await central.call("Reset", {"type": "Immediate"}) == ACCEPTED
    await station.wait_until_booted(2)
    assert station.configuration.text("CustomizationCtrlr.VendorLedColour") == "red"
    assert central.of("BootNotification")[1]["reason"] == "RemoteReset"


async def test_a_full_inventory_comes_in_numbered_parts(station: Station, central: Central) -> None:
    assert await central.call("GetBaseReport", {"requestId": 4, "reportBase": "FullInventory"}) == ACCEPTED
    await station.settle()
    parts = central.of("NotifyReport")
    assert [p["seqNo"] for p in parts] == list(range(len(parts)))
    assert [p["tbc"] for p in parts] == [True] * (len(parts) - 1) + [False]
    told = [entry for part in parts for entry in part["reportData"]]
    assert len(told) > 90
    assert [e["component"]["evse"]["id"] for e in told if e["component"]["name"] == "EVSE"][::5] == [1, 2]


async def test_a_custom_report_tells_what_was_asked_for(station: Station, central: Central) -> None:
    wanted = {"component": {"name": "EVSE", "evse": {"id": 2}}, "variable": {"name": "Power"}}
    assert await central.call("GetReport", {"requestId": 5, "componentVariable": [wanted]}) == ACCEPTED
    await station.settle()
    assert [e["component"] for e in central.of("NotifyReport")[0]["reportData"]] == [wanted["component"]]
    wanted = {"component": {"name": "Nothing"}}
    answer = await central.call("GetReport", {"requestId": 6, "componentVariable": [wanted]})
    assert answer == {"status": "EmptyResultSet"}


async def test_a_monitor_tells_when_the_power_is_beyond(station: Station, central: Central) -> None:
    power = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
    upper = {"type": "UpperThreshold", "value": 1000, "severity": 5} | power
    result = await central.call("SetVariableMonitoring", {"setMonitoringData": [upper, upper]})
    assert [one["status"] for one in result["setMonitoringResult"]] == ["Accepted", "Duplicate"]
    number = result["setMonitoringResult"][0]["id"]
    await station.start()
    await station.advance(2)
    await station.stop()
    await station.advance(2)
    told = [event for body in central.of("NotifyEvent") for event in body["eventData"]]
    assert [(e["variableMonitoringId"], e["actualValue"], e.get("cleared", False)) for e in told] == [
        (number, "11040.0", False),
        (number, "0.0", True),
    ]
    assert await central.call("GetMonitoringReport", {"requestId": 1}) == ACCEPTED
    await station.settle()
    assert len(central.of("NotifyMonitoringReport")[0]["monitor"]) == 2
    cleared = await central.call("ClearVariableMonitoring", {"id": [number, 99]})
    assert [one["status"] for one in cleared["clearMonitoringResult"]] == ["Accepted", "NotFound"]
    assert await central.call("SetMonitoringLevel", {"severity": 3}) == ACCEPTED
    assert await central.call("SetMonitoringBase", {"monitoringBase": "FactoryDefault"}) == ACCEPTED


async def test_a_fault_is_a_status_and_an_event(station: Station, central: Central) -> None:
    await station.fault("GroundFailure")
    await station.clear_fault()
    told = [event for body in central.of("NotifyEvent") for event in body["eventData"]]
    assert [(e["actualValue"], e.get("cleared"), e.get("techCode")) for e in told] == [
        ("true", None, "GroundFailure"),
        ("false", True, None),
    ]
    assert [s["connectorStatus"] for s in central.of("StatusNotification")][-2:] == ["Faulted", "Available"]


async def test_availability_on_three_levels(station: Station, central: Central) -> None:
    await station.start(connector=2)
    for evse, status in ({"id": 1, "connectorId": 1}, "Accepted"), ({"id": 2}, "Scheduled"), ({"id": 3}, "Rejected"):
        wanted = {"evse": evse, "operationalStatus": "Inoperative"}
        assert await central.call("ChangeAvailability", wanted) == {"status": status}
    await station.stop(2)
    assert [s["connectorStatus"] for s in central.of("StatusNotification")][-1] == "Unavailable"
    assert await central.call("ChangeAvailability", {"operationalStatus": "Operative"}) == ACCEPTED


async def test_a_reset_on_idle_waits_for_the_transaction(station: Station, central: Central) -> None:
    await station.start()
    assert await central.call("Reset", {"type": "OnIdle"}) == {"status": "Scheduled"}
    await station.stop()
    await station.advance(1)
    await station.wait_until_booted(2)
    assert len(central.of("BootNotification")) == 2
    await station.start()
    assert await central.call("Reset", {"type": "Immediate", "evseId": 1}) == ACCEPTED
    await station.settle()
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert len(central.of("BootNotification")) == 2


async def test_profiles_are_obeyed_reported_and_cleared(station: Station, central: Central) -> None:
    transaction = await station.start()
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}]}
    profile = {
        "id": 3,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [schedule],
        "transactionId": transaction.id,
    }
    assert await central.call("SetChargingProfile", {"evseId": 1, "chargingProfile": profile}) == ACCEPTED
    rival = await central.call("SetChargingProfile", {"evseId": 1, "chargingProfile": profile | {"id": 4}})
    assert rival["statusInfo"]["reasonCode"] == "DuplicateProfile"
    unknown = profile | {"transactionId": "nobody"}
    wrong = await central.call("SetChargingProfile", {"evseId": 1, "chargingProfile": unknown})
    assert wrong["statusInfo"]["reasonCode"] == "TxNotFound"
    await station.advance(1)
    assert station.connectors[1].meter.currents == (10, 10, 10)
    composite = await central.call("GetCompositeSchedule", {"evseId": 1, "duration": 60})
    assert composite["schedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10.0, "numberPhases": 3}]
    assert await central.call("GetChargingProfiles", {"requestId": 1, "chargingProfile": {}}) == ACCEPTED
    await station.settle()
    assert central.of("ReportChargingProfiles")[0]["chargingProfile"] == [profile]
    assert await central.call("ClearChargingProfile", {"chargingProfileId": 3}) == ACCEPTED
    assert await central.call("ClearChargingProfile", {"chargingProfileId": 3}) == {"status": "Unknown"}


async def test_an_external_limit_is_obeyed_and_told(station: Station, central: Central) -> None:
    await station.start()
    await station.limit_externally(8)
    assert station.connectors[1].offered.amps == 8
    assert central.of("NotifyChargingLimit")[0]["chargingLimit"]["chargingLimitSource"] == "EMS"
    await station.lift_external_limit()
    assert station.connectors[1].offered.amps == 32
    assert central.of("ClearedChargingLimit") == [{"chargingLimitSource": "EMS"}]
    assert await station.need_energy(10_000, 8) == ACCEPTED


async def test_reservations_keep_others_out_and_expire(station: Station, central: Central) -> None:
    wanted = {"id": 9, "expiryDateTime": "2026-06-01T12:10:00Z", "idToken": TOKEN, "evseId": 1}
    assert await central.call("ReserveNow", wanted) == ACCEPTED
    await station.plug_in()
    assert await station.present_card("B", 1) == "Invalid"
    await station.unplug()
    await station.advance(601)
    assert central.of("ReservationStatusUpdate") == [{"reservationId": 9, "reservationUpdateStatus": "Expired"}]
    assert await central.call("CancelReservation", {"reservationId": 9}) == REJECTED


async def test_the_local_list_knows_tokens_offline(station: Station, central: Central) -> None:
    entries = [{"idToken": TOKEN, "idTokenInfo": {"status": "Blocked"}}]
    sent = {"versionNumber": 2, "updateType": "Full", "localAuthorizationList": entries}
    assert await central.call("SendLocalList", sent) == ACCEPTED
    assert await central.call("GetLocalListVersion", {}) == {"versionNumber": 2}
    await station.go_offline()
    await station.plug_in()
    assert await station.present_card("A") == "Invalid"
    assert await station.present_card("B") == "Accepted"


TRIGGERS = ("Heartbeat", "MeterValues", "LogStatusNotification", "FirmwareStatusNotification", "TransactionEvent")


@pytest.mark.parametrize("kind", TRIGGERS)
async def test_triggers_send_what_they_name(station: Station, central: Central, kind: str) -> None:
    await station.start()
    before = len(central.of(kind))
    assert await central.call("TriggerMessage", {"requestedMessage": kind}) == ACCEPTED
    await station.settle()
    assert len(central.of(kind)) > before


async def test_messages_customers_and_costs(station: Station, central: Central) -> None:
    message = {"id": 1, "priority": "InFront", "message": {"format": "UTF8", "content": "Hello"}}
    assert await central.call("SetDisplayMessage", {"message": message}) == ACCEPTED
    assert await central.call("GetDisplayMessages", {"requestId": 2}) == ACCEPTED
    await station.settle()
    assert central.of("NotifyDisplayMessages")[0]["messageInfo"] == [message]
    assert await central.call("ClearDisplayMessage", {"id": 1}) == ACCEPTED
    assert await central.call("ClearDisplayMessage", {"id": 1}) == {"status": "Unknown"}
    transaction = await station.start("A")
    assert await central.call("CostUpdated", {"totalCost": 1.5, "transactionId": transaction.id}) == {}
    assert transaction.total_cost == 1.5
    wanted = {"requestId": 3, "report": True, "clear": True, "idToken": TOKEN}
    assert await central.call("CustomerInformation", wanted) == ACCEPTED
    await station.settle()
    assert central.of("NotifyCustomerInformation")[0]["data"] == "A: Accepted"
    assert await central.call("DataTransfer", {"vendorId": "Simulated", "data": "x"}) == ACCEPTED | {"data": "x"}


async def test_firmware_logs_and_certificates(station: Station, central: Central) -> None:
    firmware = {"location": "http://x/f", "retrieveDateTime": "2026-06-01T12:00:05Z"}
    assert await central.call("UpdateFirmware", {"requestId": 1, "firmware": firmware}) == ACCEPTED
    await station.advance(6)
    await station.wait_until_booted(2)
    await station.settle()
    assert [p["status"] for p in central.of("FirmwareStatusNotification")] == [
        "Downloading",
        "Downloaded",
        "Installing",
        "Installed",
    ]
    assert central.of("BootNotification")[1]["reason"] == "FirmwareUpdate"
    log = {"requestId": 1, "logType": "DiagnosticsLog", "log": {"remoteLocation": "http://x/l"}}
    assert (await central.call("GetLog", log))["filename"] == "diagnosticslog-SIM-0001.log"
    await station.settle()
    assert [p["status"] for p in central.of("LogStatusNotification")] == ["Uploading", "Uploaded"]
    kind = "CSMSRootCertificate"
    assert await central.call("InstallCertificate", {"certificateType": kind, "certificate": PEM}) == ACCEPTED
    ids = await central.call("GetInstalledCertificateIds", {})
    digest = ids["certificateHashDataChain"][0]["certificateHashData"]
    assert await central.call("DeleteCertificate", {"certificateHashData": digest}) == ACCEPTED
    assert await central.call("DeleteCertificate", {"certificateHashData": digest}) == {"status": "NotFound"}
    assert await central.call("CertificateSigned", {"certificateChain": "no"}) == REJECTED
    publish = {"location": "http://x", "checksum": "0" * 32, "requestId": 1}
    assert await central.call("PublishFirmware", publish) == REJECTED


async def test_pending_forbids_remote_starts(build: Callable[..., Station], central: Central) -> None:
    central.script["BootNotification"] = {"status": "Pending", "currentTime": "2026-06-01T12:00:00Z", "interval": 30}
    async with build(version="2.0.1") as station:
        wanted = {"idToken": TOKEN, "remoteStartId": 7}
        assert await central.call("RequestStartTransaction", wanted) == REJECTED
        assert station.violations == ["RequestStartTransaction is not allowed while Pending"]
