"""What is measured, cell by cell, and how it is told: each cell is one rule in one scene."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product, repeat
import multiprocessing
import sys
from typing import Final

from . import commute, fleet, fuse, sun
from .world import TARIFFS


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played."""

    seeds: int
    days: int
    """Spread over the year."""

    def dates(self, most: int | None = None) -> list[int]:
        """The days of the year that are played; of the dear scenes only so many."""
        count = self.days if most is None else min(self.days, most)
        return [int((day + 0.5) * 365 / count) for day in range(count)]

    @property
    def range(self) -> range:
        """The seeds."""
        return range(1, self.seeds + 1)


@dataclass(frozen=True, slots=True)
class Row:
    """What was found in a cell."""

    bench: str
    scene: str
    rule: str
    result: float
    unit: str
    also: str = ""
    met: bool | None = None
    """Whether a goal was met; None: there is none for this."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is to be found."""

    bench: str
    scene: str
    rule: str
    find: Callable[..., Row]
    arguments: tuple[object, ...] = ()

    def row(self, size: Size) -> Row:
        """Play it."""
        return self.find(self, size, *self.arguments)

    def told(self, result: float, unit: str, also: str, met: bool | None = None) -> Row:
        """What was found."""
        return Row(self.bench, self.scene, self.rule, result, unit, also, met if self.rule == "ours" else None)


LEAST_COMMUTE: Final = 28
"""So many days a commuter is followed at least: a week's bill depends on what is in the battery at its end."""
GOALS: Final = {0.14: 85.0, 0.20: 93.0, 0.26: 97.0}


def _sun(cell: Cell, size: Size, car: str, value: float) -> Row:
    plays = [(seed, date) for seed in size.range for date in size.dates(6 if size.days < 100 else None)]
    runs = [sun.follow(seed, date, car, value, cell.rule) for seed, date in plays]
    best = sum(sun.hindsight(seed, date, car, value) for seed, date in plays)
    share = 100 * sum(run.score for run in runs) / best
    count = len(plays)
    also = (
        f"{sum(run.starts for run in runs) / count:.1f} starts, {sum(run.changes for run in runs) / count:.1f} changes "
        f"of phases, {sum(run.energy for run in runs) / count / 1000:.1f} kWh a day"
    )
    return cell.told(share, "% of the optimum", also, share >= GOALS[value] if car == "1p/3p" else None)


def _commute(cell: Cell, size: Size, tariff: commute.Tariff) -> Row:
    days = max(size.days, LEAST_COMMUTE)
    bills = [commute.commute(seed, days, tariff, cell.rule) for seed in size.range]
    regret = sum(bill.regret for bill in bills) / len(bills)
    missed, departures = sum(bill.missed for bill in bills), sum(bill.departures for bill in bills)
    lacking = sum(bill.lacking for bill in bills)
    return cell.told(
        regret, "EUR/a of regret", f"{missed} of {departures} departures missed ({lacking:.1f} kWh)", missed == 0
    )


def _fuse(cell: Cell, size: Size, mishap: fuse.Mishap) -> Row:
    evenings = Size(1, min(2 * size.days, 365)).dates()
    found = [fuse.strain(cell.rule, seed, evenings, mishap) for seed in size.range]

    def mean(name: str) -> float:
        return float(sum(getattr(each, name) for each in found)) / len(found)

    longest = max(each.longest for each in found)
    also = (
        f"{mean('warm'):.2f} min/day > 1.13x, {mean('hot'):.0f} min/a > 1.45x of which {mean('preventable'):.0f} s "
        f"preventable, longest > 1.13x {longest:.0f} s, {mean('energy'):.1f} kWh a day"
    )
    met = {"none": mean("preventable") == 0, "meter": longest <= 15 + 5, "controller": longest <= 60}[mishap]
    return cell.told(mean("rated"), "min/day above rated", also, met)


def _share(cell: Cell, size: Size, what: str, count: int) -> Row:
    share = fleet.share_sun if what == "sun" else fleet.share_fuse
    dates = [135] if size.days < 100 else size.dates(12)
    found = share(cell.rule, count, 1, dates)
    also = f"smallest share {found.smallest:.2f}, {found.starts:.1f} starts a day, {found.energy:.0f} kWh"
    return cell.told(100 * found.share, "% of the joint optimum", also, found.share >= 0.97)


def _trouble(cell: Cell, size: Size) -> Row:
    troubled, calm, starts = fleet.troubled_sun(cell.rule, 1, size.dates(4 if size.days < 100 else 24))
    return cell.told(100 * troubled, "% of the optimum", f"{100 * calm:.1f} % without; {starts:.1f} starts a day")


def _capacity(cell: Cell, size: Size) -> Row:
    found = [fleet.capacity(cell.rule, seed, size.dates()) for seed in size.range]
    count = len(found)
    peak, alone = sum(each.peak for each in found) / count, sum(each.house for each in found) / count
    energy, cost = sum(each.energy for each in found) / count, sum(each.cost for each in found) / count
    return cell.told(peak, "kW", f"house alone {alone:.2f} kW, {cost:.0f} EUR/a, {energy:.1f} kWh an evening")


def cells() -> Iterator[Cell]:
    """Everything that can be measured."""
    yield from (
        Cell("B1", f"{car}, {value:.2f} EUR/kWh", rule, _sun, (car, value))
        for car, value, rule in product(sun.CARS, sun.VALUES, sun.RULES)
    )
    yield from (Cell("B2", tariff, driver, _commute, (tariff,)) for tariff, driver in product(TARIFFS, commute.DRIVERS))
    mishaps = {"none": "normal", "meter": "meter frozen", "controller": "controller dead"}
    yield from (Cell("B3", mishaps[mishap], rule, _fuse, (mishap,)) for mishap, rule in product(mishaps, fuse.RULES))
    yield from (
        Cell("B4", f"{count} cars share the {what}", rule, _share, (what, count))
        for what, count, rule in product(("sun", "fuse"), fleet.FLEETS, fleet.SHARERS)
    )
    yield from (Cell("B5", "restarts, flaps, late answers", rule, _trouble) for rule in ("evcc", "ours"))
    yield from (Cell("B6", "dearest quarter-hour", rule, _capacity) for rule in fleet.PEAKS)


def measure(wanted: Sequence[Cell], size: Size) -> list[Row]:
    """Play all cells, in two processes that begin with all that is imported; in their order."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        return list(pool.map(_played, wanted, repeat(size)))


def _played(cell: Cell, size: Size) -> Row:
    row = cell.row(size)
    sys.stderr.write(f"{row.bench} {row.scene}: {row.rule} {row.result:.1f} {row.unit}; {row.also}\n")
    return row
