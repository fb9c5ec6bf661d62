"""The sessions of a period as a page to print: by person and station, with tariff and check sum; needs nothing else.

Whatever a station, a card or a tariff is called is data, and is escaped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal
from html import escape
from typing import Final

from ..model.price import MICRO, Price, amount
from ..model.transaction import Transaction
from .chart import chart
from .names import NAMELESS, Names
from .session import Period, Session
from .style import STYLE
from .totals import By, Total, total, totals
from .words import Speech

THREE: Final = Decimal("0.001")
FOUR: Final = Decimal("0.0001")
MANY: Final = 12
"""More prices than these are summed up."""

type Cell = tuple[str, str]
"""A class and escaped text."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told: the sessions of a period, oldest first, and the prices that held in it."""

    sessions: Sequence[Session]
    period: Period
    zone: tzinfo
    prices: Sequence[Price]
    checksum: str
    names: Names = NAMELESS
    sunny: bool = field(init=False)
    """Whether anybody knows what came from the sun; else nothing is said of it."""

    def __post_init__(self) -> None:
        """Look once; every row of the page asks."""
        object.__setattr__(self, "sunny", total(self.sessions, self.period).sun is not None)


def html(report: Report, words: Mapping[str, str]) -> str:
    """The page."""
    say = Speech(words)
    period = say.period(report.period)
    parts = [
        f'<!doctype html><html lang="{escape(say("language"))}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(say('title'))} {escape(period)}</title><style>{STYLE}</style></head><body>",
        f"<header><div><p>{escape(say('title'))}</p><h1>{escape(period)}</h1></div>",
        f"<aside>{escape(say.day(report.period.first))} – {escape(say.day(report.period.last))}<br>",
        f"{escape(say('times', zone=report.zone))}</aside></header>",
        _sums(say, total(report.sessions, report.period), sunny=report.sunny),
        chart(say, report.sessions, report.period),
        *_people(say, report),
        _summary(say, report, By.STATION, "stations", "station"),
        _tariff(say, report.prices, report.zone),
        f'<div class="proof"><p><b>{escape(say("checksum"))}</b> <code>{escape(report.checksum)}</code></p>',
        f'<p class="note">{escape(say("proof"))}</p></div>',
        f'<div class="sign">{escape(say("signature"))}</div></body></html>\n',
    ]
    return "".join(parts)


def costs(say: Speech, total: Total) -> str:
    """What a total costs, in each of its currencies."""
    return " + ".join(say.money(amount(micro, currency), currency) for currency, micro in total.costs) or say("unknown")


def share(say: Speech, energy: int, sun: int | None) -> str:
    """How much came from the sun."""
    return say("unknown") if sun is None or not energy else f"{100 * sun / energy:.0f}\N{NARROW NO-BREAK SPACE}%"


def _sums(say: Speech, whole: Total, *, sunny: bool) -> str:
    average = say("unknown")
    if len(whole.costs) == 1 and whole.energy > whole.unpriced:
        [(currency, micro)] = whole.costs
        average = say.money((Decimal(micro) / 1000 / (whole.energy - whole.unpriced)).quantize(THREE), currency)
    shown = {
        "energy": (say.kwh(whole.energy), "kWh"),
        "cost": (costs(say, whole), ""),
        "average": (average, "/ kWh" if whole.costs else ""),
    }
    if sunny:
        shown["from_sun"] = (share(say, whole.energy, whole.sun), "")
    boxes = [
        f"<div><dt>{escape(say(name))}</dt><dd>{escape(value)} <small>{escape(unit)}</small></dd></div>"
        for name, (value, unit) in shown.items()
    ]
    missing = say("unpriced", energy=say.kwh(whole.unpriced)) if whole.unpriced else ""
    return f'<dl class="sums">{"".join(boxes)}</dl><p class="note">{escape(missing)}</p>'


def _people(say: Speech, report: Report) -> list[str]:
    if not report.sessions:
        return [f"<p>{escape(say('no_sessions'))}</p>"]
    parts = [_summary(say, report, By.PERSON, "people", "person")]
    names = {session.transaction.person for session in report.sessions}
    for name in sorted(names, key=lambda name: (name is None, (name or "").casefold())):
        theirs = [session for session in report.sessions if session.transaction.person == name]
        parts.append(f"<h2>{escape(say('nobody') if name is None else name)}</h2>{_sessions(say, report, theirs)}")
    return parts


def _summary(say: Speech, report: Report, by: By, title: str, head: str) -> str:
    found = totals(report.sessions, report.period, by)
    whole = total(report.sessions, report.period)
    rows = [_total(say, report, one, _name(say, report, by, one)) for one in found]
    heads = [("", head), *(("n", name) for name in ("sessions", "energy", *_sun(report, "from_sun"), "cost"))]
    return _table(say, title, heads, rows, _total(say, report, whole, say("total"))) if found else ""


def _name(say: Speech, report: Report, by: By, one: Total) -> str:
    if one.name is None:
        return say("nobody")
    return report.names.full(one.name) if by is By.STATION else one.name


