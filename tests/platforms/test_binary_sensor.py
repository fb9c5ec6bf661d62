"""What is so, is not, or is not known."""

from datetime import UTC, datetime, timedelta

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.csms.model.evse import Problem, Status
from custom_components.ocpp_home.csms.model.plan import Leg, Plan, Word
from custom_components.ocpp_home.csms.model.station import Station
from tests.platforms.station import configure, connect, exists, shown


@pytest.mark.parametrize(
    ("status", "plugged", "charging"),
    [
        (Status.AVAILABLE, "off", "off"),
        (Status.PREPARING, "on", "off"),
        (Status.CHARGING, "on", "on"),
        (Status.SUSPENDED_EV, "on", "off"),
        (Status.SUSPENDED_EVSE, "on", "off"),
        (Status.FINISHING, "on", "off"),
        (Status.RESERVED, "off", "off"),
        (Status.UNAVAILABLE, STATE_UNKNOWN, "off"),
        (None, STATE_UNKNOWN, STATE_UNKNOWN),
    ],
)
async def test_plug_and_charge_follow_the_status(
    hass: HomeAssistant, station: Station, status: Status | None, plugged: str, charging: str
) -> None:
    connect(station)
    evse = station.evse(1)
    evse.status = status
    station.changed(evse)
    await hass.async_block_till_done()
    plug = shown(hass, "binary_sensor", "cp1_1_plugged")
    assert (plug.state, plug.attributes["device_class"]) == (plugged, "plug")
    charge = shown(hass, "binary_sensor", "cp1_1_charging")
    assert (charge.state, charge.attributes["device_class"]) == (charging, "battery_charging")


async def test_problems_of_the_station_and_of_an_evse_are_told_apart(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, "binary_sensor", "cp1_1_problem").state == STATE_UNKNOWN
    assert shown(hass, "binary_sensor", "cp1_station_problem").state == STATE_UNKNOWN
    evse.status = station.status = Status.AVAILABLE
    evse.problem = Problem("GroundFailure")
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    state = shown(hass, "binary_sensor", "cp1_1_problem")
    assert (state.state, state.attributes["device_class"]) == ("on", "problem")
    assert shown(hass, "binary_sensor", "cp1_station_problem").state == "off"
    evse.problem, station.problem = None, Problem("InternalError")
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "binary_sensor", "cp1_1_problem").state == "off"
    assert shown(hass, "binary_sensor", "cp1_station_problem").state == "on"


async def test_the_connection_is_told_at_all_times(hass: HomeAssistant, station: Station) -> None:
    await hass.async_block_till_done()
    state = shown(hass, "binary_sensor", "cp1_connection")
    assert (state.state, state.attributes["device_class"]) == ("off", "connectivity")
    connect(station)
    await hass.async_block_till_done()
    assert shown(hass, "binary_sensor", "cp1_connection").state == "on"


@pytest.mark.usefixtures("all_enabled")
async def test_configuration_keys_that_are_so_or_not_and_cannot_be_written(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station)
    configure(station, ReserveConnectorZeroSupported_="true", AuthorizationCacheEnabled_="false")
    await hass.async_block_till_done()
    assert shown(hass, "binary_sensor", "cp1_config_reserveconnectorzerosupported").state == "on"
    assert shown(hass, "binary_sensor", "cp1_config_authorizationcacheenabled").state == "off"


async def test_the_plan_on_the_station_is_shown_with_what_became_of_it(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "binary_sensor", "cp1_1_plan_left")
    begin = datetime.now(UTC)
    plan = Plan((Leg(begin, 7), Leg(begin + timedelta(hours=1), 10, 1)), begin + timedelta(hours=2))
    assert await station.leave(evse, plan) is Word.UNVERIFIED
    await hass.async_block_till_done()
    state = shown(hass, "binary_sensor", "cp1_1_plan_left")
    assert (state.state, state.attributes["state"], state.attributes["end"]) == ("on", "unverified", plan.end)
    assert [(slot["current"], slot["phases"]) for slot in state.attributes["slots"]] == [(7, None), (10, 1)]
    evse.left.confirm(None)
    evse.left.miss(Word.REFUSED, "no room")
    station.changed(evse)
    await hass.async_block_till_done()
    state = shown(hass, "binary_sensor", "cp1_1_plan_left")
    assert (state.state, state.attributes["state"], state.attributes["refusal"]) == ("off", "refused", "no room")
