"""What is read from the file: what the ledger begins with, one transaction at a time, and whole histories."""

# ruff: noqa: S608 - what is put together are the names of columns; values are always bound

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.account import Account, Query
from ..model.errors import LedgerFailed
from ..model.meter import Reading
from ..model.price import Price, Share
from ..model.transaction import Point, Transaction
from .accounts import text_of
from .holders import HOLDERS
from .measurands import KNOWN, READINGS, reading_of
from .progress import Progress, points_after
from .rows import NAMES, Row, Write, microseconds, moment, transaction_of
from .store import SetAside, Store
from .tariffs import NEWEST_PRICES, NEWEST_SHARES, PRICES, SHARES, in_force, price_of, share_of

FIELDS: Final = f"{', '.join(NAMES)}, content"
BY_ID: Final = f"SELECT {FIELDS} FROM transactions WHERE id = ? AND station = ?"
BY_CONTENT: Final = f"SELECT {FIELDS} FROM transactions WHERE station = ? AND content = ?"
LATEST: Final = (
    f"SELECT {FIELDS} FROM transactions WHERE station = ? AND evse = ? AND stopped IS NOT NULL "
    "ORDER BY stopped DESC, key DESC LIMIT 1"
)
ENDED_WITH: Final = (
    f"SELECT {FIELDS} FROM transactions WHERE station = ? AND evse = ? AND stopped = ? AND meter_stop IS ? "
    "ORDER BY key LIMIT 1"
)
TAKEN: Final = "SELECT 1 FROM transactions WHERE id = ? LIMIT 1"
ACTIVE: Final = f"SELECT {FIELDS} FROM transactions WHERE stopped IS NULL"
HISTORY: Final = (
    f"SELECT {FIELDS} FROM transactions WHERE ifnull(station = ?, TRUE) AND coalesce(stopped, started) >= ? "
    "ORDER BY coalesce(started, stopped) DESC, key DESC LIMIT ?"
)
SESSIONS: Final = (
    f"SELECT {FIELDS}, (SELECT count(signed) FROM readings WHERE transaction_key = key) FROM transactions "
    "WHERE (?1 IS NULL OR station = ?1) AND (?2 IS NULL OR evse = ?2) AND (?3 IS NULL OR card = ?3) "
    "AND (?4 IS NULL OR person = ?4) AND (?5 IS NULL OR stopped IS NULL OR stopped >= ?5) "
    "AND (?6 IS NULL OR coalesce(started, stopped) < ?6) AND (?7 IS NULL OR (stopped IS NULL) = ?7) "
    "AND offline >= ?8 AND (repaired OR (stopped IS NOT NULL AND stop_received IS NULL)) >= ?9 AND orphan >= ?10 "
    "ORDER BY coalesce(started, stopped) DESC, key DESC LIMIT ?11"
)
PRICES_IN_FORCE: Final = (
    f"{PRICES} WHERE at <= ?2 AND at >= ifnull((SELECT max(at) FROM prices WHERE at <= ?1), ?1) ORDER BY at"
)
SHARES_IN_FORCE: Final = f"{SHARES} WHERE station = ? AND evse = ? AND at <= ? ORDER BY at"
SETTLE: Final = "UPDATE transactions SET account = ? WHERE key = ?"
UNSETTLE: Final = (
    "UPDATE transactions SET account = NULL WHERE account IS NOT NULL AND stopped > ?1 "
    "AND (?2 IS NULL OR coalesce(started, stopped) < ?2)"
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
    "DELETE FROM shares WHERE station = ?",
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
    prices: list[Row]
    shares: list[Row]
    holders: list[Row]
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
        store.every(NEWEST_PRICES),
        store.every(NEWEST_SHARES),
        store.every(HOLDERS),
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


def sessions(store: Store, query: Query) -> list[tuple[Transaction, int]]:
    """The transactions that are asked for, the newest first, each with the number of its signed values."""
    since = None if query.since is None else microseconds(query.since)
    until = None if query.until is None else microseconds(query.until)
    flags = [flag in query.flags for flag in ("offline", "repaired", "orphan")]
    asked = (query.station, query.evse, query.card, query.person, since, until, query.running, *flags, query.limit)
    return [(found_of(row[:-1])[0], int(row[-1] or 0)) for row in store.every(SESSIONS, asked)]


def points_of(store: Store, key: int | None) -> tuple[Point, ...]:
    """How the register of a transaction ran."""
    return points_after((), readings_of(store, key))


def prices_in_force(store: Store, since: datetime, until: datetime) -> tuple[Price, ...]:
    """The prices that hold at some moment from `since` to `until`."""
    return tuple(map(price_of, store.every(PRICES_IN_FORCE, (microseconds(since), microseconds(until)))))


def shares_in_force(store: Store, place: tuple[str, int], since: datetime, until: datetime) -> tuple[Share, ...]:
    """The shares of the sun of an EVSE that hold at some moment from `since` to `until`."""
    rows = store.every(SHARES_IN_FORCE, (*place, microseconds(until)))
    return in_force(map(share_of, rows), since, until)


def overlaps(transaction: Transaction, since: datetime, until: datetime | None) -> bool:
    """Whether an ended transaction ran at some moment after `since` and before `until` (None: for ever)."""
    begun, ended = transaction.started or transaction.stopped, transaction.stopped
    return ended is not None and ended > since and (until is None or (begun is not None and begun < until))


def settled(key: int, account: Account) -> Write:
    """The write that records an account, and nothing else of what may have changed meanwhile."""
    return SETTLE, [(text_of(account), key)]


def unsettle(since: datetime, until: datetime | None) -> Write:
    """The write that has what ran between the two settled anew."""
    return UNSETTLE, [(microseconds(since), None if until is None else microseconds(until))]


def oddities(store: Store, station: str) -> list[Oddity]:
    """The messages of a station that were not understood, oldest first."""
    rows = store.every(ODDITIES, (station,))
    return [Oddity(moment(int(at or 0)), str(kind), str(raw), str(reason)) for at, kind, raw, reason in rows]


def stations(store: Store) -> list[str]:
    """The stations of which something is recorded."""
    return sorted(str(row[0]) for row in store.every(STATIONS))


def _with_progress(store: Store, transaction: Transaction) -> Transaction:
    """While a transaction runs its progress is not written, for it follows from the readings."""
    readings = readings_of(store, transaction.key)
    progress = Progress().after(readings)
    return replace(
        transaction,
        points=points_after((), readings),
        meter_last=progress.meter_last,
        meter_last_at=progress.meter_last_at,
        peak_power=progress.peak_power,
    )


def _old(kept: timedelta) -> Write:
    return OLD, [(microseconds(datetime.now(UTC)), kept // timedelta(microseconds=1))]
