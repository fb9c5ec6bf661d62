"""A home whose stations take reservations, and the websocket through which its calendars are written."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, simulated, station_data, until
from tests.sessions.home import ADA, BEGIN, BOB, card
from tests.simulator import ManualClock, Station as Simulated

WEEK = timedelta(days=7)


@dataclass
class Home:
    """The station GARAGE, Ada with a fob, Bob with a card, and one clock for all."""

    hass: HomeAssistant
    entry: MockConfigEntry
    hub: Hub
    clock: ManualClock
    now: FrozenDateTimeFactory
    open: WebSocketGenerator

    @property
    def garage(self) -> Station:
        """What is known of the station."""
        return self.hub.stations["garage"]

    def station(self, **details: Any) -> Simulated:
        """The station; `async with` connects it."""
        return simulated(self.entry, "GARAGE", clock=self.clock, **details)

    def at(self, hours: float) -> datetime:
        """So many hours after the test has begun."""
        return BEGIN + timedelta(hours=hours)

    async def go(self, hours: float) -> None:
        """Come to the time so many hours after the test has begun, for the stations and for the home alike."""
        span = self.at(hours) - self.clock.now()
        self.now.move_to(self.at(hours))
        await self.clock.advance(span.total_seconds())
        async_fire_time_changed(self.hass, self.at(2 * hours))  # whoever began to wait at the first is woken as well
        await self.hass.async_block_till_done()

    @property
    def calendar(self) -> State:
        """The calendar of the station's EVSE."""
        found = er.async_get(self.hass).async_get_entity_id("calendar", DOMAIN, "garage_1_reservations")
        assert found is not None, "there is no calendar"
        state = self.hass.states.get(found)
        assert state is not None
        return state

    async def say(self, command: str, **more: Any) -> dict[str, Any]:
        """What a command about the calendar comes to."""
        client = await self.open(self.hass)
        await client.send_json_auto_id(
            {"type": f"calendar/event/{command}", "entity_id": self.calendar.entity_id, **more}
        )
        answer: dict[str, Any] = await client.receive_json()
        await self.hass.async_block_till_done()
        return answer

    async def write(self, begin: float, until: float, summary: str = "Ada", **more: Any) -> str:
        """Write an event into the calendar; gives what is wrong with it, or nothing."""
        event = {"dtstart": self.at(begin).isoformat(), "dtend": self.at(until).isoformat(), "summary": summary}
        answer = await self.say("create", event=event | more)
        return "" if answer["success"] else str(answer["error"]["message"])

    async def events(self) -> list[dict[str, Any]]:
        """What the calendar shows of two weeks."""
        shown = await self.hass.services.async_call(
            "calendar",
            "get_events",
            {
                "entity_id": self.calendar.entity_id,
                "start_date_time": (BEGIN - WEEK).isoformat(),
                "end_date_time": (BEGIN + WEEK).isoformat(),
            },
            blocking=True,
            return_response=True,
        )
        assert shown is not None
        calendar = shown[self.calendar.entity_id]
        assert isinstance(calendar, dict)
        found = calendar["events"]
        assert isinstance(found, list)
        return [event for event in found if isinstance(event, dict)]

    @property
    def uid(self) -> str:
        """What names the only event."""
        (booking,) = self.garage.agenda
        return str(booking.id)

    @property
    def stages(self) -> list[str]:
        """How far each booking is."""
        return [booking.stage.value for booking in self.garage.agenda]

    async def ready(self) -> None:
        """Wait until the station has told what it can do and has a calendar."""
        await until(lambda: self.garage.connected and self.garage.evses and self.garage.commands)
        await self.hass.async_block_till_done()


@pytest.fixture
async def now(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[FrozenDateTimeFactory]:
    """The time of day, moved by hand; sockets and whoever waits for them go on."""
    monkeypatch.setattr(asyncio.get_running_loop(), "time", real_monotonic)
    with freeze_time(BEGIN) as frozen:
        yield frozen


@pytest.fixture
async def home(
    hass: HomeAssistant, socket_enabled: None, now: FrozenDateTimeFactory, hass_ws_client: WebSocketGenerator
) -> Home:
    await hass.config.async_set_time_zone("Europe/Berlin")
    people = card(ADA, "Fob of Ada", "Ada"), card(BOB, "Card of Bob", "Bob")
    entry = hub_entry(station_data("GARAGE", "Garage"), *people, options={CONF_PUBLISH_INTERVAL: 0})
    hub = await set_up(hass, entry)
    hub.central.pauses = replace(hub.central.pauses, silence=0, settle=0)
    return Home(hass, entry, hub, ManualClock(BEGIN), now, hass_ws_client)


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
async def station(home: Home, request: pytest.FixtureRequest) -> AsyncGenerator[Simulated]:
    """The station, connected, in each version."""
    async with home.station(version=request.param) as station:
        await home.ready()
        yield station
        await station.settle()
