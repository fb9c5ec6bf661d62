"""Which stations and EVSEs an action is aimed at."""

from collections.abc import Iterable, Iterator, Set as AbstractSet
from dataclasses import dataclass

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN
from ..csms.model.commands import Commands
from ..csms.model.errors import Unsupported
from ..csms.model.evse import Evse
from ..csms.model.station import Station
from ..devices import evse_key, station_key


@dataclass(frozen=True, slots=True)
class Aim:
    """A station, or one EVSE of it where the target was that precise or there is only one."""

    name: str
    station: Station
    evse: Evse | None

    @property
    def commands(self) -> Commands:
        """What can be done with the station; raises Offline."""
        return self.station.require()

    @property
    def number(self) -> int:
        """The EVSE's number, 0 for the station as a whole."""
        return 0 if self.evse is None else self.evse.id

    def one_evse(self) -> Evse:
        """The EVSE; raises a translated error when the station has several and none was named."""
        if self.evse is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="which_evse",
                translation_placeholders={"station": self.station.name},
            )
        return self.evse


def block[T](found: T | None, name: str) -> T:
    """A block of commands; raises Unsupported when the station does not have it."""
    if found is None:
        raise Unsupported(name)
    return found


def aims(hass: HomeAssistant, call: ServiceCall) -> list[Aim]:
    """All stations and EVSEs of the target, each once; raises a translated error when there is none."""
    found = {aim.name: aim for aim in _found(hass, call)}
    if not found:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_target")
    return list(found.values())


def _found(hass: HomeAssistant, call: ServiceCall) -> Iterator[Aim]:
    for device_id in sorted(_devices(hass, call)):
        device, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
        for station, evse in _parts(entry.runtime_data.central.stations.values(), device.identifiers):
            yield Aim(device.name_by_user or device.name or station.name, station, evse or station.sole_evse())


def _parts(
    stations: Iterable[Station], identifiers: AbstractSet[tuple[str, str]]
) -> Iterator[tuple[Station, Evse | None]]:
    for station in stations:
        if (DOMAIN, station_key(station)) in identifiers:
            yield station, None
        for evse in station.evses.values():
            if (DOMAIN, evse_key(station, evse.id)) in identifiers:
                yield station, evse


def _devices(hass: HomeAssistant, call: ServiceCall) -> set[str]:
    """The devices that are named, those of named entities, and ours among those of an area, floor or label."""
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(call.data))
    entities = er.async_get(hass).entities
    mine = {
        entity.entity_id: entity.device_id
        for entity_id in selected.referenced | selected.indirectly_referenced
        if (entity := entities.get(entity_id)) is not None and entity.platform == DOMAIN and entity.device_id
    }
    named = set(cv.ensure_list(call.data.get(ATTR_DEVICE_ID, [])))
    if named:
        return named | {mine[entity_id] for entity_id in selected.referenced if entity_id in mine}
    return set(mine.values())
