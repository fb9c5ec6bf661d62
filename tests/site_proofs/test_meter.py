"""The oven at the limit of the fuse, and a meter that falls silent, by a real Home Assistant and real sockets."""

import asyncio
import os
from pathlib import Path
import sys
import time

from homeassistant.const import STATE_UNAVAILABLE
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.bench.__main__ import program
from tests.site_proofs.street import LINES, SAFE, Street, state, street, until

TIMES = int(os.environ.get("OVEN_TIMES", "40"))
OVEN = 10.0
"""What it draws on L2 (A)."""
PROMISED = 0.050
QUIET = 0.005
"""An echo through another process takes no longer than this (s) where the machine is not overloaded."""
STAGES = 4
"""So often the way from the meter to the stations waits for a processor: at most as often as an echo is late."""
STALE = 15.0
REFRESH = 2.0


def percentile(values: list[float], part: float) -> float:
    """The value that `part` of them keep."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


async def oven(place: Street) -> dict[str, list[float]]:
    """Turn the oven on and off; gives how long each profile took from the state to the wire, and an echo."""
    taken: dict[str, list[float]] = {name: [] for name in (*place.stations, "echo")}
    async with (
        program("tests.bench.echo") as (_, url),
        connect(url, subprotocols=[Subprotocol("ocpp1.6")], compression=None) as line,
    ):
        for _ in range(TIMES):
            begun = time.perf_counter()
            await line.send('[2,"1","Heartbeat",{}]')
            await line.recv()
            taken["echo"].append(time.perf_counter() - begun)
            before = time.time()
            place.house.loads[1] = 1 + OVEN
            at = await place.report()
            await place.limited_since(before, 5)
            for version, station in place.stations.items():
                taken[version].append(station.limited - at)
            await until(lambda: place.cars + max(place.house.loads) <= 50, 5)
            await asyncio.sleep(0.15)
            held = {station: station.offers for station in place.stations.values()}
            place.house.loads[1] = 1.0
            await place.report()
            await until(lambda held=held: all(station.offers > amps for station, amps in held.items()), 20)
            await asyncio.sleep(0.25)
    return taken


def table(taken: dict[str, list[float]]) -> str:
    """What was found, in ms."""
    return "\n".join(
        f"{name}: {len(values)}, p50 {1000 * percentile(values, 0.5):.1f}, p99 {1000 * percentile(values, 0.99):.1f}, "
        f"max {1000 * max(values):.1f} ms"
        for name, values in taken.items()
    )


async def silent(place: Street, how: str) -> float:
    """Let the meter fall silent; gives after how many seconds all cars were at the safe current."""
    await until(lambda: place.cars > 3 * SAFE + 5, 60)
    if how == "unavailable":
        await place.tell({LINES[1]: state(STATE_UNAVAILABLE, "A", "current")})
    taken = await until(lambda: all(each.offers <= SAFE for each in place.stations.values()), 30)
    assert "meter_silent" in await place.repairs()
    await place.report()
    assert "meter_silent" not in await place.repairs()
    return taken


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_an_oven_is_answered_within_50_ms_and_a_silent_meter_with_the_safe_current(
    tmp_path: Path, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with street(tmp_path / "home") as place:
        metering = asyncio.create_task(place.meter())
        await place.charge()
        metering.cancel()
        await place.home.action("laboratory", "haste", factor=1, rise=0)
        taken = await oven(place)
        await place.report()
        frozen = await silent(place, "frozen")
        metering = asyncio.create_task(same(place))
        await asyncio.sleep(1)
        unavailable = await silent(place, "unavailable")
        metering.cancel()
        assert all(station.violations == [] for station in place.stations.values())
    with capsys.disabled():
        sys.stdout.write(f"\nFrom the state in Home Assistant to the profile on the wire:\n{table(taken)}\n")
        sys.stdout.write(f"Safe current after: frozen {frozen:.1f} s, unavailable {unavailable:.1f} s\n")
    late = max(0.0, percentile(taken.pop("echo"), 0.99) - QUIET)
    for values in taken.values():
        assert percentile(values, 0.99) < PROMISED + STAGES * late
    assert frozen <= STALE + REFRESH
    assert unavailable <= REFRESH


async def same(place: Street) -> None:
    """Tell the same again and again, which is not silence; the cars go on."""
    states = {entity: state("19.00", "A", "current") for entity in (LINES[0], LINES[2])}
    while True:
        await place.tell(states)
        await asyncio.sleep(0.5)
