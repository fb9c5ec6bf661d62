"""Limits that others have set are facts of the station."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.clock import stamp
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


def later(unit: str, *values: float, begin: str | None = None, duration: int | None = None) -> dict[str, Any]:
    told = schedule(unit, *values)
    told |= {} if begin is None else {"startSchedule": begin}
    return told | ({} if duration is None else {"duration": duration})


def told(station: Station, *schedules: dict[str, Any]) -> list[tuple[float, float | None]]:
    """What is in force from how many seconds on."""
    payload = {"chargingLimit": {"chargingLimitSource": "SO"}, "chargingSchedule": list(schedules)}
    limits.notify_charging_limit(station, payload, NOW)
    turns = station.external.announced["SO"].turns
    return [((at - NOW).total_seconds(), None if limit is None else limit.amps) for at, limit in turns]


def test_a_limit_may_begin_later_change_and_end(station: Station) -> None:
    """K11.FR.03, K12.FR.03, K01.FR.11, K01.FR.12."""
    begin = stamp(NOW + timedelta(hours=1))
    assert told(station, later("A", 16, 6, 10, begin=begin, duration=100)) == [(3600, 16), (3660, 6), (3700, None)]
    assert station.external == {}, "it has not begun"


def test_of_several_schedules_the_lowest_rules(station: Station) -> None:
    soon = stamp(NOW + timedelta(seconds=30))
    schedules = (later("A", 16, 10), later("W", 4140, begin=soon, duration=60))
    assert told(station, *schedules) == [(0, 16), (30, 6), (90, 10)]
    assert station.external == {"SO": ExternalLimit("SO", 16)}


def test_watts_are_of_as_many_phases_as_are_told(station: Station) -> None:
    single = later("W", 2300)
    single["chargingSchedulePeriod"][0]["numberPhases"] = 1
    assert told(station, single) == [(0, 10)]


def test_it_is_told_by_the_clock_of_the_station(station: Station) -> None:
    station.clock_offset = 3600.0
    assert told(station, later("A", 8, begin=stamp(NOW + timedelta(hours=1)))) == [(0, 8)]
    assert station.external["SO"].amps == 8


def test_what_is_released_does_not_begin(station: Station) -> None:
    """K13.FR.02."""
    changes: list[object] = []
    station.subscribe(changes.append)
    told(station, later("A", 8, begin=stamp(NOW + timedelta(hours=1))))
    limits.cleared_charging_limit(station, {"chargingLimitSource": "SO"}, NOW)
    assert (station.external.announced, changes) == ({}, [station, station])


def test_what_the_house_generates_itself_limits_nothing(station: Station) -> None:
    """OCPP 2.1 - K27."""
    limit = {"chargingLimitSource": "EMS", "isLocalGeneration": True}
    limits.notify_charging_limit(station, {"chargingLimit": limit, "chargingSchedule": [schedule("A", 6)]}, NOW)
    assert station.external.sources == set()
