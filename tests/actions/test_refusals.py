"""What does not happen is an error with the station's own words."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.ocpp_home.actions import ACTIONS, planning
from custom_components.ocpp_home.const import DOMAIN
from tests.pki import root
from tests.simulator import Oddities, Station

from .home import Home
from .test_wire import PROFILE

WHERE = {"location": "https://files.example/file"}
LEAST: dict[str, dict[str, Any]] = {
    "set_charging_profile": {"charging_profile": {}},
    "reserve": {"until": "2036-11-24 18:00:00"},
    "change_availability": {"operative": True},
    "trigger_message": {"message": "Heartbeat"},
    "data_transfer": {"vendor_id": "com.example"},
    "set_configuration": {"key": "LightIntensity", "value": "50"},
    "update_firmware": WHERE,
    "get_diagnostics": WHERE,
    "install_certificate": {"kind": "ManufacturerRootCertificate", "certificate": root().pem},
    "get_certificates": {"kind": "ManufacturerRootCertificate"},
    "delete_certificate": {"issuer_name_hash": "a", "issuer_key_hash": "b", "serial_number": "c"},
    "send_certificate": {"certificate_chain": "PEM"},
    "call": {"action": "Heartbeat"},
    "update_charging_profile": {"profile_id": 1, "schedule_update": {"limit": 10}},
    "trigger_custom_message": {"custom_trigger": "SelfTest"},
    "set_variable": {"variable": "LightIntensity", "value": "50"},
    "set_monitor": {"variable": "EVSE.Power@1", "kind": "Delta", "value": 5},
    "clear_monitors": {"monitor_ids": [1]},
    "set_monitoring_base": {"base": "All"},
    "set_monitoring_level": {"severity": 5},
    "adjust_event_stream": {"stream_id": 1},
    "show_message": {"text": "Hello"},
    "clear_message": {"message_id": 1},
    "set_cost": {"cost": 1},
    "set_tariff": {"tariff": {}},
    "change_tariff": {"tariff": {}},
    "request_battery_swap": {"token": "04A2B3C4"},
    "set_der_control": {"control_type": "FixedVar", "control_id": "noon", "control": {}},
    "send_afrr_signal": {"signal": 1},
    "allow_energy_transfer": {"energy_transfer": "DC"},
    "set_network_profile": {"slot": 2, "url": "ws://192.0.2.9", "security_profile": 1},
    "publish_firmware": WHERE | {"checksum": "d41d8cd98f00b204e9800998ecf8427e"},
    "unpublish_firmware": {"checksum": "d41d8cd98f00b204e9800998ecf8427e"},
}
"""The fields an action cannot do without."""
LACKING = [
    (action, {name: value for name, value in fields.items() if name != lacking})
    for action, fields in LEAST.items()
    for lacking in fields
    if action != "get_diagnostics"  # Home Assistant takes a log itself
]
ADMINISTRATORS = {
    "set_configuration",
    "data_transfer",
    "send_local_list",
    "update_firmware",
    "get_diagnostics",
    "install_certificate",
    "get_certificates",
    "delete_certificate",
    "renew_certificate",
    "send_certificate",
    "call",
    "set_variable",
    "set_monitor",
    "clear_monitors",
    "set_monitoring_base",
    "set_monitoring_level",
    "adjust_event_stream",
    "set_tariff",
    "clear_tariffs",
    "change_tariff",
    "set_der_control",
    "clear_der_controls",
    "send_afrr_signal",
    "set_network_profile",
    "set_password",
    "rotate_password",
    "publish_firmware",
    "unpublish_firmware",
    "get_customer_information",
    "forget_customer",
}


async def refusal(home: Home, kind: type[HomeAssistantError], action: str, /, **fields: Any) -> tuple[str | None, str]:
    """The key and the reason of the error an action raises."""
    with pytest.raises(HomeAssistantError) as raised:
        await home.do(action, **fields)
    assert type(raised.value) is kind
    assert raised.value.translation_domain == DOMAIN
    placeholders = raised.value.translation_placeholders or {}
    assert placeholders["station"] == "GARAGE"
    return raised.value.translation_key, placeholders["reason"]


REJECTED = {"status": "Rejected"}


@pytest.mark.parametrize(
    ("action", "fields", "oddities", "reason"),
    [
        ("start_transaction", {}, {"answers": {"RemoteStartTransaction": REJECTED}}, "Rejected"),
        ("start_transaction", {}, {"answers": {"RemoteStartTransaction": {"status": "Busy"}}}, "Busy"),
        ("stop_transaction", {"transaction_id": "4711"}, {}, "Rejected"),
        ("set_charging_profile", {"charging_profile": PROFILE}, {"units": frozenset("W")}, "Rejected"),
        ("clear_charging_profile", {"profile_id": 3}, {}, "Unknown"),
        ("get_composite_schedule", {"unit": "W"}, {"units": frozenset("A")}, "Rejected"),
        ("reserve", LEAST["reserve"], {"answers": {"ReserveNow": {"status": "Occupied"}}}, "Occupied"),
        ("cancel_reservation", {"reservation_id": 5}, {}, "Rejected"),
        ("reset", {"kind": "hard"}, {"answers": {"Reset": "InternalError"}}, "InternalError: as this brand does"),
        ("unlock", {}, {"lock_broken": True}, "UnlockFailed"),
        (
            "change_availability",
            LEAST["change_availability"],
            {"answers": {"ChangeAvailability": REJECTED}},
            "Rejected",
        ),
        ("clear_cache", {}, {"key_values": {"AuthorizationCacheEnabled": "false"}}, "Rejected"),
        ("trigger_message", {"message": "Heartbeat"}, {"answers": {"TriggerMessage": REJECTED}}, "Rejected"),
        ("data_transfer", {"vendor_id": "com.example"}, {}, "UnknownVendorId"),
        ("set_configuration", {"key": "LightIntensity", "value": "101"}, {}, "Rejected"),
        ("set_configuration", {"key": "NumberOfConnectors", "value": "9"}, {}, "Rejected"),
        ("send_local_list", {}, {"answers": {"SendLocalList": {"status": "VersionMismatch"}}}, "VersionMismatch"),
        (
            "update_firmware",
            {"location": "ftp://files.example/1.bin", "signature": "c2ln", "signing_certificate": root().pem},
            {"answers": {"SignedUpdateFirmware": {"status": "InvalidCertificate"}}},
            "InvalidCertificate",
        ),
        ("get_diagnostics", WHERE, {"answers": {"GetLog": REJECTED}}, "Rejected"),
        (
            "install_certificate",
            LEAST["install_certificate"],
            {"answers": {"InstallCertificate": REJECTED}},
            "Rejected",
        ),
        ("delete_certificate", LEAST["delete_certificate"], {}, "NotFound"),
        ("renew_certificate", {}, {"answers": {"ExtendedTriggerMessage": REJECTED}}, "Rejected"),
        ("send_certificate", LEAST["send_certificate"], {}, "Rejected"),
        (
            "call",
            {"action": "Reset", "payload": {"type": "Soft"}},
            {"answers": {"Reset": "GenericError"}},
            "GenericError: as this brand does",
        ),
    ],
)
async def test_a_refusal_is_raised_with_the_words_of_the_station(
    home: Home, action: str, fields: dict[str, Any], oddities: dict[str, Any], reason: str
) -> None:
    async with home.station(oddities=Oddities(**oddities)) as garage:
        key, said = await refusal(home, HomeAssistantError, action, **fields)
        await garage.settle()
    assert (key, said) == ("refused", reason)


@pytest.mark.parametrize(
    ("action", "fields", "oddities", "reason"),
    [
        ("set_configuration", {"key": "Unheard", "value": "1"}, {}, "NotSupported: Unheard"),
        ("clear_cache", {}, {"answers": {"ClearCache": "NotImplemented"}}, "NotImplemented"),
        (
            "trigger_message",
            {"message": "Heartbeat"},
            {"answers": {"TriggerMessage": {"status": "NotImplemented"}}},
            "",
        ),
        ("unlock", {}, {"no_lock": True}, "NotSupported: the connector has no lock"),
    ],
)
async def test_what_a_station_cannot_do_is_told_as_that(
    home: Home, action: str, fields: dict[str, Any], oddities: dict[str, Any], reason: str
) -> None:
    async with home.station(oddities=Oddities(**oddities)):
        key, said = await refusal(home, ServiceValidationError, action, **fields)
    assert key == "unsupported"
    assert reason in said


@pytest.mark.parametrize(
    ("action", "feature"),
    [
        ("set_charging_profile", "SmartCharging"),
        ("clear_charging_profile", "SmartCharging"),
        ("get_composite_schedule", "SmartCharging"),
        ("reserve", "Reservation"),
        ("cancel_reservation", "Reservation"),
        ("trigger_message", "RemoteTrigger"),
        ("get_local_list_version", "LocalAuthListManagement"),
        ("send_local_list", "LocalAuthListManagement"),
        ("update_firmware", "FirmwareManagement"),
        ("get_diagnostics", "FirmwareManagement"),
    ],
)
async def test_a_station_without_the_feature_is_not_asked(home: Home, action: str, feature: str) -> None:
    home.hub.stations["garage"].keep("features", ["Core"])
    async with home.station() as garage:
        fields = LEAST.get(action, {})
        assert await refusal(home, ServiceValidationError, action, **fields) == ("unsupported", feature)
        assert garage.asked() == []


async def test_no_security_block_is_told_like_any_other(home: Home, garage: Station) -> None:
    commands = home.hub.stations["garage"].require()
    commands.security = None
    for action in (
        "install_certificate",
        "get_certificates",
        "delete_certificate",
        "renew_certificate",
        "send_certificate",
    ):
        fields = LEAST.get(action, {})
        assert await refusal(home, ServiceValidationError, action, **fields) == ("unsupported", "Security")


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("call", {"action": "Rest", "payload": {}}),
        ("call", {"action": "Reset", "payload": {}}),
        ("call", {"action": "Reset", "payload": {"type": "Gentle"}}),
        ("call", {"action": "Reset", "payload": {"type": "Soft", "please": True}}),
        ("start_transaction", {"charging_profile": {"chargingProfileId": 1}}),
        ("set_charging_profile", {"charging_profile": {}}),
        ("trigger_message", {"message": "Weather"}),
        ("set_configuration", {"key": "AuthorizationKey", "value": "short"}),
        ("send_local_list", {"tokens": ["a card number that is longer than twenty"]}),
        ("update_firmware", {"location": "file:///etc/passwd"}),
        ("get_diagnostics", {"location": "gopher://files.example/"}),
        ("reserve", LEAST["reserve"] | {"token": "a card number that is longer than twenty"[:36]}),
    ],
)
async def test_what_would_not_be_valid_is_not_sent(
    home: Home, garage: Station, action: str, fields: dict[str, Any]
) -> None:
    key, _ = await refusal(home, ServiceValidationError, action, **fields)
    assert key == "invalid"
    assert set(garage.asked()) <= {"GetLocalListVersion"}


async def test_a_station_that_is_not_there_is_told_as_that_whatever_it_is_asked(home: Home) -> None:
    home.hub.stations["garage"].evse(1)
    alone = {*(action.name for action in planning.ACTIONS), "set_password"}  # these need no station
    for action in (action for action in ACTIONS if action.name not in alone):
        fields = LEAST.get(action.name, {})
        refused = await refusal(home, HomeAssistantError, action.name, **fields)
        assert refused == ("offline", "GARAGE is not connected"), action.name


async def test_a_link_that_breaks_before_the_answer_is_an_error(home: Home) -> None:
    async with home.station(oddities=Oddities(closes_on=frozenset({"ClearCache"}))):
        assert (await refusal(home, HomeAssistantError, "clear_cache"))[0] == "offline"


# --- who may ask ------------------------------------------------------------------------------------------------------
@pytest.fixture
def resident(hass: HomeAssistant) -> User:
    """Somebody who lives here and is no administrator."""
    user: User = MockUser(is_owner=False).add_to_hass(hass)
    return user


async def test_what_only_administrators_may_is_refused_to_others(home: Home, garage: Station, resident: User) -> None:
    assert {action.name for action in ACTIONS if action.admin} == ADMINISTRATORS
    for action in sorted(ADMINISTRATORS):
        with pytest.raises(Unauthorized):
            await home.do(action, None, Context(user_id=resident.id), **LEAST.get(action, {}))
    assert garage.asked() == []


async def test_everybody_may_ask_for_the_rest(home: Home, garage: Station, resident: User) -> None:
    await home.do("unlock", None, Context(user_id=resident.id))
    assert garage.asked() == ["UnlockConnector"]


async def test_administrators_may_ask_for_all(home: Home, garage: Station, hass_admin_user: User) -> None:
    action = {"action": "ClearCache"}
    assert await home.do("call", None, Context(user_id=hass_admin_user.id), **action) == {
        "GARAGE": {"status": "Accepted"}
    }


# --- what is no call of an action -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "fields"),
    [
        *LACKING,
        ("unlock", {"force": True}),
        ("start_transaction", {"token": ""}),
        ("start_transaction", {"token": "x" * 37}),
        ("start_transaction", {"charging_profile": "fast"}),
        ("clear_charging_profile", {"purpose": "Fun"}),
        ("clear_charging_profile", {"stack_level": -1}),
        ("get_composite_schedule", {"duration": "soon"}),
        ("get_composite_schedule", {"unit": "kW"}),
        ("reserve", LEAST["reserve"] | {"until": "soon"}),
        ("reserve", LEAST["reserve"] | {"token": "04A2B3C4", "card": "Fob"}),
        ("limit_session", {"energy": 0}),
        ("limit_session", {"soc": 101}),
        ("limit_session", {"duration": 0}),
        ("cancel_reservation", {"reservation_id": -1}),
        ("reset", {"kind": "gentle"}),
        ("get_charging_profiles", {"source": ["Nobody"]}),
        ("get_charging_profiles", {"purpose": "ChargePointMaxProfile"}),
        ("trigger_custom_message", {"custom_trigger": ""}),
        ("set_monitor", LEAST["set_monitor"] | {"kind": "Weather"}),
        ("set_monitor", LEAST["set_monitor"] | {"severity": 10}),
        ("get_monitors", {"criteria": "AnyMonitoring"}),
        ("set_monitoring_base", {"base": "Some"}),
        ("set_monitoring_level", {"severity": -1}),
        ("show_message", {"text": ""}),
        ("show_message", {"text": "x" * 1025}),
        ("show_message", {"text": "Hello", "format": "PDF"}),
        ("show_message", {"text": "Hello", "message_id": -1}),
        ("set_cost", {"cost": -1}),
        ("web_payment_started", {"timeout": "soon"}),
        ("set_der_control", LEAST["set_der_control"] | {"control_type": "Sunshine"}),
        ("allow_energy_transfer", {"energy_transfer": ["Steam"]}),
        ("set_network_profile", LEAST["set_network_profile"] | {"security_profile": 4}),
        ("set_network_profile", LEAST["set_network_profile"] | {"interface": "String"}),
        ("publish_firmware", WHERE | {"checksum": "x"}),
        ("get_customer_information", {"token": "A", "token_type": "Face"}),
        ("forget_customer", {"certificate": {"serial_number": "1"}}),
        ("change_availability", {"operative": "perhaps"}),
        ("set_configuration", {"key": "LightIntensity", "value": {"lamp": 1}}),
        ("send_local_list", {"version": 0}),
        ("update_firmware", WHERE | {"signature": "s"}),
        ("update_firmware", WHERE | {"signing_certificate": "s"}),
        ("update_firmware", WHERE | {"retries": -1}),
        ("get_diagnostics", WHERE | {"log": "Diary"}),
        ("get_certificates", {"kind": "Birth"}),
        ("delete_certificate", LEAST["delete_certificate"] | {"hash_algorithm": "MD5"}),
        ("call", {"action": "Reset", "payload": "Soft"}),
    ],
)
def test_fields_that_do_not_fit_are_refused(action: str, fields: dict[str, Any]) -> None:
    [row] = [row for row in ACTIONS if row.name == action]
    with pytest.raises(vol.Invalid):
        row.schema({"device_id": "1"} | fields)


async def test_an_action_without_a_target_is_refused(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(DOMAIN, "unlock", {}, blocking=True)
