"""Words that the tests of stations share."""

from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.transaction import Opening

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


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
