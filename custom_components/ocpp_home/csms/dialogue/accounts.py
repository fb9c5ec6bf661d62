"""Whose a session is and what it comes to: frozen when it begins, settled when it ends."""

from ..model.account import Holder
from ..model.card import Card
from ..model.station import Station
from ..model.token import Token
from ..model.transaction import Transaction


def hold(station: Station, transaction: Transaction, token: Token | None) -> None:
    """Record whose card it is now, when a session gets its token; a later owner of the card changes nothing."""
    if token is None or transaction.token is None or transaction.holder is not None:
        return
    holder = station.holder(token) if station.holder is not None else _owner(station.household.cards.of(token))
    if holder is not None:
        station.ledger.hold(transaction, holder)


def settle(station: Station, transaction: Transaction) -> None:
    """Have what a session came to recorded together with its end, or with what came to be known after it."""
    if station.account is not None and not transaction.active and transaction.account is None:
        station.account(transaction)


def _owner(card: Card | None) -> Holder | None:
    return None if card is None else Holder(card.name or None, card.person or None, card.group or None)
