"""The list a station has becomes the list it should have, whatever comes between, and is left alone then."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.keeper import BACK_OFF, LOOK, SETTLE, Keeper
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards, Window
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.event import Notice
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.local_list import LocalList
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Answer, Peer, Rejection
from tests.csms.v1.bench import Pauses, until

STRICT = Policy(Unknown.REFUSE)
A, B, C = (Card(Token(name)) for name in ("A", "B", "C"))


class Shelf:
    """The list of a peer, as it keeps it itself."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.version = 0
        self.entries: dict[str, str] = {}
        self.says: list[str] = []
        """What is answered to the next lists instead of taking them."""
        peer.answers |= {
            "GetLocalListVersion": lambda _: {"listVersion": self.version if self.entries else 0},
            "SendLocalList": self.take,
            "ClearCache": {"status": "Accepted"},
        }

    def take(self, told: dict[str, Any]) -> Answer:
        if self.says:
            return {"status": self.says.pop(0)}
        if told["updateType"] == "Full":
            self.entries = {}
        elif told["listVersion"] <= self.version:
            return {"status": "VersionMismatch"}
        for entry in told.get("localAuthorizationList", []):
            self.entries.pop(entry["idTag"], None)
            if "idTagInfo" in entry:
                self.entries[entry["idTag"]] = entry["idTagInfo"]["status"]
        self.version = told["listVersion"]
        return {"status": "Accepted"}

    def sent(self) -> list[tuple[str, list[str]]]:
        """The kind of each list that came, and whom it named."""
        return [
            (told["updateType"], [entry["idTag"] for entry in told.get("localAuthorizationList", [])])
            for told in self.peer.told("SendLocalList")
        ]

    async def has(self, *cards: str) -> None:
        await until(lambda: sorted(self.entries) == sorted(cards))


@pytest.fixture
def shelf(station: Station, peer: Peer, call: Caller) -> Shelf:
    """A station with a list; its owner keeps strangers out."""
    local_list = LocalList(station, call)
    commands = Commands(Remote(station, call), Configuration(station, call), local_list=local_list)
    station.connect("1.6", commands)
    station.settings.policy = STRICT
    return Shelf(peer)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def keeper(station: Station, shelf: Shelf, pauses: Pauses) -> AsyncIterator[Keeper]:
    keeper = Keeper(station, pauses)
    yield keeper
    keeper.close()


def admit(station: Station, *cards: Card) -> None:
    station.household.admit(Cards(cards), station.household.policy)


async def settled(pauses: Pauses, patience: float = LOOK) -> None:
    """The keeper is done and waits."""
    await until(lambda: pauses.asked and pauses.asked[-1] == patience)


async def changed(pauses: Pauses) -> None:
    """Changes that follow each other are over."""
    await pauses.over(SETTLE)
    await settled(pauses)


async def test_nothing_is_sent_before_the_station_is_ready(station: Station, shelf: Shelf, keeper: Keeper) -> None:
    admit(station, A)
    await asyncio.sleep(0.01)
    assert shelf.peer.actions() == []
    keeper.begin()
    await shelf.has("A")


async def test_each_change_reaches_the_list_as_a_difference(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, A, B)
    keeper.begin()
    await settled(pauses)
    admit(station, A, B, C)
    await changed(pauses)
    admit(station, replace(A, active=False), C)
    await changed(pauses)
    assert shelf.entries == {"A": "Blocked", "C": "Accepted"}
    assert shelf.sent() == [("Full", ["A", "B"]), ("Differential", ["C"]), ("Differential", ["B", "A"])]


async def test_a_list_that_becomes_another_is_sent_as_a_whole(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, A, B)
    keeper.begin()
    await settled(pauses)
    admit(station, C)
    await changed(pauses)
    assert (shelf.entries, shelf.sent()[-1]) == ({"C": "Accepted"}, ("Full", ["C"]))
    admit(station)
    await changed(pauses)
    assert (shelf.entries, shelf.sent()[-1]) == ({}, ("Full", []))


