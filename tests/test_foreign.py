"""A session with a station of another make: somebody else's implementation of OCPP 1.6."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (
    Action,
    AuthorizationStatus,
    ChargePointErrorCode,
    ChargePointStatus,
    ChargingProfileStatus,
    RegistrationStatus,
)
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from custom_components.ocpp_home.hub import Hub
from tests.household import confirm, hub_entry, ledger_truth, set_up, until


@pytest.fixture
async def hub(hass: HomeAssistant, socket_enabled: None) -> Hub:
    """A hub without stations, every change of which is written at once."""
    return await set_up(hass, hub_entry(options={CONF_PUBLISH_INTERVAL: 0}))


def state(hass: HomeAssistant, entity: str) -> str:
    """The state of an entity of the garage."""
    found = hass.states.get(entity.replace(".", ".garage_", 1))
    assert found is not None, entity
    return found.state


class ForeignStation(ChargePoint):
    """A station made of somebody else's implementation of OCPP."""

    def __init__(self, name: str, line: Any) -> None:
        super().__init__(name, line)
        self.limit: float | None = None

    @on(Action.set_charging_profile)
    def set_charging_profile(self, connector_id: int, cs_charging_profiles: dict[str, Any]) -> Any:
        """Take any limit."""
        self.limit = cs_charging_profiles["charging_schedule"]["charging_schedule_period"][0]["limit"]
        return call_result.SetChargingProfile(status=ChargingProfileStatus.accepted)

    @on(Action.get_configuration)
    def get_configuration(self, **_: Any) -> Any:
        """Tell little."""
        keys = [
            {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,SmartCharging"},
            {"key": "NumberOfConnectors", "readonly": True, "value": "1"},
        ]
        return call_result.GetConfiguration(configuration_key=keys, unknown_key=[])


@pytest.fixture
async def foreign(hub: Hub) -> AsyncGenerator[ForeignStation]:
    """The foreign station, connected."""
    url = f"ws://127.0.0.1:{hub.central.port}/FOREIGN"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as line:
        station = ForeignStation("FOREIGN", line)
        reading = asyncio.create_task(station.start())
        yield station
        reading.cancel()


async def test_a_session_with_a_station_of_another_make(hass: HomeAssistant, hub: Hub, foreign: ForeignStation) -> None:
    boot = call.BootNotification(charge_point_model="Model", charge_point_vendor="Vendor")
    assert (await foreign.call(boot)).status == RegistrationStatus.pending
    await confirm(hass)
    assert (await foreign.call(boot)).status == RegistrationStatus.accepted

    async def status(word: ChargePointStatus) -> None:
        error = ChargePointErrorCode.no_error
        await foreign.call(call.StatusNotification(connector_id=1, error_code=error, status=word))

    await status(ChargePointStatus.preparing)
    authorized = await foreign.call(call.Authorize(id_tag="04A2B3C4"))
    assert authorized.id_tag_info["status"] == AuthorizationStatus.accepted
    begin = datetime.now(UTC).replace(microsecond=0)
    started = await foreign.call(
        call.StartTransaction(connector_id=1, id_tag="04A2B3C4", meter_start=1000, timestamp=begin.isoformat())
    )
    assert started.transaction_id > 0
    await status(ChargePointStatus.charging)
    for step in range(1, 4):
        value = {"value": str(1000 + 500 * step), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
        at = (begin + timedelta(seconds=step)).isoformat()
        await foreign.call(
            call.MeterValues(
                connector_id=1,
                transaction_id=started.transaction_id,
                meter_value=[{"timestamp": at, "sampled_value": [value]}],
            )
        )
    await hass.async_block_till_done()
    assert state(hass, "sensor.status") == "charging"
    assert float(state(hass, "sensor.session_energy")) == pytest.approx(1.5)

    await until(lambda: hass.states.get("number.garage_limit"))
    await hass.services.async_call(
        "number", "set_value", {"entity_id": "number.garage_limit", "value": 10}, blocking=True
    )
    assert foreign.limit == 10
    end = begin + timedelta(seconds=4)
    await foreign.call(
        call.StopTransaction(meter_stop=3210, timestamp=end.isoformat(), transaction_id=started.transaction_id)
    )
    await status(ChargePointStatus.available)
    await hass.async_block_till_done()
    assert state(hass, "sensor.status") == "available"
    assert float(state(hass, "sensor.session_energy")) == pytest.approx(2.21)
    (recorded,) = await hub.ledger.transactions("FOREIGN")
    assert recorded.id == str(started.transaction_id)
    assert ledger_truth(recorded) == (1, begin, 1000, end, 3210, "Local")
