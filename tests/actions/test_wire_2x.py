"""Every action that only stations of OCPP 2.x know: what they are asked, word by word, and what comes back."""

from typing import Any

import pytest

from tests.simulator import Oddities, Station

from .home import TWO, Home
from .test_wire import AT_SIX, AT_SIX_UTC, PEM

CHECKSUM = "d41d8cd98f00b204e9800998ecf8427e"
TARIFF = {"tariffId": "night", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.22}]}}
DISCHARGE = {"limitMaxDischarge": {"priority": 1, "pctMaxDischargePower": 50}}
APN = {"apn": "internet", "apnAuthentication": "AUTO", "apnPassword": "sesame sesame"}
VPN = {"server": "vpn.example", "user": "station", "password": "sesame", "key": "shared", "type": "IKEv2"}
HASH = {"issuer_name_hash": "93f6", "issuer_key_hash": "7a21", "serial_number": "4c01"}
POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
YES = {"status": "Accepted"}

type Row = tuple[str, dict[str, Any], str, dict[str, Any], object]


def connection(**more: Any) -> dict[str, Any]:
    """What a station is told of a connection."""
    return {
        "ocppVersion": "OCPP21",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "ws://192.0.2.9:9000",
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wired0",
    } | more


def customer(**who: Any) -> dict[str, Any]:
    """What a station is asked of a customer."""
    return {"requestId": 1, "report": True, "clear": False} | who


