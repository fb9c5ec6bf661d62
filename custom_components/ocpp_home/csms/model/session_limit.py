"""What a session may come to before energy stops (OCPP 2.1 ed. 1 - E16): wishes, what was sent, and what is true."""

from dataclasses import dataclass, fields, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class SessionLimit:
    """Limits of one session, each None where there is none (OCPP 2.1 ed. 1 - 2.110 TransactionLimitType)."""

    cost: float | None = None
    """In the currency of the tariff."""
    energy: float | None = None
    """Wh"""
    time: int | None = None
    """Seconds since the session began."""
    soc: int | None = None
    """State of charge of the car (%)."""

    @property
    def given(self) -> dict[str, float]:
        """The limits that there are, by name."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name)) is not None}

    def with_(self, other: SessionLimit) -> SessionLimit:
        """These limits, changed to what `other` has."""
        return replace(self, **other.given)  # type: ignore[arg-type]  # the names and types are its own


NO_LIMIT: Final = SessionLimit()
LIFTED: Final = SessionLimit(cost=1_000_000, energy=1_000_000_000, time=315_360_000, soc=100)
"""E16.FR.17: a limit is taken away by one "high enough ... such that it is no longer relevant"."""


@dataclass(slots=True)
class SessionLimits:
    """The limits of one session. Wishes and facts are different fields."""

    wished: SessionLimit = NO_LIMIT
    sent: SessionLimit = NO_LIMIT
    """What the station was last told."""
    answered: int | None = None
    """The number of the message whose answer told it; when that message comes again, its answer was lost."""
    reported: SessionLimit = NO_LIMIT
    """What the station says it holds to, whoever has set it."""
    reached: str | None = None
    """Which of them has stopped the energy, as the station says."""

    def due(self, supported: frozenset[str]) -> SessionLimit:
        """What the station must still be told: of a lower limit that somebody has set there it is told nothing."""
        changes = {name: value for name in supported if (value := self._change(name)) is not None}
        return replace(NO_LIMIT, **changes)  # type: ignore[arg-type]  # the names and types are its own

    def _change(self, name: str) -> float | None:
        wished, sent, reported = (getattr(limit, name) for limit in (self.wished, self.sent, self.reported))
        if wished is None:
            wished = getattr(LIFTED, name) if sent is not None else None
        if wished is None or wished == sent:
            return None
        foreign = reported is not None and reported != sent
        return None if foreign and reported <= wished else wished  # E16.FR.08
