"""What the fuses leave, line by line.

A fuse sees the current of its own line: `I = rating - load - margin`, for every circuit up to the main fuse. A car on
L1 is not cut because L2 is loaded: the rule "the dearest line for all" left it 0 kWh in an evening where this one gave
it 21. No thermal tolerance is used up: it was measured to cost more than it gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from .terms import Circuit, Demand, Lines, Site, Tuning

LINES: Final = (0, 1, 2)
GRAIN: Final = 1e-6
"""Below this (A, W) two numbers are the same."""


@dataclass(frozen=True, slots=True)
class Held:
    """The room of one line as it is granted: less counts at once, more only when it has lasted."""

    room: float
    rising: float | None = None
    """Since when there has been more."""
    least: float = inf
    """The least that has been seen since."""

    def follow(self, seen: float, now: float, tuning: Tuning) -> Held:
        """The room that is granted when so much is seen."""
        if seen <= self.room:
            return Held(seen)
        if seen < self.room + tuning.rise_by:
            return Held(self.room)
        since = now if self.rising is None else self.rising
        least = min(seen, self.least)
        return Held(least) if now - since >= tuning.rise_after else Held(self.room, since, least)


type Three = tuple[Held, Held, Held]
type Rooms = Mapping[str, Three]
"""What is granted on L1, L2 and L3 of each circuit."""


def rooms(site: Site, before: Rooms, now: float, tuning: Tuning) -> Rooms:
    """The room of every circuit now, after what was granted before."""

    def grant(held: Held | None, seen: float, *, known: bool) -> Held:
        if held is None:
            return Held(seen)
        if known:
            return held.follow(seen, now, tuning)
        return Held(min(held.room, seen))  # nobody has seen more than what was granted last

    granted: dict[str, Three] = {}
    for circuit in site.circuits:
        held = before.get(circuit.name, (None, None, None))
        seen = seen_room(circuit, site.margin)
        one, two, three = (grant(held[line], seen[line], known=circuit.load is not None) for line in LINES)
        granted[circuit.name] = one, two, three
    return granted


def seen_room(circuit: Circuit, margin: float) -> Lines:
    """What a circuit leaves on each line; a load that is not known is counted as none."""
    load = circuit.load or (0.0, 0.0, 0.0)
    one, two, three = (circuit.rating[line] - load[line] - margin for line in LINES)
    return one, two, three


class Fuses:
    """What is left on each line of each circuit while the shares are dealt."""

    def __init__(self, site: Site, granted: Rooms) -> None:
        self._paths = _paths(site.circuits)
        self._first = {name: 3 * place for place, name in enumerate(granted)}
        self._left = [held.room for lines in granted.values() for held in lines]
        self._stale = {circuit.name for circuit in site.circuits if circuit.load is None}
        self._known = bool(site.circuits)

    def stale(self, circuit: str) -> bool:
        """Whether nobody knows what flows on the way to a circuit, or where it is."""
        path = self._paths.get(circuit)
        return self._known if path is None else not self._stale.isdisjoint(path)

    def cells(self, circuit: str, lines: Iterable[int]) -> tuple[int, ...]:
        """The lines of all circuits that a current on these lines of one flows through."""
        return tuple(self._first[name] + line for name in self._paths.get(circuit, ()) for line in lines)

    def room(self, cells: tuple[int, ...]) -> float:
        """The most (A) that can flow through all of them."""
        return min((self._left[cell] for cell in cells), default=inf)

    def take(self, cells: tuple[int, ...], amps: float) -> None:
        """Let so much (A) flow through all of them."""
        for cell in cells:
            self._left[cell] -= amps

    def left(self) -> dict[str, Lines]:
        """What is left on each line (A)."""
        return {
            name: (self._left[first], self._left[first + 1], self._left[first + 2])
            for name, first in self._first.items()
        }


def _paths(circuits: tuple[Circuit, ...]) -> dict[str, tuple[str, ...]]:
    parents = {circuit.name: circuit.parent for circuit in circuits}
    return {name: _path(name, parents) for name in parents}


def _path(name: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """From a circuit to the main fuse; a ring ends where it closes."""
    path: list[str] = []
    at: str | None = name
    while at is not None and at in parents and at not in path:
        path.append(at)
        at = parents[at]
    return tuple(path)


def lines_of(demand: Demand, phases: int) -> tuple[int, ...]:
    """The lines it loads with so many phases; all of them if nobody knows which."""
    return demand.lines[:phases] or LINES
