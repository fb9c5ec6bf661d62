"""The probe finds out what is odd about a station, and says of nothing that it works where it does not."""

from asyncio import create_task, sleep
from contextlib import suppress
from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.dialogue.probe import GLANCE, key
from custom_components.ocpp_home.csms.model.errors import Invalid, Offline, Refused
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.station import Identity, Station
from tests.csms.v1.bench import Desk, desk, until
from tests.simulator import Oddities

TX, DEFAULT = "TxProfile", "TxDefaultProfile"
WELL = Findings(TX, "Absolute", ("A", "W"), True, True, 6.0, True, True, True, True, tells=True)
"""What is found out about a station that keeps to the specification."""


async def look(table: Desk) -> None:
    """Let the time pass for which somebody looks at a car."""
    while True:
        with suppress(TimeoutError):
            await table.pauses.over(GLANCE)
        await table.simulated.settle()


async def probe(table: Desk, *, charging: bool = True) -> Findings:
    if charging:
        await table.simulated.start()
    looking = create_task(look(table))
    try:
        found = await table.charging.probe(table.station.evse(1))
    finally:
        looking.cancel()
    assert not table.station.evse(1).limits.probing
    assert found.latency is None or found.latency > 0
    return replace(found, latency=None)


async def test_a_station_that_keeps_to_the_specification() -> None:
    async with desk() as table:
        assert await probe(table) == WELL
        assert table.station.ledger.recall("CP1", key(1)) is not None
        again = Station("CP1", table.station.ledger).evse(1).limits.findings
        assert again == table.station.evse(1).limits.findings
        assert again is not None
        assert replace(again, latency=None) == WELL


async def test_without_a_transaction_it_is_the_default_that_is_tried() -> None:
    async with desk() as table:
        assert await probe(table, charging=False) == replace(WELL, purpose=DEFAULT, restarts=None)


@pytest.mark.parametrize(
    ("oddities", "found"),
    [
        (Oddities(kinds=frozenset({"Relative"})), replace(WELL, kind="Relative")),
        (Oddities(units=frozenset({"A"})), replace(WELL, units=("A",))),
        (Oddities(units=frozenset({"W"})), replace(WELL, units=("W",))),
        (Oddities(stack_level_zero_only=True), replace(WELL, stacks=False)),
        (Oddities(whole_amps_only=True), replace(WELL, decimals=False)),
        (Oddities(never_zero=True), replace(WELL, pauses=False, restarts=None)),
        (Oddities(ignores_zero=True), replace(WELL, pauses=False, restarts=None)),
        (Oddities(least_amps=8.0), replace(WELL, lowest=8.0)),
        (Oddities(least_amps=16.0), replace(WELL, units=("A",), decimals=False, lowest=None, restarts=None)),
        (Oddities(stays_paused=True), replace(WELL, restarts=False)),
        (Oddities(refuses_profiles={TX: "NotSupported"}), Findings()),
        (Oddities(ignores_profiles=frozenset({TX})), Findings(tells=True)),
        (
            Oddities(answers={"GetCompositeSchedule": "NotImplemented"}),
            Findings(TX, "Absolute", ("A", "W"), True, restarts=True),
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
        assert table.station.ledger.recall("CP1", key(1)) is None


async def test_two_cannot_try_at_once() -> None:
    async with desk() as table:
        table.station.evse(1).limits.probing = True
        with pytest.raises(Invalid, match="already"):
            await table.charging.probe(table.station.evse(1))


async def test_a_lower_wish_ends_the_wait_for_a_car() -> None:
    async with desk(Oddities(stays_paused=True)) as table:
        evse = table.station.evse(1)
        evse.limits.wish("user", 10)
        await table.simulated.start()
        probing = create_task(table.charging.probe(evse))
        await table.pauses.over(GLANCE)
        evse.limits.wish("fuse", 6)
        await table.pauses.over(GLANCE)
        with pytest.raises(Refused, match="less is wished now"):
            await probing
        await until(lambda: evse.limits.confirmed == 6)


async def test_a_car_that_goes_on_in_spite_of_a_limit_of_0_tells_nothing_of_what_comes_after() -> None:
    async with desk(Oddities(ignores_zero=True, answers={"GetCompositeSchedule": "NotImplemented"})) as table:
        assert (await probe(table)).restarts is None


async def test_what_is_found_holds_for_one_firmware() -> None:
    async with desk() as table:
        await probe(table, charging=False)
        limits = table.station.evse(1).limits
        assert limits.findings is not None
        table.station.identify(Identity(firmware="2.0.0"))
        assert limits.findings is None


async def test_one_that_does_not_charge_with_one_phase_does_not_switch_whatever_it_says() -> None:
    for oddities, switches in ((Oddities(), True), (Oddities(ignores_phases=True), True)):
        async with desk(oddities, ConnectorSwitch3to1PhaseSupported="true") as table:
            evse = table.station.evse(1)
            await probe(table)
            assert table.station.switches(evse) is switches
            limits = evse.limits
            assert limits.findings is not None
            limits.findings = replace(limits.findings, phases=False)
            assert table.station.switches(evse) is False
