"""Words that the tests of stations share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.dialogue.connection import Connection, Pauses
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from tests.csms.peer import Peer

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NEVER = Pauses(silence=60, settle=60, peace=60, answer=60)
AT_ONCE = Pauses(silence=0, settle=0, peace=60, answer=0)


@dataclass(frozen=True)
class Serve[DialectT: Connection]:
    """Serves a station over a peer's connection."""

    dialect: type[DialectT]
    station: Station
    peer: Peer

    def __call__(self, pauses: Pauses = NEVER, over: Peer | None = None) -> DialectT:
        session = (over or self.peer).session
        dialect = self.dialect(self.station, session, pauses)
        session.serve(dialect)
        return dialect


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens on the other side."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


def ago(seconds: float) -> str:
    """A time before NOW as a station writes it."""
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def durable(ledger: Ledger) -> None:
    """Wait until what was recorded is on the disk."""
    if (future := ledger.commit()) is not None:
        await future


async def oddities(ledger: Ledger) -> list[tuple[str, str]]:
    """What was not understood: its kind and its text."""
    ledger.start(Opening("somebody else", 1, 1, None, NOW, None))  # notes are written with what comes first
    await durable(ledger)
    return [(oddity.kind, oddity.raw) for oddity in await ledger.oddities("CP1")]
