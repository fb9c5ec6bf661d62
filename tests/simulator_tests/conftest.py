"""A central system to talk to, and time that a test moves."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.simulator import ManualClock, Station
from tests.simulator_tests.central import Central


@pytest.fixture
async def central(socket_enabled: None) -> AsyncIterator[Central]:
    """A listening central system that accepts everything."""
    async with Central.listen() as listening:
        yield listening


@pytest.fixture
async def build(central: Central) -> AsyncIterator[Callable[..., Station]]:
    """Makes stations on manual clocks and puts them away at the end."""
    built: list[Station] = []

    def make(identity: str = "CP1", **options: Any) -> Station:
        station = Station(central.url, identity, **{"clock": ManualClock()} | options)
        station.message_timeout = 0.5
        built.append(station)
        return station

    yield make
    for station in built:
        await station.close()


@pytest.fixture
async def station(build: Callable[..., Station]) -> Station:
    """A station that has booted."""
    made = build()
    await made.connect()
    await made.boot()
    return made
