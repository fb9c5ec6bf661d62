"""A day of sun with clouds, played fast: three stations follow it, and their own meters say how well."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import pi, sin
from pathlib import Path
import sys
import time
from typing import Final

import pytest

from custom_components.ocpp_home.csms.control.terms import FLOOR, Tuning
from tests.bench.fuse import percentile
from tests.simulator import Car
from tests.site_proofs.street import TITLES, VERSIONS, VOLTAGE, Street, street, until

LASTS: Final = 45.0
"""Seconds in which the sun rises and sets."""
PACE: Final = 15 * 3600 / LASTS
"""So many times as fast as in June."""
RATING: Final = 25.0
"""Of the main fuse (A)."""
ROOF: Final = 24_000.0
"""What it gives at noon (W)."""
CLOUDS: Final = ((0.18, 0.22, 0.4), (0.36, 0.44, 0.25), (0.52, 0.54, 0.5), (0.62, 0.7, 0.06), (0.84, 0.87, 0.5))
"""From when to when (share of the day), and what they let through."""
LOADS: Final = ((0.05, 0.09, 1, 9.0), (0.28, 0.33, 1, 9.0), (0.47, 0.50, 2, 13.0), (0.58, 0.60, 0, 9.0))
"""From when to when, on which line, how much (A): a kettle, a stove."""
IDLE: Final = (1.0, 0.8, 0.6)
TICK: Final = 0.15
"""The meter of the house tells so often (s)."""
REACTION: Final = 0.9
"""So long (s) after a jump little is asked: meter, station and car have to follow, and the station has to tell."""
SINGLE: Final = "2.1"
"""Where a car with one phase is."""
SWITCHING: Final = "2.0.1"
"""The station that can charge with one phase or three."""
LEAST: Final = FLOOR * VOLTAGE
STEP: Final = 3 * VOLTAGE
"""What one A more is for a car with three phases (W)."""

type Amps = tuple[float, float, float]


def sun(part: float) -> float:
    """What the roof gives at that part of the day (W)."""
    through = min((left for begin, end, left in CLOUDS if begin <= part < end), default=1.0)
    return ROOF * through * max(0.0, sin(pi * part)) ** 1.3


def loads(part: float) -> list[float]:
    """What the house draws on each line besides its cars (A)."""
    drawn = list(IDLE)
    for begin, end, line, amps in LOADS:
        drawn[line] += amps if begin <= part < end else 0.0
    return drawn


JUMPS: Final = {edge for begin, end, *_ in (*CLOUDS, *LOADS) for edge in (begin, end)}


@dataclass(frozen=True, slots=True)
class Look:
    """What is true at a moment, by the roof, the house, and the meters that stations have themselves."""

    part: float
    seconds: float
    """Since the look before."""
    amps: dict[str, Amps]
    """What flows into each car, by its own phases."""
    surplus: float
    """What the sun leaves for cars (W)."""
    lines: Sequence[float]
    """What flows through the main fuse (A)."""
    believed: float
    """The surplus as Home Assistant shows it."""

    @property
    def calm(self) -> bool:
        """Whether nothing has jumped for a moment."""
        return all(not jump <= self.part < jump + REACTION / LASTS for jump in JUMPS)

    @property
    def cars(self) -> float:
        """What all cars draw (W)."""
        return sum(map(sum, self.amps.values())) * VOLTAGE

    @property
    def shown(self) -> float:
        """The same by the meter of the house (W)."""
        return sum(self.lines) * VOLTAGE + self.surplus


class Day:
    """All that was seen of a day."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = looks
        self.calm = [look for look in looks if look.calm]
        self.sunny = [look for look in self.calm if look.surplus >= LEAST]
        """When there was enough for a car."""

    @property
    def usable(self) -> float:
        """What there was when there was enough for a car (Ws)."""
        return sum(look.surplus * look.seconds for look in self.looks if look.surplus >= LEAST)

    @property
    def shown(self) -> float:
        """What cars took, by the meter of the house (Ws)."""
        return sum(look.shown * look.seconds for look in self.looks)

    def bought(self, looks: Sequence[Look]) -> float:
        """What of that was not sun (Ws)."""
        return sum(max(0.0, look.cars - max(0.0, look.surplus)) * look.seconds for look in looks)

    def beside(self) -> list[float]:
        """How far from the surplus all cars together were while it was enough for one (W)."""
        return [abs(look.surplus - look.cars) for look in self.sunny]

    def changes(self, version: str) -> int:
        """How often a car charged on with another number of phases."""
        counts = [sum(map(bool, look.amps[version])) for look in self.looks]
        return sum(one != other for one, other in pairwise(count for count in counts if count))

    def starts(self, version: str) -> int:
        """How often a car began."""
        on = [any(look.amps[version]) for look in self.looks]
        return sum(now and not before for before, now in pairwise(on))

    def overload(self) -> float:
        """For how long at most the fuse bore more than it may (s)."""
        longest = lasted = 0.0
        for look in self.looks:
            lasted = lasted + look.seconds if max(look.lines) > RATING else 0.0
            longest = max(longest, lasted)
        return longest


