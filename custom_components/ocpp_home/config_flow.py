"""Setting up the hub: its port, where stations reach it, and the stations and cards that show up by themselves."""

import asyncio
from typing import Any, Final, override

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
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .card_desk import Shown
from .card_flow import CardFlow
from .card_form import card_schema, form_data, form_values
from .cards import add_card, problems
from .circuit_flow import CircuitFlow
from .const import (
    CONF_AUTOCHARGE,
    CONF_EVICT,
    CONF_KEEP_READINGS,
    CONF_KEEP_SESSIONS,
    CONF_KIND,
    CONF_LEDGER,
    CONF_LISTS,
    CONF_NEWCOMERS,
    CONF_NUMBER,
    CONF_POST_PRICE,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_PRICE_SOURCE,
    CONF_PUBLISH_INTERVAL,
    CONF_SEVERAL,
    CONF_SHOW_NUMBERS,
    CONF_TAGS,
    CONF_TELL_COSTS,
    CONF_UNKNOWN_CARDS,
    DEFAULT_KEEP_READINGS,
    DEFAULT_LEDGER,
    DEFAULT_PORT,
    DEFAULT_PUBLISH_INTERVAL,
    DOMAIN,
    SUBENTRY_CARD,
    SUBENTRY_CIRCUIT,
    SUBENTRY_STATION,
    SUBENTRY_VEHICLE,
    Newcomers,
)
from .csms.guest import Stranger
from .csms.model.admission import Unknown
from .csms.model.token import Token
from .discovery import Knock, add_station, described, suggested_title
from .hub import EVERY_ADDRESS, Hub
from .migration import MINOR
from .plug_and_charge_form import PlugAndChargeOptions
from .prices import PriceSource
from .site.form import NAMES as SITE_NAMES, SITE_SCHEMA, problems as site_problems, site_options, site_values
from .site.suggestions import suggestions
from .station_flow import StationFlow
from .tls_form import TlsOptions
from .vehicle_flow import VehicleFlow
from .words import masked, tame

HUB_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PORT, default=DEFAULT_PORT): vol.All(
            NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)), vol.Coerce(int)
        ),
        vol.Required(CONF_HOST): TextSelector(),
    }
)

GENERAL_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NEWCOMERS, default=Newcomers.ASK): SelectSelector(
            SelectSelectorConfig(options=list(Newcomers), translation_key=CONF_NEWCOMERS)
        ),
        vol.Required(CONF_PUBLISH_INTERVAL, default=DEFAULT_PUBLISH_INTERVAL): NumberSelector(
            NumberSelectorConfig(min=0, max=60, step=0.5, unit_of_measurement="s", mode=NumberSelectorMode.SLIDER)
        ),
    }
)

CARDS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_UNKNOWN_CARDS, default=Unknown.ACCEPT): SelectSelector(
            SelectSelectorConfig(
                options=list(Unknown), translation_key=CONF_UNKNOWN_CARDS, mode=SelectSelectorMode.LIST
            )
        ),
        vol.Required(CONF_LISTS, default=True): BooleanSelector(),
        vol.Required(CONF_SEVERAL, default=True): BooleanSelector(),
        vol.Required(CONF_EVICT, default=False): BooleanSelector(),
        vol.Required(CONF_AUTOCHARGE, default=False): BooleanSelector(),
        vol.Required(CONF_TAGS, default=True): BooleanSelector(),
        vol.Required(CONF_SHOW_NUMBERS, default=False): BooleanSelector(),
    }
)

