"""OCPP 2.1, Transactions that go on after a loss of power (OCPP 2.1 ed. 1 - E17)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.charging import TX, charging, profile
from tests.certification.stage import NAME, Dial, Diary, ago, books_agree, until
from tests.simulator import ManualClock, Station as Simulated

KEYS = {"TxCtrlr.ResumptionTimeout": "300", "SampledDataCtrlr.TxUpdatedInterval": "10"}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.1", clock=ManualClock(ago(900)), **KEYS)


async def dark(station: Simulated, seconds: float) -> None:
    """The power goes, and comes back so much later."""
    await station.power_cut()
    await station.advance(seconds)
    await station.power_on()
    await station.settle()


def resumed(station: Simulated) -> list[dict[str, Any]]:
    """What was told of transactions that went on."""
    events = station.told("TransactionEvent")
    return [event["transactionInfo"] for event in events if event["triggerReason"] == "TxResumed"]


async def test_tc_e_113_resuming_within_the_timeout(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    running = await station.start()
    await station.advance(60)
    await dark(station, 60)
    assert resumed(station) == [{"transactionId": running.id, "chargingState": "Charging"}]
    assert [boot["status"] for boot in station.boots] == ["Accepted", "Accepted"]
    (recorded,) = await ledger.transactions(NAME)
    assert (recorded.id, recorded.active) == (running.id, True)
    assert garage.evse(1).transaction is recorded
    assert garage.evse(1).status is Status.CHARGING
    await station.advance(60)
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy) == ("Local", running.energy)
    assert [event["seqNo"] for event in station.told("TransactionEvent")] == list(range(running.seq))
    assert "events missing" not in garage.counters


async def test_a_longer_loss_of_power_ends_the_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """E17.FR.21."""
    await station.start()
    await dark(station, 301)
    (recorded,) = await books_agree(ledger, station)
    assert (resumed(station), recorded.reason, garage.evse(1).transaction) == ([], "PowerLoss", None)


async def test_tc_e_117_charging_profile_after_resuming(station: Simulated, garage: Station) -> None:
    """E17.FR.15."""
    running = await station.start()
    own = profile(41, TX, (0, 8))
    await charging(garage).set_profile(1, own)
    await station.advance(20)
    assert station.connectors[1].offered.amps == 8
    await dark(station, 60)
    assert resumed(station) == [{"transactionId": running.id, "chargingState": "Charging"}]
    await until(lambda: len(station.asked("SetChargingProfile")) == 2)
    first, again = station.asked("SetChargingProfile")
    assert again == first == {"evseId": 1, "chargingProfile": own | {"transactionId": running.id}}
    await station.settle()
    await station.advance(20)
    assert station.connectors[1].offered.amps == 8
