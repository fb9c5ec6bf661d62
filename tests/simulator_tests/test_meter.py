"""The meter and the car behind it, against arithmetic done by hand."""

from collections.abc import Callable

import pytest

from tests.simulator import Car, Station
from tests.simulator.meter import Meter
from tests.simulator_tests.central import Central


def test_three_phases_of_16_a_for_an_hour_are_11040_wh() -> None:
    meter = Meter(start=5000, currents=(16.0, 16.0, 16.0))
    for _ in range(3600):
        meter.integrate(1.0)
    assert meter.register == 5000 + 11040
    assert meter.registers == (3680, 3680, 3680)


def test_the_register_is_the_whole_watt_hours_of_all_phases_together() -> None:
    meter = Meter(currents=(7.3, 7.3, 0.0))
    for _ in range(1000):
        meter.integrate(0.123)
    assert meter.register == int(2 * 7.3 * 230 * 123 / 3600)


async def test_a_session_with_a_changing_limit_is_right_to_the_watt_hour(station: Station, central: Central) -> None:
    transaction = await station.start(car=Car(max_current=32))
    await station.advance(600)  # 32 A
    await central.call("SetChargingProfile", profile(limit(10.0)))
    await station.advance(1800)  # 10 A
    await central.call("SetChargingProfile", profile(limit(0.0)))
    await station.advance(900)
    await station.stop()
    assert transaction.energy == (32 * 600 + 10 * 1800) * 690 // 3600 == 7130
    assert central.of("StopTransaction")[0]["meterStop"] == 7130


async def test_a_car_on_one_phase_draws_a_third(build: Callable[..., Station]) -> None:
    station = build()
    async with station:
        transaction = await station.start(car=Car(phases=1, max_current=16))
        await station.advance(3600)
        await station.stop()
    assert transaction.energy == 3680


async def test_a_full_car_suspends_itself(station: Station, central: Central) -> None:
    await station.start(car=Car(battery_wh=1000, soc=0.95, taper_from=1.0))
    await station.advance(120)
    assert central.statuses()[-1] == "SuspendedEV"


async def test_a_slow_car_is_suspended_ev_until_it_reacts(station: Station, central: Central) -> None:
    await station.start(car=Car(delay=5))
    assert central.statuses() == ["Available", "Preparing", "SuspendedEV"]
    await station.advance(6)
    assert central.statuses()[-1] == "Charging"


@pytest.mark.parametrize(("soc", "amps"), [(0.5, 16.0), (0.8, 16.0), (0.9, 8.0), (0.99, 6.0), (1.0, 0.0)])
def test_the_car_tapers_towards_the_end(soc: float, amps: float) -> None:
    assert Car(soc=soc, max_current=16).draw(32, 3, 1)[0] == pytest.approx(amps)


def limit(amps: float) -> dict[str, object]:
    return {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amps}]}


def profile(schedule: dict[str, object]) -> dict[str, object]:
    return {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": schedule,
        },
    }
