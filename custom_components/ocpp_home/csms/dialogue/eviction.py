"""Sessions that must not go on: those that were refused, where the owner wants it, and all at the sight of a master."""

from asyncio import Task, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Final

from ..model.errors import OcppError
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.transaction import Json

GRACE: Final = 15.0
"""Seconds a station has to end by itself what was refused (OCPP 1.6 ed. 2 - 9.1.25 StopTransactionOnInvalidId)."""
REMEMBERED: Final = 64
"""Of so many sessions of a station it is remembered that they were refused."""
MARK: Final = "refused"


class Eviction:
    """Ends sessions at one station by command, over one connection."""

    def __init__(self, station: Station, pause: Callable[[float], Awaitable[None]] = sleep) -> None:
        """Listen to what happens at `station`."""
        self._station = station
        self._pause = pause
        self._tasks: set[Task[None]] = set()
        self._ignore = station.witness(self._hear)

    def close(self) -> None:
        """The connection has ended."""
        self._ignore()
        for task in self._tasks:
            task.cancel()

    def _hear(self, event: Event) -> None:
        session = event.data.get("transaction")
        if event.kind is Kind.CARD_REFUSED and isinstance(session, str):
            mark(self._station, session)
            if self._station.policy.evict:
                self._start(self._evict(session))
        elif event.kind is Kind.CARD_MASTER:
            self._start(self._clear())

    async def _evict(self, session: str) -> None:
        """Stop a session unless the station has done so by then."""
        await self._pause(GRACE)
        await self._stop(session)

    async def _clear(self) -> None:
        for transaction in self._station.ledger.active(self._station.name):
            await self._stop(transaction.id)

    async def _stop(self, session: str) -> None:
        known = self._station.ledger.find(self._station.name, session)
        if known is None or not known.active:
            return
        with suppress(OcppError):
            await self._station.require().remote.stop(session)
            self._station.count("session evicted")

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def mark(station: Station, session: str) -> None:
    """Remember that a session began with a card that may not charge."""
    sessions: list[Json] = [*(one for one in marked(station) if one != session), session]
    station.keep(MARK, sessions[-REMEMBERED:])


def marked(station: Station) -> list[str]:
    """The sessions of a station that began with a card that may not charge, of the newest ones."""
    told = station.ledger.recall(station.name, MARK)
    return [one for one in told if isinstance(one, str)] if isinstance(told, list | tuple) else []
