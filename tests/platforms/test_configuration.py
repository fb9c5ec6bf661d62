"""The configuration of a station as entities, whatever its version."""

from collections.abc import Mapping

from homeassistant.components.number import DOMAIN as NUMBER, SERVICE_SET_VALUE
from homeassistant.components.select import DOMAIN as SELECT, SERVICE_SELECT_OPTION
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.ocpp_home.configuration import MOST, Item, label
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey, key_of
from custom_components.ocpp_home.entity import Part
from custom_components.ocpp_home.hub import Hub
from tests.platforms.station import configure, connect, entity_id, exists, measure, model, read, shown

pytestmark = pytest.mark.usefixtures("all_enabled")

COLOUR = "cp1_config_customizationctrlr.vendorledcolour"


async def act(hass: HomeAssistant, platform: str, action: str, key: str, **data: object) -> None:
    target = {ATTR_ENTITY_ID: entity_id(hass, platform, key)}
    await hass.services.async_call(platform, action, target | data, blocking=True)
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("path", "value", "kind", "more", "platform", "state"),
    [
        ("Led.On", "true", "boolean", {}, "switch", "on"),
        ("Led.On", "FALSE", "boolean", {"readonly": True}, "binary_sensor", "off"),
        ("Led.Level", "7", "integer", {"minimum": 0.0, "maximum": 9.0}, "number", "7.0"),
        ("Led.Level", "7", "integer", {"readonly": True}, "sensor", "7.0"),
        ("Led.Heat", "41.5", "decimal", {"readonly": True, "unit": "Celsius"}, "sensor", "41.5"),
        ("Led.Heat", "much", "decimal", {}, "number", STATE_UNKNOWN),
        ("Led.Colour", "RED", "OptionList", {"values": ("red", "blue")}, "select", "red"),
        ("Led.Colour", "pink", "OptionList", {"values": ("red", "blue")}, "select", STATE_UNKNOWN),
        ("Led.Colour", "red", "OptionList", {"values": ("red", "blue"), "readonly": True}, "sensor", "red"),
        ("Led.Words", "a,b", "MemberList", {"values": ("a", "b")}, "text", "a,b"),
        ("Led.Words", "", "string", {}, "text", ""),
        ("Led.Words", None, "string", {}, "text", STATE_UNKNOWN),
        ("Led.Words", "four", "string", {"maximum": 3.0}, "text", STATE_UNKNOWN),
        ("Led.Words", "a,b,c", "MemberList", {"maximum": 3.0}, "text", "a,b,c"),
        ("Led.Colour", "red", "OptionList", {"values": ("red", "red")}, "select", "red"),
        ("Led.Words", "x" * 256, "string", {"readonly": True}, "sensor", STATE_UNKNOWN),
        (
            "Led.Since",
            "2026-11-25T05:00:00+01:00",
            "dateTime",
            {"readonly": True},
            "sensor",
            "2026-11-25T04:00:00+00:00",
        ),
        ("Led.Since", "long ago", "dateTime", {"readonly": True}, "sensor", STATE_UNKNOWN),
    ],
)
async def test_a_variable_of_a_vendor_is_an_entity_of_its_kind(
    hass: HomeAssistant,
    station: Station,
    path: str,
    value: str | None,
    kind: str,
    more: Mapping[str, object],
    platform: str,
    state: str,
) -> None:
    connect(station, version="2.0.1")
    model(station, path, value, kind, **more)
    await hass.async_block_till_done()
    assert shown(hass, platform, f"cp1_config_{path.casefold()}").state == state
    kinds = {entry.domain for entry in er.async_get(hass).entities.values() if "led." in entry.unique_id}
    assert kinds == {platform}


async def test_variables_that_only_people_who_look_for_them_see_are_disabled(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, station: Station
) -> None:
    monkeypatch.undo()
    connect(station, version="2.0.1")
    model(station, "AuthCtrlr.Enabled", "true", "boolean")
    model(station, "OCPPCommCtrlr.HeartbeatInterval", "300", "integer")
    model(station, "Led.On", "true", "boolean")
    await hass.async_block_till_done()
    registry = er.async_get(hass)
    assert registry.entities[entity_id(hass, "switch", "cp1_config_authctrlr_enabled")].disabled_by is None
    for platform, key in (("number", "cp1_config_heartbeatinterval"), ("switch", "cp1_config_led.on")):
        assert registry.entities[entity_id(hass, platform, key)].disabled_by is er.RegistryEntryDisabler.INTEGRATION


