"""Cards with a budget of the month: a session under one ends where the budget does (OCPP 2.1 ed. 1 - C17)."""

from datetime import datetime

from ..model.admission import month_of
from ..model.session_limit import NO_LIMIT, SessionLimit
from ..model.station import Station
from ..model.token import Token


def metered(station: Station, token: Token) -> bool:
    """Whether a token may charge for so much only; no station is to remember what was decided about it."""
    card = station.household.cards.of(token)
    return card is not None and (card.energy_budget, card.cost_budget) != (None, None)


def left(station: Station, token: Token, at: datetime) -> SessionLimit:
    """What a session under a token may come to that begins at this moment."""
    card = station.household.cards.of(token)
    if card is None or not metered(station, token):
        return NO_LIMIT
    used = station.household.book.used(card, *month_of(at, station.policy.zone))
    return SessionLimit(cost=_rest(card.cost_budget, used.cost), energy=_rest(card.energy_budget, used.energy))


def _rest(budget: float | None, used: float) -> float | None:
    return None if budget is None else max(0.0, budget - used)
