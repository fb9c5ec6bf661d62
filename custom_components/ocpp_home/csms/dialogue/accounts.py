"""Whose a session is and what it comes to: frozen when it begins, settled when it ends."""

from datetime import datetime

from ..model.account import Holder
from ..model.station import Station
from ..model.token import Token
from ..model.transaction import Transaction


def hold(station: Station, transaction: Transaction, token: Token | None, at: datetime) -> None:
    """Record whose card it was when it was shown; who has it when that is told does not matter."""
    if token is None or transaction.token is None or transaction.holder is not None:
        return
    holder = station.holder(token) if station.holder is not None else _owner(station, token, at)
    if holder is not None:
        station.ledger.hold(transaction, holder)


def settle(station: Station, transaction: Transaction) -> None:
    """Have what a session came to recorded together with its end, or with what came to be known after it."""
    if station.account is not None and not transaction.active and transaction.account is None:
        station.account(transaction)


def _owner(station: Station, token: Token, at: datetime) -> Holder | None:
    """Whose a card was at a moment, or is now where nobody has noted that."""
    known = station.ledger.holder(token, at)
    card = station.household.cards.of(token) if known is None else None
    return known if card is None else card.holder
