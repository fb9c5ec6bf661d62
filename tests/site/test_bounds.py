"""What bounds the cars of a house besides fuses and sun, as the owner sees it."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_ENTITY_ID, EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.download import DOWNLOADS
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site.bounds import Bounds
from custom_components.ocpp_home.site.facts import HOUSE
from tests.household import hub_entry, set_up, station_data
from tests.platforms.station import Obliging, connect, entity_id, exists, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")

WATT = {"unit_of_measurement": "W"}
GRID: dict[str, Any] = {"grid_power": "sensor.grid", "publish_interval": 0}
BATTERY = GRID | {"battery_power": "sensor.battery", "battery_level": "sensor.level"}
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=dt_util.UTC)


@pytest.fixture
async def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    freezer.move_to(NOON)
    return freezer


@pytest.fixture
async def home(hass: HomeAssistant, clock: FrozenDateTimeFactory, options: dict[str, Any]) -> Home:
    hass.states.async_set("sensor.grid", "0", WATT)
    await async_setup_component(hass, "input_boolean", {"input_boolean": {"hold": {}, "less": {}}})
    hub = await set_up(hass, hub_entry(station_data("CP1", "Garage", maximum=16), options=options))
    home = Home(hass, hub, clock)
    home.obliging = await home.arrive()
    return home


class Home:
    """A house of a meter and a garage, and the means to change what they show."""

    obliging: Obliging

    def __init__(self, hass: HomeAssistant, hub: Hub, clock: FrozenDateTimeFactory) -> None:
        self.hass, self.hub, self.clock = hass, hub, clock

    @property
    def station(self) -> Station:
        return self.hub.stations["cp1"]

    @property
    def limit(self) -> Any:
        """What the station was told last."""
        return self.obliging.asked[-1]

    async def arrive(self) -> Obliging:
        obliging = connect(self.station)
        self.station.evse(1).status = Status.CHARGING
        self.station.changed(self.station.evse(1))
        await self.hass.async_block_till_done()
        return obliging

    async def after(self, seconds: float, grid: float, car: float | None = None, **others: float) -> None:
        """Some time later the meters show this (W), and the car draws so much."""
        self.clock.tick(timedelta(seconds=seconds))
        if car is not None:
            at = dt_util.utcnow()
            told = [Reading(Quantity.CURRENT_IMPORT, car / 690, at, phase) for phase in (Phase.L1, Phase.L2, Phase.L3)]
            self.station.evse(1).meter.update([*told, Reading(Quantity.POWER, car, at)])
            self.station.changed(self.station.evse(1))
        for name, value in ({"grid": grid} | others).items():
            self.hass.states.async_set(f"sensor.{name}", str(value), WATT if name != "level" else {})
        await self.hass.async_block_till_done()
        await self.look()

    async def look(self) -> None:
        """Let the controller look."""
        self.hub.site.bound(lambda _: None)
        await self.hass.async_block_till_done()

    def key(self, key: str) -> str:
        return f"{self.hub.entry.entry_id}_{key}"

    def told(self, platform: str, key: str) -> str:
        return shown(self.hass, platform, self.key(key)).state

    async def do(self, platform: str, key: str, action: str, **fields: Any) -> None:
        target = {ATTR_ENTITY_ID: entity_id(self.hass, platform, self.key(key))}
        await self.hass.services.async_call(platform, action, target | fields, blocking=True)
        await self.hass.async_block_till_done()

    async def again(self) -> None:
        """Everything is loaded anew."""
        assert await self.hass.config_entries.async_reload(self.hub.entry.entry_id)
        await self.hass.async_block_till_done()
        self.hub = self.hub.entry.runtime_data
        self.obliging = await self.arrive()

    async def prefer(self, **options: Any) -> None:
        self.hass.config_entries.async_update_entry(self.hub.entry, options=options | {"publish_interval": 0})
        await self.hass.async_block_till_done()


# --- the peak of the month --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [GRID | {"peak": 6, "peak_rises": False}])
async def test_a_car_leaves_the_quarter_below_the_peak_as_far_as_is_needed(home: Home) -> None:
    await home.after(6, 500, car=0)
    await home.after(6, 500, car=0)
    assert home.limit == ("set_limit", 1, 7), "(0.98 x 6000 W - 500 W) / 690 W"
    await home.after(10, 4700, car=4140)
    for _ in range(44):
        await home.after(10, 4700, car=4140)
    assert float(home.told("sensor", "quarter_power")) == pytest.approx(2310, abs=10)
    assert home.limit == ("set_limit", 1, 9), "what was left for later in the quarter"
    await home.after(10, 12_000, car=4140)
    assert home.limit == ("set_limit", 1, 0), "the house draws more than may be drawn"


@pytest.mark.parametrize("options", [GRID | {"peak": 2.5}])
async def test_what_the_house_has_drawn_anyway_cars_may_draw_too_and_it_outlives_a_restart(home: Home) -> None:
    await home.after(0, 9000, car=0)
    for _ in range(9):
        await home.after(100, 9000, car=0)
    await home.after(6, 0, car=0)
    assert float(home.told("sensor", "month_peak")) == pytest.approx(9000, abs=110)
    assert home.limit == ("set_limit", 1, 12)
    await home.again()
    await home.after(1, 0, car=0)
    assert float(home.told("sensor", "month_peak")) == pytest.approx(9000, abs=110)
    assert home.limit == ("set_limit", 1, 12)
    home.clock.move_to(datetime(2026, 7, 1, 12, 0, tzinfo=dt_util.UTC))
    await home.after(1, 0, car=0)
    assert float(home.told("sensor", "month_peak")) == 0, "a new month"
    assert home.limit == ("set_limit", 1, 0), "2.5 kW is too little for three phases"


@pytest.mark.parametrize("options", [GRID | {"peak": 5}])
async def test_a_silent_meter_leaves_the_safe_current_where_a_peak_is_to_be_kept(home: Home) -> None:
    await home.after(1, -9000, car=0)
    assert home.limit == ("set_limit", 1, 16)
    home.hass.states.async_set("sensor.grid", STATE_UNAVAILABLE)
    await home.hass.async_block_till_done()
    assert home.limit == ("set_limit", 1, 6)


@pytest.mark.parametrize("options", [GRID | {"peak": 4}])
async def test_time_nobody_watched_counts_against_the_car_but_makes_no_peak(home: Home) -> None:
    await home.after(1, 0, car=0)
    home.clock.move_to(NOON + timedelta(minutes=15))
    await home.again()
    await home.after(600, 0, car=0)
    assert float(home.told("sensor", "month_peak")) == 0
    assert home.limit == ("set_limit", 1, 0), "4 kW for ten minutes, and less is left than three phases need"


# --- the phases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"asymmetry": 10, "publish_interval": 0}])
async def test_a_car_of_one_phase_loads_it_no_more_than_may_be_beside_the_others(home: Home) -> None:
    assert home.limit == ("set_limit", 1, 16), "three phases are even"
    await home.look()
    home.clock.tick(timedelta(seconds=30))
    at = dt_util.utcnow()
    drawn = {Phase.L1: 16, Phase.L2: 0, Phase.L3: 0}
    home.station.evse(1).meter.update(
        Reading(Quantity.CURRENT_IMPORT, amps, at, phase) for phase, amps in drawn.items()
    )
    await home.look()
    await home.look()
    assert home.limit == ("set_limit", 1, 10)


# --- the battery ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [BATTERY | {"battery_buffer": 70, "battery_discharge": 5000}])
async def test_above_its_buffer_the_battery_helps_a_car_over_a_cloud(home: Home) -> None:
    await home.after(1, 0, car=4140, battery=3140, level=80)
    assert home.told("sensor", "surplus") == "4140.0", "what the car needs to go on"
    assert home.told("binary_sensor", "hold_battery") == "off"
    await home.after(1, 0, car=4140, battery=3140, level=70)
    assert home.told("sensor", "surplus") == "1000.0"


@pytest.mark.parametrize("options", [BATTERY | {"battery_hold": "input_boolean.hold"}])
async def test_the_battery_is_held_while_a_car_takes_more_than_the_sun_gives(home: Home) -> None:
    def held() -> tuple[str, str]:
        state = home.hass.states.get("input_boolean.hold")
        return home.told("binary_sensor", "hold_battery"), "" if state is None else state.state

    await home.after(1, 0, car=4140, battery=4000, level=80)
    assert held() == ("off", "off"), "it may be for a moment only"
    await home.after(11, 0, car=4140, battery=4000, level=80)
    assert held() == ("on", "on")
    await home.after(11, 4000, car=4140, battery=0, level=80)
    assert held() == ("on", "on")
    await home.after(11, -1000, car=4140, battery=0, level=80)
    await home.after(30, -1000, car=4140, battery=0, level=80)
    assert held() == ("on", "on"), "inverters do not like to be told every moment"
    await home.after(31, -1000, car=4140, battery=0, level=80)
    await home.hass.async_block_till_done()
    assert held() == ("off", "off")


@pytest.mark.parametrize("options", [BATTERY | {"battery_hold": "input_boolean.hold"}])
@pytest.mark.parametrize("end", ["unload", "stop", "options", "other switch", "crash"])
async def test_what_was_turned_on_is_turned_off_again_come_what_may(home: Home, end: str) -> None:
    await home.after(1, 4000, car=4140, battery=0, level=80)
    await home.after(11, 4000, car=4140, battery=0, level=80)
    assert home.hass.states.is_state("input_boolean.hold", "on")
    match end:
        case "unload":
            await home.hass.config_entries.async_unload(home.hub.entry.entry_id)
        case "stop":
            home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        case "options":
            await home.prefer()
        case "other switch":
            await home.prefer(**BATTERY | {"battery_hold": "input_boolean.less"})
            await home.after(1, 4000, car=4140, battery=0, level=80)
        case "crash":
            await home.hass.config_entries.async_unload(home.hub.entry.entry_id)
            await home.hass.services.async_call("input_boolean", "turn_on", {ATTR_ENTITY_ID: "input_boolean.hold"})
            await home.hass.config_entries.async_setup(home.hub.entry.entry_id)
            home.hub = home.hub.entry.runtime_data
            await home.hass.config_entries.async_unload(home.hub.entry.entry_id)
            assert home.hass.states.is_state("input_boolean.hold", "on"), "what the owner has turned on stays so"
            return
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert home.hass.states.is_state("input_boolean.hold", "off")


@pytest.mark.parametrize("options", [BATTERY | {"battery_hold": "switch.hold"}])
async def test_a_switch_that_does_not_turn_off_is_told_again_until_it_does(home: Home) -> None:
    asked: list[bool] = []

    async def turn(call: ServiceCall) -> None:
        asked.append(call.service == "turn_on")
        if not asked[-1] and len(asked) < 5:
            raise HomeAssistantError("the inverter is busy")
        home.hass.states.async_set("switch.hold", "on" if asked[-1] else "off")

    await home.after(11, 4000, car=4140, battery=0, level=80)
    assert "switch.hold" in home.hub.site.house.silent, "a switch that is not there is named"
    home.hass.states.async_set("switch.hold", "off")
    home.hass.services.async_register("switch", "turn_on", turn)
    home.hass.services.async_register("switch", "turn_off", turn)
    for _ in range(2):
        await home.after(11, 4000, car=4140, battery=0, level=80)
    assert asked == [True]
    await home.again()
    for _ in range(12):
        await home.after(20, -9000, car=4140, battery=0, level=80)
        await home.hass.async_block_till_done(wait_background_tasks=True)
    assert asked == [True, False, False, False, False]
    assert home.told("binary_sensor", "hold_battery") == "off"


@pytest.mark.parametrize("options", [GRID | {"peak": 4}])
async def test_what_cannot_be_understood_any_more_is_not_remembered(home: Home) -> None:
    for fact, told in {"quarter": [1], "dimming": [1, {"begin": "once"}], "battery hold": 3, "reserve": "much"}.items():
        home.hub.ledger.remember(HOUSE, fact, told)
    home.hub.site.bounds = Bounds(home.hub)
    bounds = home.hub.site.bounds
    assert (bounds.month.peak, bounds.dimming.records.running, bounds.hold.on, bounds.reserve) == (0, {}, False, 0)


# --- the reserve ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [GRID])
async def test_a_reserve_of_the_surplus_is_left_to_others_and_outlives_a_restart(home: Home) -> None:
    await home.after(1, -5000, car=0)
    await home.do("number", "reserve", "set_value", value=2000)
    assert home.told("sensor", "surplus") == "3000.0"
    await home.again()
    assert home.told("number", "reserve") == "2000.0"
    await home.do("number", "reserve", "set_value", value=-500)
    assert home.told("sensor", "surplus") == "5500.0"


# --- the grid operator ------------------------------------------------------------------------------------------------


async def listed(home: Home, **fields: Any) -> Any:
    return await home.hass.services.async_call(
        "ocpp_home", "list_dimmings", fields, blocking=True, return_response=True
    )


@pytest.mark.parametrize("options", [{"dimming_switch": True, "publish_interval": 0}])
async def test_our_own_switch_dims_and_what_was_drawn_is_recorded(home: Home) -> None:
    assert home.told("sensor", "last_dimming") == "unknown"
    await home.do("switch", "dimming", "turn_on")
    assert home.limit == ("set_limit", 1, 6)
    assert home.told("binary_sensor", "dimmed") == "on"
    begun = dt_util.utcnow()
    await home.after(20, 0, car=11_000)
    await home.after(11, 0, car=4140)
    await home.after(10, 0, car=4200)
    await home.after(10, 0, car=4140)
    await home.do("switch", "dimming", "turn_off")
    assert home.limit == ("set_limit", 1, None), "nothing is led where nothing is asked"
    (record,) = (await listed(home))["dimmings"]
    assert record == {
        "by": "switch",
        "begin": begun.isoformat(),
        "end": dt_util.utcnow().isoformat(),
        "limit": 4200,
        "highest": 4200,
        "mean": pytest.approx(4170, abs=5),
        "watched": 21,
        "kept": True,
    }
    last = shown(home.hass, "sensor", home.key("last_dimming"))
    assert (last.state, last.attributes["kept"]) == (begun.isoformat(), True)


@pytest.mark.parametrize("options", [{"dimming_switch": True, "publish_interval": 0}])
async def test_the_power_that_is_left_can_be_set_and_the_newest_word_counts(home: Home) -> None:
    await home.do("number", "dimmed_power", "set_value", value=7000)
    await home.do("switch", "dimming", "turn_on")
    assert home.limit == ("set_limit", 1, 10)
    await home.again()
    assert home.told("number", "dimmed_power") == "7000.0"
    assert home.told("switch", "dimming") == "on"
    await home.prefer(dimming_switch=True, dimmed_power=9000)
    assert home.told("number", "dimmed_power") == "9000.0"
    assert home.limit == ("set_limit", 1, 13)


@pytest.mark.parametrize("options", [GRID | {"dimming": "input_boolean.less"}])
async def test_a_dimming_goes_on_over_a_restart_while_nobody_can_tell_that_it_has_ended(home: Home) -> None:
    home.hass.states.async_set("input_boolean.less", "on")
    await home.after(1, 0, car=11_000)
    await home.after(40, 0, car=11_000)
    await home.after(10, 0, car=11_000)
    home.hass.states.async_set("input_boolean.less", STATE_UNAVAILABLE)
    await home.again()
    assert home.told("binary_sensor", "dimmed") == "on"
    assert "input_boolean.less" in home.hub.site.house.silent
    await home.after(20, 0, car=4140)
    await home.after(10, 0, car=4140)
    (record,) = (await listed(home))["dimmings"]
    assert (record["end"], record["highest"], record["kept"]) == (None, 11_000, False), "it was too much before"
    home.hass.states.async_set("input_boolean.less", "off")
    await home.hass.async_block_till_done()
    answer = await listed(home, file=True)
    assert answer["dimmings"][0]["end"] == dt_util.utcnow().isoformat()
    (file,) = answer["files"]
    key = file["url"].split("/")[-2]
    waiting = home.hass.data[DOWNLOADS].take(key, "dimmings.csv")
    assert waiting is not None
    head, line = waiting.content.splitlines()
    assert head == "by,begin,end,limit_w,highest_w,mean_w,watched_s,kept"
    assert line.startswith("input_boolean.less,2026-06-01T")
    assert line.endswith(",false")


@pytest.mark.parametrize("options", [GRID])
async def test_what_the_operator_asks_of_a_station_itself_is_recorded_as_well(home: Home) -> None:
    home.station.evse(1).external["SO"] = ExternalLimit("SO", 6)
    await home.after(1, 0, car=4140)
    home.station.external["SO"] = ExternalLimit("SO")
    await home.after(40, 0, car=4140)
    assert exists(home.hass, "sensor", home.key("last_dimming"))
    told = {one["by"]: one for one in (await listed(home))["dimmings"]}
    assert {by: one["limit"] for by, one in told.items()} == {"cp1/1": 4140, "CP1": None}
    assert (await listed(home, until=NOON))["dimmings"] == []
    home.station.evse(1).external.clear()
    home.station.external.clear()
    await home.after(10, 0, car=4140)
    assert all(one["end"] for one in (await listed(home))["dimmings"])
    assert (await listed(home, since=NOON + timedelta(hours=1)))["dimmings"] == []


@pytest.mark.parametrize("options", [{"dimming_switch": True, "publish_interval": 0}])
async def test_records_are_kept_for_two_years(home: Home) -> None:
    for day in (datetime(2026, 6, 10, 12, tzinfo=dt_util.UTC), datetime(2028, 7, 10, 12, tzinfo=dt_util.UTC)):
        home.clock.move_to(day)
        await home.do("switch", "dimming", "turn_on")
        await home.do("switch", "dimming", "turn_off")
    assert [one["begin"][:4] for one in (await listed(home))["dimmings"]] == ["2028"]
    assert home.hub.ledger.recall(HOUSE, "dimmings/2026-06") is None
