"""The least that a station calls a central system: frames in, scripted answers out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
import json
from ssl import SSLContext
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

NOW = "2026-06-01T12:00:00Z"
ACCEPTED = {"idTagInfo": {"status": "Accepted"}}
SILENCE = object()
CRASH = object()  # cut the link instead of answering


@dataclass
class Central:
    """`script[action]`: a payload, a CALLERROR code, SILENCE, CRASH, a function of the payload, or a list of such."""

    url: str = ""
    received: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    script: dict[str, Any] = field(default_factory=dict)
    links: list[ServerConnection] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(101))
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    other: list[list[Any]] = field(default_factory=list)  # CALLRESULTERRORs
    repair: Callable[[str], str] = str  # for stations that write what is no JSON

    @classmethod
    @asynccontextmanager
    async def listen(cls, tls: SSLContext | None = None) -> AsyncIterator[Central]:
        """On a port of its own; with `tls` over TLS on the same one, too."""
        central = cls()
        async with AsyncExitStack() as stack:
            ports = []
            for context in (None, tls) if tls else (None,):
                listening = serve(central.attend, "127.0.0.1", 0, select_subprotocol=choose, ssl=context)
                server = await stack.enter_async_context(listening)
                ports.append(next(iter(server.sockets)).getsockname()[1])
            port = ports[0] if tls is None else await stack.enter_async_context(one_port(*ports))
            central.url = f"ws://127.0.0.1:{port}"
            yield central

    async def attend(self, link: ServerConnection) -> None:
        self.links.append(link)
        with suppress(ConnectionClosed):
            async for text in link:
                await self.hear(link, text)

    async def hear(self, link: ServerConnection, text: str | bytes) -> None:
        kind, unique, *rest = json.loads(self.repair(str(text)))
        if kind == 5:
            self.other.append([kind, unique, *rest])
            return
        if kind == 6:
            self.received.append((rest[0], rest[1]))
            self.ids.append(unique)
            return
        if kind != 2:
            self.waiting.pop(unique).set_result([kind, *rest])
            return
        self.received.append((rest[0], rest[1]))
        self.ids.append(unique)
        reply = self.reply(*rest)
        if reply is CRASH:
            link.transport.abort()
        elif isinstance(reply, str):
            await link.send(json.dumps([4, unique, reply, "", {}]))
        elif reply is not SILENCE:
            await link.send(json.dumps([3, unique, reply]))

    def reply(self, action: str, payload: dict[str, Any]) -> Any:
        newer = self.links and self.links[-1].subprotocol in VERSIONS[1:]
        reply = self.script.get(action, (DEFAULTS | (DEFAULTS_2 if newer else {})).get(action, {}))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        reply = reply(payload) if callable(reply) else reply
        return (
            reply | {"transactionId": next(self.numbers)}
            if reply == ACCEPTED and action == "StartTransaction"
            else reply
        )

    async def call(self, action: str, payload: dict[str, Any], unique: str | None = None) -> Any:
        """Ask the station that connected last: its payload, or [code, description, details] of a CALLERROR."""
        unique = unique or f"central-{next(self.numbers)}"
        self.waiting[unique] = asyncio.get_running_loop().create_future()
        await self.links[-1].send(json.dumps([2, unique, action, payload]))
        kind, *rest = await asyncio.wait_for(self.waiting[unique], 2)
        return rest[0] if kind == 3 else rest

    def of(self, action: str) -> list[dict[str, Any]]:
        """All payloads of one kind."""
        return [payload for name, payload in self.received if name == action]

    def statuses(self, connector: int = 1) -> list[str]:
        """The status words that a connector sent, in order."""
        return [p["status"] for p in self.of("StatusNotification") if p["connectorId"] == connector]

    @property
    def actions(self) -> list[str]:
        return [name for name, _ in self.received]


@asynccontextmanager
async def one_port(plain: int, secure: int) -> AsyncIterator[int]:
    """One port for both, told apart by the first byte (RFC 8446 - 5.1)."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        behind = await asyncio.open_connection("127.0.0.1", secure if first == b"\x16" else plain)
        behind[1].write(first)
        await asyncio.gather(pump(reader, behind[1]), pump(behind[0], writer))

    server = await asyncio.start_server(attend, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((name for name in offered if name in VERSIONS), None)


VERSIONS = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")
DEFAULTS: dict[str, Any] = {
    "BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 300},
    "Heartbeat": {"currentTime": NOW},
    "Authorize": ACCEPTED,
    "StartTransaction": ACCEPTED,
    "DataTransfer": {"status": "Accepted"},
    "SignCertificate": {"status": "Accepted"},
}
WELCOME = {"idTokenInfo": {"status": "Accepted"}}
DEFAULTS_2: dict[str, Any] = {
    "Authorize": WELCOME,
    "TransactionEvent": lambda payload: WELCOME if "idToken" in payload else {},
    "NotifyEVChargingNeeds": {"status": "Accepted"},
    "NotifyEVChargingSchedule": {"status": "Accepted"},
}