async def test_a_choice_is_written_by_its_path_and_waits_for_the_reboot(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station, version="2.0.1")
    obliging.reboots = True
    model(station, "CustomizationCtrlr.VendorLedColour", "green", "OptionList", values=("green", "red"))
    await hass.async_block_till_done()
    assert shown(hass, SELECT, COLOUR).attributes["options"] == ["green", "red"]
    assert shown(hass, SELECT, COLOUR).attributes["reboot_required"] is False
    await act(hass, SELECT, SERVICE_SELECT_OPTION, COLOUR, option="red")
    assert obliging.asked == [("write", "CustomizationCtrlr.VendorLedColour", "red")]
    assert shown(hass, SELECT, COLOUR).state == "red"
    assert shown(hass, SELECT, COLOUR).attributes["reboot_required"] is True


async def test_a_refused_write_is_an_error_and_changes_nothing(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station, version="2.0.1")
    model(station, "Led.Level[left]@1:2", "2.5", "decimal", maximum=3.0)
    station.evse(1)
    await hass.async_block_till_done()
    key = "cp1_1_config_led.level[left]@1:2"
    obliging.refusal = Refused("Rejected", "too bright")
    with pytest.raises(HomeAssistantError, match="too bright") as raised:
        await act(hass, NUMBER, SERVICE_SET_VALUE, key, value=2.75)
    assert raised.value.translation_key == "refused"
    assert obliging.asked == [("write", "Led.Level[left]@1:2", "2.75")]
    assert shown(hass, NUMBER, key).state == "2.5"
    with pytest.raises(HomeAssistantError):
        await act(hass, NUMBER, SERVICE_SET_VALUE, key, value=4)
    assert len(obliging.asked) == 1


async def test_a_whole_number_is_written_as_such(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station, version="2.0.1")
    model(station, "TxCtrlr.EVConnectionTimeOut", "60", "integer", unit="s")
    await hass.async_block_till_done()
    await act(hass, NUMBER, SERVICE_SET_VALUE, "cp1_config_connectiontimeout", value=90)
    assert obliging.asked == [("write", "TxCtrlr.EVConnectionTimeOut", "90")]
    assert shown(hass, NUMBER, "cp1_config_connectiontimeout").attributes["unit_of_measurement"] == "s"


async def test_a_variable_of_an_evse_is_on_the_device_of_that_evse(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station, version="2.0.1")
    model(station, "EVSE.AllowReset@2", "true", "boolean", readonly=True)
    await hass.async_block_till_done()
    assert not exists(hass, "binary_sensor", "cp1_2_config_evse.allowreset@2")
    station.evse(1)
    station.evse(2)
    await hass.async_block_till_done()
    entry = er.async_get(hass).entities[entity_id(hass, "binary_sensor", "cp1_2_config_evse.allowreset@2")]
    device = dr.async_get(hass).async_get(entry.device_id or "")
    assert isinstance(device, dr.ChildDeviceEntry)
    assert device.identifiers == {(DOMAIN, "cp1/2")}
    assert (entry.original_name, entry.config_subentry_id) == ("EVSE allow reset", hub.subentry_id(station))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("CustomizationCtrlr.VendorLedColour", "Customization vendor led colour"),
        ("TxCtrlr.TxPause", "Tx pause"),
        ("Connector.ConnectorType@1:2", "Connector 2 type"),
        ("Lock.Lock@1:2", "Lock connector 2 lock"),
        ("DeviceDataCtrlr.ItemsPerMessage[GetReport]", "Device data items per message (GetReport)"),
        ("Controller[left].Temperature", "Controller left temperature"),
    ],
)
def test_a_variable_of_a_vendor_is_called_by_its_component_and_name(path: str, name: str) -> None:
    assert label(key_of(path)) == name


