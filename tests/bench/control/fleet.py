"""B4: cars share the sun and a fuse; B5: with everything that goes wrong; B6: a tariff for the dearest quarter-hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from custom_components.ocpp_home.csms.control.quarter import Quarter
from custom_components.ocpp_home.csms.control.terms import Site

from .bound import Money, optimum
from .evcc import Mode
from .plant import UNUSED, VOLTAGE, Controller, Order, Outlet, Plant, Reading, Station
from .rules import Evcc, Fixed, Ours
from .sun import RULES as SUN_RULES, daylight, hindsight, play, score
from .world import STEP, Series, house

FLEETS: Final = (2, 4, 20)
VALUE: Final = 0.20
MARGIN: Final = Site(()).margin
"""What is left free on every line behind a fuse (A)."""
SIDES: Final = ((0, 1, 2), (1, 2, 0), (2, 0, 1))
"""How the phases of the outlets are rotated."""


def fleet(count: int, phases: tuple[int, ...] = (1, 3)) -> list[Outlet]:
    """So many outlets, on rotated phases."""
    return [Outlet(phases, SIDES[number % 3]) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Sharing:
    """How cars shared what there was."""

    share: float
    """Of what was possible together."""
    smallest: float
    """What the car with least got, as a part of an equal share."""
    starts: float
    """Per car and day."""
    energy: float
    """kWh a day, all together."""


def _sharing(reached: float, possible: float, energies: Series, plants: Sequence[Plant]) -> Sharing:
    cars, total = energies.shape[1], energies.sum()
    starts = sum(station.starts for plant in plants for station in plant.stations)
    equal = energies.sum(axis=1, keepdims=True) / cars
    parts = energies.min(axis=1) / np.maximum(equal[:, 0], 1e-9)
    fair = float(np.average(parts, weights=np.maximum(equal[:, 0], 1e-9)))
    return Sharing(reached / possible, fair, starts / cars / len(plants), total / len(plants))


SHARERS: Final[dict[str, Callable[[int], Controller]]] = {
    "evcc": lambda count: Evcc(fleet(count)),
    "ours": lambda count: Ours(fleet(count), VALUE),
}


def share_sun(rule: str, count: int, seed: int, days: Sequence[int]) -> Sharing:
    """Cars that follow the sun of a roof that has 5 kW for each, and at least 10."""
    money, reached, possible, energies, plants = Money(VALUE), 0.0, 0.0, [], []
    for day in days:
        sun, load = daylight(seed, day)
        sun = sun * max(1.0, count / 2)
        plant, powers = play(sun, load, SHARERS[rule](count), fleet(count))
        surplus = sun - load.sum(axis=1)
        reached += score(money, surplus, powers, plant)
        possible += optimum(money, surplus, ((1, 1380.0, count * 11_040.0),))
        energies.append(powers.sum(axis=0) * STEP / 3.6e6)
        plants.append(plant)
    return _sharing(reached, possible, np.array(energies), plants)


FAST: Final[dict[str, Callable[[int, float], Controller]]] = {
    "evcc": lambda count, fuse: Evcc(fleet(count, (3,)), Mode.NOW, fuse=fuse),
    "ours": lambda count, fuse: Ours(fleet(count, (3,)), fuse=fuse),
}


def share_fuse(rule: str, count: int, seed: int, days: Sequence[int]) -> Sharing:
    """Cars that charge as fast as they may behind a fuse with 8 A for each and 15 A for the house; an evening.

    What was possible is for the same cars, which take whole amperes and draw a little less, and with the same margin;
    who leaves none can have more.
    """
    fuse = 15.0 + 8.0 * count
    energies, plants, possible = [], [], 0.0
    for day in days:
        load = house(seed, day)[17 * 720 : 23 * 720]
        plant, powers = play(np.zeros(len(load)), load, FAST[rule](count, fuse), fleet(count, (3,)))
        amps = np.floor(np.minimum(fuse - MARGIN - load.max(axis=1) / VOLTAGE, 16.0 * count))
        drawn = np.where(amps >= 6, amps - UNUSED * np.ceil(amps / 16), 0)
        possible += float(drawn.sum()) * 3 * VOLTAGE * STEP / 3.6e6
        energies.append(powers.sum(axis=0) * STEP / 3.6e6)
        plants.append(plant)
    found = np.array(energies)
    return _sharing(float(found.sum()), possible, found, plants)


# --- B5 ---------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Trouble:
    """A controller that restarts, whose line breaks, and whose answers come late; all by chance."""

    make: Callable[[], Controller]
    random: np.random.Generator
    inner: Controller = field(init=False)
    expires: float | None = None
    """After how long without an order a station falls back (s)."""
    _silent_until: float = -1.0
    _since: float = 0.0
    _orders: list[Order] = field(default_factory=list)
    _held: list[list[Order]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inner = self.make()

    def orders(self, reading: Reading) -> list[Order]:
        """What arrives at the stations."""
        chance = self.random.uniform()
        if chance < STEP / 7200:  # a restart: 40 s of silence, and nothing remembered
            self.inner, self._silent_until, self._held = self.make(), reading.now + 40, []
        elif chance < 3 * STEP / 7200:  # a flap of the line
            self._silent_until = reading.now + self.random.uniform(10, 120)
        if reading.now < self._silent_until:
            return self._unheard(reading)
        self._since = reading.now
        self._held.append(list(self.inner.orders(reading)))
        late = 4 if self.random.uniform() < 0.05 else 1
        while len(self._held) >= late and self._held:
            self._orders = self._held.pop(0)
        return self._orders or self._held[0]

    def _unheard(self, reading: Reading) -> list[Order]:
        kept = self._orders or [Order(0.0)] * len(reading.drawn)
        if self.expires is None or reading.now - self._since < self.expires:
            return kept
        return [Order(min(order.amps, 6.0), order.phases) for order in kept]


def troubled_sun(rule: str, seed: int, days: Sequence[int]) -> tuple[float, float, float]:
    """The share of the optimum (1p/3p, 0.20 EUR), with and without trouble, and starts a day with it."""
    outlet, money = Outlet((1, 3)), Money(VALUE)
    reached, calm, possible, starts = 0.0, 0.0, 0.0, 0
    for day in days:
        sun, load = daylight(seed, day)
        surplus = sun - load.sum(axis=1)
        plant, powers = play(sun, load, SUN_RULES[rule](outlet, VALUE), [outlet])
        calm += score(money, surplus, powers, plant)
        random = np.random.default_rng((seed, day, 7))
        troubled = Trouble(lambda: SUN_RULES[rule](outlet, VALUE), random, expires=60.0 if rule == "ours" else None)
        plant, powers = play(sun, load, troubled, [outlet])
        reached += score(money, surplus, powers, plant)
        possible += hindsight(seed, day, "1p/3p", VALUE)
        starts += plant.stations[0].starts
    return reached / possible, calm / possible, starts / len(days)


# --- B6 ---------------------------------------------------------------------------------------------------------------
PER_KW: Final = 45.0
"""What a kW of the highest quarter-hour costs a year (EUR); Belgium."""
GOAL: Final = 4000.0
"""The quarter-hour one wants to stay below (W)."""
NEEDED: Final = 15_000.0
"""What the car needs in an evening and a night (Wh)."""
NIGHT: Final = slice(17 * 720, 24 * 720)


@dataclass(slots=True)
class Month:
    """The quarters of a month, none of which shall become dearer than a goal."""

    quarter: Quarter
    _at: float = 0.0

    def left(self, reading: Reading) -> float:
        """The power that may come from the grid now (W)."""
        self.quarter = self.quarter.taken(self._at, reading.now, VOLTAGE * sum(reading.grid))
        self._at = reading.now
        return self.quarter.allowed(reading.now)


PEAKS: Final[dict[str, Callable[[list[Outlet]], Controller]]] = {
    "no control": Fixed,
    "evcc, circuit of 4 kW": lambda places: Evcc(places, Mode.NOW, watts=GOAL),
    "ours": lambda places: Ours(places, peak=Month(Quarter(0.0, peak=GOAL)).left),
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a month of evenings costs under a capacity tariff."""

    peak: float
    """The highest quarter-hour (kW)."""
    cost: float
    """EUR a year."""
    house: float
    """The highest quarter-hour without the car (kW)."""
    energy: float
    """kWh an evening the car got of what it needed."""


def capacity(rule: str, seed: int, days: Sequence[int]) -> Capacity:
    """Evenings in which a car that can switch its phases needs 15 kWh."""
    peaks, alone, energies = [], [], []
    for day in days:
        load = house(seed, day)[NIGHT]
        places = [Outlet((1, 3))]
        powers = _until_full(load, PEAKS[rule](places), places)
        total = load.sum(axis=1) + powers
        peaks.append(total.reshape(-1, 180).mean(axis=1).max() / 1000)
        alone.append(load.sum(axis=1).reshape(-1, 180).mean(axis=1).max() / 1000)
        energies.append(powers.sum() * STEP / 3.6e6)
    return Capacity(max(peaks), PER_KW * max(peaks), max(alone), float(np.mean(energies)))


def _until_full(load: Series, controller: Controller, places: list[Outlet]) -> Series:
    plant, powers, got = Plant([Station(outlet) for outlet in places]), np.zeros(len(load)), 0.0
    for number, lines in enumerate((load / VOLTAGE).tolist()):
        powers[number] = plant.stations[0].watts
        got += powers[number] * STEP / 3600
        orders = controller.orders(plant.reading(number * STEP, tuple(lines)))
        plant.follow(orders if got < NEEDED else [Order(0.0)])
    return powers
