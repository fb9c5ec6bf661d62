"""What becomes of a limit that was set: whether the station keeps to it, and whether others leave less than it."""

from collections.abc import Awaitable, Callable
from math import inf
from typing import Final

from ..model.errors import OcppError, Offline
from ..model.limit import pausing
from ..model.station import Station
from .effect import TOLERANCE, Proof, scheduled
from .pen import Limit, Pen

LOOK: Final = 5.0
"""Seconds between two looks at the readings after a limit was set."""
LOOKS: Final = 36
OFTEN: Final = 60.0
"""A station is not asked more often (s) what its profiles come to."""
PATIENCE: Final = 10.0
"""Seconds it may take to tell."""


class Vigil:
    """Looks for a while at what a station does with each limit."""

    def __init__(
        self, station: Station, pen: Pen, pause: Callable[[float], Awaitable[None]], clock: Callable[[], float]
    ) -> None:
        """Look over one connection; `pause` lets seconds pass, which `clock` counts."""
        self._station = station
        self._pen = pen
        self._pause = pause
        self._clock = clock
        self._asked: dict[int, float] = {}

    async def keep(self, limit: Limit) -> bool | None:
        """Whether the station keeps to a limit; None where that does not come out."""
        proof = Proof(limit.evse, limit.amps)
        for place in range(LOOKS):
            await self._pause(LOOK)
            if place == 0:
                await self._ask(limit)
            if (kept := proof.look()) is not None:
                return kept
        return None

    async def _ask(self, limit: Limit) -> None:
        """Note where other profiles leave less, at a station whose readings do not say what it offers."""
        evse = limit.evse
        if evse.offered is not None or pausing(limit.amps):
            return
        if self._clock() < self._asked.get(evse.id, -inf) + OFTEN:
            return
        self._asked[evse.id] = self._clock()
        ceiling = None
        try:
            seen = scheduled(await self._pen.composite(evse.id, int(OFTEN), None, PATIENCE))
        except Offline:
            return
        except OcppError:
            self._asked[evse.id] = inf  # it does not tell
        else:
            ceiling = seen if seen is not None and seen < limit.amps - TOLERANCE else None
        if ceiling != evse.limits.ceiling:
            evse.limits.ceiling = ceiling
            self._station.changed(evse)
