"""Cards are tags of Home Assistant, so that an automation can begin with one that is held to a station."""

from typing import TYPE_CHECKING, Final

from homeassistant.components.tag import TAG_DATA, async_scan_tag
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .cards import card_entries, card_id
from .const import DOMAIN
from .csms.model.card import Card
from .csms.model.event import Event, Kind
from .csms.model.station import Station
from .csms.model.token import Token, TokenType
from .devices import station_key

if TYPE_CHECKING:
    from .hub import Hub

TAG: Final = "tag"
SHOWN: Final = {Kind.CARD_ACCEPTED, Kind.CARD_REFUSED}


@callback
def watch_tags(hub: Hub, station: Station) -> None:
    """From now on scan the tag of each card that is shown at a station while it is connected."""

    def hear(event: Event) -> None:
        if event.kind in SHOWN and event.live and hub.options.tags and TAG in hub.hass.config.components:
            _scan(hub, station, event)

    station.witness(hear)


def _scan(hub: Hub, station: Station, event: Event) -> None:
    """A code is secret and no tag, and neither is the token of our own starts."""
    token = Token(str(event.data["token"]))
    card = station.household.cards.of(token)
    secret = event.data.get("type") == TokenType.KEY_CODE or (card and card.token.type is TokenType.KEY_CODE)
    ours = card is None and token.key == Token(station.settings.token).key
    if secret or ours:
        return
    tag = _tag(hub, token, card, welcome=event.kind is Kind.CARD_ACCEPTED)
    if tag is not None:
        _ = hub.entry.async_create_task(hub.hass, _tell(hub, station, tag, card), "ocpp_home scans a tag")


def _tag(hub: Hub, token: Token, card: Card | None, *, welcome: bool) -> str | None:
    """The id of a card's tag: its number where that is known as a tag already, or may be seen; else that of its entry.

    The number of a stranger's card is kept from everybody, unless it may be seen and the card was welcome.
    """
    number = token.id if card is None else card.token.id
    if er.async_get(hub.hass).async_get_entity_id(TAG, TAG, number) is not None:
        return number
    if hub.options.show_numbers:
        return number if welcome or card is not None else None
    return None if card is None else _entry_of(hub, card)


def _entry_of(hub: Hub, card: Card) -> str | None:
    key = card_id(card.token)
    return next((one.subentry_id for one in card_entries(hub.entry) if one.unique_id == key), None)


async def _tell(hub: Hub, station: Station, tag: str, card: Card | None) -> None:
    if card is not None and card.name:
        await _name(hub.hass, tag, card.name)
    key = (DOMAIN, station_key(station))
    device = dr.async_get_device_id_by_identifier(hub.hass, key, config_entry_id=hub.entry.entry_id)
    await async_scan_tag(hub.hass, tag, device)


async def _name(hass: HomeAssistant, tag: str, name: str) -> None:
    """Call the tag like the card, unless it has a name already."""
    tags, registry = hass.data[TAG_DATA], er.async_get(hass)
    entity_id = registry.async_get_entity_id(TAG, TAG, tag)
    if tag not in tags.data:
        await tags.async_create_item({"tag_id": tag, "name": name})
    elif entity_id is not None and (entity := registry.async_get(entity_id)) is not None and entity.name is None:
        registry.async_update_entity(entity_id, name=name)
