"""Adding a station in the user interface, and changing what is wanted of it."""

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home import station_flow
from custom_components.ocpp_home.const import CONF_IDENTITY, SUBENTRY_STATION
from custom_components.ocpp_home.csms.model.admission import Unknown
from custom_components.ocpp_home.csms.model.station import Settings
from tests.household import hub_entry, set_up, simulated, station_data, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Result = dict[str, Any]

EXPERT = {
    "token": "HA",
    "configure": False,
    "hold_back": True,
    "switching": "yes",
    "pings": False,
    "compression": False,
    "versions": ["1.6"],
}
SETTINGS = {
    "name": "Carport",
    "maximum": 20,
    "phases": "1",
    "safe_limit": 8,
    "admittance": "refuse",
    "sample_interval": 15,
    "expert": EXPERT,
}


async def choose(hass: HomeAssistant, entry: MockConfigEntry, way: str) -> Result:
    """Open the flow and choose a way of adding a station."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_STATION), context=SubentryFlowContext(source=SOURCE_USER)
    )
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["connect", "manual"]
    return await configure(hass, result, {"next_step_id": way})


async def configure(hass: HomeAssistant, result: Result, user_input: dict[str, Any] | None = None) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], user_input))


def now(hass: HomeAssistant, result: Result) -> Result:
    """Where a flow is that goes on by itself."""
    return dict(hass.config_entries.subentries.async_get(result["flow_id"]))


def titles(entry: MockConfigEntry) -> list[str]:
    return [subentry.title for subentry in entry.subentries.values()]


async def test_a_station_that_calls_while_it_is_waited_for_is_added(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    result = await choose(hass, entry, "connect")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "connect")
    assert result["description_placeholders"] == {"url": hub.url, "secure_url": hub.secure_url}
    (qr_code,) = result["data_schema"].schema.values()
    assert qr_code.config["data"] == hub.url

    result = await configure(hass, result, {})
    assert (result["type"], result["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "waiting")
    assert result["description_placeholders"] == {"url": hub.url}
    assert (await configure(hass, result))["type"] is FlowResultType.SHOW_PROGRESS
    async with simulated(entry, "Garage") as garage:
        told = garage.hardware.identity
        await until(lambda: now(hass, result)["step_id"] == "found")
        result = await configure(hass, result)
        assert result["description_placeholders"]["model"] == told.model
        assert result["description_placeholders"]["address"] == "127.0.0.1"
        result = await configure(hass, result, {CONF_IDENTITY: "Garage"})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert (result["title"], result["unique_id"]) == (f"{told.vendor} {told.model}", "garage")
        assert result["data"] == {CONF_IDENTITY: "Garage"}
        await hass.async_block_till_done()
        assert hub.stations["garage"].connected
    assert not hass.config_entries.flow.async_progress()


async def test_a_station_that_called_before_is_found_at_once_and_may_be_named(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage"), simulated(entry, "Yard"):
        result = await configure(hass, await choose(hass, entry, "connect"), {})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "found")
        callers, _ = result["data_schema"].schema.values()
        assert [option["value"] for option in callers.config["options"]] == ["Garage", "Yard"]
        result = await configure(hass, result, {CONF_IDENTITY: "Yard", "name": "Behind the house"})
        assert (result["title"], result["unique_id"]) == ("Behind the house", "yard")


async def test_one_that_was_added_meanwhile_cannot_be_chosen_any_more(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage"), simulated(entry, "Yard"):
        result = await configure(hass, await choose(hass, entry, "connect"), {})
        other = await configure(hass, await choose(hass, entry, "manual"), {CONF_IDENTITY: "garage"})
        assert other["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        result = await configure(hass, result, {CONF_IDENTITY: "Garage"})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "found")
        other = await configure(hass, await choose(hass, entry, "manual"), {CONF_IDENTITY: "Yard"})
        await hass.async_block_till_done()
        result = await configure(hass, result, {CONF_IDENTITY: "Yard"})
        assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "nobody")


async def test_when_nobody_calls_the_owner_is_told_what_to_check_and_can_wait_again(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    with patch.object(station_flow, "PATIENCE", 0.01):
        result = await configure(hass, await choose(hass, entry, "connect"), {})
        await until(lambda: now(hass, result)["step_id"] == "found")
    result = await configure(hass, result)
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["connect", "manual"]
    assert result["description_placeholders"] == {"url": hub.url}
    result = await configure(hass, await configure(hass, result, {"next_step_id": "connect"}), {})
    assert result["type"] is FlowResultType.SHOW_PROGRESS


async def test_a_station_without_a_hub_that_runs_can_only_be_added_by_hand(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await choose(hass, entry, "connect")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "hub_not_running")
    result = await configure(hass, await choose(hass, entry, "manual"), {CONF_IDENTITY: "Garage"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("identity", "error"),
    [
        ("", "invalid_identity"),
        ("  ", "invalid_identity"),
        ("ws://house/Garage", "invalid_identity"),
        ("Gar\x07age", "invalid_identity"),
        ("x" * 256, "invalid_identity"),
        ("CARPORT", "already_configured"),
    ],
)
async def test_an_identity_that_cannot_be_is_an_error_that_can_be_put_right(
    hass: HomeAssistant, identity: str, error: str
) -> None:
    entry = hub_entry(station_data("Carport"))
    await set_up(hass, entry)
    result = await choose(hass, entry, "manual")
    result = await configure(hass, result, {CONF_IDENTITY: identity})
    assert result["errors"] == {CONF_IDENTITY: error}
    result = await configure(hass, result, {CONF_IDENTITY: " Garage ", "name": "By the door"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["data"]) == ("By the door", {CONF_IDENTITY: "Garage"})


async def test_two_stations_never_have_the_same_name(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Carport", "Wallbox"))
    await set_up(hass, entry)
    await configure(hass, await choose(hass, entry, "manual"), {CONF_IDENTITY: "Garage", "name": "Wallbox"})
    assert titles(entry) == ["Wallbox", "Wallbox (Garage)"]


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    result = dict(await entry.start_subentry_reconfigure_flow(hass, next(iter(entry.subentries))))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "reconfigure")
    result = await configure(hass, result, {"next_step_id": "settings"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "settings")
    return result


async def test_the_settings_of_a_station_are_changed_on_the_connection_it_has(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        result = await configure(hass, await reconfigure(hass, entry), SETTINGS)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        await hass.async_block_till_done()
        assert len(garage.boots) == 1
        assert hub.stations["garage"].connected
    settings = hub.stations["garage"].settings
    assert (settings.phases, settings.switching) == (1, True)
    assert (settings.maximum, settings.safe_limit, settings.sample_interval, settings.token) == (20, 8, 15, "HA")
    assert (settings.pings, settings.compression, settings.configure) == (False, False, False)
    assert settings.hold_back
    assert settings.versions == ("1.6",)
    assert settings.policy is not None
    assert settings.policy.unknown is Unknown.REFUSE
    assert titles(entry) == ["Carport"]


async def test_the_form_shows_what_is_in_force(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage", "By the door", maximum=16, pings=False))
    await set_up(hass, entry)
    result = await reconfigure(hass, entry)
    assert result["description_placeholders"] == {"identity": "Garage"}

    def shown(schema: Any) -> dict[str, Any]:
        return {str(key): (key.description or {}).get("suggested_value") for key in schema.schema}

    schema = result["data_schema"]
    usual = Settings()
    main = shown(schema)
    assert (main["name"], main["maximum"], main["safe_limit"]) == ("By the door", 16, usual.safe_limit)
    assert main["phases"] == str(usual.phases)
    expert = shown(next(field for key, field in schema.schema.items() if key == "expert").schema)
    assert (expert["token"], expert["pings"], expert["compression"]) == (usual.token, False, usual.compression)
    assert expert["hold_back"] is False


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"safe_limit": 21}, {"safe_limit": "above_maximum"}),
        ({"expert": EXPERT | {"token": "x" * 21}}, {"base": "invalid_token"}),
        ({"expert": EXPERT | {"token": " "}}, {"base": "invalid_token"}),
    ],
)
async def test_settings_that_cannot_be_are_errors_that_can_be_put_right(
    hass: HomeAssistant, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = hub_entry(station_data("Garage"))
    await set_up(hass, entry)
    result = await configure(hass, await reconfigure(hass, entry), SETTINGS | wrong)
    assert result["errors"] == errors
    assert titles(entry) == ["Garage"]
    result = await configure(hass, result, SETTINGS)
    assert result["reason"] == "reconfigure_successful"
