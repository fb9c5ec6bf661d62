"""The roads to another profile: what each version is told, in which order, and what of that can be taken back."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.security.proof import Profile
from custom_components.ocpp_home.csms.security.roads import (
    ByConnection,
    ByKey,
    Goal,
    Impassable,
    restart,
    road_for,
    step_back,
)

from .panel import ACTIVE, KEY, PRIORITY, Door, Panel

GOAL = Goal(Profile.TLS, "wss://home:9000", "ws://home:9000", organisation="Home")
NO = Refused("Rejected", "not today")
INTERFACE = "NetworkConfiguration[1].OcppInterface"


@pytest.fixture
def old(station: Station) -> Panel:
    panel = Panel(station, Door(), keys={KEY: "1", "CpoName": ""})
    panel.connect()
    return panel


@pytest.fixture
def new(station: Station) -> Panel:
    panel = Panel(station, Door(), "2.0.1", {PRIORITY: "1", ACTIVE: "1"}, slots=("1", "2", "3"))
    panel.connect()
    return panel


def connection(station: Station, goal: Goal = GOAL) -> ByConnection:
    road = road_for(station, goal)
    assert isinstance(road, ByConnection)
    return road


# --- 1.6 ------------------------------------------------------------------------------------------------------------
async def test_a_station_of_1_6_is_told_by_a_key(old: Panel, station: Station) -> None:
    road = road_for(station, GOAL)
    assert isinstance(road, ByKey)
    assert (road.organisation, road.undo, road.carries) == ("CpoName", None, False)
    await road.look()
    await road.switch(Profile.TLS, None)
    assert old.written == [(KEY, "2")]
    assert old.resets == []


async def test_it_is_restarted_where_it_says_so(old: Panel, station: Station) -> None:
    old.reboots = True
    await road_for(station, GOAL).switch(Profile.TLS, None)
    assert old.resets == [ResetKind.SOFT]


async def test_a_station_without_that_key_cannot_be_told(old: Panel, station: Station) -> None:
    del old.keys[KEY]
    with pytest.raises(Impassable) as obstacle:
        await road_for(station, GOAL).look()
    assert obstacle.value.reason == "no_profiles"


async def test_a_station_that_takes_no_soft_reset_gets_a_hard_one(old: Panel, station: Station) -> None:
    old.fails["reset Soft"] = Unsupported("NotSupported")
    await restart(station)
    assert old.resets == [ResetKind.SOFT, ResetKind.HARD]


# --- 2.x ------------------------------------------------------------------------------------------------------------
async def test_a_station_of_2_0_1_is_told_by_a_connection_an_order_and_a_reset(new: Panel, station: Station) -> None:
    new.keys[PRIORITY] = "1,3"
    road = connection(station)
    await road.look()
    assert (road.organisation, road.undo, road.carries) == ("SecurityCtrlr.OrganizationName", None, False)
    await road.switch(Profile.TLS, None)
    made = new.connections[2]
    assert (made.url, made.security_profile, made.interface, made.password) == ("wss://home:9000", 2, "Wired0", None)
    assert new.written == [(PRIORITY, "2,1,3")]
    assert (new.resets, road.undo) == ([ResetKind.SOFT], "1,3")
    await step_back(station, road.undo or "")
    assert new.keys[PRIORITY] == "1,3"


async def test_without_tls_the_other_address_is_dialled(new: Panel, station: Station) -> None:
    await connection(station).switch(Profile.BASIC, None)
    assert new.connections[2].url == "ws://home:9000"


async def test_slots_nobody_uses_are_taken_first_then_those_that_wait_their_turn(new: Panel, station: Station) -> None:
    new.keys |= {PRIORITY: "3,2,1", ACTIVE: "3"}
    new.fails["slot 1"] = NO
    road = connection(station)
    await road.look()
    await road.switch(Profile.TLS, None)
    assert (list(new.connections), new.keys[PRIORITY], road.undo) == ([2], "2,3,1", "3,1")


async def test_a_station_that_tells_no_slots_has_three_and_uses_the_first(new: Panel, station: Station) -> None:
    new.slots = ()
    new.keys |= {PRIORITY: "", ACTIVE: None}
    road = connection(station)
    await road.look()
    await road.switch(Profile.TLS, None)
    assert (new.keys[PRIORITY], road.undo) == ("2,1", "1")


async def test_when_no_slot_takes_a_connection_its_reason_is_told(new: Panel, station: Station) -> None:
    new.fails |= {"slot 2": NO, "slot 3": Refused("Failed")}
    with pytest.raises(Refused, match="Failed"):
        await connection(station).switch(Profile.TLS, None)
    assert new.written == []


async def test_a_station_without_connections_or_slots_cannot_be_told(new: Panel, station: Station) -> None:
    new.slots = ("1",)
    with pytest.raises(Impassable, match="no_slot"):
        await connection(station).look()
    new.connect(network=False)
    with pytest.raises(Impassable, match="no_profiles"):
        await connection(station).look()
    new.slots = ("1", "2")
    with pytest.raises(Unsupported):
        await connection(station).switch(Profile.TLS, None)


async def test_an_order_is_taken_back_where_no_reset_is_done(new: Panel, station: Station) -> None:
    new.fails |= {"reset Soft": NO, "reset Hard": NO}
    with pytest.raises(Refused, match="not today"):
        await connection(station).switch(Profile.TLS, None)
    assert [value for name, value in new.written if name == PRIORITY] == ["2,1", "1"]


@pytest.mark.parametrize(("told", "used"), [("Wireless0", "Wireless0"), (None, "Any")])
async def test_a_station_of_2_1_says_by_what_it_is_connected(
    new: Panel, station: Station, told: str | None, used: str
) -> None:
    new.version = "2.1"
    new.connect()
    if told is not None:
        new.keys[INTERFACE] = told
    road = connection(station)
    assert road.carries
    await road.switch(Profile.TLS, "0123456789abcdef")
    assert (new.connections[2].interface, new.connections[2].password) == (used, "0123456789abcdef")


async def test_its_owner_knows_better(new: Panel, station: Station) -> None:
    await connection(station, replace(GOAL, interface="Wireless0")).switch(Profile.TLS, None)
    assert new.connections[2].interface == "Wireless0"
