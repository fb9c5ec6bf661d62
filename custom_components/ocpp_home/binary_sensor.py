"""Binary sensors: what is so, or is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import configured, flag, key_of
from .csms.model.configuration_keys import Nature
from .csms.model.evse import Evse
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row, evses, populate, stations
from .hub import Hub, OcppHomeEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BinaryRow[PartT: Part](Row[PartT, bool | None], BinarySensorEntityDescription):
    """A fact that is true, false or unknown."""

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppBinarySensor(hub, station, part, self)


class OcppBinarySensor[PartT: Part](OcppEntity[PartT, bool | None], BinarySensorEntity):
    """Shows whether a fact is true."""

    entity_description: BinaryRow[PartT]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.fact


def _troubled(part: Part) -> bool | None:
    return None if part.status is None and part.problem is None else part.problem is not None


STATION: Final[tuple[BinaryRow[Station], ...]] = (
    BinaryRow(
        key="connection",
        translation_key="connection",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda station: station.connected,
        offline=True,
    ),
    BinaryRow(
        key="station_problem",
        translation_key="station_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_troubled,
    ),
)

EVSE: Final[tuple[BinaryRow[Evse], ...]] = (
    BinaryRow(
        key="plugged",
        translation_key="plugged",
        device_class=BinarySensorDeviceClass.PLUG,
        value_fn=lambda evse: evse.plugged,
    ),
    BinaryRow(
        key="charging",
        translation_key="charging",
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
        value_fn=lambda evse: evse.charging,
    ),
    BinaryRow(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=_troubled,
    ),
)


def station_rows(station: Station, part: Station) -> Iterable[BinaryRow[Station]]:
    """The binary sensors of a station as a whole, with the configuration keys that can only be read."""
    yield from STATION
    for key in configured(part, Nature.BOOLEAN, writable=False):
        yield BinaryRow(
            key=key_of(key),
            translation_key=key_of(key),
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
            value_fn=flag(key),
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of all stations."""
    populate(entry, async_add_entities, stations, station_rows)
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
