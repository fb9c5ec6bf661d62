"""Binary sensors: what is so, or is not."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.evse import Evse
from .csms.model.plan import Word
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row, evses, populate, stations
from .hub import Hub, OcppHomeEntry
from .site_entity import house, places, populate_site
from .site_plan import PLAN_FLAGS
from .site_sensors import HOUSE_FLAGS, PLACE_FLAGS, SiteBinarySensor

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


def _left(evse: Evse) -> bool:
    """Whether the station has what is to stay with it."""
    return evse.left.known and evse.left.lies(dt_util.utcnow())


def _plan(evse: Evse) -> dict[str, object]:
    left = evse.left
    return {
        "state": left.word.value,
        "refusal": left.refusal,
        "end": None if left.confirmed is None else left.confirmed.end,
        "slots": [
            {"begin": leg.begin, "current": leg.amps, "phases": leg.phases}
            for leg in (() if left.confirmed is None else left.confirmed.legs)
        ],
    }


def _limited(part: Part) -> bool:
    return bool(part.external)


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
    BinaryRow(
        key="station_limited_by_others",
        translation_key="station_limited_by_others",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda _, station: _limited(station),
        value_fn=_limited,
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
    BinaryRow(
        key="limited_by_others",
        translation_key="limited_by_others",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda _, evse: _limited(evse),
        value_fn=_limited,
    ),
    BinaryRow(
        key="plan_left",
        translation_key="plan_left",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda _, evse: evse.left.word is not Word.NONE,
        value_fn=_left,
        attributes_fn=_plan,
    ),
)


def configuration(item: Item) -> BinaryRow[Part] | None:
    """What is so or is not, and cannot be changed."""
    if item.row.nature is not Nature.BOOLEAN or item.row.writable:
        return None
    return BinaryRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        topics=item.folds,
        value_fn=item.flag,
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of all stations."""
    populate(entry, async_add_entities, stations, lambda station, part: STATION)
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
    populate_site(entry, async_add_entities, SiteBinarySensor, PLACE_FLAGS, places)
    populate_site(entry, async_add_entities, SiteBinarySensor, PLAN_FLAGS, places)
    populate_site(entry, async_add_entities, SiteBinarySensor, HOUSE_FLAGS, house)
    configure(entry, async_add_entities, configuration)
