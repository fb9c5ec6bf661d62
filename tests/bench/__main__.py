"""`scripts/bench`: messages per processor second and latency, side by side in one run."""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import sys
import tempfile
from typing import Final

from tests.bench.load import Figures, run
from tests.demo.live import ROOT, LiveHomeAssistant, free_port

CSMS: Final = ROOT / "custom_components" / "ocpp_home"
CONFIGURATION: Final = """\
homeassistant: {name: Bench, latitude: 0, longitude: 0, elevation: 0, currency: EUR, country: DE, time_zone: UTC}
api:
config:
onboarding:
logger: {default: error}
"""


@asynccontextmanager
async def program(module: str, *arguments: str) -> AsyncGenerator[tuple[int, str]]:
    """A server in a process of its own, alone on the first processor; gives its pid and address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{CSMS}:{ROOT}"}, preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )  # fmt: skip
    try:
        if process.stdout is None:
            raise RuntimeError("no output")
        port = (await process.stdout.readline()).decode().strip()
        yield process.pid, f"ws://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def home_assistant(names: list[str], recorder: bool) -> AsyncGenerator[tuple[int, str]]:
    """A real Home Assistant with the integration and its stations; gives its pid and the address of the stations."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "configuration.yaml").write_text(CONFIGURATION + ("recorder:\n" if recorder else ""))
        async with LiveHomeAssistant(config, free_port(8321)) as home:
            port = free_port(9321)
            entry = await home.add_hub(port)
            for name in names:
                await home.add_station(entry, name)
            home.pin(0)
            yield home.pid, f"ws://127.0.0.1:{port}"


async def measure(seconds: float, stations: int, rounds: int) -> dict[str, list[Figures]]:
    """Load each server in turn, as often as asked."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    names = [f"BENCH-{number}" for number in range(stations)]
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        async with program("tests.bench.echo") as (pid, url):
            found.setdefault("bare websockets + orjson", []).append(await run(url, pid, names, seconds))
        async with program("tests.bench.alone", *names) as (pid, url):
            found.setdefault("OCPP Home, server alone", []).append(await run(url, pid, names, seconds))
    for recorder in (False, True):
        async with home_assistant(names, recorder) as (pid, url):
            title = f"OCPP Home in Home Assistant, recorder {'on' if recorder else 'off'}"
            found[title] = [await run(url, pid, names, seconds) for _ in range(rounds)]
    return found


def median(values: list[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]


def report(found: dict[str, list[Figures]]) -> str:
    """The table."""
    lines = [
        "| MeterValues with 10 values | messages per CPU second | CPU ms per message | p50 ms | p99 ms |",
        "|---|---|---|---|---|",
    ]
    for title, runs in found.items():
        lines.append(
            f"| {title} | {median([one.per_cpu_second for one in runs]):,.0f} "
            f"| {median([one.cpu_per_message for one in runs]):.3f} "
            f"| {median([one.percentile(0.5) for one in runs]):.2f} "
            f"| {median([one.percentile(0.99) for one in runs]):.2f} |"
        )
    bare, alone = (median([one.cpu_per_message for one in runs]) for runs in list(found.values())[:2])
    lines.append(f"\nServer alone: {alone / bare:.2f} times the processor time of the bare server.")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each server is loaded")
    parser.add_argument("--stations", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found = asyncio.run(measure(options.seconds, options.stations, options.rounds))
    sys.stdout.write(report(found) + "\n")


if __name__ == "__main__":
    main()
