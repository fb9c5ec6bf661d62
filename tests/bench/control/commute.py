"""B2: what a commuter's year costs beside perfect foresight, and how often the car was not ready.

A run of so many days is spread over the year: every so many days one is played, one after the other, so that all
seasons are in it. Steps are 30 s. When it is over the year goes on, for everybody: what is left in the battery saves
what hindsight would make of it in the two weeks after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import Final, Protocol

import numpy as np

from custom_components.ocpp_home.csms.control.day import DayPlan, day_plan
from custom_components.ocpp_home.csms.control.outlook import Car, Outlook, Slot as Expected, Stakes, windows

from . import evcc
from .bound import Ends, Year, foresight, future
from .evcc.planner import Wish
from .plant import Order, Outlet, Plant, Station
from .rules import Evcc, Ours
from .world import Series, Tariff, Trip, house, prices, pv, trips

SECONDS: Final = 30
A_DAY: Final = 86400 // SECONDS
CAPACITY: Final = 60_000.0
BEGIN: Final = 30_000.0
ETA: Final = 0.9
OUTLET: Final = Outlet((1, 3), wake=1, contactor=1)
REPLAN: Final = 1800.0
USUAL_USE: Final = 8_000.0
"""What a car uses a day as long as nobody knows it better (Wh)."""
AFTER: Final = 14
"""So many days more are known of the year when a run is over."""
ENOUGH: Final = 48_000.0
"""Where the driver without a plan stops (Wh)."""


@dataclass(frozen=True)
class Calendar:
    """The true series of a run, and what is known of them beforehand."""

    seed: int
    days: int
    tariff: Tariff

    @property
    def known(self) -> int:
        """How many days there are, with those after the run."""
        return self.days + AFTER

    @cached_property
    def dates(self) -> list[int]:
        """Which day of the year each day of the run is, and those after it."""
        return [int((day + 0.5) * 365 / self.days) % 365 for day in range(self.known)]

    @cached_property
    def pv(self) -> Series:
        """W, each step."""
        return np.concatenate([pv(self.seed, date).reshape(A_DAY, -1).mean(axis=1) for date in self.dates])

    @cached_property
    def load(self) -> Series:
        """W, each step and line."""
        return np.concatenate([house(self.seed, date).reshape(A_DAY, -1, 3).mean(axis=1) for date in self.dates])

    @cached_property
    def surplus(self) -> Series:
        """W, each step."""
        return np.asarray(self.pv - self.load.sum(axis=1))

    @cached_property
    def hourly(self) -> tuple[Series, Series]:
        """What a kWh costs and brings, each hour."""
        each = [prices(self.tariff, self.seed, date) for date in self.dates]
        return np.concatenate([cost for cost, _ in each]), np.concatenate([feed_in for _, feed_in in each])

    @cached_property
    def trips(self) -> list[Trip]:
        """When the car is away."""
        return trips(self.seed, self.known)

    @cached_property
    def ends(self) -> Ends:
        """What is left is worth when all is over."""
        cost, feed_in = self.hourly
        return Ends(CAPACITY / 2 + 4000, float(np.quantile(cost, 0.15)), float(feed_in.mean()) + 0.03)

    @cached_property
    def usual(self) -> Series:
        """What a house like this takes in each hour of a day (W); of other days than those of the run."""
        return np.asarray(
            np.mean([house(self.seed + 1000, date).sum(axis=1).reshape(24, -1).mean(axis=1) for date in range(30)], 0)
        )

    @cached_property
    def forecasts(self) -> list[Series]:
        """On each day: what is said of the sun in each hour of the run (W); wrong, and more so the farther away."""
        truth = self.pv.reshape(-1, 3600 // SECONDS).mean(axis=1)
        found = []
        for day in range(self.days):
            random = np.random.default_rng((self.seed, day, 5))
            ahead = np.maximum(np.arange(self.known) - day, 0)
            error = random.normal(0, np.minimum(0.15 + 0.15 * ahead, 0.45))
            hours = np.repeat(error, 24) + random.normal(0, 0.15, 24 * self.known)
            found.append(truth * np.exp(hours))
        return found

    def known_prices(self, now: float) -> tuple[Series, Series]:
        """Prices for the hours to come as far as they are published at 13:00; after that as the day before."""
        hour = int(now // 3600)
        until = (hour // 24 + (2 if hour % 24 >= 13 else 1)) * 24
        return tuple(self._as_before(series, until) for series in self.hourly)  # type: ignore[return-value] - a pair of them

    @staticmethod
    def _as_before(series: Series, until: int) -> Series:
        known = series[:until]
        return np.concatenate((known, np.tile(known[-24:], 1 + (len(series) - until) // 24 + 5)))

    def outlook(self, now: float) -> Outlook:
        """What is expected at a moment."""
        cost, feed_in = self.known_prices(now)
        sun = self.forecasts[int(now // 86400)]
        slots = []
        for begin, seconds in windows(now):
            hour = int(begin // 3600)
            light = float(sun[hour]) if hour < len(sun) else 0.0
            load = float(self.usual[hour % 24])
            slots.append(Expected(begin, seconds, float(cost[hour]), float(feed_in[hour]), light, load))
        return Outlook(tuple(slots))

    def year(self) -> Year:
        """The same for hindsight, in minutes."""
        minutes = self.known * 1440
        home, used, target = np.ones(minutes), np.zeros(minutes), np.zeros(minutes)
        for trip in self.trips:
            first, last = int(trip.leaves // 60), int(trip.returns // 60)
            home[first:last], used[first], target[first] = 0.0, trip.energy, trip.target
        cost, feed_in = (np.repeat(series, 60) for series in self.hourly)
        surplus = self.surplus.reshape(minutes, -1).mean(axis=1)
        return Year(surplus, cost, feed_in, home, used, target, CAPACITY, BEGIN, self.ends, eta=ETA)


@dataclass(slots=True)
class Drive:
    """The car at a moment of a run."""

    now: float
    energy: float
    trip: Trip | None
    """The next one."""

    @property
    def missing(self) -> float:
        """What the battery lacks for the next trip (Wh)."""
        return 0.0 if self.trip is None else max(self.trip.target - self.energy, 0.0)


class Driver(Protocol):
    """Who decides when the car charges."""

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """What the station shall do in the next step."""


class Immediate:
    """Charges at once, at full speed."""

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """Full speed until it is enough."""
        return Order(16.0 if drive.energy < ENOUGH else 0.0)


@dataclass(slots=True)
class Cheapest:
    """Charges what the next trip needs, at full speed, in the cheapest slots before it."""

    goal: evcc.Goal = field(default_factory=evcc.Goal)

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """Full speed in a slot of the plan."""
        return Order(16.0 if planned(calendar, drive, self.goal) else 0.0)


def planned(calendar: Calendar, drive: Drive, goal: evcc.Goal) -> bool:
    """Whether a slot of evcc's planner is running."""
    if drive.trip is None or not drive.missing:
        return goal.active([], drive.now, Wish(0, 0))
    seconds = drive.missing / evcc.EFFICIENCY / 11_040 * 3600
    hour = int(drive.now // 3600)
    until = (hour // 24 + (2 if hour % 24 >= 13 else 1)) * 24
    cost = calendar.hourly[0][hour:until]
    rates = [evcc.Slot((hour + n) * 3600.0, (hour + n + 1) * 3600.0, float(price)) for n, price in enumerate(cost)]
    wish = Wish(seconds, drive.trip.leaves)
    return goal.active(evcc.plan(rates, drive.now, wish), drive.now, wish)


class SunAndPlan:
    """evcc: pv mode, and the planner for the next trip."""

    def __init__(self) -> None:
        self._evcc = Evcc([OUTLET])
        self._goal = evcc.Goal()

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """What the loadpoint has set."""
        if drive.energy >= CAPACITY:
            return Order(0.0)
        self._evcc.planned = planned(calendar, drive, self._goal)
        return self._evcc.orders(plant.reading(drive.now, load))[0]


def learned(calendar: Calendar, now: float) -> Stakes:
    """What is known of the use of the car: energy for the week to come is worth a kWh from the grid."""
    past = [trip for trip in calendar.trips if trip.returns <= now]
    days = max(now / 86400, 1.0)
    week = 7 * (sum(trip.energy for trip in past) / days if len(past) > 2 else USUAL_USE)
    return Stakes(lower=min(max(week - CAPACITY / 2, 0.0), CAPACITY / 2))


class OurDriver:
    """The day plan says what a kWh is worth, the controller does the rest."""

    def __init__(self) -> None:
        self._ours = Ours([OUTLET])
        self._plan: DayPlan | None = None
        self._at = -inf

    def order(self, calendar: Calendar, drive: Drive, plant: Plant, load: tuple[float, float, float]) -> Order:
        """What the controller says."""
        departure, stale = None if drive.trip is None else drive.trip.leaves, drive.now - self._at >= REPLAN
        if self._plan is None or stale or self._plan.car.departure != departure:
            self._plan, self._at = day_plan(calendar.outlook(drive.now), self.car(calendar, drive)), drive.now
        cost, feed_in = calendar.hourly
        hour = int(drive.now // 3600)
        self._ours.price, self._ours.feed_in = float(cost[hour]), float(feed_in[hour])
        self._ours.value = self._plan.value(drive.energy, drive.now)
        return self._ours.orders(plant.reading(drive.now, load))[0]

    def car(self, calendar: Calendar, drive: Drive) -> Car:
        """What is known of the car."""
        departure, target = (None, 0.0) if drive.trip is None else (drive.trip.leaves, drive.trip.target)
        return Car(drive.energy, CAPACITY, target, departure, ETA, stakes=learned(calendar, drive.now))


DRIVERS: Final[dict[str, type[Driver]]] = {
    "immediate": Immediate,
    "cheapest slots": Cheapest,
    "evcc pv + plan": SunAndPlan,
    "ours": OurDriver,
}


@dataclass(frozen=True, slots=True)
class Bill:
    """What a run has cost."""

    regret: float
    """EUR per year more than with perfect foresight."""
    missed: int
    """How often the car had less than it should when it left."""
    lacking: float
    """What was missing then, in all (kWh)."""
    departures: int
    switches: int
    energy: tuple[float, ...] = ()
    """What the battery held, each quarter of an hour (kWh)."""


def commute(seed: int, days: int, tariff: Tariff, driver: str) -> Bill:
    """A run of one driver."""
    return driven(Calendar(seed, days, tariff), DRIVERS[driver]())


def driven(calendar: Calendar, driver: Driver) -> Bill:
    """The same for any driver and whatever is known beforehand."""
    run = Run(calendar, driver)
    run.drive()
    year = calendar.year()
    left = future(year, calendar.days * 1440).cost(run.energy)
    return replace(run.bill(), regret=(run.cost() + left - foresight(year)) * 365 / calendar.days)


class Run:
    """A run, step by step."""

    def __init__(self, calendar: Calendar, driver: Driver) -> None:
        self._calendar = calendar
        self._driver = driver
        self._station = Station(OUTLET)
        self._plant = Plant([self._station])
        self.energy = BEGIN
        self._lacking: list[float] = []
        self._powers = np.zeros(calendar.days * A_DAY)
        self._course: list[float] = []

    def drive(self) -> None:
        """From the first step to the last."""
        waiting = list(self._calendar.trips)
        away = -1.0
        lines = ((self._calendar.load - self._calendar.pv[:, None] / 3) / 230)[: len(self._powers)].tolist()
        for number, (one, two, three) in enumerate(lines):
            now = float(number * SECONDS)
            if number % 30 == 0:
                self._course.append(self.energy / 1000)
            if waiting and now >= waiting[0].leaves:
                away = self._leave(waiting.pop(0))
            if now < away:
                continue
            self._powers[number] = self._charge()
            drive = Drive(now, self.energy, waiting[0] if waiting else None)
            order = self._driver.order(self._calendar, drive, self._plant, (one, two, three))
            self._station.follow(order)

    def _leave(self, trip: Trip) -> float:
        self._lacking.append(max(trip.target - self.energy, 0.0))
        self.energy = max(self.energy - trip.energy, 0.0)
        self._station.follow(Order(0.0))
        return trip.returns

    def _charge(self) -> float:
        hours = SECONDS / 3600
        power = min(self._station.watts, (CAPACITY - self.energy) / ETA / hours)
        self.energy += power * ETA * hours
        return power

    def cost(self) -> float:
        """The bill of the house with switches and what was missing (EUR)."""
        steps = slice(len(self._powers))
        cost, feed_in = (np.repeat(series, 3600 // SECONDS)[steps] for series in self._calendar.hourly)
        grid = self._powers - self._calendar.surplus[steps]
        bill = float((np.where(grid > 0, cost, feed_in) * grid).sum()) / 1000 * SECONDS / 3600
        switches = 0.005 * (self._station.starts + self._station.changes)
        return bill + switches + 2 * sum(self._lacking) / 1000

    def bill(self) -> Bill:
        """What is to be told of it."""
        short = [lack for lack in self._lacking if lack > 100]
        switches = self._station.starts + self._station.changes
        return Bill(0.0, len(short), sum(short) / 1000, len(self._lacking), switches, tuple(self._course))


def compare(calendars: Sequence[Calendar], driver: str) -> list[Bill]:
    """Several runs of one driver."""
    return [commute(each.seed, each.days, each.tariff, driver) for each in calendars]
