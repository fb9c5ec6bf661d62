"""Brands, the house, and the world of the demo."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulator import LinkLost, Oddities, Refused, Station
from tests.simulator.brands import BRANDS, brand, hardware
from tests.simulator.house import House
from tests.simulator.publish import states
from tests.simulator.world import Plan, World
from tests.simulator_tests.central import Central


@pytest.mark.parametrize("name", BRANDS)
async def test_every_brand_can_be_built_and_charges(build: Callable[..., Station], central: Central, name: str) -> None:
    oddities = brand(name)
    assert oddities != Oddities()
    central.repair = lambda text: text.replace("\0", "")
    async with build(hardware=hardware(name), oddities=oddities) as station:
        await station.plug_in()
        if station.connectors[1].transaction is None:
            await station.present_card("A")
        await station.advance(150)
        await station.stop()
    assert station.record[0].energy == 16 * 690 * 150 // 3600
    assert {"BootNotification", "StartTransaction", "StopTransaction"} <= set(central.actions)


@pytest.mark.parametrize(
    ("switches", "action", "check"),
    [
        ({"numeric_values": True}, "MeterValues", lambda p: first(p)["value"] == 0),
        ({"padded_values": True}, "MeterValues", lambda p: first(p)["value"] == "  0"),
        ({"no_unit": True}, "MeterValues", lambda p: "unit" not in first(p)),
        ({"kwh": True}, "MeterValues", lambda p: (first(p)["value"], first(p)["unit"]) == ("0.000", "kWh")),
        ({"bare_values": True}, "MeterValues", lambda p: first(p) == {"value": "0"}),
        ({"import_as_export": True}, "MeterValues", lambda p: first(p)["measurand"] == "Energy.Active.Export.Register"),
        ({"empty_samples": True}, "MeterValues", lambda p: p["meterValue"][0]["sampledValue"] == []),
        ({"meter_value_object": True}, "MeterValues", lambda p: "timestamp" in p["meterValue"]),
        ({"samples_connector": 0}, "MeterValues", lambda p: p["connectorId"] == 0),
        ({"no_transaction_id": True}, "MeterValues", lambda p: "transactionId" not in p),
        ({"register_offset": 7}, "MeterValues", lambda p: first(p)["value"] == "7"),
        ({"local_time": 2.0}, "MeterValues", lambda p: p["meterValue"][0]["timestamp"] == "2026-06-01T14:00:00"),
        ({"local_time_as_utc": 2.0}, "StatusNotification", lambda p: p["timestamp"] == "2026-06-01T14:00:00.000Z"),
        ({"extra_fields": {"x": 1}}, "Authorize", lambda p: p["x"] == 1),
        ({"stop_transaction_id": 0}, "StopTransaction", lambda p: p["transactionId"] == 0),
        ({"meter_stop_short": 1}, "StopTransaction", lambda p: p["meterStop"] == -1),
        ({"error_code": "Error"}, "StatusNotification", lambda p: p["errorCode"] == "Error"),
        ({"null_payloads": True}, "Heartbeat", lambda p: p is None),
    ],
)
async def test_a_switch_changes_what_is_written(
    build: Callable[..., Station], central: Central, switches: dict[str, Any], action: str, check: Callable[[Any], bool]
) -> None:
    async with build(oddities=Oddities(**switches)) as station:
        await station.start()
        for kind in ("MeterValues", "Heartbeat"):
            await central.call("TriggerMessage", {"requestedMessage": kind, "connectorId": 1})
            await station.settle()
        await station.stop()
    assert check(central.of(action)[-1])


def first(payload: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = payload["meterValue"][0]["sampledValue"][0]
    return value


async def test_a_clock_that_starts_in_1970_is_right_after_the_boot(
    build: Callable[..., Station], central: Central
) -> None:
    oddities = Oddities(clock_starts_1970=True, speaks_before_boot=True)
    async with build(oddities=oddities):
        pass
    times = [p["timestamp"] for p in central.of("StatusNotification")]
    assert times == ["1970-01-01T00:00:00.000Z"] * 2 + ["2026-06-01T12:00:00.000Z"] * 2


async def test_a_deaf_station_answers_no_ping(build: Callable[..., Station], central: Central) -> None:
    async with build(oddities=Oddities(answers_pings=False)) as station:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(await central.links[-1].ping(), 0.05)
        assert await station.send("Heartbeat", {}) == {"currentTime": "2026-06-01T12:00:00Z"}


async def test_silence_errors_and_hanging_up_are_answers_too(build: Callable[..., Station], central: Central) -> None:
    oddities = Oddities(
        never_answers=frozenset({"Reset"}),
        answers={"ClearCache": "InternalError"},
        closes_on=frozenset({"UnlockConnector"}),
    )
    async with build(oddities=oddities) as station:
        assert (await central.call("ClearCache", {}))[0] == "InternalError"
        for action, payload in (("Reset", {"type": "Hard"}), ("UnlockConnector", {"connectorId": 1})):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await central.call(action, payload)
        with pytest.raises(LinkLost):
            await station.send("Heartbeat", {})


async def test_a_callerror_of_the_central_system_is_raised(station: Station, central: Central) -> None:
    central.script["DataTransfer"] = "NotSupported"
    with pytest.raises(Refused, match="NotSupported"):
        await station.send("DataTransfer", {"vendorId": "x"})


@pytest.mark.parametrize("path", ["/{id}", "/ocpp/{id}/", "///{id}", "/ws://1.2.3.4:9000/{id}"])
async def test_the_path_is_as_odd_as_wanted(build: Callable[..., Station], central: Central, path: str) -> None:
    async with build(oddities=Oddities(path=path)):
        assert central.links[0].request is not None
        assert central.links[0].request.path == path.format(id="CP1")


def test_the_house_is_the_same_for_the_same_seed_and_balances() -> None:
    day = [datetime(2026, 6, 21, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(0, 1440, 5)]
    house, twin = House(seed=7), House(seed=7)
    samples = [house.pass_time(now, (0.0, 1000.0, 0.0)) for now in day]
    assert samples == [twin.sample(now, (0.0, 1000.0, 0.0)) for now in day]
    assert samples[0].sun_power == 0
    assert max(sample.sun_power for sample in samples) > 4000
    assert samples[0].grid[1] == samples[0].load[1] + 1000
    car = 1000 * (day[-1] - day[0]).total_seconds() / 3600
    assert house.imported - house.exported == pytest.approx(house.consumed + car - house.harvested)
    assert states(house, samples[-1])["sensor.demo_solar_energy"][0] == pytest.approx(house.harvested / 1000, abs=0.001)


async def test_the_world_lives(central: Central) -> None:
    said: list[str] = []
    world = World(Plan(central.url, stations=3, factor=400), said.append)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await world.run()
    try:
        assert sorted(said) == ["SIM1: Accepted", "SIM2: Accepted", "SIM3: Accepted"]
        assert {"StartTransaction", "MeterValues"} <= set(central.actions)
        assert world.stations[1].connectors[1].status == "Preparing"
        assert world.sample().ev[0] == world.cars[0]
        assert [station.violations for station in world.stations] == [[], [], []]
    finally:
        await world.close()
