"""Limits on a real socket: in which order ways are tried, what is sent, what is learned."""

from asyncio import create_task, gather, sleep
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue import limiting, vigil
from custom_components.ocpp_home.csms.dialogue.leaving import PACE
from custom_components.ocpp_home.csms.model.errors import Invalid, Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.limit import FailSafe
from custom_components.ocpp_home.csms.model.plan import Leg, Plan, Word
from custom_components.ocpp_home.csms.model.station import Settings
from tests.csms.v1.bench import Desk, desk, until
from tests.simulator import Hardware, Oddities

RENEWAL = limiting.LEASE.total_seconds() / limiting.RENEWALS
TX, DEFAULT, MAX = "TxProfile", "TxDefaultProfile", "ChargePointMaxProfile"


def written(table: Desk) -> list[tuple[str, str, str, int, float]]:
    """The profiles that were sent: purpose, unit, kind, level, limit."""
    rows = []
    for asked in table.asked("SetChargingProfile"):
        profile = asked["csChargingProfiles"]
        schedule = profile["chargingSchedule"]
        limit = schedule["chargingSchedulePeriod"][0]["limit"]
        kind = profile["chargingProfileKind"]
        rows.append(
            (profile["chargingProfilePurpose"], schedule["chargingRateUnit"], kind, profile["stackLevel"], limit)
        )
    return rows


def last(table: Desk) -> dict[str, Any]:
    profile: dict[str, Any] = table.asked("SetChargingProfile")[-1]["csChargingProfiles"]
    return profile


async def test_056_without_a_transaction_the_limit_is_a_default() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 10)
        assert evse.limits.method == "TxDefaultProfile/A/Absolute"
        assert written(table) == [(DEFAULT, "A", "Absolute", 8, 10)]
        assert last(table)["chargingProfileId"] == 101
        assert "duration" not in last(table)["chargingSchedule"]
        assert "validTo" not in last(table)
        await table.simulated.start()
        assert table.simulated.connectors[1].offered.amps == 10


async def test_057_with_a_transaction_the_limit_is_of_that_transaction() -> None:
    async with desk() as table:
        transaction = await table.simulated.start()
        evse = table.station.evse(1)
        assert await table.charging.set_limit(evse, 10.57) == "TxProfile/A/Absolute"
        assert last(table)["transactionId"] == transaction.id
        assert written(table) == [(TX, "A", "Absolute", 8, 10.5)]
        await table.simulated.settle()
        assert table.simulated.connectors[1].offered.amps == 10.5


@pytest.mark.parametrize("word", ["Rejected", "NotSupported", "PropertyConstraintViolation", "NotSupported "])
async def test_whatever_a_refusal_looks_like_the_next_way_is_tried(word: str) -> None:
    async with desk(Oddities(refuses_profiles={TX: word.strip(), DEFAULT: word.strip()})) as table:
        await table.simulated.start()
        assert await table.charging.set_limit(table.station.evse(1), 10) == "ChargePointMaxProfile/A/Absolute"
        assert written(table)[-1] == (MAX, "A", "Absolute", 8, 10)
        assert table.asked("SetChargingProfile")[-1]["connectorId"] == 0


async def test_all_ways_of_a_purpose_are_tried_in_order() -> None:
    async with desk(Oddities(refuses_profiles={TX: "Rejected"})) as table:
        await table.simulated.start()
        await table.charging.set_limit(table.station.evse(1), 10.5)
        assert written(table) == [
            (TX, "A", "Absolute", 8, 10.5),
            (TX, "A", "Relative", 8, 10.5),
            (TX, "A", "Absolute", 8, 10),
            (TX, "A", "Absolute", 0, 10.5),
            (TX, "A", "Relative", 0, 10.5),
            (TX, "W", "Absolute", 8, 7245),
            (DEFAULT, "A", "Absolute", 8, 10.5),
        ]


async def test_a_purpose_that_is_not_supported_is_tried_once() -> None:
    async with desk(Oddities(refuses_profiles={TX: "NotSupported"})) as table:
        await table.simulated.start()
        await table.charging.set_limit(table.station.evse(1), 10)
        assert [row[0] for row in written(table)] == [TX, DEFAULT]


