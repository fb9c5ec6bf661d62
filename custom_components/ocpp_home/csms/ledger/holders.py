"""Whose each card was, from when on: a session that is told late belongs to whoever held its card when it was shown.

There are few of them; memory is right, and the file follows it. The number of a code that is typed is not recorded
(OCPP 2.0.1 ed. 3 - C04.FR.04), so such a code is always that of its present holder.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from ..model.account import Holder
from ..model.card import Card
from ..model.token import Token, TokenType
from .rows import Row, Write, microseconds, moment, plain

MANY: Final = 32
"""How many holders of a card are remembered, the newest."""
NOBODY: Final = Holder()
HOLDERS: Final = "SELECT token, type, at, card, person, card_group FROM holders ORDER BY at"
DROP: Final = "DELETE FROM holders WHERE token = ? AND type = ? AND at = ?"
KEEP: Final = "INSERT INTO holders (token, type, at, card, person, card_group) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Handover:
    """From this moment on (UTC) a card is somebody's, or nobody's."""

    at: datetime
    holder: Holder


type Series = tuple[Handover, ...]
"""What became of a card, oldest first; who had it first has had it always, as far as is known."""


class Holders:
    """The holders of all cards, those of the past included."""

    def __init__(self, stored: Iterable[Row]) -> None:
        """Begin with rows of HOLDERS."""
        self._known: dict[Token, Series] = {}
        for token, kind, at, *named in stored:
            card, holder = Token(str(token), TokenType(str(kind))), _plain(*named)
            self._known[card] = (*self._known.get(card, ()), Handover(moment(int(at or 0)), holder))
        self._written = self._known

    def of(self, token: Token, at: datetime) -> Holder | None:
        """Whose a card that is shown was at a moment: NOBODY's, or None where nothing is known of it."""
        if token.type is TokenType.KEY_CODE:
            return None
        car = Token(token.id, TokenType.MAC_ADDRESS)
        cards = [card for card in self._known if card.key in {token.key, car.key}]
        told = [_at(self._known[card], at) for card in cards if Card(card).stands_for(token) or _is(card, token, car)]
        return next((holder for holder in told if holder != NOBODY), NOBODY if told else None)

    def hand_over(self, holders: Mapping[Token, Holder], at: datetime) -> None:
        """From a moment on the cards are these people's, and all others are nobody's."""
        told = {
            Token(plain(token.key), token.type): _plain(holder.card, holder.person, holder.group)
            for token, holder in holders.items()
            if token.type is not TokenType.KEY_CODE
        }
        cards = dict.fromkeys((*self._known, *told))
        self._become({card: _next(self._known.get(card, ()), told.get(card, NOBODY), at) for card in cards})

    def forget(self, person: str | None, card: str | None) -> None:
        """Take a person, or a card, out of what is past."""

        def nameless(one: Handover) -> Handover:
            theirs = one.holder.person == person if person is not None else False
            theirs = theirs or (card is not None and one.holder.card == card)
            return Handover(one.at, NOBODY) if theirs else one

        self._become({token: (*map(nameless, series[:-1]), series[-1]) for token, series in self._known.items()})

    def tidy(self, before: datetime) -> None:
        """Let go of whoever had handed a card on before a moment."""
        self._become({card: _since(series, before) for card, series in self._known.items()})

    def begin_anew(self) -> None:
        """Everything waits to be written, for the file is a fresh one."""
        self._written = {}

    def writes(self) -> tuple[list[Write], Callable[[], None]] | None:
        """What the file does not have yet, and the way back where it does not take it; None when it has everything."""
        if self._written == self._known:
            return None
        before, self._written = self._written, self._known
        old, new = set(_rows(before)), set(_rows(self._known))
        writes: list[Write] = [(DROP, [row[:3] for row in old - new]), (KEEP, list(new - old))]
        return writes, partial(setattr, self, "_written", before)

    def _become(self, known: Mapping[Token, Series]) -> None:
        """Take over what is known from now on; a card that was nobody's all the time needs no remembering."""
        self._known = {card: series for card, series in known.items() if any(one.holder != NOBODY for one in series)}


def _is(card: Token, token: Token, car: Token) -> bool:
    """Whether a token without a type may be the address of that car (see `Cards.of`)."""
    return token.type is TokenType.UNKNOWN and (card.type, card.key) == (car.type, car.key)


def _at(series: Series, at: datetime) -> Holder:
    return next((one.holder for one in reversed(series) if one.at <= at), series[0].holder)


def _next(series: Series, holder: Holder, at: datetime) -> Series:
    """What is known of a card that is somebody's from now on; what would lie ahead, a wrong clock has told."""
    if (series[-1].holder if series else NOBODY) == holder:
        return series
    return (*(one for one in series if one.at < at), Handover(at, holder))[-MANY:]


def _since(series: Series, before: datetime) -> Series:
    """Who had a card at a moment or later."""
    given = [one.at for one in series[1:]]
    return (*(one for one, until in zip(series[:-1], given, strict=True) if until > before), series[-1])


def _plain(*named: float | str | None) -> Holder:
    return Holder(*(None if name is None else plain(str(name)) for name in named))


def _rows(known: Mapping[Token, Series]) -> Iterable[Row]:
    for card, series in known.items():
        for one in series:
            named = one.holder.card, one.holder.person, one.holder.group
            yield (card.id, card.type.value, microseconds(one.at), *named)
