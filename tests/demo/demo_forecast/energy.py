"""What the Energy dashboard asks of an integration that forecasts the sun."""

from typing import Any

from homeassistant.core import HomeAssistant


async def async_get_solar_forecast(hass: HomeAssistant, config_entry_id: str) -> dict[str, Any] | None:
    """What the world has told of its sun."""
    state = hass.states.get("sensor.demo_solar_forecast")
    return None if state is None else {"wh_hours": state.attributes.get("wh_hours", {})}
