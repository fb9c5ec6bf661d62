"""OCPP 2.0.1, Meter Values (OCPP 2.0.1 ed. 3 - J01 to J03)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.meter import Location, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago, books_agree
from tests.simulator import ManualClock, Station as Simulated
from tests.simulator.clock import stamp

REGISTER = "Energy.Active.Import.Register"
ALIGNED = {"AlignedDataCtrlr.Interval": "60", "SampledDataCtrlr.TxUpdatedInterval": "0"}
SAMPLED = {"SampledDataCtrlr.TxUpdatedInterval": "10"}
SIGNATURE = {"signedMeterData": "c2lnbmVk", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": "a2V5"}


@pytest.fixture
async def aligned(dial: Dial) -> Simulated:
    """A station that tells its meter every full minute."""
    return await dial(version="2.0.1", clock=ManualClock(ago(200)), **ALIGNED)


@pytest.fixture
async def sampling(dial: Dial) -> Simulated:
    """A station that tells its meter every ten seconds of a transaction."""
    return await dial(version="2.0.1", clock=ManualClock(ago(200)), **SAMPLED)


def register(garage: Station) -> Reading:
    """The newest reading of the meter of the first EVSE."""
    return garage.evse(1).meter.readings[Quantity.ENERGY_IMPORT, None, Location.OUTLET]


def contexts(told: list[Any]) -> list[str]:
    """The contexts of everything that was measured, in order."""
    buckets = [bucket for payload in told for bucket in payload.get("meterValue", ())]
    return [sample["context"] for bucket in buckets for sample in bucket["sampledValue"]]


def events(station: Simulated, kind: str) -> list[Any]:
    """The TransactionEvents of one kind the station sent."""
    return [event for event in station.told("TransactionEvent") if event["eventType"] == kind]


def signed(station: Simulated, context: str, value: float) -> dict[str, Any]:
    """A signed reading of the meter."""
    sample = {"value": value, "context": context, "measurand": REGISTER, "signedMeterValue": SIGNATURE}
    return {"timestamp": stamp(station.clock.now()), "sampledValue": [sample]}


async def test_tc_j_01_clock_aligned_meter_values_no_transaction_ongoing(aligned: Simulated, garage: Station) -> None:
    await aligned.advance(120)
    told = [payload for payload in aligned.told("MeterValues") if payload["evseId"] == 1]
    assert contexts(told) == ["Sample.Clock"] * 2
    assert (register(garage).value, register(garage).context) == (0, "Sample.Clock")
    assert register(garage).at.second == 0
    assert garage.evse(1).transaction is None


async def test_tc_j_02_clock_aligned_meter_values_transaction_ongoing(
    aligned: Simulated, garage: Station, ledger: Ledger
) -> None:
    running = await aligned.start()
    await aligned.advance(120)
    told = [event for event in events(aligned, "Updated") if event["triggerReason"] == "MeterValueClock"]
    assert contexts(told) == ["Sample.Clock"] * 2
    assert register(garage).context == "Sample.Clock"
    recorded = garage.evse(1).transaction
    assert recorded is not None
    assert recorded.id == running.id
    found = [reading for reading in await ledger.readings(recorded) if reading.context == "Sample.Clock"]
    assert len(found) == 2
    assert found[-1].value == register(garage).value > 0


async def test_tc_j_03_clock_aligned_meter_values_ended(aligned: Simulated, ledger: Ledger) -> None:
    running = await aligned.start()
    await aligned.advance(60)
    clock = {"value": 150.0, "context": "Sample.Clock", "measurand": REGISTER}
    running.data.append({"timestamp": stamp(aligned.clock.now()), "sampledValue": [clock]})
    await aligned.advance(60)
    await aligned.stop()
    await aligned.unplug()
    (ended,) = events(aligned, "Ended")
    assert "Sample.Clock" in contexts([ended])
    (recorded,) = await books_agree(ledger, aligned)
    assert [reading.value for reading in await ledger.readings(recorded) if reading.value == 150.0] == [150.0]


async def test_tc_j_04_clock_aligned_meter_values_signed(aligned: Simulated, garage: Station) -> None:
    await aligned.advance(150)
    bucket = signed(aligned, "Sample.Clock", 1200.0)
    assert await aligned.send("MeterValues", {"evseId": 1, "meterValue": [bucket]}) == {}
    assert (register(garage).value, register(garage).signed) == (1200, "c2lnbmVk")
    plain = {"timestamp": stamp(aligned.clock.now()), "sampledValue": [{"value": 1250.0, "context": "Sample.Clock"}]}
    assert await aligned.send("MeterValues", {"evseId": 1, "meterValue": [plain]}) == {}
    assert (register(garage).value, register(garage).signed) == (1250, None)


async def test_tc_j_07_sampled_meter_values_started_evse_known(
    sampling: Simulated, garage: Station, ledger: Ledger
) -> None:
    await sampling.start()
    (started,) = events(sampling, "Started")
    assert started["evse"] == {"id": 1, "connectorId": 1}
    assert contexts([started]) == ["Transaction.Begin"]
    (recorded,) = await ledger.transactions(garage.name)
    assert (recorded.evse, recorded.meter_start) == (1, 0)


async def test_tc_j_08_sampled_meter_values_begin_evse_not_known(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1", **SAMPLED)
    begun = stamp(station.clock.now())
    bucket = {"timestamp": begun, "sampledValue": [{"value": 40.0, "context": "Transaction.Begin"}]}
    started = {
        "eventType": "Started",
        "timestamp": begun,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "tx-8", "chargingState": "Idle"},
        "idToken": {"idToken": "CARD-1", "type": "ISO14443"},
    }
    assert (await station.send("TransactionEvent", started))["idTokenInfo"]["status"] == "Accepted"
    updated = {
        "eventType": "Updated",
        "timestamp": begun,
        "triggerReason": "CablePluggedIn",
        "seqNo": 1,
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": [bucket],
        "transactionInfo": {"transactionId": "tx-8", "chargingState": "EVConnected"},
    }
    await station.send("TransactionEvent", updated)
    (recorded,) = await ledger.transactions(garage.name)
    assert (recorded.id, recorded.evse, recorded.token, recorded.meter_start) == ("tx-8", 1, "CARD-1", 40)
    assert garage.evse(1).transaction is recorded
    (reading,) = await ledger.readings(recorded)
    assert (reading.value, reading.context) == (40, "Transaction.Begin")


async def test_tc_j_09_sampled_meter_values_updated(sampling: Simulated, garage: Station, ledger: Ledger) -> None:
    """J02.FR.19: each of them is answered."""
    await sampling.start()
    await sampling.advance(30)
    told = [event for event in events(sampling, "Updated") if event["triggerReason"] == "MeterValuePeriodic"]
    assert len(told) == 3
    assert all(request.answer is not None for request in sampling.requests if request.payload in told)
    assert set(contexts(told)) == {"Sample.Periodic"}
    assert garage.evse(1).meter.total(Quantity.POWER) == pytest.approx(16 * 230 * 3, abs=1)
    recorded = garage.evse(1).transaction
    assert recorded is not None
    energies = [
        reading.value
        for reading in await ledger.readings(recorded)
        if reading.quantity is Quantity.ENERGY_IMPORT and reading.context == "Sample.Periodic"
    ]
    assert energies == [pytest.approx(11_040 * seconds / 3600, abs=1) for seconds in (10, 20, 30)]


async def test_tc_j_10_sampled_meter_values_ended(sampling: Simulated, ledger: Ledger) -> None:
    await sampling.start()
    await sampling.advance(30)
    await sampling.stop()
    await sampling.unplug()
    (ended,) = events(sampling, "Ended")
    assert contexts([ended])[0] == "Transaction.Begin"
    assert contexts([ended])[-1] == "Transaction.End"
    (recorded,) = await books_agree(ledger, sampling)
    assert recorded.energy == pytest.approx(11_040 * 30 / 3600, abs=1)


async def test_tc_j_11_sampled_meter_values_signed(sampling: Simulated, garage: Station, ledger: Ledger) -> None:
    running = await sampling.start()
    await sampling.advance(155)
    payload = {
        "eventType": "Updated",
        "timestamp": stamp(sampling.clock.now()),
        "triggerReason": "SignedDataReceived",
        "seqNo": running.seq,
        "transactionInfo": {"transactionId": running.id},
        "meterValue": [signed(sampling, "Sample.Periodic", 600.0)],
    }
    running.seq += 1
    assert await sampling.send("TransactionEvent", payload) == {}
    assert (register(garage).value, register(garage).signed) == (600, "c2lnbmVk")
    recorded = garage.evse(1).transaction
    assert recorded is not None
    told = [(reading.value, reading.signed) for reading in await ledger.readings(recorded) if reading.signed]
    assert told == [(600, "c2lnbmVk")]
