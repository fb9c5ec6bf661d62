"""What the Energy dashboard makes of the states."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    do_adhoc_statistics,
)

from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.platforms.conftest import Build
from tests.platforms.station import connect, entity_id, measure

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def test_two_sessions_are_counted_to_the_watt_hour_though_the_second_begins_above_the_end_of_the_first(
    recorder_mock: Recorder, hass: HomeAssistant, build: Build, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    station = (await build()).stations["cp1"]
    connect(station)
    evse = station.evse(1)
    measure(station, evse, Reading(Quantity.ENERGY_IMPORT, 1000, START))
    await hass.async_block_till_done()

    register = 1000.0
    for number, steps in enumerate(((0, 250, 500), (900, 1400, 2001))):
        begun = register
        for step, energy in enumerate(steps):
            now = START + timedelta(seconds=60 * (3 * number + step) + 10)
            freezer.move_to(now)
            if step == 0:
                evse.transaction = Transaction(str(number), "CP1", 1, 1, None, now, begun, meter_last=begun + energy)
            assert evse.transaction is not None
            register = evse.transaction.meter_last = begun + energy
            measure(station, evse, Reading(Quantity.ENERGY_IMPORT, register, now))
            await hass.async_block_till_done()
        evse.previous, evse.transaction = evse.transaction, None

    await async_recorder_block_till_done(hass)
    freezer.move_to(START + timedelta(minutes=10))
    for five in (0, 5):
        do_adhoc_statistics(hass, start=START + timedelta(minutes=five))
    await async_recorder_block_till_done(hass)
    ids = {entity_id(hass, "sensor", "cp1_1_session_energy"), entity_id(hass, "sensor", "cp1_1_energy")}
    sums = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, START, None, ids, "5minute", {"energy": "Wh"}, {"sum"}
    )
    assert {name: round(rows[-1]["sum"] or 0) for name, rows in sums.items()} == dict.fromkeys(ids, 2501)
