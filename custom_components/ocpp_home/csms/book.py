"""The book of a central system: the sessions of all its stations, as the decision about a card needs them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from .model.admission import Usage
from .model.card import Card
from .model.event import Event, Kind
from .model.station import Station
from .model.transaction import Transaction

SPAN: Final = timedelta(days=32)
"""A month at the longest: sessions that began earlier count for no budget."""
CLEAR: Final = timedelta(days=1)
"""So often it is looked what is long past."""
MANY: Final = 100_000


class History(Protocol):
    """Where the sessions are recorded that have ended."""

    async def transactions(
        self, station: str | None = None, since: datetime | None = None, limit: int = 1000
    ) -> list[Transaction]:
        """Transactions that ran at or after `since`."""


class SharedBook:
    """What runs and what was used, under whatever card at whatever station."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        """Keep the book of these stations."""
        self._stations = stations
        self._ended: dict[tuple[str, str], Transaction] = {}
        self._cleared = datetime.min.replace(tzinfo=UTC)

    async def load(self, history: History) -> None:
        """Read what has ended of late; until then budgets are counted from the sessions that run."""
        for transaction in await history.transactions(since=datetime.now(UTC) - SPAN, limit=MANY):
            self.note(transaction)

    def note(self, transaction: Transaction) -> None:
        """Count a session that has ended, however often it is told, and let go of what is long past."""
        if transaction.active or transaction.token is None:
            return
        self._ended[transaction.station, transaction.id] = transaction
        now = datetime.now(UTC)
        if now - self._cleared > CLEAR:
            self._cleared = now
            self._ended = {key: known for key, known in self._ended.items() if not _past(known, now)}

    def watch(self, station: Station) -> None:
        """Count the sessions of a station as they end."""

        def ended(event: Event) -> None:
            if event.kind is Kind.SESSION_ENDED:
                known = station.ledger.find(station.name, str(event.data.get("transaction")))
                if known is not None:
                    self.note(known)
                    station.household.spent(known)

        station.witness(ended)

    def running(self, card: Card) -> Iterator[Transaction]:
        """The sessions open under a card, at whatever station."""
        for station in self._stations.values():
            for transaction in station.ledger.active(station.name):
                if card.opened(transaction):
                    yield transaction

    def used(self, card: Card, since: datetime, until: datetime) -> Usage:
        """What the sessions took that began in that time (UTC), those that still run included."""
        energy = cost = 0.0
        for transaction in (*self._ended.values(), *self.running(card)):
            started = transaction.started or transaction.stopped
            if started is not None and since <= started < until and card.opened(transaction):
                energy += transaction.energy or 0.0
                cost += self._cost(transaction)
        return Usage(energy, cost)

    def _cost(self, transaction: Transaction) -> float:
        station = self._stations.get(transaction.station.casefold())
        tell = station.cost if station is not None else None
        return (tell(transaction) if tell is not None else None) or 0.0


def _past(transaction: Transaction, now: datetime) -> bool:
    return transaction.started is not None and transaction.started < now - 2 * SPAN