async def test_of_a_station_that_goes_while_it_is_looked_at_nothing_is_taken_for_certain() -> None:
    async with desk(Oddities(never_answers=frozenset({"GetCompositeSchedule"}))) as table:
        await table.simulated.start()
        evse = table.station.evse(1)
        setting = create_task(table.station.limit(evse, "user", 10))
        await until(lambda: table.asked("GetCompositeSchedule"))
        await table.simulated.go_offline()
        with pytest.raises(Offline):
            await setting
        assert not evse.limits.known


async def test_a_limit_from_before_there_was_a_fallback_does_not_outlive_its_leader() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 16)
        await table.charging.ensure_fallback(6)
        assert not evse.limits.known
        await table.simulated.start()
        await table.station.align(evse)
        await table.simulated.settle()
        assert last(table)["chargingSchedule"]["duration"] == 120  # 60 s, from a minute ago on
        assert {"id": 101} in table.asked("ClearChargingProfile")  # else that would rule when this has ended


async def test_silence_is_a_refusal() -> None:
    async with desk(Oddities(silent_kinds=frozenset({"Absolute"}))) as table:
        table.charging.trial = 0.05
        assert await table.charging.set_limit(table.station.evse(1), 10) == "TxDefaultProfile/A/Relative"
        assert [row[2] for row in written(table)] == ["Absolute", "Relative"]


async def test_after_two_silences_the_next_purpose_is_tried() -> None:
    async with desk(Oddities(silent_kinds=frozenset({"Absolute", "Relative"}))) as table:
        table.charging.trial = 0.02
        table.station.renewed_at = datetime.now(UTC)
        with pytest.raises(Unanswered):
            await table.charging.set_limit(table.station.evse(1), 10)
        assert [row[0] for row in written(table)] == [DEFAULT, DEFAULT, MAX, MAX]


async def test_what_worked_is_tried_first_the_next_time() -> None:
    async with desk(Oddities(refuses_profiles={TX: "NotSupported"}, kinds=frozenset({"Relative"}))) as table:
        await table.simulated.start()
        await table.charging.set_limit(table.station.evse(1), 10)
        table.simulated.calls.clear()
        assert await table.charging.set_limit(table.station.evse(1), 12) == "TxDefaultProfile/A/Relative"
        assert written(table) == [(DEFAULT, "A", "Relative", 8, 12)]


@pytest.mark.parametrize(
    ("oddities", "keys", "row"),
    [
        (Oddities(stack_level_zero_only=True), {}, (DEFAULT, "A", "Absolute", 0, 10.5)),
        (Oddities(whole_amps_only=True), {}, (DEFAULT, "A", "Absolute", 8, 10)),
        (Oddities(units=frozenset({"W"})), {}, (DEFAULT, "W", "Absolute", 8, 7245)),
        (Oddities(), {"ChargeProfileMaxStackLevel": "3"}, (DEFAULT, "A", "Absolute", 3, 10.5)),
        (
            Oddities(),
            {"ChargingScheduleAllowedChargingRateUnit": "Power"},
            (DEFAULT, "W", "Absolute", 8, 7245),
        ),
    ],
)
async def test_the_way_a_station_takes_is_found(oddities: Oddities, keys: dict[str, str], row: tuple[Any, ...]) -> None:
    async with desk(oddities, **keys) as table:
        await table.charging.set_limit(table.station.evse(1), 10.5)
        assert written(table)[-1] == row


async def test_where_no_way_is_left_the_stations_word_is_told() -> None:
    async with desk(Oddities(refuses_profiles={DEFAULT: "NotSupported", MAX: "SecurityError"})) as table:
        for _ in range(2):
            with pytest.raises(Refused, match="SecurityError: as this brand does"):
                await table.station.limit(table.station.evse(1), "user", 10)
        assert "limit_refused" in table.notices()


