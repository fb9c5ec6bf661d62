"""A car of ISO 15118 is told its limit with what comes after it, and is as safe as any other when nobody leads it."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago, until
from tests.certification.test_fail_safe import know, lead
from tests.simulator import ManualClock

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_k15_fr_07_the_schedule_of_a_car_that_plans_is_that_of_the_plan(
    version: str, dial: Dial, garage: Station
) -> None:
    station = await dial(version=version, clock=ManualClock(ago(0)))
    await know(garage, version)
    await station.start()
    await lead(garage, 13)
    now = datetime.now(UTC)
    plan = Plan((Leg(now, 6), Leg(now + 2 * HOUR, 0), Leg(now + 3.9 * HOUR, 6)), now + 4 * HOUR)
    garage.evse(1).left.confirm(plan, "TxProfile")
    told = len(station.asked("SetChargingProfile"))
    assert await station.need_energy(8_000, 4) == {"status": "Accepted"}
    await until(lambda: len(station.asked("SetChargingProfile")) > told)
    made = station.asked("SetChargingProfile")[-1]["chargingProfile"]
    assert made["chargingProfilePurpose"] == "TxProfile"
    (schedule,) = made["chargingSchedule"]
    assert len(schedule["chargingSchedulePeriod"]) == 3, "maxScheduleTuples"
    assert [period["limit"] for period in schedule["chargingSchedulePeriod"]] == [13, 6, 0]
    await station.settle()
    assert station.connectors[1].offered.amps == 13
    await station.go_offline()
    await station.advance(61)
    assert station.connectors[1].offered.amps == 6
    await station.go_online()
