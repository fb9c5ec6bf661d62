"""Whose a session is and what it costs, as the ledger keeps it; what is deleted on purpose."""

from asyncio import get_running_loop
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from ..model.account import Account, Forgotten, Holder
from ..model.errors import LedgerFailed
from ..model.price import Price, Share
from ..model.token import Token
from ..model.transaction import Transaction
from . import erase, reads
from .commit import GroupCommit
from .holders import Holders
from .memory import Leaves, Memory, assign
from .notes import Notes
from .number import Draw
from .rows import Write, plain
from .store import Store
from .tariffs import Tariffs

HANDED_ON: Final = timedelta(days=400)
"""So long it is remembered whose a card was that was handed on; no station keeps a session to itself for longer."""


class Books(Memory):
    """The accounts of the sessions, and the tariffs they follow from."""

    def __init__(self, store: Store, found: reads.Beginning, commits: GroupCommit, notes: Notes, draw: Draw) -> None:
        super().__init__(store, found, commits, draw)
        self._notes = notes
        self.tariffs = Tariffs(found.prices, found.shares)
        """The newest prices and shares of the sun."""
        self._holders = Holders(found.holders)

    def hand_over(self, holders: Mapping[Token, Holder], at: datetime) -> None:
        """Note whose the cards are from now on, those that are left out being nobody's; what is no news costs nothing.

        Where it cannot be written now it is written with what is written next.
        """
        self._holders.hand_over(holders, at)
        self._write_holders()

    def holder(self, token: Token, at: datetime) -> Holder | None:
        """Whose a card was at a moment; Holder() where it was nobody's, None where that was never told."""
        return self._holders.of(token, at)

    def hold(self, transaction: Transaction, holder: Holder) -> None:
        """Record whose a transaction is; the first that is told stays."""
        held = self._held(transaction)
        if held.holder is None and holder != Holder():
            named = replace(held, card=holder.card, person=holder.person, card_group=holder.group)
            self._change(held, named)
        assign(transaction, held)

    def settle(self, transaction: Transaction, account: Account) -> None:
        """Record what is settled about a transaction that has ended, unless it became another one meanwhile."""
        held = self._index.by_id(transaction.station, transaction.id) or transaction
        if held.key is None or held.active or held.account == account or _course(held) != _course(transaction):
            return
        before, held.account = held.account, account
        try:
            self._commits.add([reads.settled(held.key, account)], held.key, partial(setattr, held, "account", before))
        except LedgerFailed:
            held.account = before
            raise
        transaction.account = account

    def price(self, price: Price) -> bool:
        """Record from when a price holds; sessions it changes are to be settled anew. Tells whether it is news."""
        if not self.tariffs.is_news(price):
            return False
        until = self.tariffs.until(price)
        changed = [known for known, _ in self._index if known.account and reads.overlaps(known, price.at, until)]
        before = [(known, known.account) for known in changed]
        writes, undo = self.tariffs.price(price)
        self._add_or_undo([*writes, reads.unsettle(price.at, until)], [undo, partial(_settled_again, before)])
        for known in changed:
            known.account = None
        return True

    def shine(self, station: str, evse: int, share: Share) -> None:
        """Record how much of what an EVSE takes comes from the sun from now on; what is no news is left out."""
        if (told := self.tariffs.shine((station, evse), share)) is not None:
            writes, undo = told
            self._add_or_undo(writes, [undo])

    async def tidy(self, keep_readings: timedelta | None, keep_sessions: timedelta | None = None) -> None:
        """Delete, durably, what ended longer ago than it is to be kept (None: for ever); raises LedgerFailed.

        Signed readings stay as long as their session, and so do all of one that is not settled yet.
        """
        present = await self._slow(erase.present)
        self._holders.tidy(present - min(keep_sessions or HANDED_ON, HANDED_ON))
        self._write_holders()
        horizon = erase.before(present, keep_sessions)
        writes = erase.old(erase.before(present, keep_readings), horizon)
        if not writes:
            return
        leaves = partial(erase.is_old, horizon)
        gone = [(known, replace(known), content) for known, content in self._index if leaves(known)]
        self._commits.add(writes, 0, partial(self._restore, gone))
        for known, _, _ in gone:
            self._forsake(known)
        await self._gone(leaves)

    async def forget_person(self, person: str | None = None, card: str | None = None) -> Forgotten:
        """Take a person, or a card, out of all sessions that have ended, durably; raises LedgerFailed.

        Tokens, signed values and odd messages that name them go; energy, cost and times stay.
        """
        person, card = (None if name is None else plain(name) for name in (person, card))
        await self._durable()
        found = await self._slow(erase.of_person, person, card)
        theirs = partial(erase.is_theirs, person=person, card=card)
        before = [(known, replace(known), content) for known, content in self._index if theirs(known)]
        self._holders.forget(person, card)
        self._write_holders()
        writes: list[Write] = [(statement, [(person, card)]) for statement in erase.FORGET_PERSON]
        self._commits.add(writes, 0, partial(self._rename, before))
        self._unname(theirs)
        self._notes.forget_words(erase.tokens(found))
        await self._durable()
        self._unname(theirs)  # whom somebody has read out of the file meanwhile
        await get_running_loop().run_in_executor(self._store.thread, self._store.scrub)
        running = tuple(str(row[0]) for row in found if row[3] is None)
        return Forgotten(len(found) - len(running), running)

    def _unname(self, theirs: Leaves) -> None:
        """Take away whose the transactions in memory were."""
        for known in [known for known, _ in self._index if theirs(known)]:
            self._index.drop(known)
            erase.nameless(known)
            self._index.add(known, None)

    def _committed(self) -> None:
        super()._committed()
        self._write_holders()

    def _write_holders(self) -> None:
        """Let the file follow what memory knows of the holders of cards."""
        if (told := self._holders.writes()) is not None:
            with suppress(LedgerFailed):
                self._add_or_undo(told[0], [told[1]])


def _course(transaction: Transaction) -> tuple[object, ...]:
    """What an account follows from."""
    run = transaction.started, transaction.meter_start, transaction.stopped, transaction.meter_stop
    return (*run, transaction.meter_last_at, transaction.meter_last)


def _settled_again(before: list[tuple[Transaction, Account | None]]) -> None:
    for transaction, account in before:
        transaction.account = account
