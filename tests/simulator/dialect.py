"""What a version of OCPP must be able to put into words; `v16` is one, another version is one more module."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .oddities import Payload
from .outbox import Message

if TYPE_CHECKING:
    from .connector import Connector
    from .machine import Machine
    from .record import Transaction

type Request = tuple[str, Payload]
type Answer = Callable[[Any, Payload], Payload]


class Dialect(Protocol):
    """The station's vocabulary."""

    SUBPROTOCOL: str
    SCHEMAS: str
    ANSWERS: Mapping[str, Answer]

    def boot(self, machine: Machine) -> Request: ...
    def heartbeat(self) -> Request: ...
    def status(self, machine: Machine, connector: Connector) -> Request: ...
    def conflict(self, machine: Machine) -> Request: ...
    def authorize(self, tag: str) -> Request: ...
    def security_event(self, machine: Machine, kind: str, info: str) -> Request: ...
    def started(self, machine: Machine, transaction: Transaction) -> Message: ...
    def sampled(self, connector: Connector, transaction: Transaction | None, bucket: Payload) -> Message: ...
    def stopped(self, machine: Machine, transaction: Transaction) -> Message: ...
    def status_of(self, action: str, answer: Payload) -> str: ...
