"""Who may charge: one decision, a pure function of the token, the place, the moment and what the household laid down.

The first rule that refuses gives the answer, so that an owner hears what is wrong first of all: blocked, expired or not
valid yet, not at this location, not at this time, no credit, and at last in use elsewhere. The group of a card is part
of the answer and of no rule: to belong to a group makes nobody welcome.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Protocol

from .card import Card, Cards
from .hours import next_change, open_at
from .token import Decision, Token, TokenType, Verdict
from .transaction import Transaction


class Unknown(StrEnum):
    """What is done about a token nobody knows; `ASK` refuses it and lets the owner take it in."""

    REFUSE = "refuse"
    ACCEPT = "accept"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner laid down, for the household or for one station."""

    unknown: Unknown = Unknown.ACCEPT
    zone: tzinfo = UTC
    """By whose clock on the wall the hours of a card go."""
    token: str = ""
    """The token of our own starts; it is welcome unless a card has its number, which then decides."""
    free: bool = False
    """Nobody needs a card: strangers are welcome, and cards keep their rules."""
    autocharge: bool = False
    """A car is known by its MAC address. It can be forged, so who does not want it gets it refused, unless all may."""
    several: bool = True
    """One card may charge at several places at the same time."""
    master: str = ""
    """The group of the cards that stop everything; where it is empty there is no such group."""
    evict: bool = False
    """A session that was refused and runs on all the same is stopped by command."""
    listed: Mapping[str, Verdict] = field(default_factory=dict)
    """Verdicts about tokens that are no cards of the household, by token key."""

    @property
    def open(self) -> bool:
        """Whether a stranger may charge."""
        return self.free or self.unknown is Unknown.ACCEPT


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants to charge where and when (UTC)."""

    token: Token
    station: str
    at: datetime
    evse: int | None = None
    """None where that is not known yet."""
    evses: frozenset[int] = frozenset()
    """The EVSEs the station has, as far as known."""
    starting: bool = False
    """A session begins; otherwise a card is shown, be it to stop one."""
    transaction: str | None = None
    """The session at the station it is about, which is not in its own way."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used up: energy (Wh) and its cost."""

    energy: float = 0.0
    cost: float = 0.0


class Book(Protocol):
    """What the household knows of the sessions of a card."""

    def running(self, card: Card) -> Iterable[Transaction]:
        """The sessions open under a card, at whatever station."""

    def used(self, card: Card, since: datetime, until: datetime) -> Usage:
        """What the sessions took that began in that time (UTC), those that still run included."""


class EmptyBook:
    """Nothing runs and nothing was used."""

    def running(self, card: Card) -> Iterable[Transaction]:
        """None."""
        return ()

    def used(self, card: Card, since: datetime, until: datetime) -> Usage:
        """Nothing."""
        return Usage()


def decide(request: Request, policy: Policy, cards: Cards, book: Book) -> Verdict:
    """Decide about a token; the verdict holds until `expires`, unless cards, policy or book change before."""
    kind = request.token.type
    if kind is TokenType.NO_AUTHORIZATION:  # OCPP 2.0.1 ed. 3 - C02.FR.02
        return Verdict(Decision.ACCEPTED)
    card = cards.of(request.token)
    address = TokenType.MAC_ADDRESS in {kind, kind if card is None else card.token.type}
    if address and not (policy.autocharge or policy.open):
        return Verdict(Decision.INVALID)
    return _stranger(request, policy) if card is None else _Case(request, policy, book, card).verdict()


def known(token: Token, policy: Policy, cards: Cards) -> bool:
    """Whether anything was laid down about a token."""
    ours = bool(token.key) and token.key == Token(policy.token).key
    plain = token.type is TokenType.NO_AUTHORIZATION or not token.key
    return plain or ours or token.key in policy.listed or cards.of(token) is not None


