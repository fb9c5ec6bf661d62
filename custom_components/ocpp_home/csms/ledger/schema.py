"""The tables of the ledger, and how an older file is brought to them.

Moments are whole microseconds since 1970 (UTC), energy is Wh, power is W, money is millionths of a currency. A
reading is kept small, for it is what an
SD card has to bear: its quantity, phase, location and context are one number, explained in `measurands`.
"""

from contextlib import closing
import sqlite3
from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE transactions (
        key INTEGER PRIMARY KEY,
        station TEXT NOT NULL,
        id TEXT NOT NULL,
        content TEXT,  -- what makes two messages the same; NULL where the station issued the id
        evse INTEGER NOT NULL,
        connector INTEGER NOT NULL,
        token TEXT,
        started INTEGER,
        meter_start REAL,
        stopped INTEGER,
        meter_stop REAL,
        reason TEXT,
        stop_token TEXT,
        offline INTEGER NOT NULL,
        orphan INTEGER NOT NULL,
        remote_start INTEGER,
        reservation INTEGER,
        received INTEGER,
        stop_received INTEGER,
        meter_last REAL,  -- this and the next two are derived from the readings while the transaction runs
        meter_last_at INTEGER,
        peak_power REAL
    ) STRICT;
    CREATE UNIQUE INDEX transaction_id ON transactions (id, station);
    CREATE UNIQUE INDEX transaction_content ON transactions (station, content);
    CREATE INDEX transaction_ended ON transactions (station, evse, stopped);

    CREATE TABLE measurands (
        key INTEGER PRIMARY KEY,
        quantity TEXT NOT NULL,
        phase TEXT NOT NULL,  -- '' for all phases together
        location TEXT NOT NULL,
        context TEXT NOT NULL,
        UNIQUE (quantity, phase, location, context)
    ) STRICT;
    CREATE TABLE readings (
        transaction_key INTEGER NOT NULL,
        at INTEGER NOT NULL,
        measurand INTEGER NOT NULL,
        value REAL NOT NULL,
        signed TEXT,
        PRIMARY KEY (transaction_key, at, measurand)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE facts (
        station TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,  -- JSON
        PRIMARY KEY (station, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE oddities (
        key INTEGER PRIMARY KEY,
        station TEXT NOT NULL,
        kind TEXT NOT NULL,
        raw TEXT NOT NULL,
        reason TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX oddity_station ON oddities (station);
    CREATE TABLE reserve (space BLOB NOT NULL) STRICT;
    """,
    """
    ALTER TABLE transactions ADD COLUMN card TEXT;
    ALTER TABLE transactions ADD COLUMN person TEXT;
    ALTER TABLE transactions ADD COLUMN card_group TEXT;
    ALTER TABLE transactions ADD COLUMN repaired INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE transactions ADD COLUMN account TEXT;  -- JSON; what is settled, NULL when it is to be settled anew
    CREATE TABLE prices (
        at INTEGER PRIMARY KEY,
        currency TEXT NOT NULL,
        per_kwh INTEGER,  -- millionths of the currency; NULL where nobody knew
        source TEXT NOT NULL
    ) STRICT;
    CREATE TABLE shares (
        station TEXT NOT NULL,
        evse INTEGER NOT NULL,
        at INTEGER NOT NULL,
        share INTEGER,  -- thousandths from the sun; NULL where nobody knew
        PRIMARY KEY (station, evse, at)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE holders (
        token TEXT NOT NULL,
        type TEXT NOT NULL,
        at INTEGER NOT NULL,  -- from when on the card is theirs
        card TEXT,  -- this and the next two: NULL where it is nobody's
        person TEXT,
        card_group TEXT,
        PRIMARY KEY (token, type, at)
    ) STRICT, WITHOUT ROWID;
    """,
)
VERSION: Final = len(MIGRATIONS)

PAGE_SIZE: Final = 1024
"""A commit writes whole pages; meter values touch one or two, so small pages spare the card."""


class Unusable(Exception):
    """The file is not a ledger this version can write to; `kind` is `corrupt` or `newer`."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def prepare(connection: sqlite3.Connection) -> None:
    """Bring the file of a connection in autocommit mode to VERSION; raises Unusable, and sqlite3.Error."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise Unusable("newer", f"the file has version {found}, this integration knows {VERSION}")
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what a person wants forgotten is overwritten
    flaw = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found < 0 or flaw != "ok":
        raise Unusable("corrupt", flaw)
    _migrate(connection, found)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as pattern:
        _migrate(pattern, 0)
        if _shape(pattern) != _shape(connection):
            raise Unusable("corrupt", "the tables are not those of a ledger")


def _migrate(connection: sqlite3.Connection, found: int) -> None:
    for version, script in enumerate(MIGRATIONS[found:], found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {version}; COMMIT")


def _shape(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
