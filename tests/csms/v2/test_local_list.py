"""The local list in the words of 2.x."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.admission import Policy
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey
from custom_components.ocpp_home.csms.v2.local_list import LocalList
from tests.csms.peer import Peer

YES = Verdict(Decision.ACCEPTED)


@pytest.fixture
def cards(station: Station, old_call: Caller) -> LocalList:
    return LocalList(station, old_call)


async def test_the_version_is_told(cards: LocalList, old_peer: Peer) -> None:
    """D02.FR.01, D02.FR.02: 0 where there is no list."""
    old_peer.answers["GetLocalListVersion"] = {"versionNumber": 7}
    assert await cards.version() == 7


async def test_a_full_list_is_sent_with_groups_and_dates(cards: LocalList, old_peer: Peer) -> None:
    """D01.FR.01, D01.FR.06, D01.FR.15, C09.FR.09."""
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    until = datetime(2027, 1, 1, tzinfo=UTC)
    await cards.send(4, {"04A1B2C3D4E5F6": Verdict(Decision.ACCEPTED, "FAMILY", until), "guest": YES})
    assert old_peer.asked == [
        (
            "SendLocalList",
            {
                "versionNumber": 4,
                "updateType": "Full",
                "localAuthorizationList": [
                    {
                        "idToken": {"idToken": "04A1B2C3D4E5F6", "type": "ISO14443"},
                        "idTokenInfo": {
                            "status": "Accepted",
                            "cacheExpiryDateTime": "2027-01-01T00:00:00Z",
                            "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
                        },
                    },
                    {"idToken": {"idToken": "guest", "type": "Central"}, "idTokenInfo": {"status": "Accepted"}},
                ],
            },
        )
    ]


async def test_a_long_list_goes_out_in_parts(cards: LocalList, station: Station, old_peer: Peer) -> None:
    """D01.FR.11, D01.FR.19."""
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    station.variables.put(Variable(VariableKey("LocalAuthListCtrlr", "ItemsPerMessage"), "2"))
    await cards.send(3, {f"CARD-{number}": YES for number in range(3)})
    sent = [
        (part["versionNumber"], part["updateType"], len(part["localAuthorizationList"]))
        for part in old_peer.told("SendLocalList")
    ]
    assert sent == [(2, "Full", 2), (3, "Differential", 1)]


async def test_a_card_is_removed(cards: LocalList, old_peer: Peer) -> None:
    """D01.FR.17."""
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    await cards.send(5, {"GONE": None}, full=False)
    ((_, asked),) = old_peer.asked
    assert asked["localAuthorizationList"] == [{"idToken": {"idToken": "GONE", "type": "Central"}}]


async def test_an_empty_list_empties_the_stations(cards: LocalList, old_peer: Peer) -> None:
    """D01.FR.04."""
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    await cards.send(5, {})
    assert old_peer.asked == [("SendLocalList", {"versionNumber": 5, "updateType": "Full"})]


async def test_version_0_is_never_sent(cards: LocalList, old_peer: Peer) -> None:
    """D01.FR.18."""
    with pytest.raises(Invalid):
        await cards.send(0, {"CARD": YES})
    assert old_peer.asked == []


@pytest.mark.parametrize(("traits", "sent"), [(Traits("integer", maximum=1), 0), (Traits("integer"), 1), (None, 1)])
async def test_no_list_is_sent_that_does_not_fit(
    cards: LocalList, station: Station, old_peer: Peer, traits: Traits | None, sent: int
) -> None:
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    station.variables.put(Variable(VariableKey("LocalAuthListCtrlr", "Entries"), "0", traits=traits))
    with pytest.raises(Invalid, match="room for 1 ") if not sent else nullcontext():
        await cards.send(1, {"ONE": YES, "TWO": YES})
    assert len(old_peer.asked) == sent


@pytest.mark.parametrize("word", ["Failed", "VersionMismatch"])
async def test_a_refusal_is_told(cards: LocalList, old_peer: Peer, word: str) -> None:
    """D01.FR.02, D01.FR.03."""
    old_peer.answers["SendLocalList"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await cards.send(1, {"CARD": YES})


@pytest.mark.parametrize(
    ("token", "verdict", "suits"),
    [
        ("A" * 36, Verdict(Decision.ACCEPTED, evses=(1,)), True),
        ("A" * 37, YES, False),
        ("A", Verdict(Decision.ACCEPTED, "MASTER", master=True), True),
        ("A", Verdict(Decision.ACCEPTED, "FAMILY", master=True), False),
    ],
)
def test_a_card_that_stops_everything_is_listed_with_the_group_the_station_knows_it_by(
    cards: LocalList, station: Station, token: str, verdict: Verdict, suits: bool
) -> None:
    """C16.FR.05."""
    station.settings.policy = Policy(master="MASTER")
    assert cards.suits(Token(token), verdict) is suits


async def test_a_token_is_listed_with_its_type_and_removed_with_it(cards: LocalList, old_peer: Peer) -> None:
    """D01.FR.16, D01.FR.17."""
    old_peer.answers["SendLocalList"] = {"status": "Accepted"}
    await cards.send(
        2, {"1234": YES, "5678": None}, full=False, kinds=dict.fromkeys(("1234", "5678"), TokenType.KEY_CODE)
    )
    [sent] = old_peer.told("SendLocalList")
    named = [entry["idToken"] for entry in sent["localAuthorizationList"]]
    assert named == [{"idToken": "1234", "type": "KeyCode"}, {"idToken": "5678", "type": "KeyCode"}]
