import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
import gc
from pathlib import Path
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger.commit import LONGEST, GroupCommit
from custom_components.ocpp_home.csms.ledger.notes import Notes
from custom_components.ocpp_home.csms.ledger.rows import Write
from custom_components.ocpp_home.csms.ledger.store import SetAside, Store, Terms
from custom_components.ocpp_home.csms.model.errors import LedgerFailed

from .samples import spoil

TERMS = Terms(patience=0.05, reserve=1 << 12, leisure=0.02, retry=0.02)


class Bench:
    """A file, the notes, the group commit over both, and what it told."""

    def __init__(self, path: Path, terms: Terms = TERMS) -> None:
        self.store = Store(path, terms)
        self.store.open()
        self.notes = Notes([])
        self.told: list[str | None] = []
        self.commits = GroupCommit(self.store, self.notes, self.told.append)

    def add(self, name: str, undo: Callable[[], None] | None = None, key: int = 1) -> None:
        self.commits.add([fact(name)], key, undo)

    @property
    def names(self) -> list[str]:
        return [str(name) for (name,) in self.store.every("SELECT name FROM facts ORDER BY name")]

    async def close(self) -> None:
        await self.commits.close()
        self.store.close()
        self.store.thread.shutdown()


def fact(name: str) -> Write:
    return ("INSERT INTO facts VALUES ('garage', ?, '1')", [(name,)])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def some(future: Awaitable[None] | None) -> Awaitable[None]:
    assert future is not None
    return future


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def bench(path: Path) -> AsyncIterator[Bench]:
    bench = Bench(path)
    yield bench
    await bench.close()


def commits_in_log(path: Path) -> int:
    """How often the write-ahead log was synced: its frames that end a transaction (SQLite file format - 4.1)."""
    log = Path(f"{path}-wal").read_bytes()
    page_size, salts = int.from_bytes(log[8:12]), log[16:24]
    frames = [log[at : at + 24] for at in range(32, len(log), page_size + 24)]
    return sum(1 for frame in frames if frame[8:16] == salts and frame[4:8] != b"\0\0\0\0")


async def test_what_was_added_is_durable_when_its_future_is_done(bench: Bench) -> None:
    bench.add("a")
    durable = some(bench.commits.commit())
    assert not durable.done()
    assert bench.names == []

    await durable

    assert bench.names == ["a"]


async def test_where_nothing_was_added_there_is_nothing_to_wait_for(bench: Bench) -> None:
    assert bench.commits.commit() is None
    bench.add("a")
    await some(bench.commits.commit())
    assert bench.commits.commit() is None
    bench.commits.ask()
    assert bench.commits.commit() is None


async def test_who_asks_waits_for_what_others_have_added(bench: Bench) -> None:
    bench.add("a")
    first = some(bench.commits.commit())
    bench.commits.ask()
    second = some(bench.commits.commit())
    await asyncio.sleep(0)
    assert bench.commits.pending(1)
    bench.commits.ask()
    third = some(bench.commits.commit())

    await second
    assert first.done()
    assert third.done()
    assert not bench.commits.pending(1)


async def test_fifty_at_once_cost_one_or_two_syncs(bench: Bench, path: Path) -> None:
    async def station(name: str) -> None:
        for number in range(3):
            bench.add(f"{name}/{number}")
            await some(bench.commits.commit())

    before = commits_in_log(path)
    async with asyncio.TaskGroup() as stations:
        for number in range(50):
            stations.create_task(station(str(number)))

    assert len(bench.names) == 150
    assert commits_in_log(path) - before <= 6


async def test_what_comes_while_the_thread_commits_goes_into_the_next_batch(bench: Bench) -> None:
    bench.add("a", key=1)
    first = some(bench.commits.commit())
    await asyncio.sleep(0)
    bench.add("b", key=2)
    second = some(bench.commits.commit())
    assert bench.commits.pending(1)
    assert bench.commits.pending(2)

    await first
    assert not second.done()
    await second
    assert bench.names == ["a", "b"]


async def test_who_stops_waiting_disturbs_nobody(bench: Bench) -> None:
    bench.add("a")
    impatient = some(bench.commits.commit())
    bench.add("b")
    patient = some(bench.commits.commit())

    impatient.cancel()
    await patient

    assert bench.names == ["a", "b"]


async def test_a_failure_undoes_the_batch_and_what_was_built_upon_it_newest_first(bench: Bench, path: Path) -> None:
    undone: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for name in "ab":
            bench.add(name, lambda name=name: undone.append(name))
        first = some(bench.commits.commit())
        await asyncio.sleep(0)
        bench.add("c", lambda: undone.append("c"))
        second = some(bench.commits.commit())

        with pytest.raises(LedgerFailed, match="locked"):
            await first
        with pytest.raises(LedgerFailed, match="locked"):
            await second

    assert undone == ["c", "b", "a"]
    assert bench.told == ["database is locked"]
    assert bench.commits.trouble == "database is locked"
    bench.add("a")
    await some(bench.commits.commit())
    assert bench.names == ["a"]
    assert bench.told == ["database is locked", None]


