"""OCPP 2.0.1, Tariff and Cost (OCPP 2.0.1 ed. 3 - I02, I03)."""

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.blocks import Costs
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, books_agree


def costs(garage: Station) -> Costs:
    """The commands for costs."""
    found = garage.require().costs
    assert found is not None
    return found


async def test_tc_i_01_running_total_cost_during_charging(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1")
    running = await station.start()
    await station.advance(60)
    await costs(garage).cost(running.id, 1.25)
    assert station.asked("CostUpdated") == [{"transactionId": running.id, "totalCost": 1.25}]
    assert running.total_cost == 1.25


async def test_tc_i_02_final_total_cost_after_charging(dial: Dial, garage: Station, ledger: Ledger) -> None:
    garage.cost = lambda transaction: None if transaction.meter_stop is None else 3.75
    station = await dial(version="2.0.1")
    running = await station.start()
    await station.advance(60)
    await station.stop()
    await station.unplug()
    (ended,) = [told for told in station.requests if told.payload.get("eventType") == "Ended"]
    assert ended.answer is not None
    assert ended.answer["totalCost"] == 3.75
    others = [told for told in station.requests if told.action == "TransactionEvent" and told is not ended]
    assert others != []
    assert [told.answer for told in others if "totalCost" in (told.answer or {})] == [], "it is not known before"
    assert running.total_cost == 3.75
    (recorded,) = await books_agree(ledger, station)
    assert recorded.stopped is not None
