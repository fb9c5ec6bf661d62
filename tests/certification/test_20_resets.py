"""OCPP 2.0.1 and 2.1: resets of a station or an EVSE (OCPP 2.0.1 ed. 3 - B11, B12; OCPP 2.1 ed. 1 - B13)."""

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago, books_agree, until
from tests.simulator import Hardware, ManualClock, Station as Simulated


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1", clock=ManualClock(ago(100)))


@pytest.fixture
async def pair(dial: Dial) -> Simulated:
    """A station with two EVSEs."""
    return await dial(version="2.0.1", clock=ManualClock(ago(100)), hardware=Hardware(evses=2))


async def test_tc_b_20_reset_without_transaction_on_idle(station: Simulated, garage: Station) -> None:
    await garage.require().remote.reset(ResetKind.SOFT)
    await station.wait_until_booted(2)
    assert station.asked("Reset") == [{"type": "OnIdle"}]
    assert station.boots[-1]["status"] == "Accepted"


async def test_tc_b_21_reset_with_transaction_on_idle(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.start()
    await garage.require().remote.reset(ResetKind.SOFT)
    assert garage.evse(1).transaction is not None
    assert len(station.boots) == 1
    await station.stop()
    await station.unplug()
    await station.wait_until_booted(2)
    (recorded,) = await books_agree(ledger, station)
    assert recorded.reason == "Local"
    assert station.told("BootNotification")[-1]["reason"] == "ScheduledReset"


async def test_tc_b_22_reset_with_transaction_immediate(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.start()
    await garage.require().remote.reset(ResetKind.HARD)
    await station.wait_until_booted(2)
    assert station.asked("Reset") == [{"type": "Immediate"}]
    (recorded,) = await books_agree(ledger, station)
    assert recorded.reason == "ImmediateReset"
    assert garage.evse(1).transaction is None


async def test_tc_b_25_reset_evse_without_transaction(pair: Simulated, garage: Station) -> None:
    for number in (1, 2):
        await pair.present_card(f"CARD-{number}", number)
    assert [pair.connectors[number].usage is None for number in (1, 2)] == [False, False]
    await garage.require().remote.reset(ResetKind.SOFT, 1)
    await pair.settle()
    assert pair.asked("Reset") == [{"type": "OnIdle", "evseId": 1}]
    assert [pair.connectors[number].usage is None for number in (1, 2)] == [True, False], "the other one goes on"
    assert len(pair.boots) == 1


async def test_tc_b_26_reset_evse_with_transaction_on_idle(pair: Simulated, garage: Station, ledger: Ledger) -> None:
    await pair.start()
    await garage.require().remote.reset(ResetKind.SOFT, 1)
    assert pair.asked("Reset") == [{"type": "OnIdle", "evseId": 1}]
    assert garage.evse(1).transaction is not None
    await pair.stop()
    (recorded,) = await books_agree(ledger, pair)
    assert recorded.reason == "Local"
    assert len(pair.boots) == 1


async def test_tc_b_27_reset_evse_with_transaction_immediate(pair: Simulated, garage: Station, ledger: Ledger) -> None:
    await pair.start()
    await pair.start("CARD-2", connector=2)
    await garage.require().remote.reset(ResetKind.HARD, 1)
    await until(lambda: garage.evse(1).transaction is None)
    await pair.settle()
    assert pair.asked("Reset") == [{"type": "Immediate", "evseId": 1}]
    first, second = await books_agree(ledger, pair)
    assert (first.reason, second.active) == ("ImmediateReset", True)
    assert garage.evse(2).transaction is second


async def test_tc_b_104_reset_immediate_and_resume_without_transaction(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.1", clock=ManualClock(ago(100)))
    await garage.require().remote.reset(ResetKind.RESUME)
    await station.wait_until_booted(2)
    assert station.asked("Reset") == [{"type": "ImmediateAndResume"}]
    assert [told["reason"] for told in station.told("BootNotification")] == ["PowerUp", "RemoteReset"]
    assert station.boots[-1]["status"] == "Accepted"
    assert station.told("TransactionEvent") == []


async def test_tc_b_103_reset_immediate_and_resume_with_transaction(
    dial: Dial, garage: Station, ledger: Ledger
) -> None:
    resuming = {"TxCtrlr.ResumptionTimeout": "300", "TxCtrlr.AllowEnergyTransferResumption": "true"}
    station = await dial(version="2.1", clock=ManualClock(ago(100)), **resuming)
    running = await station.start()
    before = garage.evse(1).transaction
    assert before is not None
    await garage.require().remote.reset(ResetKind.RESUME)
    await station.wait_until_booted(2)
    await until(lambda: station.told("TransactionEvent")[-1]["triggerReason"] in ("TxResumed", "ChargingStateChanged"))
    await station.settle()
    assert "TxResumed" in [event["triggerReason"] for event in station.told("TransactionEvent")]
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.id, recorded.active) == (str(running.id), True)
    assert garage.evse(1).transaction is before
    assert garage.evse(1).status is Status.CHARGING
    assert station.asked("Reset") == [{"type": "ImmediateAndResume"}]
    await station.advance(60)
    await station.stop()
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy) == ("Local", running.energy)
    assert running.energy > 0


async def test_tc_b_116_reset_and_resume_with_a_charging_profile(dial: Dial, garage: Station, ledger: Ledger) -> None:
    """OCPP 2.1 ed. 1 - B13.FR.31: a station that forgets TxProfiles is told them again; the limit holds."""
    station = await dial(version="2.1", clock=ManualClock(ago(100)))
    await garage.require().configuration.read()
    running = await station.start()
    await garage.limit(garage.evse(1), "user", 8)
    before = len(station.asked("SetChargingProfile"))
    assert station.connectors[1].offered.amps == 8
    station.profiles.installed = [p for p in station.profiles.installed if p.purpose != "TxProfile"]
    await garage.require().remote.reset(ResetKind.RESUME)
    await station.wait_until_booted(2)
    await until(lambda: "TxResumed" in [event["triggerReason"] for event in station.told("TransactionEvent")])
    await until(lambda: len(station.asked("SetChargingProfile")) > before)
    await station.settle()
    again = station.asked("SetChargingProfile")[-1]["chargingProfile"]
    assert (again["chargingProfilePurpose"], again["transactionId"]) == ("TxProfile", running.id)
    station.tick()
    assert station.connectors[1].offered.amps == 8
    (recorded,) = await books_agree(ledger, station)
    assert recorded.active
