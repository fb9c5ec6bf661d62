"""`scripts/bench`: messages per processor second and latency, side by side in one run."""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
from statistics import median
import sys
import tempfile
from typing import Final

from tests.bench.load import Figures, Load
from tests.bench.scenes import SCENES
from tests.demo.live import ROOT, LiveHomeAssistant, free_port

CSMS: Final = ROOT / "custom_components" / "ocpp_home"
CONFIGURATION: Final = """\
homeassistant: {name: Bench, latitude: 0, longitude: 0, elevation: 0, currency: EUR, country: DE, time_zone: UTC}
api:
config:
onboarding:
logger: {default: error}
"""

type Measured = dict[str, dict[str, list[Figures]]]
"""By scene and server, what each round found."""


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


BARE: Final = "bare websockets + orjson"
ALONE: Final = "OCPP Home, server alone"


@dataclass(frozen=True, slots=True)
class Bench:
    """How long and how often is measured, and with how many stations."""

    seconds: float
    names: list[str]
    rounds: int

    async def measure(self) -> Measured:
        """Load each server in turn with each scene, as often as asked."""
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        found: Measured = {}
        for _ in range(self.rounds):
            async with program("tests.bench.echo") as server:
                await self._load(found, BARE, *server)
            async with program("tests.bench.alone", *self.names) as server:
                await self._load(found, ALONE, *server)
        for recorder in (False, True):
            async with home_assistant(self.names, recorder) as server:
                for _ in range(self.rounds):
                    title = f"OCPP Home in Home Assistant, recorder {'on' if recorder else 'off'}"
                    await self._load(found, title, *server)
        return found

    async def _load(self, found: Measured, server: str, pid: int, url: str) -> None:
        for scene in SCENES:
            figures = await Load(scene, url, pid, self.names).run(self.seconds)
            found.setdefault(scene.title, {}).setdefault(server, []).append(figures)


def report(found: Measured) -> str:
    """The tables."""
    return "\n\n".join(_table(title, servers) for title, servers in found.items())


def _table(title: str, servers: dict[str, list[Figures]]) -> str:
    bare = median(one.cpu_per_message for one in servers[BARE])
    lines = [
        f"| {title}, 10 values each | messages per CPU second | CPU ms per message | times bare | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    for server, runs in servers.items():
        cost = median(one.cpu_per_message for one in runs)
        lines.append(
            f"| {server} | {1000 / cost:,.0f} | {cost:.3f} | {cost / bare:.1f} "
            f"| {median(one.percentile(0.5) for one in runs):.2f} "
            f"| {median(one.percentile(0.99) for one in runs):.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each server is loaded")
    parser.add_argument("--stations", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    names = [f"BENCH-{number}" for number in range(options.stations)]
    found = asyncio.run(Bench(options.seconds, names, options.rounds).measure())
    sys.stdout.write(report(found) + "\n")


if __name__ == "__main__":
    main()
