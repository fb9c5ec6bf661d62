"""The form about encryption: what the ports speak, under which names, and with whose certificate."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_PORT
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .certificates import unusable
from .const import (
    CONF_CERTIFICATE,
    CONF_CERTIFICATE_FILE,
    CONF_KEY_FILE,
    CONF_LEGACY_TLS,
    CONF_TLS,
    CONF_TLS_NAMES,
    CONF_TLS_PORT,
    CONF_TRUSTED_FILE,
)
from .tls_settings import Mode, Source, TlsSettings, certificate_of, names_of

EXPERT: Final = "expert"

TLS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TLS, default=Mode.BOTH): SelectSelector(
            SelectSelectorConfig(options=list(Mode), translation_key=CONF_TLS, mode=SelectSelectorMode.LIST)
        ),
        vol.Optional(CONF_TLS_NAMES, default=list): TextSelector(TextSelectorConfig(multiple=True)),
        vol.Required(CONF_CERTIFICATE, default=Source.OWN): SelectSelector(
            SelectSelectorConfig(options=list(Source), translation_key=CONF_CERTIFICATE, mode=SelectSelectorMode.LIST)
        ),
        vol.Optional(CONF_CERTIFICATE_FILE): TextSelector(),
        vol.Optional(CONF_KEY_FILE): TextSelector(),
        vol.Required(EXPERT): section(
            vol.Schema(
                {
                    vol.Optional(CONF_TRUSTED_FILE): TextSelector(),
                    vol.Optional(CONF_TLS_PORT): vol.All(
                        NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)),
                        vol.Coerce(int),
                    ),
                    vol.Required(CONF_LEGACY_TLS, default=False): BooleanSelector(),
                }
            ),
            {"collapsed": True},
        ),
    }
)
EXPERT_NAMES: Final = (CONF_TRUSTED_FILE, CONF_TLS_PORT, CONF_LEGACY_TLS)
NAMES: Final = frozenset(
    {CONF_TLS, CONF_TLS_NAMES, CONF_CERTIFICATE, CONF_CERTIFICATE_FILE, CONF_KEY_FILE, *EXPERT_NAMES}
)


class TlsOptions(OptionsFlow):
    """The part of the preferences that is about encryption; no station that is connected notices when it changes."""

    async def async_step_tls(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What the ports speak, under which names, and with whose certificate."""
        options = self.config_entry.options
        errors: dict[str, str] = {}
        if user_input is not None:
            told = _flat(user_input)
            errors = await self._problems(told)
            if not errors:
                others = {name: value for name, value in options.items() if name not in NAMES}
                return self.async_create_entry(data=others | told)
        names = await names_of(self.hass, self.config_entry, ())
        return self.async_show_form(
            step_id="tls",
            data_schema=self.add_suggested_values_to_schema(TLS_SCHEMA, user_input or _nested(options)),
            description_placeholders={"names": ", ".join(f"`{name}`" for name in dict.fromkeys(names))},
            errors=errors,
        )

    async def _problems(self, told: Mapping[str, Any]) -> dict[str, str]:
        """What does not fit, by field."""
        settings = TlsSettings.of(self.hass, told)
        if settings.port and settings.port == self.config_entry.data[CONF_PORT]:
            return {"base": "same_port"}
        if settings.source is Source.HOME_ASSISTANT and not all(certificate_of(self.hass)):
            return {CONF_CERTIFICATE: "no_certificate"}
        if settings.source is Source.FILES and not all(settings.files):
            return {CONF_CERTIFICATE: "files_missing"}
        wrong = await self.hass.async_add_executor_job(unusable, settings)
        return {"base": "certificate_unusable"} if wrong else {}


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    """The options of what was filled in."""
    flat = {name: value for name, value in told.items() if name != EXPERT} | dict(told.get(EXPERT, {}))
    return {name: value for name, value in flat.items() if value not in ("", None)}


def _nested(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in, of the options."""
    expert = {name: options[name] for name in EXPERT_NAMES if name in options}
    return {name: options[name] for name in NAMES - {*EXPERT_NAMES} if name in options} | {EXPERT: expert}
