"""One TCP connection: the request head, then either a websocket or a plain HTTP request."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
import logging
import re
import socket
from typing import Final, Protocol, cast

from websockets.exceptions import InvalidHeaderFormat
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.headers import parse_extension
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from .door import TLS_HANDSHAKE, Refused, Request, canonical, head_end, read_head
from .http import Body, Response, plain
from .session import Session
from .tls import Entrance
from .tunnel import UNKNOWN, Tunnel

MAX_MESSAGE: Final = 1024 * 1024
MAX_HANDSHAKE_BODY: Final = 64 * 1024

_DEFLATE: Final = ServerPerMessageDeflateFactory(
    server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5}
)

_KEY: Final = re.compile(r"[A-Za-z0-9+/]{22}==")

_SILENT: Final = logging.Logger("websocket", logging.CRITICAL)  # noqa: LOG001 - nobody can configure it
"""`websockets` would log whole frames, secrets included, wherever debugging is switched on."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds the server waits: for the request head, for a peer that does not read, for what ends."""

    head: float = 10.0
    unread: float = 10.0
    close: float = 5.0
    linger: float = 2.0
    probe: float = 5.0
    stop: float = 1.0


class House(Protocol):
    """What a connection asks of the server."""

    read_buffer: memoryview
    patience: Patience

    def arrived(self, connection: Connection) -> bool:
        """Tell whether one more connection may wait at the door."""

    def knocked(self, connection: Connection, request: Request) -> None:
        """A websocket client has sent its whole request."""

    def visited(self, connection: Connection, request: Request, body: asyncio.StreamReader) -> None:
        """A client without websocket has sent its request head."""

    def unheard(self, connection: Connection, reason: str) -> None:
        """A client and we do not agree on TLS."""

    def left(self, connection: Connection) -> None:
        """The connection is gone."""


