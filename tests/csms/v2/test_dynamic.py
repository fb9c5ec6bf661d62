"""A station asks for the limits of a dynamic profile."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, DYNAMIC, Method
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import dynamic
from tests.csms.peer import Payload, Peer
from tests.csms.v2.served import serve

METHOD = Method(DEFAULT, "A", DYNAMIC, 8)
REJECTED = {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidProfile"}}


async def pull(station: Station, peer: Peer, profile: int) -> Any:
    serve(peer, station, dynamic.REQUESTS)
    return (await peer.says("PullDynamicScheduleUpdate", {"chargingProfileId": profile}))[2]


@pytest.mark.parametrize(("wish", "limit"), [(10.0, 10), (None, 32), (3.0, 0)])
async def test_k28_fr_07_our_limit_is_told(station: Station, peer: Peer, wish: float | None, limit: float) -> None:
    station.evse(2).limits.wish("user", wish)
    dynamic.remember(station, 102, 2, METHOD)
    assert await pull(station, peer, 102) == {"status": "Accepted", "scheduleUpdate": {"limit": limit}}


async def test_while_other_phases_wait_to_be_written_the_lower_limit_is_told(station: Station, peer: Peer) -> None:
    station.settings.switching = True
    limits = station.evse(2).limits
    limits.wish("sun", 16, 1)
    limits.confirm(6, "TxDefaultProfile/A/Dynamic", 3)
    dynamic.remember(station, 102, 2, METHOD)
    assert await pull(station, peer, 102) == {"status": "Accepted", "scheduleUpdate": {"limit": 6}}
    limits.confirm(16, "TxDefaultProfile/A/Dynamic", 1)
    assert await pull(station, peer, 102) == {"status": "Accepted", "scheduleUpdate": {"limit": 16}}


async def test_k28_fr_12_there_may_be_no_such_profile(station: Station, peer: Peer) -> None:
    assert await pull(station, peer, 102) == REJECTED
    dynamic.remember(station, 102, 2, METHOD)
    dynamic.forget(station, 102)
    assert await pull(station, peer, 102) == REJECTED


def profile(kind: str, **period: float | str) -> Payload:
    return {
        "id": 77,
        "chargingProfileKind": kind,
        "chargingSchedule": [{"chargingSchedulePeriod": [{"startPeriod": 0, **period}]}],
    }


async def test_a_profile_of_somebody_else_keeps_its_values(station: Station, peer: Peer) -> None:
    """K28.FR.07."""
    made = profile(DYNAMIC, numberPhases=1, operationMode="CentralSetpoint", setpoint=-900.0, limit=5.0)
    dynamic.remember_as_is(station, made)
    assert await pull(station, peer, 77) == {"status": "Accepted", "scheduleUpdate": {"setpoint": -900, "limit": 5}}
    dynamic.remember_as_is(station, profile("Absolute", limit=5.0))
    assert await pull(station, peer, 77) == REJECTED
