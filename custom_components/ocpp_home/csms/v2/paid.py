"""Starts that somebody has paid for elsewhere (OCPP 2.1 ed. 1 - C24.FR.01, C25.FR.23).

The reference of a payment is no card of the household, so nothing is laid down about it. It is welcome for the one
session that was started with it, which bears the number of that start.
"""

from collections.abc import Mapping
from typing import Final

from ..model.station import Station
from ..model.token import Token, TokenType
from ..model.transaction import Transaction

KEY: Final = "paid"
KEPT: Final = 8
"""Of so many payments it is known."""


def expect(station: Station, number: int, token: Token) -> None:
    """Note that the start of this number is paid for, if it is."""
    if token.type is TokenType.DIRECT_PAYMENT:
        told = [*_told(station).items(), (str(number), token.key)]
        station.keep(KEY, dict(told[-KEPT:]))


def covers(station: Station, token: Token, session: Transaction | None) -> bool:
    """Whether a payment is for this session; without one, for a session that may yet begin."""
    if token.type is not TokenType.DIRECT_PAYMENT:
        return False
    told = _told(station)
    return token.key in (told.values() if session is None else [told.get(str(session.remote_start))])


def _told(station: Station) -> Mapping[str, str]:
    told = station.ledger.recall(station.name, KEY)
    return {number: str(token) for number, token in told.items()} if isinstance(told, Mapping) else {}
