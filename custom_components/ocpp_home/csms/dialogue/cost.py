"""The taximeter: what a session costs is told at the station while it runs, no oftener than somebody would look.

A station of 2.x hears it with every answer to a TransactionEvent as well; then it is not told again.
"""

from asyncio import Event as Flag, Task, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final

from ..model.blocks import Costs
from ..model.errors import OcppError, Refused, Unsupported
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.price import Pricing
from ..model.station import Station
from ..model.transaction import Transaction

RHYTHM: Final = 60.0
"""A running cost is told at most every so many seconds."""


class Taximeter:
    """Tells what sessions cost at one station, over one connection."""

    def __init__(self, station: Station, pause: Callable[[float], Awaitable[None]] = sleep) -> None:
        """Watch `station`; nothing is told before `begin`."""
        self._station = station
        self._pause = pause
        self._news = Flag()
        self._tasks: set[Task[None]] = set()
        self._runs = False
        self._prepared: Pricing | None = None
        self._deaf = False
        self._ignore = (station.subscribe(self._look), station.witness(self._hear))

    def begin(self) -> None:
        """The station is ready, or has booted again: it may have forgotten what it was told."""
        self._prepared, self._deaf = None, False
        self._station.costs_told.clear()
        self._news.set()
        if not self._runs:
            self._runs = True
            self._start(self._run())

    def close(self) -> None:
        """The connection has ended."""
        for ignore in self._ignore:
            ignore()
        for task in self._tasks:
            task.cancel()

    def _look(self, part: Station | Evse) -> None:
        running = isinstance(part, Evse) and part.transaction is not None
        if self._station.household.currency is not None and (running or self._is_new):
            self._news.set()

    @property
    def _is_new(self) -> bool:
        return self._prepared != self._station.household.pricing

    def _hear(self, event: Event) -> None:
        costs, pricing = self._costs, self._station.household.pricing
        if costs is None or not event.live:
            return
        if event.kind is Kind.CARD_ACCEPTED and pricing.price is not None and pricing.price.per_kwh is not None:
            self._start(self._try(costs.greet(str(event.data["token"]), pricing.price)))
        elif event.kind is Kind.SESSION_ENDED:
            self._start(self._finish(costs, str(event.data["transaction"])))

    @property
    def _costs(self) -> Costs | None:
        """Where costs are told, None where they are not to be, or would not be seen."""
        commands, pricing = self._station.commands, self._station.household.pricing
        costs = None if commands is None or self._deaf else commands.costs
        if pricing.price is None or not pricing.tell or costs is None or not costs.shown:
            return None
        return costs

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._prepare()
            for evse in list(self._station.evses.values()):
                if evse.transaction is not None and (costs := self._costs) is not None:
                    await self._tell(costs, evse.transaction)
            await self._pause(RHYTHM)

    async def _prepare(self) -> None:
        """Let the station have the price itself, once, however often costs change by it."""
        pricing, commands = self._station.household.pricing, self._station.commands
        if self._is_new and commands is not None and commands.costs is not None and self._station.settings.configure:
            try:
                await commands.costs.prepare(pricing)
            except OcppError as error:
                self._station.count(f"price: {error}")
        self._prepared = pricing

    async def _tell(self, costs: Costs, transaction: Transaction) -> None:
        cost = self._station.cost(transaction) if self._station.cost is not None else None
        if cost is not None and cost != self._station.costs_told.get(transaction.id):
            await self._try(costs.cost(transaction.id, cost))
            self._station.costs_told[transaction.id] = cost

    async def _finish(self, costs: Costs, name: str) -> None:
        """The last word about a session, where no answer has told it."""
        self._station.costs_told.pop(name, None)
        known = self._station.ledger.find(self._station.name, name)
        if costs.final and known is not None:
            await self._tell(costs, known)
            self._station.costs_told.pop(name, None)

    async def _try(self, telling: Awaitable[None]) -> None:
        """Tell something; a station that does not want to hear it is left in peace until it boots or returns."""
        try:
            await telling
        except OcppError as error:
            self._deaf = isinstance(error, Refused | Unsupported)
            self._station.count(f"cost: {error}")

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
