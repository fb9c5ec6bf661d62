"""How soon a home sees the power of a session, at a station that is set up as we set up every one (J02)."""

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Settings, Station
from tests.certification.stage import NAME, Dial, ago, until
from tests.simulator import ManualClock

POOR = {
    "SampledDataCtrlr.TxUpdatedInterval": "900",
    "SampledDataCtrlr.TxUpdatedMeasurands": "Energy.Active.Import.Register",
}


@pytest.fixture
def garage(central: Central) -> Station:
    """The model of a station that may be set up."""
    central.pauses = Pauses(settle=0.01)
    return central.add(NAME, Settings(sample_interval=30))


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_power_is_known_within_one_sample_interval(dial: Dial, garage: Station, version: str) -> None:
    station = await dial(version=version, clock=ManualClock(ago(0)), **POOR)
    await until(lambda: "Power.Active.Import" in station.configuration.text("SampledDataCtrlr.TxUpdatedMeasurands"))
    await until(lambda: station.configuration.number("SampledDataCtrlr.TxUpdatedInterval") == 30)
    await station.settle()
    await station.start()
    meter = garage.evse(1).meter
    await station.advance(30)
    await until(lambda: meter.total(Quantity.POWER))
    assert meter.total(Quantity.POWER) == round(station.connectors[1].meter.power, 1) > 10_000
    await station.stop()
    await station.settle()
    assert meter.total(Quantity.POWER) == 0
