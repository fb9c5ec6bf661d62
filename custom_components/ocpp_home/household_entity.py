"""Entities of the household as a whole: of the hub, of a person, of a card."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .hub import Hub


@dataclass(frozen=True, slots=True)
class Whose:
    """What an entity belongs to: its unique ids begin with `key`, `words` are put into its name."""

    key: str
    device: DeviceInfo | ChildDeviceInfo
    words: Mapping[str, str] | None = None


class HouseholdEntity(Entity):
    """An entity that depends on no station, and is there as long as the hub is."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, hub: Hub, whose: Whose, row: EntityDescription) -> None:
        """Show or do what `row` says."""
        self.entity_description = row
        self._hub = hub
        self._attr_unique_id = f"{whose.key}_{row.key}"
        self._attr_device_info = whose.device
        if whose.words is not None:
            self._attr_translation_placeholders = whose.words
