"""The plan that stays with a station: it is followed while nobody leads, then the safe limit holds.

OCPP 1.6 ed. 2 - 3.13.2; OCPP 2.0.1 ed. 3 - K01.FR.12, K01.FR.17; OCPP 2.1 - K01.FR.101.
"""

from datetime import datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.limiting import Limiting
from custom_components.ocpp_home.csms.model.plan import Leg, Plan, Word
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago
from tests.certification.test_fail_safe import VERSIONS, know
from tests.simulator import ManualClock, Station as Simulated

MINUTE = timedelta(minutes=1)


def night(begin: datetime, *amps: float) -> Plan:
    """Half an hour of each."""
    return Plan(
        tuple(Leg(begin + 30 * MINUTE * place, each) for place, each in enumerate(amps)),
        begin + 30 * MINUTE * len(amps),
    )


async def lead(garage: Station, amps: float, floor: float = 13) -> None:
    charging = garage.require().charging
    assert isinstance(charging, Limiting)
    await charging.set_fallback(floor)
    await garage.limit(garage.evse(1), "sun", amps)


async def walk(station: Simulated, minutes: int, steps: int) -> list[float]:
    """What it offers after each of so many steps."""
    found = []
    for _ in range(steps):
        await station.advance(minutes * 60)
        found.append(station.connectors[1].offered.amps)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("led", [16, 8])
async def test_a_station_that_is_cut_off_follows_its_plan_and_then_its_safe_limit(
    version: str, led: float, dial: Dial, garage: Station
) -> None:
    begin = ago(0)
    station = await dial(version=version, clock=ManualClock(begin))
    await know(garage, version)
    await station.start()
    await lead(garage, led)
    assert await garage.leave(garage.evse(1), night(begin, 7, 10, 32)) in {Word.VERIFIED, Word.UNVERIFIED}
    await station.settle()
    assert station.connectors[1].offered.amps == led, "what leads goes before the plan"
    await station.go_offline()
    assert await walk(station, 16, 6) == [7, 10, 10, 13, 13, 13]
    await station.go_online()