async def test_a_station_without_smart_charging_is_said_to_have_none() -> None:
    async with desk(SupportedFeatureProfiles="Core") as table:
        with pytest.raises(Unsupported):
            await table.charging.set_limit(table.station.evse(1), 10)
        assert [row[0] for row in written(table)] == [DEFAULT, MAX]


async def test_two_evses_never_share_the_limit_of_the_station() -> None:
    oddities = Oddities(refuses_profiles={DEFAULT: "NotSupported"})
    async with desk(oddities, hardware=Hardware(connectors=2)) as table:
        table.station.evse(2)
        with pytest.raises(Unsupported):
            await table.charging.set_limit(table.station.evse(2), 10)
        assert [row[0] for row in written(table)] == [DEFAULT]


async def test_there_may_be_no_way_at_all() -> None:
    async with desk(vendor="Timxon", hardware=None) as table:
        await table.simulated.start()
        table.simulated.oddities = Oddities(refuses_profiles={DEFAULT: "Rejected"})
        with pytest.raises(Refused, match="Rejected"):
            await table.charging.set_limit(table.station.evse(1), 10)


# --- effect -----------------------------------------------------------------------------------------------------------


async def test_a_limit_without_effect_leads_to_the_next_way() -> None:
    async with desk(Oddities(ignores_profiles=frozenset({TX}))) as table:
        await table.simulated.start()
        assert await table.charging.set_limit(table.station.evse(1), 10) == "TxDefaultProfile/A/Absolute"
        assert [row[0] for row in written(table)] == [TX, DEFAULT]
        assert len(table.asked("GetCompositeSchedule")) == 2


async def test_a_way_that_is_proven_is_not_examined_again() -> None:
    async with desk() as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        await table.charging.set_limit(table.station.evse(1), 12)
        assert len(table.asked("GetCompositeSchedule")) == 1


async def test_where_every_way_is_without_effect_that_is_told() -> None:
    async with desk(Oddities(ignores_profiles=frozenset({DEFAULT, MAX}))) as table:
        with pytest.raises(Refused, match="Ignored: the station accepted 10 A and goes on with 32 A"):
            await table.charging.set_limit(table.station.evse(1), 10)


@pytest.mark.parametrize("answer", ["NotImplemented", {"status": "Rejected"}])
async def test_a_station_that_tells_no_schedule_is_asked_once(answer: Any) -> None:
    async with desk(Oddities(answers={"GetCompositeSchedule": answer})) as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        await table.charging.set_limit(table.station.evse(1), 12)
        assert len(table.asked("GetCompositeSchedule")) == 1


async def test_a_schedule_without_periods_proves_nothing() -> None:
    empty = {"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": []}}
    async with desk(Oddities(answers={"GetCompositeSchedule": empty})) as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        await table.charging.set_limit(table.station.evse(1), 12)
        assert len(table.asked("GetCompositeSchedule")) == 2


async def sample(table: Desk, offered: float) -> None:
    values = [{"measurand": "Current.Offered", "unit": "A", "value": f"{offered:g}"}]
    meter = {"timestamp": datetime.now(UTC).isoformat(), "sampledValue": values}
    await table.simulated.send("MeterValues", {"connectorId": 1, "meterValue": [meter]})
    await table.pauses.over(vigil.LOOK)


async def test_readings_above_the_limit_lead_to_another_way() -> None:
    async with desk(Oddities(answers={"GetCompositeSchedule": "NotSupported"})) as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 10)
        assert evse.limits.method == "TxProfile/A/Absolute"
        await sample(table, 32)
        await sample(table, 32)
        await until(lambda: evse.limits.method == "TxDefaultProfile/A/Absolute")
        assert "limit_ignored" in table.notices()
        await sample(table, 10)
        await until(lambda: "limit_ignored" not in table.notices())
        table.simulated.calls.clear()
        await table.station.limit(evse, "user", 12)
        assert [row[0] for row in written(table)] == [DEFAULT]


