"""Actions of OCPP 2.x whose answer depends on what was there before."""

import logging
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from tests.household import until
from tests.simulator import Station

from .home import Home
from .test_wire_2x import APN, DISCHARGE, TARIFF, VPN

POWER = "EVSE.Power@1"


async def response(home: Home, action: str, /, **fields: Any) -> dict[str, Any]:
    """What an action responds for the garage."""
    answer = await home.do(action, **fields)
    assert answer is not None
    told = answer["GARAGE"]
    assert isinstance(told, dict)
    return told


async def charge(home: Home, station: Station) -> str:
    """Begin to charge; gives the transaction as both sides know it."""
    await station.plug_in()
    await home.do("start_transaction", token="04A2B3C4")
    evse = home.hub.stations["garage"].evse(1)
    await until(lambda: evse.transaction)
    assert evse.transaction is not None
    return evse.transaction.id


# --- display ----------------------------------------------------------------------------------------------------------
async def test_a_message_is_shown_changed_listed_and_taken_away(home: Home, modern: Station) -> None:
    await home.do("show_message", text="Hello", message_id=3, language="en", begin="2036-11-24 18:00:00")
    await home.do("show_message", text="Good bye", message_id=3, state="Idle", end="2036-11-24 19:00:00")
    other = await response(home, "show_message", text="Other")
    listed = await response(home, "get_messages")
    assert listed == {
        "messages": [
            {
                "message_id": 3,
                "text": "Good bye",
                "priority": "NormalCycle",
                "format": "UTF8",
                "state": "Idle",
                "end": "2036-11-25T03:00:00+00:00",
            },
            {"text": "Other", "priority": "NormalCycle", "format": "UTF8"} | other,
        ]
    }
    await home.do("clear_message", **other)
    assert modern.asked("ClearDisplayMessage") == [{"id": other["message_id"]}]
    [left] = (await response(home, "get_messages"))["messages"]
    assert left["message_id"] == 3


async def test_what_a_message_was_shown_with_is_what_it_is_listed_with(home: Home, modern: Station) -> None:
    transaction = await charge(home, modern)
    shown = {"text": "Hello", "message_id": 1, "priority": "InFront", "format": "ASCII", "language": "en"}
    times = {"begin": "2036-11-24T18:00:00+00:00", "end": "2036-11-24T19:00:00+00:00"}
    await home.do("show_message", **shown, **times, transaction_id=transaction)
    assert await response(home, "get_messages") == {"messages": [shown | times | {"transaction_id": transaction}]}


# --- variables --------------------------------------------------------------------------------------------------------
async def test_variables_are_told_as_what_they_are(home: Home, modern: Station) -> None:
    everything = (await response(home, "get_variables"))["variables"]
    by_name = {told["variable"]: told for told in everything}
    assert len(everything) == len(by_name) > 100
    assert by_name["OCPPCommCtrlr.HeartbeatInterval"] == {
        "variable": "OCPPCommCtrlr.HeartbeatInterval",
        "component": "OCPPCommCtrlr",
        "name": "HeartbeatInterval",
        "value": 300,
        "readonly": False,
        "unit": "s",
        "type": "integer",
        "minimum": 0.0,
    }
    assert by_name[POWER]["value"] == 0.0
    assert isinstance(by_name[POWER]["value"], float)
    assert by_name["Connector.Available@1:1"]["value"] is True
    assert by_name["Connector.Available@1:1"]["connector"] == 1
    assert by_name["SmartChargingCtrlr.RateUnit"]["value"] == ["A", "W"]
    assert by_name["ClockCtrlr.TimeSource"]["value"] == ["Heartbeat"]
    assert by_name["CustomizationCtrlr.VendorLedColour"]["value"] == "green"
    assert by_name["CustomizationCtrlr.VendorLedColour"]["options"] == ["green", "blue", "red"]
    assert by_name["DeviceDataCtrlr.ItemsPerMessage[GetReport]"]["instance"] == "GetReport"
    assert by_name["SecurityCtrlr.BasicAuthPassword"]["value"] is None
    assert by_name["SecurityCtrlr.BasicAuthPassword"]["writeonly"] is True