async def test_changes_that_follow_each_other_are_one(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    keeper.begin()
    await settled(pauses)
    for cards in ((A,), (A, B), (A, B, C)):
        admit(station, *cards)
    await changed(pauses)
    assert shelf.sent() == [("Full", ["A", "B", "C"])]


async def test_nothing_is_sent_when_nothing_has_changed_neither_after_a_restart(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    """D01.FR.10: the station keeps its list; each write wears its memory."""
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    keeper.begin()
    await changed(pauses)
    again = Station(station.name, station.ledger, station.settings, station.household)
    again.connect("1.6", station.require())
    later = Keeper(again, pauses)
    later.begin()
    await settled(pauses)
    await until(lambda: len(shelf.peer.told("GetLocalListVersion")) == 4)
    later.close()
    assert shelf.sent() == [("Full", ["A"])]


async def test_what_changed_while_the_station_was_away_is_sent_at_its_return(
    station: Station, shelf: Shelf, pauses: Pauses
) -> None:
    Keeper(station, pauses).close()
    admit(station, A)
    earlier = Keeper(station, pauses)
    earlier.begin()
    await settled(pauses)
    earlier.close()
    admit(station, A, B)
    assert shelf.entries == {"A": "Accepted"}
    later = Keeper(station, pauses)
    later.begin()
    await shelf.has("A", "B")
    later.close()
    assert shelf.sent()[-1] == ("Differential", ["B"])


@pytest.mark.parametrize("entries", [{}, {"A": "Accepted", "X": "Accepted"}])
async def test_a_list_that_was_lost_or_written_by_somebody_else_is_sent_anew(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses, entries: dict[str, str]
) -> None:
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    shelf.entries, shelf.version = entries, 40
    keeper.begin()
    await changed(pauses)
    assert (shelf.entries, shelf.sent()[-1]) == ({"A": "Accepted"}, ("Full", ["A"]))
    assert shelf.version > 40 or not entries


async def test_a_difference_that_is_refused_is_followed_by_the_whole(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    """D01.FR.19: VersionMismatch."""
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    shelf.version = 99
    admit(station, A, B)
    await changed(pauses)
    assert (shelf.entries, [kind for kind, _ in shelf.sent()]) == (
        {"A": "Accepted", "B": "Accepted"},
        ["Full", "Differential", "Full"],
    )
    assert shelf.version > 99


async def test_a_list_that_is_refused_is_tried_again_ever_more_rarely(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, A)
    shelf.says = ["Failed"] * (len(BACK_OFF) + 1)
    keeper.begin()
    for patience in (*BACK_OFF, BACK_OFF[-1]):
        await settled(pauses, patience)
        assert shelf.entries == {}
        refused = patience != BACK_OFF[0]
        assert list(station.notices) == [("list_refused", 0)] * refused, "once may be by chance"
        await pauses.over(patience)
    await settled(pauses)
    assert (shelf.entries, station.notices) == ({"A": "Accepted"}, {})


async def test_a_list_that_the_station_did_not_take_after_all_is_sent_again(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    """Its version tells."""
    admit(station, A)
    shelf.peer.answers["SendLocalList"] = {"status": "Accepted"}
    keeper.begin()
    await settled(pauses, BACK_OFF[0])
    assert station.counters["local list: Unanswered"] == 1
    shelf.peer.answers["SendLocalList"] = shelf.take
    await pauses.over(BACK_OFF[0])
    await settled(pauses)
    assert shelf.entries == {"A": "Accepted"}


async def test_a_list_in_parts_that_broke_off_is_sent_as_a_whole(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    station.variables.put(Variable(VariableKey("", "SendLocalListMaxLength"), "1"))
    admit(station, A)
    keeper.begin()
    await settled(pauses)

    def break_off(told: dict[str, Any]) -> Answer:
        shelf.peer.answers["SendLocalList"] = Rejection("InternalError")
        return shelf.take(told)

    shelf.peer.answers["SendLocalList"] = break_off
    admit(station, A, B, C)
    await pauses.over(SETTLE)
    await settled(pauses, BACK_OFF[0])
    assert sorted(shelf.entries) == ["A", "B"]
    shelf.peer.answers["SendLocalList"] = shelf.take
    await pauses.over(BACK_OFF[0])
    await settled(pauses)
    assert sorted(shelf.entries) == ["A", "B", "C"]
    assert shelf.sent()[-3:] == [("Full", ["A"]), ("Differential", ["B"]), ("Differential", ["C"])]


async def test_a_list_that_broke_off_is_sent_as_a_whole_also_after_a_restart(
    station: Station, shelf: Shelf, pauses: Pauses
) -> None:
    """The version is no proof: this station takes a part over and goes on telling the version of what it had before."""
    station.variables.put(Variable(VariableKey("", "SendLocalListMaxLength"), "1"))
    admit(station, A)
    earlier = Keeper(station, pauses)
    earlier.begin()
    await settled(pauses)

    def break_off(told: dict[str, Any]) -> Answer:
        shelf.peer.answers["SendLocalList"] = Rejection("InternalError")
        before = shelf.version
        answer = shelf.take(told)
        shelf.version = before
        return answer

    shelf.peer.answers["SendLocalList"] = break_off
    admit(station, A, B, C)
    await pauses.over(SETTLE)
    await settled(pauses, BACK_OFF[0])
    earlier.close()
    assert sorted(shelf.entries) == ["A", "B"]
    shelf.peer.answers["SendLocalList"] = shelf.take
    told = len(shelf.sent())
    again = Station(station.name, station.ledger, station.settings, station.household)
    again.variables.put(Variable(VariableKey("", "SendLocalListMaxLength"), "1"))
    again.connect("1.6", station.require())
    later = Keeper(again, pauses)
    later.begin()
    await settled(pauses)
    later.close()
    assert shelf.sent()[told:] == [("Full", ["A"]), ("Differential", ["B"]), ("Differential", ["C"])]
    assert sorted(shelf.entries) == ["A", "B", "C"]


async def test_a_station_without_a_list_is_not_bothered_again(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, A)
    shelf.peer.answers["GetLocalListVersion"] = {"listVersion": -1}
    keeper.begin()
    await settled(pauses)
    assert shelf.peer.actions() == ["GetLocalListVersion"]


async def test_no_more_is_sent_than_the_list_has_room_for(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    station.variables.put(Variable(VariableKey("", "LocalAuthListMaxLength"), "2"))
    admit(station, A, B, C)
    keeper.begin()
    await settled(pauses)
    assert (sorted(shelf.entries), station.counters) == (["A", "B"], {"local list: no room": 1})
    told = {"room": "2", "left_out": "1", "cards": "-"}
    assert station.notices == {("list_full", 0): Notice("list_full", data=told)}
    admit(station, A, B, replace(C, name="Clara's"), Card(Token("D")))
    await changed(pauses)
    assert station.notices["list_full", 0].data == {"room": "2", "left_out": "2", "cards": "Clara's"}
    admit(station, A)
    await changed(pauses)
    assert station.notices == {}


async def test_a_station_of_which_nothing_is_known_keeps_the_list_somebody_gave_it(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    station.settings.policy = Policy()
    shelf.entries, shelf.version = {"X": "Accepted"}, 3
    keeper.begin()
    await settled(pauses)
    assert (shelf.peer.actions(), shelf.entries) == ([], {"X": "Accepted"})
    assert station.ledger.recall(station.name, "rules") is None


async def test_whose_owner_wants_no_lists_any_more_gets_an_empty_one(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    station.settings.lists = False
    station.changed(station)
    await changed(pauses)
    assert (shelf.entries, shelf.sent()[-1]) == ({}, ("Full", []))
    station.changed(station)
    await asyncio.sleep(0.01)
    assert pauses.asked[-1] == LOOK


async def test_a_policy_of_the_station_is_kept_as_well(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, replace(A, hours=(Window(),)))
    keeper.begin()
    await settled(pauses)
    assert shelf.entries == {}
    station.settings.policy = Policy()
    station.changed(station)
    await changed(pauses)
    assert shelf.entries == {"A": "Invalid"}


async def test_the_list_is_looked_at_again_when_a_card_ends(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    admit(station, replace(A, ends=datetime.now(UTC) + timedelta(seconds=30)))
    keeper.begin()
    await until(lambda: pauses.asked)
    assert shelf.entries == {"A": "Accepted"}
    assert 25 < pauses.asked[-1] <= 30


async def test_a_card_that_is_withdrawn_is_forgotten_by_the_station(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    """5.4 ClearCache: once, and not for a card that is new or has another name."""
    admit(station, A, B)
    keeper.begin()
    await settled(pauses)
    admit(station, replace(A, name="Anna's"), B, C)
    await changed(pauses)
    assert "ClearCache" not in shelf.peer.actions()
    admit(station, A, C)
    await changed(pauses)
    assert shelf.peer.actions().count("ClearCache") == 1
    keeper.begin()
    await changed(pauses)
    assert shelf.peer.actions().count("ClearCache") == 1


@pytest.mark.parametrize("rule", [{"active": False}, {"hours": (Window(),)}, {"stations": frozenset({"elsewhere"})}])
async def test_a_card_that_has_other_rules_is_forgotten_by_the_station(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses, rule: dict[str, Any]
) -> None:
    """What the station remembers of a card it was told by the old rules: once it is to forget that."""
    admit(station, A, B)
    keeper.begin()
    await settled(pauses)
    assert "ClearCache" not in shelf.peer.actions()
    for _ in range(2):
        admit(station, replace(A, **rule), B)
        keeper.begin()
        await changed(pauses)
    assert shelf.peer.actions().count("ClearCache") == 1


@pytest.mark.parametrize("answer", [{"status": "Rejected"}, Rejection("NotImplemented")])
async def test_a_station_without_a_cache_is_asked_once_to_clear_it(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses, answer: Answer
) -> None:
    admit(station, A, B)
    keeper.begin()
    await settled(pauses)
    shelf.peer.answers["ClearCache"] = answer
    admit(station, A)
    await changed(pauses)
    admit(station, A, C)
    await changed(pauses)
    assert shelf.peer.actions().count("ClearCache") == 1


async def test_a_station_without_lists_still_forgets(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    station.require().local_list = None
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    admit(station)
    await changed(pauses)
    assert shelf.peer.actions() == ["ClearCache"]


async def test_when_the_connection_ends_nothing_more_is_done(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses
) -> None:
    keeper.begin()
    await settled(pauses)
    station.disconnect()
    admit(station, A)
    await pauses.over(SETTLE)
    await asyncio.sleep(0.01)
    assert (pauses.asked[-1], shelf.entries) == (SETTLE, {})


@pytest.mark.parametrize(
    "remembered",
    ["odd", {"version": 7}, {"version": 7, "entries": {"a": ["A", "Unknown"]}}, {"version": 7, "entries": {"a": 1}}],
)
async def test_what_is_remembered_and_cannot_be_read_counts_as_not_known(
    station: Station, shelf: Shelf, keeper: Keeper, pauses: Pauses, remembered: Any
) -> None:
    station.keep("list", remembered)
    admit(station, A)
    keeper.begin()
    await settled(pauses)
    assert shelf.sent() == [("Full", ["A"])]
