"""The same message has the same time whenever it comes again.

What a station said can be read differently later, when more is known of its clock, and a time that cannot be used is
that of the receipt: of the newest messages the first reading is remembered, also over restarts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from ..model.station import Station

MOMENTS: Final = "moments"
"""The fact; its keys hold what was said, tokens and all (see `ledger.notes`)."""
REMEMBERED: Final = 8


class Told(NamedTuple):
    """When something happened, and when we were first told."""

    at: datetime
    received: datetime


def first(station: Station, key: str, at: datetime, now: datetime) -> Told:
    """When the message that `key` stands for happened and came, as it was read when it came first."""
    noted = station.ledger.recall(station.name, MOMENTS)
    moments = dict(noted) if isinstance(noted, Mapping) else {}
    match moments.get(key):
        case [str(happened), str(received)]:
            return Told(datetime.fromisoformat(happened), datetime.fromisoformat(received))
    kept = [*moments.items(), (key, [at.isoformat(), now.isoformat()])][-REMEMBERED:]
    station.keep(MOMENTS, dict(kept))
    return Told(at, now)


def forget(station: Station) -> None:
    """What came last could not be recorded: when it comes again, it is told for the first time."""
    noted = station.ledger.recall(station.name, MOMENTS)
    if isinstance(noted, Mapping) and noted:
        station.keep(MOMENTS, dict([*noted.items()][:-1]))
