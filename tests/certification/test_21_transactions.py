"""OCPP 2.1, Transactions: limits of cost, energy and time (OCPP 2.1 ed. 1 - E16)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.blocks import Sessions
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.session_limit import NO_LIMIT, SessionLimit, SessionLimits
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.stage import NAME, Dial, ago, books_agree, until
from tests.simulator import ManualClock, Station as Simulated

PRICE = 0.5
KEYS = {
    "TxCtrlr.TxStopPoint": "EVConnected",
    "SampledDataCtrlr.TxUpdatedInterval": "10",
    "TariffCostCtrlr.Enabled.Tariff": "false",
}


@pytest.fixture
async def station(dial: Dial, garage: Station) -> Simulated:
    """A station whose car charges with 11 kW; only here it is known what that costs."""
    garage.cost = lambda transaction: round((transaction.energy or 0.0) / 1000 * PRICE, 4)
    return await modern(dial, garage)


async def modern(dial: Dial, garage: Station, **keys: str) -> Simulated:
    station = await dial(version="2.1", clock=ManualClock(ago(600)), **KEYS | keys)
    await garage.require().configuration.read(["TxCtrlr.SupportedLimits", "TariffCostCtrlr.Enabled[Tariff]"])
    await station.start()
    return station


def sessions(garage: Station) -> Sessions:
    """The command for limits."""
    found = garage.require().sessions
    assert found is not None
    return found


def limits(garage: Station) -> SessionLimits:
    """What is known of the limits of the session."""
    running = garage.evse(1).transaction
    assert running is not None
    return garage.session_limits[running.id]


async def limited(station: Simulated, garage: Station, limit: SessionLimit) -> None:
    """State a limit, and see it confirmed."""
    running = garage.evse(1).transaction
    assert running is not None
    await sessions(garage).limit(running.id, limit)
    await station.settle()
    await station.advance(1)
    await until(lambda: limits(garage).reported == limit)


def told(station: Simulated, why: str) -> list[dict[str, Any]]:
    """What was told of the transaction for this reason."""
    return [event["transactionInfo"] for event in station.told("TransactionEvent") if event["triggerReason"] == why]


def given(station: Simulated) -> list[dict[str, Any]]:
    """The limits in the answers to TransactionEvent."""
    answers = [told.answer or {} for told in station.requests if told.action == "TransactionEvent"]
    return [answer["transactionLimit"] for answer in answers if "transactionLimit" in answer]


async def reached(station: Simulated, garage: Station, ledger: Ledger, name: str, why: str, seconds: float) -> None:
    """The energy stops with the limit, and the transaction goes on; it ends as ever."""
    assert told(station, why) == []
    await station.advance(seconds)
    await until(lambda: limits(garage).reached == name)
    assert [info["chargingState"] for info in told(station, why)] == ["SuspendedEVSE"]
    assert garage.evse(1).status is Status.SUSPENDED_EVSE
    assert station.connectors[1].offered.amps == 0
    (recorded,) = await ledger.transactions(NAME)
    assert recorded.active
    await station.stop()
    await station.unplug()
    await books_agree(ledger, station)
    assert garage.session_limits == {}


async def test_tc_e_102_both_specify_limits(station: Simulated, garage: Station) -> None:
    """E16.FR.08: the lower limit of the driver stays; a lower one of ours is told, once."""
    await station.limit_transaction(maxEnergy=300)
    await until(lambda: limits(garage).reported == SessionLimit(energy=300))
    running = garage.evse(1).transaction
    assert running is not None
    await sessions(garage).limit(running.id, SessionLimit(energy=500))
    await station.advance(30)
    assert (given(station), limits(garage).reported) == ([], SessionLimit(energy=300))
    await limited(station, garage, SessionLimit(energy=200))
    await station.advance(30)
    assert given(station) == [{"maxEnergy": 200}]
    assert [info["transactionLimit"] for info in told(station, "LimitSet")] == [{"maxEnergy": 300}, {"maxEnergy": 200}]


async def test_tc_e_106_station_specifies_energy_limit(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.limit_transaction(maxEnergy=200)
    await until(lambda: limits(garage).reported == SessionLimit(energy=200))
    await reached(station, garage, ledger, "energy", "EnergyLimitReached", 90)
    assert given(station) == []


async def test_tc_e_107_station_specifies_time_limit(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.limit_transaction(maxTime=60)
    await until(lambda: limits(garage).reported == SessionLimit(time=60))
    await reached(station, garage, ledger, "time", "TimeLimitReached", 61)
    assert given(station) == []


async def test_tc_e_108_station_calculates_costs_and_specifies_limit(
    dial: Dial, garage: Station, ledger: Ledger
) -> None:
    station = await modern(dial, garage, **{"TariffCostCtrlr.Enabled.Tariff": "true"})
    tariff = {"tariffId": "HOME", "currency": "EUR", "energy": {"prices": [{"priceKwh": PRICE}]}}
    tariffs = garage.require().tariffs
    assert tariffs is not None
    await tariffs.set_default(1, tariff)
    await station.limit_transaction(maxCost=0.1)
    await until(lambda: limits(garage).reported == SessionLimit(cost=0.1))
    await reached(station, garage, ledger, "cost", "CostLimitReached", 90)
    assert all("totalCost" not in (told.answer or {}) for told in station.requests)


async def test_tc_e_109_cost_limit_of_ours_with_our_costs(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """E16.FR.11: the cost comes with every answer, so that the station can hold to the limit."""
    await limited(station, garage, SessionLimit(cost=0.1))
    assert given(station) == [{"maxCost": 0.1}]
    await reached(station, garage, ledger, "cost", "CostLimitReached", 90)
    assert station.record[0].total_cost == round(station.record[0].energy / 1000 * PRICE, 4) >= 0.1


async def test_tc_e_110_energy_limit_of_ours(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await limited(station, garage, SessionLimit(energy=200))
    assert given(station) == [{"maxEnergy": 200}]
    await station.advance(90)
    await until(lambda: limits(garage).reached == "energy")
    assert garage.evse(1).status is Status.SUSPENDED_EVSE
    await limited(station, garage, SessionLimit(energy=400))  # E16.FR.14
    await station.advance(2)
    await until(lambda: garage.evse(1).status is Status.CHARGING)
    assert limits(garage).reached is None
    await station.advance(90)
    await until(lambda: limits(garage).reached == "energy")
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.energy is not None
    assert 400 <= recorded.energy <= 404


async def test_tc_e_111_time_limit_of_ours(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await limited(station, garage, SessionLimit(time=60))
    assert given(station) == [{"maxTime": 60}]
    await reached(station, garage, ledger, "time", "TimeLimitReached", 61)


async def test_a_start_by_command_brings_its_limit_along(dial: Dial, garage: Station) -> None:
    """F07.FR.01, F07.FR.02: the first answer tells it."""
    station = await dial(version="2.1", clock=ManualClock(ago(600)), **KEYS)
    await garage.require().configuration.read(["TxCtrlr.SupportedLimits"])
    await station.plug_in()
    await sessions(garage).start(1, Token("CARD-1"), SessionLimit(energy=200))
    await until(lambda: garage.evse(1).transaction)
    await station.settle()
    first = next(told for told in station.requests if told.action == "TransactionEvent")
    assert first.payload["eventType"] == "Started"
    assert first.answer is not None
    assert first.answer["transactionLimit"] == {"maxEnergy": 200}
    await station.advance(1)
    await until(lambda: limits(garage).reported == SessionLimit(energy=200))
    assert limits(garage).wished == SessionLimit(energy=200) != NO_LIMIT
