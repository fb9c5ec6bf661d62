"""Setting up, changing and tuning a hub in the user interface."""

import asyncio

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, FlowType
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.ocpp_home.const import CONF_LEDGER, CONF_NEWCOMERS, CONF_PUBLISH_INTERVAL, DOMAIN, Newcomers
from tests.household import HOST, free_port, hub_entry, set_up, simulated, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def start_user_flow(hass: HomeAssistant) -> str:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    flow_id: str = result["flow_id"]
    return flow_id


async def test_the_first_hub_is_set_up_and_goes_on_with_the_first_station(hass: HomeAssistant) -> None:
    flow_id, port = await start_user_flow(hass), free_port()
    result = await hass.config_entries.flow.async_configure(flow_id, {CONF_PORT: port, CONF_HOST: HOST})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "OCPP Home"
    assert result["data"] == {CONF_PORT: port, CONF_HOST: HOST, CONF_LEDGER: "ledger.db"}
    assert result["result"].state is ConfigEntryState.LOADED
    kind, station_flow = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    first = hass.config_entries.subentries.async_get(station_flow)
    assert (first["handler"], first["step_id"]) == ((result["result"].entry_id, "station"), "user")
    hass.config_entries.subentries.async_abort(station_flow)


async def test_the_address_of_this_machine_is_suggested(hass: HomeAssistant) -> None:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in schema.schema}
    assert suggested[CONF_HOST]
    assert {str(key): key.default() for key in schema.schema if key == CONF_PORT} == {CONF_PORT: 9000}


async def test_a_port_in_use_is_an_error_that_another_port_puts_right(hass: HomeAssistant) -> None:
    taken = free_port()
    other = await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", taken)
    flow_id = await start_user_flow(hass)
    result = await hass.config_entries.flow.async_configure(flow_id, {CONF_PORT: taken, CONF_HOST: HOST})
    assert result["errors"] == {CONF_PORT: "port_in_use"}
    other.close()
    await other.wait_closed()
    result = await hass.config_entries.flow.async_configure(flow_id, {CONF_PORT: free_port(), CONF_HOST: HOST})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    hass.config_entries.subentries.async_abort(result["next_flow"][1])


async def test_two_hubs_cannot_have_the_same_port(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    flow_id = await start_user_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow_id, {CONF_PORT: entry.data[CONF_PORT], CONF_HOST: HOST}
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_second_hub_has_a_name_and_a_ledger_of_its_own(hass: HomeAssistant) -> None:
    await set_up(hass, hub_entry())
    flow_id, port = await start_user_flow(hass), free_port()
    result = await hass.config_entries.flow.async_configure(flow_id, {CONF_PORT: port, CONF_HOST: HOST})
    assert result["title"] == f"OCPP Home ({port})"
    assert result["data"][CONF_LEDGER] == f"ledger_{port}.db"
    hass.config_entries.subentries.async_abort(result["next_flow"][1])


async def test_reconfiguring_the_address_disconnects_nobody(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        result = await entry.start_reconfigure_flow(hass)
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reconfigure")
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {CONF_PORT: entry.data[CONF_PORT], CONF_HOST: "house.example"}
        )
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        await hass.async_block_till_done()
        assert hub.url == f"ws://house.example:{entry.data[CONF_PORT]}"
        assert len(garage.boots) == 1
        assert hub.stations["garage"].connected


async def test_reconfiguring_the_port_recovers_from_one_in_use(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    taken, port = free_port(), free_port()
    other = await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", taken)
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_PORT: taken, CONF_HOST: HOST})
    assert result["errors"] == {CONF_PORT: "port_in_use"}
    other.close()
    await other.wait_closed()
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_PORT: port, CONF_HOST: HOST})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.runtime_data is hub
    assert hub.central.port == port


async def test_reconfiguring_to_the_port_of_another_hub_is_refused(hass: HomeAssistant) -> None:
    entry, other = hub_entry(), hub_entry()
    await set_up(hass, entry)
    other.add_to_hass(hass)
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {CONF_PORT: other.data[CONF_PORT], CONF_HOST: HOST}
    )
    assert result["reason"] == "already_configured"


async def test_preferences_are_in_force_at_once_and_disconnect_nobody(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    assert (hub.options.newcomers, hub.options.publish_interval) == (Newcomers.ASK, 1.0)
    async with simulated(entry, "Garage") as garage:
        result = await hass.config_entries.options.async_init(entry.entry_id)
        assert (result["type"], result["menu_options"][:2]) == (FlowResultType.MENU, ["general", "site"])
        result = await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "general"})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "general")
        result = await hass.config_entries.options.async_configure(
            result["flow_id"], {CONF_NEWCOMERS: "ignore", CONF_PUBLISH_INTERVAL: 5}
        )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        assert (hub.options.newcomers, hub.options.publish_interval) == (Newcomers.IGNORE, 5.0)
        assert len(garage.boots) == 1
        assert hub.stations["garage"].connected
