"""The snapshot the controller decides by: the house without its cars."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from ..csms.control.battery import Flow, Rules, locked, surplus
from ..csms.control.terms import VOLTAGE, Circuit, Lines, Site
from .bounds import Asked
from .draw import NOTHING, Span, attributed, three
from .gauge import House
from .settings import SiteSettings
from .wiring import MAIN

FULL: Final = 100.0
"""The level (%) of a battery of which none is named: it gets no precedence."""
EMPTY: Final = 0.0
"""The same of one that does not tell it: what it holds is not for cars."""


type Own = Mapping[str, Span]
"""What the EVSEs draw, by the circuit they hang behind."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a kWh costs, and what it brings."""

    price: float = 0.30
    feed_in: float = 0.08


class Survey:
    """Takes snapshots; what the house drew the last time tells it from its cars while these follow a limit."""

    def __init__(self, settings: SiteSettings) -> None:
        """Nothing has been seen yet."""
        self._settings = settings
        self._rest: float | None = None
        self._loads: dict[str, Lines] = {}
        self._rules = Rules(
            priority=settings.battery_first,
            buffer=inf if settings.battery_buffer is None else settings.battery_buffer,
            discharge=settings.battery_discharge,
        )
        self.locked = False
        """Whether the battery discharges into cars, or would, for which it is not meant."""

    def take(self, house: House, own: Own, prices: Prices, asked: Asked) -> Site:
        """What is true of the house now, where its EVSEs draw `own` behind each circuit."""
        settings = self._settings
        rest = self._without(house.grid, self._behind(MAIN, own))
        flow = self._flow(house, rest)
        spare = self._surplus(house, flow, asked)
        return Site(
            circuits=tuple(self._circuits(house, rest, own)),
            surplus=spare,
            price=prices.price,
            feed_in=prices.feed_in,
            dimmed=asked.dimmed,
            peak=_beyond(asked.drawable, rest, spare),
            asymmetry=settings.asymmetry,
            margin=settings.margin,
            fallback=settings.fallback,
        )

    def _without(self, grid: float | None, own: Span) -> float | None:
        """What comes from the grid for anything but cars (W)."""
        if grid is None:
            return None
        self._rest = grid - attributed(grid, self._rest, own.least * VOLTAGE, own.most * VOLTAGE)
        return self._rest

    def _flow(self, house: House, rest: float | None) -> Flow | None:
        """What flows through the grid connection; None where that is not known."""
        settings = self._settings
        if house.grid is None or rest is None or (settings.battery is not None and house.battery is None):
            return None
        unknown = FULL if settings.battery_level is None else EMPTY
        level = unknown if house.level is None else house.level
        return Flow(house.grid, house.grid - rest, house.battery or 0.0, level)

    def _surplus(self, house: House, flow: Flow | None, asked: Asked) -> float | None:
        """What cars may share of the sun."""
        settings = self._settings
        if settings.grid is None and not settings.lines:
            return None if house.solar is None else house.solar - asked.reserve
        self.locked = flow is not None and house.battery is not None and locked(flow, self._rules)
        return None if flow is None else surplus(flow, self._rules, asked.least) - asked.reserve

    def _circuits(self, house: House, rest: float | None, own: Own) -> Iterator[Circuit]:
        """The main fuse and what hangs behind it; nothing where there is no fuse."""
        settings = self._settings
        if settings.fuse is not None or settings.peak is not None:
            yield self._main(settings.fuse or inf, house.lines, rest, self._behind(MAIN, own))
        elif settings.branches:
            yield Circuit(MAIN, (inf, inf, inf), load=NOTHING)
        known = {branch.key for branch in settings.branches}
        for branch in settings.branches:
            lines = house.branches.get(branch.key) if branch.lines else NOTHING
            if branch.lines and lines is not None:
                lines = self._lines(branch.key, lines, self._behind(branch.key, own))
            parent = branch.parent if branch.parent in known else MAIN
            yield Circuit(branch.key, (branch.rating,) * 3, parent, lines)

    def _behind(self, key: str, own: Own) -> Span:
        """What the EVSEs draw behind a circuit, and behind those that it feeds; all of them behind the main fuse."""
        parents = {branch.key: branch.parent for branch in self._settings.branches}
        return sum((span for circuit, span in own.items() if key in _path(circuit, parents)), Span())

    def _main(self, rating: float, lines: Lines | None, rest: float | None, own: Span) -> Circuit:
        """The main fuse; where the phases are not measured, all the house may hang on any of them."""
        ratings = (rating, rating, rating) if self._settings.phases == 3 else (rating, inf, inf)
        if self._settings.lines:
            load = None if lines is None else self._lines(MAIN, lines, own)
        elif rest is None:
            load = None
        else:
            load = (max(rest, 0.0) / VOLTAGE,) * 3
        return Circuit(MAIN, ratings, load=load)

    def _lines(self, key: str, lines: Lines, own: Span) -> Lines:
        before = self._loads.get(key, (None, None, None))
        load = self._loads[key] = three(map(_rest, lines, before, own.low, own.high, strict=True))
        return load


def _path(circuit: str, parents: Mapping[str, str | None]) -> set[str]:
    """A circuit, and those that feed it; who hangs nowhere hangs behind the main fuse."""
    path = {MAIN}
    at: str | None = circuit
    while at is not None and at not in path:
        path.add(at)
        at = parents.get(at)
    return path


def _beyond(drawable: float | None, rest: float | None, spare: float | None) -> float | None:
    """What cars may take beyond the sun that is for them (W), so that no more is drawn from the grid than may be."""
    return None if drawable is None or rest is None or spare is None else drawable - rest - spare


def _rest(line: float, before: float | None, low: float, high: float) -> float:
    return line - attributed(line, before, low, high)
