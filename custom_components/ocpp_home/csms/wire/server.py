"""The listening port: who may come in, who is in, and what happens when one comes twice."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import logging
import time
from types import MappingProxyType
from typing import Final, Protocol

from . import schema
from .connection import Connection, Patience
from .door import Request, choose, version_of
from .frame import Version
from .http import Response, Visit, greeting, plain
from .liveness import SILENCE, Liveness
from .origin import of_a_page
from .past import Pasts
from .quiet import QuietLog
from .session import Receiver, Session
from .tls import Entrance

MAX_WAITING: Final = 256
MAX_WAITING_PER_PEER: Final = 16
READ_SIZE: Final = 64 * 1024

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The central's decision about a request: let in (the default) or refuse with an HTTP status.

    `versions` is the central's order of preference and pins the station to them; without it the client's order counts.
    `assume` is the version of a client that offers no subprotocol at all. `strength` says how well it has proved who it
    is, 0 where it has not, and `certified` what its certificate calls it.
    """

    status: int = 101
    reason: str = ""
    versions: tuple[Version, ...] | None = None
    assume: Version = "1.6"
    compression: bool = True
    ping_interval: float | None = 30.0
    silence: float = SILENCE
    strength: int = 0
    certified: str | None = None


class Reception(Protocol):
    """Who decides about stations; given by the central."""

    def admit(self, request: Request) -> Admission:
        """Decide before the upgrade, and before any state of the station exists."""

    def open(self, session: Session) -> Receiver:
        """Greet a station whose connection is open."""

    def contested(self, key: str, peer: str) -> None:
        """Hear that somebody at `peer` was turned away, because a living station has the (casefolded) identity."""


