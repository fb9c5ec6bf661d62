"""The world of the bench: sun, house, prices and trips, made from a seed and the day, in steps of 5 s.

Each day is made by itself, so that some days of a year are the same whether the others are made or not.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

type Series = NDArray[np.float64]
type Tariff = Literal["flat", "dynamic", "both ways"]

STEP: Final = 5
PER_DAY: Final = 86400 // STEP
LATITUDE: Final = np.radians(50.0)
TILT: Final = np.radians(30.0)
TARIFFS: Final[tuple[Tariff, ...]] = ("flat", "dynamic", "both ways")
SKIES: Final = ("clear", "broken", "overcast")


def _random(seed: int, day: int, what: int) -> np.random.Generator:
    return np.random.default_rng((seed, day, what))


def clear_sky(day: int, peak: float = 10_000.0) -> Series:
    """What the sun would give without clouds (W): a roof to the south, tilted by 30 degrees, at 50 degrees north."""
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    hour = np.radians(15) * (np.arange(PER_DAY) * STEP / 3600 - 12)

    def height(latitude: float) -> Series:
        flat = np.cos(latitude) * np.cos(declination) * np.cos(hour)
        return np.maximum(np.sin(latitude) * np.sin(declination) + flat, 0.0)

    sun = height(LATITUDE)
    air = 0.7 ** (1 / np.maximum(sun, 0.02)) ** 0.678
    return np.where(sun > 0, 1.1 * peak * height(LATITUDE - TILT) * air, 0.0)


def pv(seed: int, day: int, peak: float = 10_000.0) -> Series:
    """What the sun gives (W): a clear, a broken or an overcast sky; clouds come and go within minutes."""
    random = _random(seed, day, 1)
    summer = 0.5 - 0.5 * np.cos(2 * np.pi * (day - 10) / 365)
    sky = random.choice(SKIES, p=(0.15 + 0.2 * summer, 0.4 + 0.1 * summer, 0.45 - 0.3 * summer))
    if sky == "clear":
        through = 0.97 + 0.02 * _wander(random, 600)
    elif sky == "overcast":
        through = np.clip(random.uniform(0.12, 0.35) * (1 + 0.5 * _wander(random, 1800)), 0.03, 0.8)
    else:
        through = _clouds(random)
    return clear_sky(day, peak) * through


def _wander(random: np.random.Generator, seconds: float) -> Series:
    """A smooth random walk about 0, of deviation 1, that forgets within so many seconds."""
    knots = int(86400 / seconds) + 3
    return np.interp(np.arange(PER_DAY) * STEP / seconds, np.arange(knots), random.standard_normal(knots))


def _clouds(random: np.random.Generator) -> Series:
    through, now = np.empty(PER_DAY), 0
    sunny, gap, cloud = True, random.uniform(120, 900), random.uniform(60, 600)
    while now < PER_DAY:
        steps = 1 + int(random.exponential(gap if sunny else cloud) / STEP)
        through[now : now + steps] = random.uniform(0.92, 1.08) if sunny else random.uniform(0.15, 0.55)
        now, sunny = now + steps, not sunny
    return np.convolve(np.pad(through, 3, mode="edge"), np.full(7, 1 / 7), mode="valid")


@dataclass(frozen=True, slots=True)
class Appliance:
    """Something that is switched on at some hours of some days."""

    watts: float
    lines: tuple[int, ...]
    hours: tuple[float, float]
    minutes: tuple[float, float]
    times: float
    """How often a day, on the mean."""
    share: float = 1.0
    """Which part of the time its heater is on."""
    cycle: float = 120.0
    """How long its heater is on and off (s)."""


APPLIANCES: Final = (
    Appliance(2200, (0,), (6, 22), (2, 4), 5),  # kettle
    Appliance(2500, (1,), (17, 20), (30, 70), 0.6, 0.6, 180),  # oven
    Appliance(1800, (0, 2), (17, 20), (15, 40), 1.0, 0.7, 40),  # hob
    Appliance(1800, (0, 2), (11, 13), (15, 30), 0.5, 0.7, 40),
    Appliance(2100, (1,), (18, 22), (18, 22), 0.7),  # dishwasher
    Appliance(2000, (2,), (8, 20), (15, 25), 0.5),  # washing machine
    Appliance(2300, (2,), (9, 22), (50, 90), 0.4, 0.8, 400),  # dryer
    Appliance(1500, (0,), (6, 8), (5, 10), 1.0),  # hair dryer
    Appliance(1200, (0, 1, 2), (0, 23), (20, 50), 6),  # heat pump
)


def house(seed: int, day: int, busy: float = 1.0) -> Series:
    """What the house takes on each of its three lines (W)."""
    random = _random(seed, day, 2)
    hour = np.arange(PER_DAY) * STEP / 3600
    load = np.tile((60.0, 70.0, 50.0), (PER_DAY, 1))
    load[:, 1] += 110 * ((hour * 60 + random.uniform(0, 45)) % 45 < 16)  # fridge
    load[:, 0] += 250 * ((hour > 17 + random.uniform(-1, 1)) & (hour < 23))  # lights
    load[:, 2] += 150 * ((hour > 18) & (hour < 22.5))  # television
    for appliance in APPLIANCES:
        for _ in range(random.poisson(appliance.times * busy)):
            begin = int(random.uniform(*appliance.hours) * 3600 / STEP)
            end = min(begin + int(random.uniform(*appliance.minutes) * 60 / STEP), PER_DAY)
            age = np.arange(end - begin) * STEP
            on = age % appliance.cycle < appliance.share * appliance.cycle
            for line in appliance.lines:
                load[begin:end, line] += appliance.watts * on
    return load + np.abs(random.normal(0, 12, load.shape))


def prices(tariff: Tariff, seed: int, day: int) -> tuple[Series, Series]:
    """What a kWh costs and what it brings, hour by hour (EUR)."""
    if tariff == "flat":
        return np.full(24, 0.32), np.full(24, 0.08)
    random = _random(seed, day, 3)
    hour = np.arange(24)
    summer = 0.5 - 0.5 * np.cos(2 * np.pi * (day - 10) / 365)
    shape = 0.05 * np.exp(-(((hour - 19) / 2.2) ** 2)) + 0.03 * np.exp(-(((hour - 8) / 1.8) ** 2))
    shape -= (0.03 + 0.06 * summer) * np.exp(-(((hour - 13) / 2.8) ** 2)) + 0.02 * (hour < 6)
    market = 0.09 + shape + random.normal(0, 0.025) + random.normal(0, 0.006, 24)
    cost = 1.19 * market + 0.19
    return cost, np.full(24, 0.08) if tariff == "dynamic" else np.maximum(market - 0.005, 0.0)


@dataclass(frozen=True, slots=True)
class Trip:
    """A car is away."""

    leaves: float
    returns: float
    energy: float
    """What it uses (Wh)."""
    target: float
    """What its driver wants to find in it when leaving (Wh)."""


def trips(seed: int, days: int) -> list[Trip]:
    """The trips of a commuter, on a clock that begins with a Monday; in seconds."""
    random, found = _random(seed, 0, 4), []
    for day in range(days):
        midnight, weekday = day * 86400.0, day % 7
        if weekday < 5:
            leaves, returns = 7 + random.uniform(-0.25, 0.25), 17.5 + random.uniform(-0.75, 0.75)
            energy, target = random.uniform(9_000, 15_000), 24_000.0
        elif random.uniform() < (0.6 if weekday == 5 else 0.3):
            leaves, returns = 10 + random.uniform(-1, 1), 15 + random.uniform(-1.5, 1.5)
            energy, target = random.uniform(4_000, 20_000), 27_000.0
        else:
            continue
        found.append(Trip(midnight + _quarter(leaves), midnight + _quarter(returns), energy, target))
    return found


def _quarter(hours: float) -> float:
    """Seconds, in whole quarters of an hour."""
    return round(hours * 4) * 900.0
