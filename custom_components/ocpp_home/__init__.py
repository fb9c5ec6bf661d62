"""OCPP Home: an OCPP central system inside Home Assistant."""

from homeassistant.const import CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import ChildDeviceEntry, DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .actions import async_setup_actions
from .const import DOMAIN, PLATFORMS
from .download import async_setup_downloads
from .hub import OcppHomeEntry, open_hub
from .migration import MINOR, migrate
from .uploads import UPLOADS, async_setup_uploads
from .vault import destroy

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what does not depend on a hub."""
    async_setup_actions(hass)
    async_setup_downloads(hass)
    async_setup_uploads(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: OcppHomeEntry) -> bool:
    """Run a central system."""
    hub = await open_hub(hass, entry)
    try:
        await hub.start()
    except OSError as error:
        await hub.stop()
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="port_in_use",
            translation_placeholders={"port": str(entry.data[CONF_PORT])},
        ) from error
    entry.runtime_data = hub
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

    async def close(event: Event) -> None:
        await hub.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, close))
    entry.async_on_unload(entry.add_update_listener(_updated))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: OcppHomeEntry) -> bool:
    """Close all connections and free the port."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: OcppHomeEntry) -> None:
    """Destroy the secrets of a hub that its owner has deleted, and the files of its stations; the records stay."""
    await destroy(hass, entry.entry_id)
    await hass.data[UPLOADS].remove(entry.entry_id)


async def async_migrate_entry(hass: HomeAssistant, entry: OcppHomeEntry) -> bool:
    """Bring an entry of an older version up to date; what a newer version wrote is not touched."""
    if entry.version == 1 and entry.minor_version < MINOR:
        migrate(hass, entry)
    return entry.version == 1


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: OcppHomeEntry, device: DeviceEntry | ChildDeviceEntry
) -> bool:
    """Let the owner delete a station that is not connected, or an EVSE of it, for good."""
    return entry.runtime_data.forget({key for domain, key in device.identifiers if domain == DOMAIN})


async def _updated(hass: HomeAssistant, entry: OcppHomeEntry) -> None:
    """Take over what was changed without dropping whom it does not concern."""
    hub = entry.runtime_data
    hub.sync()
    await hub.prices.follow()
    hub.site.follow()
    try:
        await hub.move()
    except OSError:
        hass.config_entries.async_schedule_reload(entry.entry_id)