async def test_a_variable_that_was_written_waits_for_the_restart(home: Home, modern: Station) -> None:
    await home.do("get_variables")
    colour = {"variable": "CustomizationCtrlr.VendorLedColour"}
    assert await response(home, "set_variable", **colour, value="blue") == {"reboot_required": True}
    variables = home.hub.stations["garage"].variables
    variable = variables.get("VendorLedColour", "CustomizationCtrlr")
    assert variable is not None
    assert variable.reboot_required
    [told] = (await response(home, "get_variables", variables=colour["variable"]))["variables"]
    assert told["reboot_required"] is True


async def test_configuration_keys_are_told_as_what_they_are(home: Home, garage: Station) -> None:
    keys = ["AuthorizeRemoteTxRequests", "HeartbeatInterval", "MeterValuesSampledData", "CpoName", "VendorLedColour"]
    told = (await response(home, "get_variables", variables=keys))["variables"]
    assert [(each["variable"], each.get("type"), type(each["value"])) for each in told] == [
        ("AuthorizeRemoteTxRequests", "boolean", bool),
        ("HeartbeatInterval", "integer", int),
        ("MeterValuesSampledData", "list", list),
        ("CpoName", "text", str),
        ("VendorLedColour", None, str),
    ]
    assert await response(home, "set_variable", variable="HeartbeatInterval", value=60) == {"reboot_required": False}
    assert garage.asked("ChangeConfiguration") == [{"key": "HeartbeatInterval", "value": "60"}]


async def test_a_value_that_is_not_what_it_should_be_is_told_as_it_stands(home: Home, garage: Station) -> None:
    garage.configuration.preset("HeartbeatInterval", "often")
    garage.configuration.preset("AuthorizeRemoteTxRequests", "maybe")
    keys = ["HeartbeatInterval", "AuthorizeRemoteTxRequests"]
    told = (await response(home, "get_variables", variables=keys))["variables"]
    assert [each["value"] for each in told] == ["often", "maybe"]


@pytest.mark.parametrize("odd", ["NaN", "-Infinity", "1e999", "much"])
async def test_a_number_that_is_none_is_told_as_text(home: Home, modern: Station, odd: str) -> None:
    significance = "SmartChargingCtrlr.LimitChangeSignificance"
    await home.do("get_variables")
    modern.configuration.preset(significance, odd)
    [told] = (await response(home, "get_variables", variables=significance))["variables"]
    assert (told["type"], told["value"]) == ("decimal", odd)


# --- monitoring -------------------------------------------------------------------------------------------------------
async def test_a_monitor_is_set_replaced_listed_and_removed(home: Home, modern: Station) -> None:
    set_up = {"variable": POWER, "kind": "UpperThreshold", "severity": 4}
    monitor = await response(home, "set_monitor", **set_up, value=11000)
    assert await response(home, "set_monitor", **set_up, **monitor, value=7000) == monitor
    assert modern.asked("SetVariableMonitoring")[1]["setMonitoringData"][0]["id"] == monitor["monitor_id"]
    listed = await response(home, "get_monitors", variables=POWER)
    told = set_up | monitor | {"value": 7000.0, "transaction": False, "origin": "CustomMonitor"}
    assert listed == {"monitors": [told]}
    await home.do("clear_monitors", monitor_ids=monitor["monitor_id"])
    assert modern.asked("ClearVariableMonitoring") == [{"id": [monitor["monitor_id"]]}]
    assert await response(home, "get_monitors", variables=POWER) == {"monitors": []}


