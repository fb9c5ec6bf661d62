"""Home Assistant is killed, or hangs, while cars charge with more than is safe: their stations know what to do."""

import asyncio
from pathlib import Path
import sys
import time

import pytest

from tests.site_proofs.street import FUSE, SAFE, Street, street, until

GRAIN = 2.0
"""Seconds a station may be late by its clock."""
LONGEST = 60.0


async def falls(place: Street) -> dict[str, float]:
    """How long each station takes to be at its safe limit (s)."""

    async def fall(version: str) -> float:
        return await until(lambda: place.stations[version].offers <= SAFE, 90)

    return dict(zip(place.stations, await asyncio.gather(*map(fall, place.stations)), strict=True))


async def freshly_limited(place: Street) -> None:
    """Wait for the worst moment: a station has just been told to go on."""
    begun = time.time()
    await until(lambda: any(station.limited > begun for station in place.stations.values()), 40)


async def killed(folder: Path) -> dict[str, float]:
    """Kill Home Assistant; gives how long the stations took, after all is as before."""
    async with street(folder) as place:
        metering = asyncio.create_task(place.meter())
        await place.charge()
        await freshly_limited(place)
        metering.cancel()
        assert place.cars + 1 <= FUSE
        await place.home.kill()
        taken = await falls(place)
        assert [station.amps for station in place.stations.values()] == [SAFE] * 3
        assert place.cars + max(place.house.loads) <= FUSE
        await place.home.start_again()
        metering = asyncio.create_task(place.meter())
        await until(lambda: all(station.amps > SAFE for station in place.stations.values()), 120)
        metering.cancel()
        return taken


async def hung(folder: Path) -> dict[str, float]:
    """Hold up the event loop of Home Assistant; gives how long the stations took."""
    async with street(folder) as place:
        metering = asyncio.create_task(place.meter())
        await place.charge()
        await freshly_limited(place)
        await place.home.action("laboratory", "block", seconds=90)
        metering.cancel()
        await asyncio.sleep(0.6)
        taken = await falls(place)
        assert place.cars + max(place.house.loads) <= FUSE
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
    after_kill, after_hang = killing.result(), hanging.result()
    with capsys.disabled():
        for what, taken in (("killed", after_kill), ("hangs", after_hang)):
            words = ", ".join(f"OCPP {version} {seconds:.1f} s" for version, seconds in taken.items())
            sys.stdout.write(f"\nHome Assistant {what}; at the safe limit after: {words}")
        sys.stdout.write("\n")
    assert all(seconds <= LONGEST + GRAIN for seconds in (*after_kill.values(), *after_hang.values()))
