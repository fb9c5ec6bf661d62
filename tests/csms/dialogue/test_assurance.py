"""Whether a station falls back by itself: what it says, and what is made of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.assurance import KEY, Assurance, foreseen
from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.fallback import Fallback
from custom_components.ocpp_home.csms.dialogue.learned import Learned
from custom_components.ocpp_home.csms.dialogue.pen import Limit
from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, Method
from custom_components.ocpp_home.csms.model.commands import Period, Schedule
from custom_components.ocpp_home.csms.model.errors import Offline
from custom_components.ocpp_home.csms.model.limit import FailSafe
from custom_components.ocpp_home.csms.model.station import Identity, Settings, Station
from custom_components.ocpp_home.csms.v1.charging import Charging, Pen
from tests.csms.peer import Peer
from tests.csms.v1.bench import Desk, desk, until
from tests.simulator import Oddities

LEASE = timedelta(seconds=60)


@pytest.mark.parametrize(
    ("periods", "falls"),
    [
        ([(0, 16), (60, 6)], True),
        ([(0, 16), (62, 6.9)], True),
        ([(0, 16), (30, 0)], True),
        ([(0, 16), (30, 10), (60, 6)], True),
        ([(0, 16), (70, 6)], False),
        ([(0, 16), (60, 32)], False),
        ([(0, 16), (30, 6), (60, 32)], False),
        ([(0, 16)], False),
        ([(0, 6)], None),
        ([], None),
    ],
)
def test_it_falls_back_when_its_schedule_falls_in_time_and_stays_there(
    periods: list[tuple[int, float]], falls: bool | None
) -> None:
    schedule = Schedule(1, "A", tuple(Period(start, limit, None) for start, limit in periods), None, 120)
    assert foreseen(schedule, 6, LEASE) is falls


def test_watts_are_told_of_all_phases() -> None:
    periods = (Period(0, 11040, 3), Period(60, 4140, 3))
    assert foreseen(Schedule(1, "W", periods, None, 120), 6, LEASE) is True


def composite(*limits: tuple[int, float]) -> dict[str, Any]:
    """Stations that always tell this schedule."""
    periods = [{"startPeriod": start, "limit": limit} for start, limit in limits]
    return {"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}}


async def lead(table: Desk) -> None:
    await table.charging.set_fallback(6)
    await table.simulated.start()
    await table.station.limit(table.station.evse(1), "user", 16)


async def known(table: Desk) -> FailSafe:
    await until(lambda: table.station.fail_safe)
    assert table.station.fail_safe is not None
    return table.station.fail_safe


async def test_a_station_that_says_so_is_believed_for_a_week() -> None:
    async with desk() as table:
        await lead(table)
        assert await known(table) is FailSafe.VERIFIED
        asked = len(table.asked("GetCompositeSchedule"))
        assert table.asked("GetCompositeSchedule")[-1]["duration"] == 120
        await table.station.limit(table.station.evse(1), "user", 20)
        assert len(table.asked("GetCompositeSchedule")) == asked
        record = table.station.ledger.recall("CP1", KEY)
        assert isinstance(record, dict)
        table.station.keep(KEY, record | {"at": (datetime.now(UTC) - timedelta(days=8)).isoformat()})
        await table.station.limit(table.station.evse(1), "user", 16)
        await until(lambda: len(table.asked("GetCompositeSchedule")) == asked + 1)


async def test_another_firmware_is_asked_anew() -> None:
    async with desk() as table:
        await lead(table)
        await known(table)
        asked = len(table.asked("GetCompositeSchedule"))
        table.station.identify(Identity(firmware="2.0"))
        await table.station.limit(table.station.evse(1), "user", 20)
        await until(lambda: len(table.asked("GetCompositeSchedule")) > asked)


@pytest.mark.parametrize("then", [[(0, 16), (60, 32)], [(0, 16)]], ids=["its maximum", "no end"])
async def test_limits_of_a_station_that_does_not_fall_back_have_no_end(then: list[tuple[int, float]]) -> None:
    async with desk(Oddities(answers={"GetCompositeSchedule": composite(*then)})) as table:
        await lead(table)
        assert await known(table) is FailSafe.UNSUPPORTED
        assert table.station.notices["fail_safe_unsupported", 0].data == {"limit": "6"}
        await until(lambda: len(table.asked("SetChargingProfile")) == 3)
        endings = ["duration" in a["csChargingProfiles"]["chargingSchedule"] for a in table.asked("SetChargingProfile")]
        assert endings == [False, True, False], "the safe limit, the limit with an end, the same without"


@pytest.mark.parametrize("answer", ["NotImplemented", {"status": "Rejected"}, composite()])
async def test_what_a_station_does_not_tell_is_not_verified(answer: Any) -> None:
    async with desk(Oddities(answers={"GetCompositeSchedule": answer})) as table:
        await lead(table)
        assert await known(table) is FailSafe.UNVERIFIED
        assert table.notices() == []
        assert "duration" in table.asked("SetChargingProfile")[-1]["csChargingProfiles"]["chargingSchedule"]


async def test_without_a_safe_limit_there_is_nothing_to_know() -> None:
    async with desk(Oddities(stack_level_zero_only=True)) as table:
        await lead(table)
        assert await known(table) is FailSafe.UNSUPPORTED
        await table.charging.set_fallback(0)
        assert table.station.fail_safe is None
        assert table.notices() == []


async def test_what_is_known_is_shown_again_after_a_restart() -> None:
    async with desk(Oddities(stack_level_zero_only=True), settings=Settings(safe_limit=6)) as table:
        await lead(table)
        await known(table)
        station = Station("CP1", table.station.ledger)
        station.fallback_at = datetime.now(UTC)
        await Charging(station, table.call).ensure_fallback(6)
        assert station.fail_safe is FailSafe.UNSUPPORTED
        assert ("fail_safe_unsupported", 0) in station.notices


def assurance(station: Station, call: Caller) -> tuple[Assurance, Limit]:
    pen = Pen(station, call)
    limit = Limit(station.evse(1), Method(DEFAULT, level=8), 16, LEASE)
    return Assurance(station, pen, Fallback(station, pen, Learned(station))), limit


async def test_a_safe_limit_that_is_taken_away_meanwhile_is_not_asked_for(station: Station, call: Caller) -> None:
    made, limit = assurance(station, call)
    assert await made.ask(limit, LEASE) is False
    assert made.due()


async def test_a_connection_that_ends_meanwhile_tells_nothing(station: Station, call: Caller, peer: Peer) -> None:
    made, limit = assurance(station, call)
    station.keep("fallback", 6.0)
    peer.session.ended()
    with pytest.raises(Offline):
        await made.ask(limit, LEASE)
    assert made.due()
