"""Many who dial in at once, from many addresses; and a station that does what it always does meanwhile."""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
import gc
from pathlib import Path
import resource
from statistics import quantiles
import time
from typing import Final

from .hostile import Hostile

HEAD: Final = (
    "GET /{0} HTTP/1.1\r\nHost: home\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: x3JJHMcDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: ocpp1.6\r\n{1}\r\n"
)
AT_ONCE: Final = 16


def basic(name: str, password: str) -> str:
    """The header of a login."""
    return f"Authorization: Basic {b64encode(f'{name}:{password}'.encode()).decode()}\r\n"


async def knock(port: int, identity: str, header: str = "", address: str = "127.0.0.1") -> int:
    """Ask for a connection from an address of this machine; gives the status, 0 where nothing came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    line = b""
    with suppress(ConnectionError, TimeoutError):
        writer.write(HEAD.format(identity, header).encode())
        async with asyncio.timeout(10):
            line = await reader.readline()
    writer.close()
    return int(line.split()[1]) if line else 0


async def crowd(port: int, callers: Iterable[tuple[str, str, str]]) -> Counter[int]:
    """All of them knock, a few at a time; gives how often they heard which status."""
    heard: Counter[int] = Counter()
    line = iter(callers)

    async def one_after_the_other() -> None:
        for identity, header, address in line:
            heard[await knock(port, identity, header, address)] += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return heard


class Bystander:
    """How long a station waits for its answers."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    @property
    def p99(self) -> float:
        """What one answer in a hundred takes longer than (s)."""
        return quantiles(self.waits, n=100)[98]


@asynccontextmanager
async def bystander(port: int, identity: str) -> AsyncGenerator[Bystander]:
    """A station that asks something every few milliseconds."""
    seen = Bystander()

    async def live() -> None:
        async with Hostile(port, identity, "1.6") as station:
            while True:
                began = time.perf_counter()
                await station.say("Heartbeat", {})
                seen.waits.append(time.perf_counter() - began)
                await asyncio.sleep(0.01)

    task = asyncio.create_task(live())
    try:
        yield seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def memory() -> float:
    """What this process holds (MiB)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def sizes(folder: str) -> dict[str, int]:
    """The files below a folder, and how large they are."""
    return {str(path): path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()}
