"""What a start by command brings along for the transaction it leads to (OCPP 2.1 ed. 1 - F07).

It is remembered by its `remoteStartId` until a TransactionEvent bears that number, also over a restart of ours.
"""

from collections.abc import Mapping
from typing import Final

from ..model.station import Station
from ..model.transaction import Json

KEY: Final = "starts"
KEPT: Final = 8
"""Of so many starts it is known; those of which nothing came are pushed out."""


def expect(station: Station, number: int, brought: Mapping[str, Json]) -> None:
    """Remember what the start of that number brings along, besides what is known of it."""
    waiting = dict(_waiting(station))
    known = waiting.pop(str(number), None)
    waiting[str(number)] = {**(known if isinstance(known, Mapping) else {}), **brought}
    station.keep(KEY, dict(list(waiting.items())[-KEPT:]))


def redeem(station: Station, number: int | None) -> Mapping[str, Json]:
    """What the start of that number has brought along, once."""
    if number is None:
        return {}
    waiting = dict(_waiting(station))
    brought = waiting.pop(str(number), None)
    if not isinstance(brought, Mapping):
        return {}
    station.keep(KEY, waiting or None)
    return brought


def _waiting(station: Station) -> Mapping[str, Json]:
    waiting = station.ledger.recall(station.name, KEY)
    return waiting if isinstance(waiting, Mapping) else {}