async def test_a_stream_begins_with_a_monitor_and_is_adjusted(home: Home, modern: Station) -> None:
    monitor = await response(
        home, "set_monitor", variable=POWER, kind="Periodic", value=5, stream_interval=10, stream_values=3
    )
    [asked] = modern.asked("SetVariableMonitoring")
    assert asked["setMonitoringData"][0]["periodicEventStream"] == {"interval": 10, "values": 3}
    await until(lambda: home.hub.stations["garage"].watch.streams)
    [stream] = (await response(home, "get_event_streams"))["streams"]
    assert stream == {"stream_id": stream["stream_id"], "stream_interval": 10, "stream_values": 3} | monitor
    await home.do("adjust_event_stream", stream_id=stream["stream_id"], stream_interval=20)
    assert modern.asked("AdjustPeriodicEventStream") == [{"id": stream["stream_id"], "params": {"interval": 20}}]
    [stream] = (await response(home, "get_event_streams"))["streams"]
    assert "stream_values" not in stream
    assert stream["stream_interval"] == 20


# --- profiles ---------------------------------------------------------------------------------------------------------
async def test_a_dynamic_profile_is_installed_listed_and_updated(home: Home, modern: Station) -> None:
    profile = {
        "id": 100,
        "stackLevel": 2,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Dynamic",
        "chargingSchedule": [
            {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}
        ],
    }
    await home.do("set_charging_profile", charging_profile=profile)
    [told] = (await response(home, "get_charging_profiles", profile_id=100))["profiles"]
    assert (told["evse"], told["source"]) == (1, "CSO")
    assert told["charging_profile"] == told["charging_profile"] | profile
    await home.do("update_charging_profile", profile_id=100, schedule_update={"limit": 10})
    assert modern.asked("UpdateDynamicSchedule") == [{"chargingProfileId": 100, "scheduleUpdate": {"limit": 10}}]
    schedule = await response(home, "get_composite_schedule", unit="A")
    assert schedule["periods"][0]["limit"] == 10.0
    await home.do("clear_charging_profile", purpose="TxDefaultProfile")
    assert await response(home, "get_charging_profiles") == {"profiles": []}


# --- the transaction that runs ----------------------------------------------------------------------------------------
async def test_what_is_of_a_transaction_is_of_the_one_that_runs(home: Home, modern: Station) -> None:
    transaction = await charge(home, modern)
    named = {"transactionId": transaction}
    await home.do("set_cost", cost=1.5)
    assert modern.asked("CostUpdated") == [named | {"totalCost": 1.5}]
    await home.do("change_tariff", tariff=TARIFF)
    assert modern.asked("ChangeTransactionTariff") == [named | {"tariff": TARIFF}]
    await home.do("allow_energy_transfer", energy_transfer=["AC_three_phase", "AC_BPT"])
    ways = {"allowedEnergyTransfer": ["AC_three_phase", "AC_BPT"]}
    assert modern.asked("NotifyAllowedEnergyTransfer") == [named | ways]
    await home.do("stop_transaction")
    assert modern.asked("RequestStopTransaction") == [named]


