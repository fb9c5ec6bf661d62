"""Which cards a station is given to decide about by itself, and what of them has to be told anew.

An entry of a list tells a card, a decision and an end; it knows no hours. A card that may charge at certain hours only
is therefore left out: while somebody answers the station, the hours are kept, and when nobody does, the card is
unknown. Where strangers may charge such a card is listed as one that may not, for to leave it out would let it in.
The same goes for cards whose time has not come, that belong to other stations, or of which an entry cannot tell all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
import hashlib
import json
from typing import Final

from ..model.admission import Request, decide
from ..model.card import Card, Cards
from ..model.station import Station
from ..model.token import Decision, Token, Verdict
from ..model.transaction import Json
from ..wire.harmless import sendable
from .authorization import policy_of

TELLING: Final = frozenset({Decision.BLOCKED, Decision.EXPIRED, Decision.NO_CREDIT})
"""Refusals that are listed, so that no older copy of the card lets it in."""
NOT_KEPT: Final = ("name", "person")
"""What of a card says nothing about whether it may charge."""

type Suits = Callable[[Token, Verdict], bool]
"""Whether the station's list can hold a verdict about a token."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One card of a list, and what is said of it."""

    token: Token
    verdict: Verdict

    @property
    def digest(self) -> str:
        """What is the same exactly while nothing of the entry has changed."""
        told = (self.token.id, self.token.type.value, self.verdict.decision.value, self.verdict.group or "")
        return _digest([*told, self.verdict.expires, self.verdict.evses])


@dataclass(frozen=True, slots=True)
class Wanted:
    """The list a station should have, and when it will be another (UTC) if nothing else happens."""

    entries: Mapping[str, Entry]
    until: datetime | None


def wanted(station: Station, at: datetime, suits: Suits) -> Wanted:
    """The list a station should have at a moment, by token key."""
    entries: dict[str, Entry] = {}
    moments: list[datetime] = []
    for token, verdict, certain in _verdicts(station, at):
        if not sendable(f"{token.id}{verdict.group or ''}"):
            continue
        if verdict.expires is not None:
            moments.append(verdict.expires)
        verdict = replace(verdict, master=False) if suits(token, verdict) else _refusal(verdict)
        if not certain and verdict.accepted:
            verdict = _refusal(verdict)
        if verdict.accepted or verdict.decision in TELLING or station.policy.open:
            entry = Entry(token, verdict)
            if suits(token, verdict):
                entries[token.key] = entry
    return Wanted(entries, min(moments, default=None))


def rules(station: Station) -> dict[str, Json]:
    """What decides about each card here, as something that can be compared; what is laid down for strangers is ""."""
    policy = policy_of(station)
    told: dict[str, Json] = {"": _digest([policy.open, policy.autocharge, str(policy.zone), policy.master])}
    for card in station.household.cards:
        told[card.token.key] = _digest([(name, value) for name, value in asdict(card).items() if name not in NOT_KEPT])
    for key, verdict in policy.listed.items():
        told.setdefault(key, _digest([asdict(verdict)]))
    return told


def laid_down(station: Station) -> bool:
    """Whether anything was laid down that keeps anybody out, or anybody apart."""
    policy = station.policy
    return bool(len(station.household.cards) or policy.listed) or not policy.open


def _verdicts(station: Station, at: datetime) -> Iterator[tuple[Token, Verdict, bool]]:
    """Each token, what is decided about it whatever the hours are, and whether that is certain at every hour."""
    policy, book = policy_of(station), station.household.book
    for card in station.household.cards:
        request = Request(card.token, station.name, at, evses=frozenset(station.evses))
        always: Card = replace(card, hours=())
        yield card.token, decide(request, policy, Cards((always,)), book), not card.hours
    for key in policy.listed:
        request = Request(Token(key), station.name, at)
        if station.household.cards.of(request.token) is None:
            yield request.token, decide(request, policy, Cards(), book), True


def _refusal(verdict: Verdict) -> Verdict:
    return Verdict(Decision.INVALID, verdict.group, verdict.expires)


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, default=_text, sort_keys=True).encode()).hexdigest()[:16]


def _text(value: object) -> str:
    """What JSON does not know, in words that are the same on every run."""
    return str(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
