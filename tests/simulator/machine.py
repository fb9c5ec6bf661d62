"""The machine inside a station: power, link, boot, the passing of time and the messages these cause."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from . import agenda, answering, metering, physics, schemas, v16
from .authorization import KnownTags
from .clock import Clock, ManualClock
from .connector import Connector, Usage, build
from .dialect import Dialect
from .disguise import disguise, since_1970
from .hardware import Asked, Hardware, Told
from .oddities import Oddities, Payload
from .outbox import Message, Outbox
from .record import Sample, Transaction
from .trust import Trust
from .ways import UNREACHABLE, find_link, take
from .wire import Credentials, LinkLost, Refused, Wire

PENDING, REJECTED, ACCEPTED = "Pending", "Rejected", "Accepted"
OWN_WAIT = 60.0  # between BootNotifications when the central system leaves it to the station (4.2)


class Machine:
    """Everything a station does without a driver."""

    dialect: Dialect = v16

    def __init__(self, url: str, identity: str, hardware: Hardware, clock: Clock, oddities: Oddities) -> None:
        self.url, self.identity, self.hardware, self.clock, self.oddities = url, identity, hardware, clock, oddities
        self.credentials = Credentials()
        self.message_timeout = 5.0  # real seconds
        self.redial: float | None = None  # real seconds after which a lost link is dialled again
        self.attempt_pause = 0.02  # real seconds
        self.firmware = hardware.identity.firmware
        self.phases = hardware.phases
        self._durable()
        self._testimony()
        self._volatile()

    def _durable(self) -> None:
        self.connectors = build(self.hardware, self.oddities)
        self.configuration = self.dialect.settings(self)
        self.tags = KnownTags()
        self.profiles = self.dialect.profiles()
        self.shelf: dict[str, Any] = {}  # what else a dialect keeps over a reboot
        self.trust = Trust(self.hardware.key)
        self.outbox = Outbox(self)

    def _testimony(self) -> None:
        self.record: list[Transaction] = []
        self.registers: list[Sample] = []  # readings sent outside of transactions
        self.calls: list[Asked] = []
        self.requests: list[Told] = []
        self.violations: list[str] = []  # of the central system
        self.failures: list[str] = []  # CALLERRORs and silence that the station met with
        self.boots: list[Payload] = []  # answers to BootNotification
        self.broken: BaseException | None = None  # a mistake of the simulator itself; `settle` raises it

    def _volatile(self) -> None:
        self.wire: Wire | None = None
        self.registration = ""
        self.offline = self.switching = False  # on purpose
        self.agenda = agenda.Agenda()
        self.jobs: dict[str, Payload] = {}  # notification to the last one sent of it
        self.time_known = False
        self.powered_since: datetime | None = None
        self._ticked: datetime | None = None
        self._after_answer: list[Callable[[], Awaitable[None]]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._asked = asyncio.Event()

    # --- what others read -------------------------------------------------------------------------------------------

    @property
    def outlets(self) -> list[Connector]:
        """The connectors a car can be plugged into."""
        return [connector for number, connector in self.connectors.items() if number]

    @property
    def live(self) -> list[Connector]:
        """One outlet for every meter: of those that share one the one in use."""
        found = {id(c.meter): c for c in reversed(self.outlets)}
        found.update({id(c.meter): c for c in self.outlets if c.plugged or c.transaction})
        return sorted(found.values(), key=lambda connector: connector.number)

    @property
    def certificates(self) -> dict[str, list[str]]:
        """What is installed, by kind."""
        return self.trust.certificates

    @property
    def online(self) -> bool:
        """Whether the link stands."""
        return self.wire is not None

    @property
    def ready(self) -> bool:
        """Whether the station may send of its own accord (4.2)."""
        return self.online and (self.registration == ACCEPTED or self.oddities.never_boots)

    @property
    def pending(self) -> bool:
        """Whether the station may send what it is asked for, and nothing else (2.x B02.FR.02)."""
        return self.online and self.registration == PENDING

    @property
    def schemas(self) -> str:
        """The folder of the OCA schemas in force."""
        return self.dialect.SCHEMAS

    @property
    def subprotocol(self) -> str:
        """What the station offers unless it is odd."""
        return self.dialect.SUBPROTOCOL

    @property
    def attempts_allowed(self) -> int:
        """How often a transaction message may fail."""
        return max(1, self.configuration.number("TransactionMessageAttempts", 1))

    @property
    def retry_interval(self) -> float:
        """Seconds that grow with every failed attempt."""
        return float(self.configuration.number("TransactionMessageRetryInterval"))

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start something that ends with the power."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ran)

    def _ran(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, UNREACHABLE):
            self.failures.append(str(error))
        elif error is not None:
            self.broken = error

    def after_answer[*Args](self, work: Callable[[*Args], Awaitable[None]], *args: *Args) -> None:
        """Do something once the answer that is being made has left (5.17)."""
        self._after_answer.append(lambda: work(*args))

    # --- link -------------------------------------------------------------------------------------------------------

    async def dial(self) -> None:
        """Open the link; OSError or InvalidHandshake when the central system cannot be reached."""
        if self.powered_since is None:
            self.power_up()
        self.offline = False
        await take(self, self.dialect.way(self))
        self.linked()

    def linked(self) -> None:
        """Report what changed meanwhile, and what waits."""
        if self.registration == ACCEPTED:
            self.report_statuses(changed_only=True)
            self.outbox.wake()

    def lost(self) -> None:
        """The wire went down (called by it)."""
        self.wire = None
        if self.oddities.boots_on_every_connection:
            self.registration = ""
        if self.redial is not None and not (self.offline or self.switching) and self.powered_since is not None:
            self.run(self.dial_again(self.redial))

    async def dial_again(self, pause: float) -> None:
        """Dial until the link stands."""
        while self.wire is None and not self.offline:
            await asyncio.sleep(pause)
            with suppress(*UNREACHABLE):
                await self.dial()
                await self.boot_if_needed()

    async def boot_if_needed(self) -> None:
        """Boot unless the central system has accepted the station, or told it to wait (4.2)."""
        if self.registration != ACCEPTED and self.agenda.boot is None and not self.oddities.never_boots:
            await self.try_to_boot()

    async def reconnect(self) -> None:
        """Hang up and dial again."""
        wire = self.wire
        await self.hang_up()
        while self.wire is wire:
            await asyncio.sleep(0.001)
        if self.redial is None:
            await self.dial()

    async def hang_up(self) -> None:
        """Close the link politely."""
        if self.wire is not None:
            await self.wire.close()

    def power_up(self) -> None:
        """Begin to live: time passes and the outbox is pumped."""
        self.powered_since = self._ticked = self.clock.now()
        agenda.plan(self, self.powered_since)
        if isinstance(self.clock, ManualClock) and self.settle not in self.clock.settlers:
            self.clock.settlers.append(self.settle)
        self.run(self._live())
        self.run(self.outbox.pump())

    async def power_down(self) -> None:
        """Stop everything at once; what is durable stays."""
        wire, current = self.wire, asyncio.current_task()
        self.tick()
        self.powered_since = None
        if isinstance(self.clock, ManualClock) and self.settle in self.clock.settlers:
            self.clock.settlers.remove(self.settle)
        surviving = {task for task in self._tasks if task is current}
        for task in self._tasks - surviving:
            task.cancel()
        self.outbox.stop()
        self.outbox.notes.clear()
        if wire is not None:
            wire.abort()
            while self.wire is wire:
                await asyncio.sleep(0.001)
        for connector in self.connectors.values():
            connector.reported = ""
        self._volatile()
        self._tasks |= surviving  # the one that reboots the station

    async def start_up(self, reason: str) -> None:
        """Power up, end the transactions that the outage ended (none without a reason), dial and boot."""
        self.configuration.reboot()
        self.power_up()
        for connector in self.outlets:
            connector.usage, connector.sampled_at = None, self.powered_since
            if connector.transaction is not None and reason:
                self.dialect.stop(self, connector, reason)
        await find_link(self)

    async def reboot(self, hard: bool) -> None:
        """Reset (5.14): soft ends transactions before, hard afterwards; then the link goes and the station boots."""
        if not hard:
            for connector in self.outlets:
                if connector.transaction is not None:
                    self.dialect.stop(self, connector, "SoftReset")
            with suppress(TimeoutError):  # "it shall queue the StopTransaction.req"
                await self.settle()
        await self.power_down()
        await self.clock.sleep(self.hardware.reboot_seconds)
        await self.start_up("HardReset")

    async def settle(self, timeout: float | None = None) -> None:
        """Wait until the station has nothing to say and waits for nothing."""
        deadline = asyncio.get_running_loop().time() + (timeout or self.message_timeout + 1)
        while self.online and not (
            self.outbox.idle and self.wire is not None and not self.wire.busy and not self._after_answer
        ):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"{self.identity} does not come to rest; queued: {self._queued()}")
            await asyncio.sleep(0.001)
            self._complain()
        self._complain()

    def _complain(self) -> None:
        if self.broken is not None:
            raise self.broken

    def _queued(self) -> str:
        return ", ".join(message.action for message in (*self.outbox.kept, *self.outbox.notes)) or "nothing"

    # --- speaking ---------------------------------------------------------------------------------------------------

    async def transmit(self, action: str, payload: Payload, message_id: str | None = None) -> Payload:
        """Send what the station itself has built: checked first, then disguised."""
        if faults := schemas.faults(self.schemas, action, payload):
            raise ValueError(f"the simulated station wrote a wrong {action}: {faults}")
        disguise(action, payload, self.oddities, self.dialect.DISGUISES)
        if self.oddities.clock_starts_1970 and not self.time_known and self.powered_since:
            since_1970(payload, self.powered_since - datetime.fromisoformat("1970-01-01T00:00:00+00:00"))
        return await self.say(action, payload, message_id)

    async def say(self, action: str, payload: Payload, message_id: str | None = None) -> Payload:
        """Send a request as it is, and note it."""
        if self.wire is None:
            raise LinkLost(f"{self.identity} is offline")
        told = Told(action, payload, self.clock.now())
        self.requests.append(told)
        told.answer = await self.wire.call(action, payload, message_id)
        return told.answer

    async def ask(self, action: str, payload: Payload) -> Payload | None:
        """Send a request now, past all queues; None when it failed or the link is down."""
        try:
            return await self.transmit(action, payload)
        except (Refused, TimeoutError) as failure:
            self.failures.append(f"{action}: {failure}")
        except LinkLost:
            pass
        return None

    def note(self, action: str, payload: Payload, *, asked: bool = False) -> None:
        """Queue a message that is not worth keeping; `asked` for it may be sent before the boot is accepted."""
        self.outbox.note(Message(action, lambda: payload, asked=asked))

    # --- boot -------------------------------------------------------------------------------------------------------

    async def try_to_boot(self) -> Payload:
        """Send BootNotification and do what the answer demands; the answer."""
        if self.oddities.speaks_before_boot:
            for connector in self.connectors.values():
                await self.ask(*self.dialect.status(self, connector))
        answer = await self.transmit(*self.dialect.boot(self))
        self.boots.append(answer)
        self.registration = answer["status"]
        now, interval = self.clock.now(), float(answer["interval"])
        if self.registration != ACCEPTED:
            self.agenda.boot = now + timedelta(seconds=interval or OWN_WAIT)
            return answer
        self.agenda.boot, self.time_known = None, True
        if interval:
            self.configuration.preset("HeartbeatInterval", str(int(interval)))
        agenda.plan(self, now)
        if self.oddities.boots_every:
            self.agenda.boot = now + timedelta(seconds=self.oddities.boots_every)
        self.report_statuses(changed_only=False)
        self.outbox.wake()
        return answer

    def report_statuses(self, *, changed_only: bool) -> None:
        """Tell the status of all connectors (errata 3.22), or of those that changed meanwhile (4.9)."""
        for connector in self.connectors.values():
            if changed_only:
                self.report_change(connector)
            else:
                self.report(connector)

    def report_change(self, connector: Connector) -> None:
        """Send StatusNotification if the status is another than the last one sent."""
        self.dialect.noticed(self, connector)
        if connector.reported != self.dialect.word(connector):
            self.report(connector)

    def report(self, connector: Connector) -> None:
        """Send StatusNotification, if the station may."""
        word = self.dialect.word(connector)
        if not (self.ready and word):
            return
        connector.reported = word
        for _ in range(1 + self.oddities.repeats_status):
            self.note(*self.dialect.status(self, connector))

    # --- time -------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        while True:
            await self.clock.sleep(self.hardware.tick)
            self.tick()

    def tick(self) -> None:
        """Bring the world up to the present: energy flows, offers change, what is due happens."""
        if self._ticked is None:
            return
        now = self.clock.now()
        seconds = (now - self._ticked).total_seconds()
        self._ticked = now
        physics.flow(self, now, seconds)
        physics.expire(self, now)
        metering.due(self, now)
        agenda.due(self, now)
        self.dialect.tick(self, now)

    async def boot_again(self) -> None:
        """Boot because it is time to; a failure is noted and tried again later."""
        try:
            await self.try_to_boot()
        except UNREACHABLE as failure:
            self.failures.append(f"BootNotification: {failure}")
            self.agenda.boot = self.clock.now() + timedelta(seconds=OWN_WAIT)

    # --- being spoken to --------------------------------------------------------------------------------------------

    async def answer(self, action: str, payload: Payload) -> Payload:
        """Note what the central system asks, and make the answer (called by the wire)."""
        self.calls.append(Asked(action, payload, self.clock.now()))
        self._asked.set()
        return await answering.answer(self, action, payload)

    def answered(self) -> None:
        """An answer has left (called by the wire): do what was to follow it."""
        if self._after_answer:
            self.run(self._follow_up())

    async def _follow_up(self) -> None:
        works, self._after_answer = self._after_answer, []
        for work in works:
            await work()
        self.tick()

    def wait_for_plug(self, connector: Connector, tag: str, profile: Payload | None) -> None:
        """Hold an authorization until the cable comes or ConnectionTimeOut is over."""
        connector.usage, connector.finished, connector.timed_out = Usage(tag, profile), False, False
        connector.preparing_since = self.clock.now()
