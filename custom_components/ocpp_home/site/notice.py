"""What the owner should know of the meters of the house."""

from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOCUMENTATION, DOMAIN

if TYPE_CHECKING:
    from ..hub import Hub


@callback
def show_silence(hub: Hub, silent: tuple[str, ...]) -> None:
    """Show which sensors tell nothing, or that all of them do again (none)."""
    issue_id = f"{hub.entry.entry_id}_meter_silent"
    if not silent:
        ir.async_delete_issue(hub.hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hub.hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        is_persistent=False,
        learn_more_url=f"{DOCUMENTATION}/site.md#when-a-meter-is-silent",
        severity=ir.IssueSeverity.ERROR,
        translation_key="meter_silent",
        translation_placeholders={"entities": ", ".join(silent)},
    )
