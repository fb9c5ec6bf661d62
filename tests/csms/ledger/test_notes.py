from collections.abc import Iterator
from contextlib import closing
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger.notes import LONGEST, ODDITIES, Notes
from custom_components.ocpp_home.csms.ledger.schema import prepare


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        prepare(connection)
        yield connection


def write(connection: sqlite3.Connection, notes: Notes) -> None:
    for statement, rows in notes.take():
        connection.executemany(statement, rows)
    notes.settle()


def facts(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute("SELECT station, name, value FROM facts").fetchall()


def raws(connection: sqlite3.Connection, station: str) -> list[str]:
    return [raw for (raw,) in connection.execute("SELECT raw FROM oddities WHERE station = ? ORDER BY key", (station,))]


def test_a_fact_is_recalled_at_once_and_after_it_was_written(connection: sqlite3.Connection) -> None:
    notes = Notes([])

    assert notes.remember("garage", "wish", {"amps": [10, 16.5, None, True]})
    assert notes.recall("garage", "wish") == {"amps": [10, 16.5, None, True]}
    write(connection, notes)

    assert Notes(facts(connection)).recall("garage", "wish") == {"amps": [10, 16.5, None, True]}


def test_a_fact_belongs_to_its_station() -> None:
    notes = Notes([])
    notes.remember("garage", "wish", 10)

    assert notes.recall("yard", "wish") is None
    assert notes.recall("garage", "other") is None


def test_what_is_not_new_is_not_written(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    notes.remember("garage", "wish", 10)
    write(connection, notes)

    assert not notes.remember("garage", "wish", 10)
    assert not notes.remember("garage", "other", None)
    assert not notes.waiting


def test_a_fact_is_the_ledgers_own_copy() -> None:
    notes = Notes([])
    mine = [1, 2]
    notes.remember("garage", "list", mine)
    mine.append(3)
    notes.recall("garage", "list").append(4)

    assert notes.recall("garage", "list") == [1, 2]


def test_a_fact_that_is_forgotten_or_changed_is_so_in_the_file(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    notes.remember("garage", "wish", 10)
    notes.remember("garage", "mode", "fast")
    write(connection, notes)

    notes.remember("garage", "wish", None)
    notes.remember("garage", "mode", "slow")
    assert notes.recall("garage", "wish") is None
    write(connection, notes)

    assert facts(connection) == [("garage", "mode", '"slow"')]


def test_a_fact_that_changed_often_is_written_once(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    for amps in range(100):
        notes.remember("garage", "wish", amps)

    [_, (_, kept), _, _] = notes.take()

    assert kept == [("garage", "wish", "99")]


def test_what_could_not_be_written_waits_again_and_the_newest_wins(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    notes.remember("garage", "wish", 10)
    notes.quarantine("garage", "frame", "first", "odd")
    notes.take()
    notes.remember("garage", "wish", 16)
    notes.quarantine("garage", "frame", "second", "odd")

    notes.give_back()
    write(connection, notes)

    assert facts(connection) == [("garage", "wish", "16")]
    assert raws(connection, "garage") == ["first", "second"]


def test_to_give_back_what_was_settled_brings_nothing() -> None:
    notes = Notes([])
    notes.remember("garage", "wish", 10)
    notes.take()
    notes.settle()

    notes.give_back()

    assert not notes.waiting


def test_a_stored_fact_that_is_damaged_is_forgotten() -> None:
    notes = Notes([("garage", "wish", "{1"), ("garage", "mode", '"fast"')])

    assert notes.recall("garage", "wish") is None
    assert notes.recall("garage", "mode") == "fast"


def test_a_forgotten_station_leaves_the_others(connection: sqlite3.Connection) -> None:
    notes = Notes([("garage", "wish", "1"), ("garage", "mode", "2"), ("yard", "wish", "3")])
    write(connection, notes)

    notes.forget("garage")

    assert notes.recall("garage", "wish") is None
    assert notes.recall("yard", "wish") == 3
    assert notes.take()[0][1] == [("garage", "wish"), ("garage", "mode")]


def test_in_a_fresh_file_all_facts_are_written_again(connection: sqlite3.Connection) -> None:
    notes = Notes([("garage", "wish", "1"), ("yard", "wish", "3")])

    notes.begin_anew()
    write(connection, notes)

    assert facts(connection) == [("garage", "wish", "1"), ("yard", "wish", "3")]


def test_only_the_newest_odd_messages_of_a_station_are_kept(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    notes.quarantine("yard", "frame", "theirs", "odd")
    write(connection, notes)
    for number in range(ODDITIES + 55):
        notes.quarantine("garage", "frame", f"message {number}", "odd")
        if number % 60 == 0:
            write(connection, notes)
    write(connection, notes)

    assert raws(connection, "garage") == [f"message {number}" for number in range(55, ODDITIES + 55)]
    assert raws(connection, "yard") == ["theirs"]


def test_an_odd_message_is_kept_whole_up_to_a_bound(connection: sqlite3.Connection) -> None:
    notes = Notes([])
    notes.quarantine("garage", "frame", '[2,"\ud800"]', "odd")
    notes.quarantine("garage", "frame", "x" * (LONGEST + 5), "odd")
    write(connection, notes)

    assert raws(connection, "garage") == ['[2,"?"]', "x" * LONGEST]


def test_remembered_messages_with_a_word_in_them_are_forgotten() -> None:
    notes = Notes([])
    notes.remember("garage", "moments", {"start|Jürgen": "x"})
    notes.remember("yard", "moments", {"start|Bob": "x"})
    notes.remember("garage", "wish", "Jürgen")

    notes.forget_words(["Jürgen"])

    assert notes.recall("garage", "moments") is None
    assert notes.recall("yard", "moments") == {"start|Bob": "x"}
    assert notes.recall("garage", "wish") == "Jürgen"
