"""Log lines of which a station can cause as many as it likes, held to one a minute."""

from collections import OrderedDict, deque
from collections.abc import Callable
import logging
from typing import Final

PERIOD: Final = 60.0
MAX_KINDS: Final = 256
MOST: Final = 60
"""So many lines in a minute, whoever causes them: somebody may have as many names and addresses as he likes."""


class QuietLog:
    """A logger that repeats a (who, kind) at most once a minute and says how often it kept silent."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float]) -> None:
        self._logger = logger
        self._clock = clock
        self._spoken: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._lines: deque[float] = deque(maxlen=MOST)

    def report(self, who: str, kind: str, text: str = "", *, exc_info: bool = False) -> None:
        """Log a warning, unless this kind was logged for this peer in the last minute."""
        now = self._clock()
        since, silent = self._spoken.pop((who, kind), (now - PERIOD, 0))
        full = len(self._lines) == MOST and now - self._lines[0] < PERIOD
        speak = now - since >= PERIOD and not full
        self._spoken[who, kind] = (now, 0) if speak else (since, silent + 1)
        if len(self._spoken) > MAX_KINDS:
            self._spoken.popitem(last=False)
        if speak:
            self._lines.append(now)
            more = f" ({silent} more since the last report)" if silent else ""
            self._logger.warning(
                "%s: %s%s%s", printable(who), kind, f": {printable(text)}" if text else "", more, exc_info=exc_info
            )


def printable(text: str) -> str:
    """Return a text of a stranger as one short line without control characters."""
    return "".join(mark if mark.isprintable() else "?" for mark in text[:200])
