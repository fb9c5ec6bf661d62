"""The remote procedure calls of OCPP-J as a state machine: no socket, no await, the clock comes from outside."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
import secrets
from typing import Final

from . import schema
from .frame import (
    CALL,
    UNREADABLE_ID,
    Call,
    CallError,
    CallResult,
    CallResultError,
    Fault,
    Frame,
    Malformed,
    MessageId,
    Payload,
    Send,
    Version,
    decode,
    encode,
)
from .harmless import objection
from .replay import Answers, Ticket

MAX_QUEUE: Final = 32


class Reject(Exception):
    """Raised by a receiver to answer a call with a CALLERROR of this code (2.x spelling)."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description


class CallFailed(Exception):
    """A call of ours brought no answer."""


class CallRejected(CallFailed):
    """The station answered with a CALLERROR."""

    def __init__(self, code: str, description: str = "", details: Payload | None = None) -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description
        self.details = details or {}


class CallTimeout(CallFailed):
    """The station did not answer in time, or the call waited too long behind others."""


class LinkClosed(CallFailed):
    """The connection ended before the answer came."""


class QueueFull(CallFailed):
    """Too many calls wait for this station."""


type Outcome = Payload | CallFailed


@dataclass(slots=True, eq=False)
class Pending:
    """A call of ours, waiting in the queue or for its answer."""

    call: Call
    text: bytes
    deadline: float
    settle: Callable[[Outcome], None]


