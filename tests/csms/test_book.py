"""The book of a central system: what runs and what was used under a token, at all stations together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.book import SharedBook
from custom_components.ocpp_home.csms.dialogue import accounts, sessions
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Usage
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.household import Household
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from tests.csms.stage import durable

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
CARD = Card(Token("CARD"), energy_budget=1000.0)
CODES = {"1234": "Gate", "5678": "Door"}
MONTH = (NOW - timedelta(days=20), NOW + timedelta(days=10))


@pytest.fixture
def household() -> Household:
    return Household(Cards((CARD, Card(Token("FREE")))))


@pytest.fixture
def stations(ledger: Ledger, household: Household) -> dict[str, Station]:
    return {name: Station(name, ledger, household=household) for name in ("garage", "yard")}


@pytest.fixture
def book(stations: dict[str, Station], household: Household) -> SharedBook:
    book = SharedBook(stations)
    household.book = book
    for station in stations.values():
        station.evse(1)
        book.watch(station)
    return book


def begin(station: Station, token: str | None = "CARD", at: datetime = NOW - HOUR) -> Transaction:
    transaction = station.ledger.start(Opening(station.name, 1, 1, token, at, 0.0))
    sessions.begun(station, station.evse(1), transaction, NOW)
    return transaction


def end(station: Station, transaction: Transaction, register: float) -> None:
    sessions.close(station, transaction, Closing(NOW, register, received=NOW), (), NOW)


def test_what_runs_is_found_at_every_station(book: SharedBook, stations: dict[str, Station]) -> None:
    running = [begin(station, "Card") for station in stations.values()]
    assert list(book.running(CARD)) == running
    end(stations["garage"], running[0], 100.0)
    assert list(book.running(CARD)) == running[1:]
    assert list(book.running(Card(Token("other")))) == []


def test_a_car_is_found_by_its_address(book: SharedBook, stations: dict[str, Station]) -> None:
    running = begin(stations["yard"], "AA:BB:CC:00:11:22")
    assert list(book.running(Card(Token("aabbcc001122", TokenType.MAC_ADDRESS)))) == [running]


async def test_a_code_has_its_budget_and_is_nowhere_recorded(
    book: SharedBook, stations: dict[str, Station], ledger: Ledger, household: Household
) -> None:
    """OCPP 2.0.1 ed. 3 - C04.FR.04."""
    gate, door = (Card(Token(code, TokenType.KEY_CODE), name, energy_budget=1e3) for code, name in CODES.items())
    household.admit(Cards((gate, door)), household.policy)
    told: list[Usage] = []
    household.subscribe(lambda: told.append(book.used(gate, *MONTH)))
    running = begin(stations["yard"], "KeyCode")
    accounts.hold(stations["yard"], running, gate.token, NOW)
    assert (list(book.running(gate)), list(book.running(door))) == ([running], [])
    end(stations["yard"], running, 400.0)
    assert told == [Usage(400.0)]
    await durable(ledger)
    later = SharedBook(stations)
    await later.load(ledger)
    assert (later.used(gate, *MONTH), later.used(door, *MONTH)) == (Usage(400.0), Usage())


def test_what_was_used_is_what_ended_and_what_runs(book: SharedBook, stations: dict[str, Station]) -> None:
    """A session counts once, in the month it began in, with what its station says it costs."""
    garage, yard = stations.values()
    garage.cost = lambda transaction: (transaction.energy or 0.0) / 1000
    end(garage, first := begin(garage), 700.0)
    end(garage, first, 700.0)
    begin(yard).meter_last = 200.0
    end(garage, begin(garage, None, NOW - HOUR / 2), 5000.0)
    assert book.used(CARD, *MONTH) == Usage(900.0, 0.7)
    assert book.used(CARD, NOW, MONTH[1]) == Usage()
    assert book.used(Card(Token("other")), *MONTH) == Usage()


def test_a_session_that_ends_may_change_a_decision_where_there_is_a_budget(
    book: SharedBook, stations: dict[str, Station], household: Household
) -> None:
    told: list[Usage] = []
    household.subscribe(lambda: told.append(book.used(CARD, *MONTH)))
    for token in ("FREE", "STRANGER", None):
        end(stations["yard"], begin(stations["yard"], token), 50.0)
    stations["yard"].emit(Event(Kind.SESSION_ENDED, NOW, 1, {"transaction": "unheard of"}))
    stations["yard"].emit(Event(Kind.BOOT, NOW))
    assert told == []
    end(stations["yard"], begin(stations["yard"]), 50.0)
    assert told == [Usage(50.0)]


async def test_what_ended_before_a_restart_is_read(
    ledger: Ledger, stations: dict[str, Station], household: Household
) -> None:
    end(stations["garage"], begin(stations["garage"]), 700.0)
    begin(stations["yard"])
    await durable(ledger)
    book = SharedBook(stations)
    assert book.used(CARD, *MONTH) == Usage()
    await book.load(ledger)
    assert book.used(CARD, *MONTH) == Usage(700.0)


def test_what_is_long_past_is_let_go(book: SharedBook) -> None:
    ended = Transaction("1", "garage", 1, 1, "CARD", NOW - timedelta(days=90), 0.0, NOW - timedelta(days=89), 500.0)
    book.note(ended)
    assert book.used(CARD, NOW - timedelta(days=99), NOW) == Usage()
    book.note(replace(ended, id="2", started=None, stopped=NOW))
    assert book.used(CARD, *MONTH) == Usage(500.0)