async def test_trouble_is_told_once_and_its_end_is_found_when_nobody_writes(bench: Bench, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for _ in range(2):
            bench.add("a")
            with pytest.raises(LedgerFailed):
                await some(bench.commits.commit())
        assert bench.told == ["database is locked"]
        other.execute("ROLLBACK")

    await until(lambda: bench.told == ["database is locked", None])
    assert bench.names == []


async def test_a_failure_nobody_waits_for_is_not_logged(
    bench: Bench, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        bench.add("a")
        durable = some(bench.commits.commit())
        await until(lambda: bench.commits.trouble is not None)
    assert durable.done()
    del durable
    gc.collect()

    assert caplog.text == ""


async def test_a_shortage_is_told_though_writing_works(path: Path) -> None:
    bench = Bench(path, Terms(reserve=1 << 20, ceiling=1 << 17, retry=60))

    bench.add("a")
    await some(bench.commits.commit())

    assert bench.names == ["a"]
    assert bench.told == ["database or disk is full"]
    await bench.close()


async def test_notes_are_written_before_long_without_being_waited_for(bench: Bench) -> None:
    bench.notes.remember("garage", "wish", 10)
    bench.commits.note()
    assert bench.commits.commit() is None

    await until(lambda: bench.names == ["wish"])


async def test_notes_ride_along_with_what_is_waited_for(path: Path) -> None:
    bench = Bench(path, Terms(reserve=1 << 12, leisure=60))
    bench.notes.remember("garage", "wish", 10)
    bench.commits.note()
    bench.add("a")
    await some(bench.commits.commit())

    assert bench.names == ["a", "wish"]
    await bench.close()


async def test_notes_that_came_while_the_thread_was_busy_are_not_left_lying(bench: Bench) -> None:
    bench.add("a")
    await asyncio.sleep(0)
    bench.notes.remember("garage", "wish", 10)
    await some(bench.commits.commit())

    await until(lambda: bench.names == ["a", "wish"])


async def test_notes_survive_a_failure(bench: Bench, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        bench.notes.remember("garage", "wish", 10)
        bench.add("a")
        with pytest.raises(LedgerFailed):
            await some(bench.commits.commit())

    await until(lambda: bench.told == ["database is locked", None])
    assert bench.names == ["wish"]


async def test_an_earlier_moment_replaces_a_later_one(path: Path) -> None:
    bench = Bench(path, Terms(reserve=1 << 12, leisure=0.02, retry=60))
    bench.commits.report("trouble")
    bench.notes.remember("garage", "wish", 10)
    bench.commits.note()

    await until(lambda: bench.told == ["trouble", None])
    assert bench.names == ["wish"]
    await bench.close()


async def test_too_much_at_once_is_refused(bench: Bench) -> None:
    bench.commits.add([fact(f"{number:05}") for number in range(LONGEST)], 1)
    with pytest.raises(LedgerFailed, match="too much"):
        bench.add("one more")

    await some(bench.commits.commit())
    assert len(bench.names) == LONGEST


async def test_after_a_commit_the_index_may_be_trimmed(bench: Bench) -> None:
    called: list[bool] = []
    bench.commits.on_committed = lambda: called.append(bench.commits.pending(1))

    bench.add("a")
    await some(bench.commits.commit())

    assert called == [False]


async def test_a_file_that_was_replaced_is_told_before_the_trouble_ends(bench: Bench, path: Path) -> None:
    heard: list[SetAside] = []
    bench.commits.on_replaced = heard.append
    bench.add("a" * 600_000)
    await some(bench.commits.commit())
    bench.store.hold()
    spoil(path)
    bench.store.doubted = True

    bench.add("b")
    with pytest.raises(LedgerFailed):
        await some(bench.commits.commit())

    assert [set_aside.kind for set_aside in heard] == ["corrupt"]
    assert bench.commits.trouble is not None
    await until(lambda: bench.commits.trouble is None)
    assert bench.names == []


async def test_closing_writes_what_runs_and_what_waits_and_takes_nothing_more(bench: Bench) -> None:
    bench.add("a")
    await asyncio.sleep(0)
    bench.add("b")
    bench.notes.remember("garage", "wish", 10)
    bench.commits.note()

    await bench.commits.close()

    assert bench.names == ["a", "b", "wish"]
    with pytest.raises(LedgerFailed, match="closed"):
        bench.add("c")
    bench.commits.note()


async def test_closing_writes_notes_alone(bench: Bench) -> None:
    bench.notes.remember("garage", "wish", 10)

    await bench.commits.close()

    assert bench.names == ["wish"]


async def test_closing_a_ledger_that_cannot_be_written_ends(bench: Bench, path: Path) -> None:
    undone: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        bench.add("a", lambda: undone.append("a"))
        bench.notes.remember("garage", "wish", 10)

        await bench.commits.close()

    assert undone == ["a"]
    assert bench.names == []
