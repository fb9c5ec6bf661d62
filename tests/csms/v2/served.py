"""A dialect of a few handlers, so that a test speaks to them over a real session."""

from asyncio import Future
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime

from custom_components.ocpp_home.csms.dialogue.call import Handler
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.wire.frame import Call, Payload
from tests.csms.peer import Peer


class Served:
    """Answers a peer with these handlers; `serve` makes it the receiver of its session."""

    def __init__(self, station: Station, handlers: Mapping[str, Handler]) -> None:
        self._station, self._handlers = station, handlers

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Look the handler up and let it answer."""
        return self._handlers[call.action](self._station, call.payload, datetime.now(UTC))

    def durable(self) -> Future[None] | None:
        """Nothing here is recorded."""
        return None

    def closed(self) -> None:
        """Nothing is torn down."""

    async def probe(self) -> None:
        """Nothing is asked."""


def serve(peer: Peer, station: Station, handlers: Mapping[str, Handler]) -> None:
    """Let these handlers answer the peer."""
    peer.session.serve(Served(station, handlers))
