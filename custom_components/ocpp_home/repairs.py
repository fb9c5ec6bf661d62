"""What can be put right from the repairs page."""

from typing import Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .csms.model.commands import ResetKind
from .csms.model.station import Station
from .errors import translated
from .unproved import KIND, Unproved
from .words import tame

CONF_STATIONS: Final = "stations"

type IssueData = dict[str, str | int | float | None]


class NoticeFlow(RepairsFlow):
    """Puts right what a notice of a station tells of."""

    def __init__(self, data: IssueData) -> None:
        """Remember whose issue it is."""
        self._entry_id = str(data["entry_id"])
        self._station = str(data["station"])
        self._kind = str(data["kind"])

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show what it is about, and do it once the owner agrees."""
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=issue.translation_placeholders if issue else None,
            )
        station = self._find()
        if station is None:
            return self.async_abort(reason="station_gone")
        return await self.mend(station)

    async def mend(self, station: Station) -> RepairsFlowResult:
        """The owner has read it, and wants to hear of it when it happens again."""
        station.settle(self._kind)
        return self.async_create_entry(data={})

    def _find(self) -> Station | None:
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        found: Station | None = entry.runtime_data.stations.get(self._station.casefold())
        return found


class RestartFlow(NoticeFlow):
    """Restarts a station, so that a setting of it comes into force."""

    @override
    async def mend(self, station: Station) -> RepairsFlowResult:
        try:
            async with translated(station):
                await station.require().remote.reset(ResetKind.SOFT)
        except HomeAssistantError as error:
            return self.async_abort(reason="not_restarted", description_placeholders={"error": str(error)})
        return self.async_create_entry(data={})


class UnprovedFlow(RepairsFlow):
    """Stations that anybody could be: tells how they are protected, or leaves them so."""

    def __init__(self, data: IssueData) -> None:
        """Remember whose stations they are."""
        self._entry_id = str(data["entry_id"])

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Choose what is to be done."""
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return self.async_show_menu(
            step_id="init",
            menu_options=["protect", "leave"],
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def async_step_protect(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Tell where a station is protected; the repair stays until it is."""
        return self.async_abort(reason="protect")

    async def async_step_leave(self, user_input: dict[str, list[str]] | None = None) -> RepairsFlowResult:
        """Choose which stations stay as they are, for good."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_running")
        unproved: Unproved = entry.runtime_data.unproved
        if user_input is not None:
            unproved.leave(user_input[CONF_STATIONS])
            if others := unproved.stations:
                names = tame(", ".join(subentry.title for subentry in others))
                return self.async_abort(reason="others_left", description_placeholders={"stations": names})
            return self.async_create_entry(data={})
        options = [SelectOptionDict(value=one.subentry_id, label=tame(one.title)) for one in unproved.stations]
        chosen = [option["value"] for option in options]
        field = SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST))
        return self.async_show_form(
            step_id="leave", data_schema=vol.Schema({vol.Required(CONF_STATIONS, default=chosen): field})
        )


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: IssueData | None) -> RepairsFlow:
    """The way to put an issue right; what cannot be put right here is only confirmed as read."""
    if data is None or "kind" not in data:
        return ConfirmRepairFlow()
    if data["kind"] == KIND:
        return UnprovedFlow(data)
    return RestartFlow(data) if data["kind"] == "reboot_required" else NoticeFlow(data)
