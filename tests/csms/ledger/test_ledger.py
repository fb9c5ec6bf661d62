import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing as closed, contextmanager
from dataclasses import replace
from datetime import timedelta
import math
from pathlib import Path
import shutil
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, SetAside, Terms
from custom_components.ocpp_home.csms.ledger.index import WINDOW
from custom_components.ocpp_home.csms.ledger.rows import NAMES
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.meter import Phase
from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.model.transaction import Amendment, Ledger as Promises, Transaction

from .samples import NOON, after, closing, opening, power, register, spoil

TERMS = Terms(patience=0.05, reserve=1 << 12, leisure=0.02, retry=0.02)

type Opener = Callable[..., Awaitable[Ledger]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Opener]:
    ledgers: list[Ledger] = []

    async def opened(where: Path | str = path, **others: object) -> Ledger:
        ledger = await Ledger.open(where, terms=TERMS, **others)
        ledgers.append(ledger)
        return ledger

    yield opened
    for ledger in ledgers:
        await ledger.close()


@pytest.fixture
async def ledger(opened: Opener) -> Ledger:
    return await opened(":memory:")


async def durable(ledger: Promises) -> None:
    future = ledger.commit()
    assert future is not None
    await future


async def refused(ledger: Promises, reason: str = "locked") -> None:
    with pytest.raises(LedgerFailed, match=reason):
        await durable(ledger)


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def size(path: Path | str) -> int:
    return Path(path).stat().st_size


def content(path: Path) -> str:
    return path.read_text()


def write(path: Path, text: str) -> None:
    path.write_text(text)


def state(transaction: Transaction | None) -> dict[str, object]:
    return {name: getattr(transaction, name) for name in NAMES}


# --- Starts ---


async def test_a_start_gives_a_running_transaction_with_an_unguessable_number(ledger: Ledger) -> None:
    start = opening(reservation=4, remote_start=5, received=after(1), offline=True)

    transaction = ledger.start(start)
    await durable(ledger)

    assert 1 << 20 <= int(transaction.id) < 1 << 31
    assert state(transaction) | {"id": None, "key": None} == {
        **dict.fromkeys(NAMES),
        "repaired": False,
        "station": "garage",
        "evse": 1,
        "connector": 1,
        "token": "CARD",
        "started": NOON,
        "meter_start": 1000.0,
        "reservation": 4,
        "remote_start": 5,
        "received": after(1),
        "offline": True,
        "orphan": False,
    }
    assert transaction.active
    assert ledger.active("garage") == [transaction]
    assert ledger.find("garage", transaction.id) is transaction


async def test_a_repeated_start_gives_the_same_transaction_before_and_after_it_is_durable(ledger: Ledger) -> None:
    first = ledger.start(opening())
    assert ledger.start(opening()) is first
    await durable(ledger)

    assert ledger.start(opening(received=after(9), offline=True, remote_start=3)) is first
    assert first.offline is False
    assert len(await ledger.transactions()) == 1


async def test_the_answer_to_a_repeated_start_waits_for_the_first(ledger: Ledger) -> None:
    ledger.start(opening())
    first = ledger.commit()
    await asyncio.sleep(0)
    ledger.start(opening())

    await durable(ledger)

    assert first is not None
    assert first.done()


async def test_a_repeated_start_gives_the_same_transaction_after_a_restart(opened: Opener) -> None:
    ledger = await opened()
    first = ledger.start(opening(token="grün\ud800", meter_start=None))
    await ledger.close()

    ledger = await opened()

    assert ledger.start(opening(token="grün\ud800", meter_start=None)).id == first.id
    assert ledger.commit() is None
    assert len(await ledger.transactions()) == 1


async def test_a_start_repeated_after_its_stop_is_still_the_same_transaction(opened: Opener) -> None:
    ledger = await opened()
    first = ledger.start(opening())
    ledger.stop(first, closing())
    assert ledger.start(opening()) is first
    await ledger.close()

    again = (await opened()).start(opening())

    assert (again.id, again.active, again.stopped) == (first.id, False, after(30))


