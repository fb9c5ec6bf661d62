"""A charging station: it outlives its connections, so whoever watches it never loses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from .account import Holder
from .admission import Policy
from .agenda import Agenda
from .booking import KEPT, LEAD, Booking, Stage
from .commands import Charging, Commands, Reservations
from .errors import Offline, Refused, Unanswered, Unsupported
from .event import Event, Notice
from .evse import Evse, Problem, Status
from .external import External
from .household import Household
from .limit import MINIMUM, FailSafe, Target
from .meter import Meter
from .monitor import Watch
from .plan import Plan, Word
from .remembered import WISHES, findings, recalled
from .report import Reports
from .session_limit import SessionLimits
from .token import Token
from .transaction import Json, Ledger, Transaction
from .variable import Variables


@dataclass(frozen=True, slots=True)
class Identity:
    """What a station says it is (OCPP 1.6 ed. 2 - 4.2 BootNotification)."""

    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial: str = ""


@dataclass(slots=True)
class Settings:
    """What the owner wants of one station."""

    policy: Policy | None = None
    """Who may charge here; None where that is as in the whole household."""
    token: str = "HomeAssistant"
    """The id token of a start by command (at most 20 characters for 1.6)."""
    maximum: float = 32.0
    """What the hardware and its cable allow (A per phase)."""
    phases: int = 3
    """Over how many phases the station is connected."""
    switching: bool | None = None
    """Whether it can be told with how many phases to charge; None where that is as the station says."""
    safe_limit: float = 0.0
    """The limit (A) the station falls back to by itself when nobody leads it; 0 leaves the station as it is."""
    sample_interval: int = 30
    """How often a station measures during a transaction (s)."""
    heartbeat_interval: int = 300
    versions: tuple[Literal["1.6", "2.0.1", "2.1"], ...] = ()
    """The protocol versions this station may use, the preferred first; empty for all."""
    pings: bool = True
    compression: bool = True
    configure: bool = True
    """Whether the station's own configuration may be written after a boot."""
    lists: bool = True
    """Whether the station is given the cards, to decide by itself while nobody answers it."""
    hold_back: bool = False
    """Whether the station is accepted after a boot only when it has been set up (2.x)."""


type Listener = Callable[[Station | Evse], None]

REPEATED: Final = 2
"""So often in succession a limit is refused before that is a repair; whoever wished it hears of each."""
OWNER: Final = "user"
"""The source of the owner's own wish."""
PAUSE: Final = "pause"
"""The source of the owner's wish to pause."""


