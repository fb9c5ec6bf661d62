"""A transaction, and what the ledger promises about it."""

from asyncio import Future
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .account import Account, Holder
from .meter import Reading
from .token import Token

type Point = tuple[datetime, float]
"""What an energy register read (Wh) at a moment."""
type Json = bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None


@dataclass(frozen=True, slots=True)
class Opening:
    """The content of a start; the same content is the same transaction, however often it comes."""

    station: str
    evse: int
    connector: int
    token: str | None
    started: datetime
    meter_start: float | None
    id: str | None = None
    """The id the station issued (2.x), or None where the ledger issues it (1.6)."""
    received: datetime | None = None
    """When it reached us; not part of what makes two starts the same, nor is `offline`."""
    reservation: int | None = None
    remote_start: int | None = None
    offline: bool = False
    """Begun while the station had no connection."""
    repaired: bool = False
    """Its moment was mended; not part of what makes two starts the same."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a start did not tell and a later message does (2.x); None where there is nothing new."""

    started: datetime | None = None
    meter_start: float | None = None
    token: str | None = None
    evse: int | None = None
    connector: int | None = None
    remote_start: int | None = None
    reservation: int | None = None
    offline: bool | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The content of a stop."""

    stopped: datetime
    meter_stop: float | None
    reason: str = "Local"
    token: str | None = None
    received: datetime | None = None
    offline: bool = False
    """Ended while the station had no connection."""
    repaired: bool = False
    """Its moment or its register had to be mended."""


@dataclass(slots=True, eq=False)
class Transaction:
    """One charging session as the ledger has it: times in UTC, registers in Wh."""

    id: str
    station: str
    evse: int
    connector: int
    token: str | None
    started: datetime | None
    meter_start: float | None
    stopped: datetime | None = None
    meter_stop: float | None = None
    reason: str | None = None
    stop_token: str | None = None
    offline: bool = False
    """Begun or ended while the station had no connection."""
    orphan: bool = False
    """A stop came for which no start is known."""
    remote_start: int | None = None
    reservation: int | None = None
    received: datetime | None = None
    """When the start reached us."""
    stop_received: datetime | None = None
    meter_last: float | None = None
    """The newest register value inside the transaction (Wh)."""
    meter_last_at: datetime | None = None
    peak_power: float | None = None
    card: str | None = None
    """This and the next two: whose it was when it began."""
    person: str | None = None
    card_group: str | None = None
    repaired: bool = False
    """The begin or the end was not as the station told it; see also `presumed`."""
    account: Account | None = None
    """What is settled about it; None while it runs, and whenever something became known that changes it."""
    points: tuple[Point, ...] | None = field(default=(), repr=False)
    """How its register ran, a value for each minute; None where only the ledger's file knows."""
    key: int | None = field(default=None, repr=False)
    """The ledger's row; None while the ledger does not hold it (its start could not be written)."""

    @property
    def active(self) -> bool:
        """Whether it has begun and not ended."""
        return self.stopped is None

    @property
    def presumed(self) -> bool:
        """Whether nobody told of its end."""
        return self.stopped is not None and self.stop_received is None

    @property
    def holder(self) -> Holder | None:
        """Whose it was when it began; None where that is not known."""
        holder = Holder(self.card, self.person, self.card_group)
        return None if holder == Holder() else holder

    @property
    def energy(self) -> float | None:
        """Energy delivered so far (Wh); None where the meter's begin is not known.

        Never negative, and never falling, unless an end puts right what was read after it and told before.
        """
        last = None if self.sealed and not self.covers(self.meter_last_at) else self.meter_last
        ends = [value for value in (self.meter_stop, last) if value is not None]
        if self.meter_start is None or not ends:
            return None
        return max(0.0, max(ends) - self.meter_start)

    @property
    def sealed(self) -> bool:
        """Whether its end was told with a register, which is the last word: what is read after it is not of it."""
        if self.stop_received is None or self.meter_start is None or self.meter_stop is None:
            return False
        return self.meter_stop >= self.meter_start

    def superseded(self, other: Transaction) -> bool:
        """Whether another of its EVSE has begun since, and nothing was measured in this one after the end of that.

        The clock and the register must both say so: either may have begun anew.
        """
        if self.meter_last_at is not None and not other.covers(self.meter_last_at):
            return False
        if self.started is None or other.started is None or self.meter_start is None or other.meter_start is None:
            return False
        return self.started < other.started and self.meter_start < other.meter_start

    def covers(self, at: datetime | None) -> bool:
        """Whether it ran yet at a moment, as far as is known."""
        return self.stopped is None or at is None or at <= self.stopped


class Ledger(Protocol):
    """What must not be lost. Everything added before `commit()` is durable when the future it returns is done."""

    def start(self, opening: Opening) -> Transaction:
        """Record a start; a repeated one gives the transaction it had become the first time."""

    def amend(self, transaction: Transaction, amendment: Amendment) -> None:
        """Record what the start did not tell."""

    def stop(self, transaction: Transaction, closing: Closing) -> None:
        """Record the end of a transaction; a repeated one changes nothing.

        An end that was only presumed (`received` is None) gives way to one that was told.
        """

    def orphan(self, station: str, evse: int, sent_id: str, closing: Closing, *, named: bool = False) -> Transaction:
        """Record a stop whose start is not known; a repeated one gives the same transaction.

        The id stands for it where the station has `named` it so (2.x), or where it is no number.
        """

    def rename(self, transaction: Transaction, name: str) -> None:
        """Record a transaction under another id, because its station has given the old one away again (2.x)."""

    def find(self, station: str, transaction_id: str) -> Transaction | None:
        """A transaction of this station by its id; never one of another station."""

    def active(self, station: str) -> list[Transaction]:
        """The transactions of a station that have not ended, oldest first."""

    def latest(self, station: str, evse: int) -> Transaction | None:
        """The newest ended transaction of an EVSE."""

    def ended_with(self, station: str, evse: int, closing: Closing) -> Transaction | None:
        """The transaction of an EVSE that has ended at this moment with this register."""

    def hold(self, transaction: Transaction, holder: Holder) -> None:
        """Record whose a transaction is; the first that is told stays."""

    def hand_over(self, holders: Mapping[Token, Holder], at: datetime) -> None:
        """Note whose the cards are from now on, those that are left out being nobody's; never fails."""

    def holder(self, token: Token, at: datetime) -> Holder | None:
        """Whose a card was at a moment; Holder() where it was nobody's, None where that was never told."""

    def settle(self, transaction: Transaction, account: Account) -> None:
        """Record what is settled about a transaction that has ended."""

    def read(self, transaction: Transaction, readings: Iterable[Reading]) -> None:
        """Record meter values of a transaction; the same reading is kept once."""

    def remember(self, station: str, key: str, value: Json) -> None:
        """Keep a small fact about a station (a wish, what was learned); None forgets it. Need not be waited for."""

    def recall(self, station: str, key: str) -> Json:
        """A fact that was remembered, or None."""

    def quarantine(self, station: str, kind: str, raw: str, reason: str) -> None:
        """Keep a message that could not be understood, whole, for a human to look at (bounded per station)."""

    def commit(self) -> Future[None] | None:
        """A future for what was added and is not yet durable, None if nothing waits; fails with LedgerFailed."""