@pytest.mark.parametrize(
    "other",
    [
        {"evse": 2},
        {"connector": 2},
        {"token": None},
        {"token": "OTHER"},
        {"started": after(1)},
        {"meter_start": 1001},
        {"meter_start": None},
        {"station": "yard"},
    ],
)
async def test_another_content_or_station_is_another_transaction(ledger: Ledger, other: dict[str, object]) -> None:
    first, second = ledger.start(opening()), ledger.start(opening(**other))
    await durable(ledger)

    assert first.id != second.id
    assert len(await ledger.transactions()) == 2


async def test_a_number_that_is_taken_is_not_given_out(opened: Opener) -> None:
    numbers = iter([5, 5, 6, 5, 6, 7])
    ledger = await opened(draw=lambda _: next(numbers))

    waiting = [ledger.start(opening(n, station)) for n, station in enumerate(("garage", "yard", "shed"))]

    assert [int(transaction.id) - (1 << 20) for transaction in waiting] == [5, 6, 7]


async def test_a_number_given_out_before_a_restart_is_taken(opened: Opener) -> None:
    numbers = iter([5, 5, 6])
    ledger = await opened(draw=lambda _: next(numbers))
    first = ledger.start(opening())
    ledger.stop(first, closing())
    await ledger.close()

    second = (await opened(draw=lambda _: next(numbers))).start(opening(1, "yard"))

    assert int(second.id) - int(first.id) == 1


async def test_an_id_of_the_station_is_the_identity(opened: Opener) -> None:
    ledger = await opened()
    first = ledger.start(opening(id="a-1"))
    other = ledger.start(opening(id="a-2"))
    elsewhere = ledger.start(opening(station="yard", id="a-1"))
    assert ledger.start(opening(9, id="a-1")) is first
    await ledger.close()

    ledger = await opened()

    assert (first.id, other.id, elsewhere.id) == ("a-1", "a-2", "a-1")
    assert ledger.start(opening(9, id="a-1")).started == NOON
    assert len(await ledger.transactions()) == 3


async def test_a_number_too_large_to_be_recorded_costs_only_its_own_message(ledger: Ledger) -> None:
    with pytest.raises(LedgerFailed):
        ledger.start(opening(evse=1 << 70))
    kept = ledger.start(opening())
    await durable(ledger)

    assert await ledger.transactions() == [kept]


async def test_a_register_that_is_no_number_is_not_known(ledger: Ledger) -> None:
    transaction = ledger.start(opening(meter_start=math.nan))
    ledger.stop(transaction, closing(meter_stop=math.inf))
    await durable(ledger)

    assert (transaction.meter_start, transaction.meter_stop, transaction.energy) == (None, None, None)
    assert ledger.start(opening(meter_start=math.nan)) is transaction


async def test_what_a_start_did_not_tell_is_added_and_what_it_told_stays(ledger: Ledger) -> None:
    transaction = ledger.start(opening(id="t1", token=None, meter_start=None))
    ledger.amend(transaction, Amendment(token="CARD", meter_start=990.0, evse=2))
    ledger.amend(transaction, Amendment(remote_start=7))
    ledger.amend(transaction, Amendment(token="CARD"))
    await durable(ledger)
    [stored] = await ledger.transactions("garage")
    assert (stored.token, stored.meter_start, stored.evse, stored.remote_start) == ("CARD", 990, 2, 7)
    assert stored.started == NOON


# --- Stops ---


async def test_a_stop_ends_the_transaction(opened: Opener) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    ledger.stop(transaction, closing(reason="EVDisconnected", token="OTHER", received=after(31), offline=True))
    assert ledger.active("garage") == []
    await durable(ledger)
    ended = state(transaction)
    await ledger.close()

    loaded = (await opened()).find("garage", transaction.id)

    assert state(loaded) == ended
    assert ended["stopped"] == after(30)
    assert (ended["reason"], ended["stop_token"], ended["stop_received"]) == ("EVDisconnected", "OTHER", after(31))
    assert ended["offline"] is True
    assert transaction.energy == 4000.0


