"""The local list in the words of 1.6."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, Verdict
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.local_list import LocalList
from tests.csms.peer import Peer

YES = Verdict(Decision.ACCEPTED)


@pytest.fixture
def cards(station: Station, call: Caller) -> LocalList:
    return LocalList(station, call)


def known(station: Station, **keys: int) -> None:
    for name, value in keys.items():
        station.variables.put(Variable(VariableKey("", name), str(value)))


@pytest.mark.parametrize("version", [0, 7])
async def test_042_2_the_version_is_told_empty_or_not(cards: LocalList, peer: Peer, version: int) -> None:
    peer.answers["GetLocalListVersion"] = {"listVersion": version}
    assert await cards.version() == version


async def test_043_4_a_full_list_is_sent(cards: LocalList, peer: Peer) -> None:
    peer.answers["SendLocalList"] = {"status": "Accepted"}
    until = datetime(2027, 1, 1, tzinfo=UTC)
    entries = {
        "CARD-1": Verdict(Decision.ACCEPTED, "FAMILY", until),
        "CARD-2": Verdict(Decision.NO_CREDIT),
        "card-1": YES,
        "GONE": None,
    }
    await cards.send(4, entries)
    assert peer.told("SendLocalList") == [
        {
            "listVersion": 4,
            "updateType": "Full",
            "localAuthorizationList": [
                {"idTag": "card-1", "idTagInfo": {"status": "Accepted"}},
                {"idTag": "CARD-2", "idTagInfo": {"status": "Invalid"}},
            ],
        }
    ]
    await cards.send(5, {"CARD-1": Verdict(Decision.BLOCKED, "FAMILY", until)})
    assert peer.told("SendLocalList")[1]["localAuthorizationList"] == [
        {
            "idTag": "CARD-1",
            "idTagInfo": {"status": "Blocked", "expiryDate": "2027-01-01T00:00:00Z", "parentIdTag": "FAMILY"},
        }
    ]


async def test_043_5_a_list_is_amended(cards: LocalList, peer: Peer) -> None:
    peer.answers["SendLocalList"] = {"status": "Accepted"}
    await cards.send(5, {"NEW": YES, "GONE": None}, full=False)
    assert peer.told("SendLocalList") == [
        {
            "listVersion": 5,
            "updateType": "Differential",
            "localAuthorizationList": [{"idTag": "NEW", "idTagInfo": {"status": "Accepted"}}, {"idTag": "GONE"}],
        }
    ]


async def test_a_long_list_goes_out_in_parts_that_count_up(cards: LocalList, station: Station, peer: Peer) -> None:
    peer.answers["SendLocalList"] = {"status": "Accepted"}
    known(station, SendLocalListMaxLength=2)
    await cards.send(7, {f"CARD-{number}": YES for number in range(5)})
    sent: list[Any] = [
        (part["listVersion"], part["updateType"], [entry["idTag"] for entry in part["localAuthorizationList"]])
        for part in peer.told("SendLocalList")
    ]
    assert sent == [
        (5, "Full", ["CARD-0", "CARD-1"]),
        (6, "Differential", ["CARD-2", "CARD-3"]),
        (7, "Differential", ["CARD-4"]),
    ]


async def test_a_list_has_an_end(cards: LocalList, station: Station, peer: Peer) -> None:
    known(station, LocalAuthListMaxLength=1)
    with pytest.raises(Invalid, match="room for 1 entries"):
        await cards.send(1, {"CARD-1": YES, "CARD-2": YES})
    assert peer.asked == []


@pytest.mark.parametrize(
    ("token", "verdict", "suits"),
    [
        ("A" * 20, YES, True),
        ("A" * 21, YES, False),
        ("", YES, False),
        ("A", Verdict(Decision.ACCEPTED, evses=(1,)), False),
        ("A", Verdict(Decision.ACCEPTED, master=True), False),
    ],
)
def test_an_entry_has_a_short_number_and_knows_no_evses(
    cards: LocalList, token: str, verdict: Verdict, suits: bool
) -> None:
    """OCPP 1.6 ed. 2 - 7.1, 7.28."""
    assert cards.suits(Token(token), verdict) is suits
