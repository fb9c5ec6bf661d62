"""What is deleted on purpose: who somebody was, and what is older than is to be kept."""

# ruff: noqa: S608 - what is put together are conditions; values are always bound

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.transaction import Transaction
from .rows import Row, Write, microseconds, moment
from .store import Store

THEIRS: Final = "stopped IS NOT NULL AND (person = ?1 OR card = ?2)"
NAMED: Final = "instr(lower(raw), lower(nullif(token, ''))) OR instr(lower(raw), lower(nullif(stop_token, '')))"
NOBODY: Final = "card = NULL, person = NULL, card_group = NULL, token = NULL, stop_token = NULL, content = NULL"
FORGET_PERSON: Final = (
    f"DELETE FROM oddities WHERE EXISTS (SELECT 1 FROM transactions WHERE {THEIRS} AND ({NAMED}))",
    f"UPDATE readings SET signed = NULL WHERE transaction_key IN (SELECT key FROM transactions WHERE {THEIRS})",
    f"UPDATE transactions SET {NOBODY} WHERE {THEIRS}",
)
"""Signed values and odd messages name the token as well; energy, cost and times stay."""
OF_PERSON: Final = "SELECT id, token, stop_token, stopped FROM transactions WHERE person = ?1 OR card = ?2 ORDER BY key"
NEWEST_STOP: Final = "SELECT max(stopped) FROM transactions"
OLD_READINGS: Final = (
    "DELETE FROM readings WHERE signed IS NULL "
    "AND transaction_key IN (SELECT key FROM transactions WHERE stopped < ? AND account IS NOT NULL)"
)
OLD_SESSIONS: Final = (
    "DELETE FROM readings WHERE transaction_key IN (SELECT key FROM transactions WHERE stopped < ?)",
    "DELETE FROM transactions WHERE stopped < ?",
)


def of_person(store: Store, person: str | None, card: str | None) -> list[Row]:
    """Id, tokens and end of the sessions of a person or a card."""
    return store.every(OF_PERSON, (person, card))


def present(store: Store) -> datetime:
    """Now, or the newest end if that is earlier, so that a clock that is ahead deletes nothing."""
    newest = store.every(NEWEST_STOP)[0][0]
    now = datetime.now(UTC)
    return now if newest is None else min(now, moment(int(newest)))


def old(readings_before: datetime | None, sessions_before: datetime | None) -> list[Write]:
    """The writes that delete the readings and the sessions that ended before; None deletes none."""
    writes: list[Write] = [] if readings_before is None else [(OLD_READINGS, [(microseconds(readings_before),)])]
    if sessions_before is not None:
        writes += [(delete, [(microseconds(sessions_before),)]) for delete in OLD_SESSIONS]
    return writes


def before(present: datetime, kept: timedelta | None) -> datetime | None:
    """What ended before it is no longer kept; None keeps all."""
    return None if kept is None else present - kept


def is_old(horizon: datetime | None, transaction: Transaction) -> bool:
    """Whether a transaction ended before it is no longer kept; None keeps all."""
    return horizon is not None and transaction.stopped is not None and transaction.stopped < horizon


def is_theirs(transaction: Transaction, person: str | None, card: str | None) -> bool:
    """Whether an ended transaction is of the person or the card."""
    theirs = (person is not None and transaction.person == person) or (card is not None and transaction.card == card)
    return theirs and not transaction.active


def nameless(transaction: Transaction) -> None:
    """Take away whose a transaction was."""
    transaction.card = transaction.person = transaction.card_group = transaction.token = transaction.stop_token = None


def tokens(rows: Iterable[Row]) -> set[str]:
    """The tokens in rows of OF_PERSON that have ended."""
    return {str(token) for row in rows if row[3] is not None for token in row[1:3] if token}
