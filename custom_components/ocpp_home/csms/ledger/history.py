"""The slow questions to a ledger: whole histories out of its file, off the event loop."""

from asyncio import get_running_loop, to_thread
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate

from ..model.account import Query
from ..model.meter import Reading
from ..model.price import Price, Share
from ..model.transaction import Point, Transaction
from . import reads
from .index import Index
from .store import Store


class History:
    """What is durable; a transaction that memory knows is as memory has it."""

    def __init__(self, store: Store, index: Index) -> None:
        self._store = store
        self._index = index

    async def transactions(
        self, station: str | None = None, since: datetime | None = None, limit: int = 1000
    ) -> list[Transaction]:
        """Transactions that are durable, of one station or all, that ran at or after `since`; the newest first."""
        return [self._known(found) for found in await self._slow(reads.history, station, since, limit)]

    async def sessions(self, query: Query) -> list[tuple[Transaction, int]]:
        """The transactions that are asked for, the newest first, each with the number of its signed values."""
        return [(self._known(found), signed) for found, signed in await self._slow(reads.sessions, query)]

    async def readings(self, transaction: Transaction) -> list[Reading]:
        """The readings of a transaction that are durable, oldest first; signed ones with the text as it came."""
        return await self._slow(reads.readings_of, transaction.key)

    async def points(self, transaction: Transaction) -> tuple[Point, ...]:
        """How the register of a transaction ran, a value for each minute."""
        return await self._slow(reads.points_of, transaction.key)

    async def prices(self, since: datetime, until: datetime) -> tuple[Price, ...]:
        """The prices that hold at some moment from `since` to `until`, oldest first."""
        return await self._slow(reads.prices_in_force, since, until)

    async def shares(self, station: str, evse: int, since: datetime, until: datetime) -> tuple[Share, ...]:
        """The shares of the sun of an EVSE that hold at some moment from `since` to `until`, oldest first."""
        return await self._slow(reads.shares_in_force, (station, evse), since, until)

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

    def _known(self, found: Transaction) -> Transaction:
        return self._index.by_id(found.station, found.id) or found

    async def _slow[**P, T](self, read: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await to_thread(read, self._store, *args, **kwargs)