class Station:
    """What is true of one charging station; rooms of every OCPP version write here, everybody reads."""

    cost: Callable[[Transaction], float | None] | None = None
    """What a transaction costs by now, in the currency of the station; None where nobody tells."""
    holder: Callable[[Token], Holder | None] | None = None
    """Whose a token is now; None where the cards of the household tell."""
    account: Callable[[Transaction], None] | None = None
    """Records what a transaction that has ended comes to; None where nobody does."""

    fallback_at: datetime | None = None
    """When the limit it falls back to was last left with it, since we run."""
    fail_safe: FailSafe | None = None
    """What is known of how it falls back to that; None where it is not to, or has not been asked."""
    proved: int | None = None
    """The security profile by which its connection proved who it is, 0 where nothing is asked."""
    certified: str | None = None
    """What the certificate of that connection calls it (profile 3)."""
    clock_before: float | None = None
    """By how many seconds its clock was ahead before a boot that may have set it: what waits in a queue goes by it."""

    def __init__(
        self, name: str, ledger: Ledger, settings: Settings | None = None, household: Household | None = None
    ) -> None:
        """Begin with what the ledger remembers of the station called `name`; `household` is shared by all stations."""
        self.name = name
        self.ledger = ledger
        self.household = household or Household()
        self.settings = settings or Settings()
        self.identity = Identity()
        self.version: str | None = None
        self.connected = False
        self.connected_at: datetime | None = None
        self.seen_at: datetime | None = None
        self.booted_at: datetime | None = None
        self.held_back = 0
        """How many boots in a row were answered Pending because the station is to be set up first (2.x)."""
        self.prepared = False
        """Whether a station that is held back has been set up, so that its next boot is accepted."""
        self.evses: dict[int, Evse] = {}
        self.status: Status | None = None
        self.problem: Problem | None = None
        self.operative: bool | None = None
        self.external = External()
        self.meter = Meter()
        self.variables = Variables()
        self.commands: Commands | None = None
        self.firmware_status: str | None = None
        self.log_status: str | None = None
        self.reports = Reports()
        self.heard: dict[str, set[int]] = {}
        """The numbers of the messages that came, by transaction, of the newest ones (2.x)."""
        self.session_limits: dict[str, SessionLimits] = {}
        """What its running sessions may come to, by transaction (2.1)."""
        self.costs_told: dict[str, float] = {}
        """What drivers have last been told their sessions cost, by transaction, of those that run."""
        self.watch = Watch()
        self.clock_offset: float | None = None
        """By how many seconds the station's clock is ahead of ours; None when not known."""
        self.clock_hint: tuple[float, datetime] | None = None
        """An offset that was seen once, and when; it waits to be confirmed."""
        self.boots: list[datetime] = []
        """When it started of late."""
        self.connections: list[datetime] = []
        """When it connected of late."""
        self.renewed_at: datetime | None = None
        """When its connection was last closed because it answered nothing."""
        self.notices: dict[tuple[str, int], Notice] = {}
        self.counters: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._witnesses: list[Callable[[Event], None]] = []
        self.agenda = Agenda(ledger.recall(name, "agenda"), self._rescheduled)
        self._recall()

    def evse(self, number: int) -> Evse:
        """The EVSE of that number; a station may report one that was not known before."""
        evse = self.evses.get(number)
        if evse is None:
            self.evses[number] = evse = self._new_evse(number)
            self.evses = dict(sorted(self.evses.items()))
            self.keep("evses", list(self.evses))
            self.changed(self)
        return evse

    def dismiss(self, number: int) -> bool:
        """Forget an EVSE, unless a session runs there or the connected station reports it; tells whether it is gone."""
        evse = self.evses.get(number)
        present = evse is not None and (evse.transaction is not None or (self.connected and evse.status_at is not None))
        if evse is None or present:
            return evse is None
        self.evses = {other: part for other, part in self.evses.items() if other != number}
        self.keep("evses", list(self.evses))
        self.changed(self)
        return True

    @property
    def policy(self) -> Policy:
        """Who may charge here: what was laid down for this station, or for the household."""
        return self.settings.policy or self.household.policy

    def sole_evse(self) -> Evse | None:
        """The only EVSE of a station that has one."""
        return next(iter(self.evses.values())) if len(self.evses) == 1 else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the part (the station, an EVSE) that changed; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self, part: Station | Evse) -> None:
        """Tell everybody who watches that something of this part is different."""
        for listener in tuple(self._listeners):
            listener(part)

    def witness(self, witness: Callable[[Event], None]) -> Callable[[], None]:
        """Call `witness` with every event; gives the way to stop it."""
        self._witnesses.append(witness)
        return lambda: self._witnesses.remove(witness)

    def emit(self, event: Event) -> None:
        """Tell everybody who listens that something happened."""
        for witness in tuple(self._witnesses):
            witness(event)

    def notice(self, kind: str, evse: int = 0, **data: str) -> None:
        """Note something the owner should know; it stays until `settle`d."""
        notice = Notice(kind, evse, data)
        if self.notices.get((kind, evse)) != notice:
            self.notices[kind, evse] = notice
            self.changed(self)

    def settle(self, kind: str, evse: int = 0) -> None:
        """Withdraw a notice."""
        if self.notices.pop((kind, evse), None) is not None:
            self.changed(self)

    def count(self, what: str) -> None:
        """Count something odd, for diagnostics; in its own words a station tells no more than 200 kinds of it."""
        what = what[:100] if what[:100] in self.counters or len(self.counters) < 200 else "others"
        self.counters[what] = self.counters.get(what, 0) + 1

    def connect(self, version: str, commands: Commands) -> None:
        """Note that the station is there and what can be done with it; in another version its variables are others."""
        if self.version not in {None, version}:
            self.variables.forget()
        self.version, self.commands = version, commands
        self.connected, self.connected_at = True, datetime.now(UTC)
        self.keep("version", version)
        self.changed(self)

    def disconnect(self) -> None:
        """Note that the station is gone; what it had confirmed may no longer be true when it returns."""
        self.connected, self.proved, self.certified = False, None, None
        for evse in self.evses.values():
            evse.doubt()
        self.changed(self)

    def identify(self, identity: Identity) -> None:
        """Take over what the station says it is, keeping what it leaves out."""
        told = {name: value for name in Identity.__slots__ if (value := getattr(identity, name))}
        self.identity = replace(self.identity, **told)
        self.keep("identity", {name: getattr(self.identity, name) for name in Identity.__slots__})
        for evse in self.evses.values():
            evse.limits.findings = findings(self.ledger, self.name, evse.id, self.identity.firmware)
        self.changed(self)

    def keep(self, key: str, value: Json) -> None:
        """Remember a small fact over restarts."""
        if self.ledger.recall(self.name, key) != value:
            self.ledger.remember(self.name, key, value)

    async def limit(
        self, evse: Evse, source: str, amps: float | None, phases: int | None = None, *, patient: bool = False
    ) -> None:
        """State a wish (A per phase, None withdraws it) and bring the station in line with the lowest one.

        A wish may carry with how many `phases` (1 or 3) the EVSE shall charge; where that cannot be chosen it is
        ignored. What the owner wishes is set at once unless he is `patient`, and so is whatever lowers the limit; what
        raises it may wait for some seconds. Raises what the station answered if it did not take it; the wish stays.
        """
        evse.limits.wish(source, amps, phases)
        if source in WISHES:
            self.keep(f"{WISHES[source]}/{evse.id}", evse.limits.wishes.get(source))
        self.changed(evse)
        limits = self._limits if self.connected else None
        hurried = source in {OWNER, PAUSE} and not patient
        if hurried or limits is None or not limits.postpone(evse, asked=source == OWNER):
            await self.align(evse)

    async def leave(self, evse: Evse, plan: Plan | None) -> Word:
        """Leave a plan for when nobody leads the station, None takes it away; tells what became of it.

        It lies below whatever leads, is never above the safe limit, and goes with the session of its car.
        """
        safe = self.settings.safe_limit
        evse.left.want(plan if plan is None or not safe else plan.capped(max(safe, MINIMUM)))
        if self.connected and self._limits is not None:
            await self._limits.leave(evse)
        self.changed(evse)
        return evse.left.word

    def switches(self, evse: Evse) -> bool:
        """Whether it can be told with how many phases an EVSE charges; the owner knows better than the station."""
        told = self.settings.switching
        return (self._limits is not None and self._limits.switches(evse)) if told is None else told

    def target(self, evse: Evse) -> Target:
        """What an EVSE is to be limited to, with phases only where they can be chosen."""
        wished = evse.limits.target
        return wished if self.switches(evse) else Target(wished.amps)

    async def align(self, evse: Evse) -> None:
        """Bring an EVSE in line with the lowest wish; who comes while that is under way waits and finds it done."""
        async with evse.limits.writer:
            if not evse.limits.meets(self.target(evse)):
                await self._write(evse)
            self.settle("limit_refused", evse.id)

    async def _write(self, evse: Evse) -> None:
        """Have the lowest wish set; the owner is told when the station does not take it time and again."""
        limits, target = evse.limits, self.target(evse)
        wanted = target.amps
        try:
            method = await self._charging().set_limit(evse, wanted, target.phases)
        except (Refused, Unsupported) as error:
            limits.refuse(str(error))
            if limits.refusals >= REPEATED:
                self.notice("limit_refused", evse.id, limit="-" if wanted is None else f"{wanted:g}", reason=str(error))
            raise
        except Unanswered:
            limits.doubt()  # it may have been set
            raise
        finally:
            self.changed(evse)
        limits.confirm(wanted, method, target.phases)
        self.changed(evse)

    async def reserve(self, booking: Booking, now: datetime) -> None:
        """Book: what begins now is reserved at once, and raises what the station answers if it does not take it.

        What comes later waits in the agenda, and so does what a station that is away cannot be told.
        """
        if booking.begin - LEAD > now or not self.connected:
            self.agenda.book(booking, now)
        else:
            await self._reservations().reserve(booking.reservation)
            self.agenda.book(replace(booking, stage=Stage.HELD), now)

    async def cancel(self, number: int) -> None:
        """Give up a reservation; the station is asked when it may know of it, and raises what it answers."""
        known = self.agenda.find(number)
        if known is not None and (not self.connected or known.stage not in KEPT):
            self.agenda.withdraw(number)
        else:
            await self._reservations().cancel(number)

    def make_operative(self, evse: int, operative: bool) -> None:
        """Note that an EVSE, or the station with all of them (0), was taken in or out of use."""
        if evse == 0:
            self.operative = operative
            self.changed(self)
        for part in list(self.evses.values()) if evse == 0 else [self.evse(evse)]:
            part.operative = operative
            self.changed(part)

    def rest(self, evse: int | None, pause: float, now: datetime) -> float:
        """How long (s) an EVSE (None: any) still waits when `pause` must lie between two transactions."""
        ends = [
            part.previous.stopped
            for part in self.evses.values()
            if part.previous is not None and part.previous.stopped is not None and evse in {None, part.id}
        ]
        return pause - (now - max(ends)).total_seconds() if pause and ends else 0.0

    def require(self) -> Commands:
        """The commands of a station that is there; raises Offline."""
        if not self.connected or self.commands is None:
            raise Offline(f"{self.name} is not connected")
        return self.commands

    def _rescheduled(self) -> None:
        self.keep("agenda", self.agenda.remembered)
        self.changed(self)

    def _reservations(self) -> Reservations:
        reservations = self.require().reservations
        if reservations is None:
            raise Unsupported("Reservation")
        return reservations

    @property
    def _limits(self) -> Charging | None:
        return None if self.commands is None else self.commands.charging

    def _charging(self) -> Charging:
        charging = self.require().charging
        if charging is None:
            raise Unsupported("SmartCharging")
        return charging

    def _new_evse(self, number: int) -> Evse:
        evse = recalled(self.ledger, self.name, number, self.settings.maximum)
        evse.reservation = self.agenda.holding(number)
        evse.limits.findings = findings(self.ledger, self.name, number, self.identity.firmware)
        return evse

    def _recall(self) -> None:
        identity = self.ledger.recall(self.name, "identity")
        if isinstance(identity, Mapping):
            told = {k: v for k, v in identity.items() if k in Identity.__slots__ and isinstance(v, str)}
            self.identity = Identity(**told)
        version = self.ledger.recall(self.name, "version")
        self.version = version if isinstance(version, str) else None
        numbers = self.ledger.recall(self.name, "evses")
        known = [number for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else []
        self.evses = {number: self._new_evse(number) for number in known}
