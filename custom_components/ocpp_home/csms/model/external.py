"""Limits that others have set at a station: those in force, and what has been announced of them."""

from dataclasses import dataclass
from datetime import datetime

from .limit import ExternalLimit


@dataclass(frozen=True, slots=True)
class Announced:
    """What somebody has announced: from each moment (UTC) on this limit, or none; in the order of the moments."""

    turns: tuple[tuple[datetime, ExternalLimit | None], ...]

    def at(self, now: datetime) -> ExternalLimit | None:
        """What is in force at a moment."""
        return next((limit for moment, limit in reversed(self.turns) if moment <= now), None)

    def next(self, now: datetime) -> datetime | None:
        """When that changes."""
        return next((moment for moment, _ in self.turns if moment > now), None)


class External(dict[str, ExternalLimit]):
    """The limits that are in force, by their source."""

    def __init__(self) -> None:
        """Nobody limits anything."""
        super().__init__()
        self.announced: dict[str, Announced] = {}

    @property
    def sources(self) -> set[str]:
        """Who limits, or has announced to."""
        return {*self, *self.announced}

    def announce(self, source: str, announced: Announced, now: datetime) -> bool:
        """Note what somebody has announced in the place of what he had; tells whether another limit is in force."""
        self.announced[source] = announced
        return self.turn(now)

    def release(self, source: str) -> bool:
        """Note that somebody limits nothing any more; tells whether he did."""
        announced = self.announced.pop(source, None)
        return self.pop(source, announced) is not None

    def turn(self, now: datetime) -> bool:
        """Bring what is in force to what was announced for now; tells whether anything is different."""
        before = dict(self)
        for source, announced in tuple(self.announced.items()):
            limit = announced.at(now)
            if limit is not None:
                self[source] = limit
                continue
            self.pop(source, None)
            if announced.next(now) is None:
                del self.announced[source]
        return self != before

    def next(self, now: datetime) -> datetime | None:
        """When something will be different."""
        moments = (announced.next(now) for announced in self.announced.values())
        return min((moment for moment in moments if moment is not None), default=None)
