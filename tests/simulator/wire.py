"""The station's end of the websocket: raw OCPP-J frames, and a sharp eye on the central system's."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
import json
import ssl
from typing import Any, Protocol, cast
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from . import schemas
from .disguise import frame_text
from .oddities import Oddities, Payload

CALL, RESULT, ERROR, RESULT_ERROR, SEND = 2, 3, 4, 5, 6


class LinkLost(ConnectionError):
    """The link is down, or went down before the answer came."""


class Refused(Exception):
    """A CALLERROR, received (raised by `call`) or to be sent (raised by whoever answers)."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class Silence(Exception):
    """Raised by whoever answers when the central system shall get no answer."""


class Owner(Protocol):
    """What the wire needs of the station it belongs to."""

    identity: str
    oddities: Oddities
    violations: list[str]
    failures: list[str]
    message_timeout: float
    broken: BaseException | None

    @property
    def schemas(self) -> str: ...
    @property
    def subprotocol(self) -> str: ...
    async def answer(self, action: str, payload: Payload) -> Payload: ...
    def answered(self) -> None: ...
    def lost(self) -> None: ...


@dataclass
class Credentials:
    """How the station proves itself."""

    password: str | bytes | None = None
    ssl: ssl.SSLContext | None = None

    def header(self, identity: str) -> dict[str, str]:
        """The Authorization header, when there is a password."""
        if self.password is None:
            return {}
        password = self.password.encode() if isinstance(self.password, str) else self.password
        return {"Authorization": "Basic " + b64encode(identity.encode() + b":" + password).decode()}


