"""OCPP 2.0.1, Transactions: a car that is not ready (OCPP 2.0.1 ed. 3 - E02, E03)."""

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import NAME, Dial, Diary, ago
from tests.simulator import ManualClock, Station as Simulated
from tests.simulator.car import Car


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1", clock=ManualClock(ago(300)))


def states(station: Simulated) -> list[str]:
    """The charging states that were told."""
    infos = [event["transactionInfo"] for event in station.told("TransactionEvent")]
    return [info["chargingState"] for info in infos if "chargingState" in info]


async def test_tc_e_38_local_start_ev_not_ready(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await station.start(car=Car(soc=1.0))
    await station.advance(20)
    await station.settle()
    (recorded,) = await ledger.transactions(NAME)
    assert garage.evse(1).transaction is recorded
    assert states(station)[-1] == "SuspendedEV"
    assert diary.walk()[-1] == "SuspendedEV"
    assert "Charging" not in diary.walk()
