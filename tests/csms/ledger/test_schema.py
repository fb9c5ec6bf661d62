from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger.schema import MIGRATIONS, PAGE_SIZE, VERSION, Unusable, prepare


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_fresh_file_becomes_a_ledger_that_survives_a_power_cut(connection: sqlite3.Connection) -> None:
    prepare(connection)

    assert pragma(connection, "user_version") == VERSION == len(MIGRATIONS)
    assert pragma(connection, "journal_mode") == "wal"
    assert pragma(connection, "synchronous") == 2
    assert pragma(connection, "page_size") == PAGE_SIZE
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables == {
        "transactions",
        "measurands",
        "readings",
        "facts",
        "oddities",
        "reserve",
        "prices",
        "shares",
        "holders",
    }


def test_a_ledger_is_left_as_it_is(connection: sqlite3.Connection) -> None:
    prepare(connection)
    connection.execute("INSERT INTO facts VALUES ('garage', 'colour', '\"red\"')")

    prepare(connection)

    assert connection.execute("SELECT * FROM facts").fetchall() == [("garage", "colour", '"red"')]


def test_a_file_of_a_newer_version_is_not_written_to(path: Path, connection: sqlite3.Connection) -> None:
    connection.executescript(f"CREATE TABLE later (x); PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(Unusable, match=f"version {VERSION + 1}") as refusal:
        prepare(connection)

    assert refusal.value.kind == "newer"
    assert path.read_bytes() == before


def test_a_version_below_zero_is_damage(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version = -5")

    with pytest.raises(Unusable) as refusal:
        prepare(connection)

    assert refusal.value.kind == "corrupt"


def test_tables_that_are_not_those_of_a_ledger_are_damage(connection: sqlite3.Connection) -> None:
    prepare(connection)
    connection.execute("DROP INDEX transaction_content")

    with pytest.raises(Unusable, match="tables") as refusal:
        prepare(connection)

    assert refusal.value.kind == "corrupt"


def test_a_file_whose_pages_contradict_each_other_is_damage(connection: sqlite3.Connection) -> None:
    prepare(connection)
    connection.execute("INSERT INTO facts VALUES ('garage', 'colour', '1')")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'facts'")
    connection.execute("PRAGMA writable_schema = RESET")

    with pytest.raises((Unusable, sqlite3.DatabaseError)):
        prepare(connection)


def test_the_ledger_refuses_two_transactions_of_one_content_and_two_of_one_id(connection: sqlite3.Connection) -> None:
    prepare(connection)
    insert = (
        "INSERT INTO transactions (station, id, content, evse, connector, offline, orphan) VALUES (?, ?, ?, 1, 1, 0, 0)"
    )
    connection.execute(insert, ("garage", "1", "same"))
    connection.execute(insert, ("yard", "2", "same"))
    connection.execute(insert, ("yard", "1", None))
    connection.execute(insert, ("yard", "3", None))

    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(insert, ("garage", "4", "same"))
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(insert, ("garage", "1", "other"))


def rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        "transactions": connection.execute("SELECT * FROM transactions").fetchall(),
        "measurands": connection.execute("SELECT * FROM measurands").fetchall(),
        "readings": connection.execute("SELECT * FROM readings").fetchall(),
        "facts": connection.execute("SELECT * FROM facts").fetchall(),
    }


def test_a_file_of_version_1_becomes_one_of_this_version_without_loss(connection: sqlite3.Connection) -> None:
    connection.executescript(f"BEGIN; {MIGRATIONS[0]} PRAGMA user_version = 1; COMMIT")
    insert = (
        "INSERT INTO transactions (station, id, content, evse, connector, token, started, meter_start, stopped, "
        "meter_stop, reason, offline, orphan) VALUES (?, ?, ?, 1, 1, 'CARD', 5, 1000.0, ?, ?, ?, 1, 0)"
    )
    connection.execute(insert, ("garage", "1", "same", 9, 5000.0, "Local"))
    connection.execute(insert, ("garage", "2", "other", None, None, None))
    connection.execute("INSERT INTO measurands VALUES (1, 'Energy.Active.Import.Register', '', 'Outlet', 'Other')")
    connection.execute("INSERT INTO readings VALUES (2, 7, 1, 1500.0, 'OCMF')")
    connection.execute("INSERT INTO facts VALUES ('garage', 'colour', '1')")
    before = rows(connection)

    prepare(connection)
    prepare(connection)

    now, width = rows(connection), len(before["transactions"][0])
    assert pragma(connection, "user_version") == VERSION
    assert [row[:width] for row in now["transactions"]] == before["transactions"]
    assert [row[width:] for row in now["transactions"]] == [(None, None, None, 0, None)] * 2
    assert now | {"transactions": []} == before | {"transactions": []}
    assert connection.execute("SELECT * FROM prices").fetchall() == []


def test_a_migration_that_is_cut_off_leaves_the_older_file(connection: sqlite3.Connection) -> None:
    connection.executescript(f"BEGIN; {MIGRATIONS[0]} PRAGMA user_version = 1; COMMIT; CREATE TABLE shares (x)")

    with pytest.raises(sqlite3.OperationalError, match="shares"):
        prepare(connection)

    connection.rollback()
    assert pragma(connection, "user_version") == 1
    assert "card" not in {name for (_, name, *_) in connection.execute("PRAGMA table_info(transactions)")}
