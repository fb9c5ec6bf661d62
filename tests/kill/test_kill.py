"""`kill -9` in a loop on the central system with its ledger: acknowledged n, lost 0, duplicated 0."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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
from tests.kill.teller import Teller, Told

ROOT = Path(__file__).parents[2]
CYCLES = int(os.environ.get("KILL_CYCLES", "200"))
NAMES = ("A", "B", "C")
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
        sys.executable, "-m", "tests.kill.server", str(path), *NAMES, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths},
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


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost_or_doubled_when_the_central_system_is_killed(
    tmp_path: Path, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.db"
    luck = random.Random(20261124)
    async with victim(path) as central:
        tellers = [Teller(name, central.port) for name in NAMES]
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
    lost = doubled = wrong = readings_lost = 0
    for teller in tellers:
        held = await ledger.transactions(teller.name, limit=1_000_000)
        truth = Counter(content(told) for told in teller.book)
        found = Counter(recorded(transaction) for transaction in held)
        lost += (truth - found).total()
        doubled += (found - truth).total()
        by_id = {transaction.id: transaction for transaction in held}
        for told in teller.book:
            wrong += len(told.ids) != 1 or recorded(by_id[str(told.id)]) != content(told)
            kept = Counter(
                (reading.at, reading.value)
                for reading in await ledger.readings(by_id[str(told.id)])
                if reading.quantity is Quantity.ENERGY_IMPORT
            )
            readings_lost += sum(kept[item] != 1 for item in told.readings.items())
    await ledger.close()
    acknowledged = sum(teller.acknowledged for teller in tellers)
    repeated = sum(teller.repeated for teller in tellers)
    sessions = sum(len(teller.book) for teller in tellers)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{CYCLES} kills, {sessions} transactions, {repeated} messages repeated: acknowledged / lost / duplicated"
            f" = {acknowledged} / {lost + readings_lost} / {doubled}, wrong id {wrong}\n"
        )
    assert (lost, readings_lost, doubled, wrong) == (0, 0, 0, 0)
    assert repeated > CYCLES / 4
    assert sessions > CYCLES
