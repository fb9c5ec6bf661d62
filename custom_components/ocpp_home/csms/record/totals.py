"""What sessions come to together, by person, card or station."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..model.card import Card
from .session import Period, Session


class By(StrEnum):
    """What sessions are put together by."""

    PERSON = "person"
    CARD = "card"
    STATION = "station"


type Naming = Callable[[Session], str | None]
"""What the sessions that belong together have in common; None for those that belong to nobody."""

NAME: Final[dict[By, Naming]] = {
    By.PERSON: lambda session: session.transaction.person,
    By.CARD: lambda session: session.transaction.card,
    By.STATION: lambda session: session.transaction.station,
}


@dataclass(frozen=True, slots=True)
class Total:
    """What the sessions of one name came to in a period: a session counts where any of it lies there."""

    name: str | None = None
    """None for the sessions that belong to nobody."""
    sessions: int = 0
    energy: int = 0
    """Wh."""
    sun: int | None = None
    """Wh; None where nobody knows."""
    costs: tuple[tuple[str, int], ...] = ()
    """Currency and micro-units, for each currency there is."""
    unpriced: int = 0
    """Wh of which nobody knows the price."""


class Bearers:
    """What the card of a session is called now: cards are renamed, records keep the name of the day.

    A card is known by its number, and by its name where it has another number now.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards = tuple(cards)
        self._known: dict[tuple[str | None, str | None], str | None] = {}

    def __call__(self, session: Session) -> str | None:
        """The name, asked of each pair of number and name once."""
        told = session.transaction
        key = told.token, told.card
        if key not in self._known:
            self._known[key] = next((card.name for card in self._cards if card.opened(told)), told.card)
        return self._known[key]


def totals(sessions: Iterable[Session], period: Period, by: By | Naming) -> list[Total]:
    """The totals of a period, in the order of their names, nobody last."""
    naming = NAME[by] if isinstance(by, By) else by
    grouped: dict[str | None, list[Session]] = {}
    for session in sessions:
        grouped.setdefault(naming(session), []).append(session)
    found = [total(group, period, name) for name, group in grouped.items()]
    return sorted(
        (one for one in found if one.sessions), key=lambda one: (one.name is None, (one.name or "").casefold())
    )


def total(sessions: Iterable[Session], period: Period, name: str | None = None) -> Total:
    """What sessions come to together in a period."""
    count = energy = unpriced = 0
    suns: list[int] = []
    costs: dict[str, int] = {}
    for session in sessions:
        days = session.days(period)
        count += bool(days)
        delivered = sum(day.energy for day in days)
        energy += delivered
        suns += [day.sun for day in days if day.sun is not None]
        currency = session.account.currency if session.account is not None else None
        if currency is None:
            unpriced += delivered
        elif days:
            costs[currency] = costs.get(currency, 0) + sum(day.cost or 0 for day in days)
    return Total(name, count, energy, sum(suns) if suns else None, tuple(sorted(costs.items())), unpriced)
