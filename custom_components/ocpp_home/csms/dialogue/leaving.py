"""Plans that stay with a station, so that charging goes on as planned while nobody leads it.

A profile with an end, above the limit the station falls back to and below the working limit, which therefore ends by
itself (OCPP 1.6 ed. 2 - 3.13.2, OCPP 2.0.1 ed. 3 - K01.FR.17). Nothing is left with a station that has no room for
three levels, or without a limit below: after the plan it would go to its own maximum.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.commands import Schedule
from ..model.errors import OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.limit import MINIMUM
from ..model.plan import PACE, Plan, Word
from ..model.station import Station
from . import ways
from .assurance import PATIENCE, SLACK, Assurance
from .call import quirks_of
from .effect import exceeds, per_phase
from .fallback import Fallback
from .learned import Learned
from .pen import Pen
from .ways import ABSOLUTE, DEFAULT, RELATIVE, TX, Method

KEY: Final = "plan"
LEVEL: Final = 1
"""Above the fall-back, below whatever leads."""
DAY: Final = 86400
LOOK: Final = 5.0
LOOKS: Final = 36
"""So often, every `LOOK` s, it is looked whether a car charges again after a pause."""
BELOW: Final = frozenset({(TX, TX), (DEFAULT, DEFAULT), (DEFAULT, TX)})
"""Purposes of a plan and of a working limit that goes before it: a TxProfile overrules a TxDefaultProfile."""


def foreseen(schedule: Schedule, plan: Plan, now: datetime, after: float) -> bool | None:
    """Whether a schedule that begins now keeps to a plan from `after` s on; None where it does not tell."""
    limits = list(zip(schedule.periods, per_phase(schedule), strict=True))
    span = schedule.duration or 0
    marks = {after, *(float(period.start) for period in schedule.periods)}
    marks |= {(leg.begin - now).total_seconds() for leg in plan.legs}
    seen = [
        (amps, leg.amps)
        for mark in sorted(marks)
        if after <= mark < span and (leg := plan.at(now + timedelta(seconds=mark + SLACK))) is not None
        for amps in [next((amps for period, amps in reversed(limits) if period.start <= mark + SLACK), None)]
        if amps is not None
    ]
    return None if not seen else not any(exceeds(amps, allowed) for amps, allowed in seen)


class Leaving:
    """The plans that are left with one station."""

    def __init__(self, station: Station, pen: Pen, learned: Learned, fallback: Fallback, assurance: Assurance) -> None:
        """Leave plans with `station`, which `pen` writes."""
        self._station = station
        self._pen = pen
        self._learned = learned
        self._fallback = fallback
        self._assurance = assurance

    def lies(self, evse: Evse) -> bool:
        """Whether a plan lies below what leads an EVSE."""
        return evse.left.lies(_now())

    def rest(self, evse: Evse) -> float:
        """For how long (s) the plan that is wished waits to be written; what is no longer safe does not wait."""
        left, booted = evse.left, self._station.booted_at
        unsafe = left.confirmed is not None and left.confirmed.exceeds(self._cap(evse))
        if left.at is None or unsafe or (booted is not None and left.at < booted):
            return 0.0
        return max(0.0, (left.at + PACE - _now()).total_seconds())

    async def align(self, evse: Evse) -> None:
        """Bring the plan on the station in line with what is wished; what goes wrong is noted at the EVSE."""
        left = evse.left
        wanted, method = self._wanted(evse), self._way(evse)
        if wanted is None or method is None:
            if left.confirmed is not None:
                await self.clear(evse)
            if left.wished is not None and left.wished.since(_now()) is not None:
                left.miss(Word.UNSUPPORTED, self._obstacle() or "it takes limits in a way that knows no plans")
        elif left.known and wanted.resembles(left.confirmed, _now()):
            return
        elif evse.limits.effective is None or self.rest(evse):
            left.miss(Word.WAITING)
        else:
            await self._write(evse, method, wanted)
        self._keep(evse)

    async def clear(self, evse: Evse) -> None:
        """Take the plan away; a TxProfile is gone with its transaction (OCPP 1.6 ed. 2 - 7.10, K02.FR.05)."""
        left = evse.left
        if left.confirmed is not None and (left.purpose != TX or evse.transaction is not None):
            await self._pen.clear(ways.plan_id(evse.id))
        left.confirm(None)
        self._keep(evse)

    async def end(self, evse: Evse) -> None:
        """A plan is of one car: it goes when that leaves."""
        evse.left.wished = None
        await self.clear(evse)

    async def yield_to(self, evse: Evse, purpose: str) -> None:
        """Take a plan away that would go before a working limit of this purpose."""
        left = evse.left
        if left.confirmed is not None and (left.purpose, purpose) not in BELOW:
            with suppress(Refused, Unsupported, Unanswered):
                await self.clear(evse)

    async def verify(self, evse: Evse, lease: timedelta) -> None:
        """Ask once per firmware what will be when a working limit has ended that lasts for `lease`."""
        left, now = evse.left, _now()
        if left.confirmed is None or left.word is not Word.UNVERIFIED:
            return
        if self._told() is None:
            seconds = min(DAY, int((left.confirmed.end - now).total_seconds()))
            try:
                schedule = await self._pen.composite(evse.id, seconds, None, PATIENCE)
            except Offline:
                raise
            except OcppError:
                return
            kept = foreseen(schedule, left.confirmed, now, lease.total_seconds() + SLACK)
            if kept is None:
                return
            word = Word.VERIFIED if kept else Word.UNSUPPORTED
            self._station.keep(KEY, {"firmware": self._station.identity.firmware, "word": word.value})
        left.word = self._told() or left.word
        if left.word is Word.UNSUPPORTED:
            await self.clear(evse)
            left.miss(Word.UNSUPPORTED, self._obstacle())
        self._station.changed(evse)

    async def restarts(self, evse: Evse, pause: Callable[[float], Awaitable[None]]) -> None:
        """Learn whether a car charges again when a pause has ended."""
        for _ in range(LOOKS):
            await pause(LOOK)
            if evse.transaction is None:
                return
            if evse.charging:
                self._learned.restarted()
                return

    async def _write(self, evse: Evse, method: Method, wanted: Plan) -> None:
        left = evse.left
        left.at = _now()
        try:
            await self._pen.leave(evse, method, wanted)
        except (Refused, Unsupported) as failure:
            left.miss(Word.REFUSED, str(failure))
        except Unanswered as failure:
            left.confirmed, left.purpose, left.known = wanted, method.purpose, False  # it may lie there
            left.miss(Word.WAITING, str(failure))
        else:
            left.confirm(wanted, method.purpose)

    def _wanted(self, evse: Evse) -> Plan | None:
        """What is left of the wish, as the station can take it and never above the limit it falls back to."""
        wished = None if evse.left.wished is None else evse.left.wished.since(_now())
        method = self._way(evse)
        if wished is None or method is None:
            return None
        pauses = self._learned.restarts and self._harmless(evse, method)
        sound = wished.capped(self._cap(evse)).sound(pauses=pauses, switches=self._station.switches(evse))
        return sound.fitted(self._pen.offer().periods)

    def _harmless(self, evse: Evse, method: Method) -> bool:
        """Whether a pause cannot keep another car from charging while we are there."""
        running = evse.transaction is not None
        return method.purpose == TX or (running and not quirks_of(self._station).pauses_block_starts)

    def _cap(self, evse: Evse) -> float:
        return max(MINIMUM, min(evse.limits.maximum, self._fallback.amps or 0.0))

    def _way(self, evse: Evse) -> Method | None:
        """How a plan is written: as a working limit is, a level above the lowest; None where that cannot be."""
        offered = ways.ways(self._station, evse, MINIMUM, self._pen.offer())
        first = next(iter(self._learned.order(offered)), None)
        if first is None or self._obstacle() is not None or first.purpose not in ways.IDS:
            return None
        if first.level <= LEVEL or first.kind == RELATIVE:
            return None
        return replace(first, kind=ABSOLUTE, level=LEVEL)

    def _obstacle(self) -> str | None:
        if self._fallback.amps is None:
            return "no safe limit lies below"
        if self._assurance.denied or self._told() is Word.UNSUPPORTED:
            return "the station does not do what lies below a limit that has ended"
        return None if self._pen.offer().level > LEVEL else "the station has no levels for it"

    def _told(self) -> Word | None:
        match self._station.ledger.recall(self._station.name, KEY):
            case {"firmware": firmware, "word": str(word)} if firmware == self._station.identity.firmware:
                return Word(word) if word in set(Word) else None
        return None

    def _keep(self, evse: Evse) -> None:
        self._station.keep(f"left/{evse.id}", evse.left.record())
        self._station.changed(evse)


def _now() -> datetime:
    return datetime.now(UTC)
