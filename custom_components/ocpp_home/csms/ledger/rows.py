"""Between the model and the rows of the ledger."""

# ruff: noqa: S608 - what is put together are the names of columns; values are always bound

from datetime import UTC, datetime, timedelta
import json
import math
from typing import Final

from ..model.account import Account
from ..model.errors import LedgerFailed
from ..model.transaction import Closing, Opening, Transaction
from .accounts import account_of, text_of

type Value = int | float | str | None
type Row = tuple[Value, ...]
type Write = tuple[str, list[Row]]
"""A statement and the rows it is executed with."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
FIRST: Final = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND

NAMES: Final = (
    *(
        "key",
        "station",
        "id",
        "evse",
        "connector",
        "token",
        "started",
        "meter_start",
        "stopped",
        "meter_stop",
        "reason",
    ),
    *("stop_token", "offline", "orphan", "remote_start", "reservation", "received", "stop_received", "meter_last"),
    *("meter_last_at", "peak_power", "card", "person", "card_group", "repaired", "account"),
)
"""The fields of a transaction, which are also the columns."""
MOMENTS: Final = frozenset({"started", "stopped", "received", "stop_received", "meter_last_at"})
FLAGS: Final = frozenset({"offline", "orphan", "repaired"})
COLUMNS: Final = ", ".join(NAMES)

SAVE: Final = (
    f"INSERT INTO transactions ({COLUMNS}, content) VALUES ({', '.join('?' * (len(NAMES) + 1))}) "
    f"ON CONFLICT (key) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in NAMES)}"
)
"""Writes a transaction as it is; the content it was first written with stays."""


def microseconds(moment: datetime) -> int:
    """A moment as it is stored."""
    return (moment - EPOCH) // MICROSECOND


def moment(stored: int) -> datetime:
    """A stored moment; what no clock can show is brought to the nearest that can be shown."""
    return EPOCH + timedelta(microseconds=min(max(stored, FIRST), LAST))


def plain(text: str) -> str:
    """The text without what UTF-8 cannot carry (JSON may hold half a surrogate pair)."""
    return text.encode(errors="replace").decode()


def finite(value: float | None) -> float | None:
    """The value as a float, or None for what is no number."""
    return float(value) if value is not None and math.isfinite(value) else None


def bindable(row: Row) -> Row:
    """The row, when SQLite can hold it; raises LedgerFailed here, where it costs only the message that brought it."""
    for value in row:
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            raise LedgerFailed(f"{value} is beyond what can be recorded")
    return tuple(plain(value) if isinstance(value, str) else value for value in row)


def content_of_start(start: Opening | Transaction) -> str:
    """What makes two starts of a station the same."""
    return json.dumps([start.evse, start.connector, start.token, _stored(start.started), finite(start.meter_start)])


def content_of_orphan(sent_id: str, closing: Closing) -> str:
    """What makes two stops without a start the same; the EVSE is left out, for OCPP 1.6 does not tell it."""
    stopped = microseconds(closing.stopped)
    return json.dumps([sent_id, stopped, finite(closing.meter_stop), closing.reason, closing.token])


def save(transaction: Transaction, content: str | None) -> Write:
    """The write that brings the ledger's row to what the transaction is."""
    return SAVE, [bindable((*(_stored(getattr(transaction, name)) for name in NAMES), content))]


def _stored(value: datetime | Account | Value) -> Value:
    if isinstance(value, Account):
        return text_of(value)
    return microseconds(value) if isinstance(value, datetime) else value


def transaction_of(row: Row) -> Transaction:
    """The transaction a row of COLUMNS holds; how its register ran is told by its readings."""
    loaded = {name: _loaded(name, value) for name, value in zip(NAMES, row, strict=True)}
    return Transaction(points=None, **loaded)  # type: ignore[arg-type]  # a STRICT table holds what its columns say


def _loaded(name: str, value: Value) -> datetime | Account | Value:
    if name in MOMENTS and isinstance(value, int):
        return moment(value)
    if name == "account" and isinstance(value, str):
        return account_of(value)
    return bool(value) if name in FLAGS else value
