"""What the grid gives for a kWh is the same to the controller of the moment as to the plan."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.hub import Hub
from tests.site.test_expectation import EURO, FIXED, METERS, dashboard, measure, running


async def look(hass: HomeAssistant, hub: Hub) -> float:
    """What it is at a look."""
    for _ in range(2):
        hub.site.bound(lambda _: None)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert hub.site.site is not None
    return hub.site.site.feed_in


@pytest.mark.usefixtures("recorder_mock")
async def test_it_is_as_the_energy_dashboard_has_it_and_else_as_was_told(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    hub = await running(hass, FIXED | METERS)
    await measure(hass, grid=600, sun=0)
    assert await look(hass, hub) == 0.07
    await dashboard(hass, {"type": "solar"}, {"type": "grid", "entity_energy_price_export": "sensor.export"})
    assert await look(hass, hub) == 0.07, "it tells nothing yet"
    hass.states.async_set("sensor.export", "12.5", {"unit_of_measurement": "ct/kWh"})
    assert await look(hass, hub) == pytest.approx(0.125)
    hass.states.async_set("sensor.export", "-0.02", EURO)
    assert await look(hass, hub) == pytest.approx(-0.02)
    hass.states.async_set("sensor.export", "unavailable", EURO)
    assert await look(hass, hub) == 0.07