async def test_a_station_that_keeps_to_nothing_is_not_asked_in_circles() -> None:
    oddities = Oddities(
        answers={"GetCompositeSchedule": "NotSupported"}, refuses_profiles={TX: "NotSupported", MAX: "NotSupported"}
    )
    async with desk(oddities) as table:
        evse = table.station.evse(1)

        def defaults() -> int:
            return [row[0] for row in written(table)].count(DEFAULT)

        await table.simulated.start()
        await table.station.limit(evse, "user", 10)
        await sample(table, 32)
        await sample(table, 32)
        await until(lambda: defaults() == 2 and evse.limits.known)
        await sample(table, 32)
        await sample(table, 32)
        await until(lambda: not evse.limits.known)
        assert "limit_ignored" in table.notices()
        assert defaults() == 2


async def test_a_limit_nobody_can_judge_is_left_alone() -> None:
    async with desk() as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        for _ in range(vigil.LOOKS):
            await table.pauses.over(vigil.LOOK)
        assert table.pauses.asked == [vigil.LOOK] * vigil.LOOKS
        assert table.notices() == []


# --- lifting ----------------------------------------------------------------------------------------------------------


async def test_067_a_limit_is_lifted_by_clearing_our_own_profile() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 10)
        await table.station.limit(evse, "user", None)
        assert evse.limits.method == "ClearChargingProfile"
        assert table.asked("ClearChargingProfile") == [{"id": 101}]
        assert table.simulated.profiles.installed == []


async def test_nothing_is_cleared_where_nothing_is_ours() -> None:
    async with desk() as table:
        assert await table.charging.set_limit(table.station.evse(1), None) == "nothing to clear"
        assert table.asked("ClearChargingProfile") == []


async def test_a_profile_that_is_gone_already_is_cleared() -> None:
    async with desk() as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        table.simulated.profiles.installed.clear()
        assert await table.charging.set_limit(table.station.evse(1), None) == "ClearChargingProfile"


async def test_where_clearing_is_refused_the_maximum_is_written() -> None:
    async with desk(Oddities(answers={"ClearChargingProfile": "NotSupported"})) as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        assert await table.charging.set_limit(table.station.evse(1), None) == "TxDefaultProfile/A/Absolute"
        assert written(table)[-1] == (DEFAULT, "A", "Absolute", 8, 32)


async def test_a_profile_of_another_purpose_does_not_go_on_ruling() -> None:
    async with desk(Oddities(refuses_profiles={DEFAULT: "NotSupported"})) as table:
        evse = table.station.evse(1)
        await table.charging.set_limit(evse, 6)
        await table.simulated.start()
        assert await table.charging.set_limit(evse, 16) == "TxProfile/A/Absolute"
        assert table.asked("ClearChargingProfile") == [{"id": 1}]
        await table.simulated.settle()
        assert table.simulated.connectors[1].offered.amps == 16


# --- pauses -----------------------------------------------------------------------------------------------------------


async def test_a_pause_is_of_the_transaction_and_ends_with_it() -> None:
    async with desk() as table:
        await table.simulated.start()
        assert await table.charging.set_limit(table.station.evse(1), 4) == "TxProfile/A/Absolute"
        assert written(table) == [(TX, "A", "Absolute", 8, 0)]
        assert "duration" not in last(table)["chargingSchedule"]


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
async def test_another_pause_ends_by_itself_and_is_renewed(kind: str) -> None:
    async with desk(Oddities(kinds=frozenset({kind}))) as table:
        await table.station.limit(table.station.evse(1), "user", 0)
        if kind == "Absolute":
            assert last(table)["chargingSchedule"]["duration"] == 960
        else:
            assert "validTo" in last(table)
        before = len(written(table))
        await table.pauses.over(450)
        await until(lambda: len(written(table)) == before + 1)
        assert written(table)[-1][4] == 0


async def test_a_renewal_nobody_answers_is_tried_again_later() -> None:
    async with desk() as table:
        table.charging.trial = 0.02
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 0)
        table.simulated.oddities = Oddities(never_answers=frozenset({"SetChargingProfile"}))
        table.charging.patience = 0.02
        await table.pauses.over(450)
        await until(lambda: table.pauses.asked.count(450) == 2)
        assert evse.limits.confirmed == 0


