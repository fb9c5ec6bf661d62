"""B3: for how long the main fuse is overloaded, in normal operation, with a frozen meter, with a dead controller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from .evcc import Mode
from .plant import VOLTAGE, Controller, Order, Outlet, Plant, Reading, Station
from .rules import Evcc, Fixed, Ours
from .world import STEP, Series, house

type Mishap = Literal["none", "meter", "controller"]

RATED: Final = 25.0
EVENING: Final = slice(17 * 720, 23 * 720)
FROZEN: Final = 600.0
EXPIRY: Final = 60.0
"""How long a limit of ours holds on the station when nobody renews it."""
FALLBACK: Final = 6.0
KNOWN: Final = 2
"""So many steps after a report of the meter what follows from it can flow: it has arrived, and is carried out."""


@dataclass(frozen=True, slots=True)
class Strain:
    """What evenings do to the fuse."""

    rated: float
    """Minutes a day above the rated current."""
    warm: float
    """Minutes a day above 1.13 times of it."""
    hot: float
    """Minutes a year above 1.45 times of it."""
    preventable: float
    """Seconds a year of that, when who reads the meter could have known and the house alone is not the cause."""
    longest: float
    """The longest time above 1.13 times (s)."""
    energy: float
    """kWh a day."""


def outlets(loadpoints: int) -> list[Outlet]:
    """One car that charges, and loadpoints without one that have their turns all the same."""
    return [Outlet((3,)), *(Outlet((3,), maximum=0.0) for _ in range(loadpoints - 1))]


RULES: Final[dict[str, Callable[[], tuple[list[Outlet], Controller]]]] = {
    "no control": lambda: (outlets(1), Fixed(outlets(1))),
    "evcc, 1 loadpoint": lambda: (outlets(1), Evcc(outlets(1), Mode.NOW, fuse=RATED)),
    "evcc, 2 loadpoints": lambda: (outlets(2), Evcc(outlets(2), Mode.NOW, fuse=RATED)),
    "evcc, 4 loadpoints": lambda: (outlets(4), Evcc(outlets(4), Mode.NOW, fuse=RATED)),
    "ours": lambda: (outlets(1), Ours(outlets(1), fuse=RATED)),
}


def strain(rule: str, seed: int, days: Sequence[int], mishap: Mishap = "none") -> Strain:
    """Evenings under a rule."""
    house_amps, drawn = [], []
    for day in days:
        load = house(seed, day, busy=1.0)[EVENING] / VOLTAGE
        house_amps.append(load)
        drawn.append(evening(rule, load, mishap, np.random.default_rng((seed, day, 6))))
    return _strain(np.stack(house_amps), np.stack(drawn))


def evening(rule: str, load: Series, mishap: Mishap, random: np.random.Generator) -> Series:
    """What the cars draw on each line in each step of an evening (A)."""
    places, controller = RULES[rule]()
    plant = Plant([Station(outlet) for outlet in places])
    begins = float(random.integers(3600, 4 * 3600 // STEP * STEP))
    drawn, seen, orders = np.empty_like(load), None, list[Order]()
    for number, lines in enumerate(load.tolist()):
        now = float(number * STEP)
        drawn[number] = np.sum([station.drawn for station in plant.stations], axis=0)
        reading = plant.reading(now, tuple(lines))
        frozen = mishap == "meter" and begins <= now < begins + FROZEN
        seen = _frozen(seen, reading) if frozen and seen is not None else reading
        if mishap != "controller" or now < begins:
            orders = list(controller.orders(seen))
        elif rule == "ours" and now >= begins + EXPIRY:
            orders = [Order(min(order.amps, FALLBACK), order.phases) for order in orders]
        plant.follow(orders)
    return drawn


def _frozen(seen: Reading, present: Reading) -> Reading:
    """The meter says what it said; the stations go on telling what they do."""
    return replace(present, grid=seen.grid, fresh=False)


def _strain(load: Series, drawn: Series) -> Strain:
    """From evenings x steps x lines."""
    days, line = len(load), load + drawn
    worst = line.max(axis=2)
    hot = line > 1.45 * RATED
    known = np.concatenate((np.zeros_like(load[:, :KNOWN]), load[:, :-KNOWN]), axis=1) + drawn > 1.45 * RATED
    preventable = (hot & known & (load < 1.45 * RATED)).any(axis=2)
    return Strain(
        (worst > RATED).sum() * STEP / 60 / days,
        (worst > 1.13 * RATED).sum() * STEP / 60 / days,
        hot.any(axis=2).sum() * STEP / 60 / days * 365,
        preventable.sum() * STEP / days * 365,
        max(
            _longest(evening & (hours < 1.13 * RATED))
            for evening, hours in zip(worst > 1.13 * RATED, load.max(axis=2), strict=True)
        ),
        drawn.sum() * VOLTAGE * STEP / 3.6e6 / days,
    )


def _longest(above: Series) -> float:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], above.astype(int), [0]))))
    return float((edges[1::2] - edges[::2]).max(initial=0) * STEP)
