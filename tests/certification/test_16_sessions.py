"""OCPP 1.6, Core: charging sessions, who may charge, and what happens while the power or the network is gone."""

from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import Dial, Diary, admit, ago, books_agree, on_disk, until
from tests.simulator import ManualClock, Station as Simulated

OUTAGE = 600


async def test_tc_003_regular_session_plugin_first(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary, tmp_path: Path
) -> None:
    await station.plug_in()
    assert garage.evse(1).plugged
    assert await station.present_card("CARD-1") == "Accepted"
    assert on_disk(tmp_path) == 1, "the answer is a receipt"
    running = garage.evse(1).transaction
    assert running is not None
    assert (running.token, running.id, running.active) == ("CARD-1", str(station.record[0].id), True)
    await station.advance(60)
    assert garage.evse(1).meter.total(Quantity.POWER) == 11_040
    assert garage.evse(1).meter.total(Quantity.ENERGY_IMPORT) == running.energy == 184
    await station.stop()
    await station.unplug()
    assert diary.walk() == ["Available", "Preparing", "Charging", "Finishing", "Available"]
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy, recorded.offline) == ("Local", 184, False)
    assert {reading.context for reading in await ledger.readings(recorded)} == {"Sample.Periodic"}
    (started,), (ended,) = diary.data(Kind.SESSION_STARTED), diary.data(Kind.SESSION_ENDED)
    assert (started["transaction"], ended["energy"], ended["duration"]) == (recorded.id, 184, 60)


