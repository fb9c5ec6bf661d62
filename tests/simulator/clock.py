"""The simulated world's time: real, accelerated, or advanced by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import heapq
from itertools import count


class Clock:
    """Time that runs `factor` times as fast as the wall clock."""

    def __init__(self, factor: float = 1.0, start: datetime | None = None) -> None:
        self.factor = factor
        self._start = start
        self._began: float | None = None

    def now(self) -> datetime:
        """The present moment, UTC, to the millisecond."""
        if self._start is None and self.factor == 1.0:
            return milliseconds(datetime.now(UTC))
        monotonic = asyncio.get_running_loop().time()
        if self._began is None:
            self._began, self._start = monotonic, self._start or datetime.now(UTC)
        assert self._start is not None
        return milliseconds(self._start + timedelta(seconds=(monotonic - self._began) * self.factor))

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of this clock's time pass."""
        await asyncio.sleep(max(0.0, seconds) / self.factor)


class ManualClock(Clock):
    """Time that stands still until a test advances it; everything that falls due happens in order."""

    def __init__(self, start: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)) -> None:
        super().__init__(1.0, start)
        self._now = start
        self._numbers = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self.settlers: list[Callable[[], Awaitable[None]]] = []

    def now(self) -> datetime:
        """The moment the last advance ended at."""
        return milliseconds(self._now)

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody has advanced the clock by `seconds`."""
        woken = asyncio.get_running_loop().create_future()
        due = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._sleepers, (due, next(self._numbers), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; between two events everybody finishes what they have begun."""
        target = self._now + timedelta(seconds=seconds)
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            self._now = self._sleepers[0][0]
            while self._sleepers and self._sleepers[0][0] <= self._now:
                _, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    woken.set_result(None)
            await self._settle()
        self._now = target
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        for settle in self.settlers:
            await settle()


def milliseconds(moment: datetime) -> datetime:
    """Cut to the millisecond, the resolution that stations send."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime) -> str:
    """Write a moment as stations do: `2026-06-01T12:00:00.000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; without a zone it is taken as UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
