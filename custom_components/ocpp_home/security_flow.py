"""How a station proves who it is, as its owner sets it: its profile, and its password, which is shown once."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import CONF_ANY_USERNAME, CONF_IDENTITY, CONF_SECURITY_PROFILE, CONF_SECURITY_WAIVED
from .csms.model.errors import OcppError
from .csms.model.station import Station
from .csms.security.password import acceptable, generate
from .csms.security.proof import Profile
from .hub import Hub
from .words import tame

CONF_PASSWORD_FROM: Final = "password_from"
CONF_PASSWORD: Final = "password"
CONF_SEND: Final = "send"
BY_PASSWORD: Final = frozenset({Profile.BASIC, Profile.TLS})
PROFILES: Final = tuple(str(int(profile)) for profile in Profile)


class Source(StrEnum):
    """Where the password of a station is from."""

    KEEP = "keep"
    GENERATE = "generate"
    OWN = "own"
    SHOWN = "shown"


class SecuritySteps(ConfigSubentryFlow):
    """The part of a station's settings by which it proves who it is."""

    _generated: str | None = None

    async def async_step_security(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change what the station has to show, and give it a password."""
        hub, subentry = self._hub(), self._get_reconfigure_subentry()
        name: str = subentry.data[CONF_IDENTITY]
        station = hub.stations[name.casefold()]
        errors: dict[str, str] = {}
        words: dict[str, str] = {}
        if user_input is not None:
            errors = _problems(hub, station, user_input)
            if not errors:
                try:
                    await self._give_password(hub, station, user_input)
                except OcppError as error:
                    errors, words = {"base": "password_not_taken"}, {"error": tame(str(error))}
            if not errors:
                return await self._require(user_input)
        values = user_input or {
            CONF_SECURITY_PROFILE: str(subentry.data.get(CONF_SECURITY_PROFILE, 0)),
            CONF_ANY_USERNAME: bool(subentry.data.get(CONF_ANY_USERNAME, False)),
            CONF_SEND: station.connected,
        }
        return self.async_show_form(
            step_id="security",
            data_schema=self.add_suggested_values_to_schema(_schema(hub, station), values),
            description_placeholders={"identity": tame(name), **_state(station), "error": "", **words},
            errors=errors,
        )

    async def async_step_password(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the password that was made, this once."""
        if user_input is not None:
            return self.async_abort(reason="reconfigure_successful")
        name: str = self._get_reconfigure_subentry().data[CONF_IDENTITY]
        return self.async_show_form(
            step_id="password",
            data_schema=vol.Schema({}),
            description_placeholders={"identity": tame(name), "password": self._generated or ""},
        )

    async def _give_password(self, hub: Hub, station: Station, wanted: Mapping[str, Any]) -> None:
        """Let the station in by another password, after it has been given that where the owner wants so."""
        source = wanted[CONF_PASSWORD_FROM]
        if source == Source.SHOWN and (standing := hub.credentials.shown(station.name)) is not None:
            await hub.credentials.set(station.name, standing.passwords)
        if source not in {Source.GENERATE, Source.OWN}:
            return
        password = generate() if source == Source.GENERATE else wanted[CONF_PASSWORD]
        self._generated = password if source == Source.GENERATE else None
        if wanted[CONF_SEND]:
            await hub.credentials.rotate(station, password)
        else:
            await hub.credentials.assign(station.name, password)

    async def _require(self, wanted: Mapping[str, Any]) -> SubentryFlowResult:
        """Ask the station for what the owner wants from now on."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        profile = int(wanted[CONF_SECURITY_PROFILE])
        data = {
            **subentry.data,
            CONF_SECURITY_PROFILE: profile,
            CONF_ANY_USERNAME: wanted[CONF_ANY_USERNAME],
            CONF_SECURITY_WAIVED: profile == Profile.NONE and bool(subentry.data.get(CONF_SECURITY_WAIVED, False)),
        }
        if self._generated is None:
            return self.async_update_and_abort(entry, subentry, data=data)
        self.hass.config_entries.async_update_subentry(entry, subentry, data=data)
        return await self.async_step_password()

    def _hub(self) -> Hub:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_running")
        hub: Hub = entry.runtime_data
        return hub


def _schema(hub: Hub, station: Station) -> vol.Schema:
    """The form; what the station itself shows is offered where it shows a password."""
    sources = [Source.KEEP, Source.GENERATE, Source.OWN]
    if hub.credentials.shown(station.name) is not None:
        sources.append(Source.SHOWN)
    return vol.Schema(
        {
            vol.Required(CONF_SECURITY_PROFILE): SelectSelector(
                SelectSelectorConfig(
                    options=list(PROFILES), translation_key=CONF_SECURITY_PROFILE, mode=SelectSelectorMode.LIST
                )
            ),
            vol.Required(CONF_PASSWORD_FROM, default=Source.KEEP): SelectSelector(
                SelectSelectorConfig(
                    options=list(sources), translation_key=CONF_PASSWORD_FROM, mode=SelectSelectorMode.LIST
                )
            ),
            vol.Optional(CONF_PASSWORD, default=""): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
            vol.Required(CONF_SEND, default=False): BooleanSelector(),
            vol.Required(CONF_ANY_USERNAME): BooleanSelector(),
        }
    )


def _state(station: Station) -> dict[str, str]:
    """What the station proves now."""
    return {"proved": "-" if station.proved is None else str(station.proved)}


def _problems(hub: Hub, station: Station, wanted: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with what the owner wants."""
    source = wanted[CONF_PASSWORD_FROM]
    if source == Source.OWN and not acceptable(wanted[CONF_PASSWORD]):
        return {CONF_PASSWORD: "password_unusable"}
    if source in {Source.GENERATE, Source.OWN} and wanted[CONF_SEND] and not station.connected:
        return {CONF_SEND: "not_connected"}
    by_password = int(wanted[CONF_SECURITY_PROFILE]) in BY_PASSWORD
    if by_password and source == Source.KEEP and not hub.credentials.passwords(station.name):
        return {CONF_PASSWORD_FROM: "password_needed"}
    return {}
