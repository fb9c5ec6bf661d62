"""What can be put right from the repairs page."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .csms.model.commands import ResetKind
from .csms.model.station import Station
from .errors import translated

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


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: IssueData | None) -> RepairsFlow:
    """The way to put an issue right; what cannot be put right here is only confirmed as read."""
    if data is None or "kind" not in data:
        return ConfirmRepairFlow()
    return RestartFlow(data) if data["kind"] == "reboot_required" else NoticeFlow(data)
