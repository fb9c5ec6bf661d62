"""Every action: what the station is asked, word by word, and what comes back."""

from typing import Any

import pytest

from custom_components.ocpp_home.actions import ACTIONS
from tests.household import until
from tests.simulator import Oddities, Station

from .home import Home

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
PROFILE = {
    "chargingProfileId": 7,
    "stackLevel": 1,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]},
}
AT_SIX = "2026-11-24 18:00:00"
"""In the home's own time, which is that of Los Angeles."""
AT_SIX_UTC = "2026-11-25T02:00:00Z"


def entry(tag: str, status: str | None = "Accepted") -> dict[str, Any]:
    return {"idTag": tag} | ({"idTagInfo": {"status": status}} if status else {})


type Row = tuple[str, dict[str, Any], str, dict[str, Any], object]

ROWS: list[Row] = [
    ("start_transaction", {}, "RemoteStartTransaction", {"idTag": "HomeAssistant", "connectorId": 1}, None),
    (
        "start_transaction",
        {"token": "04A2B3C4"},
        "RemoteStartTransaction",
        {"idTag": "04A2B3C4", "connectorId": 1},
        None,
    ),
    (
        "start_transaction",
        {"charging_profile": PROFILE | {"chargingProfilePurpose": "TxProfile"}},
        "RemoteStartTransaction",
        {
            "idTag": "HomeAssistant",
            "connectorId": 1,
            "chargingProfile": PROFILE | {"chargingProfilePurpose": "TxProfile"},
        },
        None,
    ),
    (
        "set_charging_profile",
        {"charging_profile": PROFILE},
        "SetChargingProfile",
        {"connectorId": 1, "csChargingProfiles": PROFILE},
        None,
    ),
    (
        "set_charging_profile",
        {"charging_profile": PROFILE | {"chargingProfilePurpose": "ChargePointMaxProfile"}},
        "SetChargingProfile",
        {"connectorId": 0, "csChargingProfiles": PROFILE | {"chargingProfilePurpose": "ChargePointMaxProfile"}},
        None,
    ),
    (
        "get_composite_schedule",
        {"duration": {"hours": 1, "minutes": 30}, "unit": "A"},
        "GetCompositeSchedule",
        {"connectorId": 1, "duration": 5400, "chargingRateUnit": "A"},
        ...,
    ),
    ("get_composite_schedule", {}, "GetCompositeSchedule", {"connectorId": 1, "duration": 86400}, ...),
    (
        "reserve",
        {"token": "04A2B3C4", "until": AT_SIX, "group": "FAMILY", "reservation_id": 12},
        "ReserveNow",
        {
            "connectorId": 1,
            "expiryDate": AT_SIX_UTC,
            "idTag": "04A2B3C4",
            "parentIdTag": "FAMILY",
            "reservationId": 12,
        },
        {"reservation_id": 12},
    ),
    ("reset", {}, "Reset", {"type": "Soft"}, None),
    ("reset", {"kind": "hard"}, "Reset", {"type": "Hard"}, None),
    ("unlock", {}, "UnlockConnector", {"connectorId": 1}, None),
    (
        "change_availability",
        {"operative": False},
        "ChangeAvailability",
        {"connectorId": 1, "type": "Inoperative"},
        {"scheduled": False},
    ),
    (
        "change_availability",
        {"operative": True},
        "ChangeAvailability",
        {"connectorId": 1, "type": "Operative"},
        {"scheduled": False},
    ),
    ("clear_cache", {}, "ClearCache", {}, None),
    ("trigger_message", {"message": "Heartbeat"}, "TriggerMessage", {"requestedMessage": "Heartbeat"}, None),
    (
        "trigger_message",
        {"message": "LogStatusNotification"},
        "ExtendedTriggerMessage",
        {"requestedMessage": "LogStatusNotification"},
        None,
    ),
    (
        "get_configuration",
        {"keys": ["LightIntensity", "CpoName", "NobodyKnows"]},
        "GetConfiguration",
        {"key": ["LightIntensity", "CpoName", "NobodyKnows"]},
        {"LightIntensity": {"value": "80", "readonly": False}, "CpoName": {"value": "Home", "readonly": False}},
    ),
    (
        "set_configuration",
        {"key": "LightIntensity", "value": 50},
        "ChangeConfiguration",
        {"key": "LightIntensity", "value": "50"},
        {"reboot_required": False},
    ),
    (
        "set_configuration",
        {"key": "VendorLedColour", "value": "blue"},
        "ChangeConfiguration",
        {"key": "VendorLedColour", "value": "blue"},
        {"reboot_required": True},
    ),
    (
        "set_configuration",
        {"key": "LocalPreAuthorize", "value": True},
        "ChangeConfiguration",
        {"key": "LocalPreAuthorize", "value": "true"},
        {"reboot_required": False},
    ),
    ("get_local_list_version", {}, "GetLocalListVersion", {}, {"version": 0}),
    (
        "send_local_list",
        {"tokens": "04A2B3C4", "version": 5},
        "SendLocalList",
        {"listVersion": 5, "updateType": "Full", "localAuthorizationList": [entry("04A2B3C4")]},
        {"version": 5},
    ),
    (
        "send_local_list",
        {"tokens": ["04A2B3C4"], "remove": ["OLD"], "amend": True},
        "SendLocalList",
        {
            "listVersion": 2,
            "updateType": "Differential",
            "localAuthorizationList": [entry("04A2B3C4"), entry("OLD", None)],
        },
        {"version": 2},
    ),
    ("send_local_list", {}, "SendLocalList", {"listVersion": 1, "updateType": "Full"}, {"version": 1}),
    (
        "update_firmware",
        {"location": "https://files.example/1.bin", "retrieve_at": AT_SIX, "retries": 3, "retry_interval": 60},
        "UpdateFirmware",
        {"location": "https://files.example/1.bin", "retrieveDate": AT_SIX_UTC, "retries": 3, "retryInterval": 60},
        None,
    ),
    (
        "update_firmware",
        {
            "location": "https://files.example/1.bin",
            "retrieve_at": AT_SIX,
            "install_at": "2026-11-25T03:00:00+01:00",
            "signing_certificate": PEM,
            "signature": "c2lnbmVk",
        },
        "SignedUpdateFirmware",
        {
            "requestId": 1,
            "firmware": {
                "location": "https://files.example/1.bin",
                "retrieveDateTime": AT_SIX_UTC,
                "installDateTime": "2026-11-25T02:00:00Z",
                "signingCertificate": PEM,
                "signature": "c2lnbmVk",
            },
        },
        None,
    ),
    (
        "get_diagnostics",
        {"location": "ftp://files.example/logs/", "since": AT_SIX, "until": "2026-11-24 19:00:00", "retries": 2},
        "GetLog",
        {
            "logType": "DiagnosticsLog",
            "requestId": 1,
            "retries": 2,
            "log": {
                "remoteLocation": "ftp://files.example/logs/",
                "oldestTimestamp": AT_SIX_UTC,
                "latestTimestamp": "2026-11-25T03:00:00Z",
            },
        },
        {"file_name": "diagnosticslog-SIM-0001.log"},
    ),
    (
        "get_diagnostics",
        {"location": "ftp://files.example/logs/", "log": "SecurityLog"},
        "GetLog",
        {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "ftp://files.example/logs/"}},
        {"file_name": "securitylog-SIM-0001.log"},
    ),
    (
        "install_certificate",
        {"kind": "ManufacturerRootCertificate", "certificate": PEM},
        "InstallCertificate",
        {"certificateType": "ManufacturerRootCertificate", "certificate": PEM},
        None,
    ),
    (
        "get_certificates",
        {"kind": "CentralSystemRootCertificate"},
        "GetInstalledCertificateIds",
        {"certificateType": "CentralSystemRootCertificate"},
        {"certificates": []},
    ),
    ("renew_certificate", {}, "ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, None),
    ("send_certificate", {"certificate_chain": PEM}, "CertificateSigned", {"certificateChain": PEM}, None),
    (
        "call",
        {"action": "TriggerMessage", "payload": {"requestedMessage": "Heartbeat"}},
        "TriggerMessage",
        {"requestedMessage": "Heartbeat"},
        {"status": "Accepted"},
    ),
    ("call", {"action": "GetLocalListVersion"}, "GetLocalListVersion", {}, {"listVersion": 0}),
]
ELSEWHERE = {
    "stop_transaction",
    "clear_charging_profile",
    "cancel_reservation",
    "data_transfer",
    "delete_certificate",
}
"""What needs something to be there before; it has tests of its own below."""