async def test_a_repeated_stop_changes_nothing_but_waits_for_the_first(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    ledger.stop(transaction, closing())
    before = state(transaction)
    ledger.stop(transaction, closing(5, reason="Other", token="OTHER"))
    first = ledger.commit()
    assert first is not None
    await asyncio.sleep(0)
    ledger.stop(transaction, closing())
    await durable(ledger)

    assert first.done()
    assert state(transaction) == before
    assert await ledger.transactions() == [transaction]


# --- Orphans ---


async def test_a_stop_without_a_start_is_recorded_once(opened: Opener) -> None:
    ledger = await opened()
    running = ledger.start(opening())
    orphan = ledger.orphan("garage", 0, "-1", closing(reason="PowerLoss", token="CARD"))
    assert ledger.orphan("garage", 1, "-1", closing(reason="PowerLoss", token="CARD")) is orphan
    assert (orphan.orphan, orphan.started, orphan.energy, orphan.stopped) == (True, None, None, after(30))
    assert running.active
    await ledger.close()

    ledger = await opened()

    assert ledger.orphan("garage", 1, "-1", closing(reason="PowerLoss", token="CARD")).id == orphan.id
    assert ledger.commit() is None
    assert [one.id for one in await ledger.transactions()] == [orphan.id, running.id]


@pytest.mark.parametrize("sent_id", ["-1", "0", "4711", ""])
async def test_a_number_that_stands_for_nothing_is_no_id_of_an_orphan(ledger: Ledger, sent_id: str) -> None:
    first = ledger.orphan("garage", 1, sent_id, closing(1))
    second = ledger.orphan("garage", 1, sent_id, closing(2))

    assert len({first.id, second.id, sent_id}) == 3
    assert ledger.find("garage", sent_id) is None


async def test_a_number_by_which_the_station_itself_calls_an_orphan_is_its_id(ledger: Ledger) -> None:
    orphan = ledger.orphan("garage", 1, "4711", closing(), named=True)

    assert (orphan.id, ledger.find("garage", "4711")) == ("4711", orphan)
    assert ledger.orphan("garage", 1, "4711", closing(), named=True) is orphan


async def test_the_start_of_an_orphan_that_comes_late_completes_it(opened: Opener) -> None:
    ledger = await opened()
    orphan = ledger.orphan("garage", 0, "a-1", closing(offline=True))
    assert orphan.id == "a-1"

    started = ledger.start(opening(id="a-1", evse=2, remote_start=3, reservation=4, received=after(40)))

    assert started is orphan
    assert (started.evse, started.token, started.started, started.energy) == (2, "CARD", NOON, 4000.0)
    assert (started.orphan, started.active, started.offline) == (False, False, True)
    await durable(ledger)
    before = state(started)
    await ledger.close()
    assert state((await opened()).find("garage", "a-1")) == before


async def test_an_orphan_does_not_take_the_id_of_another(ledger: Ledger) -> None:
    first = ledger.start(opening(id="a-1"))

    orphan = ledger.orphan("garage", 1, "a-1", closing())

    assert orphan.id != "a-1"
    assert first.active


# --- Finding ---


async def test_a_station_finds_only_its_own(ledger: Ledger) -> None:
    mine = ledger.start(opening())

    assert ledger.find("yard", mine.id) is None
    assert ledger.active("yard") == []
    assert ledger.latest("yard", 1) is None
    assert ledger.find("garage", "-1") is None
    assert ledger.find("garage", "half \ud800") is None


async def test_running_ones_come_oldest_first(ledger: Ledger) -> None:
    late, early, same = ledger.start(opening(5)), ledger.start(opening(1)), ledger.start(opening(5, evse=2))

    assert ledger.active("garage") == [early, late, same]


async def test_the_latest_is_the_one_that_ended_last_whether_durable_or_not(opened: Opener) -> None:
    ledger = await opened()
    for number in (1, 3, 2):
        ledger.stop(ledger.start(opening(number)), closing(number))
    ledger.stop(ledger.start(opening(9, evse=2)), closing(9))
    await ledger.close()

    ledger = await opened()

    latest = ledger.latest("garage", 1)
    assert latest is not None
    assert latest.started == after(3)
    assert ledger.latest("garage", 1) is latest
    ledger.stop(newer := ledger.start(opening(4)), closing(4))
    assert ledger.latest("garage", 1) is newer
    assert ledger.latest("garage", 3) is None


async def test_an_ended_one_is_found_by_its_moment_and_its_register_whether_durable_or_not(opened: Opener) -> None:
    ledger = await opened()
    for number in (1, 2):
        ledger.stop(ledger.start(opening(number)), closing(number, meter_stop=100 * number))
    await ledger.close()

    ledger = await opened()

    found = ledger.ended_with("garage", 1, closing(1, meter_stop=100))
    assert found is not None
    assert found.started == after(1)
    assert ledger.ended_with("garage", 1, closing(1, meter_stop=100)) is found
    assert ledger.ended_with("garage", 1, closing(1, meter_stop=200)) is None
    assert ledger.ended_with("garage", 2, closing(1, meter_stop=100)) is None
    ledger.stop(newer := ledger.start(opening(3)), closing(3, meter_stop=None))
    assert ledger.ended_with("garage", 1, closing(3, meter_stop=None)) is newer


async def test_what_came_between_a_stop_and_its_start_stays(ledger: Ledger) -> None:
    orphan = ledger.orphan("garage", 1, "T", closing(), named=True)
    ledger.amend(orphan, Amendment(token="CARD", remote_start=7, reservation=3))

    ledger.start(opening(id="T", token=None, remote_start=8))

    assert (orphan.orphan, orphan.token, orphan.remote_start, orphan.reservation) == (False, "CARD", 8, 3)


async def test_after_a_restart_what_runs_runs_on(opened: Opener) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(1, 1100), power(1, 7000), register(2, 1200), power(2, 3000)])
    before = state(transaction)
    await ledger.close()

    ledger = await opened()

    [again] = ledger.active("garage")
    assert state(again) == before
    assert (again.meter_last, again.meter_last_at, again.peak_power) == (1200, after(2), 7000)
    ledger.read(again, [register(1.5, 1150)])
    assert again.energy == 200


