"""What all stations share: the cards of the household, its policy, its book, and what it is about to learn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .admission import Book, EmptyBook, Policy, Request, decide, known
from .card import Cards
from .price import Pricing
from .token import Token, TokenType, Verdict
from .transaction import Transaction
from .trust import Trust


@dataclass(frozen=True, slots=True)
class Lesson:
    """The next unknown card is to be learnt: until when (UTC), and at which station (None: at any)."""

    until: datetime
    station: str | None = None


class Household:
    """Who may charge at the stations of one central system."""

    def __init__(self, cards: Cards | None = None, policy: Policy | None = None, book: Book | None = None) -> None:
        """Begin with these cards; without any, everybody may charge."""
        self.cards = cards or Cards()
        self.policy = policy or Policy()
        self.book: Book = book or EmptyBook()
        self.lesson: Lesson | None = None
        self.pricing = Pricing()
        """What energy costs now, and what of it stations hear; `Central.charge` changes it."""
        self.trust = Trust()
        """Who signs, judges and provides certificates for all stations."""
        self._listeners: list[Callable[[], None]] = []

    @property
    def currency(self) -> str | None:
        """The currency of costs; None where nobody tells prices."""
        return None if self.pricing.price is None else self.pricing.price.currency

    def admit(self, cards: Cards, policy: Policy) -> None:
        """From now on these cards and this policy hold; everybody who keeps a list of them is told."""
        if (cards, policy) != (self.cards, self.policy):
            self.cards, self.policy = cards, policy
            self.changed()

    def changed(self) -> None:
        """Tell everybody who keeps a list that a decision may be another."""
        for listener in tuple(self._listeners):
            listener()

    def spent(self, session: Transaction) -> None:
        """A session has ended; that is told where its card has a budget, which may be used up now."""
        card = next((card for card in self.cards if card.opened(session)), None)
        if card is not None and (card.energy_budget, card.cost_budget) != (None, None):
            self.changed()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a decision may be another; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def decide(self, request: Request, policy: Policy | None = None) -> Verdict:
        """Decide by the policy of a station, or by the household's."""
        return decide(request, policy or self.policy, self.cards, self.book)

    def learn(self, until: datetime, station: str | None = None) -> None:
        """The next unknown card that is shown by then is reported as learnt."""
        self.lesson = Lesson(until, station)

    def unlearn(self) -> None:
        """No card is learnt any more."""
        self.lesson = None

    def learns(self, token: Token, station: str, at: datetime) -> bool:
        """Whether this is the card that was to be learnt, which ends the lesson; codes are not learnt."""
        lesson = self.lesson
        if lesson is None or token.type is TokenType.KEY_CODE or known(token, self.policy, self.cards):
            return False
        if at >= lesson.until or (lesson.station or station).casefold() != station.casefold():
            return False
        self.lesson = None
        return True
