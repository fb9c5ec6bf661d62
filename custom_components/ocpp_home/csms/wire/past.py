"""What outlives the connections of one identity."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from .replay import Answers

MAX_REMEMBERED: Final = 1024
MAX_TAKEOVERS: Final = 3
TAKEOVER_PERIOD: Final = 60.0


class Past:
    """One identity's recent answers and takeovers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.answers = Answers(clock)
        self._clock = clock
        self._takeovers: deque[float] = deque(maxlen=MAX_TAKEOVERS)

    def fought_over(self) -> bool:
        """Count a takeover, unless there were three in the last minute: then two stations fight for one identity."""
        now = self._clock()
        if len(self._takeovers) == MAX_TAKEOVERS and now - self._takeovers[0] < TAKEOVER_PERIOD:
            return True
        self._takeovers.append(now)
        return False


class Pasts:
    """The pasts of the identities that came last; a stranger with many names cannot make it grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pasts: OrderedDict[str, Past] = OrderedDict()

    def of(self, key: str) -> Past:
        """Return the past of an identity, a fresh one for a new identity."""
        past = self._pasts.setdefault(key, Past(self._clock))
        self._pasts.move_to_end(key)
        if len(self._pasts) > MAX_REMEMBERED:
            self._pasts.popitem(last=False)
        return past
