"""Selects: configuration that is one word out of several."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .car_controls import DEPARTURE_DAYS, WHOSE, WhoseSelect
from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row
from .hub import Hub, OcppHomeEntry
from .site_controls import MODE, RuleSelect
from .site_entity import places, populate_site

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class SelectRow[PartT: Part](Row[PartT, str | None], SelectEntityDescription):
    """A choice."""

    set_fn: Callable[[Station, PartT, str], Awaitable[None]]

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppSelect(hub, station, part, self)


class OcppSelect[PartT: Part](OcppEntity[PartT, str | None], SelectEntity):
    """Shows what is chosen, and chooses."""

    entity_description: SelectRow[PartT]

    @property
    @override
    def current_option(self) -> str | None:
        return self.fact

    @override
    async def async_select_option(self, option: str) -> None:
        await self.act(self.entity_description.set_fn, option)


async def _write(item: Item, station: Station, part: Part, value: str) -> None:
    await item.write(value)


def configuration(item: Item) -> SelectRow[Part] | None:
    """What is one word out of several and can be chosen."""
    if item.row.nature is not Nature.CHOICE or not item.row.writable:
        return None
    return SelectRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        options=item.choices,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=item.enabled,
        topics=item.folds,
        value_fn=item.choice,
        attributes_fn=item.pending,
        set_fn=partial(_write, item),
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the selects of all stations."""
    populate_site(entry, async_add_entities, RuleSelect, MODE, places)
    populate_site(entry, async_add_entities, RuleSelect, DEPARTURE_DAYS, places)
    populate_site(entry, async_add_entities, WhoseSelect, WHOSE, places)
    configure(entry, async_add_entities, configuration)
