"""The ledger's file, its own thread, and what is done when the file or the disk fails.

The thread is the ledger's own, so that busy threads elsewhere cannot hold an answer back. A copy of the file taken by
anyone at any moment between `hold()` and `free()` is whole: meanwhile only the write-ahead log grows.

Reserve: `reserve` holds a row of zeros. On a full disk it is given up in favour of what has to be written; its pages,
and the write-ahead log that was grown to its size when the file was opened, are on the disk already. That lets a few
hundred writes in before commits fail. It is taken back as soon as there is space. (On a copy-on-write file system
an overwritten page needs a new one; there commits may fail at once, which is safe, only earlier.)
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..model.errors import LedgerFailed
from .rows import Row, Write
from .schema import PAGE_SIZE, Unusable, prepare

DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
SURROUNDINGS: Final = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY),
    }
)
"""What is the fault of the disk or of somebody else, so that the same file may work later."""
FAULTS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the text of a complaint about a damaged name may itself be damaged."""
RELEASE: Final[Write] = ("DELETE FROM reserve", [()])
MEMORY: Final = ":memory:"


@dataclass(frozen=True, slots=True)
class Terms:
    """How patient and how large the ledger may be."""

    patience: float = 5.0
    """How long a write waits for somebody else's lock (s); a station waits some ten seconds for its answer."""
    reserve: int = 1 << 20
    """Bytes held for a full disk."""
    ceiling: int | None = None
    """The size (bytes) the file never exceeds; None leaves it to the disk."""
    keep_readings: timedelta = timedelta(days=400)
    """For how long the unsigned readings of an ended transaction are kept; see also `Ledger.tidy`."""
    leisure: float = 1.0
    """How long facts wait for company before they are written (s)."""
    retry: float = 30.0
    """After how long a ledger in trouble is tried again, when nobody else tries it (s)."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that could not be used (`kind` is `corrupt` or `newer`) and lies at `path` now, whole."""

    kind: str
    reason: str
    path: Path


class Replaced(LedgerFailed):
    """The file turned out to be damaged; it was set aside and a fresh one begun, without what was to be written."""

    def __init__(self, set_aside: SetAside) -> None:
        super().__init__(set_aside.reason)
        self.set_aside = set_aside


