"""A process that is killed at any moment loses nothing it has acknowledged, and doubles nothing that comes again."""

from collections.abc import AsyncIterator
import os
from pathlib import Path
import random
import signal
import subprocess
import sys

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import closing, opening, register

INTEGRATION = Path(__file__).parents[3] / "custom_components" / "ocpp_home"
CYCLES = 12
TERMS = Terms(reserve=1 << 12)

CHILD = """
import asyncio, sys
from csms.ledger import Ledger, Terms
from csms.model.meter import Quantity, Reading
from csms.model.transaction import Closing, Opening
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

async def station(ledger, name, first):
    for number in range(first, 100_000):
        begun = NOON + timedelta(minutes=number)
        transaction = ledger.start(Opening(name, 1, 1, "CARD", begun, 1000.0 + number))
        await ledger.commit()
        print("start", name, number, transaction.id, flush=True)
        at = begun + timedelta(minutes=1)
        ledger.read(transaction, [Reading(Quantity.ENERGY_IMPORT, 2000.0 + number, at)])
        await ledger.commit()
        print("read", name, number, transaction.id, flush=True)
        ledger.stop(transaction, Closing(begun + timedelta(minutes=30), 5000.0 + number))
        await ledger.commit()
        print("stop", name, number, transaction.id, flush=True)

async def main(path, first):
    ledger = await Ledger.open(path, terms=Terms(reserve=1 << 12))
    async with asyncio.TaskGroup() as stations:
        for name in ("garage", "yard", "shed"):
            stations.create_task(station(ledger, name, first))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def killed(path: Path, first: int, acknowledgements: int) -> list[tuple[str, str, int, str]]:
    """Run a process that writes, kill it in the midst of it, and give what it had acknowledged."""
    command = [sys.executable, "-c", CHILD, str(path), str(first)]
    environment = os.environ | {"PYTHONPATH": str(INTEGRATION)}
    acknowledged = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        for line in child.stdout:
            acknowledged.append(line)
            if len(acknowledged) == acknowledgements:
                child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    words = [line.split() for line in acknowledged if line.endswith("\n")]
    return [(what, name, int(number), transaction_id) for what, name, number, transaction_id in words]


@pytest.fixture
async def truth(tmp_path: Path) -> AsyncIterator[tuple[Ledger, list[tuple[str, str, int, str]]]]:
    """A ledger whose process was killed again and again, and all it had acknowledged."""
    dice = random.Random(20260501)
    acknowledged: list[tuple[str, str, int, str]] = []
    for _ in range(CYCLES):
        first = max((number for _, _, number, _ in acknowledged), default=-1) + 2
        acknowledged += killed(tmp_path / "ledger.db", first, dice.randrange(1, 60))
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=TERMS)
    yield ledger, acknowledged
    await ledger.close()


async def test_what_was_acknowledged_survives_being_killed_and_comes_back_once(
    truth: tuple[Ledger, list[tuple[str, str, int, str]]],
) -> None:
    ledger, acknowledged = truth
    assert len(acknowledged) > CYCLES
    assert ledger.set_aside is None

    for what, name, number, transaction_id in acknowledged:
        kept = ledger.find(name, transaction_id)
        assert kept is not None
        assert ledger.start(opening(number, name)) is kept
        if what == "read":
            assert register(number + 1, 2000.0 + number) in await ledger.readings(kept)
        if what == "stop":
            assert (kept.stopped, kept.meter_stop) == (closing(number).stopped, 5000.0 + number)

    everything = await ledger.transactions(limit=100_000)
    contents = {(kept.station, kept.started) for kept in everything}
    assert len(contents) == len({kept.id for kept in everything}) == len(everything)
    assert unacknowledged(everything, acknowledged) <= 3 * CYCLES


def unacknowledged(everything: list[Transaction], acknowledged: list[tuple[str, str, int, str]]) -> int:
    """How many were written without being acknowledged: at most one of each station each time it was killed."""
    return len({kept.id for kept in everything} - {transaction_id for *_, transaction_id in acknowledged})
