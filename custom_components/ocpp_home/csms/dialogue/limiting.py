"""Bringing a station to a limit, whatever its OCPP version; a `Pen` finds the words.

Everything that sets a limit goes through here. A limit is written in one of several ways; what the station refuses, or
does not keep to, leads to the next. Two layers are stacked (OCPP 1.6 ed. 2 - 3.13.2): below, without end, the limit the
station falls back to by itself; above it the working limit, which ends by itself and is renewed where the fall-back is
lower.
"""

from asyncio import Task, create_task, current_task, sleep
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Final

from ..model.commands import Schedule
from ..model.errors import Invalid, OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.findings import Findings
from ..model.limit import FailSafe, pausing
from ..model.plan import Word
from ..model.station import Station
from . import ways
from .assurance import Assurance
from .call import PATIENCE, quirks_of
from .effect import exceeds, scheduled
from .fallback import NONE, Fallback
from .learned import Learned
from .leaving import Leaving
from .pen import Limit, Pen
from .probe import Probe
from .tempo import Tempo
from .vigil import Vigil
from .ways import DEFAULT, TX, Failure, Method

CLEARED: Final = "ClearChargingProfile"
PLAN: Final = "plan"
LATER: Final = "TxProfile/at the start"
"""The limit will be set when a transaction begins."""

LEASE: Final = timedelta(seconds=60)
"""A working limit above the fall-back ends after this time unless it is renewed."""
PAUSE_LEASE: Final = timedelta(minutes=15)
"""A pause that could outlive its transaction ends after this time unless it is renewed."""
RENEWALS: Final = 2
"""So often within a lease it is renewed: each renewal wears the memory of the station."""
GLANCE: Final = 4.0
"""Seconds a composite schedule may take while somebody waits for a limit."""
RESUMED: Final = 8.0
"""Seconds after the end of a pause when the limit is sent once more: there are stations that forget it then."""


type Pause = Callable[[float], Awaitable[None]]
type Clock = Callable[[], float]