def month_of(at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The begin and the end (UTC) of the month a moment lies in, by the clock on the wall."""
    first = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    after = (first + timedelta(days=32)).replace(day=1)
    return first.astimezone(UTC), after.astimezone(UTC)


def _stranger(request: Request, policy: Policy) -> Verdict:
    key = request.token.key
    if key and key == Token(policy.token).key:
        return Verdict(Decision.ACCEPTED)
    verdict = policy.listed.get(key)
    if verdict is None:
        return Verdict(Decision.ACCEPTED if policy.open else Decision.INVALID)
    if verdict.accepted and verdict.expires is not None and verdict.expires <= request.at:
        return Verdict(Decision.EXPIRED, verdict.group)
    return verdict


@dataclass(frozen=True, slots=True)
class _Case:
    """A card of the household that was shown."""

    request: Request
    policy: Policy
    book: Book
    card: Card

    def verdict(self) -> Verdict:
        """The decision of the first rule that refuses."""
        decision = next((decision for decision, refuses in RULES if refuses(self)), Decision.ACCEPTED)
        group = (self.policy.master if self.card.master else "") or self.card.group
        places = self.places() if decision is Decision.ACCEPTED else ()
        return Verdict(decision, group or None, self._expires(decision), places, self.card.master)

    def places(self) -> tuple[int, ...]:
        """The EVSEs of the station it may charge at, empty when these are all (C01.FR.19, C01.FR.20)."""
        wanted, there = self.card.places_at(self.request.station) or frozenset(), self.request.evses
        allowed = wanted & there if there else wanted
        return () if allowed == there else tuple(sorted(allowed))

    def blocked(self) -> bool:
        """Its owner took it back."""
        return not self.card.active

    def expired(self) -> bool:
        """Its time is over."""
        return self.card.ends is not None and self.card.ends <= self.request.at

    def not_yet(self) -> bool:
        """Its time has not come."""
        return self.card.begins is not None and self.request.at < self.card.begins

    def elsewhere(self) -> bool:
        """It may not charge at this station or at this EVSE of it, or at none that the station has (C01.FR.22)."""
        request = self.request
        wanted = self.card.places_at(request.station)
        if wanted is None:
            return True
        here = request.evses if request.evse is None else {request.evse}
        return bool(wanted and here) and not wanted & here

    def out_of_hours(self) -> bool:
        """It may not charge at this time of the week."""
        return not open_at(self.card.hours, self.request.at, self.policy.zone)

    def master(self) -> bool:
        """C12.FR.09: who may stop everything may start nothing."""
        return self.card.master and self.request.starting

    def spent(self) -> bool:
        """Its budget of the month is used up."""
        card = self.card
        if card.energy_budget is None and card.cost_budget is None:
            return False
        used = self.book.used(card, *month_of(self.request.at, self.policy.zone))
        too_much = card.energy_budget is not None and used.energy >= card.energy_budget
        return too_much or (card.cost_budget is not None and used.cost >= card.cost_budget)

    def in_use(self) -> bool:
        """It charges somewhere else and may not do so twice; of two sessions the one that began first is in its right.

        So it is when a begin is told again, or long after it happened.
        """
        if self.policy.several or not self.request.starting:
            return False
        return any(self._before(one) for one in self.book.running(self.card))

    def _before(self, other: Transaction) -> bool:
        own = (self.request.station, self.request.transaction)
        return (other.station, other.id) != own and (other.started is None or other.started < self.request.at)

    def _expires(self, decision: Decision) -> datetime | None:
        """When a rule that goes by the clock may decide otherwise for the first time.

        The next month renews a budget, so it ends a refusal and never a welcome, which a station may go by for long.
        """
        card, at = self.card, self.request.at
        if self.blocked() or self.expired():
            return None
        moments = [card.begins, card.ends, next_change(card.hours, at, self.policy.zone)]
        if decision is Decision.NO_CREDIT:
            moments.append(month_of(at, self.policy.zone)[1])
        return min((moment for moment in moments if moment is not None and moment > at), default=None)


RULES: Final[tuple[tuple[Decision, Callable[[_Case], bool]], ...]] = (
    (Decision.BLOCKED, _Case.blocked),
    (Decision.EXPIRED, _Case.expired),
    (Decision.NOT_AT_THIS_TIME, _Case.not_yet),
    (Decision.NOT_AT_THIS_LOCATION, _Case.elsewhere),
    (Decision.NOT_AT_THIS_TIME, _Case.out_of_hours),
    (Decision.INVALID, _Case.master),
    (Decision.NO_CREDIT, _Case.spent),
    (Decision.CONCURRENT, _Case.in_use),
)
"""In the order in which they are asked."""
