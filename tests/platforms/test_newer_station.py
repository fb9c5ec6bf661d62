"""From the socket of a simulated station of OCPP 2.x to the states of Home Assistant, and back."""

from homeassistant.components.select import DOMAIN as SELECT, SERVICE_SELECT_OPTION
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.ocpp_home.hub import Hub
from tests.household import simulated, until
from tests.platforms.station import entity_id, exists, shown
from tests.simulator import Hardware

pytestmark = pytest.mark.usefixtures("all_enabled")

COLOUR = "cp1_config_customizationctrlr.vendorledcolour"
UNPLUGGED = "cp1_config_stoptransactiononevsidedisconnect"

newer = pytest.mark.parametrize("version", ["2.0.1", "2.1"])


@newer
async def test_what_a_station_is_made_of_is_seen_and_set(hass: HomeAssistant, hub: Hub, version: str) -> None:
    def state(platform: str, key: str) -> str:
        return shown(hass, platform, key).state if exists(hass, platform, key) else ""

    async with simulated(hub.entry, "CP1", version=version, hardware=Hardware(evses=1, connectors=2)) as garage:
        await until(lambda: state(SELECT, COLOUR) == "green")
        await until(lambda: state("sensor", "cp1_1_connector_2_status") == "available")
        await until(lambda: state(SWITCH, UNPLUGGED) == "on")
        assert state("text", "cp1_config_txctrlr_txstoppoint") == "EVConnected,Authorized"
        await until(lambda: state("sensor", "cp1_1_config_connector.connectortype@1:2") == "cType2")
        assert state("sensor", "cp1_protocol") == version

        target = {ATTR_ENTITY_ID: entity_id(hass, SWITCH, UNPLUGGED)}
        await hass.services.async_call(SWITCH, SERVICE_TURN_OFF, target, blocking=True)
        await until(lambda: state(SWITCH, UNPLUGGED) == "off")
        assert garage.configuration.text("TxCtrlr.StopTxOnEVSideDisconnect") == "false"

        target = {ATTR_ENTITY_ID: entity_id(hass, SELECT, COLOUR)}
        await hass.services.async_call(SELECT, SERVICE_SELECT_OPTION, target | {"option": "red"}, blocking=True)
        await until(lambda: shown(hass, SELECT, COLOUR).attributes["reboot_required"] is True)
        assert "reboot_required" in {issue.translation_key for issue in ir.async_get(hass).issues.values()}
        names = [entry.unique_id for entry in er.async_get(hass).entities.values()]
        assert not [name for name in names if "password" in name or name.endswith("identity")]


@newer
async def test_what_others_limit_and_the_car_needs_is_seen(hass: HomeAssistant, hub: Hub, version: str) -> None:
    def state(platform: str, key: str) -> str:
        return shown(hass, platform, key).state if exists(hass, platform, key) else ""

    async with simulated(hub.entry, "CP1", version=version) as garage:
        await until(lambda: state("sensor", "cp1_1_status") == "available")
        await garage.limit_externally(10.0)
        await until(lambda: state("sensor", "cp1_station_limit_of_others") == "10.0")
        assert shown(hass, "sensor", "cp1_station_limit_of_others").attributes["sources"] == ["EMS"]
        await garage.lift_external_limit()
        await until(lambda: state("binary_sensor", "cp1_station_limited_by_others") == "off")

        await garage.start()
        await garage.need_energy(20_000, 8)
        await until(lambda: state("sensor", "cp1_1_car_energy_wished") == "20.0")
        assert state("sensor", "cp1_1_car_maximum_current") == "16.0"
        await garage.notify_event({"name": "Cabinet"}, {"name": "Fan"}, "broken", trigger="Alerting")
        await until(lambda: shown(hass, "event", "cp1_alert").attributes.get("variable") == "Cabinet.Fan")
        if version == "2.1":
            target = {ATTR_ENTITY_ID: entity_id(hass, SWITCH, "cp1_1_priority")}
            with pytest.raises(HomeAssistantError):
                await hass.services.async_call(SWITCH, "turn_on", target, blocking=True)
        else:
            assert not exists(hass, SWITCH, "cp1_1_priority")
