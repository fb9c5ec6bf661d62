"""The limit a station falls back to: where it lies, what is sent, how it is taken away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.fallback import Fallback
from custom_components.ocpp_home.csms.dialogue.learned import Learned
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1.charging import Pen
from tests.csms.peer import Peer
from tests.csms.v1.bench import Desk, desk
from tests.simulator import Oddities


def fallback(table: Desk) -> Fallback:
    return table.charging.fallback


def sent(table: Desk) -> list[dict[str, Any]]:
    return table.asked("SetChargingProfile")


async def test_it_lies_below_on_all_connectors_without_end() -> None:
    async with desk() as table:
        assert await table.charging.set_fallback(10) == "TxDefaultProfile/A/Absolute"
        (request,) = sent(table)
        start = request["csChargingProfiles"]["chargingSchedule"].pop("startSchedule")
        assert start.endswith("Z")
        assert request == {
            "connectorId": 0,
            "csChargingProfiles": {
                "chargingProfileId": 10,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Absolute",
                "chargingSchedule": {
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}],
                },
            },
        }
        await table.simulated.start()
        assert table.simulated.connectors[1].offered.amps == 10
        assert fallback(table).amps == 10


async def test_when_nobody_renews_the_working_limit_the_station_returns_to_it() -> None:
    async with desk() as table:
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.charging.set_limit(table.station.evse(1), 16)
        schedule = await table.charging.composite_schedule(1, 600)
        assert [period.limit for period in schedule.periods] == [16, 6]
        assert 55 <= schedule.periods[1].start <= 61


async def test_it_is_never_too_low_to_charge() -> None:
    async with desk() as table:
        await table.charging.set_fallback(2)
        assert fallback(table).amps == 6
        assert fallback(table).below(7)
        assert not fallback(table).below(6)


async def test_where_connector_0_is_refused_each_connector_gets_it(station: Station, call: Caller, peer: Peer) -> None:
    station.evse(1)
    station.evse(2)
    peer.answers["SetChargingProfile"] = lambda payload: {
        "status": "Accepted" if payload["connectorId"] else "Rejected"
    }
    assert await Fallback(station, Pen(station, call), Learned(station)).set(10) == "TxDefaultProfile/A/Absolute"
    given = [
        (request["connectorId"], request["csChargingProfiles"]["chargingProfileId"])
        for request in peer.told("SetChargingProfile")
    ]
    assert given[-2:] == [(1, 11), (2, 12)]
    assert {number for number, _ in given[:-2]} == {0}


async def test_a_station_that_does_not_support_it_is_not_asked_in_every_way(
    station: Station, call: Caller, peer: Peer
) -> None:
    station.evse(1)
    peer.answers["SetChargingProfile"] = {"status": "NotSupported"}
    with pytest.raises(Refused):
        await Fallback(station, Pen(station, call), Learned(station)).set(10)
    assert [request["connectorId"] for request in peer.told("SetChargingProfile")] == [0, 1]


async def test_the_way_the_station_takes_is_found() -> None:
    async with desk(Oddities(kinds=frozenset({"Relative"}))) as table:
        assert await table.charging.set_fallback(10) == "TxDefaultProfile/A/Relative"
        levels = {request["csChargingProfiles"]["stackLevel"] for request in sent(table)}
        assert levels == {0}


async def test_a_station_that_takes_none_is_told_of() -> None:
    async with desk(Oddities(refuses_profiles={"TxDefaultProfile": "NotSupported"})) as table:
        with pytest.raises(Refused, match="does not take a limit to fall back to"):
            await table.charging.set_fallback(10)
        assert "safe_limit_refused" in table.notices()
        assert fallback(table).amps is None
        table.simulated.oddities = Oddities()
        await table.charging.set_fallback(10)
        assert "safe_limit_refused" not in table.notices()


async def test_a_station_without_evses_is_asked_at_connector_0_only() -> None:
    async with desk(Oddities(refuses_profiles={"TxDefaultProfile": "NotSupported"})) as table:
        table.station.evses.clear()
        with pytest.raises(Refused):
            await table.charging.set_fallback(10)
        assert {request["connectorId"] for request in sent(table)} == {0}


async def test_it_is_taken_away() -> None:
    async with desk() as table:
        assert await table.charging.set_fallback(0) == "nothing to clear"
        await table.charging.set_fallback(10)
        assert await table.charging.set_fallback(0) == "ClearChargingProfile"
        assert table.asked("ClearChargingProfile") == [{"id": 10}, {"id": 11}]
        assert table.simulated.profiles.installed == []
        assert fallback(table).amps is None


async def test_it_is_put_back_on_one_connector() -> None:
    async with desk() as table:
        await fallback(table).restore(table.station.evse(1))
        assert sent(table) == []
        await table.charging.set_fallback(10)
        await fallback(table).restore(table.station.evse(1))
        assert sent(table)[-1]["connectorId"] == 1
        assert sent(table)[-1]["csChargingProfiles"]["chargingProfileId"] == 11


async def test_it_is_laid_once_after_each_start() -> None:
    async with desk() as table:
        for _ in range(2):
            await fallback(table).ensure(10)
        assert len(sent(table)) == 1
        table.station.booted_at = datetime.now(UTC)
        for _ in range(2):
            await fallback(table).ensure(10)
        assert len(sent(table)) == 2
        await fallback(table).ensure(2)
        assert fallback(table).amps == 6
        await fallback(table).ensure(0)
        assert fallback(table).amps is None


async def test_a_refusal_is_not_asked_for_again_until_more_is_known() -> None:
    async with desk(Oddities(refuses_profiles={"TxDefaultProfile": "NotSupported"})) as table:
        with pytest.raises(Refused):
            await fallback(table).ensure(10)
        asked = len(sent(table))
        await fallback(table).ensure(10)
        assert len(sent(table)) == asked
        table.station.evse(2)
        with pytest.raises(Refused):
            await fallback(table).ensure(10)
