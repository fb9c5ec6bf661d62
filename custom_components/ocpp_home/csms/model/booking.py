"""A reservation with the time it begins: who it is for, when the station is to be told, and what became of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
import re
from typing import Final
from zlib import crc32

from .card import Card, Cards
from .reservation import Reservation
from .token import TokenType
from .transaction import Json

LEAD: Final = timedelta(minutes=1)
"""A reservation of OCPP begins at once, so the station is told this long before; it is in force when it begins."""
PERSON: Final = "person."
"""Before the name of a person that is an entity of the home."""


class Stage(StrEnum):
    """How far a booking is."""

    PLANNED = "planned"
    """The station does not know of it."""
    DOUBTED = "doubted"
    """The station may know of it: it is being told, did not answer, or has started again since."""
    HELD = "held"
    """The station keeps the EVSE."""
    WITHDRAWN = "withdrawn"
    """Nobody wants it any more, which the station is still to be told."""
    USED = "used"
    EXPIRED = "expired"
    """Nobody came."""
    MISSED = "missed"
    """The station was not there while it should have been told."""
    REFUSED = "refused"
    ENDED = "ended"
    """The station ended it before its time."""


WAITING: Final = frozenset({Stage.PLANNED, Stage.DOUBTED})
KEPT: Final = frozenset({Stage.DOUBTED, Stage.HELD})
OPEN: Final = WAITING | KEPT


@dataclass(frozen=True, slots=True)
class Booking:
    """A reservation from `begin` (UTC) on; EVSE 0 is any EVSE of the station."""

    reservation: Reservation
    begin: datetime
    summary: str = ""
    note: str = ""
    stage: Stage = Stage.PLANNED
    reason: str = ""
    """Why it is not in force, in the station's own words."""
    again: datetime | None = None
    """Not before then is the station told again."""
    ended: datetime | None = None
    """When it was used, or ended in another way."""

    @property
    def id(self) -> int:
        """The number the station knows it by."""
        return self.reservation.id

    @property
    def evse(self) -> int:
        """Where."""
        return self.reservation.evse

    @property
    def until(self) -> datetime:
        """When it ends by itself."""
        return self.reservation.until

    @property
    def open(self) -> bool:
        """Whether it is to come, or in force."""
        return self.stage in OPEN

    @property
    def due(self) -> datetime | None:
        """From when on the station is to be told something; None where it is not."""
        if self.stage is Stage.WITHDRAWN:
            return self.again or self.begin - LEAD
        if self.stage in WAITING:
            return max(self.begin - LEAD, self.again or self.begin - LEAD)
        return None

    def collides(self, other: Booking) -> bool:
        """Whether both want the same EVSE at the same time; where any EVSE will do, the station decides."""
        together = self.begin < other.until and other.begin < self.until
        return together and self.evse == other.evse != 0 and self.id != other.id

    def renamed(self, number: int) -> Booking:
        """This one under another number."""
        return replace(self, reservation=replace(self.reservation, id=number))


def number(*parts: object) -> int:
    """The number of a reservation of these parts; the same parts give the same number."""
    return crc32("/".join(str(part) for part in parts).encode()) & 0x7FFFFFFF


def meant(words: str, cards: Cards) -> Card | None:
    """The card whose name, person or number stands in a text; what is longer says more."""
    told = words.casefold()
    found = [
        (len(name), -place, card)
        for place, card in enumerate(cards)
        for name in _names(card)
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def _names(card: Card) -> Iterator[str]:
    for name in (card.name, card.person, card.person.removeprefix(PERSON).replace("_", " "), card.token.id):
        if name.strip():
            yield name.strip().casefold()


def told(booking: Booking) -> dict[str, Json]:
    """A booking as it is remembered."""
    parts = {part.name: getattr(booking, part.name) for part in fields(Booking) if part.name != "reservation"}
    of_it = {part.name: getattr(booking.reservation, part.name) for part in fields(Reservation)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in (of_it | parts).items()
        if value not in {None, ""}
    }


def recalled(known: Json) -> Booking | None:
    """A booking that was remembered; None for what is none."""
    if not isinstance(known, Mapping):
        return None
    try:
        return Booking(
            Reservation(
                int(str(known["id"])),
                int(str(known["evse"])),
                str(known["token"]),
                datetime.fromisoformat(str(known["until"])),
                _text(known, "group"),
                TokenType(str(known["type"])),
                _text(known, "connector_type"),
            ),
            datetime.fromisoformat(str(known["begin"])),
            str(known.get("summary", "")),
            str(known.get("note", "")),
            Stage(str(known["stage"])),
            str(known.get("reason", "")),
            _moment(known, "again"),
            _moment(known, "ended"),
        )
    except KeyError, ValueError:
        return None


def _text(known: Mapping[str, Json], name: str) -> str | None:
    return str(known[name]) if name in known else None


def _moment(known: Mapping[str, Json], name: str) -> datetime | None:
    return datetime.fromisoformat(str(known[name])) if name in known else None
