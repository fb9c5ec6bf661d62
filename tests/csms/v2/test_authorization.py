"""Who may charge, with every kind of token (OCPP 2.0.1 ed. 3 - C)."""

from datetime import datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from custom_components.ocpp_home.csms.model.trust import Contract, Validity
from custom_components.ocpp_home.csms.v2 import paid
from custom_components.ocpp_home.csms.v2.authorization import REQUESTS, authorize, id_token, shown, token_info, token_of
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve


def card(token: str = "ABC", kind: str = "ISO14443") -> dict[str, object]:
    return {"idToken": {"idToken": token, "type": kind}}


async def test_a_card_is_accepted_with_its_group(station: Station, peer: Peer, events: list[Event]) -> None:
    """C09.FR.09."""
    serve(peer, station, REQUESTS)
    until = NOW + timedelta(days=10_000)
    station.settings.policy = Policy(Unknown.REFUSE, listed={"abc": Verdict(Decision.ACCEPTED, "FAMILY", until)})
    answer = (await peer.says("Authorize", card()))[2]
    assert answer["idTokenInfo"]["status"] == "Accepted"
    assert answer["idTokenInfo"]["groupIdToken"] == {"idToken": "FAMILY", "type": "Central"}
    assert answer["idTokenInfo"]["cacheExpiryDateTime"].startswith("2053")
    assert [(event.kind, event.data) for event in events] == [(Kind.CARD_ACCEPTED, {"token": "ABC"})]


@pytest.mark.parametrize(("budget", "word"), [(10.0, "Accepted"), (0.0, "NoCredit")])
def test_what_is_decided_about_a_budget_is_not_remembered(station: Station, budget: float, word: str) -> None:
    """C17.FR.01, C17.FR.02."""
    abc = Card(Token("ABC", TokenType.ISO14443), cost_budget=budget)
    station.household.admit(Cards((abc,)), Policy(Unknown.REFUSE))
    info = authorize(station, card(), NOW)["idTokenInfo"]
    assert info == {"status": word, "cacheExpiryDateTime": "2026-06-01T12:00:00Z"}


@pytest.mark.parametrize("decision", list(Decision))
def test_every_decision_has_its_word(decision: Decision) -> None:
    assert token_info(Verdict(decision)) == {"status": decision.value}


def test_a_card_that_is_not_listed_is_refused(station: Station, events: list[Event]) -> None:
    station.settings.policy = Policy(Unknown.REFUSE)
    assert authorize(station, card(), NOW) == {"idTokenInfo": {"status": "Invalid"}}
    assert [event.kind for event in events] == [Kind.CARD_REFUSED]


def test_who_needs_no_authorization_has_it(station: Station) -> None:
    """C02.FR.02."""
    station.settings.policy = Policy(Unknown.REFUSE)
    assert authorize(station, card("", "NoAuthorization"), NOW) == {"idTokenInfo": {"status": "Accepted"}}


def test_a_key_code_is_decided_and_never_shown(station: Station, events: list[Event]) -> None:
    """C04.FR.02, C04.FR.04."""
    station.settings.policy = Policy(Unknown.REFUSE, listed={"1234": Verdict(Decision.ACCEPTED)})
    assert authorize(station, card("1234", "KeyCode"), NOW)["idTokenInfo"]["status"] == "Accepted"
    assert authorize(station, card("9999", "KeyCode"), NOW)["idTokenInfo"]["status"] == "Invalid"
    assert [event.data["token"] for event in events] == ["KeyCode", "KeyCode"]
    assert shown(Token("ABC", TokenType.ISO14443)).id == "ABC"


@pytest.mark.parametrize("kind", [*TokenType])
def test_every_kind_of_token_is_read_and_written(kind: TokenType) -> None:
    token = token_of(card("ABC", kind.value.lower()))
    assert token == Token("ABC", kind)
    assert id_token(token)["type"] == ("Central" if kind is TokenType.UNKNOWN else kind.value)


@pytest.mark.parametrize("payload", [{}, {"idToken": "ABC"}])
def test_no_token_is_invalid(station: Station, payload: dict[str, object]) -> None:
    assert authorize(station, payload, NOW) == {"idTokenInfo": {"status": "Invalid"}}


def test_a_token_of_a_kind_nobody_knows_is_decided_by_its_id(station: Station) -> None:
    assert token_of(card("ABC", "Iris")) == Token("ABC")


