"""The taximeter: costs are told where they are seen, no oftener than needed, and to nobody who does not want them."""

import asyncio

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.cost import RHYTHM, Taximeter
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import OcppError, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Peer
from tests.csms.stage import NOW, until
from tests.csms.v1.bench import Pauses

PRICE = Price.of(NOW, "EUR", "0.30")


class Display:
    """What a driver sees; `refusal` is what the station says instead."""

    def __init__(self) -> None:
        self.shown = True
        self.final = True
        self.refusal: OcppError | None = None
        self.told: list[tuple[str, float]] = []
        self.greeted: list[tuple[str, Price]] = []
        self.prepared: list[Pricing] = []

    async def cost(self, transaction: str, total: float) -> None:
        self._refuse()
        self.told.append((transaction, total))

    async def greet(self, token: str, price: Price) -> None:
        self.greeted.append((token, price))

    async def prepare(self, pricing: Pricing) -> None:
        self.prepared.append(pricing)
        self._refuse()

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal


class Stand:
    """A station with a display, a taximeter, and a session that costs `cost`."""

    def __init__(self, station: Station, peer: Peer) -> None:
        self.station, self.display, self.pauses = station, Display(), Pauses()
        self.cost: float | None = None
        station.cost = lambda _: self.cost
        self.meter = Taximeter(station, self.pauses)

    def ride(self) -> Transaction:
        evse = self.station.evse(1)
        evse.transaction = self.station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0))
        self.station.changed(evse)
        return evse.transaction

    def costs(self, cost: float | None) -> None:
        self.cost = cost
        self.station.changed(self.station.evse(1))

    async def settled(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def stand(station: Station, peer: Peer) -> Stand:
    call = Caller(station, peer.session)
    stand = Stand(station, peer)
    commands = Commands(Remote(station, call), Configuration(station, call), costs=stand.display)
    station.connect("1.6", commands)
    station.household.pricing = Pricing(PRICE)
    return stand


async def test_a_running_cost_is_told_once_a_minute_at_most_and_only_when_it_is_another(stand: Stand) -> None:
    stand.meter.begin()
    running = stand.ride()
    stand.costs(0.1)
    await until(lambda: stand.display.told)
    for cost in (0.2, 0.3, 0.4):
        stand.costs(cost)
        await stand.settled()
    assert stand.display.told == [(running.id, 0.1)]
    await stand.pauses.over(RHYTHM)
    await until(lambda: len(stand.display.told) == 2)
    stand.costs(0.4)
    await stand.pauses.over(RHYTHM)
    await stand.settled()
    assert stand.display.told == [(running.id, 0.1), (running.id, 0.4)]
    stand.meter.close()


async def test_what_an_answer_has_told_is_not_told_again(stand: Stand) -> None:
    stand.meter.begin()
    running = stand.ride()
    stand.station.costs_told[running.id] = 0.5
    stand.costs(0.5)
    await stand.settled()
    assert stand.display.told == []
    stand.meter.close()


async def test_what_a_session_has_cost_is_told_when_it_has_ended(stand: Stand) -> None:
    stand.meter.begin()
    running = stand.ride()
    stand.costs(0.5)
    await until(lambda: stand.display.told)
    stand.station.ledger.stop(running, Closing(NOW, 1000.0, "Local"))
    stand.station.evse(1).transaction = None
    stand.station.emit(Event(Kind.SESSION_ENDED, NOW, 1, {"transaction": running.id}))
    await until(lambda: len(stand.display.told) == 2)
    assert stand.display.told == [(running.id, 0.5)] * 2
    assert stand.station.costs_told == {}
    stand.meter.close()


async def test_the_end_of_a_session_is_not_told_again_where_the_answer_has(stand: Stand) -> None:
    stand.display.final = False
    running = stand.ride()
    stand.cost = 0.5
    stand.station.emit(Event(Kind.SESSION_ENDED, NOW, 1, {"transaction": running.id}))
    await stand.settled()
    assert stand.display.told == []
    stand.meter.close()


async def test_nobody_stands_before_a_session_that_is_told_late(stand: Stand) -> None:
    running = stand.ride()
    stand.cost = 0.5
    stand.station.emit(Event(Kind.SESSION_ENDED, NOW, 1, {"transaction": running.id}, live=False))
    stand.station.emit(Event(Kind.CARD_ACCEPTED, NOW, 1, {"token": "CARD"}, live=False))
    await stand.settled()
    assert (stand.display.told, stand.display.greeted) == ([], [])
    stand.meter.close()


async def test_whoever_shows_a_card_is_told_the_price_where_it_is_known(stand: Stand) -> None:
    stand.station.emit(Event(Kind.CARD_ACCEPTED, NOW, 1, {"token": "CARD"}))
    stand.station.emit(Event(Kind.CARD_REFUSED, NOW, 1, {"token": "OTHER"}))
    stand.station.household.pricing = Pricing(Price(NOW, "EUR", None))
    stand.station.emit(Event(Kind.CARD_ACCEPTED, NOW, 1, {"token": "CARD"}))
    await stand.settled()
    assert stand.display.greeted == [("CARD", PRICE)]
    stand.meter.close()


@pytest.mark.parametrize("pricing", [Pricing(), Pricing(PRICE, tell=False)])
async def test_without_a_price_or_against_the_owners_will_nothing_is_told(stand: Stand, pricing: Pricing) -> None:
    stand.station.household.pricing = pricing
    stand.meter.begin()
    stand.ride()
    stand.costs(0.5)
    await stand.settled()
    assert stand.display.told == []
    stand.meter.close()


async def test_a_station_that_shows_no_costs_is_not_told_any(stand: Stand) -> None:
    stand.display.shown = False
    stand.meter.begin()
    stand.ride()
    stand.costs(0.5)
    await stand.settled()
    assert stand.display.told == []
    stand.meter.close()


async def test_a_cost_nobody_knows_is_not_told(stand: Stand) -> None:
    stand.meter.begin()
    stand.ride()
    stand.costs(None)
    await stand.settled()
    stand.station.cost = None
    await stand.pauses.over(RHYTHM)
    stand.costs(None)
    await stand.settled()
    assert stand.display.told == []
    stand.meter.close()


@pytest.mark.parametrize(
    ("refusal", "told"), [(Refused("UnknownVendorId"), 0), (Unsupported("CostUpdated"), 0), (Unanswered("late"), 1)]
)
async def test_a_station_that_does_not_want_to_hear_costs_is_left_in_peace(
    stand: Stand, refusal: OcppError, told: int
) -> None:
    stand.display.refusal = refusal
    stand.meter.begin()
    stand.ride()
    stand.costs(0.5)
    await until(lambda: stand.station.counters.get(f"cost: {refusal}"))
    stand.display.refusal = None
    await stand.pauses.over(RHYTHM)
    stand.costs(0.6)
    await stand.settled()
    assert len(stand.display.told) == told
    stand.meter.begin()
    stand.costs(0.7)
    await stand.pauses.over(RHYTHM)
    await until(lambda: len(stand.display.told) > told)
    stand.meter.close()


async def test_the_station_is_prepared_for_a_price_once(stand: Stand) -> None:
    stand.meter.begin()
    await until(lambda: stand.display.prepared)
    stand.ride()
    await stand.pauses.over(RHYTHM)
    await stand.settled()
    dearer = Pricing(Price.of(NOW, "EUR", "0.40"))
    stand.station.household.pricing = dearer
    stand.station.changed(stand.station)
    await stand.pauses.over(RHYTHM)
    await until(lambda: len(stand.display.prepared) == 2)
    assert stand.display.prepared == [Pricing(PRICE), dearer]
    stand.meter.close()


async def test_a_price_that_is_refused_is_noted_and_costs_are_told_all_the_same(stand: Stand) -> None:
    stand.display.refusal = Refused("Rejected")
    stand.meter.begin()
    await until(lambda: stand.station.counters.get("price: Rejected"))
    stand.display.refusal = None
    stand.ride()
    stand.costs(0.5)
    await stand.pauses.over(RHYTHM)
    await until(lambda: stand.display.told)
    stand.meter.close()


async def test_a_station_whose_configuration_is_not_to_be_touched_is_not_prepared(stand: Stand) -> None:
    stand.station.settings.configure = False
    stand.meter.begin()
    stand.ride()
    stand.costs(0.5)
    await until(lambda: stand.display.told)
    assert stand.display.prepared == []
    stand.meter.close()
