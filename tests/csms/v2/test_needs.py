"""What a car needs is noted, answered, and followed by a profile."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import needs
from tests.csms.peer import Peer
from tests.csms.v2.desk import Desk, until
from tests.csms.v2.served import serve

AC = {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 400}
DC = {"evMaxCurrent": 200, "evMaxVoltage": 400, "evMaxPower": 50000, "stateOfCharge": 40, "evEnergyCapacity": 60000}


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


async def test_the_needs_of_other_cars_are_known(table: Desk) -> None:
    await table.peer.says("NotifyEVChargingNeeds", told(dcChargingParameters=DC))
    found = table.evse.needs
    assert found is not None
    assert (found.maximum, found.power, found.state_of_charge, found.capacity) == (200, 50000, 40, 60000)
    v2x = {"minChargeCurrent": 5, "maxChargeCurrent": 32, "maxChargePower": 11000, "evTargetEnergyRequest": 9000}
    await table.peer.says("NotifyEVChargingNeeds", told(v2xChargingParameters=v2x))
    found = table.evse.needs
    assert found is not None
    assert (found.minimum, found.maximum, found.power, found.energy) == (5, 32, 11000, 9000)


@pytest.mark.parametrize(("version", "status"), [("2.0.1", "Rejected"), ("2.1", "NoChargingProfile")])
async def test_without_limits_there_is_no_profile(
    station: Station, peer: Peer, old_peer: Peer, version: str, status: str
) -> None:
    """K15.FR.04, K17.FR.04, K18.FR.04, K19.FR.04."""
    speaker = peer if version == "2.1" else old_peer
    station.version = version
    serve(speaker, station, needs.REQUESTS)
    answer = await speaker.says("NotifyEVChargingNeeds", told(acChargingParameters=AC))
    assert answer[2] == {"status": status}


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
