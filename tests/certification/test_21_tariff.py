"""OCPP 2.1, Tariff and Cost (OCPP 2.1 ed. 1 - I07 to I12)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.blocks import TariffAssignment, Tariffs
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, books_agree
from tests.simulator import Oddities, Station as Simulated
from tests.simulator.clock import stamp

NIGHT = {"startTimeOfDay": "22:00", "endTimeOfDay": "06:00"}
TARIFF: dict[str, Any] = {
    "tariffId": "T1",
    "currency": "EUR",
    "energy": {"prices": [{"priceKwh": 0.2, "conditions": NIGHT}, {"priceKwh": 0.3}]},
}
ASSIGNED = TariffAssignment("T1", "DefaultTariff", (1,))


def tariffs(garage: Station) -> Tariffs:
    """The commands for tariffs."""
    found = garage.require().tariffs
    assert found is not None
    return found


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.1")


async def test_tc_i_101_set_default_tariff_time_of_day(station: Simulated, garage: Station) -> None:
    await tariffs(garage).set_default(1, TARIFF)
    assert station.asked("SetDefaultTariff") == [{"evseId": 1, "tariff": TARIFF}]
    assert await tariffs(garage).installed() == [ASSIGNED]


async def refused(dial: Dial, garage: Station, word: str) -> None:
    """Install a tariff in vain."""
    station = await dial(version="2.1", oddities=Oddities(answers={"SetDefaultTariff": {"status": word}}))
    with pytest.raises(Refused) as refusal:
        await tariffs(garage).set_default(0, TARIFF)
    assert refusal.value.status == word
    assert station.asked("SetDefaultTariff") == [{"evseId": 0, "tariff": TARIFF}]
    assert await tariffs(garage).installed() == []


async def test_tc_i_102_set_default_tariff_max_elements(dial: Dial, garage: Station) -> None:
    await refused(dial, garage, "TooManyElements")


async def test_tc_i_105_set_default_tariff_conditions_not_supported(dial: Dial, garage: Station) -> None:
    await refused(dial, garage, "ConditionNotSupported")


@pytest.mark.parametrize("word", ["Rejected", "DuplicateTariffId"])
async def test_tc_i_106_set_default_tariff_validations(dial: Dial, garage: Station, word: str) -> None:
    await refused(dial, garage, word)


async def test_tc_i_110_clear_default_tariff(station: Simulated, garage: Station) -> None:
    await tariffs(garage).set_default(0, TARIFF)
    await tariffs(garage).clear(["T1"])
    assert station.asked("ClearTariffs") == [{"tariffIds": ["T1"]}]
    assert await tariffs(garage).installed() == []
    await tariffs(garage).clear(evse=1)
    assert station.asked("ClearTariffs")[-1] == {"evseId": 1}


async def unchanged(dial: Dial, garage: Station, word: str) -> None:
    """Change the tariff of a transaction in vain."""
    station = await dial(version="2.1", oddities=Oddities(answers={"ChangeTransactionTariff": {"status": word}}))
    running = await station.start()
    with pytest.raises(Refused) as refusal:
        await tariffs(garage).change(running.id, TARIFF)
    assert refusal.value.status == word
    assert station.asked("ChangeTransactionTariff") == [{"transactionId": running.id, "tariff": TARIFF}]
    assert garage.evse(1).transaction is not None


async def test_tc_i_113_change_transaction_tariff_max_elements(dial: Dial, garage: Station) -> None:
    await unchanged(dial, garage, "TooManyElements")


async def test_tc_i_114_change_transaction_tariff_conditions_not_supported(dial: Dial, garage: Station) -> None:
    await unchanged(dial, garage, "ConditionNotSupported")


async def test_tc_i_115_change_transaction_tariff_conditions_supported(
    station: Simulated, garage: Station, ledger: Ledger
) -> None:
    await tariffs(garage).set_default(0, TARIFF)
    running = await station.start()
    changed = TARIFF | {"tariffId": "T2"}
    await tariffs(garage).change(running.id, changed)
    await station.settle()
    assert station.asked("ChangeTransactionTariff") == [{"transactionId": running.id, "tariff": changed}]
    told = [event for event in station.told("TransactionEvent") if event["triggerReason"] == "TariffChanged"]
    assert [event["transactionInfo"]["tariffId"] for event in told] == ["T2"]
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.id == running.id


async def test_tc_i_122_cost_details_of_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    running = await station.start()
    await station.advance(60)
    total = {"currency": "EUR", "typeOfCost": "NormalCost", "total": {"exclTax": 0.06, "inclTax": 0.07}}
    usage = {"energy": 184.0, "chargingTime": 60, "idleTime": 0}
    event = {
        "eventType": "Updated",
        "timestamp": stamp(station.clock.now()),
        "triggerReason": "RunningCost",
        "seqNo": running.seq,
        "transactionInfo": {"transactionId": running.id},
        "costDetails": {"totalCost": total, "totalUsage": usage},
    }
    running.seq += 1
    assert await station.send("TransactionEvent", event) == {}
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.id == running.id
