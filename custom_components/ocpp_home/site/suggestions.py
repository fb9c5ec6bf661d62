"""What the Energy dashboard knows of the house already, as suggestions for its settings."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant, valid_entity_id

from .settings import (
    CONF_BATTERY,
    CONF_BATTERY_INVERTED,
    CONF_BATTERY_LEVEL,
    CONF_FEED_IN,
    CONF_GRID,
    CONF_GRID_INVERTED,
    CONF_SOLAR,
)

POWER: Final = {
    "grid": (CONF_GRID, CONF_GRID_INVERTED),
    "battery": (CONF_BATTERY, CONF_BATTERY_INVERTED),
    "solar": (CONF_SOLAR, None),
}


async def suggestions(hass: HomeAssistant) -> dict[str, Any]:
    """What the dashboard goes by; nothing where there is none."""
    if "energy" not in hass.config.components:
        return {}
    return suggested((await async_get_manager(hass)).data)


def suggested(preferences: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings by the dashboard's preferences: of each kind the first source that tells its power."""
    found: dict[str, Any] = {}
    for source in (preferences or {}).get("energy_sources") or ():
        for name, value in _told(source):
            found.setdefault(name, value)
    return found


def _told(source: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    power, inverted = POWER.get(source.get("type", ""), (None, None))
    if power is None:
        return
    opposite = (source.get("power_config") or {}).get("stat_rate_inverted")
    told = opposite or source.get("stat_rate")
    if told and valid_entity_id(told):
        yield power, told
        if inverted is not None:
            yield inverted, bool(opposite)
    if source.get("stat_soc"):
        yield CONF_BATTERY_LEVEL, source["stat_soc"]
    if source.get("number_energy_price_export") is not None:
        yield CONF_FEED_IN, source["number_energy_price_export"]