DAYS: Final = NumberSelector(
    NumberSelectorConfig(min=0, max=36500, step=1, unit_of_measurement="d", mode=NumberSelectorMode.BOX)
)
RECORDS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_KEEP_READINGS, default=DEFAULT_KEEP_READINGS): DAYS,
        vol.Required(CONF_KEEP_SESSIONS, default=0): DAYS,
    }
)
COSTS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PRICE_SOURCE, default=PriceSource.NONE): SelectSelector(
            SelectSelectorConfig(
                options=list(PriceSource), translation_key=CONF_PRICE_SOURCE, mode=SelectSelectorMode.LIST
            )
        ),
        vol.Optional(CONF_PRICE): NumberSelector(NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX)),
        vol.Optional(CONF_PRICE_ENTITY): EntitySelector(
            EntitySelectorConfig(domain=["sensor", "input_number", "number"])
        ),
        vol.Required(CONF_TELL_COSTS, default=True): BooleanSelector(),
        vol.Required(CONF_POST_PRICE, default=False): BooleanSelector(),
    }
)
PRICE_NEEDS = {
    PriceSource.FIXED: (CONF_PRICE, "price_missing"),
    PriceSource.ENTITY: (CONF_PRICE_ENTITY, "price_entity_missing"),
}


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
    """The hub, and the stations and cards that nobody knows."""

    VERSION = 1
    MINOR_VERSION = MINOR

    def __init__(self) -> None:
        """Begin without a caller and without a card."""
        self._knock = Knock("", "")
        self._shown = Shown("", Token(""), "")

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """A hub has stations, circuits they hang behind, cards and cars."""
        return {
            SUBENTRY_STATION: StationFlow,
            SUBENTRY_CARD: CardFlow,
            SUBENTRY_CIRCUIT: CircuitFlow,
            SUBENTRY_VEHICLE: VehicleFlow,
        }

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
        self, discovery_info: Knock | Shown
    ) -> ConfigFlowResult:
        """A station that nobody knows has called, or a card was shown that nobody knows."""
        if isinstance(discovery_info, Shown):
            return await self._card_shown(discovery_info)
        self._knock = discovery_info
        await self.async_set_unique_id(discovery_info.key)
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": suggested_title(self._caller())}
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the station belongs to the house."""
        caller = self._caller()
        if user_input is not None:
            add_station(self.hass, self._hub_entry(self._knock.entry_id), caller.name, user_input[CONF_NAME])
            return self.async_abort(reason="station_added", description_placeholders={"name": user_input[CONF_NAME]})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({vol.Required(CONF_NAME, default=suggested_title(caller)): TextSelector()}),
            description_placeholders=described(caller),
        )

    async def _card_shown(self, shown: Shown) -> ConfigFlowResult:
        self._shown = shown
        await self.async_set_unique_id(shown.key)
        self._abort_if_unique_id_configured()
        place = self._place(shown)
        self.context["title_placeholders"] = {"name": f"Card {masked(shown.token.id)} ({place})"}
        return await self.async_step_card()

    async def async_step_card(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the card belongs to the household, and what it may do."""
        shown = self._shown
        entry = self._hub_entry(shown.entry_id)
        errors: dict[str, str] = {}
        if user_input is not None:
            name, data = form_data(user_input)
            errors = problems(entry, data)
            if not errors:
                add_card(self.hass, entry, name, data)
                return self.async_abort(reason="card_added", description_placeholders={"name": name})
        values = user_input or form_values("", {CONF_NUMBER: shown.token.id, CONF_KIND: shown.kind})
        return self.async_show_form(
            step_id="card",
            data_schema=self.add_suggested_values_to_schema(card_schema(self.hass, entry, values), values),
            description_placeholders={"number": tame(shown.token.id), "station": self._place(shown)},
            errors=errors,
        )

    def _place(self, shown: Shown) -> str:
        """What the owner calls the station a card was shown at."""
        hub: Hub = self._hub_entry(shown.entry_id).runtime_data
        station = hub.stations.get(shown.station.casefold())
        return tame(shown.station if station is None else hub.title(station))

    def _hub_entry(self, entry_id: str) -> ConfigEntry:
        """The hub at which somebody knocked or showed a card."""
        entry = self.hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_running")
        return entry

    def _caller(self) -> Stranger:
        """The caller as it is known now."""
        caller: Stranger | None = self._hub_entry(self._knock.entry_id).runtime_data.central.strangers.get(
            self._knock.key
        )
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


class HubOptionsFlow(TlsOptions, PlugAndChargeOptions):
    """The preferences of a hub, subject by subject; no station notices when they change."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what the preferences are about."""
        subjects = ["general", "site", "cards", "costs", "tls", "plug_and_charge", "records"]
        return self.async_show_menu(step_id="init", menu_options=subjects)

    async def async_step_general(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Stations nobody knows, and how often entities change."""
        if user_input is not None:
            return self._keep(GENERAL_SCHEMA, user_input)
        return self.async_show_form(step_id="general", data_schema=self._filled(GENERAL_SCHEMA))

    async def async_step_site(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The house: its main fuse and its meters."""
        options = self.config_entry.options
        errors: dict[str, str] = {}
        if user_input is not None:
            told = site_options(user_input)
            errors = site_problems(told)
            if not errors:
                others = {name: value for name, value in options.items() if name not in SITE_NAMES}
                return self.async_create_entry(data=others | told)
        values = user_input or site_values(options, await suggestions(self.hass))
        schema = self.add_suggested_values_to_schema(SITE_SCHEMA, values)
        currency = {"currency": self.hass.config.currency}
        return self.async_show_form(
            step_id="site", data_schema=schema, errors=errors, description_placeholders=currency
        )

    async def async_step_cards(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Who may charge."""
        if user_input is not None:
            return self._keep(CARDS_SCHEMA, user_input)
        return self.async_show_form(step_id="cards", data_schema=self._filled(CARDS_SCHEMA))

    async def async_step_costs(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What energy costs, and who hears of it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            field, problem = PRICE_NEEDS.get(user_input[CONF_PRICE_SOURCE], ("", ""))
            if not field or user_input.get(field) is not None:
                return self._keep(COSTS_SCHEMA, user_input)
            errors[field] = problem
        schema = self.add_suggested_values_to_schema(COSTS_SCHEMA, user_input or self.config_entry.options)
        currency = {"currency": self.hass.config.currency}
        return self.async_show_form(
            step_id="costs", data_schema=schema, errors=errors, description_placeholders=currency
        )

    async def async_step_records(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """How long records are kept."""
        if user_input is not None:
            return self._keep(RECORDS_SCHEMA, user_input)
        return self.async_show_form(step_id="records", data_schema=self._filled(RECORDS_SCHEMA))

    def _filled(self, schema: vol.Schema) -> vol.Schema:
        return self.add_suggested_values_to_schema(schema, self.config_entry.options)

    def _keep(self, schema: vol.Schema, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Put the preferences of one form in the place of its former ones."""
        others = {name: value for name, value in self.config_entry.options.items() if name not in schema.schema}
        return self.async_create_entry(data=others | user_input)
