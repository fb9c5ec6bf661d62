"""What the meters of the house tell, and when they are too old to be believed."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.site.gauge import Gauges, House, amount
from custom_components.ocpp_home.site.settings import SiteSettings

LINES = ("sensor.l1", "sensor.l2", "sensor.l3")
WATT, AMPERE = {"unit_of_measurement": "W"}, {"unit_of_measurement": "A"}


def read(hass: HomeAssistant, settings: SiteSettings) -> House:
    return Gauges(hass, settings).read(dt_util.utcnow())


@pytest.mark.parametrize(
    ("state", "unit", "number"),
    [
        ("1.5", "kW", 1500),
        ("-20", "W", -20),
        ("500", "mA", 0.5),
        ("16", "A", 16),
        ("80", "%", 80),
        ("unavailable", "W", None),
        ("unknown", "W", None),
        ("idle", None, None),
        ("nan", "W", None),
        ("inf", "W", None),
    ],
)
def test_power_is_watts_and_current_is_amperes(state: str, unit: str | None, number: float | None) -> None:
    assert amount(State("sensor.any", state, {"unit_of_measurement": unit})) == number


async def test_a_value_told_again_is_new_and_after_fifteen_seconds_it_is_old(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    settings = SiteSettings(grid="sensor.grid")
    hass.states.async_set("sensor.grid", "500", WATT)
    freezer.tick(timedelta(seconds=10))
    assert (read(hass, settings).grid, read(hass, settings).left) == (500, 5)
    hass.states.async_set("sensor.grid", "500", WATT)
    freezer.tick(timedelta(seconds=14.9))
    assert read(hass, settings) == House(grid=500, left=pytest.approx(0.1))
    freezer.tick(timedelta(seconds=0.1))
    assert read(hass, settings) == House(silent=("sensor.grid",))


async def test_one_silent_line_is_enough_to_know_nothing_of_the_lines(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    settings = SiteSettings(fuse=25, grid="sensor.grid", lines=LINES)
    for number, entity in enumerate(LINES):
        hass.states.async_set(entity, str(number), AMPERE)
    hass.states.async_set("sensor.grid", "690", WATT)
    assert read(hass, settings).lines == (0, 1, 2)
    freezer.tick(timedelta(seconds=14))
    for entity in ("sensor.grid", *LINES[:2]):
        hass.states.async_set(entity, "3", AMPERE if "l" in entity else WATT)
    freezer.tick(timedelta(seconds=2))
    house = read(hass, settings)
    assert (house.lines, house.silent) == (None, ("sensor.l3",))
    assert house.grid is not None


async def test_powers_of_the_lines_are_currents_and_their_sum_is_what_comes_from_the_grid(hass: HomeAssistant) -> None:
    for watts, entity in zip((2300, -460, 230), LINES, strict=True):
        hass.states.async_set(entity, str(watts), WATT)
    house = read(hass, SiteSettings(lines=LINES))
    assert (house.lines, house.grid) == ((10, -2, 1), 2070)
    house = read(hass, SiteSettings(lines=LINES, grid_inverted=True))
    assert (house.lines, house.grid) == ((-10, 2, -1), -2070)
    hass.states.async_set("sensor.l1", "10", AMPERE)
    assert read(hass, SiteSettings(lines=LINES)).grid is None, "a current does not tell its direction"
    assert read(hass, SiteSettings(phases=1, lines=LINES[:1])).lines == (10, 0, 0)


async def test_signs_are_turned_where_a_sensor_counts_the_other_way_round(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.grid", "700", WATT)
    hass.states.async_set("sensor.battery", "300", WATT)
    hass.states.async_set("sensor.level", "55", {"unit_of_measurement": "%"})
    told = SiteSettings(grid="sensor.grid", battery="sensor.battery", battery_level="sensor.level")
    house = read(hass, told)
    assert (house.grid, house.battery, house.level) == (700, 300, 55)
    turned = SiteSettings(grid="sensor.grid", grid_inverted=True, battery="sensor.battery", battery_inverted=True)
    house = read(hass, turned)
    assert (house.grid, house.battery, house.level) == (-700, -300, None)
    hass.states.async_set("sensor.battery", STATE_UNKNOWN)
    assert read(hass, told).silent == ("sensor.battery",)


@pytest.mark.parametrize(("state", "dimmed"), [("on", True), ("off", False), ("unavailable", None), (None, None)])
async def test_the_grid_operator_asks_for_less_while_his_contact_is_on(
    hass: HomeAssistant, state: str | None, dimmed: bool | None
) -> None:
    if state is not None:
        hass.states.async_set("input_boolean.less", state)
    house = read(hass, SiteSettings(dimming="input_boolean.less"))
    assert house.contact is dimmed
    assert house.silent == (("input_boolean.less",) if dimmed is None else ()), "who cannot tell is named"


async def test_a_level_and_a_switch_may_be_old_but_not_missing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    settings = SiteSettings(battery_level="sensor.level", battery_hold="switch.hold")
    assert read(hass, settings).silent == ("sensor.level", "switch.hold")
    hass.states.async_set("sensor.level", "55", {"unit_of_measurement": "%"})
    hass.states.async_set("switch.hold", "off")
    freezer.tick(timedelta(hours=5))
    assert (read(hass, settings).silent, read(hass, settings).level) == ((), 55)
