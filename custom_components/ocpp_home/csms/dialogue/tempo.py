"""When a limit may be written: most stations keep profiles in flash memory, which each write wears.

What lowers a limit goes out at once, for a fuse does not wait; what raises it waits until the last write is some time
ago. Nothing is queued: whoever waits for his turn writes what is wished by then.
"""

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Final

from ..model.evse import Evse
from ..model.limit import Target

RISE: Final = 10.0
"""Seconds between a write and one that raises the limit."""
SMALL_RISE: Final = 30.0
"""Seconds between a write and one that raises the limit by less than `SMALL`."""
SMALL: Final = 1.0
PATIENT: Final = 2
"""After so many refusals in a row the next try waits, `RISE` at first and twice as long each time."""
LONGEST: Final = 300.0
DOUBLINGS: Final = 5
USUAL: Final = 3
"""OCPP 1.6 ed. 2 - 7.12: the phases of a limit that tells none."""


class Tempo:
    """The pace of writing at one station."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Count seconds as `clock` does."""
        self._clock = clock
        self._written: dict[int, float] = {}

    def wrote(self, evse: Evse) -> None:
        """Note that a limit of an EVSE is being written."""
        self._written[evse.id] = self._clock()

    def rest(self, evse: Evse, target: Target, *, asked: bool = False) -> float:
        """For how long (s) a limit has to wait before it is written, 0 where it need not.

        Where the owner has `asked` for it just now, a refusal is no reason to wait: he shall hear the next one, too.
        """
        return max(0.0, self._written.get(evse.id, -inf) + _gap(evse, target, asked) - self._clock())


def _gap(evse: Evse, target: Target, asked: bool) -> float:
    limits = evse.limits
    if limits.refusals >= PATIENT and not asked:
        return min(RISE * 2.0 ** min(limits.refusals - PATIENT, DOUBLINGS), LONGEST)
    now = Target(limits.confirmed, limits.confirmed_phases)
    if not limits.known or target == now or _amps(target) < _amps(now) or _total(target) < _total(now):
        return 0.0
    small = _amps(target) - _amps(now) < SMALL and _total(target) - _total(now) < SMALL * USUAL
    return SMALL_RISE if small else RISE


def _amps(target: Target) -> float:
    return inf if target.amps is None else target.amps


def _total(target: Target) -> float:
    return _amps(target) * (target.phases or USUAL)