async def test_names_a_station_gives_are_data(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.0.1")
    key = VariableKey("C[](x)", "<b>{x}%s" + "Y" * 300, instance="`${__}`")
    station.variables.put(Variable(key, "true", traits=Traits("boolean")))
    station.changed(station)
    await hass.async_block_till_done()
    [entry] = [e for e in er.async_get(hass).entities.values() if "{x}" in e.unique_id]
    assert (entry.domain, entry.translation_key) == ("switch", "variable")
    assert entry.original_name is not None
    assert len(entry.original_name) <= 120
    assert not set(entry.original_name) & set("<>[]`")


async def test_a_station_that_names_variables_without_end_has_no_entities_without_end(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station, version="2.0.1")
    for number in range(MOST + 20):
        model(station, f"Led.X{number}", "1", "integer")
    model(station, "AuthCtrlr.Enabled", "true", "boolean")
    await hass.async_block_till_done()
    keys = [entry.unique_id for entry in er.async_get(hass).entities.values() if "_config_" in entry.unique_id]
    assert len(keys) == MOST + 1
    assert "cp1_config_authctrlr_enabled" in keys


async def test_secrets_are_no_states(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.1")
    for path in ("SecurityCtrlr.BasicAuthPassword", "SecurityCtrlr.Identity", "NetworkConfiguration[1].VpnUser"):
        model(station, path, "hunter2", "string")
    model(station, "SecurityCtrlr.OrganizationName", "Home", "string")
    await hass.async_block_till_done()
    assert shown(hass, "text", "cp1_config_cponame").state == "Home"
    assert not any(state.state == "hunter2" for state in hass.states.async_all())
    assert not any("password" in name or "identity" in name or "vpn" in name for name in hass.states.async_entity_ids())


async def test_configuration_is_unavailable_while_the_station_is_away(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.0.1")
    model(station, "Led.On", "true", "boolean")
    await hass.async_block_till_done()
    station.disconnect()
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_config_led.on").state == STATE_UNAVAILABLE
    connect(station, version="2.0.1")
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_config_led.on").state == "on"


async def test_a_station_that_returns_with_another_version_keeps_its_entities(
    hass: HomeAssistant, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    connect(station)
    evse = station.evse(1)
    configure(station, HeartbeatInterval="300", BlinkRepeat="3", LocalPreAuthorize="true")
    measure(station, evse, read(Quantity.POWER, 7000))
    await hass.async_block_till_done()
    before = {entry.unique_id: entity for entity, entry in er.async_get(hass).entities.items()}
    assert shown(hass, NUMBER, "cp1_config_heartbeatinterval").state == "300.0"

    station.disconnect()
    newer = connect(station, version="2.0.1")
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_config_heartbeatinterval").state == STATE_UNKNOWN
    model(station, "OCPPCommCtrlr.HeartbeatInterval", "60", "integer")
    model(station, "AuthCtrlr.LocalPreAuthorize", "true", "boolean")
    measure(station, evse, read(Quantity.POWER, 8000, after=9))
    await hass.async_block_till_done()
    assert {key: entity_id(hass, entity.split(".")[0], key) for key, entity in before.items()} == before
    assert shown(hass, NUMBER, "cp1_config_heartbeatinterval").state == "60.0"
    assert shown(hass, NUMBER, "cp1_config_blinkrepeat").state == STATE_UNKNOWN
    assert shown(hass, "sensor", "cp1_1_power").state == "8000"
    await act(hass, SWITCH, SERVICE_TURN_OFF, "cp1_config_localpreauthorize")
    assert newer.asked == [("write", "AuthCtrlr.LocalPreAuthorize", "false")]

    station.disconnect()
    older = connect(station)
    configure(station, HeartbeatInterval="120", BlinkRepeat="4", LocalPreAuthorize="false")
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_config_heartbeatinterval").state == "120.0"
    assert shown(hass, NUMBER, "cp1_config_blinkrepeat").state == "4.0"
    await act(hass, NUMBER, SERVICE_SET_VALUE, "cp1_config_heartbeatinterval", value=30)
    assert older.asked == [("write", "HeartbeatInterval", "30")]
    assert "does not generate unique IDs" not in caplog.text


async def test_only_the_variable_that_changes_is_looked_at(
    hass: HomeAssistant, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    number_of = Item.number

    def noted(item: Item, part: Part) -> float | None:
        looked.append(item.name)
        return number_of(item, part)

    monkeypatch.setattr(Item, "number", noted)
    connect(station, version="2.0.1")
    evse = station.evse(1)
    for number in range(100):
        model(station, f"Led.X{number}", "1", "integer")
    measure(station, evse, read(Quantity.POWER, 1))
    await hass.async_block_till_done()
    assert len(set(looked)) == 100

    looked.clear()
    measure(station, evse, read(Quantity.POWER, 2, after=1))
    station.changed(station)
    await hass.async_block_till_done()
    assert looked == []
    model(station, "Led.X7", "2", "integer")
    await hass.async_block_till_done()
    assert set(looked) == {"config_led.x7"}


async def test_an_evse_that_was_forgotten_and_is_found_again_has_its_entities_again(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station, version="2.0.1")
    for number in (1, 2):
        station.evse(number)
    model(station, "EVSE.AllowReset@2", "true", "boolean", readonly=True)
    await hass.async_block_till_done()
    keys = ("cp1_2_config_evse.allowreset@2", "cp1_2_plugged")
    device = dr.async_get(hass).async_get_child_device_by_identifier((DOMAIN, "cp1/2"), hub.entry.entry_id)
    assert device is not None
    assert station.dismiss(2)
    dr.async_get(hass).async_remove_device(device.id)
    await hass.async_block_till_done()
    assert not any(exists(hass, "binary_sensor", key) for key in keys)
    station.evse(2)
    await hass.async_block_till_done()
    assert [shown(hass, "binary_sensor", key).state for key in keys] == ["on", STATE_UNKNOWN]


async def test_a_station_that_was_removed_gets_no_new_variables(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station, version="2.0.1")
    await hass.async_block_till_done()
    hass.config_entries.async_remove_subentry(hub.entry, hub.subentry_id(station))
    await hass.async_block_till_done()
    model(station, "Led.On", "true", "boolean")
    await hass.async_block_till_done()
    everybody = er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id)
    assert not [entry for entry in everybody if not entry.unique_id.startswith(hub.entry.entry_id)]
