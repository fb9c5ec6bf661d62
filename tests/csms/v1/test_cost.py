"""What a session costs, in the messages of the application note on California pricing."""

from datetime import timedelta
import json
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.cost import Costs
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Peer
from tests.csms.stage import NOW

VENDOR = "org.openchargealliance.costmsg"
PRICE = Price.of(NOW, "EUR", "0.3")


@pytest.fixture
def costs(station: Station, peer: Peer, call: Caller) -> Costs:
    peer.answers |= {name: {"status": "Accepted"} for name in ("DataTransfer", "ChangeConfiguration")}
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    station.household.pricing = Pricing(PRICE)
    return Costs(call)


def sent(peer: Peer) -> list[tuple[str, dict[str, Any]]]:
    """The messages of the note: their names and what they hold."""
    told = peer.told("DataTransfer")
    assert {payload["vendorId"] for payload in told} <= {VENDOR}
    return [(payload["messageId"], json.loads(payload["data"])) for payload in told]


@pytest.mark.parametrize(("value", "shown"), [("true", True), ("false", False), (None, False)])
def test_a_station_shows_costs_when_it_says_so(costs: Costs, station: Station, value: str | None, shown: bool) -> None:
    station.variables.put(Variable(VariableKey("", "CustomDisplayCostAndPrice"), value))
    assert (costs.shown, costs.final) == (shown, True)


async def test_what_a_running_session_costs_is_told_with_where_its_meter_is(
    costs: Costs, station: Station, peer: Peer
) -> None:
    running = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 1000.0))
    await costs.cost(running.id, 0.0)
    later = NOW + timedelta(minutes=10)
    station.ledger.read(running, [Reading(Quantity.ENERGY_IMPORT, 3500.4, later)])
    station.evse(1).status = Status.SUSPENDED_EV
    station.household.pricing = Pricing(Price(NOW, "EUR", None))
    await costs.cost(running.id, 0.75)
    first = {"timestamp": "2026-06-01T12:00:00Z", "meterValue": 1000, "cost": 0.0, "state": "Charging"}
    second = {"timestamp": "2026-06-01T12:10:00Z", "meterValue": 3500, "cost": 0.75, "state": "Idle"}
    assert sent(peer) == [
        ("RunningCost", {"transactionId": int(running.id)} | first | {"chargingPrice": {"kWhPrice": 0.3}}),
        ("RunningCost", {"transactionId": int(running.id)} | second | {"chargingPrice": {}}),
    ]


async def test_what_a_session_has_cost_is_told_at_its_end(costs: Costs, station: Station, peer: Peer) -> None:
    ended = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 1000.0))
    station.ledger.stop(ended, Closing(NOW, 3000.0, "Local"))
    await costs.cost(ended.id, 0.6)
    station.household.pricing = Pricing()
    await costs.cost(ended.id, 0.6)
    final = {"transactionId": int(ended.id), "cost": 0.6}
    assert sent(peer) == [
        ("FinalCost", final | {"priceText": "0.30 EUR/kWh"}),
        ("FinalCost", final | {"priceText": ""}),
    ]


async def test_a_session_nobody_knows_has_no_cost(costs: Costs, peer: Peer) -> None:
    with pytest.raises(Invalid, match="no transaction 7"):
        await costs.cost("7", 1.0)
    assert peer.asked == []


async def test_whoever_has_shown_a_card_is_told_the_price(costs: Costs, peer: Peer) -> None:
    await costs.greet("CARD", PRICE)
    assert sent(peer) == [("SetUserPrice", {"idToken": "CARD", "priceText": "0.30 EUR/kWh"})]


async def test_a_station_that_does_not_know_the_note_says_so(costs: Costs, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "UnknownVendorId"}
    with pytest.raises(Refused, match="UnknownVendorId"):
        await costs.greet("CARD", PRICE)


async def test_the_price_for_everybody_is_set_once(costs: Costs, station: Station, peer: Peer) -> None:
    for _ in range(2):
        await costs.prepare(Pricing(PRICE, post=True))
    [written] = peer.told("ChangeConfiguration")
    assert written["key"] == "DefaultPrice"
    assert json.loads(written["value"]) == {
        "priceText": "0.30 EUR/kWh",
        "priceTextOffline": "0.30 EUR/kWh",
        "chargingPrice": {"kWhPrice": 0.3},
    }
    assert len(written["value"]) <= 500


@pytest.mark.parametrize("pricing", [Pricing(PRICE), Pricing(post=True), Pricing(Price(NOW, "EUR", None), post=True)])
async def test_a_price_that_is_not_to_be_set_or_not_known_is_not_set(
    costs: Costs, peer: Peer, pricing: Pricing
) -> None:
    await costs.prepare(pricing)
    assert peer.asked == []