@dataclass
class Wire:
    """One connection's life; the station makes a new one for every dial."""

    owner: Owner
    _socket: ClientConnection
    _waiting: dict[str, tuple[str, asyncio.Future[Payload]]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _seen: set[str] = field(default_factory=set)
    _unanswered: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def dial(cls, url: str, owner: Owner, credentials: Credentials) -> Wire:
        """Connect; OSError and websockets' InvalidHandshake when that fails."""
        offered = owner.oddities.subprotocols
        socket = await connect(
            url.rstrip("/") + owner.oddities.path.format(id=owner.identity),
            subprotocols=[Subprotocol(name) for name in ((owner.subprotocol,) if offered is None else offered)] or None,
            additional_headers=credentials.header(owner.identity.replace("%20", " ")),
            ssl=credentials.ssl,
            compression="deflate" if owner.oddities.deflate else None,
            ping_interval=None,
            open_timeout=owner.message_timeout,
            close_timeout=1,
            max_size=4 * 1024 * 1024,
            proxy=None,
        )
        if not owner.oddities.answers_pings:
            deafen(socket)
        wire = cls(owner, socket)
        wire._spawn(wire._read())
        return wire

    @property
    def chosen_subprotocol(self) -> str | None:
        """What the central system chose of the offered."""
        return self._socket.subprotocol

    async def call(self, action: str, payload: Payload, message_id: str | None = None) -> Payload:
        """Send a request as it is and return its answer; Refused, TimeoutError or LinkLost otherwise."""
        async with self._turn:  # OCPP-J 1.6 - 4.1.1: one request at a time
            unique = message_id or str(uuid4())
            answer = asyncio.get_running_loop().create_future()
            self._waiting[unique] = (action, answer)
            try:
                await self.send_text(frame_text([CALL, unique, action, payload], self.owner.oddities))
                return await asyncio.wait_for(answer, self.owner.message_timeout)
            except TimeoutError:
                raise TimeoutError(
                    f"{self.owner.identity}: {action} was not answered within {self.owner.message_timeout:g} s"
                ) from None
            finally:
                self._waiting.pop(unique, None)
                if answer.done() and not answer.cancelled():
                    answer.exception()  # the link may have gone down while this was being sent

    async def send(self, action: str, payload: Payload) -> None:
        """Send what nobody answers (OCPP-J 2.1 - 4.2.5)."""
        await self.send_text(frame_text([SEND, str(uuid4()), action, payload], self.owner.oddities))

    async def send_text(self, text: str) -> None:
        """Put any text on the wire."""
        try:
            await self._socket.send(text)
        except ConnectionClosed as closed:
            raise LinkLost(f"{self.owner.identity}: {closed}") from None

    async def ping(self) -> None:
        """Send a ping and wait for its pong."""
        try:
            await asyncio.wait_for(await self._socket.ping(), self.owner.message_timeout)
        except ConnectionClosed as closed:
            raise LinkLost(f"{self.owner.identity}: {closed}") from None
        except TimeoutError:
            raise TimeoutError(f"{self.owner.identity}: a ping was not answered") from None

    async def close(self, code: int = 1000) -> None:
        """Close politely."""
        await self._socket.close(code)
        self._cancel()

    def abort(self) -> None:
        """Cut the TCP connection without a word."""
        self._socket.transport.abort()

    @property
    def anchor(self) -> bytes | None:
        """The root (DER) that vouches for the central system; None without TLS."""
        tls = self._socket.transport.get_extra_info("ssl_object")
        return None if tls is None else cast(bytes, tls.get_verified_chain()[-1])

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer, in either direction."""
        return bool(self._waiting) or (bool(self._unanswered) and not self.owner.oddities.answer_delay)

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self._receive(text)
        except ConnectionClosed:
            pass
        finally:
            for _, answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(LinkLost(f"{self.owner.identity}: the link went down before the answer came"))
            self.owner.lost()

    def _receive(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
            kind, unique, *rest = frame
        except ValueError, TypeError:
            return self._violation(f"unreadable frame {text[:200]!r}")
        if kind == CALL and len(rest) == 2:
            return self._called(unique, *rest)
        if kind == RESULT and len(rest) == 1:
            return self._result(unique, rest[0])
        if kind == ERROR and len(rest) == 3:
            return self._error(unique, *rest)
        if kind == RESULT_ERROR and len(rest) == 3 and self.owner.schemas == "v21":
            return self.owner.failures.append(f"the answer was not understood: {rest}")
        return self._violation(f"malformed frame {text[:200]!r}")

    def _called(self, unique: Any, action: Any, payload: Any) -> None:
        if not isinstance(unique, str) or len(unique) > 36 or unique in self._seen:
            self._violation(f"{action} has the message id {unique!r}, which is too long or was used before")
        if self._unanswered and not self.owner.oddities.answer_delay:
            self._violation(f"{action} was sent while another request waits for its answer")
        for fault in schemas.faults(self.owner.schemas, action, payload):
            self._violation(f"{action} request: {fault}")
        self._seen.add(unique)
        self._unanswered.add(unique)
        self._spawn(self._answer(unique, action, payload))

    async def _answer(self, unique: str, action: str, payload: Payload) -> None:
        try:
            frame: list[Any] = [RESULT, unique, await self.owner.answer(action, payload)]
        except Refused as refused:
            frame = [ERROR, unique, refused.code, refused.description, {}]
        except Silence:
            self._unanswered.discard(unique)
            return
        self._unanswered.discard(unique)
        copies = 2 if self.owner.oddities.answers_twice else 1
        for _ in range(copies):
            await self.send_text(frame_text(frame, self.owner.oddities))
        self.owner.answered()

    def _result(self, unique: Any, payload: Any) -> None:
        action, answer = self._take(unique, "CALLRESULT")
        if answer is None:
            return
        faults = schemas.faults(self.owner.schemas, action, payload, response=True)
        for fault in faults:
            self._violation(f"{action} response: {fault}")
        if faults and self.owner.schemas == "v21":
            frame = [RESULT_ERROR, unique, "FormatViolation", faults[0][:255], {}]
            self._spawn(self.send_text(frame_text(frame, self.owner.oddities)))
        answer.set_result(payload)

    def _error(self, unique: Any, code: Any, description: Any, _details: Any) -> None:
        _, answer = self._take(unique, "CALLERROR")
        if answer is not None:
            answer.set_exception(Refused(str(code), str(description)))

    def _take(self, unique: Any, kind: str) -> tuple[str, asyncio.Future[Payload] | None]:
        action, answer = self._waiting.pop(unique, ("", None)) if isinstance(unique, str) else ("", None)
        if answer is None or answer.done():
            self._violation(f"{kind} for {unique!r}, which waits for no answer")
            return action, None
        return action, answer

    def _violation(self, text: str) -> None:
        self.owner.violations.append(text)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.owner.broken = error

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()


async def _quietly(work: Awaitable[None]) -> None:
    with suppress(LinkLost):  # nobody is left to answer
        await work


def deafen(socket: Connection) -> None:
    """Make the library swallow the pongs that it would send by itself."""
    protocol = socket.protocol
    send: Callable[[Frame], None] = protocol.send_frame

    def silent(frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            send(frame)

    cast(Any, protocol).send_frame = silent
