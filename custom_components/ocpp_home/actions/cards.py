"""Actions about the cards of the household."""

from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..card_import import CardImport, listed, table, written
from ..const import DOMAIN
from .household import HouseholdAction
from .row import Fields

HUB: Final = "config_entry_id"


async def learn_card(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Wait for the next unknown card that is shown at any station, and offer it to the owner."""
    desk = async_get_config_entry(hass, DOMAIN, fields.get(HUB)).runtime_data.desk
    shown = await desk.learn()
    if shown is None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_card_shown")
    desk.offer(shown)
    return {"number": shown.token.id, "kind": shown.kind.value, "station": shown.station}


async def import_cards(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Bring in cards from a table or from the list of the integration `ocpp`."""
    entry = async_get_config_entry(hass, DOMAIN, fields.get(HUB))
    rows = [*table(fields.get("csv", "")), *listed(fields.get("authorization_list"))]
    brought = CardImport(hass, entry, fields["dry_run"])
    brought.take(rows)
    return brought.told


async def export_cards(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Give all cards as a table that can be imported again."""
    return {"csv": written(async_get_config_entry(hass, DOMAIN, fields.get(HUB)))}


ACTIONS: Final = (
    HouseholdAction("learn_card", learn_card, {vol.Optional(HUB): cv.string}, SupportsResponse.OPTIONAL),
    HouseholdAction(
        "import_cards",
        import_cards,
        {
            vol.Optional(HUB): cv.string,
            vol.Optional("csv"): cv.string,
            vol.Optional("authorization_list"): vol.Any(list, dict),
            vol.Optional("dry_run", default=False): cv.boolean,
        },
        SupportsResponse.OPTIONAL,
    ),
    HouseholdAction("export_cards", export_cards, {vol.Optional(HUB): cv.string}, SupportsResponse.ONLY),
)