class Server:
    """One port for all stations."""

    def __init__(
        self,
        reception: Reception,
        versions: tuple[Version, ...] = ("1.6",),
        http: Visit | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self.read_buffer = memoryview(bytearray(READ_SIZE))
        self.counters: Counter[str] = Counter()
        self._log = QuietLog(_LOGGER, time.monotonic)
        self._reception = reception
        self._versions = versions
        self._http = http
        self._listeners: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._waiting: Counter[str] = Counter()
        self._sessions: dict[str, Session] = {}
        self._pasts = Pasts(time.monotonic)
        self._contests: dict[str, list[tuple[Connection, Request, Admission]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Return the port that is listened on; raises `RuntimeError` before `start`."""
        if not self._listeners:
            raise RuntimeError("the server is not started")
        port: int = self._listeners[0].sockets[0].getsockname()[1]
        return port

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Return the live sessions by casefolded identity."""
        return MappingProxyType(self._sessions)

    async def start(self, host: str | list[str], port: int, entrance: Entrance | None = None) -> None:
        """Listen, on one more port where one is listened on; raises `OSError` when the port is not to be had."""
        loop = asyncio.get_running_loop()
        for version in self._versions:
            await loop.run_in_executor(None, schema.load, version)
        entered = partial(Connection, self, entrance or Entrance())
        self._listeners.append(await loop.create_server(entered, host, port, reuse_address=True, backlog=512))

    async def stop(self) -> None:
        """Free the port at once and send every station away with 1001, so that it dials again."""
        if not self._listeners:
            return
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for task in self._tasks:
            task.cancel()
        self._contests.clear()
        for session in list(self._sessions.values()):
            session.close(1001, "restarting")
            session.abandon()
        self._empty = asyncio.Event()
        if self._connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), self.patience.stop)
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    # What a connection asks.

    def arrived(self, connection: Connection) -> bool:
        """Count a connection as waiting at the door, unless too many do."""
        self._connections.add(connection)
        if self._waiting.total() >= MAX_WAITING or self._waiting[connection.peer] >= MAX_WAITING_PER_PEER:
            self.counters["too many at the door"] += 1
            return False
        self._waiting[connection.peer] += 1
        connection.waiting = True
        return True

    def knocked(self, connection: Connection, request: Request) -> None:
        """Let a station in, refuse it, or find out first whether it is here already."""
        nobody = Admission(status=404, reason="the path names no station")
        admission = self._reception.admit(request) if request.identity else nobody
        key = request.identity.casefold()
        if admission.status != 101:
            self._refuse(connection, admission.status, admission.reason)
        elif not admission.strength and of_a_page(request):
            self._refuse(connection, 403, "pages are not served here")
        elif key in self._contests:
            self._contests[key].append((connection, request, admission))
        elif key in self._sessions:
            self._contests[key] = [(connection, request, admission)]
            self._start(self._contest(key, self._sessions[key]))
        else:
            self._let_in(connection, request, admission)

    def visited(self, connection: Connection, request: Request, body: asyncio.StreamReader) -> None:
        """Answer plain HTTP."""
        if self._http is None:
            connection.respond(greeting(request))
        else:
            self._start(self._visit(self._http, connection, request, body))

    def unheard(self, connection: Connection, reason: str) -> None:
        """Note that a client and we do not agree on TLS."""
        self.counters["no TLS"] += 1
        self._log.report(connection.peer, "no TLS came about", reason)

    def left(self, connection: Connection) -> None:
        """Forget a connection; a newer one of the same station is not touched."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()
        self._through_the_door(connection)

    # Letting in.

    def _refuse(self, connection: Connection, status: int, reason: str) -> None:
        self.counters[f"refused {status}"] += 1
        self._log.report(connection.peer, f"refused with {status}", reason)
        headers = {
            401: {"WWW-Authenticate": 'Basic realm="OCPP"'},
            429: {"Retry-After": "60"},
            503: {"Retry-After": "30"},
        }
        connection.respond(plain(status, reason or "refused", headers.get(status)))

    def _let_in(self, connection: Connection, request: Request, admission: Admission) -> None:
        """Open a session; without a common version complete the handshake and close (OCPP-J 1.6 - 3.2)."""
        name = choose(request, admission.versions, self._versions)
        version = version_of(name) if name is not None else self._assumed(request, admission)
        self._through_the_door(connection)
        connection.upgrade(request, name, compression=admission.compression)
        if version is None:
            self.counters["no common version"] += 1
            connection.close(1002, "no common OCPP version")
            return
        key = request.identity.casefold()
        liveness = Liveness(asyncio.get_running_loop().time(), admission.ping_interval, admission.silence)
        session = Session(request, version, connection, self._pasts.of(key).answers, liveness)
        session.strength, session.certified = admission.strength, admission.certified
        session.on_end = self._gone
        self._sessions[key] = session
        self.counters["sessions"] += 1
        session.serve(self._reception.open(session))
        connection.converse(session)

    def _assumed(self, request: Request, admission: Admission) -> Version | None:
        """Return the version of a client that offers no subprotocol at all, as some stations do."""
        return admission.assume if not request.offers and admission.assume in self._versions else None

    def _gone(self, session: Session) -> None:
        key = session.identity.casefold()
        if self._sessions.get(key) is session:
            del self._sessions[key]

    def _through_the_door(self, connection: Connection) -> None:
        if connection.waiting:
            connection.waiting = False
            self._waiting[connection.peer] -= 1
            if not self._waiting[connection.peer]:
                del self._waiting[connection.peer]

    # One identity, two connections.

    async def _contest(self, key: str, present: Session) -> None:
        """Probe the present connection of a station, then let the newest of the strongest rivals take over, or none."""
        alive = await present.alive(self.patience.probe)
        rivals = [rival for rival in self._contests.pop(key) if not rival[0].lost]
        rivals.sort(key=lambda rival: rival[2].strength)
        for loser, _, _ in rivals[:-1]:
            self._refuse(loser, 409, "a newer connection of this station came")
        for connection, request, admission in rivals[-1:]:
            objection = self._objection(present, request, admission.strength, alive)
            if objection:
                self._refuse(connection, 409, objection)
                self._reception.contested(key, request.peer)
            else:
                present.close(1000, "a newer connection took over")
                self._let_in(connection, request, admission)

    def _objection(self, present: Session, request: Request, strength: int, alive: bool) -> str:
        """Return why a rival may not take over from a station that lives: it proved less, or the two are odd.

        Who proved more takes over, and who proved as much does from wherever it comes, unless two fight for one
        identity. A station may open its new socket before it closes the old one, so the same address is no objection.
        """
        if not alive or strength > present.strength:
            return ""
        if strength < present.strength:
            self.counters["present with a stronger proof"] += 1
            return "this station is connected with a stronger proof of its identity"
        if strength == 0 and request.peer != present.request.peer:
            self.counters["present at another address"] += 1
            return "this station is connected from another address"
        if self._pasts.of(request.identity.casefold()).fought_over():
            self.counters["identity fought over"] += 1
            return "two stations use this identity"
        self.counters["takeover"] += 1
        return ""

    # Others.

    async def _visit(self, http: Visit, connection: Connection, request: Request, body: asyncio.StreamReader) -> None:
        response = Response(500)
        try:
            response = await http(request, body)
        finally:
            connection.respond(response)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
