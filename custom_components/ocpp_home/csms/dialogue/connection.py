"""One station over one connection: its requests are looked up, its answers wait for the ledger, and it is set up."""

from abc import ABC, abstractmethod
from asyncio import Future, Task, get_running_loop, sleep
from collections.abc import Awaitable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import ClassVar, Final, Protocol

from ..model import oblivion
from ..model.commands import Commands
from ..model.errors import OcppError
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.station import Station
from ..wire.frame import Call, Payload
from ..wire.link import Reject, reject_faults
from ..wire.session import Session
from . import sessions
from .boot import Impostor
from .call import Caller, Handler, quirks_of
from .clerk import Clerk
from .cost import Taximeter
from .enrolment import Enrolment
from .eviction import Eviction
from .keeper import Keeper
from .listing import laid_down
from .welcome import Welcome

STORM: Final = 3
STORM_WINDOW: Final = 120.0
"""So many connections within so many seconds are a storm."""
PROBE: Final = 10.0
"""Seconds for the sign of life of a station that is silent."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long is waited before something is asked (s)."""

    silence: float = 10.0
    """After connecting: a station that has not booted by then is ready all the same (OCPP-J 1.6 - 5.4)."""
    settle: float = 1.0
    """After a boot; boots that follow each other faster are one."""
    peace: float = 30.0
    """After connecting, for a station that keeps reconnecting."""
    answer: float = 0.2
    """Until a station knows the number of the transaction it has begun."""


class Follower(Protocol):
    """What keeps a limit in line with the transactions that begin and end."""

    async def follow(self, evse: Evse) -> None:
        """Bring the limit of an EVSE in line with what runs there."""

    def close(self) -> None:
        """The connection has ended."""


