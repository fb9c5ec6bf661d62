"""A whole session on OCPP 1.6 in a real Home Assistant: from the first call to the Energy dashboard's numbers."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
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
from pytest_homeassistant_custom_component.components.recorder.common import do_adhoc_statistics
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, simulated, until
from tests.simulator import ManualClock

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")


@pytest.fixture
async def hub(recorder_mock: Recorder, hass: HomeAssistant, socket_enabled: None) -> Hub:
    """A hub without stations, every change of which is written at once."""
    return await set_up(hass, hub_entry(options={CONF_PUBLISH_INTERVAL: 0}))


async def confirm(hass: HomeAssistant, hub: Hub, identity: str) -> None:
    """Confirm the card of a station that has called."""

    def cards() -> list[Any]:
        flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        return [flow for flow in flows if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY]

    await until(cards)
    result = await hass.config_entries.flow.async_configure(cards()[0]["flow_id"], {"name": "Garage"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "station_added")
    await hass.async_block_till_done()
    assert identity.casefold() in hub.stations


def state(hass: HomeAssistant, entity: str) -> str:
    """The state of an entity of the garage."""
    domain, _, key = entity.partition(".")
    found = hass.states.get(f"{domain}.garage_{key}")
    assert found is not None, entity
    return found.state


async def energy_in_statistics(hass: HomeAssistant, begin: datetime) -> float:
    """What the long-term statistics say was charged, in Wh."""
    instance = get_instance(hass)
    await instance.async_block_till_done()
    first = begin.replace(minute=begin.minute // 5 * 5, second=0, microsecond=0)
    for minutes in (0, 5):
        do_adhoc_statistics(hass, start=first + timedelta(minutes=minutes))
    await instance.async_block_till_done()
    entity = "sensor.garage_energy"
    rows = await instance.async_add_executor_job(
        statistics_during_period, hass, first, None, {entity}, "5minute", {"energy": "Wh"}, {"sum"}
    )
    total = rows[entity][-1]["sum"]
    assert total is not None
    return total


async def test_a_session_from_the_first_call_to_the_energy_dashboard(hass: HomeAssistant, hub: Hub) -> None:
    begin = datetime.now(UTC)
    clock = ManualClock(begin - timedelta(seconds=100))
    garage = simulated(hub.entry, "GARAGE", clock=clock, MeterValueSampleInterval="10")

    async def pass_time(seconds: float) -> None:
        await garage.advance(seconds)
        await hass.async_block_till_done()

    async with garage:
        assert garage.boots[-1]["status"] == "Pending"
        await confirm(hass, hub, "GARAGE")
        await garage.boot()
        assert garage.boots[-1]["status"] == "Accepted"
        await garage.plug_in()
        await hass.async_block_till_done()
        assert state(hass, "sensor.status") == "preparing"
        assert state(hass, "binary_sensor.plugged_in") == "on"

        assert await garage.present_card("04A2B3C4") == "Accepted"
        await pass_time(30)
        assert state(hass, "sensor.status") == "charging"
        assert state(hass, "binary_sensor.charging") == "on"
        assert float(state(hass, "sensor.power")) == pytest.approx(11_040)

        await hass.services.async_call(
            "number", "set_value", {"entity_id": "number.garage_limit", "value": 8}, blocking=True
        )
        await pass_time(60)
        assert state(hass, "sensor.confirmed_limit") == "8.0"
        assert float(state(hass, "sensor.power")) == pytest.approx(8 * 230 * 3)
        assert garage.connectors[1].transaction is not None
        assert float(state(hass, "sensor.session_energy")) * 1000 == pytest.approx(
            garage.connectors[1].meter.register - garage.record[0].meter_start, abs=20
        )

        transaction = await garage.stop()
        await garage.unplug()
        await pass_time(2)
        assert state(hass, "sensor.status") == "available"
        assert float(state(hass, "sensor.session_energy")) * 1000 == pytest.approx(transaction.energy, abs=1)

    assert garage.violations == []
    assert [ledger_truth(one) for one in await hub.ledger.transactions("GARAGE")] == [transaction.truth]
    assert await energy_in_statistics(hass, begin) == pytest.approx(transaction.energy, abs=1)


def ledger_truth(transaction: Transaction) -> tuple[Any, ...]:
    """A transaction of the ledger in the words of the simulated station's own record."""
    return (
        transaction.connector if transaction.evse == 1 else transaction.evse,
        transaction.started,
        transaction.meter_start,
        transaction.stopped,
        transaction.meter_stop,
        transaction.reason,
    )


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


async def test_the_same_session_with_a_station_of_another_make(
    hass: HomeAssistant, hub: Hub, foreign: ForeignStation
) -> None:
    boot = call.BootNotification(charge_point_model="Model", charge_point_vendor="Vendor")
    assert (await foreign.call(boot)).status == RegistrationStatus.pending
    await confirm(hass, hub, "FOREIGN")
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
