"""A home on a Monday morning in Berlin."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from tests.household import hub_entry, set_up, station_data
from tests.simulator import Hardware, ManualClock, Station

from .home import ADA, BEGIN, BOB, Home, card

TWO = Hardware(connectors=2)


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entities that are disabled by default are not."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def now(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[FrozenDateTimeFactory]:
    """The time of day, moved by hand; sockets and whoever waits for them go on."""
    monkeypatch.setattr(asyncio.get_running_loop(), "time", real_monotonic)
    with freeze_time(BEGIN) as frozen:
        yield frozen


@pytest.fixture
async def home(hass: HomeAssistant, socket_enabled: None, now: FrozenDateTimeFactory) -> Home:
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.config.currency = "EUR"
    people = card(ADA, "Ada's fob", "Ada"), card(BOB, "Bob's card", "Bob")
    stations = station_data("GARAGE", "Garage"), station_data("YARD", "Yard")
    entry = hub_entry(*stations, *people, options={CONF_PUBLISH_INTERVAL: 0})
    hub = await set_up(hass, entry)
    hub.central.pauses = replace(hub.central.pauses, silence=600, settle=600)
    return Home(hass, entry, hub, ManualClock(BEGIN), now)


@pytest.fixture(params=["1.6", "2.0.1"])
async def garage(home: Home, request: pytest.FixtureRequest) -> AsyncGenerator[Station]:
    """A station with one EVSE, connected."""
    async with home.station(version=request.param) as station:
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
