"""The local list: its version, portions, and every answer word."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
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


async def test_042_1_a_station_without_a_list_says_so(cards: LocalList, peer: Peer) -> None:
    peer.answers["GetLocalListVersion"] = {"listVersion": -1}
    with pytest.raises(Unsupported, match="no local authorization list"):
        await cards.version()


async def test_an_empty_full_list_empties_the_stations(cards: LocalList, peer: Peer) -> None:
    peer.answers["SendLocalList"] = {"status": "Accepted"}
    await cards.send(4, {})
    assert peer.told("SendLocalList") == [{"listVersion": 4, "updateType": "Full"}]


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


async def test_parts_need_versions_above_0(cards: LocalList, station: Station, peer: Peer) -> None:
    known(station, SendLocalListMaxLength=2)
    with pytest.raises(Invalid, match="at least 2 higher"):
        await cards.send(1, {f"CARD-{number}": YES for number in range(5)})
    with pytest.raises(Invalid, match="at least 1 higher"):
        await cards.send(0, {"CARD": YES})
    assert peer.asked == []


async def test_043_1_a_station_may_not_take_lists(cards: LocalList, peer: Peer) -> None:
    peer.answers["SendLocalList"] = {"status": "NotSupported"}
    with pytest.raises(Unsupported, match="NotSupported"):
        await cards.send(1, {"CARD-1": YES})


@pytest.mark.parametrize("word", ["Failed", "VersionMismatch"])
async def test_043_3_a_refusal_is_told_and_ends_the_sending(
    cards: LocalList, station: Station, peer: Peer, word: str
) -> None:
    known(station, SendLocalListMaxLength=1)
    peer.answers["SendLocalList"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await cards.send(9, {"CARD-1": YES, "CARD-2": YES}, full=False)
    assert len(peer.asked) == 1


async def test_the_version_of_a_list_is_told(cards: LocalList, peer: Peer) -> None:
    peer.answers["GetLocalListVersion"] = {"listVersion": 7}
    assert await cards.version() == 7


async def test_more_entries_than_the_list_has_room_for_are_not_sent(
    cards: LocalList, station: Station, peer: Peer
) -> None:
    known(station, LocalAuthListMaxLength=2)
    with pytest.raises(Invalid, match="has room for 2 entries"):
        await cards.send(4, {f"CARD-{number}": YES for number in range(3)})
    assert peer.asked == []
