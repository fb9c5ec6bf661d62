"""The ledger of a SQLite file: memory answers at once, one thread makes it durable, failure puts memory back.

Handlers call it on the event loop, synchronously. Whatever a call changes in memory it also adds to the open batch,
with the way back; when a batch fails, it and all that was built upon it are undone, so that a station which is told
to try again is recorded anew. What memory holds is therefore always either durable or being written.
"""

from asyncio import Future, get_running_loop, to_thread
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
import math
from pathlib import Path
import secrets
from typing import Concatenate, Self

from ..model.errors import LedgerFailed
from ..model.meter import Reading
from ..model.transaction import Amendment, Closing, Json, Opening, Transaction
from . import reads
from .commit import GroupCommit, Tell
from .index import Index
from .measurands import Measurand, Measurands
from .notes import Notes
from .number import Draw, is_number, issue, ours
from .progress import progress_of
from .rows import NAMES, Row, content_of_orphan, content_of_start, finite, plain, save
from .store import SetAside, Store, Terms


def unheard(_: object) -> None:
    """Nobody listens."""


class Ledger:
    """The Protocol `model.transaction.Ledger` over a SQLite file."""

    def __init__(self, store: Store, beginning: reads.Beginning, on_trouble: Tell, draw: Draw) -> None:
        """Use `open`."""
        self.set_aside = beginning.set_aside
        """The file that could not be used and was set aside, the last one if there were several."""
        self._store = store
        self._issue = partial(issue, self._taken, draw)
        self._index = Index()
        for found in beginning.active:
            self._index.add(*found)
        self._notes = Notes(beginning.facts)
        self._measurands = Measurands(beginning.measurands)
        self._next_key = beginning.next_key
        self._commits = GroupCommit(store, self._notes, on_trouble)
        self._commits.on_committed = partial(self._index.trim, self._commits.pending)
        self._commits.on_replaced = self._begin_anew
        self._on_set_aside: Callable[[SetAside], None] = unheard

    @classmethod
    async def open(
        cls,
        path: Path | str,
        on_trouble: Tell = unheard,
        on_set_aside: Callable[[SetAside], None] = unheard,
        terms: Terms = Terms(),  # noqa: B008 - it is frozen
        draw: Draw = secrets.randbelow,
    ) -> Self:
        """Open or create a ledger; raises LedgerFailed where the disk allows neither.

        `on_trouble` hears why writing fails, and None when it works again. A file that is damaged, or that a newer
        version has written, is renamed and never written to; the ledger begins an empty one, so that stations are
        served, and `on_set_aside` hears of it, now or when the damage is found. After an upgrade the owner can put
        the newer file back in place; its numbers do not clash with those given out meanwhile.
        """
        store = Store(path, terms)
        try:
            beginning = await get_running_loop().run_in_executor(store.thread, reads.begin, store)
        except LedgerFailed:
            store.thread.shutdown()
            raise
        ledger = cls(store, beginning, on_trouble, draw)
        ledger._on_set_aside = on_set_aside
        ledger._commits.report(store.shortage)
        if beginning.set_aside is not None:
            on_set_aside(beginning.set_aside)
        return ledger

    async def close(self) -> None:
        """Write what waits and close the file; whatever comes later is refused with LedgerFailed."""
        if not self._commits.closed:
            await self._commits.close()
            await get_running_loop().run_in_executor(self._store.thread, self._store.close)
            self._store.thread.shutdown()

    @property
    def trouble(self) -> str | None:
        """Why writing fails, None while it works."""
        return self._commits.trouble

    def start(self, opening: Opening) -> Transaction:
        """Record a start; a repeated one gives the transaction it had become the first time."""
        opening = replace(opening, token=None if opening.token is None else plain(opening.token))
        content = content_of_start(opening) if opening.id is None else None
        if content is not None:
            known = self._by_content(opening.station, content)
        else:
            known = self.find(opening.station, opening.id or "")
        if known is not None:
            if known.started is None:
                self._change(known, _begun(known, opening))
            self._commits.ask()
            return known
        transaction = Transaction(
            id=self._issue() if opening.id is None else plain(opening.id),
            station=opening.station,
            evse=opening.evse,
            connector=opening.connector,
            token=opening.token,
            started=opening.started,
            meter_start=finite(opening.meter_start),
            offline=opening.offline,
            remote_start=opening.remote_start,
            reservation=opening.reservation,
            received=opening.received,
        )
        self._insert(transaction, content)
        return transaction

    def amend(self, transaction: Transaction, amendment: Amendment) -> None:
        """Record what the start did not tell."""
        held = self._held(transaction)
        told = {name: value for name in Amendment.__slots__ if (value := getattr(amendment, name)) is not None}
        changed = replace(held, **told)
        if any(getattr(changed, name) != getattr(held, name) for name in told):
            self._change(held, changed)
        self._commits.ask()
        _assign(transaction, held)

    def stop(self, transaction: Transaction, closing: Closing) -> None:
        """Record the end of a transaction; a repeated one changes nothing, an end that was only presumed gives way."""
        held = self._held(transaction)
        if held.active or (held.stop_received is None and closing.received is not None):
            self._change(held, _ended(held, closing))
        self._commits.ask()
        _assign(transaction, held)

    def orphan(self, station: str, evse: int, sent_id: str, closing: Closing, *, named: bool = False) -> Transaction:
        """Record a stop whose start is not known; a repeated one gives the same transaction.

        It bears the id the station sent, so that a start that comes later finds it, unless that is a number: stations
        that know no number send -1, 0 or always the same one (errata sheet 1.6 - 3.18), which stands for nothing. Where
        the station itself has `named` the transaction (2.x), a number is as good a name as any.
        """
        sent_id = plain(sent_id)
        content = content_of_orphan(sent_id, closing)
        known = self._by_content(station, content)
        if known is None:
            odd = is_number(sent_id) and not named
            nameless = not sent_id or odd or self.find(station, sent_id) is not None
            transaction_id = self._issue() if nameless else sent_id
            known = Transaction(transaction_id, station, evse, 1, None, None, None, orphan=True)
            known = _ended(known, closing)
            self._insert(known, content)
        self._commits.ask()
        return known

    def find(self, station: str, transaction_id: str) -> Transaction | None:
        """A transaction of this station by its id; never one of another station. Raises LedgerFailed."""
        transaction_id = plain(transaction_id)
        known = self._index.by_id(station, transaction_id)
        return known or self._load(reads.BY_ID, (transaction_id, plain(station)))

    def active(self, station: str) -> list[Transaction]:
        """The transactions of a station that have not ended, oldest first."""
        active = [transaction for transaction in self._index.of(station) if transaction.active]
        return sorted(active, key=lambda transaction: (transaction.started, transaction.key))

    def latest(self, station: str, evse: int) -> Transaction | None:
        """The newest ended transaction of an EVSE. Raises LedgerFailed."""
        self._load(reads.LATEST, (plain(station), evse))
        ended = (known for known in self._index.of(station) if known.evse == evse and not known.active)
        return max(ended, key=lambda transaction: (transaction.stopped, transaction.key), default=None)

    def read(self, transaction: Transaction, readings: Iterable[Reading]) -> None:
        """Record meter values of a transaction; the same reading is kept once."""
        readings = [reading for reading in readings if math.isfinite(reading.value)]
        if not readings:
            return
        held = self._held(transaction)
        progress = progress_of(held).after(readings)
        changed = replace(
            held,
            meter_last=progress.meter_last,
            meter_last_at=progress.meter_last_at,
            peak_power=progress.peak_power,
        )
        writes, new = self._measurands.writes(held.key or 0, readings)
        if not held.active:
            writes.append(save(changed, None))
        try:
            self._commits.add(writes, held.key or 0, partial(self._unread, held, replace(held), new))
        except LedgerFailed:
            self._measurands.drop(new)
            raise
        _assign(held, changed)
        _assign(transaction, held)

    def remember(self, station: str, key: str, value: Json) -> None:
        """Keep a small fact (None forgets it); it is written within a second or with the next commit."""
        if self._notes.remember(station, key, value):
            self._commits.note()

    def recall(self, station: str, key: str) -> Json:
        """A fact that was remembered, or None."""
        return self._notes.recall(station, key)

    def quarantine(self, station: str, kind: str, raw: str, reason: str) -> None:
        """Keep a message that could not be understood; the newest 200 of a station."""
        self._notes.quarantine(station, kind, raw, reason)
        self._commits.note()

    def commit(self) -> Future[None] | None:
        """A future for the transactions and readings added or asked for since the last call, or None if none waits.

        It fails with LedgerFailed. It is the caller's own: to cancel it disturbs nobody else. Facts and quarantined
        messages alone are not waited for.
        """
        return self._commits.commit()

    async def transactions(
        self, station: str | None = None, since: datetime | None = None, limit: int = 1000
    ) -> list[Transaction]:
        """Transactions that are durable, of one station or all, that ran at or after `since`; the newest first."""
        found = await self._slow(reads.history, station, since, limit)
        return [self._index.by_id(transaction.station, transaction.id) or transaction for transaction in found]

    async def readings(self, transaction: Transaction) -> list[Reading]:
        """The readings of a transaction that are durable, oldest first."""
        return await self._slow(reads.readings_of, transaction.key)

    async def oddities(self, station: str) -> list[reads.Oddity]:
        """The messages of a station that were not understood, oldest first."""
        return await self._slow(reads.oddities, station)

    async def stations(self) -> list[str]:
        """The stations of which something is recorded."""
        return await self._slow(reads.stations)

    async def snapshot(self, path: Path) -> None:
        """Write a whole, compact copy of the file to `path`; nobody waits for it but the caller."""
        await self._slow(Store.snapshot, path)

    async def begin_backup(self) -> None:
        """From now on a copy of the file and its write-ahead log, taken at any time, is whole; answers go on."""
        await get_running_loop().run_in_executor(self._store.thread, self._store.hold)

    async def end_backup(self) -> None:
        """End what `begin_backup` began."""
        await get_running_loop().run_in_executor(self._store.thread, self._store.free)

    async def forget(self, station: str) -> None:
        """Delete everything about a station, durably; raises LedgerFailed."""
        gone = [(known, replace(known), content) for known, content in self._index if known.station == station]
        self._commits.add([(delete, [(plain(station),)]) for delete in reads.FORGET], 0, partial(self._restore, gone))
        for known, _, _ in gone:
            self._forsake(known)
        self._notes.forget(station)
        if (durable := self.commit()) is not None:
            await durable

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
        _assign(held, state)
        self._index.touch(held)

    def _unread(self, held: Transaction, before: Transaction, new: list[Measurand]) -> None:
        self._put_back(held, before)
        self._measurands.drop(new)

    def _restore(self, gone: list[tuple[Transaction, Transaction, str | None]]) -> None:
        for known, before, content in gone:
            _assign(known, before)
            self._index.add(known, content)

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
        known = self._index.by_id(transaction.station, transaction.id)
        if known is None:
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

    def _begin_anew(self, set_aside: SetAside) -> None:
        """The file was found damaged while in use: what memory holds goes into the fresh one."""
        self.set_aside = set_aside
        self._measurands.begin_anew()
        self._notes.begin_anew()
        for known, content in self._index:
            self._commits.add([save(known, content)], known.key or 0, partial(self._forsake, known))
        self._on_set_aside(set_aside)

    async def _slow[**P, T](self, read: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await to_thread(read, self._store, *args, **kwargs)


def _begun(orphan: Transaction, opening: Opening) -> Transaction:
    """A transaction whose stop came first, with its start."""
    return replace(
        orphan,
        orphan=False,
        evse=opening.evse,
        connector=opening.connector,
        token=opening.token,
        started=opening.started,
        meter_start=finite(opening.meter_start),
        offline=orphan.offline or opening.offline,
        remote_start=opening.remote_start,
        reservation=opening.reservation,
        received=opening.received,
    )


def _ended(transaction: Transaction, closing: Closing) -> Transaction:
    return replace(
        transaction,
        stopped=closing.stopped,
        meter_stop=finite(closing.meter_stop),
        reason=plain(closing.reason),
        stop_token=None if closing.token is None else plain(closing.token),
        offline=transaction.offline or closing.offline,
        stop_received=closing.received,
    )


def _assign(transaction: Transaction, state: Transaction) -> None:
    for name in NAMES:
        setattr(transaction, name, getattr(state, name))
