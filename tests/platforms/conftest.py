"""A hub with one station that has been there before, but is not connected yet."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data

type Build = Callable[..., Awaitable[Hub]]


@pytest.fixture
def build(hass: HomeAssistant, socket_enabled: None) -> Build:
    """Makes a hub with a station CP1; an interval of 0 shows every change at once."""

    async def made(interval: float = 0) -> Hub:
        return await set_up(hass, hub_entry(station_data("CP1", "Garage"), options={CONF_PUBLISH_INTERVAL: interval}))

    return made


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entities that are disabled by default are not."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def hub(build: Build) -> Hub:
    return await build()


@pytest.fixture
async def station(hub: Hub) -> Station:
    return hub.stations["cp1"]
