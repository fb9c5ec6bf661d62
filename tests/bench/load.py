"""The load: stations that speak as fast as they are answered."""

import asyncio
from dataclasses import dataclass
from itertools import count
import os
from pathlib import Path
import time
from typing import Final

import orjson
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.scenes import Said, Scene

TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run of the load found; times in seconds."""

    messages: int
    cpu: float
    wall: float
    latencies: tuple[float, ...]

    @property
    def per_cpu_second(self) -> float:
        """Messages the server answers in one second of its processor time."""
        return self.messages / self.cpu if self.cpu else float("inf")

    @property
    def cpu_per_message(self) -> float:
        """Processor time of the server for one message, in ms."""
        return 1000 * self.cpu / self.messages

    def percentile(self, share: float) -> float:
        """The latency that `share` of the answers kept, in ms."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _exchange(line: ClientConnection, number: str, said: Said) -> float:
    begun = time.perf_counter()
    await line.send(orjson.dumps([2, number, *said]).decode())
    while True:
        answer = orjson.loads(await line.recv())
        if answer[0] == 2:
            await line.send(orjson.dumps([4, answer[1], "NotImplemented", "", {}]).decode())
        elif answer[1] == number:
            if answer[0] != 3:
                raise RuntimeError(f"{said[0]} was answered {answer}")
            return time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Load:
    """Stations of one scene, before one server."""

    scene: Scene
    url: str
    pid: int
    names: list[str]

    async def run(self, seconds: float) -> Figures:
        """Load the server for so many seconds; a tenth of it beforehand warms up and does not count."""
        await self._speak(f"warm-{time.monotonic_ns()}", time.monotonic() + seconds / 10)
        before, begun = cpu_seconds(self.pid), time.monotonic()
        latencies = await self._speak(f"run-{time.monotonic_ns()}", begun + seconds)
        return Figures(len(latencies), cpu_seconds(self.pid) - before, time.monotonic() - begun, tuple(latencies))

    async def _speak(self, run: str, until: float) -> list[float]:
        latencies: list[float] = []
        await asyncio.gather(*(self._station(name, run, until, latencies) for name in self.names))
        return latencies

    async def _station(self, name: str, run: str, until: float, latencies: list[float]) -> None:
        async with connect(
            f"{self.url}/{name}", subprotocols=[self.scene.subprotocol], compression=None, ping_interval=None
        ) as line:
            for number, said in enumerate(self.scene.greeting):
                await _exchange(line, f"{run}-greeting-{number}", said)
            for number in count():
                said = self.scene.say(f"{name}-{run}", number)
                latency = await _exchange(line, f"{run}-{number}", said)
                if time.monotonic() >= until:
                    return
                latencies.append(latency)
