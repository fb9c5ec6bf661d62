"""The probe finds out what is odd about a station, and says of nothing that it works where it does not."""

from asyncio import create_task, sleep
from collections.abc import Mapping
from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.dialogue.probe import KEY
from custom_components.ocpp_home.csms.model.errors import Invalid, Offline, Refused
from custom_components.ocpp_home.csms.model.limit import Findings
from tests.csms.v1.bench import Desk, desk, until
from tests.simulator import Oddities

TX, DEFAULT = "TxProfile", "TxDefaultProfile"
WELL = Findings(TX, "Absolute", ("A", "W"), True, True, 6.0, True, True, True, tells=True)
"""What is found out about a station that keeps to the specification."""


async def probe(table: Desk, *, charging: bool = True) -> Findings:
    if charging:
        await table.simulated.start()
    found = await table.charging.probe(table.station.evse(1))
    assert found.latency is None or found.latency > 0
    return replace(found, latency=None)


async def test_a_station_that_keeps_to_the_specification() -> None:
    async with desk() as table:
        assert await probe(table) == WELL
        record = table.station.ledger.recall("CP1", KEY)
        assert isinstance(record, Mapping)
        assert (record["kind"], record["units"]) == ("Absolute", ["A", "W"])


async def test_without_a_transaction_it_is_the_default_that_is_tried() -> None:
    async with desk() as table:
        assert await probe(table, charging=False) == replace(WELL, purpose=DEFAULT)


@pytest.mark.parametrize(
    ("oddities", "found"),
    [
        (Oddities(kinds=frozenset({"Relative"})), replace(WELL, kind="Relative")),
        (Oddities(units=frozenset({"A"})), replace(WELL, units=("A",))),
        (Oddities(units=frozenset({"W"})), replace(WELL, units=("W",))),
        (Oddities(stack_level_zero_only=True), replace(WELL, stacks=False)),
        (Oddities(whole_amps_only=True), replace(WELL, decimals=False)),
        (Oddities(never_zero=True), replace(WELL, pauses=False)),
        (Oddities(ignores_zero=True), replace(WELL, pauses=False)),
        (Oddities(refuses_profiles={TX: "NotSupported"}), Findings()),
        (Oddities(ignores_profiles=frozenset({TX})), Findings(tells=True)),
        (
            Oddities(answers={"GetCompositeSchedule": "NotImplemented"}),
            Findings(TX, "Absolute", ("A", "W"), True),
        ),
    ],
    ids=lambda value: "" if isinstance(value, Findings) else None,
)
async def test_each_oddity_is_found(oddities: Oddities, found: Findings) -> None:
    async with desk(oddities) as table:
        assert await probe(table) == found


async def test_what_was_wished_is_set_again_and_what_works_is_known() -> None:
    async with desk(Oddities(kinds=frozenset({"Relative"}))) as table:
        evse = table.station.evse(1)
        await table.simulated.start()
        await table.station.limit(evse, "user", 8)
        await probe(table, charging=False)
        await until(lambda: evse.limits.known)
        await table.simulated.settle()
        assert table.simulated.connectors[1].offered.amps == 8
        assert evse.limits.method == "TxProfile/A/Relative"
        highest = max(
            asked["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"]
            for asked in table.asked("SetChargingProfile")
            if asked["csChargingProfiles"]["chargingSchedule"]["chargingRateUnit"] == "A"
        )
        assert highest == 8


async def test_where_nobody_wishes_anything_nothing_stays_behind() -> None:
    async with desk() as table:
        await probe(table, charging=False)
        await until(lambda: table.simulated.profiles.installed == [])


async def test_a_wish_that_is_too_low_to_try_anything_is_kept() -> None:
    async with desk() as table:
        await table.station.limit(table.station.evse(1), "user", 6)
        with pytest.raises(Invalid):
            await probe(table)


async def test_a_lower_wish_ends_the_probe() -> None:
    async with desk() as table:
        evse = table.station.evse(1)
        evse.limits.wish("user", 10)

        async def look() -> None:
            while not table.asked("SetChargingProfile"):
                await sleep(0)
            evse.limits.wish("fuse", 6)

        looking = create_task(look())
        with pytest.raises(Refused, match="less is wished now"):
            await table.charging.probe(evse)
        await looking
        await until(lambda: evse.limits.confirmed == 6)


async def test_a_connection_that_ends_ends_the_probe() -> None:
    async with desk(Oddities(closes_on=frozenset({"GetCompositeSchedule"}))) as table:
        with pytest.raises(Offline):
            await probe(table, charging=False)
        assert table.station.ledger.recall("CP1", KEY) is None
