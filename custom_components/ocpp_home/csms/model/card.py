"""A card of the household: who holds it, and when, where and for how much it may charge."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from .account import Holder
from .token import Token, TokenType
from .transaction import Transaction

EVERY_DAY: Final = frozenset(range(7))
APART: Final = frozenset({TokenType.KEY_CODE, TokenType.MAC_ADDRESS})
"""A code somebody types and the address of a car are never taken for a card of the same number."""
TYPED: Final = frozenset({TokenType.KEY_CODE, TokenType.UNKNOWN})
"""What may be a code that somebody types."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day by the clock on the wall, on these weekdays (Monday is 0).

    One that ends at or before it begins goes on over midnight and belongs to the day it begins on: 22:00 to 6:00 on
    Friday ends on Saturday, and from 0:00 to 0:00 is the whole day.
    """

    begins: time = time(0)
    ends: time = time(0)
    days: frozenset[int] = EVERY_DAY

    def holds(self, wall: datetime) -> bool:
        """Whether a moment of local time lies within."""
        now, today = wall.time(), wall.weekday() in self.days
        if self.begins < self.ends:
            return today and self.begins <= now < self.ends
        return (today and now >= self.begins) or ((wall.weekday() - 1) % 7 in self.days and now < self.ends)


@dataclass(frozen=True, slots=True)
class Card:
    """An id token the household knows, and the rules it charges by; what is left empty does not restrict it."""

    token: Token
    name: str = ""
    person: str = ""
    group: str = ""
    """Cards of one group may stop each other's sessions."""
    active: bool = True
    master: bool = False
    """It stops whatever runs and starts nothing (OCPP 2.0.1 ed. 3 - C16)."""
    begins: datetime | None = None
    """Valid from (UTC)."""
    ends: datetime | None = None
    """No longer valid from then on (UTC)."""
    hours: tuple[Window, ...] = ()
    stations: frozenset[str] = frozenset()
    """The names of the stations it may charge at."""
    evses: frozenset[int] = frozenset()
    """The EVSEs of those stations it may charge at."""
    outlets: frozenset[tuple[str, int]] = frozenset()
    """Single EVSEs it may charge at besides, by the names of their stations."""
    energy_budget: float | None = None
    """Energy per month (Wh)."""
    cost_budget: float | None = None
    """Cost per month, in the currency of the household."""

    def stands_for(self, token: Token) -> bool:
        """Whether a token that was shown is this one; stations tell the kinds of cards apart badly, or not at all."""
        kinds = {self.token.type, token.type}
        alike = len(kinds) == 1 or TokenType.UNKNOWN in kinds or not kinds & APART
        return alike and self.token.key == token.key

    def opened(self, session: Transaction) -> bool:
        """Whether a session began with it.

        The type of a token is not recorded, and of a code nothing but whose it was (OCPP 2.0.1 ed. 3 - C04.FR.04).
        """
        told = session.token
        if told is None:
            return False
        if told == TokenType.KEY_CODE.value:
            return self.token.type in TYPED and session.card is not None and session.card == self.name
        return self.token.key in {Token(told).key, Token(told, TokenType.MAC_ADDRESS).key}

    @property
    def holder(self) -> Holder:
        """Whose it is."""
        return Holder(self.name or None, self.person or None, self.group or None)

    def places_at(self, station: str) -> frozenset[int] | None:
        """The EVSEs of a station it may charge at, empty for all of them; None where it may not charge at all."""
        name = station.casefold()
        anywhere = not self.stations and not self.outlets
        if anywhere or name in {whole.casefold() for whole in self.stations}:
            return self.evses
        return frozenset(number for other, number in self.outlets if other.casefold() == name) or None


@dataclass(frozen=True, slots=True)
class Cards:
    """All cards of the household."""

    all: tuple[Card, ...] = ()
    _by_key: dict[str, tuple[Card, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort them by their numbers."""
        found: dict[str, tuple[Card, ...]] = {}
        for card in self.all:
            found[card.token.key] = (*found.get(card.token.key, ()), card)
        object.__setattr__(self, "_by_key", found)

    def __iter__(self) -> Iterator[Card]:
        """The cards in the order they were given."""
        return iter(self.all)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.all)

    def of(self, token: Token) -> Card | None:
        """The card that was shown, or None for a stranger's; what nobody knows the type of may be a car's address."""
        found = next((card for card in self._by_key.get(token.key, ()) if card.stands_for(token)), None)
        if found is not None or token.type is not TokenType.UNKNOWN:
            return found
        cars = self._by_key.get(Token(token.id, TokenType.MAC_ADDRESS).key, ())
        return next((card for card in cars if card.token.type is TokenType.MAC_ADDRESS), None)