async def play(place: Street) -> Day:
    """Let a day pass."""
    looks = []
    begun = before = time.monotonic()
    while (part := ((now := time.monotonic()) - begun) / LASTS) < 1:
        place.house.sun, place.house.loads = sun(part), loads(part)
        lines = place.house.lines(place.drawn)
        amps = {version: station.connectors[1].meter.currents for version, station in place.stations.items()}
        await place.report()
        believed = (await place.home.ask("GET", "/api/states/sensor.ocpp_home_solar_surplus"))["state"]
        surplus = place.house.sun - sum(place.house.loads) * VOLTAGE
        looks.append(Look(part, now - before, amps, surplus, lines, float(believed)))
        before = now
        await asyncio.sleep(TICK)
    return Day(looks)


async def wake(place: Street) -> None:
    """Let a car come to each station before the sun rises, and all of them follow it."""
    for version, station in place.stations.items():
        station.eager = True
        await station.start(car=Car(max_current=16.0, battery_wh=1e6, phases=1 if version == SINGLE else 3))
    await until(lambda: all(station.grounded for station in place.stations.values()), 60)
    await place.home.action("laboratory", "haste", factor=PACE, rise=0.1)
    modes = [f"select.{title.lower()}_charging_mode" for title in TITLES.values()]
    await place.home.action("select", "select_option", entity_id=modes, option="solar")
    await until(lambda: place.drawn == [0, 0, 0], 30)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_three_stations_follow_the_sun_of_a_day_with_clouds(
    tmp_path: Path, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {version: {"switching": "yes" if version == SWITCHING else "no"} for version in VERSIONS}
    async with street(tmp_path / "home", settings, RATING) as place:
        async with place.metered():
            await wake(place)
        begun = {version: station.connectors[1].meter.register for version, station in place.stations.items()}
        day = await play(place)
        taken = {
            version: station.connectors[1].meter.register - begun[version]
            for version, station in place.stations.items()
        }
        assert all(station.violations == [] for station in place.stations.values())
    with capsys.disabled():
        sys.stdout.write(f"\nA day of sun in {LASTS:.0f} s:\n{told(day, taken)}\n")
    follows(day, taken)
    keeps(day)


def told(day: Day, taken: dict[str, int]) -> str:
    """The day in numbers."""
    charged = 3600.0 * sum(taken.values())
    each = ", ".join(
        f"OCPP {version} {energy} Wh in {day.starts(version)} charges, {day.changes(version)} changes of phases"
        for version, energy in taken.items()
    )
    beside = ", ".join(f"p{part} {percentile(day.beside(), part / 100):.0f} W" for part in (50, 80, 95))
    return (
        f"{each}\n{charged / day.usable:.1%} of what was enough for a car; "
        f"bought {day.bought(day.looks) / charged:.1%}, "
        f"{day.bought(day.calm) / charged:.1%} but for the moments after a jump; beside the surplus then: {beside}; "
        f"fuse over {RATING:.0f} A for {day.overload():.1f} s at most"
    )


def follows(day: Day, taken: dict[str, int]) -> None:
    """All cars together take what the sun leaves, and no more; each has its share; all meters agree."""
    charged = 3600.0 * sum(taken.values())
    assert charged >= 0.8 * day.usable
    assert day.bought(day.looks) <= 0.08 * charged
    assert day.bought(day.calm) <= 0.02 * charged
    assert percentile(day.beside(), 0.5) <= 1.5 * STEP
    assert percentile(day.beside(), 0.8) <= 3.5 * STEP
    assert all(3600 * energy >= 0.1 * charged for energy in taken.values())
    assert day.shown == pytest.approx(charged, rel=0.03)
    assert percentile([abs(look.believed - look.surplus) for look in day.calm], 0.8) <= 300


def keeps(day: Day) -> None:
    """No car gets less than 6 A but none, contactors rest, and the fuse bears what it may once anybody can know."""
    drawn = {amps for look in day.looks for each in look.amps.values() for amps in each}
    assert max(drawn) <= 16
    assert all(amps == 0 or amps >= FLOOR for amps in drawn)
    changes = {version: day.changes(version) for version in VERSIONS}
    assert 1 <= changes.pop(SWITCHING) <= Tuning().session_changes
    assert set(changes.values()) == {0}
    assert day.overload() <= REACTION
