"""`scripts/bench control --explain`: what is lost to what. Hindsight with the same car, and drivers who know more.

Each line knows or may do a little less than the one before it, down to the controller as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from custom_components.ocpp_home.csms.control.outlook import Car, Outlook, Scenario, Trip

from . import sun
from .bound import CONTACTOR, START, Money, Year, courses, foresight, future, levels_of
from .commute import A_DAY, CAPACITY, ETA, OUTLET, Calendar, Drive, Driver, OurDriver, SunAndPlan, driven
from .plant import UNUSED, VOLTAGE, Order, Plant
from .rules import Ours
from .world import STEP, Series, Tariff

SURE: Final = (Scenario(1.0, 1.0),)
AN_HOUR: Final = A_DAY // 24
AHEAD: Final = 5
"""So many trips after the next one a driver knows who knows them all."""
WAKES: Final = 1
"""So many steps without current after a start, and after a change of phases."""
CHANGES: Final = 6


# --- B1 ---------------------------------------------------------------------------------------------------------------
def attainable(money: Money, surplus: Series, phases: Sequence[int] = (1, 3)) -> float:
    """The best score (EUR) of this car and station for who knows the day: in whole amperes, with all waiting times."""
    count, hours = len(surplus), STEP / 3600
    gains = [_whole(money, surplus, each) * hours for each in phases]
    off, on = [0.0] * len(phases), [-np.inf] * len(phases)
    coming = [[-np.inf] * (count + CHANGES + 1) for _ in phases]
    for now in range(count):
        best_off, best_on = max(off), max(on)
        for goal, mine in enumerate(off):
            begun, changed = mine - START, max(best_off - START, best_on) - CONTACTOR
            coming[goal][now + WAKES] = max(coming[goal][now + WAKES], begun)
            coming[goal][now + CHANGES] = max(coming[goal][now + CHANGES], changed)
        still = [max(pair) for pair in zip(off, on, strict=True)]
        on = [max(on[goal], coming[goal][now]) + gains[goal][now] for goal in range(len(phases))]
        off = still
    return float(max(*off, *on))


def _whole(money: Money, surplus: Series, phases: int) -> Series:
    """The most an hour can bring in each step with a whole number of amperes."""
    powers = [(amps - UNUSED) * phases * VOLTAGE for amps in range(6, 17)]
    return np.max([money.gain(power, surplus) for power in powers], axis=0)


def following(seeds: Sequence[int], days: Sequence[int]) -> Iterator[tuple[str, float]]:
    """For each value of a kWh: which share of the optimum the same car and station could reach."""
    for value in sun.VALUES:
        money, best, found = Money(value), 0.0, 0.0
        for seed in seeds:
            for day in days:
                light, load = sun.daylight(seed, day)
                best += sun.hindsight(seed, day, "1p/3p", value)
                found += attainable(money, light - load.sum(axis=1))
        yield f"{value:.2f} EUR/kWh", 100 * found / best


# --- B2 ---------------------------------------------------------------------------------------------------------------
BANDS: Final = ((1380.0, 3680.0), (4140.0, 11_040.0))


def physical(year: Year, end: int, grain: float = 100.0) -> float:
    """The least cost (EUR) for who knows it all, up to the end of a run with 6 A at least and each switch paid."""
    levels, hours = levels_of(year, grain), year.seconds / 3600
    room = np.maximum(year.capacity - levels, 0) / year.eta / hours
    costs = [future(year, end, grain).costs] * (1 + len(BANDS))
    for slot in range(end - 1, -1, -1):
        surplus, dear, cheap = year.surplus[slot], year.price[slot], year.feed_in[slot]

        def bill(power: Series, surplus: float = surplus, dear: float = dear, cheap: float = cheap) -> Series:
            grid = power - surplus
            return np.where(grid > 0, dear, cheap) * grid * (hours / 1000)

        still = costs[0] + bill(np.zeros(1))
        if not year.home[slot]:
            costs = [still] * len(costs)
        else:
            ways = [still]
            for (least, most), ahead in zip(BANDS, costs[1:], strict=True):
                drawn = [np.minimum(power, room) for power in {least, min(max(surplus, least), most), most}]
                ways.append(
                    np.min(
                        [np.interp(levels + each * hours * year.eta, levels, ahead) + bill(each) for each in drawn], 0
                    )
                )
            costs = [np.min([way + _switch(origin, goal) for goal, way in enumerate(ways)], 0) for origin in range(3)]
        if year.used[slot] or year.target[slot]:
            lacking = np.maximum(year.target[slot] - levels, 0) * year.missing / 1000
            costs = [np.interp(np.maximum(levels - year.used[slot], 0), levels, costs[0]) + lacking] * len(costs)
    return float(np.interp(year.energy, levels, costs[0]))


def _switch(origin: int, goal: int) -> float:
    if origin == goal:
        return 0.0
    return CONTACTOR if origin and goal else START / 2


@dataclass(frozen=True)
class SunKnown(Calendar):
    """Who knows what the sun will give and what the house will take."""

    @cached_property
    def truth(self) -> tuple[Series, Series]:
        """Sun and house, each hour (W)."""
        load = self.load.sum(axis=1)
        return self.pv.reshape(-1, AN_HOUR).mean(axis=1), load.reshape(-1, AN_HOUR).mean(axis=1)

    def outlook(self, now: float) -> Outlook:
        """What will be."""
        light, load = self.truth
        slots = super().outlook(now).slots
        hours = [int(slot.begin // 3600) for slot in slots]
        told = zip(slots, hours, strict=True)
        return Outlook(tuple(replace(slot, pv=float(light[hour]), load=float(load[hour])) for slot, hour in told), SURE)


@dataclass(frozen=True)
class PricesKnown(Calendar):
    """Who knows the prices before they are published."""

    def known_prices(self, now: float) -> tuple[Series, Series]:
        """All of them."""
        return self.hourly


@dataclass(frozen=True)
class AllKnown(SunKnown, PricesKnown):
    """Who knows both."""


class Informed(OurDriver):
    """Knows all trips of the days to come, and what they take."""

    def car(self, calendar: Calendar, drive: Drive) -> Car:
        """With the trips after the next one."""
        car, trip = super().car(calendar, drive), drive.trip
        if trip is None:
            return car
        later = [each for each in calendar.trips if each.leaves > trip.leaves][:AHEAD]
        told = tuple(Trip(each.leaves, each.target, each.returns, each.energy) for each in later)
        return replace(car, returns=trip.returns, used=trip.energy, later=told)


class Valued:
    """The controller, told by hindsight what a kWh is worth in each minute."""

    def __init__(self, year: Year) -> None:
        """Hindsight of that year."""
        self._ours = Ours([OUTLET])
        self._slopes = slopes(year)

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """What the controller says."""
        if drive.energy >= CAPACITY:
            return Order(0.0)
        cost, feed_in = calendar.hourly
        hour, place = int(drive.now // 3600), int(drive.energy / CAPACITY * self._slopes.shape[1])
        self._ours.price, self._ours.feed_in = float(cost[hour]), float(feed_in[hour])
        self._ours.value = float(self._slopes[int(drive.now // 60), place]) * ETA
        return self._ours.orders(plant.reading(drive.now, load))[0]


def slopes(year: Year, grain: float = 500.0) -> Series:
    """What another kWh in the battery saves (EUR) after each minute of a year, for each energy, by hindsight."""
    found = np.empty((len(year.surplus) + 1, round(year.capacity / grain)), dtype=np.float32)
    for back, costs in enumerate(courses(year, grain)):
        found[-1 - back] = -np.diff(costs) / grain * 1000
    return np.asarray(found[1:], dtype=float)


def commuting(seed: int, days: int, tariff: Tariff) -> Iterator[tuple[str, float]]:
    """The regret (EUR a year) of who may do all a car and its station can, and of who knows less and less."""
    calendar = Calendar(seed, days, tariff)
    year = calendar.year()
    yield "hindsight, 6 A at least, switches paid", (physical(year, days * 1440) - foresight(year)) * 365 / days
    drivers: list[tuple[str, Calendar, Driver]] = [
        ("ours, each kWh valued by hindsight", calendar, Valued(year)),
        ("ours, sun, house, prices and trips known", AllKnown(seed, days, tariff), Informed()),
        ("ours, prices and trips known", PricesKnown(seed, days, tariff), Informed()),
        ("ours, sun and house known", SunKnown(seed, days, tariff), OurDriver()),
        ("ours", calendar, OurDriver()),
        ("evcc pv + plan", calendar, SunAndPlan()),
    ]
    yield from ((name, driven(known, driver).regret) for name, known, driver in drivers)


def explain(seeds: Sequence[int], days: Sequence[int], length: int) -> Iterator[str]:
    """The lines of a table."""
    yield from ("| | who | result |", "|---|---|---:|")
    for name, share in following(seeds, days):
        yield f"| B1 | hindsight, the same car and station, {name} | {share:.1f} % of the optimum |"
    for name, regret in commuting(seeds[0], length, "dynamic"):
        yield f"| B2 dynamic | {name} | {regret:.1f} EUR/a of regret |"
