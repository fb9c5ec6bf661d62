"""What a ledger holds in memory: it answers at once, and goes back to what it was when the file refuses.

Whatever a call changes here it also adds to the open batch, with the way back. What memory holds is therefore always
either durable or being written.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ..model.errors import LedgerFailed
from ..model.transaction import Transaction
from . import reads
from .commit import GroupCommit
from .history import History
from .index import Index
from .number import Draw, issue, ours
from .rows import NAMES, Row, Write, content_of_start, plain, save
from .store import Store

type Before = tuple[Transaction, Transaction, str | None]
"""A transaction, what it was, and what it was first written with."""
type Leaves = Callable[[Transaction], bool]
"""Whether a transaction is one of those that are being deleted."""


class Memory(History):
    """The transactions in memory, and how each change of them becomes durable or is undone."""

    def __init__(self, store: Store, found: reads.Beginning, commits: GroupCommit, draw: Draw) -> None:
        """Begin with the transactions that run."""
        super().__init__(store, Index())
        for one in found.active:
            self._index.add(*one)
        self._commits = commits
        self._commits.on_committed = self._committed
        self._next_key = found.next_key
        self._issue = partial(issue, self._taken, draw)
        self._leaving: list[Leaves] = []
        """What is being deleted; until that is durable the file has it still."""

    def find(self, station: str, transaction_id: str) -> Transaction | None:
        """A transaction of this station by its id; never one of another station. Raises LedgerFailed."""
        transaction_id = plain(transaction_id)
        known = self._index.by_id(station, transaction_id)
        known = known or self._load(reads.BY_ID, (transaction_id, plain(station)))
        return known if known is not None and known.id == transaction_id else None  # it may have been renamed since

    def _committed(self) -> None:
        """What was added is durable; memory need not hold all of it any more."""
        self._index.trim(self._commits.pending)

    async def _durable(self) -> None:
        if (durable := self._commits.commit()) is not None:
            await durable

    async def _gone(self, leaves: Leaves) -> None:
        """Wait until what leaves is gone from the file; nobody finds it there meanwhile."""
        self._leaving.append(leaves)
        try:
            await self._durable()
        finally:
            self._leaving.remove(leaves)

    def _add_or_undo(self, writes: Sequence[Write], undo: Sequence[Callable[[], None]]) -> None:
        """Add writes of what memory has taken over already; memory goes back when that is refused."""
        try:
            self._commits.add(writes, 0, partial(_all, undo))
        except LedgerFailed:
            _all(undo)
            raise

    def _insert(self, transaction: Transaction, content: str | None) -> None:
        key, self._next_key = self._next_key, self._next_key + 1
        self._commits.add([save(replace(transaction, key=key), content)], key, partial(self._forsake, transaction))
        transaction.key = key
        self._index.add(transaction, content)

    def _forsake(self, transaction: Transaction) -> None:
        self._index.drop(transaction)
        transaction.key = None

    def _change(self, held: Transaction, changed: Transaction) -> None:
        self._commits.add([save(changed, None)], changed.key or 0, partial(self._put_back, held, replace(held)))
        self._put_back(held, changed)

    def _put_back(self, held: Transaction, state: Transaction) -> None:
        assign(held, state)
        self._index.touch(held)

    def _restore(self, gone: Sequence[Before]) -> None:
        for known, before, content in gone:
            assign(known, before)
            self._index.add(known, content)

    def _rename(self, before: Sequence[Before]) -> None:
        for known, _, _ in before:
            self._index.drop(known)
        self._restore(before)

    def _held(self, transaction: Transaction) -> Transaction:
        """The transaction itself, or what has become of one whose start could not be written: it is written now."""
        if transaction.key is not None:
            return transaction
        content = content_of_start(transaction) if ours(transaction.id) else None
        if content is None:
            known = self.find(transaction.station, transaction.id)
        else:
            known = self._by_content(transaction.station, content)
        if known is None:
            self._insert(transaction, content)
        return known or transaction

    def _by_content(self, station: str, content: str) -> Transaction | None:
        known = self._index.by_content(station, content)
        return known or self._load(reads.BY_CONTENT, (plain(station), content))

    def _load(self, query: str, row: Row) -> Transaction | None:
        """A transaction out of the file; one that memory knows is as memory has it."""
        stored = self._small(query, row)
        if stored is None:
            return None
        transaction, content = reads.found_of(stored)
        known = self._index.by_key(transaction.station, transaction.key)
        if known is None:
            if any(leaves(transaction) for leaves in self._leaving):
                return None
            self._index.add(transaction, content)
        return known or transaction

    def _small(self, query: str, row: Row) -> Row | None:
        try:
            return self._store.small(query, row)
        except LedgerFailed as error:
            if not self._commits.closed:
                self._commits.report(str(error))
                self._commits.note()
            raise

    def _taken(self, transaction_id: str) -> bool:
        return self._index.holds(transaction_id) or self._small(reads.TAKEN, (transaction_id,)) is not None


def assign(transaction: Transaction, state: Transaction) -> None:
    """Make a transaction what another says it is."""
    if transaction is state:
        return
    for name in (*NAMES, "points"):
        setattr(transaction, name, getattr(state, name))


def _all(calls: Sequence[Callable[[], None]]) -> None:
    for call in calls:
        call()
