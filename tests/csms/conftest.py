"""The rooms are tested over real sockets of this machine; a station has a real ledger, and a peer to talk to."""

from collections.abc import AsyncIterator

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.event import Event
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.peer import Peer


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Allow sockets; the test bench still refuses every address but 127.0.0.1."""


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
