"""Texts: configuration keys that hold words."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import LONGEST, configured, key_of, text, write
from .csms.model.configuration_keys import Natural, Nature
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row, populate, stations
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


async def _write(key: Natural, station: Station, part: Station, value: str) -> None:
    await write(station, key, value)


def station_rows(station: Station, part: Station) -> Iterable[TextRow[Station]]:
    """The configuration keys that hold words; passwords are none of them, they do not belong into a state machine."""
    for key in configured(part, Nature.LIST, Nature.TEXT, writable=True):
        yield TextRow(
            key=key_of(key),
            translation_key=key_of(key),
            native_max=LONGEST,
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=False,
            value_fn=text(key),
            set_fn=partial(_write, key),
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the texts of all stations."""
    populate(entry, async_add_entities, stations, station_rows)
