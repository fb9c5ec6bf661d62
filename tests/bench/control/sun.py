"""B1: which share of the optimum is reached by a car that follows the sun, and with how many starts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from .bound import CONTACTOR, SINGLE, START, SWITCHED, Money, optimum
from .plant import Controller, Outlet, Plant, Station
from .rules import Evcc, OpenWb, Ours
from .world import STEP, Series, clear_sky, house, pv

VALUES: Final = (0.14, 0.20, 0.26)
CARS: Final = {"1p": Outlet((1,)), "1p/3p": Outlet((1, 3))}
BANDS: Final = {"1p": SINGLE, "1p/3p": SWITCHED}
RULES: Final[dict[str, Callable[[Outlet, float], Controller]]] = {
    "evcc": lambda outlet, _: Evcc([outlet]),
    "openWB-like": lambda outlet, _: OpenWb(outlet),
    "ours": lambda outlet, value: Ours([outlet], value),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What a day with a car brought."""

    score: float
    energy: float
    """Wh."""
    starts: int
    changes: int
    powers: Series


def daylight(seed: int, day: int) -> tuple[Series, Series]:
    """Sun (W) and house (W per line) from dawn to dusk."""
    light = np.flatnonzero(clear_sky(day) > 0)
    part = slice(light[0], light[-1] + 1)
    return pv(seed, day)[part], house(seed, day)[part]


def play(sun: Series, load: Series, controllers: Controller, outlets: list[Outlet]) -> tuple[Plant, Series]:
    """A day of a plant under a controller; the plant at its end, and what each car drew in each step (W)."""
    plant = Plant([Station(outlet) for outlet in outlets])
    powers = np.empty((len(sun), len(outlets)))
    amps = ((load - sun[:, None] / 3) / 230).tolist()
    for number, lines in enumerate(amps):
        powers[number] = [station.watts for station in plant.stations]
        reading = plant.reading(number * STEP, tuple(lines))
        plant.follow(controllers.orders(reading))
    return plant, powers


def score(money: Money, surplus: Series, powers: Series, plant: Plant) -> float:
    """What a day was worth (EUR)."""
    total = powers.sum(axis=1) if powers.ndim > 1 else powers
    gained = money.gain(total, surplus).sum() * STEP / 3600
    starts = sum(station.starts for station in plant.stations)
    changes = sum(station.changes for station in plant.stations)
    return float(gained - START * starts - CONTACTOR * changes)


def follow(seed: int, day: int, car: str, value: float, rule: str) -> Run:
    """One car, one day, one rule."""
    sun, load = daylight(seed, day)
    outlet = CARS[car]
    plant, powers = play(sun, load, RULES[rule](outlet, value), [outlet])
    surplus = sun - load.sum(axis=1)
    station = plant.stations[0]
    energy = powers.sum() * STEP / 3600
    return Run(score(Money(value), surplus, powers, plant), energy, station.starts, station.changes, powers[:, 0])


def hindsight(seed: int, day: int, car: str, value: float) -> float:
    """The most that day could have brought (EUR)."""
    sun, load = daylight(seed, day)
    return optimum(Money(value), sun - load.sum(axis=1), BANDS[car])