def test_every_action_is_tried() -> None:
    assert {row[0] for row in ROWS} | ELSEWHERE == {action.name for action in ACTIONS}


@pytest.mark.parametrize(
    ("action", "fields", "asked", "payload", "response"),
    ROWS,
    ids=[f"{row[0]}_{number}" for number, row in enumerate(ROWS)],
)
async def test_an_action_is_a_request(
    home: Home,
    garage: Station,
    action: str,
    fields: dict[str, Any],
    asked: str,
    payload: dict[str, Any],
    response: object,
) -> None:
    answer = await home.do(action, **fields)
    assert garage.asked(asked) == [payload]
    if response is not ...:
        assert answer == (None if response is None else {"GARAGE": response})


async def test_a_transaction_is_started_and_the_one_that_runs_is_stopped(home: Home, garage: Station) -> None:
    await garage.plug_in()
    await home.do("start_transaction", token="04A2B3C4")
    await until(lambda: garage.connectors[1].transaction)
    running = garage.connectors[1].transaction
    assert running is not None
    assert running.id_tag == "04A2B3C4"
    await until(lambda: home.hub.stations["garage"].evses[1].transaction)
    assert await home.do("change_availability", operative=False) == {"GARAGE": {"scheduled": True}}
    await home.do("stop_transaction")
    assert garage.asked("RemoteStopTransaction") == [{"transactionId": running.id}]
    await until(lambda: running.stopped)
    assert running.reason == "Remote"


