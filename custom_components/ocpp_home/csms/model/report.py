"""Answers that come in parts, each a request of the station with the number of the question."""

from asyncio import Event, wait_for
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .errors import Unanswered
from .transaction import Json

type Part = Mapping[str, Json]


class Report:
    """One answer; parts come in their order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[Part] = []
        self.complete = False
        self._news = Event()

    def take(self, part: Part, *, last: bool) -> None:
        """Take a part, once if it is told twice in a row."""
        if self.parts[-1:] != [part]:
            self.parts.append(part)
        self.complete = self.complete or last
        self._news.set()

    async def whole(self, patience: float) -> list[Part]:
        """All parts; raises Unanswered when the next one takes longer than `patience` s."""
        while not self.complete:
            self._news.clear()
            try:
                await wait_for(self._news.wait(), patience)
            except TimeoutError:
                raise Unanswered(f"the report stopped after {len(self.parts)} parts") from None
        return self.parts


class Reports:
    """What one station is being asked for, by the number of the request."""

    def __init__(self) -> None:
        """Begin with no question."""
        self._open: dict[int, Report] = {}

    @contextmanager
    def expect(self, number: int) -> Iterator[Report]:
        """Collect what comes with this number."""
        report = self._open[number] = Report()
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
