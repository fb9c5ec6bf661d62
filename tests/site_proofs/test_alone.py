"""Home Assistant is killed, or hangs, while cars charge with more than is safe: their stations know what to do."""

import asyncio
from pathlib import Path
import sys
import time

import pytest

from tests.site_proofs.street import FUSE, SAFE, Street, street, until

LONGEST = 60.0
GRAIN = 2.0
"""Seconds by which a station may be late: it counts in whole ones, and the machine may be busy."""


async def falls(place: Street) -> dict[str, float]:
    """How long each station takes to be at its safe limit (s); they stay below the fuse meanwhile."""
    begun = time.monotonic()
    taken: dict[str, float] = {}
    while len(taken) < len(place.stations) and time.monotonic() < begun + LONGEST + 15:
        for version, station in place.stations.items():
            if station.offers <= SAFE:
                taken.setdefault(version, time.monotonic() - begun)
        await asyncio.sleep(0.05)
    lying = {version: [each.payload for each in one.profiles.installed] for version, one in place.stations.items()}
    assert taken.keys() == place.stations.keys(), {version: lying[version] for version in lying.keys() - taken.keys()}
    await until(lambda: all(station.amps <= SAFE for station in place.stations.values()), 5)
    assert place.cars + max(place.house.loads) <= FUSE
    return taken


async def killed(folder: Path) -> dict[str, float]:
    """Kill Home Assistant as soon as all cars charge; gives how long the stations took, after all is as before."""
    async with street(folder) as place:
        async with place.metered():
            await place.charge()
        await place.home.kill()
        taken = await falls(place)
        await place.return_home()
        async with place.metered():
            await until(lambda: all(station.amps > SAFE for station in place.stations.values()), 120)
        return taken


async def hung(folder: Path) -> dict[str, float]:
    """Hold up the event loop of Home Assistant, which keeps its connections; gives how long the stations took."""
    async with street(folder) as place:
        async with place.metered():
            await place.charge()
        await place.home.action("laboratory", "block", seconds=300)
        taken = await falls(place)
        assert all(station.online for station in place.stations.values()), "no station has noticed"
        await place.home.kill()
        return taken


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_stations_are_at_their_safe_limit_within_a_minute_when_home_assistant_is_killed_or_hangs(
    tmp_path: Path, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with asyncio.TaskGroup() as group:
        killing = group.create_task(killed(tmp_path / "killed"))
        hanging = group.create_task(hung(tmp_path / "hung"))
    ways = {"is killed": killing.result(), "hangs": hanging.result()}
    with capsys.disabled():
        for what, taken in ways.items():
            words = ", ".join(f"OCPP {version} {seconds:.1f} s" for version, seconds in taken.items())
            sys.stdout.write(f"\nHome Assistant {what}; at the safe limit after: {words}")
        sys.stdout.write("\n")
    assert all(seconds <= LONGEST + GRAIN for taken in ways.values() for seconds in taken.values())
