"""Which stations and EVSEs an action is aimed at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_AREA_ID, ATTR_ENTITY_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import ChildDeviceEntry
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.helpers.target import SelectedEntities, TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN
from ..csms.model.commands import Commands
from ..csms.model.errors import Unsupported
from ..csms.model.evse import Evse
from ..csms.model.station import Station
from ..devices import evse_device, station_key
from ..words import tame

if TYPE_CHECKING:
    from ..credentials import Credentials
    from ..hub import Hub
    from ..site.controller import Controller

type Target = Mapping[str, Any]

_PLACES: Final = (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)


@dataclass(frozen=True, slots=True)
class Aim:
    """A station, or the EVSE of it that was named."""

    station: Station
    hub: Hub = field(repr=False, compare=False)
    """Whose it is."""
    named: Evse | None = None

    @property
    def site(self) -> Controller:
        """Who leads it."""
        return self.hub.site

    @property
    def credentials(self) -> Credentials:
        """Who knows its passwords."""
        return self.hub.credentials

    @property
    def name(self) -> str:
        """What it is called in responses and errors."""
        return self.station.name if self.named is None else f"{self.station.name}/{self.named.id}"

    @property
    def evse(self) -> Evse | None:
        """The EVSE that was named, or the only one of the station."""
        return self.named or self.station.sole_evse()

    @property
    def number(self) -> int:
        """The EVSE's number, 0 for the station as a whole."""
        return 0 if self.evse is None else self.evse.id

    @property
    def only(self) -> int | None:
        """The number of the EVSE that was named, None where the station as a whole was."""
        return None if self.named is None else self.named.id

    @property
    def commands(self) -> Commands:
        """What can be done with the station; raises Offline."""
        return self.station.require()

    def one_evse(self) -> Evse:
        """The EVSE; raises a translated error when the station has several and none was named."""
        if self.evse is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="which_evse",
                translation_placeholders={"station": tame(self.station.name)},
            )
        return self.evse

    def transaction(self, given: str | None) -> str:
        """The transaction that was given, or the one that runs; raises a translated error where none does."""
        if given is not None:
            return given
        running = self.one_evse().transaction
        if running is None:
            raise self.nothing("no_transaction")
        return running.id

    def nothing(self, key: str) -> ServiceValidationError:
        """An error about something that is not there."""
        return ServiceValidationError(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders={"name": self.name}
        )


def block[T](found: T | None, name: str) -> T:
    """A block of commands; raises Unsupported when the station does not have it."""
    if found is None:
        raise Unsupported(name)
    return found


def aims(hass: HomeAssistant, target: Target, *, per_evse: bool) -> list[Aim]:
    """What a target means, each once and by name: stations and EVSEs, or (not `per_evse`) stations only.

    Raises a translated error when nothing is meant, or a device that is named is none of ours.
    """
    found = [aim for device_id in _devices(hass, target) for aim in _aimed(hass, device_id)]
    if not found:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_target")
    once = {aim.name: aim for aim in (found if per_evse else [replace(aim, named=None) for aim in found])}
    return [once[name] for name in sorted(once)]


def _aimed(hass: HomeAssistant, device_id: str) -> Iterator[Aim]:
    device, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
    hub: Hub = entry.runtime_data
    for station in hub.stations.values():
        if (DOMAIN, station_key(station)) in device.identifiers:
            yield Aim(station, hub)
        for evse in station.evses.values():
            if (DOMAIN, evse_device(station, evse.id)) in device.identifiers:
                yield Aim(station, hub, evse)


def _devices(hass: HomeAssistant, target: Target) -> set[str]:
    """The devices that are named, those of named entities, and ours in areas, on floors and under labels."""
    named = _selected(hass, target, ATTR_ENTITY_ID).referenced
    return TargetSelection(dict(target)).device_ids | _owners(hass, named) | _around(hass, target)


def _around(hass: HomeAssistant, target: Target) -> set[str]:
    """Our devices in areas, on floors and under labels; where EVSEs are among them they stand for their station."""
    selected = _selected(hass, target, *_PLACES)
    registry = dr.async_get(hass)
    found = selected.referenced_devices | _owners(hass, selected.indirectly_referenced)
    devices = [device for device_id in found if (device := registry.async_get(device_id)) is not None]
    ours = {device.id for device in devices if any(domain == DOMAIN for domain, _ in device.identifiers)}
    return ours - {device.parent_device_id for device in devices if isinstance(device, ChildDeviceEntry)}


def _owners(hass: HomeAssistant, entity_ids: Iterable[str]) -> set[str]:
    """The devices of those entities that are ours."""
    entities = er.async_get(hass).entities
    known = [entity for entity_id in entity_ids if (entity := entities.get(entity_id)) is not None]
    return {entity.device_id for entity in known if entity.platform == DOMAIN and entity.device_id}


def _selected(hass: HomeAssistant, target: Target, *keys: str) -> SelectedEntities:
    return async_extract_referenced_entity_ids(hass, TargetSelection({key: target.get(key) for key in keys}))