ROWS: list[Row] = [
    ("reset", {"kind": "resume"}, "Reset", {"type": "ImmediateAndResume"}, None),
    ("reset_evse", {}, "Reset", {"type": "OnIdle", "evseId": 1}, None),
    ("reset_evse", {"kind": "resume"}, "Reset", {"type": "ImmediateAndResume", "evseId": 1}, None),
    (
        "set_charging_profile",
        {
            "charging_profile": {
                "id": 1,
                "chargingProfilePurpose": "ChargingStationMaxProfile",
                "stackLevel": 0,
                "chargingProfileKind": "Absolute",
                "chargingSchedule": [
                    {
                        "id": 1,
                        "chargingRateUnit": "A",
                        "startSchedule": AT_SIX_UTC,
                        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}],
                    }
                ],
            }
        },
        "SetChargingProfile",
        {
            "evseId": 0,
            "chargingProfile": {
                "id": 1,
                "chargingProfilePurpose": "ChargingStationMaxProfile",
                "stackLevel": 0,
                "chargingProfileKind": "Absolute",
                "chargingSchedule": [
                    {
                        "id": 1,
                        "chargingRateUnit": "A",
                        "startSchedule": AT_SIX_UTC,
                        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}],
                    }
                ],
            },
        },
        None,
    ),
    (
        "get_charging_profiles",
        {},
        "GetChargingProfiles",
        {"requestId": 1, "chargingProfile": {"chargingLimitSource": ["EMS", "Other", "SO", "CSO"]}},
        {"profiles": []},
    ),
    (
        "get_charging_profiles",
        {"purpose": "TxProfile", "stack_level": 3, "source": ["EMS", "SO"]},
        "GetChargingProfiles",
        {
            "requestId": 1,
            "chargingProfile": {
                "chargingProfilePurpose": "TxProfile",
                "stackLevel": 3,
                "chargingLimitSource": ["EMS", "SO"],
            },
        },
        {"profiles": []},
    ),
    (
        "get_charging_profiles",
        {"profile_id": 9},
        "GetChargingProfiles",
        {"requestId": 1, "chargingProfile": {"chargingProfileId": [9]}},
        {"profiles": []},
    ),
    (
        "get_variables",
        {"variables": "EVSE.Power@1"},
        "GetVariables",
        {"getVariableData": [POWER]},
        {
            "variables": [
                {
                    "variable": "EVSE.Power@1",
                    "component": "EVSE",
                    "name": "Power",
                    "evse": 1,
                    "value": "0.0",
                    "readonly": False,
                }
            ]
        },
    ),
    (
        "get_variables",
        {"variables": "EVSE.Power@1", "attribute": "MaxSet"},
        "GetVariables",
        {"getVariableData": [POWER | {"attributeType": "MaxSet"}]},
        {"variables": []},
    ),
    (
        "get_certificates",
        {"kind": "V2GCertificateChain"},
        "GetInstalledCertificateIds",
        {"certificateType": ["V2GCertificateChain"]},
        {"certificates": []},
    ),
    (
        "get_configuration",
        {"keys": "EVSE.Power@1"},
        "GetVariables",
        {"getVariableData": [POWER]},
        {"EVSE.Power@1": {"value": "0.0", "readonly": False}},
    ),
    (
        "set_variable",
        {"variable": "OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "value": 7},
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "MessageAttempts", "instance": "TransactionEvent"},
                    "attributeValue": "7",
                }
            ]
        },
        {"reboot_required": False},
    ),
    (
        "set_variable",
        {"variable": "TxCtrlr.TxStopPoint", "value": ["EVConnected", "Authorized"]},
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "TxCtrlr"},
                    "variable": {"name": "TxStopPoint"},
                    "attributeValue": "EVConnected,Authorized",
                }
            ]
        },
        {"reboot_required": False},
    ),
    (
        "set_configuration",
        {"key": "CustomizationCtrlr.VendorLedColour", "value": "blue"},
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "CustomizationCtrlr"},
                    "variable": {"name": "VendorLedColour"},
                    "attributeValue": "blue",
                }
            ]
        },
        {"reboot_required": True},
    ),
    (
        "set_monitor",
        {"variable": "EVSE.Power@1", "kind": "UpperThreshold", "value": 11000, "severity": 4, "transaction": True},
        "SetVariableMonitoring",
        {
            "setMonitoringData": [
                {**POWER, "type": "UpperThreshold", "value": 11000.0, "severity": 4, "transaction": True}
            ]
        },
        ...,
    ),
    (
        "get_monitors",
        {"variables": "EVSE.Power@1", "criteria": "DeltaMonitoring"},
        "GetMonitoringReport",
        {"requestId": 1, "monitoringCriteria": ["DeltaMonitoring"], "componentVariable": [POWER]},
        {"monitors": []},
    ),
    ("set_monitoring_base", {"base": "All"}, "SetMonitoringBase", {"monitoringBase": "All"}, None),
    ("set_monitoring_level", {"severity": 5}, "SetMonitoringLevel", {"severity": 5}, None),
    ("get_event_streams", {}, "GetPeriodicEventStream", {}, {"streams": []}),
    (
        "show_message",
        {
            "text": "Hello",
            "message_id": 3,
            "priority": "InFront",
            "state": "Idle",
            "begin": AT_SIX,
            "end": "2036-11-24 19:00:00",
            "language": "en",
            "format": "ASCII",
        },
        "SetDisplayMessage",
        {
            "message": {
                "id": 3,
                "priority": "InFront",
                "state": "Idle",
                "startDateTime": AT_SIX_UTC,
                "endDateTime": "2036-11-25T03:00:00Z",
                "message": {"format": "ASCII", "content": "Hello", "language": "en"},
            }
        },
        {"message_id": 3},
    ),
    (
        "show_message",
        {"text": "Hello"},
        "SetDisplayMessage",
        {
            "message": {
                "id": 0x77D18982,
                "priority": "NormalCycle",
                "message": {"format": "UTF8", "content": "Hello"},
            }
        },
        {"message_id": 0x77D18982},
    ),
    (
        "get_messages",
        {"message_ids": ["3", 4], "priority": "InFront", "state": "Idle"},
        "GetDisplayMessages",
        {"requestId": 1, "id": [3, 4], "priority": "InFront", "state": "Idle"},
        {"messages": []},
    ),
    (
        "set_cost",
        {"cost": 4.2, "transaction_id": "tx-1"},
        "CostUpdated",
        {"totalCost": 4.2, "transactionId": "tx-1"},
        None,
    ),
    ("set_tariff", {"tariff": TARIFF}, "SetDefaultTariff", {"evseId": 0, "tariff": TARIFF}, None),
    ("get_tariffs", {}, "GetTariffs", {"evseId": 0}, {"tariffs": []}),
    ("clear_tariffs", {}, "ClearTariffs", {}, None),
    ("clear_tariffs", {"tariff_ids": "night"}, "ClearTariffs", {"tariffIds": ["night"]}, None),
    (
        "set_der_control",
        {"control_type": "LimitMaxDischarge", "control_id": "evening", "control": DISCHARGE},
        "SetDERControl",
        {"isDefault": False, "controlId": "evening", "controlType": "LimitMaxDischarge"} | DISCHARGE,
        {"superseded": []},
    ),
    ("get_der_controls", {}, "GetDERControl", {"requestId": 1}, {"controls": []}),
    ("send_afrr_signal", {"signal": 42, "at": AT_SIX}, "AFRRSignal", {"signal": 42, "timestamp": AT_SIX_UTC}, None),
    (
        "set_network_profile",
        {"slot": 2, "url": "ws://192.0.2.9:9000", "security_profile": 1},
        "SetNetworkProfile",
        {"configurationSlot": 2, "connectionData": connection()},
        None,
    ),
    (
        "set_network_profile",
        {
            "slot": 3,
            "url": "wss://192.0.2.9",
            "security_profile": 2,
            "interface": "Wireless1",
            "message_timeout": {"minutes": 1},
            "version": "OCPP20",
            "identity": "CAR",
            "password": "sixteen characters",
            "apn": APN,
            "vpn": VPN,
        },
        "SetNetworkProfile",
        {
            "configurationSlot": 3,
            "connectionData": connection(
                ocppCsmsUrl="wss://192.0.2.9",
                securityProfile=2,
                ocppInterface="Wireless1",
                messageTimeout=60,
                ocppVersion="OCPP20",
                identity="CAR",
                basicAuthPassword="sixteen characters",
                apn=APN,
                vpn=VPN,
            ),
        },
        None,
    ),
    (
        "get_customer_information",
        {"token": "04A2B3C4", "token_type": "ISO14443"},
        "CustomerInformation",
        customer(idToken={"idToken": "04A2B3C4", "type": "ISO14443"}),
        {"information": ""},
    ),
    (
        "get_customer_information",
        {"customer_identifier": "customer-7"},
        "CustomerInformation",
        customer(customerIdentifier="customer-7"),
        {"information": ""},
    ),
    (
        "get_customer_information",
        {"certificate": HASH},
        "CustomerInformation",
        customer(
            customerCertificate={
                "hashAlgorithm": "SHA256",
                "issuerNameHash": "93f6",
                "issuerKeyHash": "7a21",
                "serialNumber": "4c01",
            }
        ),
        {"information": ""},
    ),
    (
        "forget_customer",
        {"token": "04A2B3C4"},
        "CustomerInformation",
        customer(idToken={"idToken": "04A2B3C4", "type": "Central"}, clear=True),
        {"information": ""},
    ),
    (
        "install_certificate",
        {"kind": "V2GRootCertificate", "certificate": PEM},
        "InstallCertificate",
        {"certificateType": "V2GRootCertificate", "certificate": PEM},
        {"verified": True},
    ),
]
FIXED: list[Row] = [
    (
        "renew_certificate",
        {"kind": "V2G20Certificate"},
        "TriggerMessage",
        {"requestedMessage": "SignV2G20Certificate"},
        YES,
    ),
    (
        "send_certificate",
        {"certificate_chain": "PEM", "kind": "V2GCertificate"},
        "CertificateSigned",
        {"certificateChain": "PEM", "certificateType": "V2GCertificate"},
        YES,
    ),
    (
        "trigger_custom_message",
        {"custom_trigger": "SelfTest"},
        "TriggerMessage",
        {"requestedMessage": "CustomTrigger", "customTrigger": "SelfTest"},
        YES,
    ),
    (
        "publish_firmware",
        {"location": "https://files.example/1.bin", "checksum": CHECKSUM, "retries": 3, "retry_interval": 60},
        "PublishFirmware",
        {
            "location": "https://files.example/1.bin",
            "checksum": CHECKSUM,
            "requestId": 1,
            "retries": 3,
            "retryInterval": 60,
        },
        YES,
    ),
    (
        "unpublish_firmware",
        {"checksum": CHECKSUM},
        "UnpublishFirmware",
        {"checksum": CHECKSUM},
        {"status": "Unpublished"},
    ),
    ("web_payment_started", {}, "NotifyWebPaymentStarted", {"evseId": 1, "timeout": 120}, {}),
    (
        "web_payment_started",
        {"timeout": "00:00:30"},
        "NotifyWebPaymentStarted",
        {"evseId": 1, "timeout": 30},
        {},
    ),
    (
        "request_battery_swap",
        {"token": "04A2B3C4"},
        "RequestBatterySwap",
        {"idToken": {"idToken": "04A2B3C4", "type": "Central"}, "requestId": 1},
        YES,
    ),
    (
        "use_priority_charging",
        {"transaction_id": "tx-1"},
        "UsePriorityCharging",
        {"transactionId": "tx-1", "activate": True},
        YES,
    ),
    (
        "update_charging_profile",
        {"profile_id": 100, "schedule_update": {"limit": 10.0}},
        "UpdateDynamicSchedule",
        {"chargingProfileId": 100, "scheduleUpdate": {"limit": 10.0}},
        YES,
    ),
]
"""What the simulated station does not do by itself, with the answer it gives."""


