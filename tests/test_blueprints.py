"""The automations made from the blueprints do what they say, at a station that charges."""

from datetime import datetime, timedelta
import re
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from custom_components.ocpp_home.csms.control.mode import Mode
from tests import blueprints
from tests.blueprints import Run, look
from tests.household import until
from tests.platforms.station import entity_id
from tests.site import test_departures
from tests.site.test_controller import Home

pytestmark = pytest.mark.usefixtures("socket_enabled")

WATT = {"unit_of_measurement": "W"}
home = test_departures.home
runs = blueprints.runs


# --- with what the sun leaves over ------------------------------------------------------------------------------------


def measure(hass: HomeAssistant, entity: str, told: str) -> None:
    value, _, unit = told.partition(" ")
    hass.states.async_set(entity, value, {"unit_of_measurement": unit or "W"})


@pytest.mark.parametrize(
    ("grid", "power", "limit", "change"),
    [
        ("-2.3 kW", "4.6 kW", "6", 10),
        ("-2300", "4600", "6", 10),
        ("-20000", "11000", "10", 16),
        ("400", "6000", "16", 8),
        ("200", "4140", "16", 6),
        ("-2.3", "4600", "16", 6),
        ("0", "0", "16", None),
        ("unavailable", "4600", "16", None),
        ("-2300", "4600", "10", None),
    ],
)
async def test_the_limit_follows_the_surplus(
    hass: HomeAssistant,
    runs: Run,
    freezer: FrozenDateTimeFactory,
    grid: str,
    power: str,
    limit: str,
    change: int | None,
) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("number.garage_limit", limit, {"max": 32})
    hass.states.async_set("switch.garage_pause", "off")
    measure(hass, "sensor.grid", grid)
    freezer.tick(timedelta(minutes=5))
    measure(hass, "sensor.garage_power", power)
    await runs("limit_to_surplus")
    await half_a_minute(hass)
    told = [(call.data["entity_id"], call.data["value"]) for call in calls]
    assert told == ([] if change is None else [(["number.garage_limit"], change)])


async def test_a_power_from_before_the_limit_is_waited_for(
    hass: HomeAssistant, runs: Run, freezer: FrozenDateTimeFactory
) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("switch.garage_pause", "off")
    hass.states.async_set("sensor.garage_power", "4600", WATT)
    freezer.tick(timedelta(minutes=5))
    hass.states.async_set("sensor.grid", "-2300", WATT)
    hass.states.async_set("number.garage_limit", "6", {"max": 32})
    await runs("limit_to_surplus")
    await look(hass, "limit_to_surplus")
    assert not calls
    freezer.tick(timedelta(seconds=61))
    await look(hass, "limit_to_surplus")
    assert calls[0].data["value"] == 10


async def test_a_station_pauses_without_the_sun_and_goes_on_with_it(home: Home, runs: Run) -> None:
    hass = home.hass
    await runs("limit_to_surplus", hold=0)
    home.grid(-6000)
    await look(hass, "limit_to_surplus")
    await home.follows(8)
    home.grid(-3700)
    await look(hass, "limit_to_surplus")
    await home.follows(6)
    home.grid(-3600)
    await look(hass, "limit_to_surplus")
    await home.follows(0)
    home.grid(-4600)
    await look(hass, "limit_to_surplus")
    await home.follows(0)
    home.grid(-5000)
    await look(hass, "limit_to_surplus")
    await home.follows(7)


@pytest.mark.parametrize("power", ["0", "5000", "unknown"])
async def test_a_pause_lasts_a_while_whatever_is_told_of_it(
    hass: HomeAssistant, runs: Run, freezer: FrozenDateTimeFactory, power: str
) -> None:
    calls = async_mock_service(hass, "switch", "turn_off")
    limits = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("number.garage_limit", "16")
    hass.states.async_set("switch.garage_pause", "on")
    hass.states.async_set("sensor.garage_power", power, WATT)
    hass.states.async_set("sensor.grid", "-8000", WATT)
    await runs("limit_to_surplus")
    freezer.tick(timedelta(minutes=9))
    await look(hass, "limit_to_surplus")
    assert not calls
    freezer.tick(timedelta(minutes=1))
    await look(hass, "limit_to_surplus")
    assert calls
    assert limits[0].data["value"] == 11


