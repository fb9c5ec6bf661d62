"""Stations nobody knows yet: they are kept waiting politely, few at a time, and nothing of them is stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
import time
from typing import Final

from .dialogue.clock import stamp
from .gate import first_contact
from .model.station import Identity
from .security.attempts import ATTEMPTS, Buckets
from .security.proof import Standing
from .v1 import boot as first
from .v2 import boot as second
from .wire.frame import Call, Payload
from .wire.link import Reject
from .wire.session import Receiver, Session

PATIENCE: Final = 15
"""After so many seconds a waiting station asks again (OCPP 1.6 ed. 2 - 4.2: interval of a Pending answer)."""
INTRODUCTIONS: Final = {"1.6": first.introduce, "2.0.1": second.introduce, "2.1": second.introduce}
PLACES: Final = 5
"""So many strangers may wait at once."""


@dataclass(slots=True)
class Stranger:
    """A station that dials in and is not known: what its owner needs to recognise it."""

    name: str
    address: str
    version: str
    first_seen: datetime
    last_seen: datetime
    identity: Identity | None = None
    session: Session | None = field(default=None, repr=False)
    standing: Standing | None = field(default=None, repr=False)
    """What can be asked of it once it is taken in, by the password it shows; None where it shows none."""


class Guest:
    """Receives what a stranger sends, until its owner takes it in.

    Boots are answered Pending, heartbeats with the time; whatever would have to be kept is refused, so that the
    station keeps it (OCPP 1.6 ed. 2 - 3.7.1: a CALLERROR makes it try again later).
    """

    def __init__(self, stranger: Stranger, version: str, told: Callable[[Stranger], None]) -> None:
        """Wait with `stranger`; `told` is called when it has said what it is."""
        self._version = version
        self._pending = False
        self.stranger = stranger
        self._told = told

    def receive(self, call: Call) -> Payload:
        """Answer one request without keeping anything but who asks."""
        now = datetime.now(UTC)
        self.stranger.last_seen = now
        if call.action == "BootNotification":
            identity = INTRODUCTIONS[self._version](call.payload)
            if identity != self.stranger.identity:
                self.stranger.identity = identity
                self._told(self.stranger)
            self._pending = True
            return {"status": "Pending", "currentTime": stamp(now), "interval": PATIENCE}
        if self._pending and self._version != "1.6":
            # OCPP 2.0.1 ed. 3 - B02.FR.09: "The CSMS SHALL respond with RPC Framework: CALLERROR: SecurityError"
            raise Reject("SecurityError", "This station has not been accepted yet")
        if call.action == "Heartbeat":
            return {"currentTime": stamp(now)}
        if call.action == "StatusNotification":
            return {}
        raise Reject("SecurityError", "This station has not been accepted yet")

    def durable(self) -> None:
        """Nothing is kept."""
        return

    def closed(self) -> None:
        """Note that the stranger left."""
        self.stranger.session = None

    async def probe(self) -> None:
        """Ask nothing of a stranger: it speaks by itself every `PATIENCE` seconds."""


class Waiting:
    """The strangers who wait, by casefolded name; when the room is full the one gone longest makes place."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.strangers: dict[str, Stranger] = {}
        self.refused = 0
        self._looks = Buckets(ATTEMPTS, time.monotonic)
        self.told: Callable[[Stranger], None] | None = None

    def place(self, key: str) -> bool:
        """Whether somebody called `key` may wait."""
        if key in self.strangers or len(self.strangers) < PLACES or self._gone() is not None:
            return True
        self.refused += 1
        return False

    def welcome(self, key: str, session: Session) -> Receiver:
        """Let a stranger wait."""
        now = datetime.now(UTC)
        stranger = self.strangers.get(key)
        if stranger is None:
            gone = self._gone()
            if len(self.strangers) >= PLACES and gone is not None:
                del self.strangers[gone]
            address = session.request.peer
            stranger = self.strangers[key] = Stranger(session.identity, address, session.version, now, now)
        stranger.session, stranger.last_seen, stranger.version = session, now, session.version
        if self._looks.take(session.request.peer):
            stranger.standing = first_contact(session.request, stranger.standing)
        self._tell(stranger)
        return Guest(stranger, session.version, self._tell)

    def leave(self, key: str) -> Stranger | None:
        """Let go of a stranger who has been taken in."""
        return self.strangers.pop(key, None)

    def _gone(self) -> str | None:
        gone = [key for key, stranger in self.strangers.items() if stranger.session is None]
        return min(gone, key=lambda key: self.strangers[key].last_seen, default=None)

    def _tell(self, stranger: Stranger) -> None:
        if self.told is not None:
            self.told(stranger)
