"""Answers that come in parts, each a request of the station with the number of the question."""

from asyncio import Event, wait_for
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from .errors import Unanswered
from .transaction import Json

type Part = Mapping[str, Json]

MOST: Final = 5000
"""A report of more parts has no end."""
LARGEST: Final = 16 * 1024 * 1024
"""Neither has one of more characters, where they are kept."""


class Report:
    """One answer; parts come in their order."""

    def __init__(self, *, kept: bool = True) -> None:
        """Begin with nothing; of a report that is not `kept` its parts are only counted."""
        self.parts: list[Part] = []
        self.count = self._size = 0
        self._kept = kept
        self.complete = False
        self._news = Event()

    def take(self, part: Part, *, last: bool) -> None:
        """Take a part, once if it is told twice in a row."""
        if self.parts[-1:] != [part]:
            self.count += 1
            self._size += len(repr(part)) if self._kept else 0
            if not self._kept or self._endless:
                self.parts.clear()
            self.parts.append(part)
        self.complete = self.complete or last
        self._news.set()

    async def whole(self, patience: float) -> list[Part]:
        """All parts; raises Unanswered when there is no end, or the next one takes longer than `patience` s."""
        while not self.complete:
            if self._endless:
                raise Unanswered(f"the report has no end after {self.count} parts")
            self._news.clear()
            try:
                await wait_for(self._news.wait(), patience)
            except TimeoutError:
                raise Unanswered(f"the report stopped after {self.count} parts") from None
        return self.parts

    @property
    def _endless(self) -> bool:
        return self.count > MOST or self._size > LARGEST


class Reports:
    """What one station is being asked for, by the number of the request."""

    def __init__(self) -> None:
        """Begin with no question."""
        self._open: dict[int, Report] = {}

    @contextmanager
    def expect(self, number: int, *, kept: bool = True) -> Iterator[Report]:
        """Collect what comes with this number; what the model takes over part by part need not be `kept`."""
        report = self._open[number] = Report(kept=kept)
        try:
            yield report
        finally:
            del self._open[number]

    def take(self, number: int, part: Part, *, last: bool) -> bool:
        """Take a part; False where nobody asked for it."""
        report = self._open.get(number)
        if report is not None:
            report.take(part, last=last)
        return report is not None
