"""What sessions come to together, by person, card or station."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .session import Period, Session


class By(StrEnum):
    """What sessions are put together by."""

    PERSON = "person"
    CARD = "card"
    STATION = "station"


NAME: Final[dict[By, Callable[[Session], str | None]]] = {
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


def totals(sessions: Iterable[Session], period: Period, by: By) -> list[Total]:
    """The totals of a period, in the order of their names, nobody last."""
    grouped: dict[str | None, list[Session]] = {}
    for session in sessions:
        grouped.setdefault(NAME[by](session), []).append(session)
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
