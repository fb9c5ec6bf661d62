"""Who may charge is decided by the owner's list and said in the five words of OCPP 1.6."""

from datetime import timedelta

import pytest

from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from custom_components.ocpp_home.csms.v1.authorization import authorize, tag_info, token_of
from tests.csms.stage import NOW


def admit(station: Station, **cards: Verdict) -> None:
    station.settings.policy = Policy(Unknown.REFUSE, listed=cards)


def test_everybody_may_charge_where_the_owner_lists_nobody(station: Station, events: list[Event]) -> None:
    assert authorize(station, {"idTag": "ABC"}, NOW) == {"idTagInfo": {"status": "Accepted"}}
    assert events == [Event(Kind.CARD_ACCEPTED, NOW, data={"token": "ABC"})]


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict(Decision.BLOCKED), "Blocked"),
        (Verdict(Decision.NO_CREDIT), "Blocked"),
        (Verdict(Decision.CONCURRENT), "ConcurrentTx"),
        (Verdict(Decision.NOT_AT_THIS_TIME), "Invalid"),
        (Verdict(Decision.UNKNOWN), "Invalid"),
    ],
)
def test_a_refused_card_is_told_with_the_decision(
    station: Station, events: list[Event], verdict: Verdict, status: str
) -> None:
    admit(station, abc=verdict)
    assert authorize(station, {"idTag": "ABC"}, NOW) == {"idTagInfo": {"status": status}}
    assert events == [Event(Kind.CARD_REFUSED, NOW, data={"token": "ABC", "decision": verdict.decision.value})]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("VID:AABBCC001122", TokenType.MAC_ADDRESS),
        ("vid:aa:bb:cc:00:11:22", TokenType.MAC_ADDRESS),
        ("AA-BB-CC-00-11-22", TokenType.MAC_ADDRESS),
        ("AABBCC001122", TokenType.UNKNOWN),
        ("VID:1234", TokenType.UNKNOWN),
        ("04:A2:B3:C4", TokenType.UNKNOWN),
    ],
)
def test_the_address_of_a_car_is_told_from_a_card(tag: str, kind: TokenType) -> None:
    assert token_of({"idTag": tag}) == Token(tag, kind)


@pytest.mark.parametrize(("autocharge", "status"), [(True, "Accepted"), (False, "Invalid")])
def test_a_car_charges_by_its_address_where_the_owner_wants_that(
    station: Station, autocharge: bool, status: str
) -> None:
    station.household.admit(Cards((Card(Token("aa:bb:cc:00:11:22", TokenType.MAC_ADDRESS)),)), Policy())
    station.settings.policy = Policy(Unknown.REFUSE, autocharge=autocharge)
    for tag in ("VID:AABBCC001122", "aabbcc001122"):
        assert authorize(station, {"idTag": tag}, NOW)["idTagInfo"]["status"] == status


def test_an_unknown_card_is_invalid(station: Station) -> None:
    admit(station)
    assert authorize(station, {"idTag": "ABC"}, NOW) == {"idTagInfo": {"status": "Invalid"}}


def test_a_card_is_compared_without_case_nul_or_blanks(station: Station) -> None:
    admit(station, abc=Verdict(Decision.ACCEPTED))
    assert authorize(station, {"idTag": " aBc\x00"}, NOW)["idTagInfo"]["status"] == "Accepted"


def test_expiry_and_parent_are_told(station: Station) -> None:
    admit(station, abc=Verdict(Decision.ACCEPTED, "FAMILY", NOW + timedelta(days=1)))
    assert authorize(station, {"idTag": "ABC"}, NOW) == {
        "idTagInfo": {"status": "Accepted", "expiryDate": "2026-06-02T12:00:00Z", "parentIdTag": "FAMILY"}
    }


def test_a_card_that_has_expired_is_expired(station: Station) -> None:
    admit(station, abc=Verdict(Decision.ACCEPTED, None, NOW - timedelta(days=1)))
    assert authorize(station, {"idTag": "ABC"}, NOW)["idTagInfo"]["status"] == "Expired"


def test_our_own_remote_start_is_always_welcome(station: Station) -> None:
    admit(station)
    station.settings.token = "HomeAssistantWithALongName"
    assert authorize(station, {"idTag": "homeassistantwithalo"}, NOW)["idTagInfo"]["status"] == "Accepted"
    station.settings.token = ""
    assert authorize(station, {"idTag": ""}, NOW)["idTagInfo"]["status"] == "Invalid"


def test_a_long_parent_is_cut_to_what_can_be_sent() -> None:
    assert tag_info(Verdict(Decision.ACCEPTED, "p" * 30))["parentIdTag"] == "p" * 20


def test_a_card_that_stops_everything_begins_nothing(station: Station, events: list[Event]) -> None:
    """1.6 knows no such cards; the sessions are stopped by command."""
    chief = Card(Token("CHIEF"), group="FAMILY", master=True)
    station.household.admit(Cards((chief,)), Policy(Unknown.REFUSE))
    assert authorize(station, {"idTag": "chief"}, NOW) == {"idTagInfo": {"status": "Invalid"}}
    assert events == [Event(Kind.CARD_MASTER, NOW, data={"token": "chief"})]
