"""One websocket connection of one station."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from inspect import isawaitable
import logging
import time
from typing import Final, Literal, Protocol

from .door import Request
from .frame import Call, Payload, Send, Version
from .link import CallFailed, Link, Outcome, Reject
from .liveness import Act, Liveness
from .quiet import QuietLog
from .redact import redact
from .replay import Answers
from .schema import InvalidPayload, UnknownAction

RECENT: Final = 40
MAX_RECENT_TEXT: Final = 1024

_LOGGER = logging.getLogger(__name__)
_quiet = QuietLog(_LOGGER, time.monotonic)

type Direction = Literal["in", "out"]


class Receiver(Protocol):
    """What answers a station; given by the central."""

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Answer a call, now or later; raises `Reject` to refuse it."""

    def durable(self) -> asyncio.Future[None] | None:
        """After `receive`: what to wait for before its answer may be sent, if anything."""

    def closed(self) -> None:
        """The connection has ended."""

    async def probe(self) -> None:
        """Cause some application traffic: the station has never answered a ping and is silent."""


class Line(Protocol):
    """The websocket below a session."""

    def send(self, text: bytes) -> None:
        """Send a text message."""

    def ping(self) -> None:
        """Send a ping."""

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake."""

    def abort(self) -> None:
        """Drop the connection at once."""


class Session:
    """Calls of both sides over one connection, from the handshake to its end."""

    def __init__(self, request: Request, version: Version, line: Line, answers: Answers, liveness: Liveness) -> None:
        self.identity = request.identity
        self.version = version
        self.request = request
        self.opened_at = datetime.now(UTC)
        self.closed = False
        self.strength = 0
        """How well the station has proved who it is, 0 where it has not."""
        self.certified: str | None = None
        """What the station's certificate calls it."""
        self.on_end: Callable[[Session], None] | None = None
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._link = Link(version, self._loop.time, answers, self._send)
        self._liveness = liveness
        self._alarm = self._loop.call_at(liveness.due, self._tick)
        self._deadline: asyncio.TimerHandle | None = None
        self._receiver: Receiver | None = None
        self._seen = time.time()
        self._malformed = 0
        self._recent: deque[tuple[float, Direction, bytes]] = deque(maxlen=RECENT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._sign_of_life: asyncio.Future[None] | None = None

    @property
    def last_seen(self) -> datetime:
        """Return when the last bytes came."""
        return datetime.fromtimestamp(self._seen, UTC)

    @property
    def answers_pings(self) -> bool:
        """Tell whether the station has ever answered a ping on this connection."""
        return self._liveness.answers_pings

    @property
    def counters(self) -> Counter[str]:
        """Return how often what happened on this connection."""
        return self._link.counters

    @property
    def recent(self) -> list[tuple[datetime, Direction, str]]:
        """Return the last messages, cut and without secrets."""
        return [
            (datetime.fromtimestamp(when, UTC), direction, redact(text.decode("utf-8", "replace")))
            for when, direction, text in self._recent
        ]

    async def call(self, action: str, payload: Payload, *, timeout: float = 30.0) -> Payload:
        """Ask the station and return its answer; the time includes waiting behind other calls.

        Raises `CallRejected`, `CallTimeout`, `LinkClosed`, `QueueFull`, or `InvalidPayload` when nothing was sent.
        """
        future: asyncio.Future[Payload] = self._loop.create_future()
        pending = self._link.call(action, payload, timeout, partial(_resolve, future))
        self._arm()
        try:
            return await future
        finally:
            self._link.cancel(pending)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection; what still waits for an answer fails at once."""
        if not self.closed:
            self._line.close(code, reason)
            self.ended()

    def serve(self, receiver: Receiver) -> None:
        """Let a receiver answer from now on."""
        self._receiver = receiver

    def heard(self) -> None:
        """Note that bytes came."""
        self._seen = time.time()
        self._liveness.heard(self._loop.time())
        if self._sign_of_life is not None and not self._sign_of_life.done():
            self._sign_of_life.set_result(None)

    def ponged(self) -> None:
        """Note that a pong came."""
        self._liveness.ponged()

    def received(self, data: bytes) -> None:
        """Take in one message; whatever it holds, the connection lives on."""
        if self.closed:
            return
        self._note("in", data)
        request = self._link.receive(data)
        if isinstance(request, Call):
            self._serve(request)
        elif isinstance(request, Send):
            self._take(Call(request.id, request.action, request.payload))
        elif self.counters["malformed"] != self._malformed:
            self._malformed = self.counters["malformed"]
            _quiet.report(self.identity, "sent a message that is no OCPP")
        if self._deadline is not None:
            self._arm()

    async def alive(self, patience: float) -> bool:
        """Ping the station and tell whether anything comes back in time."""
        if self._sign_of_life is None or self._sign_of_life.done():
            self._sign_of_life = self._loop.create_future()
        self._line.ping()
        done, _ = await asyncio.wait([self._sign_of_life], timeout=patience)
        return bool(done) and not self.closed

    def ended(self) -> None:
        """Tear down, once, whoever ended the connection."""
        if self.closed:
            return
        self.closed = True
        self._alarm.cancel()
        self._link.close()
        self._arm()
        if self._sign_of_life is not None and not self._sign_of_life.done():
            self._sign_of_life.set_result(None)
        if self.on_end is not None:
            self.on_end(self)
        if self._receiver is not None:
            self._receiver.closed()

    def abandon(self) -> None:
        """Cancel the answers still being prepared; without this they are kept for the next connection."""
        for task in self._tasks:
            task.cancel()

    def _serve(self, call: Call) -> None:
        """Answer one call, now or beside the reading of further messages."""
        try:
            answer, durable = self._ask(call)
        except Reject as refusal:
            self._link.reject(call, refusal.code, refusal.description)
            return
        if not isinstance(answer, dict):
            self._start(self._answer_later(call, answer, durable))
        elif durable is not None:
            durable.add_done_callback(partial(self._recorded, call, answer))
        else:
            self._answer(call, answer)

    def _ask(self, call: Call) -> tuple[Payload | Awaitable[Payload], asyncio.Future[None] | None]:
        if self._receiver is None:
            raise Reject("InternalError", "not ready")
        with _Border(self, call):
            return self._receiver.receive(call), self._receiver.durable()

    def _recorded(self, call: Call, answer: Payload, durable: asyncio.Future[None]) -> None:
        """Let an answer go that has waited for the ledger alone, which costs no task."""
        try:
            with _Border(self, call):
                durable.result()
        except Reject as refusal:
            self._link.reject(call, refusal.code, refusal.description)
        else:
            self._answer(call, answer)

    async def _answer_later(self, call: Call, answer: Awaitable[Payload], durable: asyncio.Future[None] | None) -> None:
        try:
            with _Border(self, call):
                payload = await answer
                if durable is not None:
                    await asyncio.shield(durable)
        except Reject as refusal:
            self._link.reject(call, refusal.code, refusal.description)
        else:
            self._answer(call, payload)

    def _take(self, call: Call) -> None:
        """Hand on a message that is never answered."""
        with suppress(Reject):
            answer, _ = self._ask(call)
            if isawaitable(answer):
                self._start(self._take_later(call, answer))

    async def _take_later(self, call: Call, answer: Awaitable[Payload]) -> None:
        with suppress(Reject), _Border(self, call):
            await answer

    def _answer(self, call: Call, payload: Payload) -> None:
        try:
            self._link.answer(call, payload)
        except InvalidPayload, UnknownAction:
            self.report(call)
            self._link.reject(call, "InternalError", "the answer could not be written")

    def report(self, call: Call) -> None:
        """Count and log a call that could not be handled, while its error is at hand."""
        self.counters["internal error"] += 1
        _quiet.report(self.identity, f"{call.action} could not be handled", exc_info=True)

    def _send(self, text: bytes) -> None:
        self._note("out", text)
        self._line.send(text)

    def _note(self, direction: Direction, text: bytes) -> None:
        self._recent.append((time.time(), direction, text[:MAX_RECENT_TEXT]))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _arm(self) -> None:
        """Set the timer to the next deadline of a call."""
        due = self._link.deadline
        if self._deadline is not None:
            if self._deadline.when() == due:
                return
            self._deadline.cancel()
        self._deadline = self._loop.call_at(due, self._expire) if due is not None else None

    def _expire(self) -> None:
        self._deadline = None
        self._link.expire()
        self._arm()

    def _tick(self) -> None:
        act = self._liveness.tick(self._loop.time())
        if act is Act.DEAD:
            self.counters["dead"] += 1
            self._line.abort()
            self.ended()
            return
        self._alarm = self._loop.call_at(self._liveness.due, self._tick)
        if act is Act.PING:
            self._line.ping()
        elif act is Act.PROBE and self._receiver is not None:
            self._start(self._probe(self._receiver))

    async def _probe(self, receiver: Receiver) -> None:
        with suppress(CallFailed):
            await receiver.probe()


class _Border:
    """Turns whatever goes wrong in a handler into a refusal of that one call; its connection lives on."""

    __slots__ = ("_call", "_session")

    def __init__(self, session: Session, call: Call) -> None:
        self._session = session
        self._call = call

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, Reject):
            self._session.report(self._call)
            raise Reject("InternalError", "the request could not be handled") from None


def _resolve(future: asyncio.Future[Payload], outcome: Outcome) -> None:
    if future.done():
        return
    if isinstance(outcome, CallFailed):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
