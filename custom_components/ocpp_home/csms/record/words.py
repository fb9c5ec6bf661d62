"""The words and the ways of writing of the report in English; whoever speaks another language replaces them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from .session import Period

WORDS: Final[Mapping[str, str]] = {
    "language": "en",
    "title": "Charging report",
    "months": "January,February,March,April,May,June,July,August,September,October,November,December",
    "month": "{month} {year}",
    "period": "{first} – {last}",
    "date": "{year}-{month:02}-{day:02}",
    "clock": "{hour:02}:{minute:02}",
    "decimal": ".",
    "thousands": "\N{NARROW NO-BREAK SPACE}",
    "money": "{amount}\N{NO-BREAK SPACE}{currency}",
    "energy": "Energy",
    "cost": "Cost",
    "sessions": "Sessions",
    "from_sun": "From the sun",
    "average": "Average price",
    "each_day": "Energy of each day",
    "sun": "Sun",
    "grid": "Grid",
    "people": "People",
    "person": "Person",
    "nobody": "No person",
    "stations": "Stations",
    "station": "Station",
    "time": "Begin – end",
    "place": "Station, card",
    "meter": "Meter (kWh)",
    "total": "Total",
    "unknown": "–",
    "offline": "recorded offline",
    "repaired": "end or register repaired",
    "orphan": "begin unknown",
    "running": "still running",
    "partial": "partly in this period",
    "signed": "signed values: {count}",
    "unpriced": "{energy} kWh without a known price",
    "tariff": "Tariff",
    "since": "Valid from",
    "price": "Price per kWh",
    "source": "Source",
    "many_prices": "{count} prices, from {lowest} to {highest} per kWh",
    "no_price": "not known",
    "no_tariff": "No price was known in this period.",
    "no_sessions": "Nothing was charged in this period.",
    "cost_rule": "Each part of a session costs the price that held while it was delivered; a session is rounded once.",
    "times": "Times are local: {zone}.",
    "checksum": "Check sum",
    "proof": "SHA-256 of the table (CSV) of the same sessions: if both bear it, both tell the same.",
    "signature": "Date, signature",
}


class Speech:
    """Words, numbers, moments and money as somebody reads them."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Use the words given, and WORDS for the others."""
        self._words = {**WORDS, **words}

    def __call__(self, name: str, **told: object) -> str:
        """A word, with what is told put in."""
        return self._words[name].format(**told) if told else self._words[name]

    def number(self, value: Decimal) -> str:
        """A number with its decimals."""
        grouped = f"{value:,f}"
        return grouped.translate({ord(","): self("thousands"), ord("."): self("decimal")})

    def kwh(self, watt_hours: int) -> str:
        """Energy in kWh, to 1 Wh."""
        return self.number(Decimal(watt_hours).scaleb(-3))

    def money(self, value: Decimal, currency: str) -> str:
        """An amount of money."""
        return self("money", amount=self.number(value), currency=currency)

    def day(self, day: date) -> str:
        """A day."""
        return self("date", year=day.year, month=day.month, day=day.day)

    def moment(self, moment: datetime) -> str:
        """A day and a time."""
        return f"{self.day(moment.date())} {self.time(moment)}"

    def time(self, moment: datetime) -> str:
        """A time of the day."""
        return self("clock", hour=moment.hour, minute=moment.minute)

    def period(self, period: Period) -> str:
        """Some days; a whole month by its name."""
        first, last = period.first, period.last
        if period == Period.month(first.year, first.month):
            return self("month", month=self("months").split(",")[first.month - 1], year=first.year)
        return self("period", first=self.day(first), last=self.day(last))
