"""Limits and profiles in the words of 2.x, over a real session."""

from asyncio import gather, sleep
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.blocks import InstalledProfile
from custom_components.ocpp_home.csms.model.commands import Period, ProfileFilter
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.charging import BREATH
from tests.csms.peer import Payload, Peer
from tests.csms.v2.desk import YES, Desk, until

TX, DEFAULT, MAX = "TxProfile", "TxDefaultProfile", "ChargingStationMaxProfile"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
async def table(station: Station, peer: Peer) -> AsyncIterator[Desk]:
    table = Desk(station, peer)
    yield table
    table.charging.close()


@pytest.fixture
async def old_table(station: Station, old_peer: Peer) -> AsyncIterator[Desk]:
    table = Desk(station, old_peer)
    yield table
    table.charging.close()


def foreign(number: int, **fields: Any) -> Payload:
    period = {"startPeriod": 0, "limit": 9}
    schedule = {
        "id": 1,
        "startSchedule": "2026-01-01T00:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [period],
    }
    made = {"id": number, "stackLevel": 8, "chargingProfilePurpose": DEFAULT, "chargingProfileKind": "Absolute"}
    return made | {"chargingSchedule": [schedule]} | fields


async def test_without_a_transaction_the_limit_is_a_default(old_table: Desk) -> None:
    await old_table.station.limit(old_table.evse, "user", 10)
    assert old_table.evse.limits.method == "TxDefaultProfile/A/Absolute"
    (made,) = old_table.written()
    (schedule,) = made.pop("chargingSchedule")
    assert schedule.pop("startSchedule").endswith("Z")
    assert schedule == {
        "id": 101,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}],
    }
    assert made == {
        "evseId": 1,
        "id": 101,
        "stackLevel": 8,
        "chargingProfilePurpose": DEFAULT,
        "chargingProfileKind": "Absolute",
    }


async def test_k01_fr_03_with_a_transaction_the_limit_names_it(old_table: Desk) -> None:
    """K01.FR.03, K02.FR.03."""
    old_table.charge()
    assert await old_table.charging.set_limit(old_table.evse, 10) == "TxProfile/A/Absolute"
    (made,) = old_table.written()
    assert (made["transactionId"], made["id"], made["evseId"]) == ("tx-1", 201, 1)


