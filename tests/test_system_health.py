"""What the system information page tells about the hub."""

from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.ocpp_home.const import DOMAIN
from tests.household import hub_entry, set_up, simulated, station_data, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_it_tells_who_is_connected_and_how_large_the_records_are(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    entry = hub_entry(station_data("Garage"), station_data("Yard"))
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"), simulated(entry, "Stranger"):
        await until(lambda: hub.central.strangers)
        info = await get_system_health_info(hass, DOMAIN)
    assert info["address"] == hub.url
    assert info["stations"] == "1/2"
    assert info["strangers"] == "1"
    assert info["versions"] == "2.1, 2.0.1, 1.6"
    size, unit = info["ledger"].split()
    assert float(size) > 0
    assert unit == "MB"


async def test_without_a_running_hub_there_is_nothing_to_tell(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    entry = hub_entry()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert set((await get_system_health_info(hass, DOMAIN)).values()) == {"-"}