async def test_a_renewal_that_is_refused_leads_to_another_way() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 0)
        table.simulated.oddities = Oddities(refuses_profiles={DEFAULT: "NotSupported"})
        await table.pauses.over(450)
        await until(lambda: evse.limits.method == "ChargePointMaxProfile/A/Absolute")
        assert evse.limits.settled


async def test_a_pause_that_no_way_gives_is_refused() -> None:
    async with desk(Oddities(never_zero=True)) as table:
        await table.simulated.start()
        with pytest.raises(Refused):
            await table.charging.set_limit(table.station.evse(1), 0)
        assert table.asked("RemoteStopTransaction") == []


async def test_after_a_pause_the_limit_is_sent_once_more() -> None:
    async with desk(Oddities(resumes_unlimited=True)) as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 0)
        await table.simulated.settle()
        await table.station.limit(evse, "user", 8)
        await table.pauses.over(limiting.RESUMED)
        await until(lambda: table.simulated.connectors[1].offered.amps == 8)
        assert [row[4] for row in written(table)] == [0, 8, 8]


async def test_where_a_pause_blocks_starts_it_waits_for_the_transaction() -> None:
    async with desk(vendor="Huawei") as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 0)
        assert evse.limits.method == limiting.LATER
        assert written(table) == []
        await table.simulated.start()
        await table.charging.follow(evse)
        assert written(table) == [(TX, "W", "Absolute", 8, 0)]


# --- transactions come and go -----------------------------------------------------------------------------------------


async def test_at_the_end_of_a_transaction_the_limit_becomes_a_default_again() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 10)
        await table.simulated.stop()
        await table.charging.follow(evse)
        assert evse.limits.method == "TxDefaultProfile/A/Absolute"
        table.simulated.calls.clear()
        await table.simulated.unplug()
        await table.simulated.start()
        await table.charging.follow(evse)
        assert written(table) == []  # the default rules the new transaction too


async def test_a_pause_does_not_outlive_its_transaction() -> None:
    async with desk(Oddities(refuses_profiles={TX: "NotSupported"}, zero_blocks_starts=True)) as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 0)
        await table.simulated.stop()
        await table.charging.follow(evse)
        assert table.simulated.profiles.installed == []
        assert not evse.limits.known


async def test_what_goes_wrong_while_following_is_noted() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        evse.limits.wish("user", 10)
        table.simulated.oddities = Oddities(answers={"SetChargingProfile": "SecurityError"})
        await table.charging.follow(evse)
        assert evse.limits.refusal == "SecurityError: as this brand does"


# --- down at once, up with leisure ------------------------------------------------------------------------------------


def limits(table: Desk) -> list[float]:
    return [row[4] for row in written(table)]


async def writing(evse: Evse) -> None:
    while not evse.limits.writer.locked():
        await sleep(0)


async def test_what_others_wish_is_raised_some_seconds_after_the_last_write_and_lowered_at_once() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        for amps in (10, 14, 12, 16):
            await table.station.limit(evse, "sun", amps)
        assert limits(table) == [10]
        await table.pauses.over(10)
        await until(lambda: evse.limits.confirmed == 16)
        assert limits(table) == [10, 16], "the newest wish, and no other"
        await table.station.limit(evse, "fuse", 7)
        assert limits(table) == [10, 16, 7]


async def test_a_small_rise_waits_longer_until_it_becomes_a_large_one() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 10)
        await table.station.limit(evse, "sun", 10.5)
        await until(lambda: 30 in table.pauses.asked)
        await table.station.limit(evse, "sun", 12)
        await table.pauses.over(10)
        await until(lambda: evse.limits.confirmed == 12)
        assert limits(table) == [10, 12]


async def test_a_wish_that_returns_to_what_is_set_is_not_written() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        for amps in (10, 16):
            await table.station.limit(evse, "sun", amps)
        await until(lambda: 10 in table.pauses.asked)
        await table.station.limit(evse, "sun", 10)
        await table.pauses.over(10)
        await table.station.align(evse)
        assert limits(table) == [10]


