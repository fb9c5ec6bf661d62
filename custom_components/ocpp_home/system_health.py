"""How the central system is doing, for the system information page."""

from collections.abc import Iterable
from pathlib import Path

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .hub import Hub, OcppHomeEntry, ledger_path


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Tell Home Assistant whom to ask."""
    register.async_register_info(system_health_info, "/config/integrations/integration/ocpp_home")


async def system_health_info(hass: HomeAssistant) -> dict[str, str]:
    """What is worth knowing when somebody asks for help."""
    entries: list[OcppHomeEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    sizes = [await hass.async_add_executor_job(_size, ledger_path(hass, entry)) for entry in entries]
    hubs = [entry.runtime_data for entry in entries]
    return {
        "address": _each(hub.url for hub in hubs),
        "stations": _each(_attendance(hub) for hub in hubs),
        "strangers": _each(str(len(hub.central.strangers)) for hub in hubs),
        "ledger": _each(f"{size / 1_000_000:.1f} MB" for size in sizes),
        "versions": _each(", ".join(hub.central.versions) for hub in hubs),
    }


def _attendance(hub: Hub) -> str:
    return f"{sum(station.connected for station in hub.stations.values())}/{len(hub.stations)}"


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))


def _each(values: Iterable[str]) -> str:
    """One value per hub; nearly always there is one."""
    return " | ".join(values) or "-"
