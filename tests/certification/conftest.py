"""The stage: a real central with its ledger, the model of one station, and the simulated station itself."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Settings, Station
from tests.certification.stage import LEDGER, NAME, Dial, Diary, ago
from tests.simulator import ManualClock, Station as Simulated


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Allow sockets of this machine."""


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    ledger = await Ledger.open(tmp_path / LEDGER)
    yield ledger
    await ledger.close()


@pytest.fixture
async def central(ledger: Ledger) -> AsyncGenerator[Central]:
    central = Central(ledger)
    await central.start("127.0.0.1", 0)
    yield central
    await central.stop()


@pytest.fixture
def garage(central: Central) -> Station:
    """The model of the station, whose own configuration is left as it is."""
    return central.add(NAME, Settings(configure=False))


@pytest.fixture
def diary(garage: Station) -> Diary:
    return Diary(garage)


@pytest.fixture
async def build(central: Central, diary: Diary) -> AsyncGenerator[Callable[..., Simulated]]:
    """Makes stations, all told in the diary; what one objects to, or was not answered, fails the test at the end."""
    built: list[Simulated] = []

    def make(**options: Any) -> Simulated:
        url = f"ws://127.0.0.1:{central.port}"
        built.append(Simulated(url, NAME, **{"clock": ManualClock(ago(100))} | options))
        return built[-1]

    yield make
    for station in built:
        await station.settle()
        await station.close()
    assert [violation for station in built for violation in station.violations] == []
    assert [failure for station in built for failure in station.failures] == []


@pytest.fixture
def dial(build: Callable[..., Simulated]) -> Dial:
    """Makes a station that connects and boots."""

    async def dialled(**options: Any) -> Simulated:
        station = build(**options)
        await station.connect()
        await station.boot()
        return station

    return dialled


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    """A well-behaved station with one connector, booted."""
    return await dial()
