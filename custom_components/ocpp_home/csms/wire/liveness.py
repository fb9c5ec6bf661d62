"""Whether a station is alive, judged by any traffic; pure, with the time as an argument."""

from enum import Enum
from typing import Final

SILENCE: Final = 85.0
"""After so many seconds without a byte a connection is dead (promised: within 90 s)."""

LAG: Final = 1.0
"""A tick so much too late means that we were blocked ourselves, which is not the station's silence."""


class Act(Enum):
    """What to do now."""

    WAIT = "wait"
    PING = "ping"
    PROBE = "probe"
    DEAD = "dead"


class Liveness:
    """The silence of one connection; without `interval` no pings are sent and only the probe asks."""

    def __init__(self, now: float, interval: float | None, silence: float = SILENCE) -> None:
        self.answers_pings = False
        self._pings = bool(interval)
        self._silence = silence
        self._step = min(interval, silence / 3) if interval else silence * 2 / 3
        self._heard = now
        self._asked = now
        self._probed = False
        self._due = now + self._step

    @property
    def due(self) -> float:
        """When `tick` wants to be called next."""
        return self._due

    def heard(self, now: float) -> None:
        """Note that bytes came, whatever they were."""
        self._heard = now

    def ponged(self) -> None:
        """Note that the station answers pings."""
        self.answers_pings = True

    def tick(self, now: float) -> Act:
        """Judge the silence so far and plan the next tick."""
        if now - self._due > LAG:
            self._heard += now - self._due
        if self._heard > self._asked:
            self._probed = False
        act = self._judge(now)
        self._due = min(self._heard + self._silence, self._question())
        return act

    def _question(self) -> float:
        return max(self._heard, self._asked) + self._step

    def _judge(self, now: float) -> Act:
        if now >= self._heard + self._silence:
            return Act.DEAD
        if now < self._question():
            return Act.WAIT
        ping_ignored = self._asked > self._heard and not self.answers_pings
        self._asked = now
        if not self._probed and (ping_ignored or not self._pings):
            self._probed = True
            return Act.PROBE
        return Act.PING if self._pings else Act.WAIT