# --- by price ---------------------------------------------------------------------------------------------------------


async def price(home: Home, told: str) -> None:
    home.hass.states.async_set("sensor.price", told)
    await home.hass.async_block_till_done()


async def test_a_station_pauses_while_electricity_is_dear(home: Home, runs: Run) -> None:
    before = home.offered
    await runs("charge_below_a_price")
    await price(home, "0.21")
    await home.follows(0)
    await price(home, "0.20")
    await home.follows(before)
    await price(home, "0.30")
    await home.follows(0)
    await price(home, "unavailable")
    await home.follows(0)


async def test_at_some_time_of_the_day_the_price_does_not_matter(home: Home, runs: Run) -> None:
    now = dt_util.now()
    begin, end = (f"{now + timedelta(hours=hours):%H:%M:%S}" for hours in (-1, 1))
    await runs("charge_below_a_price", begin=begin, end=end)
    await price(home, "0.31")
    await home.quiet()
    assert home.offered > 0
    assert not home.hass.states.is_state(entity_id(home.hass, "switch", "garage_1_pause"), "on")


async def test_a_station_that_returns_is_paused_again(hass: HomeAssistant, runs: Run) -> None:
    calls = async_mock_service(hass, "switch", "turn_on")
    hass.states.async_set("sensor.price", "0.4")
    hass.states.async_set("switch.garage_pause", "unavailable")
    await runs("charge_below_a_price")
    before = len(calls)
    hass.states.async_set("switch.garage_pause", "off")
    await hass.async_block_till_done()
    assert len(calls) == before + 1


# --- by calendar ------------------------------------------------------------------------------------------------------


class Family(CalendarEntity):
    """A calendar with these events."""

    entity_id = "calendar.family"
    _attr_name = "Family"

    def __init__(self, *events: CalendarEvent) -> None:
        self.events = list(events)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [event for event in self.events if event.start_datetime_local < end_date]


def appointment(hours: float, title: str, text: str | None = None) -> CalendarEvent:
    start = dt_util.now().replace(microsecond=0) + timedelta(hours=hours)
    return CalendarEvent(start, start + timedelta(hours=1), title, text)


async def test_the_next_event_is_the_departure_and_says_the_level(home: Home, runs: Run) -> None:
    assert await async_setup_component(home.hass, "calendar", {})
    trip = appointment(13, "Drive to Ada", "with 95 %")
    whole_day = CalendarEvent(dt_util.now().date(), dt_util.now().date() + timedelta(days=1), "Drive test day")
    await home.hass.data[DATA_COMPONENT].async_add_entities(
        [Family(whole_day, appointment(15, "Drive back"), trip, appointment(5, "Cinema"), appointment(0.2, "Drive"))]
    )
    await runs("plan_from_calendar")
    await look(home.hass, "plan_from_calendar")
    rule = home.place.rule
    assert rule.mode is Mode.PLAN
    assert rule.once == dt_util.as_utc(trip.start_datetime_local) - timedelta(minutes=30)
    assert rule.target.amount == 95


async def test_without_an_event_the_departure_is_left_out_once(home: Home, runs: Run) -> None:
    family = Family()
    assert await async_setup_component(home.hass, "calendar", {})
    await home.hass.data[DATA_COMPONENT].async_add_entities([family])
    await runs("plan_from_calendar")
    await test_departures.choose(home, "departure_days", "daily")
    goal = home.place.goal
    assert goal is not None
    for _ in range(2):
        await look(home.hass, "plan_from_calendar")
        following = home.place.goal
        assert following is not None
        assert timedelta(hours=23) <= following.departure - goal.departure <= timedelta(hours=25)
    family.events = [appointment(9, "Drive")]
    await look(home.hass, "plan_from_calendar")
    assert home.place.rule.once is not None
    assert home.place.rule.target.amount == 80
    family.events = []
    await look(home.hass, "plan_from_calendar")
    assert home.place.rule.once is None


# --- others first -----------------------------------------------------------------------------------------------------


