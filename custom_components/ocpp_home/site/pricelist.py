"""Lists of prices as integrations publish them, in attributes or as an answer: read as leniently as can be."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import isfinite
import re
from typing import Any, Final

from homeassistant.util import dt as dt_util

from .steps import Steps, steps

BEGINS: Final = (
    "start", "starts_at", "start_time", "from", "begin", "valid_from", "timestamp", "datetime", "date_time", "time",
    "hour",
)  # fmt: skip
ENDS: Final = ("end", "ends_at", "end_time", "till", "until", "to", "valid_to", "valid_until")
VALUES: Final = (
    "total", "price", "value", "price_per_kwh", "per_kwh", "value_inc_vat", "electricity_price", "all_in", "tariff",
)  # fmt: skip
"""How a price is called: `Total`, `pricePerKwh` and `price_per_kwh` are the same to us."""
TELLING: Final = re.compile("raw|today|tomorrow|price|forecast|data|rate|hour|tariff|interval|market")
"""How attributes are called that may hold a list of prices."""
PVPC: Final = re.compile(r"price_(next_day_)?(\d\d)h")
DAYS: Final = {"today": 0, "tomorrow": 1}
GRAINS: Final = (900, 1800, 3600)
DEEP: Final = 3

type Told = tuple[float, float | None, float]


def listed(told: Mapping[str, Any], now: datetime, zone: tzinfo) -> Steps:
    """All prices in there; `now` says which day is today, and `zone` whose clock is meant where none is told."""
    found = [each for name, value in told.items() if TELLING.search(_plain(name)) for each in _read(name, value, zone)]
    if not found:
        found = [*_plain_days(told, now, zone), *_by_name(told, now, zone)]
    return steps(found)


def _read(name: str, told: object, zone: tzinfo, depth: int = DEEP) -> Iterator[Told]:
    """The prices in a value, and in what is inside it."""
    if isinstance(told, Mapping):
        by_time = [(_moment(key, zone), _number(value)) for key, value in told.items()]
        if by_time and all(begin is not None and price is not None for begin, price in by_time):
            yield from ((begin, None, price) for begin, price in by_time if begin is not None and price is not None)
        elif depth:
            for key, value in told.items():
                yield from _read(str(key), value, zone, depth - 1)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for item in told:
            if isinstance(item, Mapping) and (price := _item(item, zone)) is not None:
                yield price


def _item(item: Mapping[str, Any], zone: tzinfo) -> Told | None:
    words = {_plain(name): value for name, value in item.items()}
    begin = next((at for name in BEGINS if (at := _moment(words.get(_plain(name)), zone)) is not None), None)
    end = next((at for name in ENDS if (at := _moment(words.get(_plain(name)), zone)) is not None), None)
    price = next((cost for name in VALUES if (cost := _number(words.get(_plain(name)))) is not None), None)
    return None if begin is None or price is None else (begin, end, price)


def _plain_days(told: Mapping[str, Any], now: datetime, zone: tzinfo) -> Iterator[Told]:
    """The prices of lists of numbers that begin at midnight: `today`, `prices_tomorrow`."""
    today = now.astimezone(zone).date()
    for name, value in told.items():
        ahead = next((days for word, days in DAYS.items() if _plain(name).endswith(word)), None)
        if ahead is None or not isinstance(value, Sequence) or isinstance(value, str):
            continue
        prices = [_number(price) for price in value]
        begin, end = _day(today, ahead, zone)
        if len(prices) < 23:
            continue
        grain = min(GRAINS, key=lambda seconds: abs(seconds - (end - begin) / len(prices)))
        for index, price in enumerate(prices):
            if price is not None and begin + index * grain < end:
                yield begin + index * grain, begin + (index + 1) * grain, price


def _by_name(told: Mapping[str, Any], now: datetime, zone: tzinfo) -> Iterator[Told]:
    """The prices of attributes of which each is that of an hour, as Spain's PVPC tells them."""
    today = now.astimezone(zone).date()
    for name, value in told.items():
        if (match := PVPC.fullmatch(name)) and (price := _number(value)) is not None:
            day = today + timedelta(days=1 if match[1] else 0)
            begin = datetime(day.year, day.month, day.day, int(match[2]), tzinfo=zone).timestamp()
            yield begin, begin + 3600, price


def _day(today: date, ahead: int, zone: tzinfo) -> tuple[float, float]:
    """When a day begins and ends by the clock of a zone."""
    first, last = today + timedelta(days=ahead), today + timedelta(days=ahead + 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    return begin.timestamp(), datetime(last.year, last.month, last.day, tzinfo=zone).timestamp()


def _plain(name: object) -> str:
    return re.sub("[^a-z]", "", str(name).lower())


def _moment(told: object, zone: tzinfo) -> float | None:
    """A moment: what tells its time zone not means ours; numbers are seconds or milliseconds since 1970."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        seconds = told / 1000 if told > 1e11 else told
        return float(seconds) if 1e9 < seconds < 1e10 else None
    moment = told if isinstance(told, datetime) else dt_util.parse_datetime(told) if isinstance(told, str) else None
    if moment is None:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC).timestamp()


def _number(told: object) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        number = float(told)
    except ValueError:
        return None
    return number if isfinite(number) else None
