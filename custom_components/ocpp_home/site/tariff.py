"""What energy will cost: a list of prices, brought in line with the price that holds now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from .steps import HOUR, Steps, steps

SCALES: Final = (1.0, 0.01, 0.001)
"""A list may be told in another unit than the price of now, in cents or per MWh, if that is the same price then."""
NEAR: Final = 0.05
BACK: Final = 7
"""So many days back is looked for the price of the same hour."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of a kWh over time."""

    now: float
    """What holds now, and where nothing else is known."""
    known: Steps = field(default_factory=Steps)
    zone: tzinfo | None = None
    """The clock that tells which hour of the day before is the same."""

    @property
    def until(self) -> float | None:
        """How far prices are known; None: only the one of now is."""
        return self.known.until

    def price(self, begin: float, end: float) -> float:
        """What a kWh costs between two moments: as known, as at the same time the day before, or as on average."""
        for first, last in self._same_time(begin, end):
            price = self.known.mean(first, last)
            if price is not None:
                return price
        usual = self._usual()
        return self.now if usual is None else usual

    def _same_time(self, begin: float, end: float) -> Iterator[tuple[float, float]]:
        """This time, and the same time of the days before."""
        yield begin, end
        if self.known.until is None or begin < self.known.until:
            return
        local = datetime.fromtimestamp(begin, self.zone)
        for days in range(1, BACK + 1):
            first = (local - timedelta(days=days)).timestamp()
            yield first, first + end - begin

    def _usual(self) -> float | None:
        known = self.known.steps
        return self.known.mean(known[0].begin, known[-1].end) if known else None


def calibrated(known: Steps, price: float, moment: float) -> Steps:
    """A list of prices such that it tells the price that holds now: in its unit, and with the same surcharge.

    The price of now may be that of the whole hour where the list has quarters: what fits better counts.
    """
    hour = moment - moment % HOUR
    seen = [told for told in (known.at(moment), known.mean(hour, hour + HOUR)) if told is not None]
    if not seen:
        return known
    scale = next((scale for scale in SCALES for told in seen if abs(told * scale - price) <= NEAR * abs(price)), 1.0)
    extra = min((price - told * scale for told in seen), key=abs)
    return steps((one.begin, one.end, one.value * scale + extra) for one in known.steps)
