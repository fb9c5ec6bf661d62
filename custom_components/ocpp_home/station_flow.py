"""Adding a station and changing what is wanted of it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .ascent_flow import AscentSteps
from .circuit_flow import choice, circuits
from .const import (
    CONF_ADMITTANCE,
    CONF_COMPRESSION,
    CONF_CONFIGURE,
    CONF_HOLD_BACK,
    CONF_IDENTITY,
    CONF_MAXIMUM,
    CONF_PHASES,
    CONF_PINGS,
    CONF_SAFE_LIMIT,
    CONF_SAMPLE_INTERVAL,
    CONF_SWITCHING,
    CONF_TOKEN,
    CONF_VERSIONS,
    Admission,
)
from .csms.model.station import Settings
from .csms.wire.frame import VERSIONS
from .discovery import described, free_title, suggested_title
from .hub import Hub
from .settings import SWITCHING
from .site.wiring import CONF_CIRCUIT, CONF_ROTATION, ROTATIONS, UNKNOWN
from .words import tame

CONF_QR: Final = "qr"
SECTION_EXPERT: Final = "expert"

PATIENCE: Final = 900
"""So many seconds a station is waited for before the owner is asked what to do."""
MAX_IDENTITY: Final = 255
MAX_TOKEN: Final = 20
"""OCPP 1.6 ed. 2 - 7.28: an IdToken has at most 20 characters."""

MANUAL_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_IDENTITY): TextSelector(), vol.Optional(CONF_NAME): TextSelector()}
)


def _amps(least: float) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=least, max=80, step=1, unit_of_measurement="A", mode=NumberSelectorMode.BOX)
    )


AS_IT_SAYS: Final = "station"
SETTINGS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_MAXIMUM): _amps(6),
        vol.Required(CONF_PHASES): SelectSelector(
            SelectSelectorConfig(options=["1", "3"], translation_key=CONF_PHASES, mode=SelectSelectorMode.LIST)
        ),
        vol.Required(CONF_ROTATION, default=UNKNOWN): SelectSelector(
            SelectSelectorConfig(options=list(ROTATIONS), translation_key=CONF_ROTATION)
        ),
        vol.Required(CONF_SAFE_LIMIT): _amps(0),
        vol.Required(CONF_ADMITTANCE): SelectSelector(
            SelectSelectorConfig(options=list(Admission), translation_key=CONF_ADMITTANCE, mode=SelectSelectorMode.LIST)
        ),
        vol.Required(CONF_SAMPLE_INTERVAL): NumberSelector(
            NumberSelectorConfig(min=1, max=3600, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
        ),
        vol.Required(SECTION_EXPERT): section(
            vol.Schema(
                {
                    vol.Required(CONF_TOKEN): TextSelector(),
                    vol.Required(CONF_CONFIGURE): BooleanSelector(),
                    vol.Required(CONF_HOLD_BACK, default=False): BooleanSelector(),
                    vol.Required(CONF_SWITCHING, default=AS_IT_SAYS): SelectSelector(
                        SelectSelectorConfig(options=[AS_IT_SAYS, *SWITCHING], translation_key=CONF_SWITCHING)
                    ),
                    vol.Required(CONF_PINGS): BooleanSelector(),
                    vol.Required(CONF_COMPRESSION): BooleanSelector(),
                    vol.Optional(CONF_VERSIONS, default=list): SelectSelector(
                        SelectSelectorConfig(options=list(VERSIONS), multiple=True)
                    ),
                }
            ),
            {"collapsed": True},
        ),
    }
)
EXPERT: Final = (
    CONF_TOKEN,
    CONF_CONFIGURE,
    CONF_HOLD_BACK,
    CONF_SWITCHING,
    CONF_PINGS,
    CONF_COMPRESSION,
    CONF_VERSIONS,
)


class StationFlow(AscentSteps):
    """A station comes by calling, or by its identity where it is known before."""

    def __init__(self) -> None:
        """Begin without waiting."""
        self._waiting: asyncio.Task[None] | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose how to add the station."""
        return self.async_show_menu(step_id="user", menu_options=["connect", "manual"])

    async def async_step_connect(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the address that must be set in the station."""
        hub = self._hub()
        url = hub.url
        if user_input is not None:
            return await self.async_step_waiting()
        qr_code = QrCodeSelector(QrCodeSelectorConfig(data=url, scale=6))
        return self.async_show_form(
            step_id="connect",
            data_schema=vol.Schema({vol.Optional(CONF_QR): qr_code}),
            description_placeholders={"url": url, "secure_url": hub.secure_url or url},
            last_step=False,
        )

    async def async_step_waiting(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait until a station calls that nobody knows."""
        if self._waiting is None:
            self._waiting = self.hass.async_create_background_task(_call(self._hub()), "ocpp_home waits for a station")
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="waiting",
                progress_action="waiting",
                description_placeholders={"url": self._hub().url},
                progress_task=self._waiting,
            )
        self._waiting = None
        return self.async_show_progress_done(next_step_id="found")

    async def async_step_nobody(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tell that no station has called, and what can be done about it."""
        return self.async_show_menu(
            step_id="nobody",
            menu_options=["connect", "manual"],
            description_placeholders={"url": self._hub().url},
        )

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose among those who called."""
        strangers = {stranger.name: stranger for stranger in self._hub().central.strangers.values()}
        if not strangers:
            return await self.async_step_nobody()
        newest = max(strangers.values(), key=lambda stranger: stranger.last_seen)
        user_input = user_input or {}
        if (chosen := strangers.get(user_input.get(CONF_IDENTITY, ""))) is not None:
            return self._create(chosen.name, user_input.get(CONF_NAME) or suggested_title(chosen))
        options = [
            SelectOptionDict(value=name, label=f"{suggested_title(stranger)} ({tame(name)})")
            for name, stranger in strangers.items()
        ]
        return self.async_show_form(
            step_id="found",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_IDENTITY, default=newest.name): SelectSelector(
                        SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
                    ),
                    vol.Optional(CONF_NAME): TextSelector(),
                }
            ),
            description_placeholders=described(newest),
        )

    async def async_step_manual(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a station that has not called yet."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = user_input[CONF_IDENTITY].strip()
            if (problem := self._identity_problem(name)) is None:
                return self._create(name, user_input.get(CONF_NAME) or name)
            errors[CONF_IDENTITY] = problem
        return self.async_show_form(
            step_id="manual",
            data_schema=self.add_suggested_values_to_schema(MANUAL_SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose what is to be changed."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["settings", "secure", "security"])

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change what is wanted of a station; its connection stays."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = {**user_input, **user_input[SECTION_EXPERT]}
            del settings[SECTION_EXPERT]
            title = settings.pop(CONF_NAME)
            if circuits(self._get_entry()):
                settings.setdefault(CONF_CIRCUIT, None)
            errors = problems(settings)
            if not errors:
                return self.async_update_and_abort(self._get_entry(), subentry, title=title, data_updates=settings)
        suggested = user_input or {CONF_NAME: subentry.title, **form_values(subentry.data)}
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(self._settings(), suggested),
            description_placeholders={"identity": tame(subentry.data[CONF_IDENTITY])},
            errors=errors,
        )

    def _settings(self) -> vol.Schema:
        """The form of the settings; behind which circuit the station hangs is asked where there are some."""
        entry = self._get_entry()
        return (
            SETTINGS_SCHEMA.extend({vol.Optional(CONF_CIRCUIT): choice(entry)}) if circuits(entry) else SETTINGS_SCHEMA
        )

    def _create(self, name: str, title: str) -> SubentryFlowResult:
        entry = self._get_entry()
        shown = entry.runtime_data.credentials.pin(name) if entry.state is ConfigEntryState.LOADED else {}
        return self.async_create_entry(
            title=free_title(entry, title, name),
            data={CONF_IDENTITY: name, **shown},
            unique_id=name.casefold(),
        )

    def _identity_problem(self, name: str) -> str | None:
        if not name or len(name) > MAX_IDENTITY or "/" in name or not name.isprintable():
            return "invalid_identity"
        known = {subentry.unique_id for subentry in self._get_entry().subentries.values()}
        return "already_configured" if name.casefold() in known else None


async def _call(hub: Hub) -> None:
    """Wait for a caller, but not for ever."""
    try:
        async with asyncio.timeout(PATIENCE):
            await hub.discovery.caller()
    except TimeoutError:
        return


def form_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of the settings shows for the data of a subentry."""
    usual = Settings()
    values = {
        CONF_MAXIMUM: usual.maximum,
        CONF_PHASES: str(usual.phases),
        CONF_SAFE_LIMIT: usual.safe_limit,
        CONF_SAMPLE_INTERVAL: usual.sample_interval,
        CONF_ADMITTANCE: Admission.HOUSEHOLD,
        CONF_TOKEN: usual.token,
        CONF_CONFIGURE: usual.configure,
        CONF_HOLD_BACK: usual.hold_back,
        CONF_SWITCHING: AS_IT_SAYS,
        CONF_PINGS: usual.pings,
        CONF_COMPRESSION: usual.compression,
        **data,
    }
    return {**values, SECTION_EXPERT: {name: values[name] for name in EXPERT if name in values}}


def problems(settings: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with settings that came out of the form."""
    errors: dict[str, str] = {}
    if settings[CONF_SAFE_LIMIT] > settings[CONF_MAXIMUM]:
        errors[CONF_SAFE_LIMIT] = "above_maximum"
    if not 0 < len(settings[CONF_TOKEN].strip()) <= MAX_TOKEN:
        errors["base"] = "invalid_token"
    return errors
