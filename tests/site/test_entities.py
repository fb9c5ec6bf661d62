"""What the owner sees and sets of the controller."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data, until
from tests.platforms.station import Obliging, connect, entity_id, exists, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")

HOUSE = {
    "fuse": 25,
    "grid_l1": "sensor.l1",
    "grid_l2": "sensor.l2",
    "grid_l3": "sensor.l3",
    "grid_power": "sensor.grid",
}
MORE = {"dimming": "input_boolean.less"}
EVSE = {
    "select": {"mode"},
    "number": {"minimum_current", "charging_priority"},
    "switch": {"boost"},
    "sensor": {"granted_current"},
    "binary_sensor": {"limited"},
}


@pytest.fixture
def options() -> dict[str, Any]:
    return HOUSE | MORE | {"publish_interval": 0}


@pytest.fixture
async def hub(hass: HomeAssistant, options: dict[str, Any]) -> Hub:
    measures(hass, 2, 2, 2, grid=1380)
    return await set_up(hass, hub_entry(station_data("CP1", "Garage", maximum=16), options=options))


def measures(hass: HomeAssistant, *lines: float, grid: float) -> None:
    for number, amps in enumerate(lines, 1):
        hass.states.async_set(f"sensor.l{number}", str(amps), {"unit_of_measurement": "A"})
    hass.states.async_set("sensor.grid", str(grid), {"unit_of_measurement": "W"})


async def arrive(hass: HomeAssistant, station: Station) -> Obliging:
    """A car is there."""
    obliging = connect(station)
    evse = station.evse(1)
    evse.status = Status.PREPARING
    station.changed(evse)
    await hass.async_block_till_done()
    return obliging


async def do(hass: HomeAssistant, platform: str, key: str, action: str, **fields: Any) -> None:
    target = {ATTR_ENTITY_ID: entity_id(hass, platform, f"cp1_1_{key}")}
    await hass.services.async_call(platform, action, target | fields, blocking=True)
    await hass.async_block_till_done()


def told(hass: HomeAssistant, platform: str, key: str) -> State:
    return shown(hass, platform, f"cp1_1_{key}")


async def limited_by(hass: HomeAssistant, who: str) -> None:
    """See that it is told who keeps the current from being higher; what a station shows may wait a moment."""
    await until(lambda: told(hass, "sensor", "limit_source").state == who)


def present(hass: HomeAssistant) -> dict[str, set[str]]:
    return {
        platform: {key for key in keys if exists(hass, platform, f"cp1_1_{key}")} for platform, keys in EVSE.items()
    }


async def test_what_is_granted_is_shown_with_its_reason(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    obliging = await arrive(hass, station)
    assert present(hass) == EVSE
    assert told(hass, "select", "mode").state == "manual"
    assert told(hass, "sensor", "granted_current").state == "16.0"
    await limited_by(hass, "station")
    assert told(hass, "binary_sensor", "limited").state == "off"

    measures(hass, 2, 15, 2, grid=1380)
    await hass.async_block_till_done()
    assert told(hass, "sensor", "granted_current").state == "9.0"
    await limited_by(hass, "fuse")
    assert told(hass, "binary_sensor", "limited").state == "on"
    assert told(hass, "binary_sensor", "limited").attributes["by"] == "fuse"
    assert obliging.asked[-1] == ("set_limit", 1, 9)


async def test_the_owner_chooses_a_mode_and_it_outlives_a_restart(hass: HomeAssistant, hub: Hub) -> None:
    obliging = await arrive(hass, hub.stations["cp1"])
    await do(hass, "select", "mode", "select_option", option="off")
    assert told(hass, "select", "mode").state == "off"
    await limited_by(hass, "mode")
    assert obliging.asked[-1] == ("set_limit", 1, 0)
    await do(hass, "switch", "boost", "turn_on")
    await do(hass, "select", "mode", "select_option", option="solar_minimum")
    assert told(hass, "sensor", "granted_current").state == "16.0"
    await do(hass, "switch", "boost", "turn_off")
    assert told(hass, "sensor", "granted_current").state == "6.0"
    await limited_by(hass, "solar")
    await do(hass, "number", "minimum_current", "set_value", value=8)
    assert obliging.asked[-1] == ("set_limit", 1, 8)
    await do(hass, "number", "charging_priority", "set_value", value=3)

    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    await hass.async_block_till_done()
    await arrive(hass, hub.entry.runtime_data.stations["cp1"])
    assert told(hass, "select", "mode").state == "solar_minimum"
    assert told(hass, "number", "minimum_current").state == "8.0"
    assert told(hass, "number", "charging_priority").state == "3.0"
    assert told(hass, "sensor", "granted_current").state == "8.0"


async def test_a_boost_ends_with_the_visit_of_the_car(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    await arrive(hass, station)
    await do(hass, "switch", "boost", "turn_on")
    assert told(hass, "switch", "boost").state == "on"
    station.evse(1).status = Status.AVAILABLE
    station.changed(station.evse(1))
    await hass.async_block_till_done()
    assert told(hass, "switch", "boost").state == "off"
    assert told(hass, "sensor", "granted_current").state == STATE_UNKNOWN
    await limited_by(hass, "none")


async def test_of_a_station_that_is_away_nothing_is_told_but_what_was_chosen(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    await arrive(hass, station)
    station.disconnect()
    await hass.async_block_till_done()
    assert told(hass, "sensor", "granted_current").state == STATE_UNAVAILABLE
    assert told(hass, "binary_sensor", "limited").state == STATE_UNAVAILABLE
    assert told(hass, "select", "mode").state == "manual"


async def test_the_house_is_shown_on_the_device_of_the_hub(hass: HomeAssistant, hub: Hub) -> None:
    key = hub.entry.entry_id
    assert shown(hass, "sensor", f"{key}_surplus").state == "-1380.0"
    assert [shown(hass, "sensor", f"{key}_fuse_margin_l{line}").state for line in (1, 2, 3)] == ["23.0"] * 3
    assert shown(hass, "binary_sensor", f"{key}_dimmed").state == "off"
    hass.states.async_set("input_boolean.less", "on")
    measures(hass, 2, 15, 2, grid=-3000)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", f"{key}_surplus").state == "3000.0"
    assert shown(hass, "sensor", f"{key}_fuse_margin_l2").state == "10.0"
    assert shown(hass, "binary_sensor", f"{key}_dimmed").state == "on"
    hass.states.async_set("sensor.grid", STATE_UNAVAILABLE)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", f"{key}_surplus").state == STATE_UNKNOWN


@pytest.mark.parametrize("options", [{}])
async def test_without_a_house_there_is_nothing_and_it_comes_and_goes_with_it(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    obliging = await arrive(hass, station)
    nothing: dict[str, set[str]] = {platform: set() for platform in EVSE}
    assert present(hass) == nothing
    assert not obliging.asked
    hass.config_entries.async_update_entry(hub.entry, options=HOUSE)
    await hass.async_block_till_done()
    assert present(hass) == EVSE
    assert obliging.asked == [("set_limit", 1, 16)]
    assert not exists(hass, "binary_sensor", f"{hub.entry.entry_id}_dimmed")
    hass.config_entries.async_update_entry(hub.entry, options={"grid_power": "sensor.grid"})
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", f"{hub.entry.entry_id}_fuse_margin_l1")
    assert obliging.asked[-1] == ("set_limit", 1, None), "by hand, without a fuse, nothing is led"
    hass.config_entries.async_update_entry(hub.entry, options={})
    await hass.async_block_till_done()
    assert present(hass) == nothing
    entries = er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id)
    assert not [entry for entry in entries if "surplus" in entry.unique_id]


async def test_what_a_station_says_against_it_is_shown_until_it_obeys(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    obliging = await arrive(hass, station)
    obliging.refusal = Refused("Rejected", "the installer forbids it")
    measures(hass, 2, 15, 2, grid=1380)
    await until(lambda: "installer" in str(told(hass, "binary_sensor", "limited").attributes["error"]))
    asked = len(obliging.asked)
    measures(hass, 2, 15.01, 2, grid=1380)
    await hass.async_block_till_done()
    assert len(obliging.asked) == asked, "what was refused is not tried again at once"
    obliging.refusal = None
    measures(hass, 2, 16, 2, grid=1380)
    await until(lambda: told(hass, "binary_sensor", "limited").attributes["error"] is None)
    assert obliging.asked[-1] == ("set_limit", 1, 8)


async def test_limits_that_others_have_set_are_kept(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    await arrive(hass, station)
    station.evse(1).external["EMS"] = ExternalLimit("EMS", 11)
    station.external["SO"] = ExternalLimit("SO")
    station.changed(station.evse(1))
    await hass.async_block_till_done()
    assert told(hass, "sensor", "granted_current").state == "11.0"
    await limited_by(hass, "grid")


async def test_the_places_of_a_station_that_is_removed_are_let_go(hass: HomeAssistant, hub: Hub) -> None:
    station = hub.stations["cp1"]
    await arrive(hass, station)
    hass.config_entries.async_remove_subentry(hub.entry, hub.subentry_id(station))
    await hass.async_block_till_done()
    assert hub.site.places == {}
    assert not any(present(hass).values())
