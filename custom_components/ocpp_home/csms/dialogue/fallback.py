"""The limit a station falls back to by itself when nobody leads it.

A TxDefaultProfile without end at the lowest stack level; the working limit lies above it (OCPP 1.6 ed. 2 - 3.13.2,
OCPP 2.0.1 ed. 3 - K01.FR.17).
"""

from asyncio import Lock
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ..model.errors import Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.limit import MINIMUM
from ..model.station import Station
from . import ways
from .learned import Learned
from .pen import Pen
from .ways import DEFAULT, DYNAMIC, Failure, Method

KEY: Final = "fallback"
NONE: Final = "nothing to clear"


class Fallback:
    """The fall-back of one station; that it is there is remembered, for such profiles outlive reboots.

    OCPP 1.6 ed. 2 errata - 3.37; OCPP 2.1 - K01.FR.27.
    """

    def __init__(self, station: Station, pen: Pen, learned: Learned) -> None:
        """Look after the fall-back of `station`, which `pen` writes."""
        self._station = station
        self._pen = pen
        self._learned = learned
        self._refused: object = None
        self._laying = Lock()

    @property
    def amps(self) -> float | None:
        """The limit that was installed (A), None where there is none."""
        amps = self._station.ledger.recall(self._station.name, KEY)
        return amps if isinstance(amps, int | float) else None

    def below(self, amps: float) -> bool:
        """Whether the station would fall back to less than `amps`."""
        return self.amps is not None and self.amps < amps

    async def ensure(self, amps: float) -> bool:
        """Install it unless that was done since the station has started; not every station keeps its profiles.

        Tells whether it was done now.
        """
        async with self._laying:  # who comes while it is being laid waits until it lies
            amps = max(amps, MINIMUM) if amps > 0 else 0.0
            attempt = (amps, tuple(self._station.evses), self._pen.offer())
            if self._lies(amps) or attempt == self._refused:
                return False
            self._refused = attempt
            await self.set(amps)
            self._refused = None
            return True

    def _lies(self, amps: float) -> bool:
        """Whether it was installed since the station has started."""
        at, booted = self._station.fallback_at, self._station.booted_at
        fresh = not amps or (at is not None and (booted is None or booted < at))
        return fresh and amps == (self.amps or 0.0)

    async def set(self, amps: float) -> str:
        """Install it, 0 takes it away; gives the way that worked. It is never a limit no car can charge with."""
        if not amps:
            return await self._clear()
        amps = max(amps, MINIMUM)
        # OCPP 1.6 ed. 2 - 3.13.1, OCPP 2.0.1 ed. 3 - K01.FR.14: at 0 it applies to all
        for numbers in ((0,), tuple(self._station.evses)):
            method = await self._lay(numbers, amps) if numbers else None
            if method is not None:
                self._station.keep(KEY, amps)
                self._station.fallback_at = datetime.now(UTC)
                self._station.settle("safe_limit_refused")
                return str(method)
        self._station.notice("safe_limit_refused", limit=f"{amps:g}")
        raise Refused("Rejected", "the station does not take a limit to fall back to")

    async def restore(self, evse: Evse) -> None:
        """OCPP 1.6 ed. 2 - 3.13.1: at the same stack level a working limit took its place there; put it back."""
        if self.amps is not None:
            await self._lay((evse.id,), self.amps)

    async def _lay(self, numbers: tuple[int, ...], amps: float) -> Method | None:
        """Install it at each of these places, all in one way; None where the station takes none."""
        offered = self._learned.order(ways.variants(self._station, DEFAULT, replace(self._pen.offer(), level=0)))
        failures: list[Failure] = []
        for method in dict.fromkeys(replace(way, level=0) for way in offered if way.kind != DYNAMIC):
            if ways.hopeless(failures):
                break
            try:
                for number in numbers:
                    await self._pen.lay(number, method, amps)
            except (Refused, Unsupported, Unanswered) as failure:
                failures.append(failure)
                continue
            return method
        return None

    async def _clear(self) -> str:
        if self.amps is None:
            return NONE
        for number in (0, *self._station.evses):
            await self._pen.clear(ways.fallback_id(number))
        self._station.keep(KEY, None)
        return "ClearChargingProfile"
