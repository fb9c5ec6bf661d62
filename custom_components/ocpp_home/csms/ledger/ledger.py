"""The ledger of a SQLite file: memory answers at once, one thread makes it durable, failure puts memory back.

Handlers call it on the event loop, synchronously. Whatever a call changes in memory it also adds to the open batch,
with the way back; when a batch fails, it and all that was built upon it are undone, so that a station which is told
to try again is recorded anew. What memory holds is therefore always either durable or being written.
"""

from asyncio import Future, get_running_loop
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
import math
from pathlib import Path
import secrets
from typing import Self

from ..model.errors import LedgerFailed
from ..model.meter import Reading
from ..model.transaction import Amendment, Closing, Json, Opening, Transaction
from . import reads
from .books import Books
from .commit import GroupCommit, Tell
from .measurands import Measurand, Measurands
from .memory import assign
from .notes import Notes
from .number import Draw, is_number
from .progress import Standing, standing_after, standing_of
from .rows import content_of_orphan, content_of_start, finite, microseconds, plain, save
from .store import SetAside, Store, Terms


def unheard(_: object) -> None:
    """Nobody listens."""


class Ledger(Books):
    """The Protocol `model.transaction.Ledger` over a SQLite file."""

    def __init__(self, store: Store, beginning: reads.Beginning, on_trouble: Tell, draw: Draw) -> None:
        """Use `open`."""
        notes = Notes(beginning.facts)
        super().__init__(store, beginning, GroupCommit(store, notes, on_trouble), notes, draw)
        self.set_aside = beginning.set_aside
        """The file that could not be used and was set aside, the last one if there were several."""
        self._measurands = Measurands(beginning.measurands)
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
            repaired=opening.repaired,
        )
        self._insert(transaction, content)
        return transaction

    def amend(self, transaction: Transaction, amendment: Amendment) -> None:
        """Record what the start did not tell."""
        held = self._held(transaction)
        told = {name: value for name in Amendment.__slots__ if (value := getattr(amendment, name)) is not None}
        if any(getattr(held, name) != value for name, value in told.items()):
            self._change(held, replace(held, account=None, **told))
        self._commits.ask()
        assign(transaction, held)

    def stop(self, transaction: Transaction, closing: Closing) -> None:
        """Record the end of a transaction; a repeated one changes nothing, an end that was only presumed gives way."""
        held = self._held(transaction)
        if held.active or (held.stop_received is None and closing.received is not None):
            self._change(held, _ended(held, closing))
        self._commits.ask()
        assign(transaction, held)

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

    def rename(self, transaction: Transaction, name: str) -> None:
        """Record a transaction under another id, because its station has given the old one away again (2.x)."""
        held = self.find(transaction.station, transaction.id) or self._held(transaction)
        content, changed = self._index.content(held), replace(held, id=plain(name))
        undo = partial(self._rename, [(held, replace(held), content)])
        self._commits.add([save(changed, None)], held.key or 0, undo)
        self._rename([(held, changed, content)])
        assign(transaction, held)

    def active(self, station: str) -> list[Transaction]:
        """The transactions of a station that have not ended, oldest first."""
        active = [transaction for transaction in self._index.of(station) if transaction.active]
        return sorted(active, key=lambda transaction: (transaction.started, transaction.key))

    def latest(self, station: str, evse: int) -> Transaction | None:
        """The newest ended transaction of an EVSE. Raises LedgerFailed."""
        self._load(reads.LATEST, (plain(station), evse))
        ended = (known for known in self._index.of(station) if known.evse == evse and not known.active)
        return max(ended, key=lambda transaction: (transaction.stopped, transaction.key), default=None)

    def ended_with(self, station: str, evse: int, closing: Closing) -> Transaction | None:
        """The transaction of an EVSE that has ended at this moment with this register. Raises LedgerFailed."""
        stopped, meter_stop = closing.stopped, finite(closing.meter_stop)
        for known in self._index.of(station):
            if (known.evse, known.stopped, known.meter_stop) == (evse, stopped, meter_stop):
                return known
        found = self._load(reads.ENDED_WITH, (plain(station), evse, microseconds(stopped), meter_stop))
        return found if found is not None and (found.stopped, found.meter_stop) == (stopped, meter_stop) else None

    def read(self, transaction: Transaction, readings: Iterable[Reading]) -> None:
        """Record meter values of a transaction; the same reading is kept once."""
        readings = [reading for reading in readings if math.isfinite(reading.value)]
        if not readings:
            return
        held = self._held(transaction)
        before, after = standing_of(held), standing_after(held, readings)
        writes, new = self._measurands.writes(held.key or 0, readings)
        if not held.active:
            after.put(changed := replace(held))
            writes.append(save(changed, None))
        try:
            self._commits.add(writes, held.key or 0, partial(self._unread, held, before, new))
        except LedgerFailed:
            self._measurands.drop(new)
            raise
        after.put(held)
        assign(transaction, held)

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

    async def forget(self, station: str) -> None:
        """Delete everything about a station, durably; raises LedgerFailed."""
        gone = [(known, replace(known), content) for known, content in self._index if known.station == station]
        self._commits.add([(delete, [(plain(station),)]) for delete in reads.FORGET], 0, partial(self._restore, gone))
        for known, _, _ in gone:
            self._forsake(known)
        self._notes.forget(station)
        self.tariffs.forget(station)
        await self._gone(lambda known: known.station == station)

    def _unread(self, held: Transaction, before: Standing, new: list[Measurand]) -> None:
        before.put(held)
        self._measurands.drop(new)

    def _begin_anew(self, set_aside: SetAside) -> None:
        """The file was found damaged while in use: what memory holds goes into the fresh one."""
        self.set_aside = set_aside
        self._measurands.begin_anew()
        self._notes.begin_anew()
        self._commits.add(self.tariffs.writes(), 0)
        self._holders.begin_anew()
        self._write_holders()
        for known, content in self._index:
            self._commits.add([save(known, content)], known.key or 0, partial(self._forsake, known))
        self._on_set_aside(set_aside)


def _begun(orphan: Transaction, opening: Opening) -> Transaction:
    """A transaction whose stop came first, with its start; what came between the two stays where that tells less."""
    return replace(
        orphan,
        orphan=False,
        evse=opening.evse,
        connector=opening.connector,
        token=_first(opening.token, orphan.token),
        started=opening.started,
        meter_start=_first(finite(opening.meter_start), orphan.meter_start),
        offline=orphan.offline or opening.offline,
        remote_start=_first(opening.remote_start, orphan.remote_start),
        reservation=_first(opening.reservation, orphan.reservation),
        received=opening.received,
        repaired=orphan.repaired or opening.repaired,
        account=None,
    )


def _first[T](told: T | None, known: T | None) -> T | None:
    return known if told is None else told


def _ended(transaction: Transaction, closing: Closing) -> Transaction:
    return replace(
        transaction,
        stopped=closing.stopped,
        meter_stop=finite(closing.meter_stop),
        reason=plain(closing.reason),
        stop_token=None if closing.token is None else plain(closing.token),
        offline=transaction.offline or closing.offline,
        stop_received=closing.received,
        repaired=transaction.repaired or closing.repaired,
        account=None,
    )
