"""The limit that is wished, and numbers of the station's configuration."""

from homeassistant.components.number import DOMAIN as NUMBER, SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.session_limit import SessionLimit, SessionLimits
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.platforms.station import configure, connect, entity_id, exists, session, shown


async def set_to(hass: HomeAssistant, key: str, value: float) -> None:
    await hass.services.async_call(
        NUMBER, SERVICE_SET_VALUE, {ATTR_ENTITY_ID: entity_id(hass, NUMBER, key), "value": value}, blocking=True
    )
    await hass.async_block_till_done()


async def test_the_limit_goes_from_what_a_car_needs_to_what_the_hardware_allows(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    attributes = shown(hass, NUMBER, "cp1_1_limit").attributes
    assert (attributes["min"], attributes["max"], attributes["step"]) == (6.0, 32.0, 1.0)
    evse.limits.maximum = 16
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_1_limit").attributes["max"] == 16
    assert shown(hass, NUMBER, "cp1_1_limit").state == "16"
    with pytest.raises(ServiceValidationError):
        await set_to(hass, "cp1_1_limit", 17)


async def test_a_limit_reaches_the_station_and_is_shown_as_the_wish(hass: HomeAssistant, station: Station) -> None:
    asked = connect(station).asked
    evse = station.evse(1)
    await hass.async_block_till_done()
    await set_to(hass, "cp1_1_limit", 10)
    assert asked == [("set_limit", 1, 10.0)]
    assert evse.limits.wishes == {OWNER: 10.0}
    assert shown(hass, NUMBER, "cp1_1_limit").state == "10.0"
    await station.limit(evse, "solar", 7)
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_1_limit").state == "10.0"


async def test_a_refused_limit_is_an_error_with_the_words_of_the_station(hass: HomeAssistant, station: Station) -> None:
    connect(station).refusal = Refused("Rejected", "EM controlled by external system is disabled")
    station.evse(1)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError) as raised:
        await set_to(hass, "cp1_1_limit", 10)
    assert raised.value.translation_key == "refused"
    assert raised.value.translation_placeholders == {
        "station": "Garage",
        "reason": "Rejected: EM controlled by external system is disabled",
    }
    assert "EM controlled by external system is disabled" in str(raised.value)
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_1_limit").state == "10.0"
    assert shown(hass, "sensor", "cp1_1_limit_confirmed").attributes["refusal"]


async def test_who_cannot_limit_has_no_number(hass: HomeAssistant, station: Station) -> None:
    connect(station, blocks=False)
    station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, NUMBER, "cp1_1_limit")


@pytest.mark.usefixtures("all_enabled")
async def test_numbers_of_the_configuration_are_shown_and_written(hass: HomeAssistant, station: Station) -> None:
    asked = connect(station).asked
    configure(station, MeterValueSampleInterval="60", LightIntensity="50", ResetRetries="odd")
    await hass.async_block_till_done()
    interval = shown(hass, NUMBER, "cp1_config_metervaluesampleinterval")
    assert (interval.state, interval.attributes["unit_of_measurement"]) == ("60.0", "s")
    assert (interval.attributes["min"], interval.attributes["max"]) == (0, 3600)
    assert shown(hass, NUMBER, "cp1_config_resetretries").state == "unknown"
    await set_to(hass, "cp1_config_lightintensity", 80)
    assert asked == [("write", "LightIntensity", "80")]
    assert shown(hass, NUMBER, "cp1_config_lightintensity").state == "80.0"
    station.disconnect()
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, "cp1_config_lightintensity").state == STATE_UNAVAILABLE


async def test_a_running_session_is_limited_by_one_thing_after_the_other(hass: HomeAssistant, station: Station) -> None:
    evse = station.evse(1)
    asked = connect(station, version="2.1").asked
    await hass.async_block_till_done()
    key = "cp1_1_session_limit_energy"
    assert shown(hass, NUMBER, key).state == STATE_UNKNOWN
    with pytest.raises(ServiceValidationError) as nothing:
        await set_to(hass, key, 20)
    assert nothing.value.translation_key == "invalid"
    session(station, evse)
    await hass.async_block_till_done()
    assert shown(hass, NUMBER, key).state == "0.0"
    station.session_limits["7"] = SessionLimits(wished=SessionLimit(soc=80))
    await set_to(hass, key, 20)
    assert shown(hass, NUMBER, key).state == "20.0"
    await set_to(hass, key, 0)
    assert asked == [("limit", "7", {"soc": 80, "energy": 20_000}), ("limit", "7", {"soc": 80})]


async def test_a_limit_of_a_session_is_refused_once_the_station_holds_to_none(
    hass: HomeAssistant, station: Station
) -> None:
    evse = station.evse(1)
    connect(station, version="2.1")
    session(station, evse)
    await hass.async_block_till_done()
    asked = connect(station).asked
    with pytest.raises(HomeAssistantError) as raised:
        await set_to(hass, "cp1_1_session_limit_energy", 20)
    assert raised.value.translation_key == "unsupported"
    assert asked == []


async def test_a_session_has_no_limits_where_the_station_holds_to_none(hass: HomeAssistant, station: Station) -> None:
    station.evse(1)
    connect(station)
    await hass.async_block_till_done()
    assert not exists(hass, NUMBER, "cp1_1_session_limit_energy")
