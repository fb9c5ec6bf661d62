"""What a station of OCPP 2.x does not do is an error with its own words."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from tests.simulator import Oddities, Station

from .home import Home
from .test_refusals import LEAST, REJECTED, refusal
from .test_wire_2x import APN, DISCHARGE, HASH, TARIFF

REASON = {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidValue", "additionalInfo": "not on Sundays"}}
TX = {"transaction_id": "tx-1"}
OF_2X = {
    "get_charging_profiles": "ChargingProfiles",
    "set_monitor": "Monitoring",
    "clear_monitors": "Monitoring",
    "get_monitors": "Monitoring",
    "set_monitoring_base": "Monitoring",
    "set_monitoring_level": "Monitoring",
    "show_message": "DisplayMessage",
    "get_messages": "DisplayMessage",
    "clear_message": "DisplayMessage",
    "set_cost": "Cost",
    "set_network_profile": "NetworkProfile",
    "publish_firmware": "PublishFirmware",
    "unpublish_firmware": "PublishFirmware",
    "get_customer_information": "CustomerInformation",
    "forget_customer": "CustomerInformation",
}
OF_21 = {
    "use_priority_charging": "PriorityCharging",
    "update_charging_profile": "DynamicSchedules",
    "trigger_custom_message": "CustomTrigger",
    "get_event_streams": "PeriodicEventStream",
    "adjust_event_stream": "PeriodicEventStream",
    "set_tariff": "Tariff",
    "get_tariffs": "Tariff",
    "clear_tariffs": "Tariff",
    "change_tariff": "Tariff",
    "web_payment_started": "Payment",
    "request_battery_swap": "Payment",
    "set_der_control": "DERControl",
    "get_der_controls": "DERControl",
    "clear_der_controls": "DERControl",
    "send_afrr_signal": "DERControl",
    "allow_energy_transfer": "DERControl",
}


@pytest.mark.parametrize(
    ("action", "fields", "asked", "answer", "reason"),
    [
        ("reset_evse", {}, "Reset", REASON, "Rejected: InvalidValue, not on Sundays"),
        ("use_priority_charging", TX, "UsePriorityCharging", {"status": "NoProfile"}, "NoProfile"),
        ("update_charging_profile", LEAST["update_charging_profile"], "UpdateDynamicSchedule", REJECTED, "Rejected"),
        ("get_charging_profiles", {}, "GetChargingProfiles", "InternalError", "InternalError: as this brand does"),
        ("trigger_custom_message", {"custom_trigger": "X"}, "TriggerMessage", REJECTED, "Rejected"),
        ("show_message", {"text": "Hello", "format": "HTML"}, None, None, "NotSupportedMessageFormat"),
        ("show_message", {"text": "Hello", "transaction_id": "9"}, None, None, "UnknownTransaction"),
        ("clear_message", {"message_id": 8}, None, None, "Unknown"),
        (
            "set_monitor",
            LEAST["set_monitor"] | {"variable": "EVSE.Weather@1"},
            None,
            None,
            "UnknownVariable: EVSE.Weather\uff201",
        ),
        ("clear_monitors", {"monitor_ids": 812}, None, None, "NotFound: monitor 812"),
        ("set_monitoring_base", {"base": "All"}, "SetMonitoringBase", REJECTED, "Rejected"),
        ("set_monitoring_level", {"severity": 5}, "SetMonitoringLevel", REJECTED, "Rejected"),
        ("get_monitors", {}, "GetMonitoringReport", REJECTED, "Rejected"),
        ("adjust_event_stream", {"stream_id": 4, "stream_values": 1}, None, None, "Rejected"),
        ("get_event_streams", {}, "GetPeriodicEventStream", "InternalError", "InternalError: as this brand does"),
        ("set_cost", {"cost": 1} | TX, "CostUpdated", "GenericError", "GenericError: as this brand does"),
        ("set_tariff", {"tariff": TARIFF}, "SetDefaultTariff", {"status": "TooManyElements"}, "TooManyElements"),
        ("get_tariffs", {}, "GetTariffs", REJECTED, "Rejected"),
        (
            "clear_tariffs",
            {},
            "ClearTariffs",
            {"clearTariffsResult": [{"tariffId": "night", "status": "Rejected"}]},
            "Rejected: night",
        ),
        ("change_tariff", {"tariff": TARIFF} | TX, None, None, "TxNotFound"),
        ("request_battery_swap", {"token": "A"}, "RequestBatterySwap", REJECTED, "Rejected"),
        (
            "set_der_control",
            {"control_type": "LimitMaxDischarge", "control_id": "a", "control": DISCHARGE},
            "SetDERControl",
            REJECTED,
            "Rejected",
        ),
        ("get_der_controls", {}, "GetDERControl", {"status": "NotSupported"}, "NotSupported"),
        ("clear_der_controls", {}, None, None, "NotFound"),
        ("send_afrr_signal", {"signal": 1}, "AFRRSignal", REJECTED, "Rejected"),
        ("allow_energy_transfer", {"energy_transfer": "DC"} | TX, None, None, "Rejected"),
        ("set_network_profile", LEAST["set_network_profile"] | {"slot": 9}, None, None, "Rejected"),
        ("publish_firmware", LEAST["publish_firmware"], None, None, "Rejected"),
        ("unpublish_firmware", LEAST["unpublish_firmware"], None, None, "NoFirmware"),
        ("get_customer_information", {"token": "A"}, "CustomerInformation", {"status": "Invalid"}, "Invalid"),
        ("forget_customer", {"token": "A"}, "CustomerInformation", REJECTED, "Rejected"),
        ("set_variable", {"variable": "OCPPCommCtrlr.HeartbeatInterval", "value": "x"}, None, None, ...),
    ],
)
async def test_a_refusal_is_raised_with_the_words_of_the_station(
    home: Home, action: str, fields: dict[str, Any], asked: str | None, answer: Any, reason: object
) -> None:
    answers = {} if asked is None else {asked: answer}
    async with home.station(version="2.1", oddities=Oddities(answers=answers)) as station:
        key, said = await refusal(home, HomeAssistantError, action, **fields)
        await station.settle()
    assert key == "refused"
    assert reason is ... or said == reason


@pytest.mark.parametrize("action", [*OF_2X, *OF_21, "reset_evse"])
async def test_a_station_of_1_6_is_not_asked_what_only_others_know(home: Home, garage: Station, action: str) -> None:
    block = (OF_2X | OF_21).get(action, "OCPP 1.6 restarts stations as a whole only")
    refused = await refusal(home, ServiceValidationError, action, **LEAST.get(action, {}))
    assert refused == ("unsupported", block)
    assert garage.asked() == []


async def test_a_key_of_1_6_has_one_value_only(home: Home, garage: Station) -> None:
    refused = await refusal(
        home, ServiceValidationError, "set_variable", variable="LightIntensity", value=5, attribute="Target"
    )
    assert refused == ("unsupported", "VariableAttributes")
    assert garage.asked() == []


async def test_a_station_of_2_0_1_is_not_asked_what_only_2_1_knows(home: Home) -> None:
    async with home.station(version="2.0.1") as station:
        for action, block in OF_21.items():
            refused = await refusal(home, ServiceValidationError, action, **LEAST.get(action, {}))
            assert refused == ("unsupported", block)
        with pytest.raises(ServiceValidationError, match="resume"):
            await home.do("reset", kind="resume")
        assert station.asked() == []
        await home.do("show_message", text="Hello")
        await home.do("set_network_profile", **LEAST["set_network_profile"])
        assert station.asked("SetNetworkProfile")[0]["connectionData"]["ocppVersion"] == "OCPP20"


async def test_a_station_that_has_switched_a_block_off_is_not_asked(home: Home) -> None:
    off = {"MonitoringCtrlr.Available": "false", "DisplayMessageCtrlr.Available": "false"}
    off["SmartChargingCtrlr.Enabled"] = "false"
    async with home.station(version="2.1", oddities=Oddities(key_values=off)) as station:
        await home.do("get_variables")
        await station.go_offline()
        await station.go_online()
        for action in ("get_monitors", "get_messages", "get_charging_profiles", "update_charging_profile"):
            refused = await refusal(home, ServiceValidationError, action, **LEAST.get(action, {}))
            assert refused == ("unsupported", (OF_2X | OF_21)[action])
        assert not {"GetMonitoringReport", "GetDisplayMessages", "GetChargingProfiles"} & set(station.asked())


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("get_variables", {"variables": ["HeartbeatInterval"]}),
        ("set_variable", {"variable": "HeartbeatInterval", "value": 1}),
        ("set_variable", {"variable": "SecurityCtrlr.BasicAuthPassword", "value": "short"}),
        ("set_monitor", LEAST["set_monitor"] | {"variable": "Power"}),
        ("get_monitors", {"variables": "Power"}),
        ("adjust_event_stream", {"stream_id": 1}),
        ("update_charging_profile", {"profile_id": 1, "schedule_update": {"limits": 1}}),
        ("set_charging_profile", {"charging_profile": {"id": 1}}),
        ("clear_charging_profile", {}),
        ("set_tariff", {"tariff": {"tariffId": "night"}}),
        ("change_tariff", {"tariff": {}} | TX),
        ("set_der_control", {"control_type": "FixedVar", "control_id": "a", "control": {"fixedVar": {}}}),
        ("set_network_profile", LEAST["set_network_profile"] | {"security_profile": 2}),
        ("set_network_profile", LEAST["set_network_profile"] | {"apn": APN | {"apnAuthentication": "SECRET"}}),
        ("publish_firmware", LEAST["publish_firmware"] | {"location": "file:///etc/passwd"}),
        ("get_customer_information", {}),
        ("forget_customer", {"token": "A", "customer_identifier": "B"}),
        ("forget_customer", {"certificate": HASH | {"serial_number": "1" * 41}}),
    ],
)
async def test_what_would_not_be_valid_is_not_sent(
    home: Home, modern: Station, action: str, fields: dict[str, Any]
) -> None:
    key, _ = await refusal(home, ServiceValidationError, action, **fields)
    assert key == "invalid"
    assert modern.asked() == []
