"""What the EVSEs themselves draw of what the meter of the house shows.

A station tells what it measures every few seconds at best, and a car follows a limit after some more. In between it is
known only between what it drew and what it was told to draw. Then the house is taken to have gone on as it was: what
the meter shows beyond that is the car, as far as it can be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add
from typing import Final

from ..csms.control.terms import VOLTAGE, Lines
from ..csms.model.evse import Evse
from ..csms.model.meter import LINES, Quantity

SETTLED: Final = 5.0
"""So long (s) a car may take to follow a limit."""
DRAWING: Final = 1.0
"""What is less (A) is no charging."""
BELIEVED: Final = 1.25
"""So many times its maximum an EVSE is believed to draw: what it tells beyond, others would be given of the fuse."""
NOTHING: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Span:
    """Between what and what something lies, on each of three lines (A)."""

    low: Lines = NOTHING
    high: Lines = NOTHING
    sums: tuple[float, float] | None = None
    """Both together, where nobody knows on which lines that is; None: what the lines come to."""

    def __add__(self, other: Span) -> Span:
        """Of both together."""
        low = three(map(add, self.low, other.low, strict=True))
        high = three(map(add, self.high, other.high, strict=True))
        known = self.sums is None and other.sums is None
        return Span(low, high, None if known else (self.least + other.least, self.most + other.most))

    @property
    def least(self) -> float:
        """What it is at least, all lines together."""
        return sum(self.low) if self.sums is None else self.sums[0]

    @property
    def most(self) -> float:
        """What it is at most, all lines together."""
        return sum(self.high) if self.sums is None else self.sums[1]

    def on(self, lines: tuple[int, ...]) -> Span:
        """The same on the lines of the house to which the phases lead; on any of them where that is not known."""
        if not lines:
            return Span((min(self.low),) * 3, (max(self.high),) * 3, (self.least, self.most))
        low, high = [0.0] * 3, [0.0] * 3
        for phase, line in enumerate(lines):
            low[line], high[line] = self.low[phase], self.high[phase]
        return Span(three(low), three(high))


def three(values: Iterable[float]) -> Lines:
    """Three values, one for each line."""
    one, two, last = values
    return one, two, last


def attributed(measured: float, before: float | None, low: float, high: float) -> float:
    """What the EVSEs draw of what is measured, where the rest was `before`."""
    return low if before is None else min(max(measured - before, low), high)


class Draw:
    """What one EVSE draws."""

    def __init__(self, evse: Evse) -> None:
        """Nothing is known yet."""
        self._evse = evse
        self._told: Lines | None = None
        self._told_at = 0.0
        self._stamp: object = None
        self._limit: float | None = None
        self._limit_at = float("-inf")
        self.single: int | None = None
        """The only phase a car charges with that could have three."""

    def observe(self, now: float) -> None:
        """Look at what the station tells, and at what it was told."""
        limits = self._evse.limits
        stamp = _stamp(self._evse)
        if stamp != self._stamp:
            self._stamp, self._told, self._told_at = stamp, believed(self._evse), now
        limit = limits.confirmed if limits.known else None
        if limit != self._limit:
            self._limit, self._limit_at = limit, now
        if not self._evse.plugged:
            self.single = None
        elif self._told is not None and self._settled and limits.confirmed_phases != 1:
            drawing = [phase for phase in range(3) if self._told[phase] >= DRAWING]
            if drawing:
                self.single = drawing[0] if len(drawing) == 1 else None

    def fresh(self, now: float) -> Lines | None:
        """What it draws on each of its own phases, if it told so just now."""
        return self._told if self._told_at == now else None

    def power(self, since: float) -> float | None:
        """What it is measured to draw in all (W), where that was told since a moment; None: nobody knows."""
        if self._evse.charging is False:
            return 0.0
        if self._told is None or self._told_at < since:
            return None
        power = self._evse.meter.total(Quantity.POWER)
        return sum(self._told) * VOLTAGE if power is None else power

    @property
    def _settled(self) -> bool:
        """Whether what was told last is what it draws by the limit it has."""
        return self._told_at >= self._limit_at + SETTLED

    def span(self, now: float) -> Span:
        """Between what and what it draws on each of its own phases."""
        told, limit = self._told, self._limit
        if self._evse.charging is False:
            return Span()
        if told is None:
            return Span(high=(self._evse.limits.maximum if limit is None else limit,) * 3)
        if self._settled or limit is None:
            return Span(told, told)
        active = [told[phase] >= DRAWING for phase in range(3)]
        goal = three(limit if on or not any(active) else 0.0 for on in active)
        low, high = three(map(min, told, goal, strict=True)), three(map(max, told, goal, strict=True))
        return Span(low, goal if limit < max(told) and now >= self._limit_at + SETTLED else high)


def believed(evse: Evse) -> Lines | None:
    """What an EVSE says it draws on each of its own phases (A), as far as it can be."""
    told = measured(evse)
    return None if told is None else three(min(amps, BELIEVED * evse.limits.maximum) for amps in told)


def measured(evse: Evse) -> Lines | None:
    """What an EVSE says it draws on each of its own phases (A)."""
    meter = evse.meter
    lines = [meter.line(Quantity.CURRENT_IMPORT, phase) for phase in LINES]
    if any(amps is not None for amps in lines):
        return three(amps or 0.0 for amps in lines)
    if (amps := meter.at(Quantity.CURRENT_IMPORT, None)) is not None:
        return amps, amps, amps
    powers = [meter.line(Quantity.POWER, phase) for phase in LINES]
    if any(watts is not None for watts in powers):
        return three((watts or 0.0) / VOLTAGE for watts in powers)
    watts = meter.total(Quantity.POWER)
    return None if watts is None else three([watts / VOLTAGE / 3] * 3)


def _stamp(evse: Evse) -> object:
    """What is another one when the station has measured again."""
    readings = evse.meter.readings.values()
    told = [reading.at for reading in readings if reading.quantity in (Quantity.CURRENT_IMPORT, Quantity.POWER)]
    return (max(told, default=None), measured(evse))
