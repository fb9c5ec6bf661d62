"""The load: stations that send MeterValues with ten values as fast as they are answered."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
import os
from pathlib import Path
import time
from typing import Final

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

TICKS: Final = os.sysconf("SC_CLK_TCK")
MEASURANDS: Final = (
    ("Power.Active.Import", None, "W", 7400),
    ("Energy.Active.Import.Register", None, "Wh", 1_000_000),
    ("Current.Import", "L1", "A", 10),
    ("Current.Import", "L2", "A", 11),
    ("Current.Import", "L3", "A", 12),
    ("Voltage", "L1-N", "V", 230),
    ("Voltage", "L2-N", "V", 231),
    ("Voltage", "L3-N", "V", 232),
    ("Current.Offered", None, "A", 16),
    ("Temperature", None, "Celsius", 35),
)


def sample(measurand: str, phase: str | None, unit: str, value: float) -> dict[str, str]:
    """One sampled value as a station writes it."""
    text = {"value": str(value), "measurand": measurand, "unit": unit, "context": "Sample.Periodic"}
    return text if phase is None else text | {"phase": phase}


def meter_values(number: int) -> dict[str, object]:
    """A MeterValues request with ten values, half of which differ from those of the request before."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = [
        sample(measurand, phase, unit, base + (number % 100 if index % 2 else 0))
        for index, (measurand, phase, unit, base) in enumerate(MEASURANDS)
    ]
    return {"connectorId": 1, "meterValue": [{"timestamp": now, "sampledValue": values}]}


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
    """Processor time a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _exchange(line: ClientConnection, number: int, action: str, payload: object) -> float:
    begun = time.perf_counter()
    await line.send(orjson.dumps([2, str(number), action, payload]).decode())
    while True:
        answer = orjson.loads(await line.recv())
        if answer[0] == 2:
            await line.send(orjson.dumps([4, answer[1], "NotImplemented", "", {}]).decode())
        elif answer[1] == str(number):
            if answer[0] != 3:
                raise RuntimeError(f"{action} was answered {answer}")
            return time.perf_counter() - begun


async def _station(url: str, name: str, until: float, latencies: list[float]) -> None:
    async with connect(
        f"{url}/{name}", subprotocols=[Subprotocol("ocpp1.6")], compression=None, ping_interval=None
    ) as line:
        boot = {"chargePointVendor": "Bench", "chargePointModel": "Bench"}
        await _exchange(line, 0, "BootNotification", boot)
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
        await _exchange(line, 1, "StatusNotification", status)
        for number in count(2):
            latency = await _exchange(line, number, "MeterValues", meter_values(number))
            if time.monotonic() >= until:
                return
            latencies.append(latency)


async def run(url: str, pid: int, names: list[str], seconds: float) -> Figures:
    """Load a server for so many seconds; a tenth of it beforehand warms up and does not count."""
    await asyncio.gather(*(_station(url, name, time.monotonic() + seconds / 10, []) for name in names))
    latencies: list[float] = []
    before, begun = cpu_seconds(pid), time.monotonic()
    await asyncio.gather(*(_station(url, name, begun + seconds, latencies) for name in names))
    return Figures(len(latencies), cpu_seconds(pid) - before, time.monotonic() - begun, tuple(latencies))