async def test_a_transaction_nobody_knows_here_can_be_stopped_by_its_number(home: Home) -> None:
    async with home.station(oddities=Oddities(answers={"RemoteStopTransaction": {"status": "Accepted"}})) as garage:
        await home.do("stop_transaction", transaction_id=815)
        assert garage.asked("RemoteStopTransaction") == [{"transactionId": 815}]


@pytest.mark.parametrize(
    ("fields", "payload"),
    [
        ({}, {}),
        (
            {"profile_id": 7, "purpose": "TxDefaultProfile", "stack_level": 1},
            {"id": 7, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1},
        ),
    ],
)
async def test_profiles_that_were_set_are_cleared(
    home: Home, garage: Station, fields: dict[str, Any], payload: dict[str, Any]
) -> None:
    await home.do("set_charging_profile", charging_profile=PROFILE)
    assert [profile.payload for profile in garage.profiles.installed] == [PROFILE]
    await home.do("clear_charging_profile", **fields)
    assert garage.asked("ClearChargingProfile") == [payload]
    assert garage.profiles.installed == []


async def test_the_composite_schedule_shows_what_was_set(home: Home, garage: Station) -> None:
    await home.do("set_charging_profile", charging_profile=PROFILE)
    answer = await home.do("get_composite_schedule", duration="00:10:00")
    assert answer is not None
    schedule = answer["GARAGE"]
    assert isinstance(schedule, dict)
    assert isinstance(begin := schedule.pop("begin"), str)
    assert begin.endswith("+00:00")
    assert schedule == {"unit": "A", "duration": 600, "periods": [{"start": 0, "limit": 10.0, "phases": 3}]}


async def test_a_schedule_without_a_begin_has_none(home: Home) -> None:
    answer = {
        "status": "Accepted",
        "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]},
    }
    async with home.station(oddities=Oddities(answers={"GetCompositeSchedule": answer})):
        assert await home.do("get_composite_schedule", unit="W") == {
            "GARAGE": {
                "unit": "W",
                "begin": None,
                "duration": None,
                "periods": [{"start": 0, "limit": 11000.0, "phases": None}],
            }
        }


