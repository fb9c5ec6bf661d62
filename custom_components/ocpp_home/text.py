"""Texts: configuration that holds words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row
from .hub import Hub, OcppHomeEntry

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class TextRow[PartT: Part](Row[PartT, str | None], TextEntityDescription):
    """Words that can be set."""

    set_fn: Callable[[Station, PartT, str], Awaitable[None]]

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppText(hub, station, part, self)


class OcppText[PartT: Part](OcppEntity[PartT, str | None], TextEntity):
    """Shows words, and changes them."""

    entity_description: TextRow[PartT]

    @property
    @override
    def native_value(self) -> str | None:
        return self.fact

    @override
    async def async_set_value(self, value: str) -> None:
        await self.act(self.entity_description.set_fn, value)


async def _write(item: Item, station: Station, part: Part, value: str) -> None:
    await item.write(value)


def configuration(item: Item) -> TextRow[Part] | None:
    """What holds words and can be written; passwords are none of it, they do not belong into a state machine."""
    if item.row.nature not in {Nature.LIST, Nature.TEXT} or not item.row.writable:
        return None
    return TextRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        native_max=item.longest,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=item.enabled,
        topics=item.folds,
        value_fn=item.text,
        attributes_fn=item.pending,
        set_fn=partial(_write, item),
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the texts of all stations."""
    configure(entry, async_add_entities, configuration)
