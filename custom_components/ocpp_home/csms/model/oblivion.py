"""Whom a station is to forget: it is asked when it is there, and else when it returns (OCPP 2.0.1 ed. 3 - N10)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from .commands import CustomerReference
from .errors import OcppError, Unsupported
from .station import Station
from .token import Token, TokenType
from .transaction import Json

FACT: Final = "to_forget"


class Outcome(StrEnum):
    """What became of it."""

    FORGOTTEN = "forgotten"
    WAITS = "waits"
    """The station is away, or did not do it; it is asked when it returns."""
    NOT_SUPPORTED = "not_supported"
    """The station cannot be asked to forget (1.6); its local list and its cache follow the cards."""


def ask(station: Station, tokens: Iterable[Token]) -> None:
    """Note whom a station is to forget."""
    known = {token.key: token for token in (*waiting(station), *tokens)}
    told: list[Json] = [{"id": token.id, "type": token.type.value} for token in known.values()]
    station.keep(FACT, told or None)


def waiting(station: Station) -> list[Token]:
    """Whom a station is still to forget."""
    noted = station.ledger.recall(station.name, FACT)
    rows = [row for row in noted if isinstance(row, Mapping)] if isinstance(noted, list) else []
    return [Token(str(row["id"]), TokenType(str(row["type"]))) for row in rows]


async def forget(station: Station) -> Outcome:
    """Let a station forget whom it is to; who is forgotten is no longer noted here either."""
    tokens = waiting(station)
    if not station.connected or station.commands is None:
        return Outcome.WAITS
    customer = station.commands.customer
    if customer is None:
        return _unable(station)
    for token in tokens:
        try:
            await customer.information(CustomerReference(token=token), report=False, clear=True)
        except Unsupported:
            return _unable(station)
        except OcppError:
            return Outcome.WAITS
        _done(station, token)
    return Outcome.FORGOTTEN


def _unable(station: Station) -> Outcome:
    station.keep(FACT, None)
    return Outcome.NOT_SUPPORTED


def _done(station: Station, token: Token) -> None:
    left: list[Json] = [{"id": one.id, "type": one.type.value} for one in waiting(station) if one.key != token.key]
    station.keep(FACT, left or None)