class Limiting:
    """The limits of one station over one connection."""

    def __init__(self, station: Station, pen: Pen, pause: Pause = sleep, clock: Clock = monotonic) -> None:
        """Set limits of `station`, which `pen` writes; `pause` lets seconds pass, which `clock` counts."""
        self._station = station
        self._pen = pen
        self._pause = pause
        self._learned = Learned(station)
        self.fallback = Fallback(station, pen, self._learned)
        self._assurance = Assurance(station, pen, self.fallback)
        self.leaving = Leaving(station, pen, self._learned, self.fallback, self._assurance)
        self._tempo = Tempo(clock)
        self._vigil = Vigil(station, pen, pause, clock)
        self.trial, self.patience = ways.TRIAL, PATIENCE
        self._tells_schedule = True
        self._closed = self._laid = False
        self._tasks: dict[tuple[int, str], Task[None]] = {}

    def postpone(self, evse: Evse, *, asked: bool = False) -> bool:
        """Whether what is wished can wait; then it is set when its time comes, whatever is wished by then."""
        locked = evse.limits.writer.locked() and not asked
        if not locked and not self._tempo.rest(evse, self._station.target(evse), asked=asked):
            return False
        self._start(evse, "later", self._later(evse))
        return True

    def switches(self, evse: Evse) -> bool:
        """Whether the station says that it can be told with how many phases, and no probe has found that it cannot."""
        found = evse.limits.findings
        return self._pen.switches(evse) and (found is None or found.phases is not False)

    async def set_limit(self, evse: Evse, amps: float | None, phases: int | None = None) -> str:
        """Bring an EVSE to a limit (A per phase, with so many phases), or lift it; gives the way that worked."""
        self._stop(evse)
        if amps is None:
            await self.leaving.clear(evse)  # it would rule where nothing is wished
            return await self._lift(evse)
        await self._ground(amps)
        if self._waits(evse, amps):
            await self._lift(evse)
            return LATER
        limit = await self._write(evse, amps, phases)
        if self._closed:
            raise Offline(f"{self._station.name} has gone while its limit was set")
        if pausing(evse.limits.confirmed) and not pausing(amps):
            self._start(evse, "again", self._again(limit))
            if evse.charging is False:
                self._start(evse, "restart", self.leaving.restarts(evse, self._pause))
        self._start(evse, "watch", self._watch(limit))
        if limit.lease is not None:
            self._start(evse, "renew", self._renew(limit, limit.lease.total_seconds() / RENEWALS))
        self._assure(limit)
        return str(limit.method)

    async def leave(self, evse: Evse) -> None:
        """Bring the plan that stays with the station in line with the wished one, or do so when it may be written."""
        lay = self.leaving.lies(evse)
        async with evse.limits.writer:
            await self.leaving.align(evse)
        if self.leaving.lies(evse) and not lay:
            evse.limits.doubt()  # what leads has to end by itself from now on
            await self._station.align(evse)
        await self.leaving.verify(evse, PAUSE_LEASE)
        if evse.left.word is Word.WAITING and (rest := self.leaving.rest(evse)):
            self._start(evse, PLAN, self._leave_later(evse, rest))

    async def set_fallback(self, amps: float) -> str:
        """Install the limit (A) the station falls back to by itself, 0 takes it away; gives the way that worked."""
        method = await self.fallback.set(amps)
        await self._grounded()
        return method

    async def ensure_fallback(self, amps: float) -> None:
        """Install it unless that was done since the station has started, and show what is known of it."""
        if await self.fallback.ensure(amps) or self._laid:
            await self._grounded()
        self._assurance.show()

    async def _ground(self, amps: float) -> None:
        """Nothing above the safe limit is written until that lies below, or the station is known not to take it."""
        settings = self._station.settings
        if settings.configure and 0 < settings.safe_limit < amps:
            with suppress(Refused, Unsupported, Unanswered):
                self._laid = await self.fallback.ensure(settings.safe_limit) or self._laid

    async def _grounded(self) -> None:
        """Another limit lies below the others now: what was written before may have no end."""
        self._laid = False
        for evse in tuple(self._station.evses.values()):
            async with evse.limits.writer:
                evse.limits.doubt()
        self._assurance.show()

    async def probe(self, evse: Evse) -> Findings:
        """Find out what the station makes of limits, and set again what is wished."""
        limits = evse.limits
        if limits.probing:
            raise Invalid("limits are being tried already")
        limits.probing = True
        self._station.changed(evse)
        try:
            async with limits.writer:
                self._stop(evse)
                return await Probe(self._station, self._pen, self._learned, self._pause).run(evse)
        finally:
            self._installed(evse, add=DEFAULT if evse.transaction is None else TX)
            limits.doubt()
            limits.probing = False
            self._station.changed(evse)
            self._start(evse, "later", self._later(evse))

    async def follow(self, evse: Evse) -> None:
        """Bring the limit in line after a transaction began or ended; what goes wrong is noted at the EVSE."""
        limits = evse.limits
        paused, method = pausing(limits.confirmed), limits.method or ""
        with suppress(OcppError):
            if evse.transaction is None:
                self._stop(evse)
                await self.leaving.end(evse)
                if paused:
                    await self._lift(evse)  # a limit of 0 must not outlive its transaction
                    limits.doubt()
                    return
            target = self._station.target(evse)
            waits = target.amps is not None and self._waits(evse, target.amps)
            if paused or waits or method.startswith(TX) or not limits.meets(target):
                limits.doubt()
                await self._station.align(evse)

    async def composite_schedule(self, evse: int, duration: int, unit: str | None = None) -> Schedule:
        """What limit the station will apply over the next `duration` s."""
        return await self._pen.composite(evse, duration, unit)

    def close(self) -> None:
        """End what goes on beside the calls; the connection is gone."""
        self._closed = True
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    # --- writing ----------------------------------------------------------------------------------------------------

    async def _write(self, evse: Evse, amps: float, phases: int | None = None) -> Limit:
        """Try one way after the other; gives the limit as it was taken."""
        failures: dict[str, list[Failure]] = {}
        for method in self._learned.order(ways.ways(self._station, evse, amps, self._pen.offer())):
            if ways.hopeless(failures.get(method.purpose, [])):
                continue
            limit = Limit(evse, method, amps, self._lease(evse, method, amps), phases)
            try:
                await self._install(limit)
                await self._glance(limit)
            except (Refused, Unsupported, Unanswered) as failure:
                failures.setdefault(method.purpose, []).append(failure)
            else:
                self._note(evse, method, failures)
                await self._retire(evse, method.purpose)
                return limit
        raise ways.worst([failure for tried in failures.values() for failure in tried])

    async def _install(self, limit: Limit) -> None:
        self._tempo.wrote(limit.evse)
        patience = self.patience if self._learned.trusted(limit.method) else self.trial
        await self._pen.write(limit, patience)
        self._installed(limit.evse, add=limit.method.purpose)

    async def _glance(self, limit: Limit) -> None:
        """Ask once for the composite schedule where a way is not proven; raises Refused if it shows no effect."""
        if self._learned.proven(limit.method) or not self._tells_schedule:
            return
        try:
            seen = scheduled(await self._pen.composite(limit.evse.id, 60, None, GLANCE))
        except OcppError:
            self._tells_schedule = False
            return
        if seen is None:
            return
        if exceeds(seen, limit.amps):
            raise Refused(ways.IGNORED, f"the station accepted {limit.amps:g} A and goes on with {seen:g} A")
        self._learned.works(limit.method, proven=True)

    def _note(self, evse: Evse, method: Method, failures: dict[str, list[Failure]]) -> None:
        """Remember what worked, and which purposes had no way that did."""
        for purpose in failures.keys() - {method.purpose}:
            if purpose != TX or evse.transaction is not None:
                self._learned.fails(purpose)
        self._learned.works(method)
        if self._station.commands is not None:
            self._station.commands.unsupported.discard("SetChargingProfile")

    async def _retire(self, evse: Evse, purpose: str) -> None:
        """Take away our profiles of other purposes that would still rule (OCPP 1.6 ed. 2 - 3.13.1, 3.13.3)."""
        await self.leaving.yield_to(evse, purpose)
        stacked = self.fallback.amps is not None and bool(self._pen.offer().level)
        harmless = {purpose, DEFAULT} if purpose == TX and not stacked else {purpose}
        for other in sorted(self._installed(evse) - harmless):
            with suppress(Refused, Unsupported, Unanswered):
                await self._clear(evse, other)

    def _lease(self, evse: Evse, method: Method, amps: float) -> timedelta | None:
        """For how long a limit may hold without being renewed, None for as long as it is not replaced."""
        planned = self.leaving.lies(evse)
        if pausing(amps):
            return None if method.purpose == TX and not planned else PAUSE_LEASE
        if not method.level or self._assurance.denied:
            return None  # without a stack there may be nothing below a limit that ends
        if self.fallback.below(amps):
            return LEASE
        return PAUSE_LEASE if planned else None

    def _assure(self, limit: Limit) -> None:
        """Find out whether the station falls back from a limit by itself, or say that it does not."""
        if not self.fallback.below(limit.amps) or pausing(limit.amps):
            return
        if not limit.method.level:
            self._assurance.note(FailSafe.UNSUPPORTED)
        elif limit.lease is not None and self._assurance.due():
            self._start(limit.evse, "ask", self._ask(limit, limit.lease))
        else:
            self._assurance.show()

    def _waits(self, evse: Evse, amps: float) -> bool:
        """Whether a limit is better set when a transaction begins."""
        if evse.transaction is not None:
            return False
        if not pausing(amps):
            return self.fallback.below(amps)
        flat = self.fallback.amps is not None and not self._pen.offer().level
        return flat or quirks_of(self._station).pauses_block_starts

    # --- lifting ----------------------------------------------------------------------------------------------------

    async def _lift(self, evse: Evse) -> str:
        """Take our own profiles away; where that fails the maximum is written over them."""
        purposes = sorted(self._installed(evse))
        try:
            for purpose in purposes:
                await self._clear(evse, purpose)
        except Refused, Unsupported, Unanswered:
            return str((await self._write(evse, evse.limits.maximum)).method)
        if DEFAULT in purposes and not self._pen.offer().level:
            await self.fallback.restore(evse)
        return CLEARED if purposes else NONE

    async def _clear(self, evse: Evse, purpose: str) -> None:
        await self._pen.clear(ways.profile_id(evse.id, purpose))
        self._installed(evse, remove=purpose)

    def _installed(self, evse: Evse, *, add: str | None = None, remove: str | None = None) -> set[str]:
        """The purposes of our profiles on an EVSE: they outlive reboots (OCPP 1.6 errata 3.37) and our restarts."""
        key = f"profiles/{evse.id}"
        known = self._station.ledger.recall(self._station.name, key)
        purposes = {str(purpose) for purpose in known} if isinstance(known, list | tuple) else set[str]()
        now = (purposes | {add} if add else purposes) - {remove}
        if evse.transaction is None:
            now.discard(TX)  # it ends with its transaction (OCPP 1.6 ed. 2 - 7.10, OCPP 2.0.1 ed. 3 - K02.FR.05)
        kept = {str(purpose) for purpose in now}
        self._station.keep(key, sorted(kept) or None)
        return kept

    # --- beside the calls -------------------------------------------------------------------------------------------

    def _start(self, evse: Evse, name: str, work: Coroutine[None, None, None]) -> None:
        earlier = self._tasks.get((evse.id, name))
        if earlier is not None and earlier is not current_task():
            earlier.cancel()
        self._tasks[evse.id, name] = create_task(work)

    def _stop(self, evse: Evse) -> None:
        """End what goes on for an EVSE, but for whoever asks for that."""
        for key, task in tuple(self._tasks.items()):
            if key[0] == evse.id and key[1] != PLAN and task is not current_task():
                del self._tasks[key]
                task.cancel()

    async def _later(self, evse: Evse) -> None:
        """Set what is wished as soon as that may be written, and what is being written has been answered."""
        async with evse.limits.writer:
            pass
        while rest := self._tempo.rest(evse, self._station.target(evse)):
            await self._pause(rest)
        # under another name nobody who waits after it cancels what it writes
        self._tasks[evse.id, "due"] = self._tasks.pop((evse.id, "later"))
        with suppress(OcppError):
            await self._station.align(evse)

    async def _leave_later(self, evse: Evse, rest: float) -> None:
        await self._pause(rest)
        with suppress(OcppError):
            await self.leave(evse)

    async def _ask(self, limit: Limit, lease: timedelta) -> None:
        """Where a station does not fall back, its limits have no end from now on: it would go to its own maximum."""
        with suppress(OcppError):
            if await self._assurance.ask(limit, lease):
                limit.evse.limits.doubt()
                await self._station.align(limit.evse)

    async def _renew(self, limit: Limit, rest: float) -> None:
        """Keep a limit alive that ends by itself; what waits to be written takes its place."""
        evse, limits = limit.evse, limit.evse.limits
        with suppress(OcppError):
            while True:
                await self._pause(rest)
                if not limits.meets(self._station.target(evse)):
                    break
                with suppress(Unanswered):
                    try:
                        await self._install(limit)
                    except Refused, Unsupported:
                        limits.doubt()
                        break
            await self._station.align(evse)

    async def _again(self, limit: Limit) -> None:
        """Send a limit once more after a pause."""
        await self._pause(RESUMED)
        with suppress(OcppError):
            await self._install(limit)

    async def _watch(self, limit: Limit) -> None:
        """Wait until it is clear whether the station keeps to a limit."""
        kept = await self._vigil.keep(limit)
        if kept is None:
            return
        if kept:
            self._learned.works(limit.method, proven=True)
            self._station.settle("limit_ignored", limit.evse.id)
        else:
            await self._ignored(limit)

    async def _ignored(self, limit: Limit) -> None:
        """Tell the owner, and set the limit in another way if there is one that has not failed."""
        self._station.notice("limit_ignored", limit.evse.id, limit=f"{limit.amps:g}", method=str(limit.method))
        limit.evse.limits.doubt()
        if not self._learned.failed(limit.method.purpose):
            self._learned.fails(limit.method.purpose)
            with suppress(OcppError):
                await self._station.align(limit.evse)
