"""Plans that are left with a station: when they are written, as what, and what becomes of them."""

from asyncio import create_task
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.assurance import Assurance
from custom_components.ocpp_home.csms.dialogue.learned import Learned
from custom_components.ocpp_home.csms.dialogue.leaving import KEY, LOOK, LOOKS, Leaving, foreseen
from custom_components.ocpp_home.csms.dialogue.limiting import PAUSE_LEASE
from custom_components.ocpp_home.csms.dialogue.ways import Method
from custom_components.ocpp_home.csms.model.commands import Period, Schedule
from custom_components.ocpp_home.csms.model.errors import Offline, Unanswered
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.plan import PACE, Leg, Plan, Word
from custom_components.ocpp_home.csms.model.station import Identity
from custom_components.ocpp_home.csms.v1.charging import Pen
from tests.csms.v1.bench import Desk, desk, until
from tests.simulator import Oddities

TX, DEFAULT = "TxProfile", "TxDefaultProfile"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def night(*amps: float, step: int = 60) -> Plan:
    """An hour of each, from a minute ago."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    legs = tuple(Leg(begin + timedelta(minutes=step * place), each) for place, each in enumerate(amps))
    return Plan(legs, begin + timedelta(minutes=step * len(amps)))


def written(table: Desk) -> list[dict[str, Any]]:
    """The plans the station was given."""
    asked = [each["csChargingProfiles"] for each in table.asked("SetChargingProfile")]
    return [profile for profile in asked if profile["chargingProfileId"] == 301]


def amps(table: Desk) -> list[float]:
    """The limits of the newest."""
    return [period["limit"] for period in written(table)[-1]["chargingSchedule"]["chargingSchedulePeriod"]]


def lying(table: Desk) -> list[int]:
    return sorted(profile.id for profile in table.simulated.profiles.installed)


async def lead(table: Desk, *, start: bool = True, floor: float = 13, limit: float = 16) -> Evse:
    """A station that is led above its safe limit."""
    await table.charging.set_fallback(floor)
    if start:
        await table.simulated.start()
    evse = table.station.evse(1)
    await table.station.limit(evse, "user", limit)
    return evse


def pause_is_over(evse: Evse) -> None:
    """Let the last write be some time ago."""
    assert evse.left.at is not None
    evse.left.at -= PACE


# --- what is written --------------------------------------------------------------------------------------------------


async def test_it_lies_between_the_safe_limit_and_what_leads() -> None:
    async with desk() as table:
        evse = await lead(table)
        plan = night(7, 10, 32)
        assert await table.station.leave(evse, plan) is Word.VERIFIED
        (profile,) = written(table)
        assert (profile["chargingProfilePurpose"], profile["stackLevel"]) == (TX, 1)
        assert profile["chargingProfileKind"] == "Absolute"
        assert "transactionId" in profile
        schedule = profile["chargingSchedule"]
        assert schedule["duration"] == 3 * 3600
        assert datetime.fromisoformat(schedule["startSchedule"]) - plan.begin < timedelta(seconds=2)
        assert schedule["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 7},
            {"startPeriod": 3600, "limit": 10},
            {"startPeriod": 7200, "limit": 13},
        ], "never above the safe limit"
        assert evse.left.confirmed == plan.capped(13)
        assert lying(table) == [10, 201, 301]


async def test_without_a_session_it_is_a_default() -> None:
    async with desk() as table:
        evse = await lead(table, start=False, limit=10)
        await table.station.leave(evse, night(7, 0))
        assert written(table)[-1]["chargingProfilePurpose"] == DEFAULT
        assert amps(table) == [7, 6]


async def test_what_leads_ends_by_itself_from_then_on() -> None:
    async with desk() as table:
        evse = await lead(table, limit=8)
        last = table.asked("SetChargingProfile")[-1]["csChargingProfiles"]["chargingSchedule"]
        assert "duration" not in last, "below the safe limit it need not"
        await table.station.leave(evse, night(10, 10))
        last = table.asked("SetChargingProfile")[-1]["csChargingProfiles"]["chargingSchedule"]
        assert last["duration"] == PAUSE_LEASE.total_seconds() + 60
        await table.station.limit(evse, "user", 0)
        last = table.asked("SetChargingProfile")[-1]["csChargingProfiles"]["chargingSchedule"]
        assert last["duration"] == PAUSE_LEASE.total_seconds() + 60, "nor is a pause for ever"


async def test_as_many_periods_as_the_station_takes() -> None:
    async with desk(Oddities(key_values={"ChargingScheduleMaxPeriods": "2"})) as table:
        await table.station.require().configuration.read()
        evse = await lead(table)
        await table.station.leave(evse, night(7, 8, 12))
        assert amps(table) == [7, 12]


async def test_a_pause_is_planned_where_a_car_was_seen_to_charge_again() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 0))
        assert amps(table) == [7, 6]
        await table.station.limit(evse, "user", 0)
        evse.status = Status.SUSPENDED_EVSE
        await table.station.limit(evse, "user", 16)
        evse.status = Status.CHARGING
        for _ in range(2):  # of whoever compares readings, too
            await table.pauses.over(LOOK)
        pause_is_over(evse)
        await table.station.leave(evse, night(7, 0))
        assert amps(table) == [7, 0]


async def test_a_default_that_pauses_is_left_only_where_it_can_be_taken_away() -> None:
    async with desk(Oddities(refuses_profiles={TX: "NotSupported"})) as table:
        Learned(table.station).restarted()
        evse = await lead(table, start=False, limit=10)
        leaving = table.charging.leaving
        await table.simulated.start()
        await until(lambda: evse.transaction)
        await table.station.limit(evse, "user", 11)
        await table.station.leave(evse, night(7, 0))
        assert (written(table)[-1]["chargingProfilePurpose"], amps(table)) == (DEFAULT, [7, 0])
        table.station.identify(Identity(vendor="Huawei"))
        pause_is_over(evse)
        evse.left.want(night(7, 0))
        await leaving.align(evse)
        assert evse.left.confirmed is not None
        assert not evse.left.confirmed.pauses


async def test_whether_a_car_charges_again_is_not_waited_for_beyond_its_session() -> None:
    async with desk() as table:
        evse = await lead(table)
        leaving = table.charging.leaving
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        evse.status = Status.SUSPENDED_EV
        await leaving.restarts(evse, pause)
        assert len(pauses) == LOOKS
        evse.transaction = None
        await leaving.restarts(evse, pause)
        assert len(pauses) == LOOKS + 1


# --- when it is written -----------------------------------------------------------------------------------------------


async def test_it_is_written_seldom_and_only_when_it_differs() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        await table.station.leave(evse, night(7.5, 10))
        pause_is_over(evse)
        await table.station.leave(evse, night(7.5, 10))
        assert len(written(table)) == 1
        evse.left.at = datetime.now(UTC)
        assert await table.station.leave(evse, night(10, 7)) is Word.WAITING
        assert len(written(table)) == 1
        await until(lambda: max(table.pauses.asked) > 800)
        rest = max(table.pauses.asked)
        pause_is_over(evse)
        await table.pauses.over(rest)
        await until(lambda: evse.left.word is Word.VERIFIED)
        assert amps(table) == [10, 7]


async def test_what_is_above_a_new_safe_limit_does_not_wait() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(13, 12))
        await table.charging.set_fallback(8)
        await table.charging.leave(evse)
        assert amps(table) == [8]


async def test_after_a_boot_it_is_left_again() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        table.station.booted_at = datetime.now(UTC) + timedelta(seconds=1)
        evse.doubt()
        await table.station.align(evse)
        await table.charging.leave(evse)
        assert len(written(table)) == 2


async def test_it_waits_for_somebody_who_leads() -> None:
    async with desk() as table:
        await table.charging.set_fallback(13)
        await table.simulated.start()
        evse = table.station.evse(1)
        assert await table.station.leave(evse, night(7)) is Word.WAITING
        await table.station.limit(evse, "user", 16)
        await table.charging.leave(evse)
        assert len(written(table)) == 1


# --- how it goes ------------------------------------------------------------------------------------------------------


async def test_it_is_taken_away_when_nobody_wishes_it() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        assert await table.station.leave(evse, None) is Word.NONE
        assert lying(table) == [10, 201]
        assert await table.station.leave(evse, None) is Word.NONE
        assert table.asked("ClearChargingProfile").count({"id": 301}) == 1


async def test_it_does_not_rule_where_no_limit_is_wished() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        await table.station.limit(evse, "user", None)
        assert lying(table) == [10]


@pytest.mark.parametrize("purpose", [TX, DEFAULT])
async def test_it_goes_with_its_car(purpose: str) -> None:
    refused = {} if purpose == TX else {TX: "NotSupported"}
    async with desk(Oddities(refuses_profiles=refused)) as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        assert written(table)[-1]["chargingProfilePurpose"] == purpose
        await table.simulated.stop()
        await until(lambda: evse.transaction is None)
        await table.charging.follow(evse)
        assert evse.left.confirmed is None
        assert evse.left.wished is None
        assert 301 not in lying(table)


async def test_it_never_goes_before_what_leads() -> None:
    async with desk() as table:
        evse = await lead(table)
        await table.station.leave(evse, night(7, 10))
        assert evse.left.purpose == TX
        await table.charging.leaving.yield_to(evse, DEFAULT)
        assert evse.left.confirmed is None
        assert 301 not in lying(table)


# --- where it cannot be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("oddities", "floor"),
    [
        (Oddities(stack_level_zero_only=True), 13),
        (Oddities(key_values={"ChargeProfileMaxStackLevel": "1"}), 13),
        (Oddities(refuses_profiles={TX: "NotSupported", DEFAULT: "NotSupported"}), 0),
        (Oddities(kinds=frozenset({"Relative"})), 13),
        (Oddities(), 0),
    ],
)
async def test_a_station_without_room_or_a_safe_limit_is_left_none(oddities: Oddities, floor: float) -> None:
    async with desk(oddities) as table:
        await table.station.require().configuration.read()
        evse = await lead(table, floor=floor)
        assert await table.station.leave(evse, night(7, 10)) is Word.UNSUPPORTED
        assert evse.left.refusal
        assert written(table) == []


async def test_a_refusal_is_told_and_tried_again_after_a_while() -> None:
    refuses: dict[str, str] = {}
    async with desk(Oddities(refuses_profiles=refuses)) as table:
        evse = await lead(table)
        refuses[TX] = "Rejected"
        assert await table.station.leave(evse, night(7, 10)) is Word.REFUSED
        assert evse.left.refusal == "Rejected"
        assert await table.station.leave(evse, night(7, 10)) is Word.WAITING
        assert len(written(table)) == 1


# --- what the station says of it --------------------------------------------------------------------------------------


def told(*limits: tuple[int, float], duration: int | None = 7200) -> Schedule:
    return Schedule(1, "A", tuple(Period(start, limit) for start, limit in limits), None, duration)


@pytest.mark.parametrize(
    ("schedule", "keeps"),
    [
        (told((0, 16), (900, 7), (3600, 10)), True),
        (told((0, 16), (900, 6), (3600, 6)), True),
        (told((0, 16), (900, 13)), False),
        (told((0, 16), (900, 7), (3600, 13)), False),
        (told((0, 16), (900, 7), (3600, 13), duration=3000), True),
        (told((0, 16), duration=600), None),
        (told((0, 16), duration=None), None),
        (told(), None),
    ],
)
def test_a_station_keeps_to_a_plan_when_it_says_nowhere_more(schedule: Schedule, keeps: bool | None) -> None:
    plan = Plan((Leg(NOON, 7), Leg(NOON + timedelta(hours=1), 10)), NOON + timedelta(hours=2))
    assert foreseen(schedule, plan, NOON, 900) is keeps


def composite(*limits: tuple[int, float]) -> dict[str, Any]:
    periods = [{"startPeriod": start, "limit": limit} for start, limit in limits]
    told = {"duration": 7000, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    return {"status": "Accepted", "chargingSchedule": told}


async def test_a_station_that_says_it_will_not_is_left_no_plan_any_more() -> None:
    answers: dict[str, Any] = {}
    async with desk(Oddities(answers=answers)) as table:
        evse = await lead(table)
        await until(lambda: table.station.fail_safe)
        answers["GetCompositeSchedule"] = composite((0, 16), (60, 13))
        assert await table.station.leave(evse, night(7, 10)) is Word.UNSUPPORTED
        assert evse.left.confirmed is None
        assert table.asked("ClearChargingProfile")[-1] == {"id": 301}
        before = len(written(table))
        assert await table.station.leave(evse, night(8, 10)) is Word.UNSUPPORTED
        assert len(written(table)) == before
        answers.clear()
        table.station.identify(Identity(firmware="newer"))
        evse.limits.doubt()
        await table.station.align(evse)
        pause_is_over(evse)
        assert await table.station.leave(evse, night(8, 10)) is Word.VERIFIED


async def test_a_word_nobody_knows_is_none() -> None:
    async with desk() as table:
        evse = await lead(table)
        table.station.keep(KEY, {"firmware": table.station.identity.firmware, "word": "odd"})
        assert await table.station.leave(evse, night(7, 10)) is Word.VERIFIED


class Mute(Pen):
    """Writes plans nobody answers."""

    async def leave(self, evse: Evse, method: Method, plan: Plan) -> None:
        raise Unanswered("nothing came")


async def test_what_is_not_answered_may_lie_there() -> None:
    async with desk() as table:
        evse = await lead(table)
        station, fallback = table.station, table.charging.fallback
        pen = Mute(station, table.call)
        leaving = Leaving(station, pen, Learned(station), fallback, Assurance(station, pen, fallback))
        evse.left.want(night(7, 10))
        await leaving.align(evse)
        assert (evse.left.word, evse.left.known, evse.left.refusal) == (Word.WAITING, False, "nothing came")
        assert evse.left.confirmed is not None
        await leaving.end(evse)
        assert table.asked("ClearChargingProfile")[-1] == {"id": 301}


async def test_of_a_station_that_goes_nothing_is_taken_for_certain() -> None:
    silent: set[str] = set()
    async with desk(Oddities(never_answers=silent)) as table:  # type: ignore[arg-type] - changed on the way
        evse = await lead(table)
        await until(lambda: table.station.fail_safe)
        table.charging.patience = 0.05
        silent.add("GetCompositeSchedule")
        asking = create_task(table.station.leave(evse, night(7, 10)))
        await until(lambda: table.asked("GetCompositeSchedule")[-1]["duration"] > 600)
        await table.simulated.go_offline()
        with pytest.raises(Offline):
            await asking
        assert not evse.left.known


@pytest.mark.parametrize("answer", ["NotSupported", composite((0, 16))])
async def test_what_the_station_does_not_tell_stays_open(answer: Any) -> None:
    answers: dict[str, Any] = {}
    async with desk(Oddities(answers=answers)) as table:
        evse = await lead(table)
        await until(lambda: table.station.fail_safe)
        answers["GetCompositeSchedule"] = answer
        assert await table.station.leave(evse, night(7, step=10)) is Word.UNVERIFIED
        assert 301 in lying(table)
