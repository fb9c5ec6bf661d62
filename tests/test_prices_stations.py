"""What drivers see at the station: costs that follow the price, whatever version the station speaks."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.const import (
    CONF_POST_PRICE,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_PRICE_SOURCE,
    CONF_SAMPLE_INTERVAL,
    CONF_TELL_COSTS,
)
from custom_components.ocpp_home.csms.dialogue import cost
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import PriceSource
from tests.household import VERSIONS, hub_entry, set_up, simulated, station_data, until
from tests.simulator import Car, ManualClock, Station as Simulated

pytestmark = pytest.mark.usefixtures("socket_enabled")

SAMPLES = 10
ENTITY: dict[str, Any] = {CONF_PRICE_SOURCE: PriceSource.ENTITY, CONF_PRICE_ENTITY: "sensor.price"}
FIXED: dict[str, Any] = {CONF_PRICE_SOURCE: PriceSource.FIXED, CONF_PRICE: 30, CONF_POST_PRICE: True}
DISPLAY = {"CustomDisplayCostAndPrice": "true", "DefaultPrice": ""}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "RHYTHM", 0.01)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options() -> dict[str, Any]:
    return ENTITY


@pytest.fixture
async def hub(hass: HomeAssistant, options: dict[str, Any]) -> Hub:
    await says(hass, 30)
    garage = station_data("GARAGE", "Garage", **{CONF_SAMPLE_INTERVAL: SAMPLES})
    hub = await set_up(hass, hub_entry(garage, options=options | {"publish_interval": 0}))
    hub.central.pauses = Pauses(silence=0, settle=0, answer=0)
    return hub


@pytest.fixture
async def garage(hub: Hub, version: str) -> AsyncGenerator[Simulated]:
    """The garage, read and ready."""
    more = DISPLAY if version == "1.6" else {}
    clock = ManualClock(datetime.now(UTC))
    async with simulated(
        hub.entry, "GARAGE", clock=clock, version=version, MeterValueSampleInterval=str(SAMPLES), **more
    ) as garage:
        station = hub.stations["garage"]
        known = ("CustomDisplayCostAndPrice", "") if version == "1.6" else ("Currency", "TariffCostCtrlr")
        await until(lambda: station.variables.get(*known), 20)
        await garage.settle()
        yield garage
        assert garage.violations == []


async def says(hass: HomeAssistant, price: float) -> None:
    hass.states.async_set("sensor.price", str(price), {"unit_of_measurement": "EUR/kWh"})
    await hass.async_block_till_done()


async def test_a_driver_sees_what_the_session_costs_while_prices_change(
    hass: HomeAssistant, hub: Hub, garage: Simulated
) -> None:
    station = hub.stations["garage"]
    running = await garage.start("04A2B3C4", car=Car(max_current=16.0))
    await garage.advance(3 * SAMPLES)
    await until(lambda: running.total_cost, 10)
    await says(hass, 60)
    await garage.advance(3 * SAMPLES)

    def told() -> float | None:
        known = station.evse(1).transaction
        return None if known is None or station.cost is None else station.cost(known)

    await until(lambda: running.total_cost == told() is not None, 10)
    seen = running.total_cost
    await garage.advance(SAMPLES / 2)
    await garage.stop()
    await until(lambda: (running.total_cost or 0) > (seen or 0), 10)
    [session] = await hub.records.sessions()
    assert session.account is not None
    assert session.account.cost == round((running.total_cost or 0) * 1_000_000)
    assert 30 * running.energy < session.account.cost / 1000 < 60 * running.energy + 10
    shown = hass.states.get("sensor.garage_session_cost")
    assert shown is not None
    assert float(shown.state) == running.total_cost


@pytest.mark.parametrize("version", ["1.6"])
async def test_a_driver_sees_the_price_when_a_card_is_shown(hub: Hub, garage: Simulated) -> None:
    await garage.start("04A2B3C4")
    await until(lambda: garage.shelf.get("price shown"), 10)
    assert garage.shelf["price shown"] == "30.00 EUR/kWh"


@pytest.mark.parametrize("options", [FIXED])
async def test_a_fixed_price_is_set_on_the_station(hub: Hub, garage: Simulated, version: str) -> None:
    if version == "1.6":
        await until(lambda: garage.configuration.text("DefaultPrice"), 10)
        price = json.loads(garage.configuration.text("DefaultPrice"))
        assert price["chargingPrice"] == {"kWhPrice": 30.0}
    elif version == "2.0.1":
        name = "TariffCostCtrlr.TariffFallbackMessage"
        await until(lambda: garage.configuration.text(name), 10)
        assert garage.configuration.text(name) == "30.00 EUR/kWh"
    else:
        await until(lambda: garage.shelf.get("tariffs"), 10)
        [tariff] = garage.shelf["tariffs"].values()
        assert (tariff["currency"], tariff["energy"]) == ("EUR", {"prices": [{"priceKwh": 30.0}]})


@pytest.mark.parametrize("options", [ENTITY | {CONF_TELL_COSTS: False}])
@pytest.mark.parametrize("version", ["1.6"])
async def test_who_does_not_want_costs_to_be_shown_shows_none(hub: Hub, garage: Simulated) -> None:
    running = await garage.start("04A2B3C4", car=Car(max_current=16.0))
    await garage.advance(3 * SAMPLES)
    await garage.stop()
    await garage.settle()
    assert running.total_cost is None
    assert [one for one in garage.asked("DataTransfer") if one["vendorId"].startswith("org.openchargealliance")] == []
