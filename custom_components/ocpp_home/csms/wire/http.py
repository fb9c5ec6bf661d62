"""Plain HTTP answers: refusals of a handshake, and what a visitor who is no station gets."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from .door import Request


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; the connection is closed after it."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def render(self) -> bytes:
        """Write the response."""
        status = HTTPStatus(self.status)
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Connection: close",
            f"Content-Length: {len(self.body)}",
            f"Content-Type: {self.content_type}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + self.body


type Visit = Callable[[Request, asyncio.StreamReader], Awaitable[Response]]
"""What answers plain HTTP; raises nothing, reads of the body what it needs."""


class Body:
    """A request body of known length, as it comes in; reading slows the peer down."""

    def __init__(self, transport: asyncio.Transport, length: int) -> None:
        self.reader = asyncio.StreamReader()
        self.reader.set_transport(transport)
        self._missing = length

    def feed(self, data: bytes) -> None:
        """Take what came; bytes beyond the body are ignored."""
        if self._missing:
            data = data[: self._missing]
            self._missing -= len(data)
            if data:
                self.reader.feed_data(data)
            if self._missing:
                return
        self.reader.feed_eof()


def plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response of one line of text."""
    return Response(status, text.encode() + b"\n", headers=headers or {})


def greeting(request: Request) -> Response:
    """Answer a visitor who is no station, when nothing else answers HTTP."""
    if request.method in ("GET", "HEAD") and not request.segments:
        return plain(200, "This is an OCPP endpoint. Point a charging station at it: ws://this-host:port/station-id")
    return plain(426, "This is an OCPP endpoint; it speaks websocket.", {"Upgrade": "websocket"})
