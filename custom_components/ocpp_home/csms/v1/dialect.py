"""OCPP 1.6 over one connection: what the station asks is looked up, what it can do is offered, and it is set up."""

from asyncio import Future, Task, get_running_loop, sleep
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Final

from ..dialogue.call import Caller, Handler, quirks_of
from ..model.commands import Commands
from ..model.errors import OcppError
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Call, Payload
from ..wire.link import CallFailed, Reject, reject_faults
from ..wire.session import Session
from . import (
    authorization,
    boot,
    charging,
    configuration,
    diagnostics,
    firmware,
    local_list,
    metering,
    remote,
    reservation,
    security,
    status,
    transactions,
    transfer,
    trigger,
)
from .setup import SetUp

REQUESTS: Final[dict[str, Handler]] = {
    **authorization.REQUESTS,
    **boot.REQUESTS,
    **charging.REQUESTS,
    **configuration.REQUESTS,
    **diagnostics.REQUESTS,
    **firmware.REQUESTS,
    **local_list.REQUESTS,
    **metering.REQUESTS,
    **reservation.REQUESTS,
    **security.REQUESTS,
    **status.REQUESTS,
    **transactions.REQUESTS,
    **transfer.REQUESTS,
    **trigger.REQUESTS,
}
"""What stations ask, and who answers."""
TRANSACTIONAL: Final = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
"""OCPP 1.6 ed. 2 - 3.7: never refused for what they say, and answered when they are recorded."""

STORM: Final = 3
STORM_WINDOW: Final = 120.0
"""So many connections within so many seconds are a storm."""
PROBE: Final = 10.0


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


class Dialect:
    """Receives what one station says over one connection, and offers what can be done with it."""

    def __init__(self, station: Station, session: Session, pauses: Pauses = Pauses()) -> None:
        """Serve `station` over `session` from now on."""
        self.station = station
        self._session = session
        self._pauses = pauses
        self._call = Caller(station, session)
        self._charging = charging.Charging(station, self._call)
        self._tasks: set[Task[None]] = set()
        self._following: set[int] = set()
        self.commands = Commands(
            remote=remote.Remote(station, self._call),
            configuration=configuration.Configuration(station, self._call),
        )
        self._equip()
        for evse in station.evses.values():
            evse.status_at = None
        station.connections = [
            *(at for at in station.connections if (datetime.now(UTC) - at).total_seconds() < STORM_WINDOW),
            datetime.now(UTC),
        ]
        station.connect("1.6", self.commands)
        self._forget = station.witness(self._witness)
        self._set_up = get_running_loop().create_task(self._prepared(self._patience(pauses.silence)))

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Answer one request; raises Reject."""
        now = datetime.now(UTC)
        self.station.seen_at = now
        handler = REQUESTS.get(call.action)
        if handler is None:
            # OCPP-J 1.6 - table 7: "Requested Action is recognized but not supported by the receiver"
            raise Reject("NotSupported", f"{call.action} is sent by the central system")
        if call.action not in TRANSACTIONAL:
            reject_faults(call)
        elif call.faults:
            self._keep(call)
        answer = handler(self.station, call.payload, now)
        if call.action == "BootNotification":
            self._equip()
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
        self._charging.close()
        for task in (self._set_up, *self._tasks):
            task.cancel()
        if self.station.commands is self.commands:
            self.station.disconnect()

    async def probe(self) -> None:
        """Make the station say something."""
        if self.commands.trigger is not None and "TriggerMessage" not in self.commands.unsupported:
            question: tuple[str, Payload] = "TriggerMessage", {"requestedMessage": "Heartbeat"}
        else:
            question = "GetConfiguration", {"key": ["HeartbeatInterval"]}
        with suppress(CallFailed):
            await self._session.call(*question, timeout=PROBE)

    def _keep(self, call: Call) -> None:
        raw = json.dumps(call.payload, default=str)
        reason = "; ".join(f"{fault.path} {fault.message}" for fault in call.faults)
        self.station.ledger.quarantine(self.station.name, call.action, raw, reason)

    def _recorded(self, future: Future[None]) -> None:
        if future.cancelled():
            return
        if future.exception() is None:
            self.station.settle("ledger_failed")
            self._follow()
            return
        self.station.notice("ledger_failed", reason=str(future.exception()))
        self._following.clear()
        transactions.restore(self.station)

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
            await self._charging.follow(self.station.evse(number))

    def _equip(self) -> None:
        """Offer what the station says it can do; where it says nothing, everything (OCPP 1.6 ed. 2 - 3.3)."""
        station, call, commands = self.station, self._call, self.commands
        told = station.ledger.recall(station.name, "features")
        words = {_plain(str(word)) for word in told} if isinstance(told, list | tuple) else set[str]()

        def has(feature: str) -> bool:
            return not words or feature in words

        commands.charging = self._charging if has("smartcharging") else None
        commands.trigger = commands.trigger or trigger.Trigger(station, call) if has("remotetrigger") else None
        commands.local_list = local_list.LocalList(station, call) if has("localauthlistmanagement") else None
        commands.reservations = reservation.Reservations(station, call) if has("reservation") else None
        commands.firmware = firmware.Firmware(station, call) if has("firmwaremanagement") else None
        commands.diagnostics = diagnostics.Diagnostics(station, call) if has("firmwaremanagement") else None
        commands.security = security.Security(station, call)
        station.changed(station)

    def _prepare(self, delay: float) -> None:
        """Set the station up after a pause, once, however often it is asked for."""
        self._set_up.cancel()
        self._set_up = get_running_loop().create_task(self._prepared(self._patience(delay)))

    def _patience(self, delay: float) -> float:
        return self._pauses.peace if len(self.station.connections) >= STORM else delay

    async def _prepared(self, delay: float) -> None:
        await sleep(delay)
        with suppress(OcppError):
            await SetUp(self.station, self._equip).run()
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


def _plain(word: str) -> str:
    """A feature's name without the blanks and the spelling that stations give it."""
    return "".join(mark for mark in word.casefold() if mark.isalnum())