@pytest.mark.parametrize(
    ("action", "fields", "asked", "payload", "response"),
    ROWS,
    ids=[f"{row[0]}_{number}" for number, row in enumerate(ROWS)],
)
async def test_an_action_is_a_request(
    home: Home,
    modern: Station,
    action: str,
    fields: dict[str, Any],
    asked: str,
    payload: dict[str, Any],
    response: object,
) -> None:
    answer = await home.do(action, **fields)
    assert modern.asked(asked)[:1] == [payload]
    if response is not ...:
        assert answer == (None if response is None else {"GARAGE": response})


@pytest.mark.parametrize(
    ("action", "fields", "asked", "payload", "answer"),
    FIXED,
    ids=[f"{row[0]}_{number}" for number, row in enumerate(FIXED)],
)
async def test_an_action_is_a_request_to_a_station_that_can(
    home: Home, action: str, fields: dict[str, Any], asked: str, payload: dict[str, Any], answer: dict[str, Any]
) -> None:
    async with home.station(version="2.1", oddities=Oddities(answers={asked: answer})) as station:
        told = await home.do(action, **fields)
        assert station.asked(asked) == [payload]
        assert told == ({"GARAGE": {"request_id": 1}} if action == "request_battery_swap" else None)
        await station.settle()


async def test_a_target_of_a_variable_is_written(home: Home) -> None:
    place = {"component": {"name": "Led"}, "variable": {"name": "Brightness"}}
    result = place | {"attributeType": "Target", "attributeStatus": "RebootRequired"}
    answers = {"SetVariables": {"setVariableResult": [result]}}
    async with home.station(version="2.1", oddities=Oddities(answers=answers)) as station:
        answer = await home.do("set_variable", variable="Led.Brightness", value=5, attribute="Target")
        data = place | {"attributeType": "Target", "attributeValue": "5"}
        assert station.asked("SetVariables") == [{"setVariableData": [data]}]
        assert answer == {"GARAGE": {"reboot_required": True}}
        await station.settle()


