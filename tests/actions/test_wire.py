"""Every action: what the station is asked, word by word, and what comes back."""

from typing import Any

import pytest

from tests.pki import root
from tests.simulator import Station

from .home import Home

PEM = root().pem
PROFILE = {
    "chargingProfileId": 7,
    "stackLevel": 1,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]},
}
AT_SIX = "2036-11-24 18:00:00"
"""In the home's own time, which is that of Los Angeles."""
AT_SIX_UTC = "2036-11-25T02:00:00Z"


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
        {"verified": False},
    ),
    (
        "update_firmware",
        {
            "location": "ftp://files.example/1.bin",
            "retrieve_at": AT_SIX,
            "install_at": "2036-11-25T03:00:00+01:00",
            "signing_certificate": PEM,
            "signature": "c2lnbmVk",
        },
        "SignedUpdateFirmware",
        {
            "requestId": 1,
            "firmware": {
                "location": "ftp://files.example/1.bin",
                "retrieveDateTime": AT_SIX_UTC,
                "installDateTime": "2036-11-25T02:00:00Z",
                "signingCertificate": PEM,
                "signature": "c2lnbmVk",
            },
        },
        {"verified": False},
    ),
    (
        "get_diagnostics",
        {"location": "ftp://files.example/logs/", "since": AT_SIX, "until": "2036-11-24 19:00:00", "retries": 2},
        "GetLog",
        {
            "logType": "DiagnosticsLog",
            "requestId": 1,
            "retries": 2,
            "log": {
                "remoteLocation": "ftp://files.example/logs/",
                "oldestTimestamp": AT_SIX_UTC,
                "latestTimestamp": "2036-11-25T03:00:00Z",
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
        {"verified": True},
    ),
    (
        "get_certificates",
        {"kind": "CentralSystemRootCertificate"},
        "GetInstalledCertificateIds",
        {"certificateType": "CentralSystemRootCertificate"},
        {"certificates": []},
    ),
    ("renew_certificate", {}, "ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, None),
    (
        "call",
        {"action": "TriggerMessage", "payload": {"requestedMessage": "Heartbeat"}},
        "TriggerMessage",
        {"requestedMessage": "Heartbeat"},
        {"status": "Accepted"},
    ),
    ("call", {"action": "GetLocalListVersion"}, "GetLocalListVersion", {}, {"listVersion": 0}),
]


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


async def test_a_signed_certificate_is_given_to_the_station_that_asked_for_it(home: Home, garage: Station) -> None:
    signed = root().sign(garage.trust.request("ChargePoint", "Home", "SIM-0001"))
    assert await home.do("send_certificate", certificate_chain=signed) is None
    assert garage.asked("CertificateSigned") == [{"certificateChain": signed}]
    assert garage.certificates["ChargePoint"] == [signed]
