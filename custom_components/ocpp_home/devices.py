"""The device registry: the hub, a device per station, and one per EVSE where a station has more than one."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceEntryType, DeviceInfo

from .const import DOMAIN
from .csms.model.evse import Evse
from .csms.model.station import Station
from .words import plain

if TYPE_CHECKING:
    from .hub import Hub


def station_key(station: Station) -> str:
    """What names a station in identifiers and unique ids: its identity without regard to case."""
    return station.name.casefold()


def evse_key(station: Station, number: int) -> str:
    """What the unique ids of an EVSE begin with."""
    return f"{station_key(station)}_{number}"


def evse_device(station: Station, number: int) -> str:
    """What names the device of an EVSE; no station is called so, for an identity is the last part of a path."""
    return f"{station_key(station)}/{number}"


def card_device(subentry_id: str) -> str:
    """What names the device of a card; no station is called so either."""
    return f"card/{subentry_id}"


def hub_info(hub: Hub) -> DeviceInfo:
    """The central system itself."""
    return DeviceInfo(
        entry_type=DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, hub.entry.entry_id)},
        manufacturer="OCPP Home",
        model="Central system",
        name=hub.entry.title,
    )


def station_info(hub: Hub, station: Station) -> DeviceInfo:
    """A station, with what it told of itself."""
    identity = station.identity
    return DeviceInfo(
        identifiers={(DOMAIN, station_key(station))},
        manufacturer=plain(identity.vendor) or None,
        model=plain(identity.model) or None,
        name=hub.title(station),
        serial_number=plain(identity.serial) or None,
        sw_version=plain(identity.firmware) or None,
        via_device_id=dr.async_get_device_id_by_identifier(
            hub.hass, (DOMAIN, hub.entry.entry_id), config_entry_id=hub.entry.entry_id
        ),
    )


def card_info(hub: Hub, subentry: ConfigSubentry) -> DeviceInfo:
    """A card of the household."""
    return DeviceInfo(
        entry_type=DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, card_device(subentry.subentry_id))},
        model="Card",
        name=subentry.title,
        via_device_id=dr.async_get_device_id_by_identifier(
            hub.hass, (DOMAIN, hub.entry.entry_id), config_entry_id=hub.entry.entry_id
        ),
    )


def evse_info(hub: Hub, station: Station, evse: Evse) -> DeviceInfo | ChildDeviceInfo:
    """The device an EVSE belongs to: the station where it is the only one, else one of its own."""
    return station_info(hub, station) if len(station.evses) < 2 else _child_info(hub, station, evse)


def _child_info(hub: Hub, station: Station, evse: Evse) -> ChildDeviceInfo:
    return ChildDeviceInfo(
        identifiers={(DOMAIN, evse_device(station, evse.id))},
        parent_device_id=dr.async_get_device_id_by_identifier(
            hub.hass, (DOMAIN, station_key(station)), config_entry_id=hub.entry.entry_id
        ),
        translation_key="evse",
        translation_placeholders={"number": str(evse.id)},
    )


@callback
def register_hub(hub: Hub) -> None:
    """Register the central system."""
    dr.async_get(hub.hass).async_get_or_create(config_entry_id=hub.entry.entry_id, **hub_info(hub))


@callback
def register_card(hub: Hub, subentry: ConfigSubentry) -> None:
    """Register a card, or bring the registry up to date with what it is called now."""
    dr.async_get(hub.hass).async_get_or_create(
        config_entry_id=hub.entry.entry_id, config_subentry_id=subentry.subentry_id, **card_info(hub, subentry)
    )


@callback
def register_station(hub: Hub, station: Station) -> None:
    """Register a station and its EVSEs, or bring the registry up to date with what they are now."""
    registry, entry_id, subentry_id = dr.async_get(hub.hass), hub.entry.entry_id, hub.subentry_id(station)
    parent = registry.async_get_or_create(
        config_entry_id=entry_id, config_subentry_id=subentry_id, **station_info(hub, station)
    )
    for evse in station.evses.values() if len(station.evses) > 1 else ():
        child = registry.async_get_or_create_child(
            config_entry_id=entry_id, config_subentry_id=subentry_id, **_child_info(hub, station, evse)
        )
        _move_entities(hub, station, evse.id, child.id)
    if (sole := station.sole_evse()) is not None:
        former = registry.async_get_child_device_by_identifier((DOMAIN, evse_device(station, sole.id)), entry_id)
        if former is not None:
            _move_entities(hub, station, sole.id, parent.id)
            registry.async_remove_device(former.id)


def _move_entities(hub: Hub, station: Station, number: int, device_id: str) -> None:
    """Bring the entities of an EVSE to the device it has now that it is, or is not, the only one."""
    registry = er.async_get(hub.hass)
    prefix = f"{evse_key(station, number)}_"
    for entity in er.async_entries_for_config_entry(registry, hub.entry.entry_id):
        mine = entity.config_subentry_id == hub.subentry_id(station) and entity.unique_id.startswith(prefix)
        if mine and entity.device_id != device_id:
            registry.async_update_entity(entity.entity_id, device_id=device_id)
