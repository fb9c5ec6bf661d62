"""Limits of others begin and end by the clock: whoever watches a station hears of it when that is so."""

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from datetime import UTC, datetime

from ..model.evse import Evse
from ..model.station import Station


class Turns:
    """Brings the limits of others at one station to what was announced for the present."""

    def __init__(self, station: Station, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Begin, with what has come true since it was announced."""
        self._station = station
        self._clock = clock
        self._timer: TimerHandle | None = None
        self._ignore = station.subscribe(self._look)
        self._look(station)

    def close(self) -> None:
        """End it."""
        self._ignore()
        self._stop()

    def _look(self, part: Station | Evse) -> None:
        self._stop()
        now = self._clock()
        parts: list[Station | Evse] = [self._station, *self._station.evses.values()]
        for each in parts:
            if each.external.turn(now):
                self._station.changed(each)
                return  # that has looked at the others
        moments = [moment for each in parts if (moment := each.external.next(now)) is not None]
        if moments:
            wait = (min(moments) - now).total_seconds()
            self._timer = get_running_loop().call_later(wait, self._look, self._station)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
