"""What a ledger holds in memory, and how it goes back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing as closed, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.ledger.commit import LONGEST
from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.model.transaction import Amendment

from .samples import NOON, after, closing, opening, register, spoil

TERMS = Terms(patience=0.05, reserve=1 << 12, leisure=0.02, retry=60)
PATIENT = replace(TERMS, patience=5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(path, terms=TERMS)
    yield ledger
    await ledger.close()


async def durable(ledger: Ledger) -> None:
    if (future := ledger.commit()) is not None:
        await future


async def refused(ledger: Ledger, path: Path) -> None:
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed):
            await durable(ledger)


async def test_what_runs_is_in_memory_from_the_begin(ledger: Ledger, path: Path) -> None:
    started = ledger.start(opening())
    ledger.read(started, [register(1, 1100)])
    await durable(ledger)
    await ledger.close()

    again = await Ledger.open(path, terms=TERMS)
    [running] = again.active("garage")
    await again.close()

    assert (running.id, running.points) == (started.id, ((after(1), 1100.0),))


async def test_a_start_that_could_not_be_written_is_another_one_when_it_comes_again(ledger: Ledger, path: Path) -> None:
    lost = ledger.start(opening())
    await refused(ledger, path)
    assert lost.key is None
    assert ledger.find("garage", lost.id) is None

    ledger.read(lost, [register(1, 1100)])
    assert ledger.start(opening()) is lost, "what goes on with it has it written"


async def test_what_goes_on_with_a_lost_start_finds_the_one_that_came_again(ledger: Ledger, path: Path) -> None:
    lost, named = ledger.start(opening()), ledger.start(opening(1, id="theirs"))
    await refused(ledger, path)
    again, theirs = ledger.start(opening()), ledger.start(opening(1, id="theirs"))

    ledger.stop(lost, closing())
    ledger.amend(named, Amendment(token="OTHER"))

    assert (lost.key, lost.stopped, again.stopped) == (again.key, closing().stopped, closing().stopped)
    assert theirs.token == named.token == "OTHER"


async def test_a_change_that_could_not_be_written_is_undone(ledger: Ledger, path: Path) -> None:
    transaction = ledger.start(opening())
    await durable(ledger)
    ledger.stop(transaction, closing())
    await refused(ledger, path)

    assert transaction.active
    assert ledger.active("garage") == [transaction]


async def test_what_is_not_in_memory_is_found_in_the_file(ledger: Ledger, path: Path) -> None:
    ended = ledger.start(opening())
    ledger.stop(ended, closing())
    await durable(ledger)
    await ledger.close()

    again = await Ledger.open(path, terms=TERMS)
    found = again.find("garage", ended.id)

    assert (found.stopped, found.points) == (ended.stopped, None)
    assert again.start(opening()) is found
    assert again.latest("garage", 1) is found
    assert again.find("yard", ended.id) is None
    again.read(found, [register(1, 1100)])
    assert found.points is None, "the file knows more of them"
    await again.close()
    with pytest.raises(LedgerFailed):
        again.find("garage", "unknown")


async def test_a_file_that_cannot_be_read_is_reported(path: Path) -> None:
    heard: list[str | None] = []
    ledger = await Ledger.open(path, heard.append, terms=TERMS)
    spoil(path)

    with pytest.raises(LedgerFailed):
        ledger.find("garage", "unknown")

    assert len(heard) == 1
    await ledger.close()


async def test_what_is_refused_in_memory_is_undone_at_once(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    with suppress(LedgerFailed):
        for number in range(LONGEST):
            ledger.read(transaction, [register(number / LONGEST, 2000.0)])

    with pytest.raises(LedgerFailed):
        ledger.price(Price(NOON, "EUR", 1))
    assert ledger.tariffs.prices == []


async def test_a_station_that_could_not_be_forgotten_and_a_person_are_as_before(ledger: Ledger, path: Path) -> None:
    transaction = ledger.start(opening())
    ledger.hold(transaction, Holder(person="Ada"))
    ledger.stop(transaction, closing())
    await durable(ledger)
    before = replace(transaction)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed):
            await ledger.forget("garage")
        with pytest.raises(LedgerFailed):
            await ledger.forget_person("Ada")

    assert ledger.find("garage", transaction.id) is transaction
    assert (transaction.key, transaction.person, transaction.token) == (before.key, "Ada", "CARD")


type Erase = Callable[[Ledger], Awaitable[object]]


@pytest.mark.parametrize(
    "erase",
    [
        pytest.param(lambda ledger: ledger.forget("garage"), id="its station is forgotten"),
        pytest.param(lambda ledger: ledger.tidy(None, timedelta(days=30)), id="it is no longer kept"),
    ],
)
async def test_what_is_being_deleted_is_not_brought_back_out_of_the_file(path: Path, erase: Erase) -> None:
    ledger = await Ledger.open(path, terms=PATIENT)
    old = ledger.start(opening())
    ledger.stop(old, closing())
    new = ledger.start(opening(60 * 24 * 90, station="yard"))
    ledger.stop(new, closing(60 * 24 * 90))
    await durable(ledger)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        erasing = asyncio.ensure_future(erase(ledger))
        while old.key is not None:
            await asyncio.sleep(0.001)
        assert ledger.find("garage", old.id) is None
        assert ledger.latest("garage", 1) is None
        assert ledger.start(opening()) is not old
        assert ledger.find("yard", new.id) is new
        other.execute("COMMIT")
        await erasing
    await durable(ledger)

    assert ledger.find("garage", old.id) is None
    assert [one.stopped for one in await ledger.transactions("garage")] == [None]
    await ledger.close()


async def test_who_is_read_out_of_the_file_while_being_forgotten_is_forgotten(path: Path) -> None:
    ledger = await Ledger.open(path, terms=PATIENT)
    transactions = [ledger.start(opening(number)) for number in range(2)]
    for number, transaction in enumerate(transactions):
        ledger.hold(transaction, Holder(person="Ada"))
        ledger.stop(transaction, closing(number))
    await ledger.close()
    ledger = await Ledger.open(path, terms=PATIENT)
    known = ledger.find("garage", transactions[0].id)
    assert known is not None
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        forgetting = asyncio.ensure_future(ledger.forget_person("Ada"))
        while known.person is not None:
            await asyncio.sleep(0.001)
        found = ledger.find("garage", transactions[1].id)
        assert found is not None
        other.execute("COMMIT")
        await forgetting

    assert (found.person, found.token) == (None, None)
    await ledger.close()


async def test_numbers_are_given_once(ledger: Ledger) -> None:
    numbers = {ledger.start(opening(number)).id for number in range(50)}

    assert len(numbers) == 50
    assert ledger.commit() is not None
