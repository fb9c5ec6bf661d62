"""Adding a car of the household, and changing it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)
import voluptuous as vol

from .cards import card_entries
from .const import CONF_IDENTITY, SUBENTRY_STATION
from .site.form import LEVEL, number
from .site.vehicle import (
    CONF_CAPACITY,
    CONF_CAR_PHASES,
    CONF_CARDS,
    CONF_CHARGE_LIMIT,
    CONF_CONSUMPTION,
    CONF_EFFICIENCY,
    CONF_IDENTIFIERS,
    CONF_LEAVES,
    CONF_LEAVES_LEVEL,
    CONF_LEVEL,
    CONF_MINIMUM_LEVEL,
    CONF_MOST,
    CONF_PLACES,
    CONF_RETURNS,
    CONF_TIMETABLE,
    leaving,
    timetable,
)

UNKNOWN: Final = "unknown"
DEPARTURES: Final = "departures"
LEAVING: Final = vol.Schema(
    {
        **{vol.Optional(name): TimeSelector() for days in CONF_LEAVES for name in (days, CONF_RETURNS[days])},
        vol.Optional(CONF_LEAVES_LEVEL): number(1, 100, 1, "%"),
    }
)


def schema(entry: ConfigEntry) -> vol.Schema:
    """The form of a car; cards and stations are asked for where there are any."""
    cards = {one.subentry_id: one.title for one in card_entries(entry)}
    stations = {
        one.data[CONF_IDENTITY]: one.title for one in entry.subentries.values() if one.subentry_type == SUBENTRY_STATION
    }
    fields: dict[Any, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_CAPACITY): number(1, 1000, 0.1, "kWh"),
        vol.Optional(CONF_LEVEL): LEVEL,
        vol.Required(CONF_EFFICIENCY, default=90): number(50, 100, 1, "%"),
        vol.Optional(CONF_CONSUMPTION): number(1, 200, 0.1, "kWh/100 km"),
        vol.Optional(CONF_MOST): number(6, 80, 1, "A"),
        vol.Required(CONF_CAR_PHASES, default=UNKNOWN): SelectSelector(
            SelectSelectorConfig(options=[UNKNOWN, "1", "3"], translation_key=CONF_CAR_PHASES)
        ),
        vol.Required(CONF_MINIMUM_LEVEL, default=0): number(0, 100, 1, "%"),
        vol.Required(CONF_CHARGE_LIMIT, default=100): number(1, 100, 1, "%"),
        vol.Optional(CONF_IDENTIFIERS): TextSelector(TextSelectorConfig(multiple=True)),
    }
    for name, known in ((CONF_CARDS, cards), (CONF_PLACES, stations)):
        if known:
            fields[vol.Optional(name)] = _several(known)
    fields[vol.Optional(DEPARTURES)] = section(LEAVING, {"collapsed": True})
    return vol.Schema(fields)


def _told(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What the form tells, as the subentry keeps it."""
    told = dict(user_input)
    rows = timetable(told.pop(DEPARTURES, {}))
    return {**told, CONF_TIMETABLE: rows} if rows else told


def _several(known: dict[str, str]) -> SelectSelector:
    options = [SelectOptionDict(value=key, label=title) for key, title in known.items()]
    return SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN))


class VehicleFlow(ConfigSubentryFlow):
    """A car: its battery, what it takes, and how it is recognised."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a car."""
        if user_input is not None:
            told = _told(user_input)
            return self.async_create_entry(title=told.pop(CONF_NAME), data=told)
        return self.async_show_form(step_id="user", data_schema=schema(self._get_entry()))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a car."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if user_input is not None:
            told = _told(user_input)
            return self.async_update_and_abort(entry, subentry, title=told.pop(CONF_NAME), data=told)
        departures = leaving(subentry.data.get(CONF_TIMETABLE) or ())
        values = {CONF_NAME: subentry.title, **subentry.data, DEPARTURES: departures}
        form = self.add_suggested_values_to_schema(schema(entry), values)
        return self.async_show_form(step_id="reconfigure", data_schema=form)
