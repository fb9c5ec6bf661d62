"""Setting up the hub: its port, where stations reach it, and the stations that call by themselves."""

import asyncio
from typing import Any, override

from homeassistant.components.network import async_get_source_ip
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .const import (
    CONF_LEDGER,
    CONF_NEWCOMERS,
    CONF_PUBLISH_INTERVAL,
    DEFAULT_LEDGER,
    DEFAULT_PORT,
    DEFAULT_PUBLISH_INTERVAL,
    DOMAIN,
    SUBENTRY_STATION,
    Newcomers,
)
from .csms.guest import Stranger
from .discovery import Knock, add_station, described, suggested_title
from .hub import EVERY_ADDRESS
from .station_flow import StationFlow

HUB_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PORT, default=DEFAULT_PORT): vol.All(
            NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)), vol.Coerce(int)
        ),
        vol.Required(CONF_HOST): TextSelector(),
    }
)

OPTIONS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NEWCOMERS, default=Newcomers.ASK): SelectSelector(
            SelectSelectorConfig(options=list(Newcomers), translation_key=CONF_NEWCOMERS)
        ),
        vol.Required(CONF_PUBLISH_INTERVAL, default=DEFAULT_PUBLISH_INTERVAL): NumberSelector(
            NumberSelectorConfig(min=0, max=60, step=0.5, unit_of_measurement="s", mode=NumberSelectorMode.SLIDER)
        ),
    }
)


async def port_is_free(port: int) -> bool:
    """Whether nobody on this machine listens on the port."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, EVERY_ADDRESS, port)
    except OSError:
        return False
    server.close()
    await server.wait_closed()
    return True


class OcppHomeConfigFlow(ConfigFlow, domain=DOMAIN):
    """The hub, and the cards of stations that nobody knows."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Begin without a caller."""
        self._knock = Knock("", "")

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """A hub has stations."""
        return {SUBENTRY_STATION: StationFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """The preferences of a hub."""
        return HubOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up a hub."""
        errors: dict[str, str] = {}
        if user_input is not None:
            port = user_input[CONF_PORT]
            self._async_abort_entries_match({CONF_PORT: port})
            if await port_is_free(port):
                return self.async_create_entry(
                    title=self._title(port), data=user_input | {CONF_LEDGER: self._ledger(port)}
                )
            errors[CONF_PORT] = "port_in_use"
        suggested = user_input or {CONF_HOST: await async_get_source_ip(self.hass)}
        return self.async_show_form(
            step_id="user", data_schema=self.add_suggested_values_to_schema(HUB_SCHEMA, suggested), errors=errors
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first station."""
        first = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_STATION), context=SubentryFlowContext(source=SOURCE_USER)
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, first["flow_id"])
        return result

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change where stations reach the hub; only another port makes them call again."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            port = user_input[CONF_PORT]
            if port == entry.data[CONF_PORT]:
                return self.async_update_and_abort(entry, data_updates=user_input)
            self._async_abort_entries_match({CONF_PORT: port})
            if await port_is_free(port):
                return self.async_update_and_abort(entry, data_updates=user_input)
            errors[CONF_PORT] = "port_in_use"
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(HUB_SCHEMA, user_input or entry.data),
            errors=errors,
        )

    @override
    async def async_step_integration_discovery(  # type: ignore[override] # it gets what `Discovery` gave
        self, discovery_info: Knock
    ) -> ConfigFlowResult:
        """A station that nobody knows has called."""
        self._knock = discovery_info
        await self.async_set_unique_id(discovery_info.key)
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": suggested_title(self._caller())}
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the station belongs to the house."""
        caller = self._caller()
        if user_input is not None:
            add_station(self.hass, self._hub_entry(), caller.name, user_input[CONF_NAME])
            return self.async_abort(reason="station_added", description_placeholders={"name": user_input[CONF_NAME]})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({vol.Required(CONF_NAME, default=suggested_title(caller)): TextSelector()}),
            description_placeholders=described(caller),
        )

    def _hub_entry(self) -> ConfigEntry:
        """The hub at which the caller knocked."""
        entry = self.hass.config_entries.async_get_entry(self._knock.entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_running")
        return entry

    def _caller(self) -> Stranger:
        """The caller as it is known now."""
        caller: Stranger | None = self._hub_entry().runtime_data.central.strangers.get(self._knock.key)
        if caller is None:
            raise AbortFlow("station_gone")
        return caller

    def _hubs(self) -> list[ConfigEntry]:
        return self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)

    def _title(self, port: int) -> str:
        return f"OCPP Home ({port})" if self._hubs() else "OCPP Home"

    def _ledger(self, port: int) -> str:
        """A file for the records: the usual one, so that a hub set up anew finds them, unless another hub has it."""
        taken = {entry.data.get(CONF_LEDGER) for entry in self._hubs()}
        return f"ledger_{port}.db" if DEFAULT_LEDGER in taken else DEFAULT_LEDGER


class HubOptionsFlow(OptionsFlow):
    """The preferences of a hub."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the preferences; no station notices."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(OPTIONS_SCHEMA, self.config_entry.options),
        )
