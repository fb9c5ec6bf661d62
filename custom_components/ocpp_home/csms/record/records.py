"""The record of all sessions: asked by whoever shows, counts or hands them on.

`Records(ledger, zone)` stands between the ledger, which keeps, and everybody who wants to know. `station.cost` and
`station.account` are filled with `cost_of` and `settle`.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Protocol

from ..model.account import Account, Query
from ..model.errors import LedgerFailed
from ..model.meter import Reading
from ..model.price import Price, Share, amount
from ..model.transaction import Point, Transaction
from .cost import Slice, Tariff, cost_so_far, midnight, settle, slices
from .course import TINY, Course, course_of
from .names import NAMELESS, Names
from .report import Report, html
from .session import Period, Session
from .table import checksum, in_order, table
from .totals import By, Total, total, totals

ALL: Final = 1_000_000_000
DAY: Final = timedelta(days=1)


class Tariffs(Protocol):
    """The newest prices and shares, in memory."""

    prices: list[Price]
    shares: dict[tuple[str, int], list[Share]]
    since: datetime | None


class Source(Protocol):
    """What of the ledger is needed here."""

    @property
    def tariffs(self) -> Tariffs:
        """The newest prices and shares."""

    def settle(self, transaction: Transaction, account: Account) -> None:
        """Record what is settled about a transaction that has ended."""

    async def sessions(self, query: Query) -> list[tuple[Transaction, int]]:
        """The transactions that are asked for, the newest first, each with the number of its signed values."""

    async def readings(self, transaction: Transaction) -> list[Reading]:
        """The readings of a transaction, oldest first."""

    async def points(self, transaction: Transaction) -> tuple[Point, ...]:
        """How the register of a transaction ran."""

    async def prices(self, since: datetime, until: datetime) -> tuple[Price, ...]:
        """The prices that hold at some moment from `since` to `until`."""

    async def shares(self, station: str, evse: int, since: datetime, until: datetime) -> tuple[Share, ...]:
        """The shares of the sun of an EVSE that hold at some moment from `since` to `until`."""


@dataclass(frozen=True, slots=True)
class Export:
    """A period handed on: the table, the report of the same sessions, and the check sum that both bear."""

    csv: str
    html: str
    checksum: str
    total: Total
    people: tuple[Total, ...]
    """The same by person, nobody last."""


class Records:
    """Sessions with what they come to; `zone` says where the days of the calendar begin."""

    def __init__(self, source: Source, zone: tzinfo) -> None:
        self._source = source
        self.zone = zone

    def cost_of(self, transaction: Transaction) -> float | None:
        """What a session costs by now, in the currency of its prices; None where that is not known."""
        if transaction.account is not None:
            cost, currency = transaction.account.cost, transaction.account.currency
        else:
            cost, currency = cost_so_far(transaction, self._tariff(transaction)) or (None, None)
        return None if cost is None or currency is None else float(amount(cost, currency))

    def so_far(self, transaction: Transaction) -> Account | None:
        """What a session comes to by now, as far as memory knows; of one that is settled, what was settled."""
        return transaction.account or settle(transaction, self._tariff(transaction), self.zone)

    def settle(self, transaction: Transaction) -> None:
        """Settle a session that has just ended, when memory knows all of it; else it is settled when it is asked for.

        What is settled becomes durable with the next commit.
        """
        tariffs, begun = self._source.tariffs, transaction.started
        known = begun is not None and (tariffs.since is None or begun >= tariffs.since)
        if transaction.active or transaction.points is None or not known:
            return
        account = settle(transaction, self._tariff(transaction), self.zone)
        self._record(transaction, account)

    async def sessions(self, query: Query = Query()) -> list[Session]:  # noqa: B008 - it is frozen
        """The sessions that are asked for, the newest first; what was not settled yet is settled."""
        return [await self._session(found, signed) for found, signed in await self._source.sessions(query)]

    async def signed(self, transaction: Transaction) -> list[Reading]:
        """The signed meter values of a session, verbatim, oldest first."""
        return [reading for reading in await self._source.readings(transaction) if reading.signed is not None]

    async def hours(self, transaction: Transaction, cuts: Iterable[datetime]) -> list[Slice]:
        """What a session came to between the given moments, of which whole hours make statistics; adds up to it."""
        course = course_of(transaction, await self._points(transaction))
        if course is None:
            return []
        return slices(course, await self._tariff_of(transaction, course), cuts)

    async def totals(self, period: Period, by: By, query: Query = Query()) -> list[Total]:  # noqa: B008 - it is frozen
        """What the sessions of a period come to by person, card or station; what runs counts as far as it came."""
        return totals(await self.sessions(self._within(query, period)), period, by)

    async def export(self, period: Period, /, *queries: Query, names: Names = NAMELESS, **words: str) -> Export:
        """The ended sessions of a period as CSV and as a report to print, whichever of the queries asks for them.

        Without a query it is all of them. `names` are those of the places; `words` replace those of the report.
        """
        asked = [replace(self._within(query, period), running=False) for query in queries or (Query(),)]
        found = {
            (one.transaction.station, one.transaction.id): one for query in asked for one in await self.sessions(query)
        }
        sessions = in_order(found.values(), period, self.zone)
        text = table(sessions, period, self.zone, names)
        begin, end = midnight(period.first, self.zone), midnight(period.last + DAY, self.zone)
        prices = await self._source.prices(begin, end - TINY)
        report = Report(sessions, period, self.zone, prices, checksum(text), names)
        people = tuple(totals(sessions, period, By.PERSON))
        return Export(text, html(report, words), report.checksum, total(sessions, period), people)

    async def _session(self, found: Transaction, signed: int) -> Session:
        account, peak = found.account, found.peak_power
        if account is None or peak is None:
            points = await self._points(found)
            course = course_of(found, points)
            peak = course.peak if peak is None and course is not None else peak
            account = account or await self._settled(replace(found, points=points), course)
        return Session(found, account, signed, peak)

    async def _settled(self, found: Transaction, course: Course | None) -> Account | None:
        """The account of a session that has none, recorded where it has ended."""
        if course is None:
            return None
        account = settle(found, await self._tariff_of(found, course), self.zone)
        self._record(found, account)
        return account

    def _record(self, transaction: Transaction, account: Account | None) -> None:
        """Keep an account where that is possible now; it follows from what is kept, and can be settled again."""
        if account is not None and not transaction.active:
            with suppress(LedgerFailed):
                self._source.settle(transaction, account)

    async def _points(self, transaction: Transaction) -> tuple[Point, ...]:
        known = transaction.points
        return known if known is not None else await self._source.points(transaction)

    async def _tariff_of(self, transaction: Transaction, course: Course) -> Tariff:
        prices = await self._source.prices(course.begin, course.end)
        shares = await self._source.shares(transaction.station, transaction.evse, course.begin, course.end)
        return Tariff(prices, shares)

    def _tariff(self, transaction: Transaction) -> Tariff:
        tariffs = self._source.tariffs
        return Tariff(tariffs.prices, tariffs.shares.get((transaction.station, transaction.evse), ()))

    def _within(self, query: Query, period: Period) -> Query:
        """The query, bounded to what may lie in a period; days were those of the zone when a session was settled."""
        begin, end = midnight(period.first, UTC), midnight(period.last, UTC)
        return replace(query, since=begin - DAY, until=end + 2 * DAY, limit=ALL)
