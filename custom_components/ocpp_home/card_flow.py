"""Adding a card and changing what it may do."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.data_entry_flow import AbortFlow

from .card_desk import PATIENCE, Shown
from .card_form import card_schema, form_data, form_values
from .cards import card_id, free_name, problems, token_of
from .const import CONF_KIND, CONF_NUMBER
from .hub import Hub
from .words import tame

NOWHERE = "-"


class CardFlow(ConfigSubentryFlow):
    """A card comes by being held to a station, or by its number."""

    def __init__(self) -> None:
        """Begin without waiting."""
        self._waiting: asyncio.Task[Shown | None] | None = None
        self._shown: Shown | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose how to add the card."""
        return self.async_show_menu(step_id="user", menu_options=["learn", "number"])

    async def async_step_learn(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait until a card is held to a station that nobody knows."""
        if self._waiting is None:
            self._waiting = self.hass.async_create_background_task(
                self._hub().desk.learn(), "ocpp_home waits for a card"
            )
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="learn",
                progress_action="learn",
                description_placeholders={"seconds": f"{PATIENCE:.0f}"},
                progress_task=self._waiting,
            )
        waited, self._waiting = self._waiting, None
        self._shown = waited.result()
        return self.async_show_progress_done(next_step_id="nobody" if self._shown is None else "learnt")

    async def async_step_nobody(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tell that no unknown card was shown, and what can be done about it."""
        return self.async_show_menu(step_id="nobody", menu_options=["learn", "number"])

    async def async_step_learnt(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Give a name and rules to the card that was shown."""
        return self._add("learnt", user_input)

    async def async_step_number(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Give number, name and rules of a card that is not at hand."""
        return self._add("number", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the card; every station follows, and none is disconnected."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            name, data = form_data(user_input)
            errors = problems(entry, data, subentry)
            if not errors:
                return self.async_update_and_abort(
                    entry,
                    subentry,
                    unique_id=card_id(token_of(data)),
                    title=free_name(entry, name, data, subentry),
                    data=data,
                )
        values = user_input or form_values(subentry.title, subentry.data)
        schema = card_schema(self.hass, entry, subentry.data)
        return self.async_show_form(
            step_id="reconfigure", data_schema=self.add_suggested_values_to_schema(schema, values), errors=errors
        )

    def _add(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        entry = self._get_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            name, data = form_data(user_input)
            errors = problems(entry, data)
            if not errors:
                return self.async_create_entry(
                    title=free_name(entry, name, data), data=data, unique_id=card_id(token_of(data))
                )
        shown = self._shown
        known = {} if shown is None else {CONF_NUMBER: shown.token.id, CONF_KIND: shown.kind}
        values = user_input or form_values("", known)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(card_schema(self.hass, entry, values), values),
            description_placeholders={"station": NOWHERE if shown is None else tame(self._place(shown))},
            errors=errors,
        )

    def _place(self, shown: Shown) -> str:
        """What the owner calls the station the card was shown at."""
        hub = self._hub()
        station = hub.stations.get(shown.station.casefold())
        return shown.station if station is None else hub.title(station)

    def _hub(self) -> Hub:
        """The hub of this flow, which must be running."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_running")
        hub: Hub = entry.runtime_data
        return hub