async def test_a_heat_pump_is_left_what_it_does_not_draw_yet(home: Home, runs: Run) -> None:
    hass, bounds = home.hass, home.hub.site.bounds
    hass.states.async_set("sensor.heat_pump", "0", WATT)
    hass.states.async_set("input_boolean.heat_pump", "off")
    await runs("leave_sun_to_an_appliance", usual=100)
    hass.states.async_set("input_boolean.heat_pump", "on")
    await hass.async_block_till_done()
    assert bounds.reserve == 2100
    hass.states.async_set("sensor.heat_pump", "1.44", {"unit_of_measurement": "kW"})
    await look(hass, "leave_sun_to_an_appliance")
    assert bounds.reserve == 700
    hass.states.async_set("input_boolean.heat_pump", "off")
    await hass.async_block_till_done()
    assert bounds.reserve == 100


# --- notifications ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entity", "attributes", "message"),
    [
        (
            "tell_about_faults",
            "event.garage_fault",
            {"event_type": "fault", "code": "GroundFailure", "info": "wet", "vendor_code": None},
            "GroundFailure, wet",
        ),
        (
            "tell_when_charged",
            "event.garage_session",
            {"event_type": "ended", "energy": 12340.0, "token": "CARD"},
            "12.3 kWh, CARD",
        ),
    ],
)
async def test_what_happened_is_told_once(
    hass: HomeAssistant, runs: Run, name: str, entity: str, attributes: dict[str, Any], message: str
) -> None:
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set(entity, "2026-11-24T12:00:00+00:00", {"event_type": "boot"})
    await runs(name)
    hass.states.async_set(entity, "2026-11-24T12:01:00+00:00", attributes)
    await hass.async_block_till_done()
    hass.states.async_set(entity, "unavailable")
    await hass.async_block_till_done()
    assert [call.data["message"] for call in calls] == [message]


async def test_a_car_that_will_not_be_ready_is_told(home: Home, runs: Run) -> None:
    calls = async_mock_service(home.hass, "notify", "send_message")
    await runs("tell_when_not_ready")
    leaves = dt_util.now().replace(microsecond=0) + timedelta(hours=1)
    target = {"entity_id": entity_id(home.hass, "sensor", "garage_1_status")}
    fields = {"departure": leaves.isoformat(), "target_level": 100}
    await home.hass.services.async_call("ocpp_home", "set_plan", target | fields, blocking=True)
    await until(lambda: calls)
    told = re.fullmatch(r"([\d.]+) kWh will be missing at (.*)\.", calls[0].data["message"])
    assert told is not None
    assert 10 < float(told[1]) < 25
    assert told[2] == f"{leaves:%H:%M}"
    assert "Ready in time" in calls[0].data["title"]


async def test_a_station_without_a_connection_is_told(home: Home, runs: Run) -> None:
    calls = async_mock_service(home.hass, "notify", "send_message")
    await runs("tell_when_not_led")
    home.station.disconnect()
    await until(lambda: calls)
    assert "safe limit" in calls[0].data["message"]


async def test_a_silent_meter_is_told(hass: HomeAssistant, runs: Run) -> None:
    calls = async_mock_service(hass, "notify", "send_message")
    await runs("tell_when_not_led")
    hass.states.async_set("sensor.garage_limited_by", "stale")
    await until(lambda: calls)
    assert "meter is silent" in calls[0].data["message"]


async def test_the_card_of_a_stranger_is_told(home: Home, runs: Run) -> None:
    calls = async_mock_service(home.hass, "notify", "send_message")
    await runs("tell_about_refused_cards")
    home.prefer(test_departures.OPTIONS | {"unknown_cards": "refuse"})
    await home.hass.async_block_till_done()
    await home.garage.stop()
    assert await home.garage.present_card("STRANGER") == "Invalid"
    await until(lambda: calls)
    assert [call.data["message"] for call in calls] == ["…NGER, Invalid"]


async def half_a_minute(hass: HomeAssistant) -> None:
    """Let the clock reach a full minute."""
    moment = dt_util.utcnow().replace(microsecond=0)
    async_fire_time_changed(hass, moment + timedelta(seconds=60 - moment.second), fire_all=True)
    await hass.async_block_till_done()
