"""What sessions come to together."""

from datetime import date

import pytest

from custom_components.ocpp_home.csms.model.card import Card
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.record.session import Period, Session
from custom_components.ocpp_home.csms.record.totals import Bearers, By, Total, total, totals

from .samples import account, session

TENTH = Period(date(2026, 10, 10), date(2026, 10, 10))
CENT = 10_000


def sessions() -> list[Session]:
    return [
        session(account((9, 500, 15, 500), (10, 1000, 30, 250)), person="Ada", card="Blue"),
        session(account((10, 2000, 60, None)), person="ada", card="Red", station="yard"),
        session(account((10, 4000, None, None), currency=None), person="Ada", card="Red"),
        session(account((10, 50, 7, None), currency="CHF"), person="Bob", card="Blue", station="yard"),
        session(account((11, 7000, 210, None)), person="Carl"),
        session(account((10, 8000, 240, 8000))),
        session(None, person="Dora"),
    ]


def test_a_total_is_of_the_days_of_its_period() -> None:
    assert total(sessions(), TENTH) == Total(
        None, 5, 15_050, 8250, (("CHF", 7 * CENT), ("EUR", 330 * CENT)), unpriced=4000
    )
    assert total([], TENTH) == Total()


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (By.PERSON, [("Ada", 2, 5000), ("ada", 1, 2000), ("Bob", 1, 50), (None, 1, 8000)]),
        (By.CARD, [("Blue", 2, 1050), ("Red", 2, 6000), (None, 1, 8000)]),
        (By.STATION, [("garage", 3, 13_000), ("yard", 2, 2050)]),
    ],
)
def test_totals_go_by_person_card_or_station_in_order_nobody_last(
    by: By, found: list[tuple[str | None, int, int]]
) -> None:
    assert [(one.name, one.sessions, one.energy) for one in totals(sessions(), TENTH, by)] == found


def test_a_card_that_was_renamed_has_one_total_under_the_name_it_has_now() -> None:
    settled = account((10, 1000, 30, None))
    told = [
        session(settled, token="04A2", card="Blue"),
        session(settled, token="04a2", card="Sky"),
        session(settled, token="04A2", card="Blue"),
        session(settled, token="0B0B", card="Red"),
        session(settled, token="FFFF", card="Red"),
        session(settled, token="FFFF"),
    ]
    cards = Card(Token("04A2"), "Sky"), Card(Token("0000"), "Red")

    found = totals(told, TENTH, Bearers(cards))

    assert [(one.name, one.sessions) for one in found] == [("Red", 2), ("Sky", 3), (None, 1)]


def test_what_nobody_knows_is_not_counted_as_nothing() -> None:
    bob = next(one for one in totals(sessions(), TENTH, By.PERSON) if one.name == "Bob")

    assert bob.sun is None
