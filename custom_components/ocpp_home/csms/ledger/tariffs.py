"""Prices and shares of the sun: all in the file, the newest in memory, so that a session is settled as it ends."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Final

from ..model.price import Price, Share
from .rows import Row, Write, microseconds, moment, plain

MANY: Final = 10_000
"""How many prices, and how many shares, are held in memory: more than three months of quarters of an hour."""
PRICES: Final = "SELECT at, currency, per_kwh, source FROM prices"
SHARES: Final = "SELECT station, evse, at, share FROM shares"
NEWEST_PRICES: Final = f"{PRICES} ORDER BY at DESC LIMIT {MANY}"
NEWEST_SHARES: Final = f"{SHARES} ORDER BY at DESC LIMIT {MANY}"
KEEP_PRICE: Final = (
    "INSERT INTO prices (at, currency, per_kwh, source) VALUES (?, ?, ?, ?) ON CONFLICT (at) DO UPDATE SET "
    "currency = excluded.currency, per_kwh = excluded.per_kwh, source = excluded.source"
)
KEEP_SHARE: Final = (
    "INSERT INTO shares (station, evse, at, share) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (station, evse, at) DO UPDATE SET share = excluded.share"
)

type Place = tuple[str, int]


class Tariffs:
    """The series, and the writes that make them durable."""

    def __init__(self, prices: Sequence[Row], shares: Sequence[Row]) -> None:
        """Begin with rows of NEWEST_PRICES and NEWEST_SHARES."""
        self.prices: list[Price] = sorted(map(price_of, prices), key=_at)
        self.shares: dict[Place, list[Share]] = {}
        for row in shares:
            insort(self.shares.setdefault((str(row[0]), int(row[1] or 0)), []), share_of(row), key=_at)
        full = [self.prices[0].at] if len(prices) == MANY else []
        full += [moment(int(shares[-1][2] or 0))] if len(shares) == MANY else []
        self.since: datetime | None = max(full, default=None)
        """Before it memory does not know all; None when it does."""

    def is_news(self, price: Price) -> bool:
        """Whether a price tells what is not known yet: one that says what holds at its moment anyway is none."""
        known = self.prices[: bisect_right(self.prices, price.at, key=_at)]
        return not known or (known[-1].currency, known[-1].per_kwh) != (price.currency, price.per_kwh)

    def price(self, price: Price) -> tuple[list[Write], Callable[[], None]]:
        """Take a price over; the writes that record it, and the way back."""
        before = self.prices
        prices = [known for known in before if known.at != price.at]
        insort(prices, price, key=_at)
        self.prices = self._newest(prices)
        return [keep_price(price)], partial(setattr, self, "prices", before)

    def shine(self, place: Place, share: Share) -> tuple[list[Write], Callable[[], None]] | None:
        """Take a share over, as `price` does; None when it is what the newest one says, or older than that."""
        known = self.shares.get(place, [])
        if known and (known[-1].share == share.share or known[-1].at >= share.at):
            return None
        self.shares[place] = self._newest([*known, share])
        return [keep_share(place, share)], partial(self.shares.__setitem__, place, known)

    def until(self, price: Price) -> datetime | None:
        """Until when a price holds; None for the newest."""
        later = self.prices[bisect_left(self.prices, price.at, key=_at) :]
        return next((other.at for other in later if other.at > price.at), None)

    def forget(self, station: str) -> None:
        """Drop the shares of a station."""
        self.shares = {place: shares for place, shares in self.shares.items() if place[0] != station}

    def writes(self) -> list[Write]:
        """Everything memory knows, for a fresh file."""
        prices = [keep_price(price) for price in self.prices]
        return prices + [keep_share(place, share) for place, shares in self.shares.items() for share in shares]

    def _newest[T: (Price, Share)](self, series: list[T]) -> list[T]:
        """The series, without its older half when it has become too long."""
        if len(series) <= 2 * MANY:
            return series
        newest = series[-MANY:]
        self.since = max(newest[0].at, self.since or newest[0].at)
        return newest


def keep_price(price: Price) -> Write:
    """The write that records a price."""
    return KEEP_PRICE, [(microseconds(price.at), plain(price.currency), price.per_kwh, plain(price.source))]


def keep_share(place: Place, share: Share) -> Write:
    """The write that records a share."""
    return KEEP_SHARE, [(plain(place[0]), place[1], microseconds(share.at), share.share)]


def price_of(row: Row) -> Price:
    """The price a row of PRICES holds."""
    at, currency, per_kwh, source = row
    return Price(moment(int(at or 0)), str(currency), None if per_kwh is None else int(per_kwh), str(source))


def share_of(row: Row) -> Share:
    """The share a row of SHARES holds."""
    return Share(moment(int(row[2] or 0)), None if row[3] is None else int(row[3]))


def in_force[T: (Price, Share)](series: Iterable[T], since: datetime, until: datetime) -> tuple[T, ...]:
    """What of a series holds at some moment from `since` to `until`."""
    ordered = sorted(series, key=_at)
    first = max(0, bisect_left(ordered, since, key=_at) - 1)
    return tuple(one for one in ordered[first:] if one.at <= until)


_at: Callable[[Price | Share], datetime] = attrgetter("at")