async def test_a_reservation_has_a_number_by_which_it_is_repeated_and_cancelled(home: Home, garage: Station) -> None:
    first = await home.do("reserve", token="04A2B3C4", until=AT_SIX)
    assert await home.do("reserve", token="04A2B3C4", until=AT_SIX) == first
    assert first is not None
    answer = first["GARAGE"]
    assert isinstance(answer, dict)
    reserved = garage.connectors[1].reservation
    assert reserved is not None
    assert answer == {"reservation_id": reserved.id}
    await home.do("cancel_reservation", **answer)
    assert garage.asked("CancelReservation") == [{"reservationId": reserved.id}]
    assert garage.connectors[1].reservation is None


async def test_the_reservation_of_an_evse_is_cancelled_without_its_number(home: Home, garage: Station) -> None:
    await home.do("reserve", token="04A2B3C4", until=AT_SIX, reservation_id=0)
    await home.do("cancel_reservation")
    assert garage.asked("CancelReservation") == [{"reservationId": 0}]


async def test_a_vendor_answers_in_its_own_words(home: Home, garage: Station) -> None:
    vendor = garage.hardware.identity.vendor
    answer = await home.do("data_transfer", vendor_id=vendor, message_id="Echo", data='{"lamp": 1}')
    assert garage.asked("DataTransfer") == [{"vendorId": vendor, "messageId": "Echo", "data": '{"lamp": 1}'}]
    assert answer == {"GARAGE": {"data": '{"lamp": 1}'}}
    assert await home.do("data_transfer", vendor_id=vendor) == {"GARAGE": {"data": None}}


async def test_all_keys_are_read_when_none_is_named(home: Home, garage: Station) -> None:
    answer = await home.do("get_configuration")
    assert garage.asked("GetConfiguration") == [{}]
    assert answer is not None
    keys = answer["GARAGE"]
    assert isinstance(keys, dict)
    assert len(keys) > 30
    assert keys["NumberOfConnectors"] == {"value": "1", "readonly": True}


async def test_a_list_that_is_longer_than_one_message_is_taken(home: Home, garage: Station) -> None:
    await home.do("send_local_list", tokens=["FIRST"])
    await home.do("get_configuration", keys="SendLocalListMaxLength")
    tokens = [f"CARD-{number}" for number in range(120)]
    assert await home.do("send_local_list", tokens=tokens, amend=True) == {"GARAGE": {"version": 121}}
    assert [part["listVersion"] for part in garage.asked("SendLocalList")] == [1, 119, 120, 121]
    assert await home.do("get_local_list_version") == {"GARAGE": {"version": 121}}
    assert len(garage.tags.listed) == 121


async def test_firmware_is_fetched_at_once_when_no_time_is_given(home: Home, garage: Station) -> None:
    await home.do("update_firmware", location="https://files.example/1.bin")
    await until(lambda: len(garage.boots) == 2)
    assert {"status": "Installing"} in garage.told("FirmwareStatusNotification")


async def test_a_certificate_that_was_installed_is_named_and_deleted(home: Home, garage: Station) -> None:
    kind = "CentralSystemRootCertificate"
    await home.do("install_certificate", kind=kind, certificate=PEM)
    answer = await home.do("get_certificates", kind=kind)
    assert answer is not None
    listed = answer["GARAGE"]
    assert isinstance(listed, dict)
    assert isinstance(listed["certificates"], list)
    [found] = listed["certificates"]
    assert isinstance(found, dict)
    await home.do("delete_certificate", **found)
    assert garage.certificates[kind] == []
    assert await home.do("get_certificates", kind=kind) == {"GARAGE": {"certificates": []}}


async def test_an_action_that_may_respond_need_not(home: Home, garage: Station) -> None:
    answer = await home.hass.services.async_call(
        "ocpp_home", "change_availability", {"device_id": home.device(), "operative": True}, blocking=True
    )
    assert answer is None
    assert len(garage.asked("ChangeAvailability")) == 1
