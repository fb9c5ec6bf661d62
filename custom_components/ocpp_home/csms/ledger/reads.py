"""What is read from the file: what the ledger begins with, one transaction at a time, and whole histories."""

# ruff: noqa: S608 - what is put together are the names of columns; values are always bound

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.errors import LedgerFailed
from ..model.meter import Reading
from ..model.transaction import Transaction
from .measurands import KNOWN, READINGS, reading_of
from .progress import Progress
from .rows import NAMES, Row, Write, microseconds, moment, transaction_of
from .store import SetAside, Store

FIELDS: Final = f"{', '.join(NAMES)}, content"
BY_ID: Final = f"SELECT {FIELDS} FROM transactions WHERE id = ? AND station = ?"
BY_CONTENT: Final = f"SELECT {FIELDS} FROM transactions WHERE station = ? AND content = ?"
LATEST: Final = (
    f"SELECT {FIELDS} FROM transactions WHERE station = ? AND evse = ? AND stopped IS NOT NULL "
    "ORDER BY stopped DESC, key DESC LIMIT 1"
)
TAKEN: Final = "SELECT 1 FROM transactions WHERE id = ? LIMIT 1"
ACTIVE: Final = f"SELECT {FIELDS} FROM transactions WHERE stopped IS NULL"
HISTORY: Final = (
    f"SELECT {FIELDS} FROM transactions WHERE ifnull(station = ?, TRUE) AND coalesce(stopped, started) >= ? "
    "ORDER BY coalesce(started, stopped) DESC, key DESC LIMIT ?"
)
STATIONS: Final = "SELECT station FROM transactions UNION SELECT station FROM facts UNION SELECT station FROM oddities"
ODDITIES: Final = "SELECT at, kind, raw, reason FROM oddities WHERE station = ? ORDER BY key"
OLD: Final = (
    "DELETE FROM readings WHERE signed IS NULL AND transaction_key IN "
    "(SELECT key FROM transactions WHERE stopped < (SELECT min(?, max(stopped)) - ? FROM transactions))"
)
"""Counted from the newest stop or now, whichever is earlier, so that a clock that is ahead deletes nothing."""

FORGET: Final = (
    "DELETE FROM readings WHERE transaction_key IN (SELECT key FROM transactions WHERE station = ?)",
    "DELETE FROM transactions WHERE station = ?",
    "DELETE FROM oddities WHERE station = ?",
)

type Found = tuple[Transaction, str | None]
"""A transaction and what it was first written with."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A message that was not understood."""

    at: datetime
    kind: str
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a ledger holds when it is opened."""

    set_aside: SetAside | None
    active: list[Found]
    facts: list[Row]
    measurands: list[Row]
    next_key: int


def begin(store: Store) -> Beginning:
    """Open the file and read what runs; in the ledger's thread. Raises LedgerFailed."""
    set_aside = store.open()
    with suppress(LedgerFailed):  # on a full disk the old ones stay a while longer
        store.write([_old(store.terms.keep_readings)])
    active = [found_of(row) for row in store.every(ACTIVE)]
    return Beginning(
        set_aside,
        [(_with_progress(store, transaction), content) for transaction, content in active],
        store.every("SELECT station, name, value FROM facts"),
        store.every(KNOWN),
        int(store.every("SELECT ifnull(max(key), 0) + 1 FROM transactions")[0][0] or 1),
    )


def found_of(row: Row) -> Found:
    """The transaction and the content a row of FIELDS holds."""
    return transaction_of(row[:-1]), None if row[-1] is None else str(row[-1])


def readings_of(store: Store, key: int | None) -> list[Reading]:
    """The readings of a transaction, oldest first."""
    return [reading for row in store.every(READINGS, (key,)) if (reading := reading_of(row)) is not None]


def history(store: Store, station: str | None, since: datetime | None, limit: int) -> list[Transaction]:
    """Transactions, the newest first."""
    beginning = -(1 << 62) if since is None else microseconds(since)
    return [found_of(row)[0] for row in store.every(HISTORY, (station, beginning, limit))]


def oddities(store: Store, station: str) -> list[Oddity]:
    """The messages of a station that were not understood, oldest first."""
    rows = store.every(ODDITIES, (station,))
    return [Oddity(moment(int(at or 0)), str(kind), str(raw), str(reason)) for at, kind, raw, reason in rows]


def stations(store: Store) -> list[str]:
    """The stations of which something is recorded."""
    return sorted(str(row[0]) for row in store.every(STATIONS))


def _with_progress(store: Store, transaction: Transaction) -> Transaction:
    """While a transaction runs its progress is not written, for it follows from the readings."""
    progress = Progress().after(readings_of(store, transaction.key))
    return replace(
        transaction,
        meter_last=progress.meter_last,
        meter_last_at=progress.meter_last_at,
        peak_power=progress.peak_power,
    )


def _old(kept: timedelta) -> Write:
    return OLD, [(microseconds(datetime.now(UTC)), kept // timedelta(microseconds=1))]
