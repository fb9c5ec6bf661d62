"""An integration of the demonstration that forecasts its sun, as Forecast.Solar does; the world tells it."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """There is nothing to set up."""
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """There is nothing to unload."""
    return True
