"""The blueprints are valid, and the automations made from them do what they say, at a station that charges."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
import re
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.components.blueprint import BLUEPRINT_SCHEMA, Blueprint, BlueprintInputs
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.event import EVSE, STATION
from tests.household import until
from tests.platforms.station import entity_id
from tests.site import test_departures
from tests.site.test_controller import Home

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Run = Callable[..., Awaitable[None]]

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / "automation" / "ocpp_home"
WATT = {"unit_of_measurement": "W"}
INPUTS: dict[str, dict[str, Any]] = {
    "charge_below_a_price": {"price": "sensor.price", "highest": 0.2, "pause": "switch.garage_pause"},
    "leave_sun_to_an_appliance": {
        "appliance": "input_boolean.heat_pump",
        "power": "sensor.heat_pump",
        "reserve": "number.ocpp_home_reserve_of_the_surplus",
    },
    "limit_to_surplus": {
        "grid_power": "sensor.grid",
        "charging_power": "sensor.garage_power",
        "current_limit": "number.garage_limit",
        "pause": "switch.garage_pause",
    },
    "plan_from_calendar": {
        "calendar": "calendar.family",
        "word": "drive",
        "departure": "sensor.garage_next_departure",
        "plugged": "binary_sensor.garage_plugged_in",
    },
    "tell_about_faults": {"fault": "event.garage_fault", "notify": "notify.phone"},
    "tell_about_refused_cards": {"card": "event.garage_card", "notify": "notify.phone"},
    "tell_when_charged": {"session": "event.garage_session", "notify": "notify.phone"},
    "tell_when_not_led": {
        "connection": "binary_sensor.garage_connection",
        "limited_by": "sensor.garage_limited_by",
        "notify": "notify.phone",
        "patience": 0,
    },
    "tell_when_not_ready": {
        "ready": "binary_sensor.garage_ready_in_time",
        "plan": "sensor.garage_next_charging",
        "notify": "notify.phone",
        "patience": 0,
    },
}
home = test_departures.home


@pytest.fixture
async def runs(hass: HomeAssistant) -> AsyncGenerator[Run]:
    """Runs the automation that is made from a blueprint, and puts it away in the end."""

    async def run(name: str, **more: Any) -> None:
        config = automation(name, **more)
        assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
        await hass.async_block_till_done()
        assert hass.states.get(f"automation.{name}") is not None
        assert await async_validate_config_item(hass, name, config) is not None

    yield run
    await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)


def automation(name: str, **more: Any) -> dict[str, Any]:
    data = load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    blueprint = Blueprint(data, path=f"ocpp_home/{name}.yaml", expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA)
    assert blueprint.validate() is None
    told = {"path": f"ocpp_home/{name}.yaml", "input": INPUTS[name] | more}
    inputs = BlueprintInputs(blueprint, {"use_blueprint": told})
    inputs.validate()
    return {"alias": name, **inputs.async_substitute()}


async def look(hass: HomeAssistant, name: str) -> None:
    """Let the automation look, as it does from time to time."""
    await hass.services.async_call(
        AUTOMATION, "trigger", {"entity_id": f"automation.{name}", "skip_condition": False}, blocking=True
    )
    await hass.async_block_till_done()


@pytest.mark.parametrize("name", ["tell_about_faults", "tell_about_refused_cards", "tell_when_charged"])
def test_a_blueprint_waits_for_types_that_an_event_has(name: str) -> None:
    (condition,) = automation(name)["conditions"]
    types = {kind for row in (*STATION, *EVSE) for kind in row.event_types or ()}
    asked = set(re.findall(r"'(\w+)'", str(condition)))
    assert asked
    assert asked <= types


def test_every_blueprint_is_tested_and_listed() -> None:
    names = {path.stem for path in FOLDER.glob("*.yaml")}
    assert names == set(INPUTS)
    assert names == set(re.findall(r"ocpp_home/(\w+)\.yaml\)", (ROOT / "docs" / "automations.md").read_text()))


async def test_the_entities_of_the_tests_and_of_the_manual_are_those_of_a_station(home: Home) -> None:
    """What a reader copies works with a station that is called Garage."""
    known = {entry.entity_id for entry in er.async_get(home.hass).entities.values()}
    told = [str(each) for inputs in INPUTS.values() for each in inputs.values()]
    told.append((ROOT / "docs" / "automations.md").read_text())
    named = {name for text in told for name in re.findall(r"\b[a-z_]+\.(?:garage|ocpp_home)_\w+", text)}
    named = {name for name in named if not name.startswith(("calendar.", "ocpp_home."))}
    assert len(named) > 10
    assert named <= known


@pytest.mark.parametrize(
    "example", re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "automations.md").read_text(), re.DOTALL)
)
async def test_an_example_of_the_manual_is_a_valid_automation(hass: HomeAssistant, example: str) -> None:
    config = parse_yaml(example)
    assert isinstance(config, dict)
    assert await async_setup_component(hass, AUTOMATION, {})
    whole = {"alias": "example", "triggers": [], **config}
    assert (await async_validate_config_item(hass, "example", whole)) is not None


# --- with what the sun leaves over ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grid", "power", "limit", "change"),
    [
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
    hass.states.async_set("sensor.grid", grid, WATT)
    freezer.tick(timedelta(minutes=5))
    hass.states.async_set("sensor.garage_power", power, WATT)
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


async def test_a_pause_lasts_a_while(hass: HomeAssistant, runs: Run, freezer: FrozenDateTimeFactory) -> None:
    calls = async_mock_service(hass, "switch", "turn_off")
    limits = async_mock_service(hass, "number", "set_value")
    for entity, state in {"number.garage_limit": "16", "switch.garage_pause": "on", "sensor.garage_power": "0"}.items():
        hass.states.async_set(entity, state)
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
        assert home.place.rule.skip == goal.departure
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
