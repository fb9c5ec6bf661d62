from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import random
import shutil
import sqlite3
import threading

import pytest

from custom_components.ocpp_home.csms.ledger.schema import PAGE_SIZE
from custom_components.ocpp_home.csms.ledger.store import Replaced, Store, Terms
from custom_components.ocpp_home.csms.model.errors import LedgerFailed

from .samples import spoil

IMPATIENT = Terms(patience=0.05, reserve=1 << 14)
FACT = "INSERT INTO facts VALUES ('garage', ?, '1')"
FACTS = "SELECT name FROM facts ORDER BY name"

type Opener = Callable[..., Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "ledger.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Opener]:
    stores: list[Store] = []

    def opened(terms: Terms = IMPATIENT, where: Path | str = path) -> Store:
        store = Store(where, terms)
        stores.append(store)
        store.open()
        return store

    yield opened
    for store in stores:
        store.close()
        store.thread.shutdown()


def put(store: Store, *names: str) -> None:
    store.write([(FACT, [(name,) for name in names])])


def names(store: Store) -> list[str]:
    return [str(name) for (name,) in store.every(FACTS)]


def parts(path: Path) -> list[str]:
    return sorted(part.name for part in path.parent.iterdir())


def test_what_was_written_is_there_after_closing_and_opening(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, "a", "b")
    store.close()

    assert parts(path) == ["ledger.db"]
    assert names(opened()) == ["a", "b"]


def test_writes_are_durable_all_or_none(opened: Opener) -> None:
    store = opened()
    put(store, "a")

    with pytest.raises(LedgerFailed, match="UNIQUE"):
        store.write([(FACT, [("b",)]), (FACT, [("a",)])])

    assert names(store) == ["a"]
    put(store, "b")
    assert names(store) == ["a", "b"]


def test_its_thread_is_its_own(opened: Opener) -> None:
    name = opened().thread.submit(lambda: threading.current_thread().name).result()

    assert name.startswith("ocpp-ledger")


def test_a_small_query_gives_its_row_or_none(opened: Opener) -> None:
    store = opened()
    put(store, "a")

    query = "SELECT value FROM facts WHERE station = ? AND name = ?"
    assert store.small(query, ("garage", "a")) == ("1",)
    assert store.small(query, ("garage", "b")) is None


def test_reads_go_on_while_somebody_else_holds_the_file(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert store.small("SELECT count(*) FROM facts", ()) == (1,)


def test_a_query_that_cannot_be_answered_is_a_failure_of_the_ledger(opened: Opener) -> None:
    store = opened()
    with pytest.raises(LedgerFailed, match="no such table"):
        store.small("SELECT * FROM absent", ())
    with pytest.raises(LedgerFailed, match="no such table"):
        store.every("SELECT * FROM absent")
    assert not store.doubted


def test_a_ledger_in_memory_is_read_and_written_alike(opened: Opener) -> None:
    store = opened(where=":memory:")
    put(store, "a")

    assert names(store) == ["a"]
    assert store.small("SELECT count(*) FROM facts", ()) == (1,)


def test_text_that_is_no_longer_utf_8_can_still_be_read(opened: Opener) -> None:
    store = opened()
    store.write([("INSERT INTO facts VALUES ('garage', CAST(x'61ff' AS TEXT), '1')", [()])])

    assert names(store) == ["a\ufffd"]


# --- Faults of the disk and of others ---


def test_while_somebody_else_holds_the_file_writes_fail_and_then_work_again(opened: Opener, path: Path) -> None:
    store = opened()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed, match="locked"):
            put(store, "a")
        other.execute("ROLLBACK")

    put(store, "a")
    assert names(store) == ["a"]


def test_a_full_disk_lets_some_more_in_by_the_reserve_then_fails_then_recovers(opened: Opener, path: Path) -> None:
    store = opened(Terms(reserve=1 << 16, ceiling=1 << 17))
    written: list[str] = []

    def fill() -> None:
        while len(written) < 10_000:
            put(store, name := f"{len(written):05}" + "x" * 200)
            written.append(name)

    with pytest.raises(LedgerFailed, match="full"):
        fill()
    before_shortage = next(count for count in range(len(written)) if count * 200 > (1 << 16) // 2)
    assert len(written) > before_shortage
    assert store.shortage == "database or disk is full"
    assert names(store) == written
    assert path.stat().st_size <= 1 << 17

    store.write([("DELETE FROM facts", [()])])
    assert store.shortage is None
    assert store.every("SELECT length(space) FROM reserve") == [(1 << 16,)]
    put(store, "a")
    assert names(store) == ["a"]


def test_the_reserve_is_what_lets_them_in(opened: Opener, tmp_path: Path) -> None:
    def room(store: Store) -> tuple[int, int]:
        plenty = short = 0
        try:
            while plenty + short < 10_000:
                put(store, f"{plenty + short:05}" + "x" * 200)
                plenty, short = (plenty + 1, short) if store.shortage is None else (plenty, short + 1)
        except LedgerFailed:
            return plenty, short
        return plenty, short

    plenty, by_reserve = room(opened(Terms(reserve=1 << 16, ceiling=1 << 17), tmp_path / "reserve.db"))
    assert plenty > 0
    assert by_reserve > 100


def test_the_write_ahead_log_has_its_part_of_the_reserve(opened: Opener, path: Path) -> None:
    store = opened(Terms(reserve=1 << 16))
    log = Path(f"{path}-wal")
    begun = log.stat().st_size

    put(store, "a", "b")

    assert begun > 1 << 16
    assert log.stat().st_size == begun


def test_without_space_for_the_reserve_the_ledger_opens_and_tells_of_the_shortage(opened: Opener) -> None:
    store = opened(Terms(reserve=1 << 20, ceiling=1 << 17))

    assert store.shortage == "database or disk is full"
    put(store, "a")
    assert names(store) == ["a"]


def test_where_nothing_can_be_created_opening_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = Store(tmp_path / "file" / "ledger.db", IMPATIENT)

    with pytest.raises(LedgerFailed):
        store.open()
    store.thread.shutdown()


def test_a_file_that_somebody_else_holds_is_not_set_aside(opened: Opener, path: Path) -> None:
    opened().close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed, match="locked"):
            opened()

    assert parts(path) == ["ledger.db"]


def test_a_closed_ledger_writes_nothing(opened: Opener) -> None:
    store = opened()
    store.close()

    with pytest.raises(LedgerFailed, match="closed"):
        put(store, "a")


# --- Damage ---


def crash_image(store: Store, path: Path, target: Path) -> Path:
    """The files as a power cut leaves them, the write-ahead log included."""
    target.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", target / f"{path.name}{suffix}")
    return target / path.name


def test_a_newer_file_is_set_aside_untouched_and_a_fresh_one_serves(opened: Opener, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as later:
        later.executescript("CREATE TABLE later (x); INSERT INTO later VALUES (42); PRAGMA user_version = 99")
    before = path.read_bytes()
    store = Store(path, IMPATIENT)

    set_aside = store.open()

    assert set_aside is not None
    assert set_aside.kind == "newer"
    assert "99" in set_aside.reason
    assert set_aside.path.name.startswith("ledger.db.newer-")
    assert set_aside.path.read_bytes() == before
    put(store, "a")
    store.close()
    store.thread.shutdown()
    assert names(opened()) == ["a"]


@pytest.mark.parametrize("content", [b"not a database, " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_what_is_no_ledger_is_set_aside(opened: Opener, path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = Store(path, IMPATIENT)

    set_aside = store.open()

    assert set_aside is not None
    assert set_aside.kind == "corrupt"
    assert set_aside.path.read_bytes() == content
    put(store, "a")
    assert names(store) == ["a"]
    store.close()
    store.thread.shutdown()


def test_a_header_that_calls_a_writable_file_read_only_is_damage(opened: Opener, path: Path) -> None:
    opened().close()
    content = bytearray(path.read_bytes())
    content[18] = 7  # "file format write version": beyond what is known, the file is read-only
    path.write_bytes(content)
    store = Store(path, IMPATIENT)

    set_aside = store.open()

    assert set_aside is not None
    assert set_aside.kind == "corrupt"
    store.close()
    store.thread.shutdown()


def test_a_write_ahead_log_without_its_file_is_set_aside_not_dropped(
    opened: Opener, path: Path, tmp_path: Path
) -> None:
    store = opened()
    put(store, "a")
    image = crash_image(store, path, tmp_path / "image")
    log = (tmp_path / "image" / "ledger.db-wal").read_bytes()
    image.write_bytes(b"")
    survivor = Store(image, IMPATIENT)

    set_aside = survivor.open()

    assert set_aside is not None
    assert Path(f"{set_aside.path}-wal").read_bytes() == log
    assert names(survivor) == []
    survivor.close()
    survivor.thread.shutdown()


def damaged(image: Path, damage: Callable[[bytearray], bytearray], suffix: str = "") -> None:
    part = Path(f"{image}{suffix}")
    part.write_bytes(damage(bytearray(part.read_bytes())))


def survive(image: Path) -> None:
    """Whatever the files hold: they open or are set aside, and the ledger takes and keeps what it is given."""
    for name in ("z1", "z2"):
        store = Store(image, Terms(patience=0.05, reserve=1 << 10))
        store.open()
        try:
            put(store, name)
        except Replaced:
            put(store, name)
        assert name in names(store)
        assert store.small("SELECT count(*) FROM facts WHERE name = ?", (name,)) == (1,)
        store.close()
        store.thread.shutdown()


@pytest.fixture
def image(opened: Opener, path: Path, tmp_path: Path) -> Path:
    """A small ledger after a power cut, with both its file and its log in use."""
    store = opened(Terms(reserve=1 << 10))
    put(store, *(f"{number:03}" for number in range(150)))
    store.hold()
    put(store, *(f"{number:03}" for number in range(150, 200)))
    return crash_image(store, path, tmp_path / "image")


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_cut_off_anywhere_is_survived(image: Path, tmp_path: Path, suffix: str) -> None:
    size = Path(f"{image}{suffix}").stat().st_size
    for length in range(0, size, 1024 + 31):
        target = tmp_path / f"cut{length}"
        shutil.copytree(image.parent, target)
        damaged(target / image.name, lambda content, length=length: content[:length], suffix)
        survive(target / image.name)


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_flipped_bytes_anywhere_are_survived(image: Path, tmp_path: Path, suffix: str) -> None:
    dice = random.Random(20260501)
    size = Path(f"{image}{suffix}").stat().st_size
    places = [*range(16, 100, 8), *(dice.randrange(size) for _ in range(30))]
    for place in places:
        target = tmp_path / f"flip{place}"
        shutil.copytree(image.parent, target, dirs_exist_ok=True)

        def flip(content: bytearray, place: int = place) -> bytearray:
            content[place] ^= dice.randrange(1, 256)
            return content

        damaged(target / image.name, flip, suffix)
        survive(target / image.name)


def test_damage_found_in_use_replaces_the_file_and_tells_of_it(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, *(f"{number:04}" + "x" * 300 for number in range(3000)))
    store.hold()
    spoil(path)

    with pytest.raises(LedgerFailed):
        store.small("SELECT sum(length(value)), max(name || value) FROM facts", ())
    assert store.doubted
    with pytest.raises(Replaced) as replaced:
        put(store, "a")

    assert replaced.value.set_aside.kind == "corrupt"
    assert replaced.value.set_aside.path.read_bytes()[:4] == b"\xa5" * 4
    assert not store.doubted
    put(store, "b")
    assert names(store) == ["b"]


def test_a_write_into_a_damaged_file_replaces_it(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, *(f"{number:04}" + "x" * 300 for number in range(6000)))
    store.hold()
    spoil(path)

    with pytest.raises(Replaced):
        store.write([("UPDATE facts SET value = value || '2'", [()])])

    put(store, "b")
    assert names(store) == ["b"]


def test_a_doubt_that_proves_unfounded_changes_nothing(opened: Opener) -> None:
    store = opened()
    put(store, "a")
    store.doubted = True

    put(store, "b")

    assert names(store) == ["a", "b"]
    assert not store.doubted


def test_a_fresh_file_that_cannot_be_begun_is_tried_again(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, *(f"{number:04}" + "x" * 300 for number in range(6000)))
    store.hold()
    spoil(path)
    shared = path.parent.rename(path.parent.with_name("gone"))
    path.parent.write_text("in the way")
    with pytest.raises((LedgerFailed, OSError)):
        store.write([("UPDATE facts SET value = value || '2'", [()])])
    path.parent.unlink()
    shared.rename(path.parent)

    with pytest.raises(Replaced):
        put(store, "a")
    put(store, "b")

    assert names(store) == ["b"]


# --- Copies ---


def test_a_snapshot_is_whole_and_replaces_an_older_one(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    put(store, "a")
    store.snapshot(tmp_path / "copy.db")
    put(store, "b")
    (tmp_path / "copy.db.part").write_text("left by a crash")
    store.snapshot(tmp_path / "copy.db")

    assert names(opened(where=tmp_path / "copy.db")) == ["a", "b"]
    assert not (tmp_path / "copy.db.part").exists()


def test_a_file_copied_while_held_is_whole_however_much_is_written_meanwhile(
    opened: Opener, path: Path, tmp_path: Path
) -> None:
    store = opened(Terms(reserve=1 << 10))
    put(store, *(f"a{number:05}" for number in range(2000)))
    store.hold()
    put(store, *(f"b{number:05}" for number in range(2000)))
    (tmp_path / "copy").mkdir()
    shutil.copy(path, tmp_path / "copy" / "ledger.db")
    before = path.read_bytes()
    put(store, *(f"c{number:05}" for number in range(20_000)))
    put(store, "d")
    assert path.read_bytes() == before
    log = Path(f"{path}-wal").read_bytes()
    (tmp_path / "copy" / "ledger.db-wal").write_bytes(log[: len(log) - PAGE_SIZE // 2])
    store.free()

    copied = names(opened(where=tmp_path / "copy" / "ledger.db"))

    assert [name for name in copied if name < "c"] == [name for name in names(store) if name < "c"]
    assert parts(tmp_path / "copy" / "ledger.db") == ["ledger.db", "ledger.db-shm", "ledger.db-wal"]


def test_the_file_is_not_touched_while_held_even_by_a_full_disk(opened: Opener, path: Path) -> None:
    store = opened(Terms(reserve=1 << 20, ceiling=1 << 17))
    store.hold()
    before = path.read_bytes()

    put(store, *(f"{number:05}" for number in range(100)))

    assert store.shortage is not None
    assert path.read_bytes() == before


def test_a_file_that_somebody_reads_cannot_be_held(opened: Opener, path: Path) -> None:
    store = opened()
    put(store, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute(FACTS).fetchone()
        put(store, "b")

        with pytest.raises(LedgerFailed, match="reads"):
            store.hold()

    store.hold()


def test_what_was_deleted_is_overwritten_also_in_the_write_ahead_log(opened: Opener, path: Path) -> None:
    store = opened()
    store.write([("INSERT INTO facts VALUES ('garage', 'secret', 'TOKEN-OF-ADA')", [()])])
    store.write([("DELETE FROM facts", [()])])
    assert b"TOKEN-OF-ADA" in path.with_name(f"{path.name}-wal").read_bytes()

    store.hold()
    store.scrub()
    store.free()
    store.scrub()

    assert b"TOKEN-OF-ADA" not in path.with_name(f"{path.name}-wal").read_bytes() + path.read_bytes()


def test_a_file_whose_damaged_names_cannot_even_be_told_is_set_aside(opened: Opener, path: Path) -> None:
    opened().close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute(
            "UPDATE sqlite_schema SET name = CAST(x'fffe' AS TEXT), sql = 'CREATE TABLE (' WHERE name = 'facts'"
        )

    again = opened()

    assert again.every("SELECT * FROM facts") == []
    assert list(path.parent.glob("*.corrupt-*"))


def test_terms_are_patient_for_less_than_a_station_is() -> None:
    assert Terms().patience <= 5
    assert Terms().keep_readings >= timedelta(days=365)