async def test_k02_fr_01_a_limit_of_somebody_else_is_kept_by_a_profile(old_table: Desk) -> None:
    """K02.FR.01: whoever wishes a limit for the grid or the house, the lowest is what the station is given."""
    await old_table.station.limit(old_table.evse, "user", 16)
    await old_table.station.limit(old_table.evse, "grid", 8)
    await old_table.station.limit(old_table.evse, "user", 20)
    await old_table.station.limit(old_table.evse, "grid", None)
    await old_table.pauses.over(10)
    await until(lambda: len(old_table.written()) == 3)
    limits = [made["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] for made in old_table.written()]
    assert limits == [16, 8, 20]


async def test_what_is_refused_leads_to_the_next_way(old_table: Desk) -> None:
    def picky(request: Payload) -> Payload:
        good = request["chargingProfile"]["chargingProfilePurpose"] == MAX
        return YES if good else {"status": "Rejected", "statusInfo": {"reasonCode": "UnsupportedPurpose"}}

    old_table.peer.answers["SetChargingProfile"] = picky
    assert await old_table.charging.set_limit(old_table.evse, 10) == "ChargingStationMaxProfile/A/Absolute"
    made = old_table.written()[-1]
    assert (made["evseId"], made["id"]) == (0, 1)
    assert MAX not in {one["chargingProfilePurpose"] for one in old_table.written()[:-1]}


async def test_a_limit_is_lifted_by_clearing_our_own_profile(old_table: Desk) -> None:
    await old_table.station.limit(old_table.evse, "user", 10)
    old_table.peer.answers["ClearChargingProfile"] = {"status": "Unknown"}
    await old_table.station.limit(old_table.evse, "user", None)
    assert old_table.peer.told("ClearChargingProfile") == [{"chargingProfileId": 101}]


async def test_a_pause_ends_by_itself(old_table: Desk) -> None:
    await old_table.station.limit(old_table.evse, "user", 0)
    assert old_table.written()[0]["chargingSchedule"][0]["duration"] == 960
    await old_table.pauses.over(450)
    await until(lambda: len(old_table.written()) == 2)


async def test_k01_fr_101_where_the_station_notices_that_it_is_alone_a_limit_ends_sooner(table: Desk) -> None:
    table.knows(SupportsMaxOfflineDuration="true")
    await table.station.limit(table.evse, "user", 0)
    (made,) = table.written()
    assert (made["maxOfflineDuration"], made["invalidAfterOfflineDuration"]) == (870, True)
    assert made["chargingSchedule"][0]["duration"] == 960, "who leads may hang, and the connection with him"
    await table.pauses.over(450)
    await until(lambda: len(table.written()) == 2)


async def test_the_fall_back_lies_below_on_all_evses(table: Desk) -> None:
    """K01.FR.17: the higher stack level rules; it is never dynamic, for then it would hang on us."""
    table.knows(SupportsDynamicProfiles="true", MaxExternalConstraintsId="50")
    assert await table.charging.set_fallback(6) == "TxDefaultProfile/A/Absolute"
    (made,) = table.written()
    assert (made["evseId"], made["id"], made["stackLevel"]) == (0, 60, 0)
    assert made["chargingSchedule"][0]["id"] == 60
    await table.charging.set_fallback(0)
    assert table.peer.told("ClearChargingProfile") == [{"chargingProfileId": 60}, {"chargingProfileId": 61}]


# --- dynamic ----------------------------------------------------------------------------------------------------------


async def test_k28_a_dynamic_limit_is_changed_without_writing_the_profile_again(table: Desk) -> None:
    table.knows(SupportsDynamicProfiles="true")
    assert await table.charging.set_limit(table.evse, 10) == "TxDefaultProfile/A/Dynamic"
    assert await table.charging.set_limit(table.evse, 12) == "TxDefaultProfile/A/Dynamic"
    (made,) = table.written()
    assert made["chargingProfileKind"] == "Dynamic"
    assert "startSchedule" not in made["chargingSchedule"][0]
    assert table.peer.told("UpdateDynamicSchedule") == [{"chargingProfileId": 101, "scheduleUpdate": {"limit": 12}}]


async def test_other_phases_are_another_profile(table: Desk) -> None:
    table.knows(SupportsDynamicProfiles="true", Phases3to1="true")
    assert table.charging.switches(table.evse)
    await table.station.limit(table.evse, "user", 10, 3)
    await table.station.limit(table.evse, "user", 12, 3)
    await table.station.limit(table.evse, "user", 12, 1)
    periods = [made["chargingSchedule"][0]["chargingSchedulePeriod"][0] for made in table.written()]
    assert [(period["limit"], period["numberPhases"]) for period in periods] == [(10, 3), (12, 1)]


async def test_a_refused_update_is_written_as_a_profile(table: Desk) -> None:
    table.knows(SupportsDynamicProfiles="true")
    await table.charging.set_limit(table.evse, 10)
    table.peer.answers["UpdateDynamicSchedule"] = {"status": "Rejected"}
    assert await table.charging.set_limit(table.evse, 12) == "TxDefaultProfile/A/Dynamic"
    assert [made["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] for made in table.written()] == [10, 12]


async def test_a_dynamic_profile_whose_end_comes_near_is_written_anew(table: Desk) -> None:
    """K28.FR.06: an update changes what is in the period; that the profile ends is told in the profile."""
    table.knows(SupportsDynamicProfiles="true")
    await table.charging.set_fallback(6)
    table.charge()
    await table.charging.set_limit(table.evse, 16)
    assert "validTo" in table.written()[-1]
    await table.charging.set_limit(table.evse, 20)
    assert len(table.written()) == 2, "it has just been written"
    table.station.clock_offset = 16.0
    await table.charging.set_limit(table.evse, 24)
    assert [made["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] for made in table.written()] == [
        6,
        16,
        24,
    ]


async def test_a_dynamic_profile_that_was_cleared_is_written_anew(table: Desk) -> None:
    table.knows(SupportsDynamicProfiles="true")
    await table.charging.set_limit(table.evse, 10)
    await table.charging.set_limit(table.evse, None)
    await table.charging.set_limit(table.evse, 10)
    assert len(table.written()) == 2


async def test_k28_fr_06_somebody_elses_dynamic_profile_is_changed(table: Desk) -> None:
    await table.charging.update_profile(77, {"setpoint": -500})
    assert table.peer.told("UpdateDynamicSchedule") == [{"chargingProfileId": 77, "scheduleUpdate": {"setpoint": -500}}]


# --- others are there -------------------------------------------------------------------------------------------------


async def test_k01_fr_06_what_others_left_at_our_place_is_cleared_once(old_table: Desk) -> None:
    """K01.FR.06."""
    old_table.reports([foreign(7), foreign(101)], [foreign(8, validTo="2020-01-01T00:00:00Z")])
    await old_table.charging.set_limit(old_table.evse, 10)
    ((_, asked),) = [one for one in old_table.peer.asked if one[0] == "GetChargingProfiles"]
    assert asked["chargingProfile"] == {"chargingProfilePurpose": DEFAULT, "stackLevel": 8}
    assert "evseId" not in asked, "one of all EVSEs would be in the way too"
    assert old_table.peer.told("ClearChargingProfile") == [{"chargingProfileId": 7}, {"chargingProfileId": 8}]
    await old_table.charging.set_limit(old_table.evse, 12)
    assert len(old_table.peer.told("GetChargingProfiles")) == 1


@pytest.mark.parametrize(("theirs", "mine", "cleared"), [(0, 1, True), (2, 1, False), (1, 1, True)])
async def test_k01_fr_53_a_default_of_all_evses_is_in_the_way_too(
    old_table: Desk, theirs: int, mine: int, cleared: bool
) -> None:
    """K01.FR.06, K01.FR.52, K01.FR.53: at one stack level there is one of all EVSEs, or one of each."""
    old_table.reports([foreign(700)], evse=theirs)
    await old_table.charging.set_limit(old_table.station.evse(mine), 10)
    assert old_table.peer.told("ClearChargingProfile") == [{"chargingProfileId": 700}] * cleared


async def test_what_made_room_in_vain_is_put_back(old_table: Desk) -> None:
    old_table.reports([foreign(700)])

    def stubborn(request: Payload) -> Payload:
        return {"status": "Rejected"} if request["chargingProfile"]["id"] == 101 else YES

    old_table.peer.answers["SetChargingProfile"] = stubborn
    await old_table.charging.set_limit(old_table.evse, 10)
    names = ["ClearChargingProfile", "SetChargingProfile"]
    road = [(name, request) for name, request in old_table.peer.asked if name in names]
    assert road[0] == ("ClearChargingProfile", {"chargingProfileId": 700})
    assert road[1][1]["chargingProfile"]["id"] == 101
    assert road[2] == ("SetChargingProfile", {"evseId": 1, "chargingProfile": foreign(700)})


async def test_our_own_fall_back_of_all_evses_stays_where_it_is(old_table: Desk) -> None:
    old_table.knows(ProfileStackLevel="0")
    old_table.reports([foreign(10, stackLevel=0)], evse=0)
    await old_table.charging.set_limit(old_table.evse, 10)
    assert old_table.peer.told("ClearChargingProfile") == []


async def test_k01_fr_52_a_default_of_one_evse_is_in_the_way_of_one_of_all(old_table: Desk) -> None:
    old_table.reports([foreign(700)], evse=2)
    with pytest.raises(Invalid, match="profile 700 has this purpose"):
        await old_table.charging.set_profile(0, foreign(755))
    assert old_table.written() == []


async def test_k01_fr_39_a_profile_that_collides_is_not_sent(old_table: Desk) -> None:
    """K01.FR.06, K01.FR.39."""
    old_table.charge()
    running = {"chargingProfilePurpose": TX, "transactionId": "tx-1"}
    old_table.reports([foreign(7, **running), foreign(9, **running, stackLevel=8)])
    with pytest.raises(Invalid, match="profile 7 has this purpose"):
        await old_table.charging.set_profile(1, foreign(55, chargingProfilePurpose=TX))
    assert old_table.written() == []


async def test_where_nobody_tells_what_is_there_a_profile_is_installed(old_table: Desk) -> None:
    del old_table.peer.answers["GetChargingProfiles"]
    old_table.charge()
    await old_table.charging.set_profile(1, foreign(55, chargingProfilePurpose=TX))
    (made,) = old_table.written()
    assert made == foreign(55, chargingProfilePurpose=TX, transactionId="tx-1") | {"evseId": 1}


async def test_k01_fr_22_external_constraints_are_never_sent(old_table: Desk) -> None:
    """K01.FR.22, K02.FR.07, K03.FR.07."""
    with pytest.raises(Invalid, match=r"K01\.FR\.22"):
        await old_table.charging.set_profile(
            0, foreign(55, chargingProfilePurpose="ChargingStationExternalConstraints")
        )
    assert old_table.peer.asked == []


async def test_a_profile_of_2_1_is_not_sent_to_a_station_of_2_0_1(old_table: Desk) -> None:
    with pytest.raises(Invalid):
        await old_table.charging.set_profile(1, foreign(55, maxOfflineDuration=60))
    assert old_table.written() == []


async def test_a_profile_the_station_does_not_take_is_refused(old_table: Desk) -> None:
    old_table.peer.answers["SetChargingProfile"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await old_table.charging.set_profile(0, foreign(55))


# --- what is there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "extra", "criteria"),
    [
        (ProfileFilter(id=7, purpose=TX), {"ids": [8]}, {"chargingProfileId": [7, 8]}),
        (ProfileFilter(purpose=TX), {}, {"chargingProfilePurpose": TX}),
        (ProfileFilter(stack_level=0), {"sources": ["EMS"]}, {"stackLevel": 0, "chargingLimitSource": ["EMS"]}),
        (ProfileFilter(), {}, {"chargingLimitSource": ["EMS", "Other", "SO", "CSO"]}),
    ],
)
async def test_k09_fr_03_profiles_are_asked_for_by_ids_or_by_criteria(
    old_table: Desk, which: ProfileFilter, extra: dict[str, Any], criteria: Payload
) -> None:
    assert await old_table.charging.installed(which, **extra) == []
    assert old_table.peer.told("GetChargingProfiles") == [{"requestId": 1, "chargingProfile": criteria}]


async def test_profiles_are_reported_in_parts(table: Desk) -> None:
    """K09.FR.01, K09.FR.02."""
    table.reports([foreign(7)], [foreign(8), foreign(9)], evse=0, source="EMS")
    found = await table.charging.installed(ProfileFilter(evse=0))
    assert found == [InstalledProfile(number, 0, "EMS", foreign(number)) for number in (7, 8, 9)]
    await table.telling


async def test_a_report_nobody_asked_for_is_answered(table: Desk) -> None:
    told = {"requestId": 99, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [foreign(7)]}
    assert await table.peer.says("ReportChargingProfiles", told) == [3, "m0", {}]


async def test_profiles_are_cleared_by_an_id_or_by_criteria(old_table: Desk) -> None:
    """K10.FR.02."""
    await old_table.station.limit(old_table.evse, "user", 10)
    await old_table.charging.clear_profiles(ProfileFilter(evse=1, purpose=DEFAULT, stack_level=8))
    await old_table.charging.clear_profiles(ProfileFilter(id=5, evse=1))
    assert old_table.peer.told("ClearChargingProfile") == [
        {"chargingProfileCriteria": {"evseId": 1, "chargingProfilePurpose": DEFAULT, "stackLevel": 8}},
        {"chargingProfileId": 5},
    ]
    assert not old_table.evse.limits.known


@pytest.mark.parametrize(
    ("which", "rule"),
    [
        (ProfileFilter(), "K10.FR.02"),
        (ProfileFilter(purpose="ChargingStationExternalConstraints"), "K10.FR.06"),
        (ProfileFilter(purpose="LocalGeneration"), "K10.FR.06"),
    ],
)
async def test_k10_fr_06_what_others_have_set_is_not_cleared(table: Desk, which: ProfileFilter, rule: str) -> None:
    """K10.FR.02, K10.FR.06."""
    with pytest.raises(Invalid, match=rule):
        await table.charging.clear_profiles(which)
    assert table.peer.asked == []


async def test_the_composite_schedule_is_told(table: Desk) -> None:
    """K08.FR.01, K08.FR.03."""
    schedule = {
        "evseId": 1,
        "duration": 600,
        "scheduleStart": "2026-11-24T12:00:00Z",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6900, "numberPhases": 3}],
    }
    table.peer.answers["GetCompositeSchedule"] = YES | {"schedule": schedule}
    told = await table.charging.composite_schedule(1, 600, "W")
    assert table.peer.asked == [("GetCompositeSchedule", {"evseId": 1, "duration": 600, "chargingRateUnit": "W"})]
    assert (told.unit, told.begin, told.duration, told.periods) == ("W", NOW, 600, (Period(0, 6900, 3),))


# --- what a car needs -------------------------------------------------------------------------------------------------


async def test_k15_fr_07_a_car_that_told_its_needs_gets_a_profile(table: Desk) -> None:
    """K15.FR.07, K16.FR.12, K17.FR.07, K18.FR.07, K19.FR.07, Q02.FR.01, Q02.FR.02."""
    table.charge()
    table.charging.owe(table.evse)
    await until(table.written)
    (made,) = table.written()
    assert (made["chargingProfilePurpose"], made["transactionId"]) == (TX, "tx-1")
    assert [one["chargingSchedulePeriod"] for one in made["chargingSchedule"]] == [[{"startPeriod": 0, "limit": 32}]]


def night() -> Plan:
    """A plan that has begun, and goes on in an hour."""
    now = datetime.now(UTC)
    legs = (Leg(now - timedelta(hours=1), 0.0), Leg(now + timedelta(hours=1), 6.0))
    return Plan(legs, now + timedelta(hours=5))


async def test_k15_fr_07_a_car_that_told_its_needs_is_told_what_comes_after(old_table: Desk) -> None:
    table = old_table
    table.charge()
    await table.charging.set_fallback(6)
    await table.station.limit(table.evse, "user", 13)
    table.evse.left.confirm(night(), DEFAULT)
    table.evse.needs = Needs("AC_three_phase", datetime.now(UTC), tuples=3)
    table.charging.owe(table.evse)
    await until(lambda: len(table.written()) == 3)
    made = table.written()[-1]
    (schedule,) = made["chargingSchedule"]
    assert (made["id"], made["chargingProfilePurpose"], made["chargingProfileKind"]) == (201, TX, "Absolute")
    periods = [(period["startPeriod"], period["limit"]) for period in schedule["chargingSchedulePeriod"]]
    assert [limit for _, limit in periods] == [13, 0, 6]
    assert [start for start, _ in periods] == pytest.approx([0, 120, 3660], abs=2)
    assert schedule["duration"] == pytest.approx(5 * 3600 + 60, abs=2)
    assert table.evse.limits.confirmed == 13
    await table.pauses.over(30)
    await until(lambda: len(table.written()) == 4)


async def test_what_comes_after_ends_as_any_limit_where_the_station_knows_that_it_is_alone(table: Desk) -> None:
    table.knows(SupportsMaxOfflineDuration="true", SupportsDynamicProfiles="true")
    table.charge()
    await table.charging.set_fallback(6)
    table.evse.needs = Needs("AC_three_phase", datetime.now(UTC))
    await table.station.limit(table.evse, "user", 13)
    assert table.written()[-1]["maxOfflineDuration"] == 30
    table.evse.left.confirm(night(), DEFAULT)
    await table.pauses.over(30)
    await until(lambda: len(table.written()) == 3)
    made = table.written()[-1]
    assert (made["chargingProfileKind"], made["maxOfflineDuration"]) == ("Absolute", 30)
    assert made["chargingSchedule"][0]["chargingSchedulePeriod"][1]["startPeriod"] == pytest.approx(120, abs=2)


async def test_it_gets_its_limit_where_there_is_one(table: Desk) -> None:
    table.charge()
    await table.station.limit(table.evse, "user", 10)
    table.charging.owe(table.evse)
    await until(lambda: len(table.written()) == 2)
    assert table.written()[1]["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10}]


async def test_needs_that_are_told_before_the_transaction_are_served_with_it(table: Desk) -> None:
    table.charging.owe(table.evse)
    await gather(*(sleep(0) for _ in range(3)))
    assert table.written() == []
    table.charge()
    await table.charging.follow(table.evse)
    assert [made["chargingProfilePurpose"] for made in table.written()] == [TX]
    await table.charging.follow(table.evse)
    assert len(table.written()) == 1


async def test_a_car_that_asks_without_end_is_served_without_haste(table: Desk) -> None:
    table.charge()
    for _ in range(100):
        table.charging.owe(table.evse)
    await until(table.written)
    for _ in range(100):
        table.charging.owe(table.evse)
    await gather(*(sleep(0) for _ in range(20)))
    assert len(table.written()) == 1
    await table.pauses.over(BREATH)
    await until(lambda: len(table.written()) == 2)
    await table.pauses.over(BREATH)
    table.charging.owe(table.evse)
    await until(lambda: len(table.written()) == 3)


async def test_with_the_transaction_its_needs_end(table: Desk) -> None:
    table.charging.owe(table.evse)
    table.evse.priority = True
    await table.charging.follow(table.evse)
    table.charge()
    await table.charging.follow(table.evse)
    assert table.written() == []
    assert (table.evse.needs, table.evse.priority) == (None, False)


# --- after a loss of power ------------------------------------------------------------------------------------------


def own(number: int) -> Payload:
    return foreign(number, chargingProfilePurpose=TX)


async def test_e17_fr_15_a_transaction_that_goes_on_gets_its_profiles_again(table: Desk) -> None:
    """E17.FR.15."""
    table.charge()
    await table.charging.set_profile(1, own(41))
    await table.charging.set_profile(1, own(42))
    await table.charging.set_profile(1, foreign(43))
    await table.charging.clear_profiles(ProfileFilter(id=42))
    table.peer.asked.clear()
    table.charging.resume(table.evse)
    await until(table.written)
    assert table.written() == [{"evseId": 1} | own(41) | {"transactionId": "tx-1"}]


async def test_what_is_refused_then_does_not_keep_the_rest_back(table: Desk) -> None:
    table.charge()
    await table.charging.set_profile(1, own(41))
    await table.charging.set_profile(1, own(42))
    await table.station.limit(table.evse, "user", 10)
    method = table.evse.limits.method
    table.peer.asked.clear()

    def picky(request: Payload) -> Payload:
        return {"status": "Rejected"} if request["chargingProfile"]["id"] == 41 else YES

    table.peer.answers["SetChargingProfile"] = picky
    table.charging.resume(table.evse)
    await until(lambda: len(table.peer.asked) == 3)
    assert [made["id"] for made in table.written()][:2] == [41, 42]
    await until(lambda: table.evse.limits.settled)
    assert table.evse.limits.method == method


async def test_with_the_connection_that_ends_too(table: Desk) -> None:
    table.charge()
    await table.charging.set_profile(1, own(41))
    table.peer.asked.clear()
    table.charging.resume(table.evse)
    table.charging.close()
    await sleep(0.01)
    assert table.peer.asked == []


async def test_a_plan_is_left_between_the_safe_limit_and_what_leads(table: Desk) -> None:
    """K01.FR.03, K01.FR.05, K01.FR.17."""
    table.charge()
    await table.charging.set_fallback(13)
    await table.station.limit(table.evse, "user", 16)
    begin = datetime.now(UTC)
    plan = Plan((Leg(begin, 7), Leg(begin + timedelta(hours=1), 32)), begin + timedelta(hours=2))
    await table.station.leave(table.evse, plan)
    levels = {made["id"]: (made["chargingProfilePurpose"], made["stackLevel"]) for made in table.written()}
    assert levels == {10: (DEFAULT, 0), 201: (TX, 8), 301: (TX, 1)}
    (schedule,) = next(made for made in table.written() if made["id"] == 301)["chargingSchedule"]
    assert [period["limit"] for period in schedule["chargingSchedulePeriod"]] == [7, 13]
