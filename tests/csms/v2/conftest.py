"""The schemas of OCPP 2.0.1 and 2.1 are there, and a peer that speaks 2.1 unless a test is about 2.0.1."""

from collections.abc import AsyncIterator

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.wire import schema
from tests.csms.peer import Peer


@pytest.fixture(scope="session", autouse=True)
def _schemas() -> None:
    schema.load("2.0.1")
    schema.load("2.1")


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer(version="2.1")
    yield peer
    peer.session.ended()


@pytest.fixture
async def old_peer() -> AsyncIterator[Peer]:
    """A peer that speaks 2.0.1."""
    peer = Peer(version="2.0.1")
    yield peer
    peer.session.ended()


@pytest.fixture
def old_call(station: Station, old_peer: Peer) -> Caller:
    return Caller(station, old_peer.session)
