"""The report: self-contained, escaped, and the same as the table."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from custom_components.ocpp_home.csms.model.account import Account
from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.record.names import Names
from custom_components.ocpp_home.csms.record.report import Report, html
from custom_components.ocpp_home.csms.record.session import Period, Session

from .samples import BERLIN, account, after, price, session

OCTOBER = Period.month(2026, 10)
EVIL = "<script>alert(1)</script>\"'&"


class Page(HTMLParser):
    """The tags of a page, and the text of each table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in {"meta", "br", "path", "rect"}:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        elif tag in {"br", "small"} and "td" in self.open:
            self.tables[-1][-1][-1] += "|"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data.replace("\u202f", "").replace("\u00a0", " ")


def page(*sessions: Session, prices: tuple[Price, ...] = (), **words: str) -> Page:
    return Page(text(*sessions, prices=prices, **words))


def text(*sessions: Session, prices: tuple[Price, ...] = (), **words: str) -> str:
    return html(Report(sessions, OCTOBER, BERLIN, prices, "c0ffee"), words)


ADA = session(account((10, 10_000, 305, 2500)), person="Ada", card="Blue", signed=2)
NIGHT = session(
    account((10, 600, 18, None), (11, 400, 12, None)),
    id="8",
    started=after(600 - 5),
    stopped=after(600 + 5),
    offline=True,
)


def test_the_people_and_the_stations_have_their_totals() -> None:
    people, _, _, stations = page(ADA, NIGHT).tables

    assert people == [
        ["Person", "Sessions", "Energy", "From the sun", "Cost"],
        ["Ada", "1", "10.000 kWh", "25%", "3.05 EUR"],
        ["No person", "1", "1.000 kWh", "–", "0.30 EUR"],
        ["Total", "2", "11.000 kWh", "23%", "3.35 EUR"],
    ]
    assert stations[1] == ["garage", "2", "11.000 kWh", "23%", "3.35 EUR"]


def test_every_session_is_a_line_of_its_person_on_local_clocks() -> None:
    _, ada, nobody, _ = page(ADA, NIGHT).tables

    assert ada[1:] == [
        [
            *("2026-10-10 14:00 – 15:00|signed values: 2", "garage · 1|Blue", "1.000|11.000"),
            *("10.000 kWh", "25%", "3.05 EUR"),
        ],
        ["Total", "", "", "10.000 kWh", "25%", "3.05 EUR"],
    ]
    assert nobody[1][0] == "2026-10-10 23:55 – 2026-10-11 00:05|recorded offline"


def test_what_is_not_known_is_told_as_such() -> None:
    orphan = session(None, started=None, meter_start=None, orphan=True)
    unpriced = session(account((10, 601, None, None), currency=None))

    assert page(orphan).tables[0][1] == ["– – 2026-10-10 15:00|begin unknown", "garage · 1|", "–", "–", "–"]
    assert "0.601 kWh without a known price" in text(unpriced)
    running = session(account((10, 5, 1, None)), stopped=None)
    assert page(running).tables[1][1][0] == "2026-10-10 14:00 – –|still running"


def test_where_nobody_knows_of_the_sun_nothing_is_said_of_it() -> None:
    told = text(NIGHT)

    assert "From the sun" not in told
    assert Page(told).tables[0] == [
        ["Person", "Sessions", "Energy", "Cost"],
        ["No person", "1", "1.000 kWh", "0.30 EUR"],
        ["Total", "1", "1.000 kWh", "0.30 EUR"],
    ]
    assert Page(told).tables[1] == [
        ["Begin – end", "Station, card", "Meter (kWh)", "Energy", "Cost"],
        [
            "2026-10-10 23:55 – 2026-10-11 00:05|recorded offline",
            "garage · 1|",
            "1.000|11.000",
            "1.000 kWh",
            "0.30 EUR",
        ],
        ["Total", "", "", "1.000 kWh", "0.30 EUR"],
    ]


def test_a_session_that_lies_only_partly_in_the_period_says_so() -> None:
    october, november = account((31, 600, 18, None), (1, 400, 12, None)).days
    over = session(Account((october, replace(november, day=date(2026, 11, 1))), "EUR"))

    assert page(over).tables[1][1][0].endswith("|partly in this period")
    assert page(over).tables[1][1][3] == "0.600 kWh"


def test_the_sums_tell_the_average_price_of_what_has_one() -> None:
    assert "0.305\u00a0EUR <small>/ kWh</small>" in text(ADA, NIGHT)
    two = session(account((10, 5, 1, None), currency="CHF"))
    assert "0.01\u00a0CHF + 3.05\u00a0EUR" in text(ADA, two)


def test_places_bear_the_names_the_owner_gave_them() -> None:
    names = Names({"garage": f"Home {EVIL}"}, {("garage", 1): "Front"})
    told = html(Report([ADA], OCTOBER, BERLIN, (), "c0ffee", names), {})
    _, ada, stations = Page(told).tables

    assert ada[1][1] == f"Home {EVIL} · Front|Blue"
    assert stations[1][0] == f"Home {EVIL} (garage)"
    assert "<script>" not in told


def test_a_month_without_sessions_says_so() -> None:
    empty = text()

    assert "Nothing was charged in this period." in empty
    assert "No price was known in this period." in empty
    assert Page(empty).tables == []


def test_the_tariff_is_told_by_its_prices() -> None:
    told = (price(-60, "0.2899"), price(0, None), price(60, "0.123456"))

    assert page(ADA, prices=told).tables[-1] == [
        ["Valid from", "Source", "Price per kWh"],
        ["2026-10-10 13:00", "tariff", "0.2899 EUR"],
        ["2026-10-10 14:00", "", "not known"],
        ["2026-10-10 15:00", "tariff", "0.123456 EUR"],
    ]


def test_many_prices_are_summed_up() -> None:
    many = tuple(price(15 * number, f"0.{30 - number}") for number in range(13))

    assert "13 prices, from 0.1800\u00a0EUR to 0.3000\u00a0EUR per kWh" in text(ADA, prices=many)


def test_it_bears_the_check_sum_the_period_and_the_zone() -> None:
    page = text(ADA)

    assert "<code>c0ffee</code>" in page
    assert "<h1>October 2026</h1>" in page
    assert "Times are local: Europe/Berlin." in page


@pytest.mark.parametrize("name", ["person", "card", "station"])
def test_names_are_data(name: str) -> None:
    evil = session(account((10, 100, 1, 5)), **{name: EVIL})

    found = page(evil, prices=(Price(after(0), EVIL, 1, EVIL), Price(after(1), EVIL, None)), cost=EVIL, zone=EVIL)

    assert "script" not in found.tags
    assert found.open == []
    assert EVIL in "".join(cell for table in found.tables for row in table for cell in row)


def test_it_needs_nothing_from_anywhere() -> None:
    tags = set(page(ADA, NIGHT, prices=(price(0, "0.30"),)).tags)

    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
    assert "http" not in text(ADA)


def test_the_words_can_be_of_another_language() -> None:
    german = text(ADA, language="de", title="Ladebericht", total="Summe", decimal=",")

    assert '<html lang="de">' in german
    assert "<title>Ladebericht October 2026</title>" in german
    assert "10,000 kWh" in german