class Connection(ABC):
    """Receives what one station says over one connection, and offers what can be done with it."""

    REQUESTS: ClassVar[Mapping[str, Handler]]
    """What stations ask, and who answers."""
    TRANSACTIONAL: ClassVar[frozenset[str]]
    """What is never refused for its form, and answered when it is recorded."""
    follower: Follower
    """What keeps the limits in line with the transactions."""

    def __init__(self, station: Station, session: Session, pauses: Pauses = Pauses()) -> None:
        """Serve `station` over `session` from now on."""
        self.station = station
        self.session = session
        self.call = Caller(station, session)
        self.commands = self.begin()
        self._pauses = pauses
        self._tasks: set[Task[None]] = set()
        self._following: set[int] = set()
        self.equip()
        for evse in station.evses.values():
            evse.status_at = None
        station.connections = [
            *(at for at in station.connections if (datetime.now(UTC) - at).total_seconds() < STORM_WINDOW),
            datetime.now(UTC),
        ]
        station.connect(session.version, self.commands)
        self._forget = station.witness(self._witness)
        self._wanted = _written(station)
        self._eviction = Eviction(station)
        self._keeper = Keeper(station, settle=pauses.settle)
        self._clerk = Clerk(station)
        self._taximeter = Taximeter(station)
        self._welcome = Welcome(station)
        self._enrolment = Enrolment(station, pauses.answer)
        self._ignore = station.subscribe(self._reconsider)
        self._set_up = get_running_loop().create_task(self._prepared(self._patience(pauses.silence)))

    @abstractmethod
    def begin(self) -> Commands:
        """What can be done with every station."""

    @abstractmethod
    def equip(self) -> None:
        """Offer what the station says it can do."""

    @abstractmethod
    async def set_up(self) -> None:
        """Read the station, bring it to the owner's settings, and ask for what is not known."""

    @abstractmethod
    async def probe(self) -> None:
        """Make the station say something."""

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Answer one request; raises Reject."""
        now = datetime.now(UTC)
        self.station.seen_at = now
        handler = self.REQUESTS.get(call.action)
        if handler is None:
            # OCPP-J 1.6 - table 7: "Requested Action is recognized but not supported by the receiver"
            raise Reject("NotSupported", f"{call.action} is sent by the central system")
        if call.action not in self.TRANSACTIONAL:
            reject_faults(call)
        elif call.faults:
            self._keep(call)
        try:
            answer = handler(self.station, call.payload, now)
        except Impostor:
            self.station.notice("wrong_credentials", address=self.session.request.peer, reason="certificate_other")
            self.session.close(1008, "the certificate belongs to another station")
            raise
        if call.action == "BootNotification":
            self.equip()
            self._prepare(self._pauses.settle)
        return answer

    def durable(self) -> Future[None] | None:
        """What has to be recorded before the answer may leave."""
        future = self.station.ledger.commit()
        if future is not None:
            future.add_done_callback(self._recorded)
        elif self._following:
            self._follow()
        return future

    def closed(self) -> None:
        """The connection has ended; whoever serves the station by now is not disturbed."""
        self._forget()
        self._ignore()
        self._eviction.close()
        self._keeper.close()
        self._clerk.close()
        self._taximeter.close()
        self._welcome.close()
        self._enrolment.close()
        self.follower.close()
        for task in (self._set_up, *self._tasks):
            task.cancel()
        if self.station.commands is self.commands:
            self.station.disconnect()

    def _keep(self, call: Call) -> None:
        raw = json.dumps(call.payload, default=str)
        reason = "; ".join(f"{fault.path} {fault.message}" for fault in call.faults)
        self.station.ledger.quarantine(self.station.name, call.action, raw, reason)

    def _recorded(self, future: Future[None]) -> None:
        if future.cancelled():
            return
        if future.exception() is None:
            self._follow()
            return
        self._following.clear()
        sessions.restore(self.station)

    def _witness(self, event: Event) -> None:
        if event.kind in {Kind.SESSION_STARTED, Kind.SESSION_ENDED}:
            self._following.add(event.evse)

    def _follow(self) -> None:
        for number in self._following:
            self._start(self._align(number))
        self._following.clear()

    async def _align(self, number: int) -> None:
        """Bring the limit in line with a transaction that began or ended."""
        await sleep(self._pauses.answer)
        if self.commands.charging is not None:
            await self.follower.follow(self.station.evse(number))

    def _reconsider(self, part: Station | Evse) -> None:
        """Bring the station to settings of its owner that have changed."""
        if self._wanted != (wanted := _written(self.station)):
            self._wanted = wanted
            self._prepare(self._pauses.settle)

    def _prepare(self, delay: float) -> None:
        """Set the station up after a pause, once, however often it is asked for."""
        self._set_up.cancel()
        self._clerk.hold()
        self._set_up = get_running_loop().create_task(self._prepared(self._patience(delay)))

    def _patience(self, delay: float) -> float:
        return self._pauses.peace if len(self.station.connections) >= STORM else delay

    async def _prepared(self, delay: float) -> None:
        await sleep(delay)
        with suppress(OcppError):
            await self.set_up()
            await oblivion.forget(self.station)
        if self.session.closed:
            return
        self._keeper.begin()
        self._clerk.begin()
        self._taximeter.begin()
        self._welcome.begin()
        self._enrolment.begin()
        if quirks_of(self.station).polled:
            await self._poll()

    async def _poll(self) -> None:
        """Ask for the meter values of a station that does not send them by itself."""
        while True:
            await sleep(self.station.settings.sample_interval)
            for evse in list(self.station.evses.values()):
                if evse.transaction is not None and self.commands.trigger is not None:
                    with suppress(OcppError):
                        await self.commands.trigger.trigger("MeterValues", evse.id)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _written(station: Station) -> tuple[object, ...]:
    """What of the settings is written to the station."""
    settings, policy = station.settings, station.policy
    return (
        (settings.lists, laid_down(station), policy.open, policy.master),
        settings.configure,
        settings.safe_limit,
        settings.sample_interval,
        settings.heartbeat_interval,
        settings.pings,
    )