async def test_tc_004_1_regular_session_identification_first(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    assert await station.present_card("CARD-1") == "Accepted"
    assert (garage.evse(1).status, garage.evse(1).transaction) == (Status.PREPARING, None)
    assert diary.data(Kind.CARD_ACCEPTED) == [{"token": "CARD-1"}]
    await station.plug_in()
    assert garage.evse(1).transaction is not None
    await station.advance(30)
    await station.stop()
    await station.unplug()
    assert diary.walk() == ["Available", "Preparing", "Charging", "Finishing", "Available"]
    (recorded,) = await books_agree(ledger, station)
    assert recorded.energy == 92


async def test_tc_004_2_identification_first_connection_time_out(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    assert await station.present_card("CARD-1") == "Accepted"
    await station.advance(61)
    assert diary.walk() == ["Available", "Preparing", "Available"]
    assert (garage.evse(1).transaction, await ledger.transactions()) == (None, [])


async def test_tc_005_1_ev_side_disconnected(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await station.start()
    await station.advance(45)
    await station.unplug()
    assert diary.walk()[-3:] == ["Charging", "Finishing", "Available"]
    assert (garage.evse(1).transaction, garage.evse(1).plugged) == (None, False)
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy) == ("EVDisconnected", 138)
    assert garage.evse(1).meter.total(Quantity.POWER) in {None, 0.0}


async def test_tc_007_start_with_a_cached_id(dial: Dial, garage: Station, ledger: Ledger, diary: Diary) -> None:
    station = await dial(LocalPreAuthorize="true")
    await station.start()
    await station.advance(10)
    await station.stop()
    await station.unplug()
    await station.start()
    assert len(station.told("Authorize")) == len(diary.data(Kind.CARD_ACCEPTED)) == 1
    assert len(station.told("StartTransaction")) == 2
    first, second = await books_agree(ledger, station)
    assert (first.active, second.active) == (False, True)
    assert first.id != second.id
    assert garage.evse(1).transaction is second


# --- who may charge ---------------------------------------------------------------------------------------------------
async def refused(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> str:
    """Hold CARD to the reader; the word the station hears, after a look that nothing has begun."""
    await station.plug_in()
    status = await station.present_card("CARD")
    assert (garage.evse(1).transaction, await ledger.transactions(), station.record) == (None, [], [])
    assert diary.data(Kind.CARD_REFUSED) == [{"token": "CARD", "decision": status}]
    assert diary.walk()[-1] == "Preparing"
    return status


async def test_tc_023_1_authorize_invalid(
    station: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    admit(central, garage, OTHER=Verdict(Decision.ACCEPTED))
    assert await refused(station, garage, ledger, diary) == "Invalid"


async def test_tc_023_2_authorize_expired(
    station: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    admit(central, garage, CARD=Verdict(Decision.ACCEPTED, expires=ago(1)))
    assert await refused(station, garage, ledger, diary) == "Expired"


async def test_tc_023_3_authorize_blocked(
    station: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    admit(central, garage, CARD=Verdict(Decision.BLOCKED))
    assert await refused(station, garage, ledger, diary) == "Blocked"


async def test_tc_024_lock_failure(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await station.plug_in()
    await station.fault("ConnectorLockFailure", info="the bolt is stuck")
    assert await station.present_card("CARD-1") == "Invalid"
    evse = garage.evse(1)
    assert evse.problem is not None
    assert evse.status is Status.FAULTED
    assert (evse.problem.code, evse.problem.info) == ("ConnectorLockFailure", "the bolt is stuck")
    (fault,) = diary.data(Kind.FAULT)
    assert (fault["code"], fault["info"]) == ("ConnectorLockFailure", "the bolt is stuck")
    assert (await ledger.transactions(), evse.transaction) == ([], None)
    await station.clear_fault()
    assert garage.evse(1).status is Status.PREPARING
    assert garage.evse(1).problem is None
    assert len(diary.data(Kind.FAULT_CLEARED)) == 1


# --- without power, without network -----------------------------------------------------------------------------------
async def test_tc_032_1_power_failure_stops_the_transaction(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await station.start()
    await station.advance(50)
    await station.power_cut()
    await until(lambda: not garage.connected)
    assert [transaction.active for transaction in await ledger.transactions()] == [True]
    await station.power_on()
    assert [action for action in station.told() if "Status" not in action] == [
        *("BootNotification", "Authorize", "StartTransaction"),
        *("BootNotification", "StopTransaction"),
    ]
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy) == ("PowerLoss", 153)
    assert (garage.evse(1).transaction, garage.evse(1).previous) == (None, recorded)
    assert station.record[0].stop_answer is not None
    assert len(diary.data(Kind.BOOT)) == 2


@pytest.fixture
async def earlier(dial: Dial) -> Simulated:
    """A station that booted before an outage which ends about now."""
    return await dial(clock=ManualClock(ago(OUTAGE)))


async def test_tc_037_1_offline_start_valid_id(
    earlier: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await earlier.go_offline()
    await until(lambda: not garage.connected)
    await earlier.start("CARD-1")
    await earlier.advance(OUTAGE)
    assert await ledger.transactions() == []
    await earlier.go_online()
    (recorded,) = await books_agree(ledger, earlier)
    assert earlier.record[0].start_answer == {"transactionId": int(recorded.id), "idTagInfo": {"status": "Accepted"}}
    assert recorded.started == earlier.record[0].started
    assert (recorded.offline, recorded.active, recorded.energy) == (True, True, 1840)
    assert garage.evse(1).transaction is recorded
    assert garage.evse(1).status is Status.CHARGING
    assert [event.live for event in diary.events if event.kind is Kind.SESSION_STARTED] == [False]
    assert earlier.told().count("BootNotification") == 1
    assert garage.notices == {}


async def test_tc_037_3_offline_start_invalid_id_stop_on_invalid(
    earlier: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    admit(central, garage, OTHER=Verdict(Decision.ACCEPTED))
    await earlier.go_offline()
    await until(lambda: not garage.connected)
    await earlier.start("STRANGER")
    await earlier.advance(OUTAGE)
    await earlier.go_online()
    (recorded,) = await books_agree(ledger, earlier)
    answer = earlier.record[0].start_answer
    assert answer == {"transactionId": int(recorded.id), "idTagInfo": {"status": "Invalid"}}
    assert int(recorded.id) > 0
    assert (recorded.reason, recorded.token) == ("DeAuthorized", "STRANGER")
    assert (garage.evse(1).transaction, garage.evse(1).status) == (None, Status.FINISHING)
    refused = {"token": "STRANGER", "decision": "Invalid", "transaction": recorded.id}
    assert diary.data(Kind.CARD_REFUSED) == [refused]


async def test_tc_039_offline_transaction(earlier: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await earlier.go_offline()
    await until(lambda: not garage.connected)
    await earlier.start("CARD-1")
    await earlier.advance(OUTAGE / 2)
    await earlier.stop()
    await earlier.unplug()
    await earlier.advance(OUTAGE / 2)
    await earlier.go_online()
    (recorded,) = await books_agree(ledger, earlier)
    assert earlier.told("StopTransaction")[0]["transactionId"] == int(recorded.id)
    assert (recorded.reason, recorded.energy, recorded.offline) == ("Local", 920, True)
    assert recorded.stopped is not None
    assert recorded.started is not None
    assert recorded.stopped - recorded.started == timedelta(seconds=OUTAGE / 2)
    assert len(await ledger.readings(recorded)) >= len(earlier.record[0].samples) == 5
    assert (garage.evse(1).transaction, garage.evse(1).previous) == (None, recorded)
    assert garage.evse(1).status is Status.AVAILABLE
    assert {event.live for event in diary.events if event.kind in {Kind.SESSION_STARTED, Kind.SESSION_ENDED}} == {False}
