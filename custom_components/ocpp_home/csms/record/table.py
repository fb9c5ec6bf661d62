"""Sessions of a period as CSV (RFC 4180): a header, a line for each session, oldest first, CRLF after each; UTF-8.

| column | what it holds |
|---|---|
| session, station, evse | the transaction's id, the station's identity, the number of the EVSE |
| station_name, evse_name | what the owner calls them now; `evse_name` is empty where it has no name of its own |
| card, person, group | whose it was when it began; empty where nobody knows |
| begin, end | local time with its offset (ISO 8601); `end` is empty while it runs |
| meter_begin_wh, meter_end_wh | the register (Wh) |
| energy_wh, cost | of the whole session; cost in `currency`, empty where the price is not known |
| period_energy_wh, period_cost, period_sun_wh | of the days in the period: what the totals of the report are made of |
| currency | ISO 4217 |
| sun_wh | of the whole session; empty where nobody knows |
| peak_w | highest power |
| reason | why it ended, in OCPP's words |
| flags | of offline, repaired, orphan, running; with a space between them |
| signed_values | how many signed meter values are kept |

Decimals have a point. A text that a spreadsheet would take for a formula has an apostrophe before it.
"""

from collections.abc import Callable, Iterable
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
import hashlib
import io
from typing import Final

from ..model.account import Day
from ..model.price import amount
from .names import NAMELESS, Names
from .session import Period, Session

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the begin of a formula (OWASP, CSV Injection)."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A session and the part of it that is told."""

    session: Session
    days: tuple[Day, ...]
    zone: tzinfo
    names: Names


def harmless(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = text or ""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def local(moment: datetime | None, zone: tzinfo) -> str:
    """A moment on the clocks of a zone, with its offset, to the second."""
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def money(micro: int | None, currency: str | None) -> str:
    """An amount with as many decimals as its currency has; empty where it is not known."""
    return "" if micro is None or currency is None else str(amount(micro, currency))


def whole(value: float | None) -> str:
    """A number without decimals; empty where it is not known."""
    return "" if value is None else f"{value:.0f}"


def watt_hours(value: float | None) -> str:
    """A register, with decimals only where it has some."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _currency(line: Line) -> str | None:
    return line.session.account.currency if line.session.account is not None else None


def _account(line: Line, name: str) -> int | None:
    value: int | None = getattr(line.session.account, name, None)
    return value


def _sun(line: Line) -> int | None:
    known = [day.sun for day in line.days if day.sun is not None]
    return sum(known) if known else None


COLUMNS: Final[dict[str, Callable[[Line], str]]] = {
    "session": lambda line: harmless(line.session.transaction.id),
    "station": lambda line: harmless(line.session.transaction.station),
    "station_name": lambda line: harmless(line.names.station(line.session.transaction.station)),
    "evse": lambda line: str(line.session.transaction.evse),
    "evse_name": lambda line: harmless(
        line.names.evse(line.session.transaction.station, line.session.transaction.evse)
    ),
    "card": lambda line: harmless(line.session.transaction.card),
    "person": lambda line: harmless(line.session.transaction.person),
    "group": lambda line: harmless(line.session.transaction.card_group),
    "begin": lambda line: local(line.session.transaction.started, line.zone),
    "end": lambda line: local(line.session.transaction.stopped, line.zone),
    "meter_begin_wh": lambda line: watt_hours(line.session.transaction.meter_start),
    "meter_end_wh": lambda line: watt_hours(_meter_end(line)),
    "energy_wh": lambda line: whole(_account(line, "energy")),
    "cost": lambda line: money(_account(line, "cost"), _currency(line)),
    "period_energy_wh": lambda line: str(sum(day.energy for day in line.days)) if line.days else "",
    "period_cost": lambda line: money(sum(day.cost or 0 for day in line.days), _currency(line)),
    "period_sun_wh": lambda line: whole(_sun(line)),
    "currency": lambda line: harmless(_currency(line)),
    "sun_wh": lambda line: whole(_account(line, "sun")),
    "peak_w": lambda line: whole(line.session.peak_power),
    "reason": lambda line: harmless(line.session.transaction.reason),
    "flags": lambda line: " ".join(line.session.flags),
    "signed_values": lambda line: str(line.session.signed),
}


def table(sessions: Iterable[Session], period: Period, zone: tzinfo, names: Names = NAMELESS) -> str:
    """The sessions of which something lies in the period, as CSV."""
    lines = [Line(session, session.days(period), zone, names) for session in in_order(sessions, period, zone)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([tell(line) for tell in COLUMNS.values()] for line in lines)
    return text.getvalue()


def in_order(sessions: Iterable[Session], period: Period, zone: tzinfo) -> list[Session]:
    """The sessions of which something lies in the period, oldest first; so do stops without a start, by their day."""
    told = [session for session in sessions if session.touches(period, zone)]
    return sorted(told, key=lambda one: (one.begin or NEVER, one.transaction.station, one.transaction.id))


def checksum(table: str) -> str:
    """SHA-256 of the file, as `sha256sum` tells it: who has the table can prove that a report is of it."""
    return hashlib.sha256(table.encode()).hexdigest()


def _meter_end(line: Line) -> float | None:
    known = line.session.transaction
    if known.meter_start is None or known.energy is None:
        return known.meter_stop
    return known.meter_start + known.energy
