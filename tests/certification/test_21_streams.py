"""OCPP 2.1, Diagnostics: streams of values, and what is watched against a target (OCPP 2.1 ed. 1 - N02, N11 to N15)."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.monitor import Flow, Monitor, Monitoring, Stream
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import VariableKey
from tests.certification.stage import Dial
from tests.simulator import Station as Simulated

POWER = VariableKey("EVSE", "Power", 1)


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.1")


def monitoring(garage: Station) -> Monitoring:
    """The commands for monitors."""
    found = garage.require().monitoring
    assert found is not None
    return found


async def test_tc_n_107_get_periodic_event_streams(station: Simulated, garage: Station) -> None:
    streams = garage.require().streams
    assert streams is not None
    await station.start()
    (done,) = await monitoring(garage).watch([Monitor(POWER, "Periodic", 5, 8, flow=Flow(interval=20))])
    assert done.status == "Accepted"
    number = done.monitor.id
    assert number is not None
    await station.settle()
    (opened,) = await streams.streams()
    assert station.asked("GetPeriodicEventStream") == [{}]
    assert opened == Stream(opened.id, number, Flow(interval=20))
    await streams.adjust(opened.id, Flow(interval=10))
    assert await streams.streams() == [Stream(opened.id, number, Flow(interval=10))]
    await station.advance(60)
    value = garage.variables.known[POWER.fold].value
    assert value is not None
    assert float(value) > 1_000


async def test_tc_n_104_monitoring_report_of_target_deltas(station: Simulated, garage: Station) -> None:
    """N02.FR.23: they are neither deltas nor periodic; the schema has no word for them, so the variable is named."""
    wished = [Monitor(POWER, "TargetDelta", 100, 8), Monitor(POWER, "TargetDeltaRelative", 0.1, 7)]
    other = Monitor(POWER, "Delta", 50, 6)
    done = await monitoring(garage).watch([*wished, other])
    assert [one.status for one in done] == ["Accepted"] * 3
    first, second, _ = (replace(one.monitor, origin="CustomMonitor") for one in done)
    found = await monitoring(garage).monitors((), [POWER])
    assert [one for one in found if one.kind.startswith("Target")] == [first, second]
    assert [one.value for one in found] == [100, 0.1, 50]
    (asked,) = station.asked("GetMonitoringReport")
    assert [wanted["variable"]["name"] for wanted in asked["componentVariable"]] == ["Power"]
    assert [one.kind for one in await monitoring(garage).monitors(["DeltaMonitoring"], [POWER])] == ["Delta"]
    assert await monitoring(garage).monitors(["PeriodicMonitoring"], [POWER]) == []
    with pytest.raises(Invalid):
        await monitoring(garage).monitors(["TargetDeltaMonitoring"])
