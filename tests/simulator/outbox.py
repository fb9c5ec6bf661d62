"""The order in which a station speaks: transaction messages are kept, retried and never overtaken by each other.

OCPP 1.6 ed. 2 - 3.7 and 3.7.1; notifications are sent once and may overtake a transaction message that waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol
from uuid import uuid4

from .clock import Clock
from .oddities import Payload
from .wire import LinkLost, Refused


def ignore(_: Payload | None) -> None:
    """Learn nothing from an answer."""


@dataclass
class Message:
    """A request to be sent; built when its turn comes, because only then the transaction's number is known."""

    action: str
    build: Callable[[], Payload]
    learn: Callable[[Payload | None], None] = ignore  # None: given up
    again: str = ""  # "same id" or "new id": sent a second time after it was answered
    same_id_on_retry: bool = False
    attempts: int = 0
    resting: bool = False
    asked: bool = False  # for by the central system, and so sent before the boot is accepted (2.x B02.FR.02)
    number: int = 0
    id: str = field(default_factory=lambda: str(uuid4()))


class Sender(Protocol):
    """What the outbox needs of its station."""

    clock: Clock
    failures: list[str]

    @property
    def ready(self) -> bool: ...
    @property
    def pending(self) -> bool: ...
    @property
    def attempts_allowed(self) -> int: ...
    @property
    def retry_interval(self) -> float: ...
    def transmit(self, action: str, payload: Payload, message_id: str) -> Awaitable[Payload]: ...


@dataclass
class Outbox:
    """Two queues and one pump."""

    sender: Sender
    kept: deque[Message] = field(default_factory=deque)  # transaction-related, durable
    notes: deque[Message] = field(default_factory=deque)  # lost with the power
    held: bool = False  # transaction messages are not sent
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _in_flight: bool = False
    _naps: set[asyncio.Task[None]] = field(default_factory=set)

    def keep(self, message: Message) -> None:
        """Queue a transaction-related message."""
        self._add(self.kept, message)

    def note(self, message: Message) -> None:
        """Queue anything else."""
        self._add(self.notes, message)

    def wake(self) -> None:
        """Look again: the station became ready."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing can be sent at this moment."""
        return not self._in_flight and self._next() is None

    async def pump(self) -> None:
        """Send for ever."""
        while True:
            message = self._next()
            if message is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            self._in_flight = True
            try:
                await self._deliver(message)
            finally:
                self._in_flight = False

    def _add(self, queue: deque[Message], message: Message) -> None:
        message.number = next(self._numbers)
        queue.append(message)
        self._wake.set()

    def _next(self) -> Message | None:
        if not self.sender.ready:
            asked = (note for note in self.notes if note.asked and self.sender.pending)
            return next(asked, None)
        queues = (self.notes,) if self.held else (self.kept, self.notes)
        heads = [queue[0] for queue in queues if queue and not queue[0].resting]
        return min(heads, key=lambda message: message.number, default=None)

    async def _deliver(self, message: Message) -> None:
        message.attempts += 1
        if message.attempts > 1 and not message.same_id_on_retry:
            message.id = str(uuid4())
        try:
            answer = await self.sender.transmit(message.action, message.build(), message.id)
        except LinkLost:
            message.attempts -= 1  # nobody failed to process it
            if message in self.notes:
                self.notes.remove(message)
            return
        except (Refused, TimeoutError) as failure:
            self.sender.failures.append(f"{message.action}: {failure}")
            self._failed(message)
            return
        self._done(message, answer)

    def _done(self, message: Message, answer: Payload | None) -> None:
        for queue in (self.kept, self.notes):
            if message in queue:
                queue.remove(message)
        message.learn(answer)
        if message.again and answer is not None:
            number = message.number
            copy = Message(message.action, message.build, message.learn, number=number)
            copy.id = message.id if message.again == "same id" else copy.id
            self.kept.appendleft(copy)

    def _failed(self, message: Message) -> None:
        if message not in self.kept or message.attempts >= self.sender.attempts_allowed:
            self._done(message, None)
            return
        # 3.7.1: "multiplied by the number of preceding transmissions of this same message"
        self._rest(message, self.sender.retry_interval * message.attempts)

    def _rest(self, message: Message, seconds: float) -> None:
        message.resting = True

        async def nap() -> None:
            await self.sender.clock.sleep(seconds)
            message.resting = False
            self._wake.set()

        task = asyncio.ensure_future(nap())
        self._naps.add(task)
        task.add_done_callback(self._naps.discard)

    def stop(self) -> None:
        """Forget the naps; what was kept stays kept."""
        for nap in self._naps:
            nap.cancel()
        for message in self.kept:
            message.resting = False
