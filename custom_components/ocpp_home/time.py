"""Times: when a car leaves."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .car_controls import DEPARTURE, LeavingTime
from .hub import OcppHomeEntry
from .site_entity import places, populate_site

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the times of all EVSEs that are led."""
    populate_site(entry, async_add_entities, LeavingTime, DEPARTURE, places)