def _total(say: Speech, report: Report, one: Total, name: str) -> list[Cell]:
    shown = [str(one.sessions), *_amounts(say, report, one)]
    return [("", escape(name)), *(("n", escape(value)) for value in shown)]


def _amounts(say: Speech, report: Report, one: Total) -> list[str]:
    """Energy, what came from the sun, and the cost."""
    return [f"{say.kwh(one.energy)} kWh", *_sun(report, share(say, one.energy, one.sun)), costs(say, one)]


def _sun(report: Report, told: str) -> list[str]:
    """What is told of the sun, where there is anything to tell."""
    return [told] if report.sunny else []


def _sessions(say: Speech, report: Report, sessions: Sequence[Session]) -> str:
    heads = [("t", "time"), ("", "place")]
    heads += [("n", name) for name in ("meter", "energy", *_sun(report, "from_sun"), "cost")]
    rows = [_session(say, report, session) for session in sessions]
    whole = total(sessions, report.period)
    sums = (("n", escape(value)) for value in _amounts(say, report, whole))
    foot = [("", escape(say("total"))), *[("", "")] * 2, *sums]
    return _table(say, "", heads, rows, foot)


def _session(say: Speech, report: Report, session: Session) -> list[Cell]:
    known, part = session.transaction, total([session], report.period)
    amounts = _amounts(say, report, part)
    if session.account is None:
        amounts[0] = say("unknown")
    place = f"{escape(report.names.place(known.station, known.evse))}<small>{escape(known.card or '')}</small>"
    notes = escape(", ".join(_notes(say, session, part)))
    return [
        ("t", f"{_when(say, report, known)}<small>{notes}</small>"),
        ("", place),
        ("n", _meter(say, known)),
        *(("n", escape(value)) for value in amounts),
    ]


def _when(say: Speech, report: Report, known: Transaction) -> str:
    """Begin and end on local clocks; the day of the end only when it is another."""
    begin, end = (None if at is None else at.astimezone(report.zone) for at in (known.started, known.stopped))
    if end is None or begin is None:
        return escape(" – ".join(say("unknown") if at is None else say.moment(at) for at in (begin, end)))
    last = say.time(end) if begin.date() == end.date() else say.moment(end)
    return escape(f"{say.moment(begin)} – {last}")


def _meter(say: Speech, known: Transaction) -> str:
    """The register at begin and end, the one below the other."""
    if known.meter_start is None or known.energy is None:
        return escape(say("unknown"))
    ends = known.meter_start, known.meter_start + known.energy
    return "<br>".join(escape(say.kwh(round(value))) for value in ends)


def _notes(say: Speech, session: Session, part: Total) -> list[str]:
    notes = [say(flag) for flag in session.flags]
    if session.signed:
        notes.append(say("signed", count=session.signed))
    if session.account is not None and part.energy != session.account.energy:
        notes.append(say("partial"))
    return notes


def _tariff(say: Speech, prices: Sequence[Price], zone: tzinfo) -> str:
    known = [price for price in prices if price.per_kwh is not None]
    rule = f'<p class="note">{escape(say("cost_rule"))}</p>'
    if not known:
        return f"<h2>{escape(say('tariff'))}</h2><p>{escape(say('no_tariff'))}</p>"
    if len(prices) > MANY:
        ordered = sorted(known, key=lambda price: price.per_kwh or 0)
        lowest, highest = _price(say, ordered[0]), _price(say, ordered[-1])
        many = say("many_prices", count=len(prices), lowest=lowest, highest=highest)
        return f"<h2>{escape(say('tariff'))}</h2><p>{escape(many)}</p>{rule}"
    rows = [
        [
            ("t", escape(say.moment(price.at.astimezone(zone)))),
            ("", escape(price.source)),
            ("n", escape(_price(say, price))),
        ]
        for price in prices
    ]
    return _table(say, "tariff", [("t", "since"), ("", "source"), ("n", "price")], rows, []) + rule


def _price(say: Speech, price: Price) -> str:
    return say("no_price") if price.per_kwh is None else say.money(_per_kwh(price.per_kwh), price.currency)


def _per_kwh(micro: int) -> Decimal:
    """A price per kWh, with as many decimals as it needs, four at least."""
    exact = Decimal(micro) / MICRO
    short = exact.quantize(FOUR)
    return short if short == exact else exact.quantize(Decimal("0.000001"))


def _table(say: Speech, title: str, heads: Sequence[Cell], rows: Sequence[Sequence[Cell]], foot: Sequence[Cell]) -> str:
    head = "".join(f'<th class="{kind}">{escape(say(name))}</th>' for kind, name in heads)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    heading = f"<h2>{escape(say(title))}</h2>" if title else ""
    footer = f"<tfoot><tr>{_cells(foot)}</tr></tfoot>" if foot else ""
    return f"<section>{heading}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{footer}</table></section>"


def _cells(cells: Sequence[Cell]) -> str:
    return "".join(f'<td class="{kind}">{text}</td>' for kind, text in cells)
