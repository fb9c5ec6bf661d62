"""A hand-written websocket client that may say anything, and a central that answers it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

import orjson

from custom_components.ocpp_home.csms.wire.connection import Patience
from custom_components.ocpp_home.csms.wire.door import Request
from custom_components.ocpp_home.csms.wire.frame import Call, Payload, Version
from custom_components.ocpp_home.csms.wire.http import Visit
from custom_components.ocpp_home.csms.wire.link import Reject, reject_faults
from custom_components.ocpp_home.csms.wire.server import Admission, Server
from custom_components.ocpp_home.csms.wire.session import Session
from custom_components.ocpp_home.csms.wire.tls import Entrance

KEY = "x3JJHMcDL1EzLkh9GBhXDw=="
NOW = "2026-01-01T00:00:00Z"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def handshake(target: str = "/CP1", *extra: str, subprotocol: str | None = "ocpp1.6") -> bytes:
    """An ordinary request head."""
    lines = [
        f"GET {target} HTTP/1.1",
        "Host: home",
        "Connection: Upgrade",
        "Upgrade: websocket",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
        *([f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol is not None else []),
        *extra,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(data: bytes | str, opcode: int = 1, *, fin: bool = True) -> bytes:
    """A masked websocket frame."""
    data = data.encode() if isinstance(data, str) else data
    size = len(data)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = bytes([0xFE]) + size.to_bytes(2)
    else:
        length = bytes([0xFF]) + size.to_bytes(8)
    return bytes([(0x80 if fin else 0) | opcode]) + length + bytes(4) + data


class Peer:
    """One end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.head = ""

    @classmethod
    async def dial(cls, port: int, local: str | None = None, tls: SSLContext | None = None) -> Peer:
        """Connect."""
        local_addr = (local, 0) if local else None
        return cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=local_addr, limit=2**22, ssl=tls))

    @classmethod
    async def enter(cls, port: int, request: bytes | None = None, local: str | None = None) -> Peer:
        """Connect and shake hands."""
        peer = await cls.dial(port, local)
        await peer.ask(request if request is not None else handshake())
        return peer

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return int(self.head.split(" ")[1])

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that was chosen."""
        lines = [line.partition(": ") for line in self.head.split("\r\n")]
        return next((value for name, _, value in lines if name.lower() == "sec-websocket-protocol"), None)

    async def ask(self, request: bytes) -> str:
        """Send a request head and return the head of the answer."""
        self.writer.write(request)
        async with asyncio.timeout(5):
            self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        return self.head

    def say(self, *messages: bytes | str | list[object], opcode: int = 1) -> None:
        """Send messages; lists are written as JSON."""
        for message in messages:
            data = orjson.dumps(message) if isinstance(message, list) else message
            self.writer.write(frame(data, opcode))

    async def next_frame(self) -> tuple[int, bytes]:
        """Read one websocket frame: opcode and data."""
        async with asyncio.timeout(5):
            head = await self.reader.readexactly(2)
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
            return head[0] & 0x0F, await self.reader.readexactly(size)

    async def hear(self) -> list[object]:
        """Read the next message, whatever pings come before."""
        while True:
            opcode, data = await self.next_frame()
            if opcode == 1:
                message: list[object] = orjson.loads(data)
                return message
            assert opcode == 9, (opcode, data)
            self.say(data, opcode=10)

    async def closed(self) -> int:
        """Read until the connection is closed; returns the close code."""
        code = 1006
        try:
            while True:
                opcode, data = await self.next_frame()
                if opcode == 8:
                    code = int.from_bytes(data[:2])
                    self.say(data, opcode=8)
        except asyncio.IncompleteReadError, ConnectionError:
            return code

    def leave(self) -> None:
        """Hang up."""
        self.writer.close()


type Answer = Callable[[Call], Payload | Awaitable[Payload]]


@dataclass(eq=False)
class Desk:
    """A receiver that keeps what it heard."""

    session: Session
    answers: dict[str, Answer]
    calls: list[Call] = field(default_factory=list)
    durables: list[asyncio.Future[None]] = field(default_factory=list)
    probes: int = 0
    ends: int = 0

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Answer as the test wants it."""
        self.calls.append(call)
        reject_faults(call)
        if call.action not in self.answers:
            raise Reject("NotSupported", f"{call.action} is not supported")
        return self.answers[call.action](call)

    def durable(self) -> asyncio.Future[None] | None:
        """Wait for what the test wants to wait for."""
        return self.durables.pop() if self.durables else None

    def closed(self) -> None:
        """Count the ends."""
        self.ends += 1

    async def probe(self) -> None:
        """Cause traffic."""
        self.probes += 1
        await self.session.call("TriggerMessage", {"requestedMessage": "Heartbeat"}, timeout=1.0)


class FrontDesk:
    """A reception that lets everybody in, unless told otherwise."""

    def __init__(self, admission: Admission | None = None) -> None:
        self.admission = admission or Admission()
        self.requests: list[Request] = []
        self.desks: list[Desk] = []
        self.contests: list[tuple[str, str]] = []
        self.answers: dict[str, Answer] = {
            "Heartbeat": lambda call: {"currentTime": NOW},
            "BootNotification": lambda call: {"status": "Accepted", "currentTime": NOW, "interval": 300},
            "StatusNotification": lambda call: {},
            "MeterValues": lambda call: {},
            "DataTransfer": lambda call: {"status": "Accepted"},
            "StartTransaction": lambda call: {"transactionId": 7, "idTagInfo": {"status": "Accepted"}},
        }

    def admit(self, request: Request) -> Admission:
        """Let in."""
        self.requests.append(request)
        return self.admission

    def open(self, session: Session) -> Desk:
        """Give each session a desk of its own."""
        self.desks.append(Desk(session, self.answers))
        return self.desks[-1]

    def contested(self, key: str, peer: str) -> None:
        """Note who was turned away."""
        self.contests.append((key, peer))

    @property
    def identities(self) -> Iterable[str]:
        """Who asked to come in."""
        return [request.identity for request in self.requests]


@asynccontextmanager
async def serving(
    front: FrontDesk,
    *,
    versions: tuple[Version, ...] = ("1.6",),
    http: Visit | None = None,
    patience: Patience | None = None,
    entrance: Entrance | None = None,
) -> AsyncIterator[Server]:
    """A server on a port of its own."""
    server = Server(front, versions, http, patience)
    await server.start("127.0.0.1", 0, entrance)
    try:
        yield server
    finally:
        await server.stop()
