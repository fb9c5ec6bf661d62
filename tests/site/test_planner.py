"""Plans of the night: a car is ready when it leaves, and bought what it needed when that was cheap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
import pytest

from custom_components.ocpp_home.const import CONF_PRICE_ENTITY, CONF_PRICE_SOURCE
from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.control.outlook import Outlook, Slot, windows
from custom_components.ocpp_home.csms.control.terms import Tuning
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import PriceSource
from custom_components.ocpp_home.site import planner
from custom_components.ocpp_home.site.expectation import Expectations
from custom_components.ocpp_home.site.goal import Measure
from custom_components.ocpp_home.site.place import Place
from custom_components.ocpp_home.site.rule import Days, Rule
from tests.household import hub_entry, set_up, station_data
from tests.platforms.station import connect, session, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")

EVENING = datetime(2026, 11, 2, 18, tzinfo=UTC)
SEVEN = Rule(Mode.PLAN, days=Days.DAILY, at=time(7), energy=20.0, measure=Measure.ENERGY)
QUARTER = timedelta(minutes=15)
MARKET = {CONF_PRICE_SOURCE: PriceSource.ENTITY, CONF_PRICE_ENTITY: "sensor.price"}


def cheap_at_two(hour: int) -> float:
    """A night with two hours that are cheap."""
    return 0.10 if hour in {2, 3} else 0.30


@dataclass
class Told:
    """What is expected, as told by a test."""

    price: Callable[[int], float] = cheap_at_two
    sun: Callable[[int], float] = lambda hour: 0.0
    room: float = 11_040.0
    error: Exception | None = None
    asked: list[datetime] = field(default_factory=list)
    known: Mapping[str, str] = field(default_factory=lambda: {"prices": "sensor.market"})

    async def look(self, now: datetime) -> Outlook:
        self.asked.append(now)
        if self.error is not None:
            raise self.error
        return Outlook(
            tuple(
                Slot(begin, seconds, self.price(hour), 0.08, self.sun(hour), 300.0, self.room)
                for begin, seconds in windows(now.timestamp())
                for hour in [datetime.fromtimestamp(begin, UTC).hour]
            )
        )


@dataclass
class Night:
    """A garage in a house where the price of energy is told hour by hour."""

    hass: HomeAssistant
    hub: Hub
    freezer: FrozenDateTimeFactory
    told: Told
    running: Transaction
    taken: dict[datetime, float] = field(default_factory=dict)
    """What the car took (kW) from that moment on."""

    @property
    def place(self) -> Place:
        return self.hub.site.places["cp1/1"]

    @property
    def hours(self) -> set[int]:
        """The hours in which it charged."""
        return {moment.hour for moment, power in self.taken.items() if power}

    @property
    def charged(self) -> float:
        return sum(self.taken.values()) / 4

    async def look(self) -> None:
        """Let the meter tell what the house takes, with its car, at this moment."""
        hour = datetime.now(UTC).hour
        sun = self.told.sun(hour)
        power = 0.0 if self.place.share is None else self.place.share.amps * self.place.share.phases * 230
        self.hass.states.async_set("sensor.grid", f"{300 - sun + power:.0f}", {"unit_of_measurement": "W"})
        self.hass.states.async_set("sensor.price", str(self.told.price(hour)), {"unit_of_measurement": "EUR/kWh"})
        for _ in range(3):
            self.hub.site.follow()
            await self.hass.async_block_till_done(wait_background_tasks=True)

    async def want(self, rule: Rule) -> None:
        self.hub.site.want(self.place, rule)
        await self.look()

    async def until(self, moment: datetime) -> None:
        """Let the time go by, and the car take what it is given."""
        while (now := datetime.now(UTC)) < moment:
            await self.look()
            share = self.place.share
            self.taken[now] = 0.0 if share is None else share.amps * share.phases * 0.23
            self.running.meter_last = 1000.0 + self.charged * 1000
            self.freezer.move_to(now + QUARTER)
        await self.look()


@pytest.fixture
async def night(
    hass: HomeAssistant,
    socket_enabled: None,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Night:
    """An evening on which a car has come."""
    monkeypatch.setattr(planner, "PAUSE", 0.0)
    monkeypatch.setattr(planner, "REST", 0.0)
    monkeypatch.setattr(planner, "FAILED", 0.0)
    freezer.move_to(EVENING)
    await hass.config.async_set_time_zone("UTC")
    hass.config.currency = "EUR"
    hass.states.async_set("sensor.grid", "300", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.price", "0.3", {"unit_of_measurement": "EUR/kWh"})
    options = {"grid_power": "sensor.grid", "publish_interval": 0} | MARKET
    hub = await set_up(hass, hub_entry(station_data("CP1", "Garage", maximum=16), options=options))
    hub.site.tuning = Tuning(start=0.0, contactor=0.0)
    hub.site.planner.foresight = told = Told()
    station = hub.stations["cp1"]
    connect(station)
    station.evse(1).status = Status.SUSPENDED_EVSE
    night = Night(hass, hub, freezer, told, session(station, station.evse(1)))
    await hass.async_block_till_done()
    return night


async def test_what_is_needed_is_bought_in_the_cheapest_hours(night: Night) -> None:
    await night.want(SEVEN)
    plan = night.place.future.plan
    assert plan is not None
    assert not plan.short
    await night.until(EVENING + timedelta(hours=13))
    assert night.hours == {2, 3}
    assert 20 <= night.charged < 23


async def test_what_the_sun_will_give_before_it_leaves_is_waited_for(night: Night) -> None:
    night.told.price = lambda hour: 0.30
    night.told.sun = lambda hour: 9000.0 if 8 <= hour < 15 else 0.0
    await night.want(replace(SEVEN, at=time(16)))
    await night.until(EVENING + timedelta(hours=22))
    assert night.hours <= set(range(8, 15))
    assert night.charged >= 20


async def test_where_nobody_can_plan_it_is_ready_all_the_same(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    night.told.error = ValueError("no outlook")
    await night.want(SEVEN)
    await night.until(EVENING + timedelta(hours=10))
    assert night.place.future.plan is None
    assert night.charged == 0
    await night.until(EVENING + timedelta(hours=13))
    assert night.charged >= 20
    assert caplog.text.count("No day plan can be made") == 1


async def test_a_plan_nobody_renews_is_believed_for_an_hour(night: Night) -> None:
    await night.want(SEVEN)
    night.told.error = ValueError("no outlook")
    await night.until(EVENING + timedelta(hours=1))
    assert night.place.future.plan is not None
    await night.until(EVENING + timedelta(hours=1, minutes=15))
    assert night.place.future.plan is None
    night.told.error = None
    await night.until(EVENING + timedelta(hours=1, minutes=30))
    assert night.place.future.plan is not None


async def test_it_is_asked_for_every_quarter_and_when_something_is_another_matter(night: Night) -> None:
    await night.look()
    assert night.told.asked == [], "nobody is led by a plan"
    await night.want(SEVEN)
    await night.look()
    assert len(night.told.asked) == 1
    night.freezer.tick(30)
    await night.look()
    assert len(night.told.asked) == 1, "nothing has changed"
    await night.want(replace(SEVEN, at=time(6)))
    assert len(night.told.asked) == 2
    night.running.meter_last = 1200.0
    await night.look()
    assert len(night.told.asked) == 2
    night.running.meter_last = 1500.0
    await night.look()
    assert len(night.told.asked) == 3, "it holds more than was counted on"
    await night.until(EVENING + QUARTER)
    assert len(night.told.asked) == 4
    await night.want(Rule(Mode.FAST))
    assert len(night.told.asked) == 4
    assert night.place.future.plan is None


async def test_who_is_led_by_a_plan_again_is_planned_for_at_once(night: Night) -> None:
    await night.want(SEVEN)
    assert night.place.future.plan is not None
    await night.want(Rule(Mode.FAST))
    assert not night.hub.site.planner.cars, "nobody is planned for"
    await night.want(SEVEN)
    assert night.place.future.plan is not None


async def test_plans_are_made_off_the_loop(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    solve = planner.day_plans

    def noted(*question: Any) -> Any:
        threads.append(threading.current_thread())
        return solve(*question)

    monkeypatch.setattr(planner, "day_plans", noted)
    await night.want(SEVEN)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def told(night: Night, key: str, platform: str = "sensor") -> State:
    return shown(night.hass, platform, f"cp1_1_{key}")


async def test_it_is_told_when_and_why_and_for_how_much(night: Night) -> None:
    await night.want(SEVEN)
    assert told(night, "plan").state == "2026-11-03T02:00:00+00:00"
    assert told(night, "plan_reason").state == "wait"
    assert night.place.reason == "plan"
    assert told(night, "plan_cost").state == "2.0"
    assert told(night, "plan_cost").attributes["unit_of_measurement"] == "EUR"
    assert told(night, "ready_in_time", "binary_sensor").state == "on"
    attributes = told(night, "plan").attributes
    assert attributes["energy"] == 20
    assert attributes["cost"] == 2
    assert attributes["departure"] == datetime(2026, 11, 3, 7, tzinfo=UTC)
    assert (attributes["target"], attributes["missing"]) == (20, 0)
    assert attributes["sources"] == {"prices": "sensor.market"}
    slots = attributes["slots"]
    assert slots[0] == {
        "start": EVENING,
        "end": EVENING + QUARTER,
        "power": 0,
        "phases": 0,
        "sun": 0,
        "energy": 0,
        "cost": 0,
        "why": "wait",
    }
    busy = [slot for slot in slots if slot["power"]]
    assert {slot["why"] for slot in busy} == {"cheap"}
    assert {slot["start"].hour for slot in busy} == {2, 3}
    assert sum(slot["cost"] for slot in slots) == pytest.approx(2, abs=0.01)
    assert slots[-1]["end"] == attributes["departure"]

    await night.until(EVENING + timedelta(hours=8))
    assert told(night, "plan_reason").state == "cheap"
    assert told(night, "plan").state == "2026-11-03T02:00:00+00:00", "it charges"
    await night.want(Rule(Mode.SOLAR))
    for key in ("plan", "plan_reason", "plan_cost"):
        assert told(night, key).state == STATE_UNKNOWN
    assert told(night, "ready_in_time", "binary_sensor").state == STATE_UNKNOWN
    assert "slots" not in told(night, "plan").attributes


async def test_what_will_be_missing_is_told(night: Night) -> None:
    night.told.room = 1400.0
    await night.want(SEVEN)
    assert told(night, "ready_in_time", "binary_sensor").state == "off"
    assert told(night, "plan").attributes["missing"] == 20
    assert told(night, "plan_reason").state == "fuse"


async def test_who_does_not_leave_has_nothing_to_be_ready_for(night: Night) -> None:
    await night.want(Rule(Mode.SOLAR_PLUS, days=Days.OFF, energy=20.0, measure=Measure.ENERGY))
    assert night.place.future.plan is not None
    assert told(night, "ready_in_time", "binary_sensor").state == STATE_UNKNOWN


async def test_the_plan_stays_with_the_station_and_goes_with_the_mode(night: Night) -> None:
    night.place.station.settings = replace(night.place.station.settings, safe_limit=10.0)
    await night.want(SEVEN)
    left = night.place.evse.left
    assert left.wished is not None
    busy = [(leg.begin.hour, leg.amps) for leg in left.wished.legs if leg.amps]
    assert {hour for hour, _ in busy} <= {2, 3}
    assert max(amps for _, amps in busy) == 10, "never above the safe limit"
    assert left.wished.end == datetime(2026, 11, 3, 7, tzinfo=UTC)
    await night.want(Rule(Mode.SOLAR))
    assert left.wished is None


async def test_where_there_is_a_fuse_it_is_made_for_the_safe_current(night: Night) -> None:
    night.place.station.settings = replace(night.place.station.settings, safe_limit=6.0)
    options = dict(night.hub.entry.options) | {
        "fuse": 25,
        "grid_l1": "sensor.1",
        "grid_l2": "sensor.2",
        "grid_l3": "sensor.3",
    }
    night.hass.config_entries.async_update_entry(night.hub.entry, options=options)
    await night.want(SEVEN)
    left = night.place.evse.left.wished
    assert left is not None
    assert {leg.amps for leg in left.legs} == {0, 6}
    hours = zip(left.legs, [*(leg.begin for leg in left.legs[1:]), left.end], strict=True)
    seconds = sum((end - leg.begin).total_seconds() for leg, end in hours if leg.amps)
    assert seconds / 3600 * 4.14 == pytest.approx(20, abs=1.1), "all it needs, though slowly"
    assert night.place.future.plan is not None
    assert max(each.power for each in night.place.future.plan.intentions) > 4140


async def test_prices_that_an_entity_tells_are_planned_with(night: Night) -> None:
    hours = [EVENING + timedelta(hours=hour) for hour in range(24)]
    prices = [{"start": hour.isoformat(), "value": cheap_at_two(hour.hour)} for hour in hours]
    unit = {"unit_of_measurement": "EUR/kWh", "raw_today": prices}
    night.hass.states.async_set("sensor.price", "0.3", unit)
    night.hub.site.planner.foresight = Expectations(night.hub)
    night.hub.site.want(night.place, SEVEN)
    await night.hass.async_block_till_done(wait_background_tasks=True)
    attributes = told(night, "plan").attributes
    assert {slot["start"].hour for slot in attributes["slots"] if slot["power"]} == {2, 3}
    assert attributes["sources"]["prices"] == "sensor.price"


async def test_what_is_charted_is_not_recorded(night: Night) -> None:
    await night.want(SEVEN)
    state = told(night, "plan")
    assert state.state_info is not None
    assert set(state.attributes) - state.state_info["unrecorded_attributes"] == {
        "device_class",
        "friendly_name",
        "icon",
    } & set(state.attributes)


async def test_cars_of_one_house_are_planned_together(night: Night) -> None:
    night.told.room = 11_040.0
    night.told.price = lambda hour: 0.10 if hour == 2 else 0.12 if hour == 3 else 0.30
    station = night.hub.stations["cp1"]
    second = station.evse(2)
    second.status = Status.SUSPENDED_EVSE
    session(station, second)
    await night.hass.async_block_till_done()
    other = night.hub.site.places["cp1/2"]
    ten = replace(SEVEN, energy=10.0)
    night.hub.site.want(other, ten)
    await night.want(ten)
    busy = [
        {(each.begin, each.power) for each in place.future.plan.intentions if each.power}
        for place in (night.place, other)
        if place.future.plan is not None
    ]
    assert len(busy) == 2
    for begin in {begin for begin, _ in busy[0] | busy[1]}:
        assert sum(power for taken in busy for at, power in taken if at == begin) <= 11_040.0
    assert all(not place.future.plan.short for place in (night.place, other) if place.future.plan is not None)


async def test_what_a_fast_car_is_going_to_take_is_planned_for_nobody_else(night: Night) -> None:
    night.told.price = lambda hour: 0.10 if hour in {18, 19} else 0.30
    station = night.hub.stations["cp1"]
    fast = station.evse(2)
    fast.status = Status.CHARGING
    session(station, fast)
    await night.hass.async_block_till_done()
    night.hub.site.want(night.hub.site.places["cp1/2"], Rule(Mode.FAST, energy=11.04, measure=Measure.ENERGY))
    await night.want(SEVEN)
    plan = night.place.future.plan
    assert plan is not None
    assert {datetime.fromtimestamp(each.begin, UTC).hour for each in plan.intentions if each.why == "fuse"} == {18}
    nineteen = [each for each in plan.intentions if datetime.fromtimestamp(each.begin, UTC).hour == 19]
    assert {each.power for each in nineteen} == {11_040}
