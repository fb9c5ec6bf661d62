"""Charging, pausing, being in use, and switches of the configuration."""

from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.platforms.station import configure, connect, entity_id, session, shown


async def turn(hass: HomeAssistant, key: str, on: bool) -> None:
    service = SERVICE_TURN_ON if on else SERVICE_TURN_OFF
    await hass.services.async_call(SWITCH, service, {ATTR_ENTITY_ID: entity_id(hass, SWITCH, key)}, blocking=True)
    await hass.async_block_till_done()


async def test_charging_is_started_with_the_token_of_the_station_and_stopped_by_its_transaction(
    hass: HomeAssistant, station: Station
) -> None:
    asked = connect(station).asked
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_1_charge").state == "off"
    await turn(hass, "cp1_1_charge", False)
    assert asked == []
    await turn(hass, "cp1_1_charge", True)
    assert asked == [("start", 1, "HomeAssistant")]
    assert shown(hass, SWITCH, "cp1_1_charge").state == "off"

    session(station, evse)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_1_charge").state == "on"
    await turn(hass, "cp1_1_charge", True)
    assert len(asked) == 1
    await turn(hass, "cp1_1_charge", False)
    assert asked[1:] == [("stop", "7")]


async def test_a_start_that_is_refused_is_an_error(hass: HomeAssistant, station: Station) -> None:
    connect(station).refusal = Refused("Rejected")
    station.evse(1)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError, match="Rejected") as raised:
        await turn(hass, "cp1_1_charge", True)
    assert raised.value.translation_key == "refused"


async def test_a_pause_is_a_wish_for_nothing_and_leaves_the_wish_of_the_owner_alone(
    hass: HomeAssistant, station: Station
) -> None:
    asked = connect(station).asked
    evse = station.evse(1)
    await hass.async_block_till_done()
    await station.limit(evse, OWNER, 16)
    await turn(hass, "cp1_1_pause", True)
    assert asked[-1] == ("set_limit", 1, 0.0)
    assert shown(hass, SWITCH, "cp1_1_pause").state == "on"
    assert shown(hass, "number", "cp1_1_limit").state == "16"
    assert shown(hass, "sensor", "cp1_1_limit_source").state == "pause"
    await turn(hass, "cp1_1_pause", False)
    assert asked[-1] == ("set_limit", 1, 16)
    assert shown(hass, SWITCH, "cp1_1_pause").state == "off"


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(("key", "number"), [("cp1_1_available", 1), ("cp1_station_available", 0)])
async def test_an_evse_and_the_station_can_be_taken_out_of_use(
    hass: HomeAssistant, station: Station, key: str, number: int
) -> None:
    asked = connect(station).asked
    station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, key).state == STATE_UNKNOWN
    await turn(hass, key, False)
    assert asked == [("availability", number, False)]
    assert shown(hass, SWITCH, key).state == "off"
    await turn(hass, key, True)
    assert shown(hass, SWITCH, key).state == "on"


@pytest.mark.parametrize(
    ("status", "state"),
    [(Status.AVAILABLE, "on"), (Status.UNAVAILABLE, "off"), (Status.FAULTED, STATE_UNKNOWN)],
)
async def test_who_has_never_been_asked_is_in_use_as_its_status_says(
    hass: HomeAssistant, station: Station, status: Status, state: str
) -> None:
    connect(station)
    evse = station.evse(1)
    evse.status = status
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_1_available").state == state


@pytest.mark.usefixtures("all_enabled")
async def test_switches_of_the_configuration_are_shown_and_written(hass: HomeAssistant, station: Station) -> None:
    asked = connect(station).asked
    configure(station, LocalAuthListEnabled="TRUE", AuthorizeRemoteTxRequests="false", LocalPreAuthorize="perhaps")
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_config_localauthlistenabled").state == "on"
    assert shown(hass, SWITCH, "cp1_config_localpreauthorize").state == STATE_UNKNOWN
    await turn(hass, "cp1_config_localauthlistenabled", False)
    await turn(hass, "cp1_config_authorizeremotetxrequests", True)
    assert asked == [("write", "LocalAuthListEnabled", "false"), ("write", "AuthorizeRemoteTxRequests", "true")]
    assert shown(hass, SWITCH, "cp1_config_localauthlistenabled").state == "off"
    assert shown(hass, SWITCH, "cp1_config_authorizeremotetxrequests").state == "on"


async def test_a_session_is_given_priority(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station, version="2.1")
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_1_priority").state == "off"
    with pytest.raises(HomeAssistantError, match="nobody charges here"):
        await turn(hass, "cp1_1_priority", True)
    session(station, evse)
    await turn(hass, "cp1_1_priority", True)
    assert shown(hass, SWITCH, "cp1_1_priority").state == "on"
    obliging.refusal = Refused("NoProfile")
    with pytest.raises(HomeAssistantError, match="NoProfile"):
        await turn(hass, "cp1_1_priority", False)
    assert obliging.asked == [("priority", "7", True), ("priority", "7", False)]
    assert shown(hass, SWITCH, "cp1_1_priority").state == "on"
    evse.transaction = None
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, SWITCH, "cp1_1_priority").state == "off"


async def test_only_who_knows_priority_can_be_asked_for_it(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.1")
    session(station, station.evse(1))
    await hass.async_block_till_done()
    connect(station)
    with pytest.raises(HomeAssistantError, match="UsePriorityCharging"):
        await turn(hass, "cp1_1_priority", True)
