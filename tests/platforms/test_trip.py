"""From the socket of a simulated station to the states of Home Assistant, and back."""

from datetime import UTC, datetime, timedelta

from homeassistant.components.number import DOMAIN as NUMBER, SERVICE_SET_VALUE
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.hub import Hub
from tests.household import simulated, until
from tests.platforms.station import entity_id, exists, shown
from tests.simulator import Car, ManualClock


@pytest.mark.usefixtures("all_enabled")
async def test_a_session_over_the_socket_is_seen_and_led(hass: HomeAssistant, hub: Hub) -> None:
    def state(platform: str, key: str) -> str:
        return shown(hass, platform, key).state if exists(hass, platform, key) else ""

    async with simulated(
        hub.entry, "CP1", clock=ManualClock(datetime.now(UTC) - timedelta(seconds=80)), MeterValueSampleInterval="10"
    ) as garage:
        await until(lambda: state("sensor", "cp1_1_status") == "available")
        assert state("binary_sensor", "cp1_connection") == "on"
        assert state("binary_sensor", "cp1_1_plugged") == "off"

        await garage.plug_in(car=Car(max_current=16.0))
        await until(lambda: state("sensor", "cp1_1_status") == "preparing")
        assert await garage.present_card("04A2B3") == "Accepted"
        await until(lambda: state("switch", "cp1_1_charge") == "on")
        await until(lambda: state("sensor", "cp1_1_status") == "charging")
        assert shown(hass, "event", "cp1_card").attributes["event_type"] == "accepted"
        assert shown(hass, "event", "cp1_1_session").attributes["event_type"] == "started"
        assert state("sensor", "cp1_1_session_token") == "04A2B3"

        await garage.advance(35)
        await until(lambda: exists(hass, "sensor", "cp1_1_power"))
        await until(lambda: float(state("sensor", "cp1_1_power")) > 10_000)

        await until(lambda: exists(hass, NUMBER, "cp1_1_limit"))
        await hass.services.async_call(
            NUMBER,
            SERVICE_SET_VALUE,
            {ATTR_ENTITY_ID: entity_id(hass, NUMBER, "cp1_1_limit"), "value": 8},
            blocking=True,
        )
        await until(lambda: state("sensor", "cp1_1_limit_confirmed") == "8.0")
        await garage.advance(35)
        await until(lambda: float(state("sensor", "cp1_1_power")) < 6_000)

        await hass.services.async_call(
            SWITCH, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: entity_id(hass, SWITCH, "cp1_1_charge")}, blocking=True
        )
        await until(lambda: state("switch", "cp1_1_charge") == "off")
        ended = shown(hass, "event", "cp1_1_session").attributes
        assert (ended["event_type"], ended["offline"]) == ("ended", False)
        mine = garage.record[0]
        await until(
            lambda: (
                float(state("sensor", "cp1_1_session_energy"))
                == pytest.approx((mine.meter_stop - mine.meter_start) / 1000)
            )
        )
        await garage.settle()
    await until(lambda: state("sensor", "cp1_1_status") == STATE_UNAVAILABLE)
