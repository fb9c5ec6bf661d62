"""What a car needs is noted, answered, and followed by a profile."""

from asyncio import sleep
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import needs
from custom_components.ocpp_home.csms.v2.charging import BREATH
from tests.csms.peer import Peer
from tests.csms.v2.desk import Desk, until
from tests.csms.v2.served import serve

AC = {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 400}
DC = {"evMaxCurrent": 200, "evMaxVoltage": 400, "evMaxPower": 50000, "stateOfCharge": 40, "evEnergyCapacity": 60000}
DC |= {"fullSoC": 90}

V2X = {"minChargeCurrent": 5, "maxChargeCurrent": 32, "maxChargePower": 11000, "evTargetEnergyRequest": 9000}


def told(**parameters: Any) -> dict[str, Any]:
    return {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase"} | parameters}


@pytest.fixture
async def table(station: Station, peer: Peer) -> AsyncIterator[Desk]:
    table = Desk(station, peer)
    serve(peer, station, needs.REQUESTS)
    yield table
    table.charging.close()


async def test_k15_the_needs_of_an_ac_car_are_known_and_served(table: Desk) -> None:
    """K15.FR.02, K15.FR.03, K15.FR.07, K15.FR.08, K16.FR.12, K17.FR.03, Q01.FR.07."""
    table.charge()
    payload = told(acChargingParameters=AC, departureTime="2026-11-25T07:00:00Z")
    payload["timestamp"] = "2026-11-24T12:00:00Z"
    assert (await table.peer.says("NotifyEVChargingNeeds", payload))[2] == {"status": "Accepted"}
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert table.evse.needs == Needs("AC_three_phase", noon, datetime(2026, 11, 25, 7, tzinfo=UTC), 20000, 6, 16)
    await until(table.written)
    assert [(made["chargingProfilePurpose"], made["transactionId"]) for made in table.written()] == [
        ("TxProfile", "tx-1")
    ]


async def test_how_many_periods_it_understands_is_known(table: Desk) -> None:
    await table.peer.says("NotifyEVChargingNeeds", told(acChargingParameters=AC) | {"maxScheduleTuples": 12})
    assert table.evse.needs is not None
    assert table.evse.needs.tuples == 12


async def test_k15_fr_11_what_the_car_was_told_of_later_is_within_its_limits(table: Desk) -> None:
    table.charge()
    await table.station.limit(table.evse, "user", 8)
    periods = [{"startPeriod": 0, "limit": 8}, {"startPeriod": 3600, "limit": 16}]
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    payload = {"timeBase": "2026-11-24T12:00:00Z", "evseId": 1, "chargingSchedule": schedule}
    assert (await table.peer.says("NotifyEVChargingSchedule", payload))[2] == {"status": "Rejected"}
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    table.evse.left.confirm(Plan((Leg(noon, 16.0),), datetime(2026, 11, 25, tzinfo=UTC)), "TxProfile")
    assert (await table.peer.says("NotifyEVChargingSchedule", payload))[2] == {"status": "Accepted"}


async def test_the_needs_of_other_cars_are_known(table: Desk) -> None:
    await table.peer.says("NotifyEVChargingNeeds", told(dcChargingParameters=DC))
    found = table.evse.needs
    assert found is not None
    assert (found.maximum, found.power, found.capacity) == (200, 50000, 60000)
    assert (found.state_of_charge, found.full) == (40, 90)
    await table.peer.says("NotifyEVChargingNeeds", told(v2xChargingParameters=V2X))
    found = table.evse.needs
    assert found is not None
    assert (found.minimum, found.maximum, found.power, found.energy) == (5, 32, 11000, 9000)


@pytest.mark.parametrize(
    ("mode", "status"),
    [(None, "Rejected"), ("ScheduledControl", "NoChargingProfile"), ("DynamicControl", "NoChargingProfile")],
)
async def test_without_limits_there_is_no_profile(station: Station, peer: Peer, mode: str | None, status: str) -> None:
    """K15.FR.04, K17.FR.04, K18.FR.02, K18.FR.04, K19.FR.02, K19.FR.04."""
    serve(peer, station, needs.REQUESTS)
    more = {} if mode is None else {"controlMode": mode}
    answer = await peer.says("NotifyEVChargingNeeds", told(acChargingParameters=AC))
    assert answer[2] == {"status": "Rejected"}
    answer = await peer.says("NotifyEVChargingNeeds", told(v2xChargingParameters=V2X, **more))
    assert answer[2] == {"status": status}


async def test_without_limits_there_is_no_profile_in_2_0_1_either(station: Station, old_peer: Peer) -> None:
    """K15.FR.04."""
    serve(old_peer, station, needs.REQUESTS)
    answer = await old_peer.says("NotifyEVChargingNeeds", told(acChargingParameters=AC))
    assert answer[2] == {"status": "Rejected"}


async def test_k17_fr_05_before_the_transaction_is_told_the_profile_takes_a_moment(table: Desk) -> None:
    """K15.FR.05, K17.FR.02, K17.FR.05, K18.FR.05, K19.FR.05: it names its transaction, so it comes with it."""
    answer = await table.peer.says("NotifyEVChargingNeeds", told(acChargingParameters=AC))
    assert answer[2] == {"status": "Processing"}
    assert table.written() == []
    table.charge()
    await table.charging.follow(table.evse)
    assert [made["transactionId"] for made in table.written()] == ["tx-1"]


async def test_k17_fr_19_a_car_that_leaves_control_to_us_gets_one_schedule(table: Desk) -> None:
    """K17.FR.02, K17.FR.19, K19.FR.07: one schedule, of no more periods than the car and the station take."""
    table.charge()
    table.knows(PeriodsPerSchedule="1")
    payload = told(v2xChargingParameters=V2X, controlMode="DynamicControl") | {"maxScheduleTuples": 1}
    for times in (1, 2):  # the second is a renegotiation
        assert (await table.peer.says("NotifyEVChargingNeeds", payload))[2] == {"status": "Accepted"}
        await until(lambda times=times: len(table.written()) == times)
        await table.pauses.over(BREATH)
    for made in table.written():
        assert (made["chargingProfilePurpose"], made["transactionId"]) == ("TxProfile", "tx-1")
        assert [len(one["chargingSchedulePeriod"]) for one in made["chargingSchedule"]] == [1]


@pytest.mark.parametrize("mode", ["ScheduledControl", "DynamicControl"])
async def test_k18_fr_22_a_way_the_owner_does_not_allow_is_rejected(table: Desk, mode: str) -> None:
    """K18.FR.22, K19.FR.15, Q01.FR.04."""
    table.charge()
    table.station.variables.put(Variable(VariableKey("V2XChargingCtrlr", "Enabled"), "false"))
    payload = told(v2xChargingParameters=V2X, controlMode=mode, requestedEnergyTransfer="AC_BPT")
    assert (await table.peer.says("NotifyEVChargingNeeds", payload))[2] == {"status": "Rejected"}
    await sleep(0.01)
    assert table.written() == []
    table.station.variables.put(Variable(VariableKey("V2XChargingCtrlr", "Enabled"), "true"))
    assert (await table.peer.says("NotifyEVChargingNeeds", payload))[2] == {"status": "Accepted"}
    await until(table.written)


async def test_an_evse_there_cannot_be_has_no_needs(table: Desk) -> None:
    for action, payload in (
        ("NotifyEVChargingNeeds", told(acChargingParameters=AC) | {"evseId": 9999}),
        ("NotifyEVChargingSchedule", plan(6) | {"evseId": 9999}),
    ):
        assert (await table.peer.says(action, payload))[2] == {"status": "Rejected"}
    assert list(table.station.evses) == [1]


def plan(limit: float, unit: str = "A") -> dict[str, Any]:
    period = {"startPeriod": 0, "limit": limit}
    schedule = {"id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, period]}
    return {"evseId": 1, "timeBase": "2026-11-24T12:00:00Z", "chargingSchedule": schedule}


@pytest.mark.parametrize(("limit", "unit"), [(10, "A"), (6900, "W")])
async def test_k15_fr_11_a_car_that_keeps_to_its_limit_is_accepted(table: Desk, limit: float, unit: str) -> None:
    """K15.FR.11, K16.FR.06, K17.FR.11."""
    await table.station.limit(table.evse, "user", 10)
    assert (await table.peer.says("NotifyEVChargingSchedule", plan(limit, unit)))[2] == {"status": "Accepted"}


async def test_k15_fr_12_a_car_that_wants_more_gets_its_limit_again(table: Desk) -> None:
    """K15.FR.12, K15.FR.13, K16.FR.07, K16.FR.08, K17.FR.12, K17.FR.13."""
    table.charge()
    await table.station.limit(table.evse, "user", 10)
    assert (await table.peer.says("NotifyEVChargingSchedule", plan(16)))[2] == {"status": "Rejected"}
    await until(lambda: len(table.written()) == 2)


async def test_what_the_hardware_cannot_give_is_rejected(station: Station, peer: Peer) -> None:
    serve(peer, station, needs.REQUESTS)
    assert (await peer.says("NotifyEVChargingSchedule", plan(32)))[2] == {"status": "Accepted"}
    assert (await peer.says("NotifyEVChargingSchedule", plan(40)))[2] == {"status": "Rejected"}