async def test_memory_is_bounded_and_older_ones_are_found_all_the_same(opened: Opener) -> None:
    ledger = await opened()
    old = ledger.start(opening())
    ledger.stop(old, closing())
    await durable(ledger)
    for number in range(1, WINDOW + 2):
        ledger.stop(ledger.start(opening(number)), closing(number))
    await durable(ledger)

    found = ledger.find("garage", old.id)

    assert found is not old
    assert state(found) == state(old)
    assert ledger.find("garage", old.id) is found
    assert ledger.start(opening()) is found


# --- Readings ---


async def test_readings_are_kept_once_and_come_back_as_they_were(opened: Opener) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    readings = [register(1, 1100, signed="OCMF\ud800"), power(1, 7000.5, phase=Phase.L1), power(1, 21000)]
    for _ in range(3):
        ledger.read(transaction, readings)
        await durable(ledger)
    ledger.read(transaction, [register(1, 1100, context="Transaction.End")])
    await ledger.close()

    ledger = await opened()
    [again] = ledger.active("garage")
    ledger.read(again, readings)
    await durable(ledger)

    kept = await ledger.readings(again)
    assert len(kept) == 4
    assert {replace(readings[0], signed="OCMF?"), *readings[1:]} < set(kept)


async def test_a_signature_may_come_after_its_value(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(1, 1100)])
    ledger.read(transaction, [register(1, 1100, signed="OCMF")])
    ledger.read(transaction, [register(1, 1100, signed="another")])
    ledger.read(transaction, [register(1, 1100)])
    await durable(ledger)
    assert await ledger.readings(transaction) == [register(1, 1100, signed="OCMF")]