@pytest.mark.parametrize(
    ("action", "fields", "asked", "place"),
    [
        ("set_tariff", {"tariff": TARIFF}, "SetDefaultTariff", {"evseId": 2}),
        ("get_tariffs", {}, "GetTariffs", {"evseId": 2}),
        ("clear_tariffs", {}, "ClearTariffs", {"evseId": 2}),
        ("reset_evse", {"kind": "hard"}, "Reset", {"evseId": 2}),
        ("get_charging_profiles", {}, "GetChargingProfiles", {"evseId": 2}),
        ("trigger_custom_message", {"custom_trigger": "SelfTest"}, "TriggerMessage", {"evse": {"id": 2}}),
        ("web_payment_started", {}, "NotifyWebPaymentStarted", {"evseId": 2}),
    ],
)
async def test_what_is_aimed_at_an_evse_names_it(
    home: Home, action: str, fields: dict[str, Any], asked: str, place: dict[str, Any]
) -> None:
    answers = {"TriggerMessage": YES, "NotifyWebPaymentStarted": {}}
    async with home.station("YARD", version="2.1", hardware=TWO, oddities=Oddities(answers=answers)) as station:
        await home.hass.async_block_till_done()
        await home.do(action, {"device_id": home.device("yard/2")}, **fields)
        [payload] = station.asked(asked)
        assert payload | place == payload
        await station.settle()