async def test_who_waits_looks_again_when_his_time_has_come() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 10)
        await table.station.limit(evse, "sun", 16)
        await until(lambda: 10 in table.pauses.asked)
        table.pauses.now = 5
        await table.station.limit(evse, "fuse", 7)
        evse.limits.wish("fuse", None)
        await table.station.limit(evse, "sun", 12)
        await table.pauses.over(10)
        await until(lambda: evse.limits.confirmed == 12)
        assert limits(table) == [10, 7, 12]


async def test_what_is_wished_while_another_limit_is_written_waits_for_the_answer() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 20)
        lowering = create_task(table.station.limit(evse, "sun", 10))
        await writing(evse)
        await table.station.limit(evse, "sun", 14)
        await table.station.limit(evse, "fuse", 8)
        await lowering
        await until(lambda: evse.limits.confirmed == 8)
        assert limits(table) == [20, 10, 8]


async def test_what_is_being_written_is_not_broken_off_by_the_next_wish() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 10)
        await table.station.limit(evse, "sun", 16)
        await table.pauses.over(10)
        await writing(evse)
        await table.station.limit(evse, "sun", 18)
        await until(lambda: evse.limits.confirmed == 16)
        assert limits(table) == [10, 16]
        await table.pauses.over(10)
        await until(lambda: evse.limits.confirmed == 18)


async def test_the_owner_does_not_wait() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        for amps in (10, 16):
            await table.station.limit(evse, "user", amps)
        assert limits(table) == [10, 16]


async def test_a_patient_owner_waits_for_a_rise_but_hears_each_refusal() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        for amps in (10, 16, 18, 8, 20):
            await table.station.limit(evse, "user", amps, patient=True)
        assert limits(table) == [10, 8]
        await table.pauses.over(10)
        await until(lambda: evse.limits.confirmed == 20)
        purposes = ("TxDefaultProfile", "ChargePointMaxProfile")
        table.simulated.oddities = Oddities(refuses_profiles=dict.fromkeys(purposes, "Rejected"))
        for _ in range(4):
            with pytest.raises(Refused):
                await table.station.limit(evse, "user", 6, patient=True)


async def test_what_waits_takes_the_place_of_a_renewal() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.station.limit(evse, "sun", 16)
        await table.station.limit(evse, "sun", 16.5)
        table.simulated.calls.clear()
        await table.pauses.over(RENEWAL)
        await until(lambda: evse.limits.confirmed == 16.5)
        assert limits(table) == [16.5]


async def test_a_rise_that_waits_when_a_session_ends_is_not_forgotten() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 10)
        await table.simulated.start()
        await table.station.limit(evse, "sun", 16)
        await table.simulated.stop()
        await table.charging.follow(evse)
        assert limits(table) == [10, 16]


async def test_what_is_refused_when_its_time_has_come_is_noted() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "sun", 10)
        await table.station.limit(evse, "sun", 16)
        table.simulated.oddities = Oddities(answers={"SetChargingProfile": "SecurityError"})
        await table.pauses.over(10)
        await until(lambda: evse.limits.refusals == 1)
        assert evse.limits.confirmed == 10


async def test_after_silence_nobody_knows_what_is_set() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "fuse", 10)
        table.charging.patience = table.charging.trial = 0.02
        table.station.renewed_at = datetime.now(UTC)
        table.simulated.oddities = Oddities(never_answers=frozenset({"SetChargingProfile"}))
        with pytest.raises(Unanswered):
            await table.station.limit(evse, "fuse", 6)
        assert not evse.limits.known
        table.simulated.oddities = Oddities()
        await table.station.limit(evse, "fuse", 10)
        assert limits(table)[-1] == 10


# --- the fall-back below ----------------------------------------------------------------------------------------------


async def test_above_the_fall_back_a_limit_ends_by_itself() -> None:
    async with desk(settings=Settings(safe_limit=6)) as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.charging.set_limit(evse, 16)
        assert last(table)["chargingSchedule"]["duration"] == 120
        await table.pauses.over(RENEWAL)
        await table.charging.set_limit(evse, 6)
        assert "duration" not in last(table)["chargingSchedule"]


