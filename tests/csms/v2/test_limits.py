"""Limits that others have set are facts of the station."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import limits
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve


def schedule(unit: str, *values: float) -> dict[str, Any]:
    periods = [{"startPeriod": 60 * place, "limit": value} for place, value in enumerate(values)]
    return {"id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}


@pytest.mark.parametrize("evse", [None, 0])
async def test_k12_a_limit_of_the_whole_station(station: Station, old_peer: Peer, evse: int | None) -> None:
    """K12.FR.02, K12.FR.03, K13.FR.02."""
    serve(old_peer, station, limits.REQUESTS)
    changes: list[object] = []
    station.subscribe(changes.append)
    place = {} if evse is None else {"evseId": evse}
    told = {"chargingLimitSource": "EMS", "isGridCritical": True}
    notice = {"chargingLimit": told, "chargingSchedule": [schedule("A", 16, 10), schedule("W", 6900)]} | place
    for _ in range(2):
        assert (await old_peer.says("NotifyChargingLimit", notice))[2] == {}
    assert station.external == {"EMS": ExternalLimit("EMS", 10, critical=True)}
    assert changes == [station]
    for _ in range(2):
        assert (await old_peer.says("ClearedChargingLimit", {"chargingLimitSource": "EMS"} | place))[2] == {}
    assert station.external == {}
    assert changes == [station, station]


async def test_k11_a_limit_of_one_evse_may_come_without_its_height(station: Station, peer: Peer) -> None:
    """K11.FR.02."""
    serve(peer, station, limits.REQUESTS)
    await peer.says("NotifyChargingLimit", {"evseId": 2, "chargingLimit": {"chargingLimitSource": "SO"}})
    assert station.evse(2).external == {"SO": ExternalLimit("SO")}
    assert station.external == {}
    await peer.says("ClearedChargingLimit", {"evseId": 2, "chargingLimitSource": "SO"})
    assert station.evse(2).external == {}


def test_what_is_no_schedule_tells_no_height(station: Station) -> None:
    payload = {"chargingLimit": {"chargingLimitSource": "SO"}, "chargingSchedule": ["odd", {}]}
    assert limits.notify_charging_limit(station, payload, NOW) == {}
    assert station.external == {"SO": ExternalLimit("SO")}


def test_endless_sources_of_limits_are_not_all_remembered(station: Station) -> None:
    for number in range(limits.SOURCES + 2):
        limits.notify_charging_limit(station, {"chargingLimit": {"chargingLimitSource": f"S{number}"}}, NOW)
    assert list(station.external) == [f"S{number}" for number in range(limits.SOURCES)]
    assert station.counters == {"too many sources of limits": 2}
    told = {"chargingLimit": {"chargingLimitSource": "S0"}, "chargingSchedule": [schedule("A", 10)]}
    limits.notify_charging_limit(station, told, NOW)
    assert station.external["S0"].amps == 10