async def test_older_readings_never_overwrite_newer(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(5, 1500), power(5, 11000)])
    ledger.read(transaction, [register(2, 1200), power(2, 7000)])

    assert (transaction.meter_last, transaction.meter_last_at, transaction.peak_power) == (1500, after(5), 11000)
    assert transaction.energy == 500


async def test_readings_that_come_after_the_stop_still_count(opened: Opener) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(1, 1100)])
    ledger.stop(transaction, closing())
    ledger.read(transaction, [register(29, 4990), power(29, 11000)])
    await ledger.close()

    ledger = await opened()

    again = ledger.find("garage", transaction.id)
    assert state(again) == state(transaction)
    assert (again.meter_last, again.peak_power) == (4990, 11000)
    assert len(await ledger.readings(again)) == 3


async def test_what_is_no_number_is_no_reading(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    await durable(ledger)

    ledger.read(transaction, [register(1, math.nan), power(1, -math.inf)])
    ledger.read(transaction, [])

    assert ledger.commit() is None
    assert transaction.meter_last is None


# --- Facts and odd messages ---


async def test_facts_are_recalled_at_once_and_after_a_restart(opened: Opener) -> None:
    ledger = await opened()
    ledger.remember("garage", "wish/user/1", 10.5)
    ledger.remember("garage", "gone", True)
    ledger.remember("garage", "gone", None)
    assert ledger.recall("garage", "wish/user/1") == 10.5
    assert ledger.commit() is None
    await ledger.close()

    ledger = await opened()

    assert ledger.recall("garage", "wish/user/1") == 10.5
    assert ledger.recall("garage", "gone") is None
    assert ledger.recall("yard", "wish/user/1") is None


async def test_a_fact_that_is_known_already_is_not_written_again(opened: Opener, path: Path) -> None:
    ledger = await opened()
    ledger.remember("garage", "wish", 10)
    await ledger.close()
    ledger = await opened()
    await ledger.begin_backup()

    ledger.remember("garage", "wish", 10)
    await asyncio.sleep(3 * TERMS.leisure)

    assert size(f"{path}-wal") == 0
    ledger.remember("garage", "wish", 11)
    await until(lambda: size(f"{path}-wal") > 0)


async def test_odd_messages_are_kept_whole(opened: Opener) -> None:
    ledger = await opened()
    ledger.quarantine("garage", "frame", '[2,"1",', "cut off")
    await ledger.close()

    [odd] = await (await opened()).oddities("garage")

    assert (odd.kind, odd.raw, odd.reason) == ("frame", '[2,"1",', "cut off")


# --- Failure ---


async def test_a_start_that_could_not_be_written_is_written_when_it_comes_again(opened: Opener, path: Path) -> None:
    told: list[str | None] = []
    ledger = await opened(on_trouble=told.append)
    with held_by_another(path):
        lost = ledger.start(opening())
        await refused(ledger)
        assert ledger.find("garage", lost.id) is None
        assert ledger.active("garage") == []
        assert lost.key is None
        assert ledger.trouble == "database is locked"

    again = ledger.start(opening())
    await durable(ledger)

    assert ledger.active("garage") == [again]
    assert [one.id for one in await ledger.transactions()] == [again.id]
    assert told == ["database is locked", None]
    assert ledger.trouble is None


async def test_a_stop_that_could_not_be_written_is_written_when_it_comes_again(opened: Opener, path: Path) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    await durable(ledger)
    before = state(transaction)
    with held_by_another(path):
        ledger.stop(transaction, closing())
        await refused(ledger)
    assert state(transaction) == before
    assert ledger.active("garage") == [transaction]

    ledger.stop(transaction, closing())
    await ledger.close()

    assert (await opened()).find("garage", transaction.id).stopped == after(30)


async def test_readings_that_could_not_be_written_are_written_when_they_come_again(opened: Opener, path: Path) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    await durable(ledger)
    before = state(transaction)
    with held_by_another(path):
        ledger.read(transaction, [register(1, 1100)])
        await refused(ledger)
    assert state(transaction) == before

    ledger.read(transaction, [register(1, 1100)])
    await durable(ledger)

    assert await ledger.readings(transaction) == [register(1, 1100)]


async def test_what_was_built_upon_a_lost_start_is_undone_with_it(opened: Opener, path: Path) -> None:
    ledger = await opened()
    with held_by_another(path):
        transaction = ledger.start(opening())
        await asyncio.sleep(0)
        ledger.read(transaction, [register(1, 1100)])
        ledger.stop(transaction, closing())
        orphan = ledger.orphan("garage", 1, "a-1", closing())
        await refused(ledger)

    assert (transaction.key, transaction.active, transaction.meter_last, orphan.key) == (None, True, None, None)
    assert await ledger.transactions() == []


async def test_the_stop_of_a_lost_start_records_both(opened: Opener, path: Path) -> None:
    ledger = await opened()
    with held_by_another(path):
        lost = [ledger.start(opening()), ledger.start(opening(id="a-1"))]
        await refused(ledger)
    for transaction in lost:
        ledger.read(transaction, [register(1, 1100)])
        ledger.stop(transaction, closing())
    await ledger.close()

    ledger = await opened()

    assert [(one.started, one.energy) for one in await ledger.transactions()] == [(NOON, 4000)] * 2
    assert ledger.start(opening()).id == lost[0].id


async def test_the_stop_of_a_lost_start_that_has_come_again_ends_what_it_became(opened: Opener, path: Path) -> None:
    ledger = await opened()
    with held_by_another(path):
        lost = [ledger.start(opening()), ledger.start(opening(id="a-1"))]
        await refused(ledger)
    again = [ledger.start(opening()), ledger.start(opening(id="a-1"))]

    for transaction in lost:
        ledger.stop(transaction, closing())
    await durable(ledger)

    assert [state(one) for one in lost] == [state(one) for one in again]
    assert ledger.active("garage") == []
    assert len(await ledger.transactions()) == 2


async def test_after_closing_everything_is_refused(opened: Opener) -> None:
    told: list[str | None] = []
    ledger = await opened(on_trouble=told.append)
    transaction = ledger.start(opening())
    await durable(ledger)
    await ledger.close()
    await ledger.close()

    with pytest.raises(LedgerFailed):
        ledger.start(opening(1))
    with pytest.raises(LedgerFailed):
        ledger.stop(transaction, closing())
    with pytest.raises(LedgerFailed):
        ledger.read(transaction, [power(1, 7000)])
    with pytest.raises(LedgerFailed):
        ledger.find("garage", "4711")
    assert transaction.active
    assert transaction.peak_power is None
    assert told == []


async def test_a_read_that_fails_is_told_and_found_to_work_again(opened: Opener, path: Path) -> None:
    told: list[str | None] = []
    ledger = await opened(on_trouble=told.append)
    transaction = ledger.start(opening())
    await durable(ledger)
    with closed(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE transactions RENAME TO elsewhere")

    with pytest.raises(LedgerFailed):
        ledger.find("garage", "4711")
    assert told == ["no such table: transactions"]
    assert ledger.find("garage", transaction.id) is transaction

    with closed(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE elsewhere RENAME TO transactions")
    await until(lambda: told == ["no such table: transactions", None])


async def test_where_no_file_can_be_opening_fails(tmp_path: Path) -> None:
    write(tmp_path / "file", "")

    with pytest.raises(LedgerFailed):
        await Ledger.open(tmp_path / "file" / "ledger.db")


async def test_a_disk_that_is_full_from_the_beginning_is_told(path: Path) -> None:
    told: list[str | None] = []

    ledger = await Ledger.open(path, told.append, terms=Terms(reserve=1 << 20, ceiling=1 << 17))

    assert told == ["database or disk is full"]
    await ledger.close()


async def test_on_a_full_disk_what_is_acknowledged_is_stored_and_the_rest_comes_again(path: Path) -> None:
    terms = replace(TERMS, reserve=1 << 16, ceiling=1 << 18)
    ledger = await Ledger.open(path, terms=terms)
    acknowledged: list[str] = []

    async def fill() -> None:
        for number in range(5000):
            transaction = ledger.start(opening(number, token="x" * 1000))
            await durable(ledger)
            acknowledged.append(transaction.id)

    with pytest.raises(LedgerFailed, match="full"):
        await fill()
    assert ledger.trouble == "database or disk is full"
    await ledger.close()

    ledger = await Ledger.open(path, terms=replace(terms, ceiling=None))
    again = ledger.start(opening(len(acknowledged), token="x" * 1000))
    await durable(ledger)

    stored = await ledger.transactions(limit=10_000)
    assert [one.id for one in reversed(stored)] == [*acknowledged, again.id]
    assert ledger.trouble is None
    await ledger.close()


# --- Files that cannot be used ---


async def test_a_damaged_file_is_set_aside_and_stations_are_served(opened: Opener, path: Path) -> None:
    heard: list[SetAside] = []
    write(path, "not a ledger")

    ledger = await opened(on_set_aside=heard.append)
    transaction = ledger.start(opening())
    await durable(ledger)

    assert heard == [ledger.set_aside]
    assert content(heard[0].path) == "not a ledger"
    assert await ledger.transactions() == [transaction]


async def test_damage_found_in_use_costs_no_running_transaction_and_no_fact(opened: Opener, path: Path) -> None:
    heard: list[SetAside] = []
    ledger = await opened(on_set_aside=heard.append)
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(1, 1100), power(1, 7000)])
    for number in range(1500):
        ledger.orphan("yard", 1, "-1", closing(number, reason="x" * 500))
    ledger.remember("garage", "wish", 10)
    ledger.price(Price(NOON, "EUR", 300_000))
    await durable(ledger)
    await ledger.begin_backup()
    spoil(path)

    with pytest.raises(LedgerFailed):
        [ledger.find("yard", str(number)) for number in range(0, 1 << 31, 1 << 22)]
    await until(lambda: heard != [] and ledger.trouble is None)

    assert [set_aside.kind for set_aside in heard] == ["corrupt"]
    assert ledger.set_aside is heard[0]
    assert await ledger.prices(NOON, NOON) == (Price(NOON, "EUR", 300_000),)
    assert ledger.active("garage") == [transaction]
    ledger.read(transaction, [register(2, 1200), power(2, 3000)])
    await durable(ledger)
    assert transaction in await ledger.transactions(limit=10_000)
    await ledger.close()
    again = await opened()
    assert again.start(opening()).id == transaction.id
    assert again.recall("garage", "wish") == 10
    assert again.active("garage")[0].meter_last == 1200


# --- Reading at leisure, copies, forgetting ---


async def test_transactions_are_listed_newest_first(ledger: Ledger) -> None:
    first, second, theirs = ledger.start(opening(1)), ledger.start(opening(2)), ledger.start(opening(3, "yard"))
    ledger.stop(first, closing(1))
    await durable(ledger)

    assert await ledger.transactions() == [theirs, second, first]
    assert await ledger.transactions("garage") == [second, first]
    assert await ledger.transactions(since=after(10)) == [first]
    assert await ledger.transactions(limit=1) == [theirs]
    assert await ledger.stations() == ["garage", "yard"]


async def test_a_snapshot_is_a_ledger(opened: Opener, tmp_path: Path) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    await durable(ledger)

    await ledger.snapshot(tmp_path / "copy.db")

    assert (await opened(tmp_path / "copy.db")).start(opening()).id == transaction.id


async def test_during_a_backup_answers_go_on_and_the_copied_files_are_whole(opened: Opener, path: Path) -> None:
    ledger = await opened()
    first = ledger.start(opening())
    await durable(ledger)
    await ledger.begin_backup()
    copy = path.parent / "backup" / "ledger.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    second = ledger.start(opening(1))
    await durable(ledger)
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    await ledger.end_backup()
    third = ledger.start(opening(2))
    await durable(ledger)

    restored = await opened(copy)

    assert [one.id for one in restored.active("garage")] == [first.id, second.id]
    assert restored.set_aside is None
    assert restored.start(opening(2)).id != third.id


async def test_a_forgotten_station_is_gone_and_others_stay(opened: Opener) -> None:
    ledger = await opened()
    gone, kept = ledger.start(opening()), ledger.start(opening(station="yard"))
    ledger.read(gone, [register(1, 1100)])
    ledger.read(kept, [register(1, 1100)])
    ledger.remember("garage", "wish", 10)
    ledger.remember("yard", "wish", 10)
    ledger.quarantine("garage", "frame", "[", "odd")
    await durable(ledger)

    await ledger.forget("garage")

    assert ledger.active("garage") == []
    assert await ledger.stations() == ["yard"]
    assert len(await ledger.readings(kept)) == 1
    assert ledger.recall("garage", "wish") is None
    await ledger.close()
    ledger = await opened()
    assert await ledger.stations() == ["yard"]
    assert ledger.recall("yard", "wish") == 10


async def test_a_station_that_could_not_be_forgotten_is_still_there(opened: Opener, path: Path) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    await durable(ledger)
    before = state(transaction)

    with held_by_another(path), pytest.raises(LedgerFailed):
        await ledger.forget("garage")

    assert ledger.active("garage") == [transaction]
    assert state(transaction) == before
    assert ledger.start(opening()) is transaction


async def test_a_ledger_keeps_what_the_protocol_promises(ledger: Ledger) -> None:
    promises: Promises = ledger
    for name in vars(Promises):
        if not name.startswith("_"):
            assert callable(getattr(promises, name))


async def test_a_message_of_meter_values_is_a_small_write(opened: Opener, path: Path) -> None:
    ledger = await opened()
    transaction = ledger.start(opening())
    ledger.read(transaction, [register(0, 1000), power(0, 0)])
    await durable(ledger)
    await ledger.begin_backup()

    for number in range(100):
        at = timedelta(seconds=10 * number)
        ledger.read(transaction, [replace(r, at=r.at + at) for r in (register(1, 1000.0 + number), power(1, 7000))])
        await durable(ledger)

    assert size(f"{path}-wal") < 100 * 2 * 1048
    await ledger.end_backup()


async def test_a_transaction_can_be_renamed_so_that_its_id_is_free_again(opened: Opener) -> None:
    ledger = await opened()
    first = ledger.start(replace(opening(), id="1"))
    ledger.stop(first, closing(10))
    await durable(ledger)
    ledger.rename(replace(first), "1 of old")
    assert ledger.find("garage", "1") is None
    assert ledger.latest("garage", first.evse) is first
    second = ledger.start(replace(opening(), id="1", token="OTHER"))
    await durable(ledger)
    await ledger.close()

    again = await opened()
    tokens = {name: (found := again.find("garage", name)) and found.token for name in ("1 of old", "1")}

    assert first.id == "1 of old"
    assert tokens == {"1 of old": first.token, "1": "OTHER"} != {"1 of old": second.token, "1": "OTHER"}


async def test_a_transaction_is_renamed_that_nobody_has_asked_for_since(opened: Opener) -> None:
    ledger = await opened()
    first = ledger.start(replace(opening(), id="1"))
    ledger.stop(first, closing(10))
    await durable(ledger)
    ledger.rename(first, "1 of old")
    await durable(ledger)

    assert (ledger.find("garage", "1"), ledger.find("garage", "1 of old")) == (None, first)


async def test_a_name_that_could_not_be_written_is_not_given(opened: Opener, path: Path) -> None:
    ledger = await opened()
    first = ledger.start(replace(opening(), id="1"))
    await durable(ledger)
    with held_by_another(path):
        ledger.rename(first, "1 of old")
        await refused(ledger)

    assert (first.id, ledger.find("garage", "1"), ledger.find("garage", "1 of old")) == ("1", first, None)