async def test_priority_charging_begins_and_ends(home: Home, modern: Station) -> None:
    transaction = await charge(home, modern)
    profile = {
        "id": 200,
        "stackLevel": 1,
        "chargingProfilePurpose": "PriorityCharging",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [
            {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32.0}]}
        ],
    }
    await home.do("set_charging_profile", charging_profile=profile)
    evse = home.hub.stations["garage"].evse(1)
    await home.do("use_priority_charging")
    assert evse.priority
    await home.do("use_priority_charging", active=False)
    assert not evse.priority
    asked = modern.asked("UsePriorityCharging")
    assert asked == [{"transactionId": transaction, "activate": active} for active in (True, False)]


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("set_cost", {"cost": 1}),
        ("change_tariff", {"tariff": TARIFF}),
        ("use_priority_charging", {}),
        ("allow_energy_transfer", {"energy_transfer": "DC"}),
    ],
)
async def test_without_a_transaction_there_is_nothing_to_ask(
    home: Home, modern: Station, action: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.do(action, **fields)
    assert raised.value.translation_key == "no_transaction"
    assert modern.asked() == []


# --- tariffs, grid, customers -----------------------------------------------------------------------------------------
async def test_a_tariff_is_installed_listed_and_removed(home: Home, modern: Station) -> None:
    await home.do("set_tariff", tariff=TARIFF)
    assert await response(home, "get_tariffs") == {
        "tariffs": [{"tariff_id": "night", "kind": "DefaultTariff", "evses": [1], "tokens": []}]
    }
    await home.do("clear_tariffs", tariff_ids=["night"])
    assert await response(home, "get_tariffs") == {"tariffs": []}


async def test_a_control_of_the_grid_is_installed_superseded_listed_and_removed(home: Home, modern: Station) -> None:
    named = {"control_type": "LimitMaxDischarge"}
    await home.do("set_der_control", **named, control_id="noon", control=DISCHARGE, default=True)
    stronger = {"limitMaxDischarge": DISCHARGE["limitMaxDischarge"] | {"priority": 0}}
    answer = await response(home, "set_der_control", **named, control_id="evening", control=stronger, default=True)
    assert answer == {"superseded": ["noon"]}
    listed = (await response(home, "get_der_controls", **named, control_id="evening"))["controls"]
    about = {"id": "evening", "isDefault": True, "isSuperseded": False}
    assert listed == [about | stronger]
    await home.do("clear_der_controls", **named, default=True)
    assert modern.asked("ClearDERControl") == [{"isDefault": True, "controlType": "LimitMaxDischarge"}]
    assert await response(home, "get_der_controls") == {"controls": []}


async def test_a_signal_of_the_grid_holds_now_if_nothing_else_is_said(home: Home, modern: Station) -> None:
    await home.do("send_afrr_signal", signal=-3)
    [asked] = modern.asked("AFRRSignal")
    assert asked["signal"] == -3
    assert asked["timestamp"].endswith("Z")


async def test_what_a_station_knows_of_a_customer_is_told_and_forgotten(home: Home, modern: Station) -> None:
    await charge(home, modern)
    known = {"information": "04A2B3C4: Accepted"}
    assert await response(home, "get_customer_information", token="04A2B3C4") == known
    assert await response(home, "forget_customer", token="04A2B3C4") == known
    assert await response(home, "get_customer_information", token="04A2B3C4") == {"information": ""}


# --- passwords --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("password", ["open sesame open sesame", "open sesame" * 9])
async def test_a_password_of_a_connection_is_in_no_log_and_no_error(
    home: Home, modern: Station, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "homeassistant.core")  # the event bus tells the fields of every action at DEBUG
    vpn, apn = VPN | {"password": password, "key": password}, APN | {"apnPassword": password}
    fields = {"url": "ws://192.0.2.9:9000", "security_profile": 1, "password": password[:64], "vpn": vpn, "apn": apn}
    said = ""
    for slot in (2, 9):  # the simulated station has three slots
        try:
            await home.do("set_network_profile", slot=slot, **fields)
        except HomeAssistantError as error:
            said += f"{error} {error.translation_placeholders}"
    assert said
    assert "open sesame" not in said + caplog.text


# --- limits of a session ----------------------------------------------------------------------------------------------
async def test_a_running_session_is_limited_and_the_limits_are_lifted(home: Home, modern: Station) -> None:
    garage = home.hub.stations["garage"]
    await garage.require().configuration.read(["TxCtrlr.SupportedLimits"])
    with pytest.raises(ServiceValidationError) as nothing:
        await home.do("limit_session", energy=20)
    assert nothing.value.translation_key == "no_transaction"
    running = await charge(home, modern)
    await home.do("limit_session", energy=20, duration="02:00:00", soc=80)
    limits = garage.session_limits[running]
    assert limits.wished.given == {"energy": 20_000, "time": 7200, "soc": 80}
    await until(lambda: limits.reported.given == limits.wished.given)
    await home.do("limit_session", transaction_id=running)
    assert limits.wished.given == {}


async def test_a_limit_a_station_does_not_hold_to_is_refused(home: Home, modern: Station) -> None:
    await charge(home, modern)
    with pytest.raises(ServiceValidationError) as refused:
        await home.do("limit_session", soc=80)
    assert refused.value.translation_key == "unsupported"
