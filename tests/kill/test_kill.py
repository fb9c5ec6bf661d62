"""`kill -9` in a loop on the central system with its ledger: acknowledged n, lost 0, duplicated 0."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import random
import signal
import socket
import sys

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.kill.teller import Teller
from tests.kill.tongue import Told

ROOT = Path(__file__).parents[2]
CYCLES = int(os.environ.get("KILL_CYCLES", "200"))
"""Kills; `KILL_CYCLES=5000` for a long night."""
STATIONS = {"A": "1.6", "B": "2.0.1", "C": "2.1"}
LONGEST_LIFE = 0.4


class Victim:
    """The central system: started and killed."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.pid = 0

    async def start(self) -> None:
        """Start it and wait until it listens."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.port}\n".encode())
        pid, port = (await asyncio.wait_for(self.process.stdout.readline(), 20)).split()
        self.pid = int(pid)
        assert int(port) == self.port

    def kill(self) -> None:
        """Kill it without a word."""
        os.kill(self.pid, signal.SIGKILL)


@asynccontextmanager
async def victim(path: Path) -> AsyncGenerator[Victim]:
    """A central system that can be killed and started again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = f"{ROOT / 'custom_components' / 'ocpp_home'}:{ROOT}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kill.server", str(path), *STATIONS,
        cwd=ROOT, env=os.environ | {"PYTHONPATH": paths},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    central = Victim(process, port)
    try:
        yield central
    finally:
        if central.pid:
            central.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def content(told: Told) -> tuple[object, ...]:
    """What a transaction must look like in the ledger."""
    return (told.started, told.meter_start, told.stopped, told.meter_stop)


def recorded(transaction: Transaction) -> tuple[object, ...]:
    """What a transaction looks like in the ledger."""
    return (transaction.started, transaction.meter_start, transaction.stopped, transaction.meter_stop)


@dataclass(frozen=True)
class Count:
    """How the ledger differs from what a station was promised."""

    lost: int
    doubled: int
    wrong: int
    """Transactions that were known by more than one id, or stand under another's."""


async def count(ledger: Ledger, teller: Teller) -> Count:
    """Hold the ledger against the book of a station."""
    held = await ledger.transactions(teller.name, limit=1_000_000)
    truth = Counter(content(told) for told in teller.book)
    found = Counter(recorded(transaction) for transaction in held)
    by_id = {transaction.id: transaction for transaction in held}
    lost, wrong = (truth - found).total(), 0
    for told in teller.book:
        wrong += len(told.ids) != 1 or recorded(by_id[told.id]) != content(told)
        kept = Counter(
            (reading.at, reading.value)
            for reading in await ledger.readings(by_id[told.id])
            if reading.quantity is Quantity.ENERGY_IMPORT
        )
        lost += sum(kept[item] != 1 for item in told.readings.items())
    return Count(lost, (found - truth).total(), wrong)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost_or_doubled_when_the_central_system_is_killed(
    tmp_path: Path, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.db"
    luck = random.Random(20261124)
    async with victim(path) as central:
        tellers = [Teller(name, version, central.port) for name, version in STATIONS.items()]
        await central.start()
        work = [asyncio.create_task(teller.work()) for teller in tellers]
        for _ in range(CYCLES):
            await asyncio.sleep(luck.uniform(0, LONGEST_LIFE))
            central.kill()
            await central.start()
        for teller in tellers:
            teller.finish.set()
        await asyncio.wait_for(asyncio.gather(*work), 60)

    ledger = await Ledger.open(path)
    counts = [await count(ledger, teller) for teller in tellers]
    await ledger.close()
    lines = [f"\n{CYCLES} kills; acknowledged / lost / duplicated:"]
    lines += [
        f"OCPP {teller.version}: {teller.acknowledged} / {found.lost} / {found.doubled}"
        f" ({len(teller.book)} transactions, {teller.repeated} messages repeated)"
        for teller, found in zip(tellers, counts, strict=True)
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
    assert counts == [Count(0, 0, 0)] * len(tellers)
    for teller in tellers:
        assert teller.repeated > CYCLES / 12
        assert len(teller.book) > CYCLES / 3
