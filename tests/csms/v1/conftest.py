"""A station with a real ledger, and what it tells."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.event import Event
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v1.call import Caller
from custom_components.ocpp_home.csms.wire import schema

from .peer import Peer

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


@pytest.fixture(scope="session", autouse=True)
def _schemas() -> None:
    schema.load("1.6")


@pytest.fixture
async def ledger() -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(":memory:")
    yield ledger
    await ledger.close()


@pytest.fixture
def station(ledger: Ledger) -> Station:
    return Station("CP1", ledger)


@pytest.fixture
def events(station: Station) -> list[Event]:
    """What happened at the station, in the order it was told."""
    told: list[Event] = []
    station.witness(told.append)
    return told


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    peer.session.ended()


@pytest.fixture
def call(station: Station, peer: Peer) -> Caller:
    return Caller(station, peer.session)
