"""The plant: stations and cars as they are, with lag, dead times and rounding, and the meter of the house.

What is decided at one meter report flows in the next interval at the earliest.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Final, Protocol

type Lines = tuple[float, float, float]

VOLTAGE: Final = 230.0
UNUSED: Final = 0.2
"""So much less (A) than it is offered a car draws."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a station is told: A per phase (0: stop), and with how many phases."""

    amps: float
    phases: int = 3


@dataclass(frozen=True, slots=True)
class Outlet:
    """An EVSE with its car."""

    phases: tuple[int, ...] = (1, 3)
    lines: tuple[int, ...] = (0, 1, 2)
    maximum: float = 16.0
    step: float = 1.0
    late: int = 0
    """So many steps more than usual until an order is followed."""
    wake: int = 2
    """So many steps the car needs to begin."""
    contactor: int = 6
    """So many steps nothing flows while the phases are changed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a controller is told."""

    now: float
    grid: Lines
    """From the grid on each line (A; negative: to it)."""
    drawn: tuple[Lines, ...]
    charging: tuple[bool, ...]
    fresh: bool = True
    """Whether the meter has reported anew."""

    @property
    def surplus(self) -> float:
        """What would flow to the grid without the cars (W)."""
        return VOLTAGE * (sum(map(sum, self.drawn)) - sum(self.grid))

    @property
    def house(self) -> Lines:
        """What flows on each line without the cars (A)."""
        one, two, three = (self.grid[line] - sum(drawn[line] for drawn in self.drawn) for line in range(3))
        return one, two, three


class Controller(Protocol):
    """Who decides, once for each meter report."""

    def orders(self, reading: Reading) -> Sequence[Order]:
        """What each EVSE shall do."""


@dataclass(slots=True)
class Station:
    """A station and its car, step by step."""

    outlet: Outlet
    drawn: Lines = (0.0, 0.0, 0.0)
    starts: int = 0
    changes: int = 0
    present: Order = Order(0.0)
    _orders: deque[Order] = field(default_factory=deque)
    _phases: int | None = None
    _dead: int = 0

    @property
    def watts(self) -> float:
        """What it draws."""
        return VOLTAGE * sum(self.drawn)

    @property
    def charging(self) -> bool:
        """Whether energy flows, or is about to."""
        return self.present.amps > 0

    def follow(self, order: Order) -> None:
        """Take an order; what flows in the next interval is what has arrived by then."""
        self._orders.append(order)
        if len(self._orders) > self.outlet.late:
            self._obey(self._orders.popleft())
        self._draw()

    def _obey(self, order: Order) -> None:
        amps = floor(min(order.amps, self.outlet.maximum) / self.outlet.step + 1e-6) * self.outlet.step
        order = Order(amps if amps >= 6 else 0.0, min(order.phases, max(self.outlet.phases)))
        if order.amps and self._phases not in (None, order.phases):
            self.changes += 1
            self._dead = self.outlet.contactor
        if order.amps and not self.present.amps:
            self.starts += 1
            self._dead = max(self._dead, self.outlet.wake)
        if order.amps:
            self._phases = order.phases
        self.present = order

    def _draw(self) -> None:
        amps = 0.0
        if self._dead:
            self._dead -= 1
        elif self.present.amps:
            amps = max(self.present.amps - UNUSED, 5.8)
        wired = self.outlet.lines[: self.present.phases]
        one, two, three = (amps if line in wired else 0.0 for line in range(3))
        self.drawn = one, two, three


@dataclass(slots=True)
class Plant:
    """All stations behind one meter."""

    stations: list[Station]

    def reading(self, now: float, house: Lines) -> Reading:
        """What the meter and the stations report."""
        drawn = tuple(station.drawn for station in self.stations)
        one, two, three = (house[line] + sum(each[line] for each in drawn) for line in range(3))
        return Reading(now, (one, two, three), drawn, tuple(station.charging for station in self.stations))

    def follow(self, orders: Sequence[Order]) -> None:
        """Let every station have its order."""
        for station, order in zip(self.stations, orders, strict=True):
            station.follow(order)
