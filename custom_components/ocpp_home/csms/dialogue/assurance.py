"""Whether a station falls back by itself: what it says of its next minutes is asked after a first limit, and weekly.

A limit that ends by itself is safe only above one that does not: without that a station goes to its own maximum.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.commands import Schedule
from ..model.errors import OcppError, Offline
from ..model.limit import FailSafe
from ..model.station import Station
from .effect import exceeds, per_phase
from .fallback import Fallback
from .pen import Limit, Pen

KEY: Final = "fail_safe"
WEEK: Final = timedelta(days=7)
PATIENCE: Final = 15.0
"""Seconds a station may take to tell its composite schedule."""
SLACK: Final = 5
"""So much later (s) than a limit ends the station may fall back."""


def foreseen(schedule: Schedule, floor: float, lease: timedelta) -> bool | None:
    """Whether a schedule falls to the floor (A) when a limit above it ends; None where it does not tell."""
    amps = per_phase(schedule)
    if not amps or not exceeds(amps[0], floor):
        return None
    ends = [period.start for period, limit in zip(schedule.periods, amps, strict=True) if not exceeds(limit, floor)]
    return bool(ends) and ends[0] <= lease.total_seconds() + SLACK and not exceeds(amps[-1], floor)


class Assurance:
    """What is known of how one station falls back; it holds for one firmware and outlives restarts."""

    def __init__(self, station: Station, pen: Pen, fallback: Fallback) -> None:
        """Begin with what is remembered of `station`."""
        self._station = station
        self._pen = pen
        self._fallback = fallback

    @property
    def denied(self) -> bool:
        """Whether it is known that the station does not fall back by itself."""
        return self._recall()[0] is FailSafe.UNSUPPORTED

    def due(self) -> bool:
        """Whether the station is to be asked again."""
        word, at = self._recall()
        return word is not FailSafe.UNSUPPORTED and (at is None or datetime.now(UTC) - at >= WEEK)

    def show(self) -> None:
        """Bring what is known to where it is seen."""
        word = self._recall()[0] if self._fallback.amps is not None else None
        if word is FailSafe.UNSUPPORTED:
            self._station.notice("fail_safe_unsupported", limit=f"{self._fallback.amps:g}")
        else:
            self._station.settle("fail_safe_unsupported")
        if self._station.fail_safe is not word:
            self._station.fail_safe = word
            self._station.changed(self._station)

    def note(self, word: FailSafe) -> None:
        """Remember what was found."""
        at = datetime.now(UTC).isoformat()
        self._station.keep(KEY, {"firmware": self._station.identity.firmware, "word": word.value, "at": at})
        self.show()

    async def ask(self, limit: Limit, lease: timedelta) -> bool:
        """Ask what will be when a limit has ended; tells whether that has shown that the station does not fall back."""
        floor = self._fallback.amps
        if floor is None:
            return False
        seconds = 2 * int(lease.total_seconds())
        try:
            told = foreseen(await self._pen.composite(limit.evse.id, seconds, None, PATIENCE), floor, lease)
        except Offline:
            raise
        except OcppError:
            told = None
        self.note({True: FailSafe.VERIFIED, False: FailSafe.UNSUPPORTED, None: FailSafe.UNVERIFIED}[told])
        return told is False

    def _recall(self) -> tuple[FailSafe | None, datetime | None]:
        match self._station.ledger.recall(self._station.name, KEY):
            case {"firmware": firmware, "word": str(word), "at": str(at)} if (
                firmware == self._station.identity.firmware and word in set(FailSafe)
            ):
                return FailSafe(word), datetime.fromisoformat(at)
        return None, None
