"""Nobody leads the station any more: Home Assistant has died, or the link to it.

Each station is at its safe limit within 60 s, however it is told to be; what it says of that itself is remembered.
"""

import pytest

from custom_components.ocpp_home.csms.dialogue.limiting import Limiting
from custom_components.ocpp_home.csms.model.limit import FailSafe
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago, until
from tests.simulator import ManualClock, Oddities

VERSIONS = ("1.6", "2.0.1", "2.1")


async def know(garage: Station, version: str) -> None:
    await until(lambda: garage.connected and garage.version == version)
    if not garage.variables.known:
        await garage.require().configuration.read()


async def lead(garage: Station, amps: float, floor: float = 6) -> Limiting:
    """Leave a safe limit with the station and lead it above that."""
    charging = garage.require().charging
    assert isinstance(charging, Limiting)
    await charging.set_fallback(floor)
    await garage.limit(garage.evse(1), "sun", amps)
    return charging


@pytest.mark.parametrize("version", VERSIONS)
async def test_within_a_minute_of_the_last_word_a_station_is_at_its_safe_limit(
    version: str, dial: Dial, garage: Station
) -> None:
    station = await dial(version=version, clock=ManualClock(ago(0)))
    await know(garage, version)
    await station.start()
    await lead(garage, 16)
    await station.settle()
    assert station.connectors[1].offered.amps == 16
    await station.go_offline()
    await station.advance(25)
    assert station.connectors[1].offered.amps == 16
    await station.advance(35)
    assert station.connectors[1].offered.amps == 6
    await station.go_online()


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_the_station_says_of_it_is_remembered(version: str, dial: Dial, garage: Station) -> None:
    """2.1: no composite schedule tells what will be when the station is alone; the profiles do (K01.FR.101, K09)."""
    station = await dial(version=version, clock=ManualClock(ago(0)))
    await know(garage, version)
    await station.start()
    await lead(garage, 16)
    await until(lambda: garage.fail_safe is not None)
    assert garage.fail_safe is FailSafe.VERIFIED
    assert garage.notices == {}


async def test_a_station_without_a_stack_is_not_believed_to_fall_back(dial: Dial, garage: Station) -> None:
    station = await dial(clock=ManualClock(ago(0)), oddities=Oddities(stack_level_zero_only=True))
    await know(garage, "1.6")
    await station.start()
    await lead(garage, 16)
    assert garage.fail_safe is FailSafe.UNSUPPORTED
    assert garage.notices["fail_safe_unsupported", 0].data == {"limit": "6"}
    await station.advance(600)
    assert station.connectors[1].offered.amps == 16, "a limit that ended would leave it at its own maximum"
