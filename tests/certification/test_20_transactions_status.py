"""OCPP 2.0.1, Transactions: what a station says of one, and of what it has not told yet (OCPP 2.0.1 ed. 3 - E14)."""

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.transaction_status import Progress
from tests.certification.stage import NAME, Dial, ago, books_agree
from tests.simulator import ManualClock, Station as Simulated


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1", clock=ManualClock(ago(300)), **{"SampledDataCtrlr.TxUpdatedInterval": "20"})


async def progress(garage: Station, transaction: str | None = None) -> Progress:
    """How far the station says it is."""
    remote = garage.require().remote
    assert isinstance(remote, Remote)
    return await remote.progress(transaction)


async def test_tc_e_29_status_ongoing_with_message_in_queue(
    station: Simulated, garage: Station, ledger: Ledger
) -> None:
    running = await station.start()
    await station.hold_back()
    await station.advance(60)
    assert await progress(garage, str(running.id)) == Progress(ongoing=True, queued=True)
    assert station.asked("GetTransactionStatus") == [{"transactionId": running.id}]
    (recorded,) = await ledger.transactions(NAME)
    before = recorded.meter_last
    await station.let_go()
    assert recorded.active
    assert before != recorded.meter_last == running.samples[-1].register


async def test_tc_e_30_status_ongoing_without_message_in_queue(
    station: Simulated, garage: Station, ledger: Ledger
) -> None:
    running = await station.start()
    assert await progress(garage, str(running.id)) == Progress(ongoing=True, queued=False)
    assert station.asked("GetTransactionStatus") == [{"transactionId": running.id}]
    assert [known.active for known in await ledger.transactions(NAME)] == [True]


async def test_tc_e_31_status_ended_with_message_in_queue(station: Simulated, garage: Station, ledger: Ledger) -> None:
    running = await station.start()
    await station.advance(60)
    await station.hold_back()
    await station.stop()
    found = await progress(garage, str(running.id))
    assert (found, found.over) == (Progress(ongoing=False, queued=True), False)
    assert [known.active for known in await ledger.transactions(NAME)] == [True]
    await station.let_go()
    found = await progress(garage, str(running.id))
    assert (found, found.over) == (Progress(ongoing=False, queued=False), True)
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.active, recorded.reason) == (False, "Local")


async def test_tc_e_33_status_without_id_with_message_in_queue(
    station: Simulated, garage: Station, ledger: Ledger
) -> None:
    await station.start()
    await station.hold_back()
    await station.stop()
    await station.unplug()
    assert await progress(garage) == Progress(ongoing=None, queued=True)
    assert station.asked("GetTransactionStatus") == [{}]
    await station.let_go()
    assert await progress(garage) == Progress(ongoing=None, queued=False)
    assert [known.active for known in await books_agree(ledger, station)] == [False]


async def test_tc_e_34_status_without_id_without_message_in_queue(station: Simulated, garage: Station) -> None:
    await station.start()
    assert await progress(garage) == Progress(ongoing=None, queued=False)
    assert station.asked("GetTransactionStatus") == [{}]
