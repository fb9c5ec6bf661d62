"""`scripts/bench fuse`: an oven at the limit of the main fuse, and how long new limits take to the wire."""

import argparse
import asyncio
from collections.abc import Iterable
from pathlib import Path
import sys
import tempfile
import time
from typing import Final

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.bench.__main__ import program
from tests.site_proofs.street import FUSE, Street, street, until

OVEN: Final = 10.0
"""What it draws on L2 (A)."""
REST: Final = 0.15
"""So long (s) nothing happens before the next time."""

type Taken = dict[str, list[float]]
"""By version, and of the echo: how long each time took (s)."""


async def oven(place: Street, times: int) -> Taken:
    """Turn the oven on and off; gives how long each profile took from the state to the wire, and an echo."""
    taken: Taken = {name: [] for name in (*place.stations, "echo")}
    async with (
        program("tests.bench.echo") as (_, url),
        connect(url, subprotocols=[Subprotocol("ocpp1.6")], compression=None) as line,
    ):
        for _ in range(times):
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
            await relieved(place)
            await cool(place)
    return taken


async def relieved(place: Street) -> None:
    """Wait until the fuse bears what flows; the meter goes on telling meanwhile."""
    async with asyncio.timeout(5):
        while place.cars + max(place.house.loads) > FUSE:
            await asyncio.sleep(REST)
            await place.report()


async def cool(place: Street) -> None:
    """Turn the oven off, and wait until all stations have their limits back."""
    await asyncio.sleep(REST)
    held = {station: station.offers for station in place.stations.values()}
    place.house.loads[1] = 1.0
    await place.report()
    await until(lambda: all(station.offers > amps for station, amps in held.items()), 20)
    await asyncio.sleep(REST)


async def charging(place: Street) -> None:
    """Let all cars charge, and nothing wait before it is raised again."""
    async with place.metered():
        await place.charge()
    await place.home.action("laboratory", "haste", factor=1, rise=0)


def percentile(values: Iterable[float], part: float) -> float:
    """The value that `part` of them keep."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


def table(taken: Taken) -> str:
    """What was found."""
    lines = ["| from the state of the meter to the wire | times | p50 ms | p99 ms | max ms |", "|---|---|---|---|---|"]
    for name, values in taken.items():
        title = "echo of a bare server, there and back" if name == "echo" else f"OCPP {name}"
        figures = (percentile(values, 0.5), percentile(values, 0.99), max(values))
        lines.append(f"| {title} | {len(values)} | {' | '.join(f'{1000 * seconds:.1f}' for seconds in figures)} |")
    return "\n".join(lines)


async def measure(times: int) -> Taken:
    """Measure in a Home Assistant of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with street(Path(folder)) as place:
            await charging(place)
            return await oven(place, times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench fuse", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how often the oven is turned on")
    sys.stdout.write(table(asyncio.run(measure(parser.parse_args().times))) + "\n")


if __name__ == "__main__":
    main()
