"""Core integrations that are asked for prices by their actions, with the answers they give."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration

from custom_components.ocpp_home.site.market import MARKETS, Markets, Stall, stall_of

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
"""Of Berlin."""

type Answer = Callable[[dict[str, Any]], dict[str, Any]]


def action(hass: HomeAssistant, domain: str, answer: Answer) -> list[dict[str, Any]]:
    """An action that answers; gives what it was asked."""
    asked: list[dict[str, Any]] = []

    async def handle(call: ServiceCall) -> dict[str, Any]:
        asked.append(dict(call.data))
        return answer(dict(call.data))

    hass.services.async_register(domain, MARKETS[domain].action, handle, supports_response=SupportsResponse.ONLY)
    return asked


def entry(hass: HomeAssistant, domain: str, state: ConfigEntryState = ConfigEntryState.LOADED) -> str:
    """An entry of an integration that can be unloaded."""

    async def unload(*_: object) -> bool:
        return True

    mock_integration(hass, MockModule(domain, async_unload_entry=unload))
    made = MockConfigEntry(domain=domain, state=state)
    made.add_to_hass(hass)
    return made.entry_id


@pytest.fixture(autouse=True)
async def _berlin(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")


async def told(hass: HomeAssistant, stall: Stall) -> list[tuple[float, float]]:
    """Hours since midnight, and the price."""
    found = await Markets(hass).prices(stall, NOW)
    return [((one.begin - MIDNIGHT.timestamp()) / 3600, round(one.value, 6)) for one in found.steps]


async def test_nord_pool_tells_each_day_of_each_area_per_mwh(hass: HomeAssistant) -> None:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        if asked["date"] == "2026-11-26":
            return {"NL": [], "DE": []}
        row = {"start": "2026-11-24T23:00:00+00:00", "end": "2026-11-24T23:15:00+00:00"}
        return {"NL": [row | {"price": 999.0}], "DE": [row | {"price": 94.5}]}

    asked = action(hass, "nordpool", answer)
    assert await told(hass, Stall("nordpool", "abc", ("DE",))) == [(0, 0.0945)]
    assert asked == [{"config_entry": "abc", "date": day} for day in ("2026-11-25", "2026-11-26")]


async def test_tibber_tells_by_home(hass: HomeAssistant) -> None:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        begin = {"start_time": asked["start"]}
        return {"prices": {"Cabin": [begin | {"price": 9.0}], "Home": [begin | {"price": 0.31}]}}

    asked = action(hass, "tibber", answer)
    assert await told(hass, Stall("tibber", "abc", ("id", "Home"))) == [(0, 0.31), (24, 0.31)]
    assert await told(hass, Stall("tibber", "abc")) == [(0, 9.0), (24, 9.0)]
    assert asked[0] == {"start": "2026-11-25T00:00:00+01:00", "end": "2026-11-26T00:00:00+01:00"}


@pytest.mark.parametrize("domain", ["energyzero", "easyenergy"])
async def test_dutch_integrations_tell_by_moment_and_tomorrow_may_not_be_known(
    hass: HomeAssistant, domain: str
) -> None:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        if asked["start"] == "2026-11-26":
            raise ServiceValidationError("no data")
        return {"prices": [{"timestamp": f"2026-11-24 {hour}:00:00+00:00", "price": hour / 100} for hour in (22, 23)]}

    asked = action(hass, domain, answer)
    assert await told(hass, Stall(domain, "abc")) == [(-1, 0.22), (0, 0.23)]
    assert asked[0] == {"config_entry": "abc", "incl_vat": True, "start": "2026-11-25", "end": "2026-11-25"}


async def test_amber_tells_what_it_forecasts(hass: HomeAssistant) -> None:
    rows = [{"start_time": "2026-11-25T00:00:00+00:00", "end_time": "2026-11-25T00:30:00+00:00", "per_kwh": 0.28}]
    asked = action(hass, "amberelectric", lambda _: {"forecasts": rows})
    assert await told(hass, Stall("amberelectric", "abc")) == [(1, 0.28)]
    assert asked[0] == {"config_entry_id": "abc", "channel_type": "general"}


async def test_nobody_is_asked_twice_in_a_quarter_of_an_hour(hass: HomeAssistant) -> None:
    asked = action(hass, "amberelectric", lambda _: {"forecasts": []})
    markets, stall = Markets(hass), Stall("amberelectric", "abc")
    for minutes in (0, 14):
        await markets.prices(stall, NOW + timedelta(minutes=minutes))
    assert len(asked) == 2  # today and tomorrow
    await markets.prices(stall, NOW + timedelta(minutes=15))
    assert len(asked) == 4


@pytest.mark.parametrize("answer", [RuntimeError("x"), ServiceValidationError("x")])
async def test_who_fails_has_told_nothing_nor_has_who_is_not_there(hass: HomeAssistant, answer: Exception) -> None:
    def fail(_: dict[str, Any]) -> dict[str, Any]:
        raise answer

    assert await told(hass, Stall("tibber", "abc")) == []
    action(hass, "tibber", fail)
    assert await told(hass, Stall("tibber", "abc")) == []


async def test_the_entity_tells_whom_to_ask_and_which_list_is_meant(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    nordpool, tibber = entry(hass, "nordpool"), entry(hass, "tibber")
    price = registry.async_get_or_create(
        "sensor", "nordpool", "DE-current_price", config_entry=hass.config_entries.async_get_entry(nordpool)
    )
    home = registry.async_get_or_create(
        "sensor", "tibber", "home1", config_entry=hass.config_entries.async_get_entry(tibber)
    )
    hass.states.async_set(home.entity_id, "0.3", {"app_nickname": "Home"})
    assert stall_of(hass, price.entity_id) == Stall("nordpool", nordpool, ("DE",))
    assert stall_of(hass, home.entity_id) == Stall("tibber", tibber, ("home1", "Home"))


async def test_a_price_made_from_another_is_asked_for_where_only_one_can_tell(hass: HomeAssistant) -> None:
    assert stall_of(hass, "sensor.made") is None
    entry(hass, "tibber", ConfigEntryState.NOT_LOADED)
    nordpool = entry(hass, "nordpool")
    assert stall_of(hass, "sensor.made") == Stall("nordpool", nordpool)
    entry(hass, "energyzero")
    assert stall_of(hass, "sensor.made") is None