@pytest.mark.parametrize(
    ("evses", "info"),
    [
        (frozenset(), {"status": "Accepted"}),
        (frozenset({1, 2}), {"status": "Accepted"}),
        (frozenset({2}), {"status": "Accepted", "evseId": [2]}),
        (frozenset({3}), {"status": "NotAtThisLocation"}),
    ],
)
def test_a_token_for_some_evses_is_answered_with_those(
    station: Station, evses: frozenset[int], info: dict[str, object]
) -> None:
    """C01.FR.19, C01.FR.20, C01.FR.22."""
    station.evse(1)
    station.evse(2)
    station.household.admit(Cards((Card(Token("ABC"), evses=evses),)), Policy(Unknown.REFUSE))
    assert authorize(station, card(), NOW) == {"idTokenInfo": info}


def test_a_key_code_is_valid_where_its_owner_may_charge(station: Station) -> None:
    """C04.FR.01, C04.FR.02: and a card of the same number is not a code."""
    code = Card(Token("1234", TokenType.KEY_CODE), stations=frozenset({"CP1"}))
    station.household.admit(Cards((code,)), Policy(Unknown.REFUSE))
    asked = [("1234", "KeyCode"), ("9999", "KeyCode"), ("1234", "ISO14443")]
    answers = [authorize(station, card(*one), NOW)["idTokenInfo"]["status"] for one in asked]
    assert answers == ["Accepted", "Invalid", "Invalid"]


def test_a_master_is_answered_with_the_group_the_station_knows_it_by(station: Station) -> None:
    """C09.FR.09, C16.FR.02."""
    chief = Card(Token("ABC"), group="FAMILY", master=True)
    station.household.admit(Cards((chief,)), Policy(Unknown.REFUSE, master="MASTER"))
    group = {"idToken": "MASTER", "type": "Central"}
    assert authorize(station, card(), NOW) == {"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}


def test_a_payment_of_ours_is_welcome_until_its_session_begins_and_not_remembered(station: Station) -> None:
    """C25.FR.23: a station that authorizes remote starts asks about the reference first."""
    station.settings.policy = Policy(Unknown.REFUSE)
    paid.expect(station, 7, Token("psp-4711", TokenType.DIRECT_PAYMENT))
    info = authorize(station, card("psp-4711", "DirectPayment"), NOW)["idTokenInfo"]
    assert info == {"status": "Accepted", "cacheExpiryDateTime": "2026-06-01T12:00:00Z"}
    assert authorize(station, card("psp-4711"), NOW) == {"idTokenInfo": {"status": "Invalid"}}


class Judge:
    """Judges every contract alike."""

    def __init__(self, validity: Validity) -> None:
        self.validity = validity
        self.asked: list[Contract] = []

    async def judge(self, contract: Contract, now: datetime) -> Validity:
        self.asked.append(contract)
        return self.validity


@pytest.mark.parametrize(
    ("validity", "listed", "answer"),
    [
        (Validity.VALID, Decision.ACCEPTED, ("Accepted", "Accepted")),
        (Validity.VALID, Decision.CONCURRENT, ("ConcurrentTx", "Accepted")),
        (Validity.VALID, Decision.BLOCKED, ("Blocked", "ContractCancelled")),
        (Validity.EXPIRED, Decision.ACCEPTED, ("Expired", "CertificateExpired")),
        (Validity.REVOKED, Decision.ACCEPTED, ("Invalid", "CertificateRevoked")),
        (Validity.UNVERIFIED, Decision.ACCEPTED, ("Invalid", "CertChainError")),
    ],
)
async def test_a_contract_is_judged_with_its_certificates(
    station: Station, peer: Peer, validity: Validity, listed: Decision, answer: tuple[str, str]
) -> None:
    """C07.FR.13 to C07.FR.17."""
    serve(peer, station, REQUESTS)
    station.settings.policy = Policy(Unknown.REFUSE, listed={"de8aa1a2b3c4d5": Verdict(listed)})
    station.household.trust.contracts = judge = Judge(validity)
    request = card("DE8AA1A2B3C4D5", "eMAID") | {"certificate": "PEM"}
    told = (await peer.says("Authorize", request))[2]
    assert (told["idTokenInfo"]["status"], told["certificateStatus"]) == answer
    assert judge.asked == [Contract("DE8AA1A2B3C4D5", "PEM")]


async def test_a_contract_that_its_station_has_verified_is_a_card_like_others(station: Station) -> None:
    station.household.trust.contracts = judge = Judge(Validity.REVOKED)
    assert authorize(station, card("DE8AA1A2B3C4D5", "eMAID"), NOW) == {"idTokenInfo": {"status": "Accepted"}}
    assert judge.asked == []
