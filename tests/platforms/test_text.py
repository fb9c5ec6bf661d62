"""Words of the configuration."""

from homeassistant.components.text import DOMAIN as TEXT, SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from tests.platforms.station import configure, connect, entity_id, exists, shown

pytestmark = pytest.mark.usefixtures("all_enabled")


async def set_to(hass: HomeAssistant, key: str, value: str) -> None:
    await hass.services.async_call(
        TEXT, SERVICE_SET_VALUE, {ATTR_ENTITY_ID: entity_id(hass, TEXT, key), "value": value}, blocking=True
    )
    await hass.async_block_till_done()


async def test_words_are_shown_and_written(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station)
    configure(station, MeterValuesSampledData="Voltage,SoC", CpoName="Home", StopTxnSampledData="x" * 256)
    await hass.async_block_till_done()
    assert shown(hass, TEXT, "cp1_config_metervaluessampleddata").state == "Voltage,SoC"
    assert shown(hass, TEXT, "cp1_config_stoptxnsampleddata").state == STATE_UNKNOWN
    await set_to(hass, "cp1_config_cponame", "Villa")
    assert obliging.asked == [("write", "CpoName", "Villa")]
    assert shown(hass, TEXT, "cp1_config_cponame").state == "Villa"
    obliging.refusal = Refused("Rejected")
    with pytest.raises(HomeAssistantError, match="Rejected"):
        await set_to(hass, "cp1_config_cponame", "Hut")
    assert shown(hass, TEXT, "cp1_config_cponame").state == "Villa"


async def test_a_password_is_no_state(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    configure(station, AuthorizationKey="0123456789abcdef", CpoName="Home")
    await hass.async_block_till_done()
    assert exists(hass, TEXT, "cp1_config_cponame")
    assert not any("authorizationkey" in name for name in hass.states.async_entity_ids())
    assert not exists(hass, TEXT, "cp1_config_authorizationkey")
