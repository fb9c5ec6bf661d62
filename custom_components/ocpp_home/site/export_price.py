"""What a kWh that goes to the grid brings now: as the Energy dashboard has it, else as the owner has told."""

from asyncio import Task
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from homeassistant.components.energy.data import EnergyManager, async_get_manager
from homeassistant.core import HomeAssistant, callback

from ..prices import per_kwh

if TYPE_CHECKING:
    from ..hub import Hub


def exporting(preferences: Mapping[str, Any]) -> Iterator[str]:
    """The entities that tell what energy to the grid brings, by the Energy dashboard."""
    for source in preferences.get("energy_sources") or ():
        if source.get("type") == "grid" and source.get("entity_energy_price_export"):
            yield source["entity_energy_price_export"]


def told(hass: HomeAssistant, preferences: Mapping[str, Any]) -> tuple[str, float] | None:
    """The entity that tells it and what it tells per kWh; None where none does."""
    entity = next(exporting(preferences), None)
    price = None if entity is None else per_kwh(hass.states.get(entity), hass.config.currency)
    return None if entity is None or price is None else (entity, float(price))


class ExportPrice:
    """Knows at any moment what the grid gives."""

    def __init__(self, hub: Hub) -> None:
        """The dashboard is asked for at the first look."""
        self._hub = hub
        self._energy: EnergyManager | None = None
        self._asking: Task[None] | None = None

    @callback
    def now(self, otherwise: float) -> float:
        """What a kWh brings now."""
        hub = self._hub
        if self._asking is None and "energy" in hub.hass.config.components:
            asking = self._ask()
            self._asking = hub.entry.async_create_background_task(hub.hass, asking, "ocpp_home asks for the dashboard")
        found = None if self._energy is None else told(hub.hass, self._energy.data or {})
        return otherwise if found is None else found[1]

    async def _ask(self) -> None:
        self._energy = await async_get_manager(self._hub.hass)
