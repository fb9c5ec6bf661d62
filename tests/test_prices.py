"""Where prices come from, and that whatever is charged costs what held while it was delivered."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.ocpp_home.const import (
    CONF_POST_PRICE,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_PRICE_SOURCE,
    CONF_TELL_COSTS,
)
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.price import Pricing
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import GRACE, Origin, PriceSource, dashboard_origin, per_kwh
from tests.household import hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")

FIXED = {CONF_PRICE_SOURCE: PriceSource.FIXED, CONF_PRICE: 0.3}
ENTITY = {CONF_PRICE_SOURCE: PriceSource.ENTITY, CONF_PRICE_ENTITY: "sensor.price"}
DASHBOARD = {CONF_PRICE_SOURCE: PriceSource.ENERGY}
EURO = {"unit_of_measurement": "EUR/kWh"}


async def running(hass: HomeAssistant, options: dict[str, Any]) -> Hub:
    hass.config.currency = "EUR"
    return await set_up(hass, hub_entry(station_data("CP1", "Garage"), options=options))


def pricing(hub: Hub) -> Pricing:
    return hub.stations["cp1"].household.pricing


def told(hub: Hub) -> tuple[str, int | None] | None:
    """The price stations and sensors go by."""
    price = pricing(hub).price
    return None if price is None else (price.currency, price.per_kwh)


def kept(hub: Hub) -> list[int | None]:
    """The prices in the ledger, oldest first."""
    return [price.per_kwh for price in hub.ledger.tariffs.prices]


async def choose(hass: HomeAssistant, hub: Hub, options: dict[str, Any]) -> None:
    hass.config_entries.async_update_entry(hub.entry, options=options)
    await hass.async_block_till_done()


async def says(hass: HomeAssistant, state: str, attributes: dict[str, str] | None = None) -> None:
    hass.states.async_set("sensor.price", state, EURO if attributes is None else attributes)
    await hass.async_block_till_done()


async def later(hass: HomeAssistant, freezer: FrozenDateTimeFactory, span: timedelta) -> None:
    freezer.tick(span)
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("state", "unit", "price"),
    [
        ("0.2899", "EUR/kWh", "0.2899"),
        ("0.2899", "€/kWh", "0.2899"),
        ("28.99", "ct/kWh", "0.2899"),
        ("28.99", "cent / kWh", "0.2899"),
        ("289.9", "EUR/MWh", "0.2899"),
        ("0.0002899", "EUR/Wh", "0.2899"),
        ("0.2899", None, "0.2899"),
        ("0.2899", "EUR", "0.2899"),
        ("-0.05", "EUR/kWh", "-0.05"),
        ("0", "EUR/KWH", "0"),
    ],
)
def test_prices_are_understood_in_the_units_people_use(state: str, unit: str | None, price: str) -> None:
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    assert per_kwh(State("sensor.price", state, attributes), "EUR") == Decimal(price)


@pytest.mark.parametrize(
    ("state", "unit"),
    [
        (STATE_UNKNOWN, "EUR/kWh"),
        (STATE_UNAVAILABLE, "EUR/kWh"),
        ("nan", "EUR/kWh"),
        ("inf", "EUR/kWh"),
        ("1e30", "EUR/kWh"),
        ("0.3", "SEK/kWh"),
        ("0.3", "EUR/month"),
        ("cheap", None),
    ],
)
def test_what_is_no_price_in_the_currency_is_none(state: str, unit: str | None) -> None:
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    assert per_kwh(State("sensor.price", state, attributes), "EUR") is None


def test_without_an_entity_there_is_no_price() -> None:
    assert per_kwh(None, "EUR") is None


@pytest.mark.parametrize(
    ("sources", "origin"),
    [
        (None, Origin()),
        ([], Origin()),
        ([{"type": "solar", "entity_energy_price": "sensor.no"}], Origin()),
        ([{"type": "grid", "entity_energy_price": None, "number_energy_price": None}], Origin()),
        ([{"type": "grid", "number_energy_price": 0.0}], Origin(number=0.0)),
        ([{"type": "grid"}, {"type": "grid", "entity_energy_price": "sensor.p"}], Origin(entity="sensor.p")),
        ([{"type": "grid", "flow_from": [{"number_energy_price": 0.2}]}], Origin(number=0.2)),
    ],
)
def test_the_dashboard_reads_the_price_of_the_first_grid_that_has_one(
    sources: list[dict[str, Any]] | None, origin: Origin
) -> None:
    assert dashboard_origin(None if sources is None else {"energy_sources": sources}) == origin
    assert dashboard_origin(None) == Origin()


async def test_without_a_price_nothing_has_a_cost(hass: HomeAssistant) -> None:
    hub = await running(hass, {})
    assert (told(hub), kept(hub)) == (None, [])
    assert hub.stations["cp1"].household.currency is None


async def test_a_fixed_price_holds_until_it_is_changed_and_its_history_is_kept(hass: HomeAssistant) -> None:
    hub = await running(hass, FIXED)
    assert (told(hub), kept(hub)) == (("EUR", 300_000), [300_000])
    await choose(hass, hub, FIXED | {"publish_interval": 5})
    assert kept(hub) == [300_000]
    await choose(hass, hub, FIXED | {CONF_PRICE: 0.35})
    assert (told(hub), kept(hub)) == (("EUR", 350_000), [300_000, 350_000])
    await choose(hass, hub, {})
    assert (told(hub), kept(hub)) == (None, [300_000, 350_000, None])


async def test_a_restart_keeps_the_price_and_adds_none(hass: HomeAssistant) -> None:
    hub = await running(hass, FIXED)
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = hub.entry.runtime_data
    assert (told(again), kept(again)) == (("EUR", 300_000), [300_000])


async def test_each_change_of_an_entity_is_kept_and_nothing_else(hass: HomeAssistant) -> None:
    await says(hass, "0.30")
    hub = await running(hass, ENTITY)
    await says(hass, "0.30", EURO | {"friendly_name": "Price"})
    await says(hass, "0.25")
    await says(hass, "25", {"unit_of_measurement": "ct/kWh"})
    await says(hass, "0.20")
    assert (told(hub), kept(hub)) == (("EUR", 200_000), [300_000, 250_000, 200_000])
    assert hub.ledger.tariffs.prices[-1].source == "sensor.price"


async def test_an_entity_that_is_silent_for_a_moment_leaves_the_price_as_it_was(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await says(hass, "0.30")
    hub = await running(hass, ENTITY)
    await says(hass, STATE_UNAVAILABLE, {})
    await later(hass, freezer, GRACE / 2)
    await says(hass, "0.25")
    await later(hass, freezer, GRACE)
    assert (told(hub), kept(hub)) == (("EUR", 250_000), [300_000, 250_000])


async def test_an_entity_that_stays_silent_leaves_nobody_who_knows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await says(hass, "0.30")
    hub = await running(hass, ENTITY)
    await says(hass, STATE_UNAVAILABLE, {})
    await later(hass, freezer, GRACE / 2)
    await says(hass, STATE_UNKNOWN, {})
    assert told(hub) == ("EUR", 300_000)
    await later(hass, freezer, GRACE)
    assert (told(hub), kept(hub)) == (("EUR", None), [300_000, None])


def complaints(hass: HomeAssistant) -> list[tuple[str | None, dict[str, str] | None]]:
    """The repairs that are shown."""
    return [(one.translation_key, one.translation_placeholders) for one in ir.async_get(hass).issues.values()]


@pytest.mark.parametrize(
    ("state", "attributes", "told"),
    [
        ("0.3", {"unit_of_measurement": "SEK/kWh"}, "0.3 SEK/kWh"),
        ("0.3", {"unit_of_measurement": "EUR/month"}, "0.3 EUR/month"),
        ("cheap", {}, "cheap"),
        ("0.3", {"unit_of_measurement": "EUR/[x](y)"}, "0.3 EUR/(x)(y)"),
    ],
)
async def test_an_entity_that_tells_no_price_is_a_repair_until_it_does(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, state: str, attributes: dict[str, str], told: str
) -> None:
    await says(hass, state, attributes)
    await running(hass, ENTITY)
    words = {"entity": "sensor.price", "told": told, "currency": "EUR"}
    assert complaints(hass) == [("price_not_understood", words)]
    await says(hass, STATE_UNAVAILABLE, {})
    await later(hass, freezer, GRACE * 2)
    assert complaints(hass) == [("price_not_understood", words)]
    await says(hass, "0.30")
    assert complaints(hass) == []


async def test_what_is_wrong_with_a_price_is_nobodys_business_when_it_is_read_elsewhere(hass: HomeAssistant) -> None:
    await says(hass, "cheap")
    hub = await running(hass, ENTITY)
    assert complaints(hass) != []
    await choose(hass, hub, FIXED)
    assert complaints(hass) == []
    await choose(hass, hub, ENTITY)
    assert complaints(hass) != []
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    assert complaints(hass) == []


async def test_an_entity_that_is_missing_for_long_is_a_repair_and_one_that_is_silent_is_not(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await running(hass, ENTITY)
    await later(hass, freezer, GRACE / 2)
    assert complaints(hass) == []
    await later(hass, freezer, GRACE)
    assert complaints(hass) == [("price_entity_gone", {"entity": "sensor.price"})]
    await says(hass, "cheap")
    assert [kind for kind, _ in complaints(hass)] == ["price_not_understood"]
    await says(hass, "0.30")
    await says(hass, STATE_UNKNOWN)
    await later(hass, freezer, GRACE * 2)
    assert complaints(hass) == []


async def test_an_entity_that_is_not_there_yet_is_waited_for(hass: HomeAssistant) -> None:
    hub = await running(hass, ENTITY)
    assert (told(hub), kept(hub)) == (None, [])
    await says(hass, "0.30")
    assert (told(hub), kept(hub)) == (("EUR", 300_000), [300_000])


async def test_after_a_restart_the_last_price_holds_until_its_entity_is_there(hass: HomeAssistant) -> None:
    await says(hass, "0.30")
    hub = await running(hass, ENTITY)
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    hass.states.async_remove("sensor.price")
    assert await hass.config_entries.async_setup(hub.entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = hub.entry.runtime_data
    assert (told(again), kept(again)) == (("EUR", 300_000), [300_000])


async def test_an_entity_is_followed_no_longer_when_another_price_is_chosen(hass: HomeAssistant) -> None:
    await says(hass, "0.30")
    hub = await running(hass, ENTITY)
    await choose(hass, hub, FIXED | {CONF_PRICE: 0.5})
    await says(hass, "0.10")
    assert kept(hub) == [300_000, 500_000]


async def test_the_price_of_the_energy_dashboard_is_followed(recorder_mock: object, hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    grid = {"type": "grid", "stat_energy_from": "sensor.grid", "stat_energy_to": None, "cost_adjustment_day": 0.0}

    async def costs(**price: float | str) -> None:
        update: Any = {"energy_sources": [grid | price]}
        await manager.async_update(update)
        await hass.async_block_till_done()

    hub = await running(hass, DASHBOARD)
    assert complaints(hass) == [("price_not_in_dashboard", {})]
    await hass.config.async_update(currency="EUR", country="DE")
    assert complaints(hass) == [("price_not_in_dashboard", {})]
    await costs(number_energy_price=0.28)
    assert told(hub) == ("EUR", 280_000)
    assert complaints(hass) == []
    await says(hass, "31", {"unit_of_measurement": "ct/kWh"})
    await costs(entity_energy_price="sensor.price")
    assert told(hub) == ("EUR", 310_000)
    await choose(hass, hub, FIXED)
    await costs(number_energy_price=0.1)
    assert kept(hub) == [280_000, 310_000, 300_000]


async def test_without_the_energy_dashboard_there_is_no_price_of_it(hass: HomeAssistant) -> None:
    hub = await running(hass, DASHBOARD)
    assert (told(hub), kept(hub)) == (("EUR", None), [])
    assert complaints(hass) == [("price_not_in_dashboard", {})]
    await choose(hass, hub, FIXED)
    assert complaints(hass) == []


async def test_another_currency_of_home_assistant_is_another_price(hass: HomeAssistant) -> None:
    hub = await running(hass, FIXED)
    await hass.config.async_update(currency="SEK")
    await hass.async_block_till_done()
    assert told(hub) == ("SEK", 300_000)
    assert [price.currency for price in hub.ledger.tariffs.prices] == ["EUR", "SEK"]


@pytest.mark.parametrize(
    ("options", "tell", "post"),
    [
        (FIXED, True, False),
        (FIXED | {CONF_TELL_COSTS: False, CONF_POST_PRICE: True}, False, True),
        (ENTITY | {CONF_POST_PRICE: True}, True, False),
    ],
)
async def test_stations_hear_what_the_owner_wants_and_only_a_fixed_price_is_set_on_them(
    hass: HomeAssistant, options: dict[str, Any], tell: bool, post: bool
) -> None:
    await says(hass, "0.30")
    hub = await running(hass, options)
    assert (pricing(hub).tell, pricing(hub).post) == (tell, post)


async def test_the_cost_of_a_session_appears_with_the_first_price_and_follows_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hub = await running(hass, {"publish_interval": 0})
    station = hub.stations["cp1"]
    station.connected = True
    evse, begun = station.evse(1), dt_util.utcnow()
    await hass.async_block_till_done()
    assert hass.states.get("sensor.garage_session_cost") is None

    await choose(hass, hub, FIXED | {"publish_interval": 0})
    evse.transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", dt_util.utcnow(), 0.0))
    freezer.move_to(begun + timedelta(hours=1))
    station.ledger.read(evse.transaction, [Reading(Quantity.ENERGY_IMPORT, 2000, dt_util.utcnow())])
    station.changed(evse)
    await hass.async_block_till_done()
    shown = hass.states.get("sensor.garage_session_cost")
    assert shown is not None
    assert (shown.state, shown.attributes["unit_of_measurement"]) == ("0.6", "EUR")

    await choose(hass, hub, FIXED | {CONF_PRICE: 0.5, "publish_interval": 0})
    freezer.move_to(begun + timedelta(hours=2))
    station.ledger.read(evse.transaction, [Reading(Quantity.ENERGY_IMPORT, 3000, dt_util.utcnow())])
    station.changed(evse)
    await hass.async_block_till_done()
    shown = hass.states.get("sensor.garage_session_cost")
    assert shown is not None
    assert shown.state == "1.1"


async def flow(hass: HomeAssistant, entry: MockConfigEntry, answer: dict[str, Any]) -> dict[str, Any]:
    started = await hass.config_entries.options.async_init(entry.entry_id)
    menu = await hass.config_entries.options.async_configure(started["flow_id"], {"next_step_id": "costs"})
    assert menu["step_id"] == "costs"
    assert menu["description_placeholders"] == {"currency": "EUR"}
    return dict(await hass.config_entries.options.async_configure(started["flow_id"], answer))


@pytest.mark.parametrize(
    ("source", "field", "problem", "value"),
    [
        (PriceSource.FIXED, CONF_PRICE, "price_missing", 0.3),
        (PriceSource.ENTITY, CONF_PRICE_ENTITY, "price_entity_missing", "sensor.price"),
    ],
)
async def test_a_price_is_chosen_in_the_options_and_needs_what_it_is_read_from(
    hass: HomeAssistant, source: PriceSource, field: str, problem: str, value: object
) -> None:
    await says(hass, "0.30")
    hub = await running(hass, {"newcomers": "ignore", CONF_PRICE: 0.1})
    switches = {CONF_TELL_COSTS: True, CONF_POST_PRICE: False}
    result = await flow(hass, hub.entry, {CONF_PRICE_SOURCE: source, **switches})
    assert result["errors"] == {field: problem}
    chosen = {CONF_PRICE_SOURCE: source, field: value, **switches}
    result = dict(await hass.config_entries.options.async_configure(result["flow_id"], chosen))
    assert result["data"] == {"newcomers": "ignore", **chosen}
    await hass.async_block_till_done()
    assert told(hub) == ("EUR", 300_000)
