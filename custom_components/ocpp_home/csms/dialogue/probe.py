"""The commissioning probe: what a station makes of limits is tried, one respect after the other.

Nothing is tried that is above what is wished, and what the station does not tell is not concluded: it stays None.
"""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Final

from ..model.commands import Schedule
from ..model.errors import Invalid, OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.findings import Findings
from ..model.limit import MINIMUM
from ..model.station import Station
from . import ways
from .effect import exceeds, per_phase
from .learned import Learned
from .pen import Limit, Pen
from .ways import DEFAULT, TX, Method

HIGHEST: Final = 10.0
"""What is tried at most (A)."""
LOWEST: Final = 7.0
"""With less there is nothing to tell apart."""
LEASE: Final = timedelta(seconds=30)
LOOK: Final = 10.0
"""Seconds a station may take to tell its composite schedule."""
FINE: Final = 0.2
"""So far (A) a limit may be off that was told in another unit."""
GLANCE: Final = 1.0
"""Seconds between two looks at a car that is to stop, or to charge again."""
STOPS: Final = 30
STARTS: Final = 60
"""So many looks it may take."""


def key(evse: int) -> str:
    """Under which name is remembered what was found."""
    return f"probe/{evse}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a limit."""

    amps: float
    taken: bool
    schedule: Schedule | None = None
    """What the station says it will do, None where it does not tell."""

    @property
    def seen(self) -> float | None:
        """The limit that rules, as far as the station tells (A)."""
        return None if self.schedule is None else next(iter(per_phase(self.schedule)), None)

    @property
    def kept(self) -> bool | None:
        """Whether the station keeps to it; None where it took it and does not tell."""
        if not self.taken:
            return False
        return None if self.seen is None else not exceeds(self.seen, self.amps)

    @property
    def exact(self) -> bool | None:
        """Whether it rules as it was told."""
        return abs(self.seen - self.amps) < FINE if self.kept and self.seen is not None else self.kept