def ends(table: Desk) -> list[tuple[float, bool]]:
    """The limits that were sent (A), and whether they end."""
    sent = [asked["csChargingProfiles"]["chargingSchedule"] for asked in table.asked("SetChargingProfile")]
    return [(schedule["chargingSchedulePeriod"][0]["limit"], "duration" in schedule) for schedule in sent]


async def test_nothing_above_the_safe_limit_is_written_before_that_lies_below() -> None:
    async with desk(settings=Settings(safe_limit=6)) as table:
        evse = table.station.evse(1)
        assert await table.charging.set_limit(evse, 16) == limiting.LATER, "until there is a transaction the safe limit"
        await table.simulated.start()
        await table.station.limit(evse, "site", 16)
        assert ends(table) == [(6, False), (16, True)]
        await table.charging.ensure_fallback(6)
        assert not evse.limits.known, "another EVSE may have a limit from before"
        await table.station.align(evse)
        await table.charging.ensure_fallback(6)
        assert evse.limits.known


async def test_limits_that_come_while_the_safe_limit_is_laid_wait_for_it() -> None:
    async with desk(settings=Settings(safe_limit=6), hardware=Hardware(connectors=2)) as table:
        evses = [table.station.evse(number) for number in (1, 2)]
        for number in (1, 2):
            await table.simulated.start(connector=number)
        await gather(*(table.station.limit(evse, "site", 16) for evse in evses))
        assert sorted(ends(table)) == [(6, False), (16, True), (16, True)]
        assert ends(table)[0] == (6, False)


async def test_at_the_safe_limit_and_where_the_owner_wants_nothing_written_it_is_not_laid() -> None:
    async with desk(settings=Settings(safe_limit=6)) as table:
        await table.station.limit(table.station.evse(1), "site", 6)
        assert ends(table) == [(6, False)]
        assert table.charging.fallback.amps is None
    async with desk(settings=Settings(safe_limit=6, configure=False)) as table:
        await table.station.limit(table.station.evse(1), "site", 16)
        assert ends(table) == [(16, False)]


def hour(amps: float) -> Plan:
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    return Plan((Leg(begin, amps),), begin + timedelta(hours=1))


async def test_above_a_plan_that_stays_a_limit_ends_and_the_next_plan_waits() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(13)
        await table.simulated.start()
        await table.station.limit(evse, "user", 10)
        assert ends(table)[-1] == (10, False)
        await table.station.leave(evse, hour(9))
        assert ends(table)[-2:] == [(9, True), (10, True)]
        assert await table.station.leave(evse, hour(7)) is Word.WAITING
        await until(lambda: max(table.pauses.asked) > RENEWAL * 20)
        assert evse.left.at is not None
        evse.left.at -= PACE
        await table.pauses.over(max(table.pauses.asked))
        await until(lambda: (7, True) in ends(table))


async def test_a_station_that_takes_no_safe_limit_is_limited_all_the_same_and_that_is_told() -> None:
    async with desk(Oddities(refuses_profiles={DEFAULT: "NotSupported"}), settings=Settings(safe_limit=6)) as table:
        await table.simulated.start()
        await table.station.limit(table.station.evse(1), "site", 16)
        assert last(table)["chargingProfilePurpose"] == TX
        assert "safe_limit_refused" in table.notices()


async def test_above_the_fall_back_a_limit_waits_for_the_transaction() -> None:
    async with desk() as table:
        await table.charging.set_fallback(6)
        assert await table.charging.set_limit(table.station.evse(1), 16) == limiting.LATER
        await table.simulated.start()
        assert table.simulated.connectors[1].offered.amps == 6


async def test_above_the_fall_back_a_limit_does_not_outlive_its_transaction() -> None:
    async with desk(Oddities(refuses_profiles={TX: "NotSupported"})) as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.station.limit(evse, "user", 16)
        assert evse.limits.method == "TxDefaultProfile/A/Absolute"
        await table.simulated.stop()
        await table.charging.follow(evse)
        assert evse.limits.method == limiting.LATER
        assert table.asked("ClearChargingProfile") == [{"id": 101}]
        await table.simulated.unplug()
        await table.simulated.start()
        await table.charging.follow(evse)
        assert table.simulated.connectors[1].offered.amps == 16