class Link:
    """One connection's calls in both directions: one of ours at a time, any number of theirs."""

    def __init__(
        self, version: Version, clock: Callable[[], float], answers: Answers, send: Callable[[bytes], None]
    ) -> None:
        self.version = version
        self.counters: Counter[str] = Counter()
        self.closed = False
        self._clock = clock
        self._answers = answers
        self._send = send
        self._tickets: dict[MessageId, Ticket] = {}
        self._queue: deque[Pending] = deque()
        self._in_flight: Pending | None = None
        self._ids = map(f"{secrets.token_hex(8)}-{{}}".format, count(1))

    def receive(self, data: bytes | bytearray) -> Call | Send | None:
        """Take in one message; returns the station's request if it is one that must be handled."""
        try:
            frame = decode(data, self.version)
        except Malformed as error:
            self._malformed(error)
            return None
        match frame:
            case Call():
                return self._called(frame, hash(bytes(data)))
            case Send():
                return self._sent(frame)
            case CallResultError():
                self.counters["answer refused by the station"] += 1
            case _:
                self._answered(frame)
        return None

    def answer(self, call: Call, payload: Payload) -> None:
        """Answer a call of the station; raises `InvalidPayload` and leaves the call open if the answer is none."""
        schema.check(self.version, call.action, payload, "response")
        self._settle(call.id, CallResult(call.id, payload))

    def reject(self, call: Call, code: str, description: str = "") -> None:
        """Refuse a call of the station."""
        self._settle(call.id, CallError(call.id, code, description))

    def call(self, action: str, payload: Payload, timeout: float, settle: Callable[[Outcome], None]) -> Pending:
        """Send a request or queue it; `settle` gets the answer or the reason why there is none, exactly once.

        Raises `LinkClosed`, `QueueFull`, `InvalidPayload` or `UnknownAction` at once, and then `settle` hears nothing.
        """
        if self.closed:
            raise LinkClosed("the station is not connected")
        if len(self._queue) >= MAX_QUEUE:
            raise QueueFull(f"{MAX_QUEUE} calls are waiting for this station already")
        if (reason := objection(payload)) != "":
            raise schema.InvalidPayload(f"{action}: {reason}")
        schema.check(self.version, action, payload, "request")
        call = Call(next(self._ids), action, payload)
        pending = Pending(call, self._written(call), self._clock() + timeout, settle)
        self._queue.append(pending)
        self._advance()
        return pending

    def cancel(self, pending: Pending) -> None:
        """Forget a call nobody waits for; one that was sent still blocks the next until its answer or deadline."""
        pending.settle = _nobody
        if pending is not self._in_flight and pending in self._queue:
            self._queue.remove(pending)

    @property
    def deadline(self) -> float | None:
        """When `expire` must be called."""
        waiting = [pending.deadline for pending in self._queue]
        if self._in_flight is not None:
            waiting.append(self._in_flight.deadline)
        return min(waiting, default=None)

    def expire(self) -> None:
        """Fail the calls whose time is over."""
        now = self._clock()
        expired = [pending for pending in self._queue if pending.deadline <= now]
        for pending in expired:
            self._queue.remove(pending)
        in_flight = self._in_flight
        if in_flight is not None and in_flight.deadline <= now:
            self._in_flight = None
            expired.insert(0, in_flight)
        self.counters["time-out"] += len(expired)
        for pending in expired:
            pending.settle(CallTimeout(f"{pending.call.action} was not answered in time"))
        self._advance()

    def close(self) -> None:
        """End the link: what waits fails now, what comes later is ignored."""
        if self.closed:
            return
        self.closed = True
        self._answers.disconnected()
        waiting = [*([self._in_flight] if self._in_flight else []), *self._queue]
        self._in_flight = None
        self._queue.clear()
        for pending in waiting:
            pending.settle(LinkClosed(f"the connection ended before {pending.call.action} was answered"))

    def _called(self, call: Call, content: int) -> Call | None:
        ticket = self._tickets.get(call.id)
        if ticket is not None:
            self.counters["repeated call"] += 1
            if ticket.content != content:
                # OCPP-J 1.6 - 4.2.3: "an existing call with the same unique identifier is being handled already"
                self._reply(CallError(call.id, "GenericError", "another call with this id is being answered"))
            return None
        if not schema.known(self.version, call.action):
            self.counters["unknown action"] += 1
            self._reply(CallError(call.id, "NotImplemented", f"OCPP {self.version} has no {call.action[:50]}"))
            return None
        ticket = self._answers.admit(call.id, call.action, content, self._deliver)
        if ticket is None:
            self.counters["repeated call"] += 1
            return None
        self._tickets[call.id] = ticket
        payload, faults = schema.read(self.version, call.action, call.payload, "request", self.counters)
        return call if payload is call.payload else Call(call.id, call.action, payload, faults)

    def _sent(self, send: Send) -> Send | None:
        payload, faults = schema.read(self.version, send.action, send.payload, "request", self.counters)
        if faults:
            self.counters["malformed"] += 1
            return None
        return Send(send.id, send.action, payload)

    def _answered(self, frame: CallResult | CallError) -> None:
        pending = self._in_flight
        if pending is None or frame.id not in (pending.call.id, UNREADABLE_ID):
            self.counters["late or unknown answer"] += 1
            return
        self._in_flight = None
        pending.settle(self._outcome(pending.call, frame))
        self._advance()

    def _outcome(self, call: Call, frame: CallResult | CallError) -> Outcome:
        if isinstance(frame, CallError):
            self.counters["refused by the station"] += 1
            return CallRejected(frame.code, frame.description, frame.details)
        payload, faults = schema.read(self.version, call.action, frame.payload, "response", self.counters)
        if faults:
            return self._unusable(call.id, faults[0].code, _describe(faults[0]))
        return payload

    def _unusable(self, message_id: MessageId, code: str, description: str) -> CallRejected:
        """Give up on an answer; only 2.1 has a message to tell the station so (part 4 - 4.2.3)."""
        self.counters["unusable answer"] += 1
        if self.version == "2.1":
            self._reply(CallResultError(message_id, code, description))
        return CallRejected(code, f"the answer is unusable: {description}")

    def _malformed(self, error: Malformed) -> None:
        """Answer a message that is no frame, where the specification has an answer for it."""
        self.counters["malformed"] += 1
        pending = self._in_flight
        if pending is not None and error.id == pending.call.id and error.kind != CALL:
            self._in_flight = None
            pending.settle(self._unusable(pending.call.id, error.code, error.description))
            self._advance()
        elif self._answerable(error):
            message_id = error.id if error.id is not None else UNREADABLE_ID
            self._reply(CallError(message_id, error.code, error.description))

    def _answerable(self, error: Malformed) -> bool:
        if error.code == "MessageTypeNotSupported":
            # OCPP 2.0.1 ed. 3 part 4 - 4.4 answers; OCPP-J 1.6 - 4.1.3 and 2.1 ed. 1 part 4 - 4.1.3 ignore.
            return self.version == "2.0.1"
        if error.kind == CALL:
            return error.id is not None or self.version != "1.6"
        # OCPP 2.0.1 ed. 3 part 4 - 4.2.3: corrupt, and perhaps a call; an answer or error is never refused so.
        return error.kind == 0 and self.version != "1.6"

    def _advance(self) -> None:
        """Send the next call when none is on its way (OCPP-J 1.6 - 4.1.1)."""
        if self._in_flight is None and self._queue and not self.closed:
            self._in_flight = self._queue.popleft()
            self._deliver(self._in_flight.text)

    def _settle(self, message_id: MessageId, frame: CallResult | CallError) -> None:
        text = self._written(frame)
        ticket = self._tickets.pop(message_id, None)
        if ticket is not None:
            self._answers.settle(message_id, ticket, text, keep=isinstance(frame, CallResult))

    def _reply(self, frame: Frame) -> None:
        self._deliver(encode(frame, self.version))

    def _written(self, frame: Frame) -> bytes:
        """Write what our own code made, which may hold what JSON cannot: a number beyond 64 bits, half a character."""
        try:
            return encode(frame, self.version)
        except TypeError as error:
            raise schema.InvalidPayload(f"not to be written as JSON: {error}") from error

    def _deliver(self, text: bytes) -> None:
        if not self.closed:
            self._send(text)


def reject_faults(call: Call) -> None:
    """Raise the first fault of a call as the `Reject` the specification asks for."""
    if call.faults:
        raise Reject(call.faults[0].code, _describe(call.faults[0]))


def _describe(fault: Fault) -> str:
    return f"{fault.path} {fault.message}"[:255]


def _nobody(outcome: Outcome) -> None:
    """Take the outcome of a call that was cancelled."""