class Connection(asyncio.BufferedProtocol):
    """Bytes of one peer, consumed by whoever is in charge at the time: head, waiting room, websocket, body."""

    def __init__(self, house: House, entrance: Entrance) -> None:
        self.peer = ""
        self.session: Session | None = None
        self.lost = False
        self.waiting = False
        self._house = house
        self._entrance = entrance
        self._transport: asyncio.Transport
        self._tunnel: Tunnel | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._consume: Callable[[bytes], None] = self._begin
        self._head = bytearray()
        self._request: Request | None = None
        self._length = 0
        self._websocket: ServerProtocol | None = None
        self._fragments: list[bytes] = []
        self._reading = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it at once when too many wait."""
        self._transport = cast(asyncio.Transport, transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        _watch(transport.get_extra_info("socket"))
        if self._house.arrived(self):
            self._after(self._house.patience.head, self._too_slow)
        else:
            self.respond(plain(503, "too many connections are waiting", {"Retry-After": "10"}))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the server's buffer; it is emptied before anybody else reads."""
        return self._house.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Consume what was read."""
        data = bytes(self._house.read_buffer[:nbytes])
        if self._tunnel is None:
            self._consume(data)
        else:
            self._tunnel.feed(data)

    def eof_received(self) -> bool:
        """The peer sends no more; close our side too."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """End everything that hangs on this connection."""
        self.lost = True
        self._consume = _discard
        for timer in (self._timer, self._unread):
            if timer is not None:
                timer.cancel()
        self._house.left(self)
        if self.session is not None:
            self.session.ended()

    def pause_writing(self) -> None:
        """The peer does not read: read nothing from it, and give up if it stays so."""
        self._transport.pause_reading()
        self._unread = asyncio.get_running_loop().call_later(self._house.patience.unread, self.abort)

    def resume_writing(self) -> None:
        """The peer reads again."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        if not self._transport.is_closing():
            self._transport.resume_reading()

    # What the server calls.

    def respond(self, response: Response) -> None:
        """Send an HTTP response and close."""
        if not self.lost:
            self._transport.write(response.render())
            self._part()

    def upgrade(self, request: Request, subprotocol: str | None, *, compression: bool) -> None:
        """Complete the websocket handshake."""
        websocket = ServerProtocol(extensions=[_DEFLATE] if compression else None, max_size=MAX_MESSAGE, logger=_SILENT)
        websocket.receive_data(canonical(request, _extensions(request)))
        (handshake,) = websocket.events_received()
        response = websocket.accept(cast(Handshake, handshake))
        if subprotocol is not None:
            response.headers["Sec-WebSocket-Protocol"] = subprotocol
        websocket.send_response(response)
        self._websocket = websocket
        self._after(None, self.abort)
        self._consume = partial(self._read_frames, websocket)
        self._flush()

    def converse(self, session: Session) -> None:
        """Hand all messages to a session from now on, beginning with those that came early."""
        self.session = session
        early, self._head = bytes(self._head), bytearray()
        if early:
            self._consume(early)

    # The line below a session.

    def send(self, text: bytes) -> None:
        """Send a text message."""
        if self._websocket is not None and self._websocket.state is State.OPEN:
            self._websocket.send_text(text)
            self._flush()

    def ping(self) -> None:
        """Send a ping."""
        if self._websocket is not None and self._websocket.state is State.OPEN:
            self._websocket.send_ping(b"ocpp")
            self._flush()

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake; the connection is dropped if the peer does not finish it."""
        if self._websocket is not None and self._websocket.state is State.OPEN:
            self._websocket.send_close(code, reason)
            self._flush()
            self._after(self._house.patience.close, self.abort)

    def abort(self) -> None:
        """Drop the connection at once."""
        self._transport.abort()

    # Consumers.

    def _begin(self, data: bytes) -> None:
        """Know by the first byte whether the client speaks TLS."""
        self._consume = self._read_head
        context = self._entrance.spoken(self.peer, _now()) if data[:1] == TLS_HANDSHAKE else None
        if context is None:
            self._read_head(data)
        else:
            self._transport = self._tunnel = Tunnel(self._transport, context, self._hear, self._unheard)
            self._tunnel.feed(data)

    def _hear(self, text: bytes) -> None:
        self._consume(text)

    def _read_head(self, data: bytes) -> None:
        self._head += data
        try:
            end = head_end(self._head)
            if not end:
                return
            request = read_head(self._head[:end], self.peer, self._tunnel is not None)
            if self._tunnel is not None:
                request = replace(request, certificate=self._tunnel.certificate)
            elif not self._entrance.plain:
                self.respond(plain(426, "this port speaks TLS only: use wss://", {"Upgrade": "TLS/1.2"}))
                return
            self._consume = self._wait
            if request.websocket:
                self._knock(request, end)
            else:
                self._visit(request, end)
        except Refused as refusal:
            self.respond(plain(refusal.status, refusal.reason))

    def _knock(self, request: Request, end: int) -> None:
        if request.method != "GET":
            raise Refused(405, "a websocket begins with GET")
        if not _KEY.fullmatch(request.headers.get("sec-websocket-key", "")):
            raise Refused(400, "Sec-WebSocket-Key is missing or wrong")
        if request.headers.get("sec-websocket-version", "13") != "13":
            raise Refused(400, "only version 13 of websocket is spoken here")
        if request.body_length > MAX_HANDSHAKE_BODY or "transfer-encoding" in request.headers:
            raise Refused(400, "a websocket request has no body")
        self._request, self._length = request, end + request.body_length
        self._consume = self._read_rest
        self._read_rest(b"")

    def _read_rest(self, data: bytes) -> None:
        """Drop the head, and the body some stations send with it, then announce the client."""
        self._head += data
        if self._request is not None and len(self._head) >= self._length:
            del self._head[: self._length]
            self._after(None, self.abort)
            self._consume = self._wait
            self._house.knocked(self, self._request)

    def _visit(self, request: Request, end: int) -> None:
        if "transfer-encoding" in request.headers:
            raise Refused(411, "send the length of the body")
        self._after(None, self.abort)
        body = Body(self._transport, request.body_length)
        self._consume = body.feed
        if request.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body.feed(bytes(self._head[end:]))
        self._house.visited(self, request, body.reader)

    def _wait(self, data: bytes) -> None:
        """Keep what comes before the handshake is answered; a client has nothing to say then."""
        self._head += data
        if len(self._head) > MAX_HANDSHAKE_BODY:
            self.abort()

    def _read_frames(self, websocket: ServerProtocol, data: bytes) -> None:
        session = self.session
        websocket.receive_data(data)
        if session is not None:
            session.heard()
            self._reading = True
            for event in websocket.events_received():
                self._take(cast(Frame, event), session)
            self._reading = False
            if websocket.close_expected():
                session.ended()
        self._flush()

    def _take(self, frame: Frame, session: Session) -> None:
        opcode = frame.opcode
        if opcode is Opcode.PONG:
            session.ponged()
        elif opcode is Opcode.TEXT or opcode is Opcode.BINARY or opcode is Opcode.CONT:
            if not frame.fin:
                self._fragments.append(bytes(frame.data))
            elif self._fragments:
                message = b"".join([*self._fragments, frame.data])
                self._fragments.clear()
                session.received(message)
            else:
                session.received(bytes(frame.data))

    # The end.

    def _flush(self) -> None:
        """Write what the websocket wants to send, in one piece for all messages of one read."""
        if self._reading or self._websocket is None:
            return
        chunks = self._websocket.data_to_send()
        if chunks:
            self._transport.write(b"".join(chunks))
            if self._websocket.close_rcvd is not None and self._websocket.close_sent is not None:
                self._transport.close()
            elif not chunks[-1]:
                self._part()

    def _part(self) -> None:
        """Close after what was written; the peer gets a moment to read it, because unread input would reset it."""
        self._consume = _discard
        self._transport.write_eof()
        self._after(self._house.patience.linger, self.abort)

    def _unheard(self, reason: str) -> None:
        self._house.unheard(self, reason)
        if reason.startswith(UNKNOWN):
            self._entrance.unknown(self.peer, _now())
        self._part()

    def _too_slow(self) -> None:
        self.respond(plain(408, "the request took too long"))

    def _after(self, seconds: float | None, action: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, action) if seconds is not None else None


def _extensions(request: Request) -> str:
    """Return the extensions offered, nothing where the offer cannot be read."""
    offer = request.headers.get("sec-websocket-extensions", "")
    try:
        return offer if offer and parse_extension(offer) else ""
    except InvalidHeaderFormat:
        return ""


def _now() -> float:
    return asyncio.get_running_loop().time()


def _discard(data: bytes) -> None:
    """Ignore what comes after the end."""


def _watch(sock: socket.socket) -> None:
    """Let the kernel notice a peer that vanished, even one that answers no ping."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", 30),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 5),
        ("TCP_USER_TIMEOUT", 80_000),
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
