"""A payment is for the session that was started with it, and for no other (OCPP 2.1 ed. 1 - C24, C25)."""

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.v2.paid import KEPT, covers, expect
from tests.csms.v2.told import ended, started, tell

PAYMENT = Token("psp-4711", TokenType.DIRECT_PAYMENT)
SHOWN = {"idToken": "psp-4711", "type": "DirectPayment"}


def closed(station: Station) -> Station:
    """Let nobody in but cards, of which there are none."""
    station.household.policy = Policy(Unknown.REFUSE)
    return station


def test_a_session_that_was_paid_for_is_admitted_in_a_household_of_cards(station: Station, events: list[Event]) -> None:
    expect(closed(station), 7, PAYMENT)
    assert tell(station, started(idToken=SHOWN, remoteStartId=7))["idTokenInfo"]["status"] == "Accepted"
    assert tell(station, ended(idToken=SHOWN))["idTokenInfo"]["status"] == "Accepted"
    assert Kind.CARD_REFUSED not in {event.kind for event in events}


def test_another_session_has_no_use_of_a_payment(station: Station) -> None:
    expect(closed(station), 7, PAYMENT)
    for name, more in (("t1", {}), ("t2", {"remoteStartId": 8})):
        answer = tell(station, started(id=name, idToken=SHOWN, **more))
        assert answer["idTokenInfo"]["status"] == "Invalid"
    other = {"idToken": "psp-4712", "type": "DirectPayment"}
    assert tell(station, started(id="t3", idToken=other, remoteStartId=7))["idTokenInfo"]["status"] == "Invalid"


def test_before_its_session_a_payment_is_welcome_and_no_card_is(station: Station) -> None:
    expect(station, 7, PAYMENT)
    expect(station, 8, Token("CARD"))
    assert covers(station, PAYMENT, None)
    assert not covers(station, Token("psp-4711"), None)
    assert not covers(station, Token("CARD", TokenType.DIRECT_PAYMENT), None)


def test_payments_outlive_a_restart_and_old_ones_are_forgotten(station: Station, ledger: Ledger) -> None:
    for number in range(KEPT + 1):
        expect(station, number, Token(f"psp-{number}", TokenType.DIRECT_PAYMENT))
    again = Station("CP1", ledger)
    known = [covers(again, Token(f"PSP-{number}", TokenType.DIRECT_PAYMENT), None) for number in range(KEPT + 1)]
    assert known == [False, *[True] * KEPT]
