"""Adding a circuit with a fuse of its own, and changing it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, TextSelector
import voluptuous as vol

from .const import SUBENTRY_CIRCUIT
from .site.form import AMPERES, LINE
from .site.settings import CONF_LINES, CONF_PARENT, CONF_RATING


def circuits(entry: ConfigEntry, but: str | None = None) -> dict[str, str]:
    """The names of the circuits by their ids, without one of them and those that it feeds."""
    found = {one.subentry_id: one for one in entry.subentries.values() if one.subentry_type == SUBENTRY_CIRCUIT}
    left = set(found) - {but}
    while fed := {key for key in left if found[key].data.get(CONF_PARENT) in found.keys() - left}:
        left -= fed
    return {key: one.title for key, one in found.items() if key in left}


def choice(entry: ConfigEntry, but: str | None = None) -> SelectSelector:
    """A choice among circuits."""
    options = [SelectOptionDict(value=key, label=name) for key, name in circuits(entry, but).items()]
    return SelectSelector(SelectSelectorConfig(options=options))


def schema(entry: ConfigEntry, but: str | None = None) -> vol.Schema:
    """The form of a circuit; what feeds it is asked where there is a choice."""
    fields: dict[Any, Any] = {vol.Required(CONF_NAME): TextSelector(), vol.Required(CONF_RATING): AMPERES}
    if circuits(entry, but):
        fields[vol.Optional(CONF_PARENT)] = choice(entry, but)
    return vol.Schema(fields | {vol.Optional(name): LINE for name in CONF_LINES})


def problems(told: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with what the form tells."""
    count = sum(bool(told.get(name)) for name in CONF_LINES)
    return {} if count in {0, len(CONF_LINES)} else {CONF_LINES[0]: "lines_missing"}


class CircuitFlow(ConfigSubentryFlow):
    """A circuit: what its fuse bears, what feeds it, and what is measured there."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a circuit."""
        entry = self._get_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            told = dict(user_input)
            errors = problems(told)
            if not errors:
                return self.async_create_entry(title=told.pop(CONF_NAME), data=told)
        form = self.add_suggested_values_to_schema(schema(entry), user_input)
        return self.async_show_form(step_id="user", data_schema=form, errors=errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a circuit."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            told = dict(user_input)
            errors = problems(told)
            if not errors:
                return self.async_update_and_abort(entry, subentry, title=told.pop(CONF_NAME), data=told)
        form = schema(entry, subentry.subentry_id)
        values = user_input or {CONF_NAME: subentry.title, **subentry.data}
        return self.async_show_form(
            step_id="reconfigure", data_schema=self.add_suggested_values_to_schema(form, values), errors=errors
        )
