"""A home, and the station in its garage."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from tests.household import hub_entry, set_up, station_data
from tests.simulator import Station

from .home import TWO, Home


@pytest.fixture
async def home(hass: HomeAssistant, socket_enabled: None) -> Home:
    stations = station_data("GARAGE", "Garage"), station_data("YARD", "Yard")
    entry = hub_entry(*stations, options={CONF_PUBLISH_INTERVAL: 0})
    hub = await set_up(hass, entry)
    hub.central.pauses = replace(hub.central.pauses, silence=600, settle=600)  # nothing is asked but by actions
    return Home(hass, entry, hub)


@pytest.fixture
async def garage(home: Home) -> AsyncGenerator[Station]:
    """A station with one EVSE, connected."""
    async with home.station() as station:
        await home.hass.async_block_till_done()
        yield station
        await station.settle()


@pytest.fixture
async def yard(home: Home) -> AsyncGenerator[Station]:
    """A station with two EVSEs, connected."""
    async with home.station("YARD", hardware=TWO) as station:
        await home.hass.async_block_till_done()
        yield station
        await station.settle()


@pytest.fixture
async def modern(home: Home) -> AsyncGenerator[Station]:
    """A station of OCPP 2.1 with one EVSE, connected."""
    async with home.station(version="2.1") as station:
        await home.hass.async_block_till_done()
        yield station
        await station.settle()
