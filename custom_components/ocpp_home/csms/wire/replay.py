"""Answers kept for a while, so that a repeated call gets the same answer instead of being handled twice."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .frame import MessageId

LIFETIME: Final = 300.0
SIZE: Final = 64

ALWAYS_FRESH: Final = frozenset({"BootNotification", "Heartbeat"})
"""Their answers carry the present time; an old one would set the station's clock back."""

ACROSS_CONNECTIONS: Final = frozenset({"StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent"})
"""What a station queues and sends again after a reconnect (OCPP 1.6 ed. 2 - 3.7.1), stamped with its own time.

Other messages are forgotten with their connection: a station that counts its ids from 1 after a reboot would
otherwise get an answer from before it.
"""

type Deliver = Callable[[bytes], None]


@dataclass(slots=True)
class Ticket:
    """One call that is being answered, or was; all connections that asked for it get the answer."""

    action: str
    content: int
    since: float
    waiting: list[Deliver] = field(default_factory=list)
    answer: bytes | None = None


class Answers:
    """The recent answers to one station; outlives its connections."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tickets: OrderedDict[MessageId, Ticket] = OrderedDict()

    def admit(self, message_id: MessageId, action: str, content: int, deliver: Deliver) -> Ticket | None:
        """Return a ticket for a new call; for a repeated one deliver its answer, now or when it is there."""
        now = self._clock()
        ticket = self._tickets.get(message_id)
        if ticket is not None and ticket.content == content and now - ticket.since < LIFETIME:
            if ticket.answer is not None:
                deliver(ticket.answer)
            else:
                ticket.waiting.append(deliver)
            return None
        ticket = Ticket(action, content, now, [deliver])
        if action not in ALWAYS_FRESH:
            self._tickets[message_id] = ticket
            self._tickets.move_to_end(message_id)
            if len(self._tickets) > SIZE:
                self._tickets.popitem(last=False)
        return ticket

    def settle(self, message_id: MessageId, ticket: Ticket, answer: bytes, *, keep: bool) -> None:
        """Deliver the answer to all who wait for it; a refusal is not kept, so that a repetition is a new try."""
        waiting, ticket.waiting = ticket.waiting, []
        if keep:
            ticket.answer = answer
        elif self._tickets.get(message_id) is ticket:
            del self._tickets[message_id]
        for deliver in waiting:
            deliver(answer)

    def disconnected(self) -> None:
        """Forget what must not be replayed on another connection."""
        for message_id in [key for key, ticket in self._tickets.items() if ticket.action not in ACROSS_CONNECTIONS]:
            del self._tickets[message_id]