class Probe:
    """A probe of one EVSE over one connection."""

    def __init__(
        self,
        station: Station,
        pen: Pen,
        learned: Learned,
        pause: Callable[[float], Awaitable[None]] = sleep,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Try limits which `pen` writes, and leave what works with `learned`; `clock` measures how long they take."""
        self._station = station
        self._pen = pen
        self._learned = learned
        self._pause = pause
        self._clock = clock
        self._took: list[float] = []

    async def run(self, evse: Evse) -> Findings:
        """Find out; raises Invalid where less is wished than can be tried, and Offline. The profile stays behind."""
        evse.limits.trouble = None
        try:
            return await self._run(evse)
        except OcppError as error:
            evse.limits.trouble = str(error)
            raise

    async def _run(self, evse: Evse) -> Findings:
        purpose = DEFAULT if evse.transaction is None else TX
        high = min(HIGHEST, evse.limits.maximum if evse.limits.effective is None else evse.limits.effective)
        if high < LOWEST:
            raise Invalid(f"a probe needs a wish of {LOWEST:g} A or more")
        way, first = await self._way(evse, purpose, high)
        if way is None:
            self._learned.fails(purpose)
            return self._keep(evse, Findings(tells=first.schedule is not None))
        findings = await self._respects(evse, way, first)
        self._learned.works(replace(way, whole=findings.decimals is False), proven=first.kept is True)
        if findings.restarts:
            self._learned.restarted()
        return self._keep(evse, findings)

    async def _way(self, evse: Evse, purpose: str, high: float) -> tuple[Method | None, Trial]:
        """The first way that is kept to, else the first of which nobody knows."""
        unknown: tuple[Method, Trial] | None = None
        trial = Trial(high, taken=False)
        for method in ways.variants(self._station, purpose, self._pen.offer()):
            trial = await self._try(Limit(evse, method, high))
            if trial.kept:
                return method, trial
            if trial.kept is None and unknown is None:
                unknown = method, trial
        return unknown or (None, trial)

    async def _respects(self, evse: Evse, way: Method, first: Trial) -> Findings:
        high, charged = first.amps, bool(evse.charging)
        other = replace(way, unit="W" if way.unit == "A" else "A")
        units = {way.unit: first.kept, other.unit: (await self._try(Limit(evse, other, high))).exact}
        usual = Limit(evse, way, high)
        single = await self._try(replace(usual, phases=1))
        ends = await self._try(replace(usual, lease=LEASE))
        decimals = await self._try(replace(usual, amps=high - 0.5))
        lowest = await self._lowest(usual)
        pauses = await self._try(replace(usual, amps=0.0))
        return Findings(
            purpose=way.purpose,
            kind=way.kind,
            units=tuple(unit for unit, works in units.items() if works is not False),
            stacks=way.level > 0,
            decimals=decimals.exact,
            lowest=lowest,
            pauses=pauses.kept,
            restarts=await self._restarts(usual) if charged and pauses.taken else None,
            phases=_single(single),
            ends=_ends(ends),
            tells=first.schedule is not None,
            latency=sorted(self._took)[len(self._took) // 2],
        )

    async def _lowest(self, usual: Limit) -> float | None:
        """The lowest current that rules as it was told (A); None where none does, or the station does not tell."""
        for amps in range(int(MINIMUM), int(usual.amps) + 1):
            trial = await self._try(replace(usual, amps=float(amps)))
            if trial.exact is not False:
                return trial.amps if trial.exact else None
        return None

    async def _restarts(self, usual: Limit) -> bool | None:
        """Whether the car charges again after the limit of 0 it has now; None where it does not stop for that."""
        stopped = await self._comes(usual, lambda: usual.evse.charging is False, STOPS)
        await self._try(usual)
        return await self._comes(usual, lambda: bool(usual.evse.charging), STARTS) if stopped else None

    async def _comes(self, usual: Limit, condition: Callable[[], bool], looks: int) -> bool:
        """Whether something happens while one looks at it; who wishes less meanwhile need not wait for that."""
        for _ in range(looks):
            await self._pause(GLANCE)
            _allow(usual)
            if condition():
                return True
        return False

    async def _try(self, limit: Limit) -> Trial:
        _allow(limit)
        begin = self._clock()
        try:
            await self._pen.write(limit, ways.TRIAL)
        except Refused, Unsupported, Unanswered:
            return Trial(limit.amps, taken=False)
        self._took.append(self._clock() - begin)
        try:
            unit = None if limit.method.unit == "A" else limit.method.unit
            seconds = 2 * int(LEASE.total_seconds())
            return Trial(limit.amps, True, await self._pen.composite(limit.evse.id, seconds, unit, LOOK))
        except Offline:
            raise
        except OcppError:
            return Trial(limit.amps, taken=True)

    def _keep(self, evse: Evse, findings: Findings) -> Findings:
        self._station.keep(key(evse.id), findings.record(self._station.identity.firmware))
        evse.limits.findings = findings
        return findings


def _allow(limit: Limit) -> None:
    """Raise Refused where less is wished than this."""
    wished = limit.evse.limits.effective
    if wished is not None and wished < limit.amps:
        raise Refused("Rejected", "less is wished now than the probe tries")


def _single(trial: Trial) -> bool | None:
    """Whether a limit with one phase has one in the schedule of the station."""
    periods = () if trial.schedule is None else trial.schedule.periods
    phases = next((period.phases for period in periods), None)
    return phases == 1 if phases is not None else (None if trial.taken else False)


def _ends(trial: Trial) -> bool | None:
    """Whether a limit that ends by itself is followed by another one in time."""
    if not trial.kept or trial.schedule is None:
        return trial.kept
    last = LEASE.total_seconds() + 5
    return any(0 < period.start <= last for period in trial.schedule.periods)
