"""The transactions in memory: all that run, all that are not durable yet, and those that were used last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from ..model.transaction import Transaction

WINDOW: Final = 500
"""How many ended transactions stay in memory; others are read from the file when somebody asks for them."""


@dataclass(slots=True)
class Shelf:
    """The transactions of a station by id, their contents, and the ids by content."""

    transactions: dict[str, Transaction] = field(default_factory=dict)
    contents: dict[str, str | None] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


class Index:
    """Transactions by station and id, and by station and content."""

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf] = {}
        self._ended: dict[tuple[str, str], Transaction] = {}

    def __iter__(self) -> Iterator[tuple[Transaction, str | None]]:
        """All transactions with their contents."""
        for shelf in self._shelves.values():
            for transaction in shelf.transactions.values():
                yield transaction, shelf.contents[transaction.id]

    def add(self, transaction: Transaction, content: str | None) -> None:
        """Hold a transaction."""
        shelf = self._shelves.setdefault(transaction.station, Shelf())
        shelf.transactions[transaction.id] = transaction
        shelf.contents[transaction.id] = content
        if content is not None:
            shelf.ids[content] = transaction.id
        self.touch(transaction)

    def drop(self, transaction: Transaction) -> None:
        """Hold a transaction no longer."""
        shelf = self._shelves[transaction.station]
        del shelf.transactions[transaction.id]
        content = shelf.contents.pop(transaction.id)
        if content is not None:
            del shelf.ids[content]
        self._ended.pop((transaction.station, transaction.id), None)
        if not shelf.transactions:
            del self._shelves[transaction.station]

    def touch(self, transaction: Transaction) -> None:
        """Note that a transaction was used."""
        name = transaction.station, transaction.id
        self._ended.pop(name, None)
        if not transaction.active:
            self._ended[name] = transaction

    def of(self, station: str) -> list[Transaction]:
        """The transactions of a station."""
        shelf = self._shelves.get(station)
        return [] if shelf is None else list(shelf.transactions.values())

    def by_id(self, station: str, transaction_id: str) -> Transaction | None:
        """A station's transaction by its id."""
        shelf = self._shelves.get(station)
        return None if shelf is None else shelf.transactions.get(transaction_id)

    def content(self, transaction: Transaction) -> str | None:
        """What a transaction that is held was first written with."""
        return self._shelves[transaction.station].contents[transaction.id]

    def by_key(self, station: str, key: int | None) -> Transaction | None:
        """A station's transaction by the row it is written in, whatever its id is now."""
        return next((one for one in self.of(station) if one.key == key), None)

    def by_content(self, station: str, content: str) -> Transaction | None:
        """A station's transaction by what it was first written with."""
        shelf = self._shelves.get(station)
        transaction_id = None if shelf is None else shelf.ids.get(content)
        return None if shelf is None or transaction_id is None else shelf.transactions[transaction_id]

    def holds(self, transaction_id: str) -> bool:
        """Whether any station has a transaction of this id."""
        return any(transaction_id in shelf.transactions for shelf in self._shelves.values())

    def trim(self, pending: Callable[[int | None], bool]) -> None:
        """Let go of the ended transactions that were not used for longest, but of none that is not durable yet."""
        for transaction in list(islice(self._ended.values(), max(0, len(self._ended) - WINDOW))):
            if not transaction.active and not pending(transaction.key):
                self.drop(transaction)