async def test_without_a_stack_a_limit_above_the_fall_back_has_no_end_and_that_is_told() -> None:
    async with desk(Oddities(stack_level_zero_only=True), settings=Settings(safe_limit=6)) as table:
        await table.charging.ensure_fallback(6)
        await table.simulated.start()
        await table.station.limit(table.station.evse(1), "user", 16)
        assert "duration" not in last(table)["chargingSchedule"]
        assert table.station.fail_safe is FailSafe.UNSUPPORTED
        assert "fail_safe_unsupported" in table.notices()


async def test_where_a_station_says_that_it_does_not_fall_back_the_limit_loses_its_end() -> None:
    endless = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}
    answer = {"status": "Accepted", "chargingSchedule": endless}
    async with desk(Oddities(answers={"GetCompositeSchedule": answer})) as table:
        await table.charging.set_fallback(6)
        await table.simulated.start()
        await table.station.limit(table.station.evse(1), "user", 16)
        await until(lambda: "duration" not in last(table)["chargingSchedule"])
        assert table.station.fail_safe is FailSafe.UNSUPPORTED


async def test_without_a_stack_a_pause_waits_for_the_transaction() -> None:
    async with desk(Oddities(stack_level_zero_only=True), vendor="ABB") as table:
        await table.charging.set_fallback(10)
        assert await table.charging.set_limit(table.station.evse(1), 0) == limiting.LATER


async def test_without_a_stack_the_fall_back_returns_when_the_limit_is_lifted() -> None:
    async with desk(Oddities(stack_level_zero_only=True), vendor="ABB") as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(10)
        await table.charging.set_limit(evse, 8)
        assert last(table)["stackLevel"] == 0
        assert "duration" not in last(table)["chargingSchedule"]
        await table.charging.set_limit(evse, None)
        assert last(table)["chargingProfileId"] == 11
        await table.simulated.start()
        assert table.simulated.connectors[1].offered.amps == 10


async def test_the_composite_schedule_is_what_the_station_says() -> None:
    async with desk() as table:
        await table.charging.set_limit(table.station.evse(1), 10)
        told = await table.charging.composite_schedule(1, 600)
        assert (told.unit, [period.limit for period in told.periods]) == ("A", [10])


async def test_after_a_probe_what_is_wished_is_set_again() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.station.limit(evse, "user", 9)
        found = await table.charging.probe(evse)
        assert found.purpose == DEFAULT
        assert not evse.limits.known
        await until(lambda: evse.limits.known)
        assert (evse.limits.confirmed, limits(table)[-1]) == (9, 9)
        evse.limits.probing = True
        with pytest.raises(Invalid, match="already"):
            await table.charging.probe(evse)


async def test_a_plan_lies_below_what_leads_and_the_next_waits_for_its_time() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        await table.charging.set_fallback(13)
        await table.simulated.start()
        await table.station.limit(evse, "user", 8)
        begin = datetime.now(UTC)

        def plan(*amps: float) -> Plan:
            legs = tuple(Leg(begin + timedelta(hours=place), each) for place, each in enumerate(amps))
            return Plan(legs, begin + timedelta(hours=len(amps)))

        assert await table.station.leave(evse, plan(7, 10)) is Word.VERIFIED
        assert last(table)["chargingSchedule"]["duration"] == limiting.PAUSE_LEASE.total_seconds() + 60
        assert await table.station.leave(evse, plan(10, 7)) is Word.WAITING
        await until(lambda: max(table.pauses.asked) > 600)
        assert evse.left.at is not None
        evse.left.at -= timedelta(hours=1)
        await table.pauses.over(max(table.pauses.asked))
        await until(lambda: evse.left.confirmed == plan(10, 7))
        await table.station.limit(evse, "user", 0)
        evse.status = Status.SUSPENDED_EVSE
        await table.station.limit(evse, "user", 16)
        evse.status = Status.CHARGING
        await table.pauses.over(vigil.LOOK)
