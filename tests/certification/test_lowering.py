"""A fuse does not wait: how long it takes until a lower limit is at the station, and answered."""

from time import perf_counter

import pytest

from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.certification.stage import Dial, until

ROUNDS = 100
ALLOWED = 0.050
"""Seconds, of all but one in a hundred."""


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_a_lower_limit_is_at_the_station_at_once(version: str, dial: Dial, garage: Station) -> None:
    station = await dial(version=version)
    await until(lambda: garage.connected)
    await garage.require().configuration.read()
    await station.start()
    evse, took = garage.evse(1), []
    await garage.limit(evse, OWNER, 16)
    for round_ in range(ROUNDS):
        await garage.limit(evse, "fuse", None)
        await garage.limit(evse, OWNER, 20 + round_ % 2)
        begin = perf_counter()
        await garage.limit(evse, "fuse", 6 + round_ % 10)
        took.append(perf_counter() - begin)
        assert evse.limits.confirmed == 6 + round_ % 10
    took.sort()
    assert took[ROUNDS - 2] < ALLOWED