class Store:
    """The file. `open`, `write`, `hold`, `free` and `close` run in `thread`; `small` runs anywhere."""

    def __init__(self, path: Path | str, terms: Terms) -> None:
        self.path = Path(path)
        self.terms = terms
        self.thread = ThreadPoolExecutor(1, "ocpp-ledger")
        self.shortage: str | None = None
        """Why the reserve is not there, while writing still works."""
        self.doubted = False
        """Whether a read found damage, so that the file is to be checked before the next write."""
        self._memory = str(path) == MEMORY
        self._held = False
        self._aside: SetAside | None = None
        self._connections: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection
        self._reader: sqlite3.Connection

    def open(self) -> SetAside | None:
        """Open the file, or set aside one that cannot be used and begin a fresh one; raises LedgerFailed."""
        try:
            self._check_log()
            self._connect()
        except Unusable as fault:
            return self._replace(fault)
        except (*FAULTS, OSError) as error:
            self.close()
            raise LedgerFailed(str(error)) from error
        return None

    def write(self, writes: Sequence[Write]) -> None:
        """Make the writes durable, all or none; raises LedgerFailed, or Replaced when the file was."""
        try:
            if self._aside is not None:
                raise Replaced(self._begin_anew(self._aside))
            if self.doubted:
                prepare(self._writer)
                self.doubted = False
            self._write(writes)
        except Unusable as fault:
            raise Replaced(self._replace(fault)) from fault
        except FAULTS as error:
            if _code(error) not in DAMAGE:
                raise LedgerFailed(str(error)) from error
            raise Replaced(self._replace(Unusable("corrupt", str(error)))) from error

    def small(self, query: str, row: Row) -> Row | None:
        """The only row of an indexed query; raises LedgerFailed.

        Fit for the event loop: it reads three or four pages, mostly cached, and in WAL mode never waits for a writer.
        """
        try:
            found: list[Row] = self._reader.execute(query, row).fetchall()
        except FAULTS as error:
            self.doubted = self.doubted or _code(error) in DAMAGE
            raise LedgerFailed(str(error)) from error
        return found[0] if found else None

    def every(self, query: str, row: Row = ()) -> list[Row]:
        """The rows of a query of any size, on a connection of its own; not for the event loop. Raises LedgerFailed."""
        try:
            if self._memory:
                return self._writer.execute(query, row).fetchall()
            with closing(self._open_connection()) as connection:
                return connection.execute(query, row).fetchall()
        except FAULTS as error:
            raise LedgerFailed(str(error)) from error

    def snapshot(self, target: Path) -> None:
        """Write a whole, compact copy to `target`, replacing what is there; not for the event loop."""
        draft = target.with_name(f"{target.name}.part")
        draft.unlink(missing_ok=True)
        self.every("VACUUM INTO ?", (str(draft),))
        with draft.open("rb") as copy:
            os.fsync(copy.fileno())
        draft.replace(target)

    def hold(self) -> None:
        """Leave the file as it is from now on and let only the write-ahead log grow; raises LedgerFailed."""
        self._writer.execute("PRAGMA wal_autocheckpoint = 0")
        busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            self.free()
            raise LedgerFailed("somebody else reads the ledger")
        self._held = True

    def free(self) -> None:
        """End what `hold` began."""
        self._held = False
        self._writer.execute("PRAGMA wal_autocheckpoint = 1000")
        with suppress(sqlite3.OperationalError):
            self._refill()

    def scrub(self) -> None:
        """Overwrite what was deleted also in the write-ahead log, unless a backup runs or somebody reads."""
        if not self._held:
            with suppress(sqlite3.OperationalError):
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; its write-ahead log is merged into it."""
        while self._connections:
            self._connections.pop().close()

    def _write(self, writes: Sequence[Write]) -> None:
        try:
            _transact(self._writer, writes)
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            self.shortage = str(error)
            _transact(self._writer, [RELEASE, *writes])
        else:
            if self.shortage is not None and not self._held:
                with suppress(sqlite3.OperationalError):  # what was to be written is durable all the same
                    self._refill()

    def _refill(self) -> None:
        """Take the reserve anew, which also grows the write-ahead log; without space for it there is a shortage.

        It is a write in any case, so when the file is opened it shows whether the file can be written to at all.
        """
        fill: Write = ("INSERT INTO reserve VALUES (zeroblob(?))", [(self.terms.reserve,)])
        try:
            _transact(self._writer, [RELEASE, fill])
            self._writer.execute("PRAGMA wal_checkpoint(RESTART)")
            self.shortage = None
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            self.shortage = str(error)

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = self._open_connection()
        self._connections.append(self._writer)
        try:
            if self.terms.ceiling is not None:
                self._writer.execute(f"PRAGMA max_page_count = {self.terms.ceiling // PAGE_SIZE}")
            prepare(self._writer)
            self._refill()
        except FAULTS as error:
            if _code(error) in SURROUNDINGS and not self._is_odd(error):
                raise
            raise Unusable("corrupt", str(error)) from error
        self._reader = self._writer if self._memory else self._open_connection(timeout=0.0)
        self._connections.append(self._reader)

    def _is_odd(self, error: sqlite3.Error | UnicodeDecodeError) -> bool:
        """Whether a file that may be written was called read-only: then its header is damaged."""
        return _code(error) == sqlite3.SQLITE_READONLY and os.access(self.path, os.W_OK)

    def _open_connection(self, timeout: float | None = None) -> sqlite3.Connection:
        patience = self.terms.patience if timeout is None else timeout
        name = MEMORY if self._memory else self.path
        connection = sqlite3.connect(name, timeout=patience, isolation_level=None, check_same_thread=False)
        connection.text_factory = _text
        return connection

    def _check_log(self) -> None:
        """SQLite drops the write-ahead log of a file that is gone or empty; it may hold what was acknowledged."""
        log = self._part("-wal")
        if not self._memory and _size(log) > 0 and _size(self.path) == 0:
            raise Unusable("corrupt", "the file is empty, its write-ahead log is not")

    def _replace(self, fault: Unusable) -> SetAside:
        self.close()
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        aside = self.path.with_name(f"{self.path.name}.{fault.kind}-{stamp}")
        for suffix in ("", "-wal", "-shm"):
            if self._part(suffix).exists():
                self._part(suffix).rename(f"{aside}{suffix}")
        self.doubted = False
        return self._begin_anew(SetAside(fault.kind, str(fault), aside))

    def _begin_anew(self, set_aside: SetAside) -> SetAside:
        """Open a fresh file; what fails here is tried again by the next write."""
        self._aside = set_aside
        try:
            self._connect()
        except (*FAULTS, OSError) as error:
            self.close()
            raise LedgerFailed(str(error)) from error
        self._aside = None
        return set_aside

    def _part(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def _transact(connection: sqlite3.Connection, writes: Iterable[Write]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement, rows in writes:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _code(error: sqlite3.Error | UnicodeDecodeError) -> int | None:
    """The primary result code; None for what the Python module itself raised."""
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _text(stored: bytes) -> str:
    return stored.decode(errors="replace")
