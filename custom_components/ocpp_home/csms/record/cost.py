"""What a course costs: each part at the price that holds while it is delivered, rounded so that parts are the whole.

Sums are whole numbers of (mWh x micro-unit) and (mWh x thousandth); what is told of a part is the difference of two
rounded sums, so however a session is cut, the parts add up to the same Wh and the same coins.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from operator import attrgetter
from typing import Final

from ..model.account import Account, Day
from ..model.price import MICRO, WHOLE, Price, Share, smallest
from ..model.transaction import Point, Transaction
from .course import MILLI, TINY, Course, course_of

LONGEST: Final = timedelta(days=400)
"""A session that lasts longer, for the clock of its station went wrong, is all of the day on which it ended."""
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices and the shares of the sun that a session needs, each in order of their moments."""

    prices: Sequence[Price] = ()
    shares: Sequence[Share] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a session: Wh, micro-units (whole coins; None where a price is not known), Wh from the sun."""

    begin: datetime
    end: datetime
    energy: int
    cost: int | None
    sun: int | None


@dataclass(frozen=True, slots=True)
class _Sums:
    """What has come together until a moment."""

    energy: int = 0
    """mWh."""
    money: int = 0
    """mWh x micro-units per kWh."""
    shone: int = 0
    """mWh x thousandths."""
    priced: bool = True
    """Whether all of it had a price."""
    told: bool = False
    """Whether the sun was known for any of it."""


def slices(course: Course, tariff: Tariff, cuts: Iterable[datetime]) -> list[Slice]:
    """The session cut at the given moments; their sum is the same wherever they lie."""
    inner = sorted({cut for cut in cuts if course.begin < cut < course.end})
    marks = [course.begin, *inner, course.end]
    sums = _Sums()
    found = [sums]
    for begin, end in pairwise(marks):
        sums = _grown(sums, course, tariff, begin, end)
        found.append(sums)
    currency = currency_of(course, tariff) if sums.priced else None
    coin = smallest(currency) if currency else MICRO
    parts = zip(pairwise(marks), pairwise(found), strict=True)
    return [
        Slice(
            begin,
            end,
            _rounded(after.energy, MILLI) - _rounded(before.energy, MILLI),
            (_rounded(after.money, MICRO * coin) - _rounded(before.money, MICRO * coin)) * coin if currency else None,
            _rounded(after.shone, MILLI * WHOLE) - _rounded(before.shone, MILLI * WHOLE) if sums.told else None,
        )
        for (begin, end), (before, after) in parts
    ]


def settle(
    transaction: Transaction, tariff: Tariff, zone: tzinfo, points: Sequence[Point] | None = None
) -> Account | None:
    """The account of a session, so far or as a whole, by the days of the local calendar.

    None where its energy is not known, or its times make no sense. A day without energy is left out, but for the first.
    """
    course = course_of(transaction, points)
    if course is None or not EARLIEST < course.begin < LATEST or not EARLIEST < course.end < LATEST:
        return None
    first, *others = days_of(course, zone)
    begins = {midnight(day, zone): day for day in others}
    parts = slices(course, tariff, begins)
    booked = [
        Day(begins.get(part.begin, first), part.energy, part.cost, part.sun)
        for number, part in enumerate(parts)
        if number == 0 or part.energy or part.cost or part.sun
    ]
    priced = parts[0].cost is not None
    return Account(tuple(booked), currency_of(course, tariff) if priced else None)


def cost_so_far(transaction: Transaction, tariff: Tariff) -> tuple[int, str] | None:
    """What a session costs by now, in micro-units and its currency; None where that is not known.

    Takes some microseconds for each price that held meanwhile. At the end it is the cost of the account.
    """
    course = course_of(transaction)
    if course is None:
        return None
    cost, currency = slices(course, tariff, ())[0].cost, currency_of(course, tariff)
    return None if cost is None or currency is None else (cost, currency)


def currency_of(course: Course, tariff: Tariff) -> str | None:
    """The currency of the prices that hold during a session; None where there is none, or more than one."""
    held = {price.currency for price in _during(tariff.prices, course.begin, course.end) if price.per_kwh is not None}
    return held.pop() if len(held) == 1 else None


def days_of(course: Course, zone: tzinfo) -> list[date]:
    """The days of the local calendar on which a session ran."""
    first, last = (moment.astimezone(zone).date() for moment in (course.begin, course.end - TINY))
    if course.end - course.begin > LONGEST:
        return [last]
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day of the local calendar begins (UTC)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _grown(sums: _Sums, course: Course, tariff: Tariff, begin: datetime, end: datetime) -> _Sums:
    """The sums when the part from `begin` to `end` has been added."""
    changes = {price.at for price in _during(tariff.prices, begin, end)}
    changes |= {share.at for share in _during(tariff.shares, begin, end)}
    marks = [begin, *sorted(at for at in changes if begin < at < end), end]
    for low, high in pairwise(marks):
        energy = course.at(high) - course.at(low)
        price, share = _at(tariff.prices, low), _at(tariff.shares, low)
        per_kwh = None if price is None else price.per_kwh
        sunny = None if share is None else share.share
        sums = _Sums(
            sums.energy + energy,
            sums.money + energy * (per_kwh or 0),
            sums.shone + energy * (sunny or 0),
            sums.priced and (per_kwh is not None or not energy),
            sums.told or sunny is not None,
        )
    return sums


def _at[T: (Price, Share)](series: Sequence[T], moment: datetime) -> T | None:
    place = bisect_right(series, moment, key=attrgetter("at"))
    return series[place - 1] if place else None


def _during[T: (Price, Share)](series: Sequence[T], begin: datetime, end: datetime) -> Iterator[T]:
    """What of a series holds at some moment from `begin` until before `end`."""
    place = max(0, bisect_right(series, begin, key=attrgetter("at")) - 1)
    while place < len(series) and series[place].at < end:
        yield series[place]
        place += 1


def _rounded(sum_of: int, unit: int) -> int:
    """The sum in whole units, half ones rounded up."""
    return (2 * sum_of + unit) // (2 * unit)
