"""The form about Plug & Charge: who may be asked about certificates, and who provides contracts."""

from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import CONF_CERTIFICATE_REACH, CONF_PROVIDER_TOKEN, CONF_PROVIDER_URL
from .fetch import Reach

SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_CERTIFICATE_REACH, default=Reach.PUBLIC): SelectSelector(
            SelectSelectorConfig(
                options=list(Reach), translation_key=CONF_CERTIFICATE_REACH, mode=SelectSelectorMode.LIST
            )
        ),
        vol.Optional(CONF_PROVIDER_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        vol.Optional(CONF_PROVIDER_TOKEN): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
    }
)
NAMES: Final = frozenset({CONF_CERTIFICATE_REACH, CONF_PROVIDER_URL, CONF_PROVIDER_TOKEN})


class PlugAndChargeOptions(OptionsFlow):
    """The part of the preferences that is about Plug & Charge."""

    async def async_step_plug_and_charge(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Who may be asked, and who provides."""
        options = self.config_entry.options
        errors: dict[str, str] = {}
        if user_input is not None:
            told = {name: value for name, value in user_input.items() if value}
            if _sound(told.get(CONF_PROVIDER_URL)):
                others = {name: value for name, value in options.items() if name not in NAMES}
                return self.async_create_entry(data=others | told)
            errors = {CONF_PROVIDER_URL: "no_address"}
        return self.async_show_form(
            step_id="plug_and_charge",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, user_input or options),
            errors=errors,
        )


def _sound(url: str | None) -> bool:
    """Whether an address is none, or one of http or https."""
    if url is None:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
