"""Circuits with a fuse of their own, and the stations that hang behind them."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site.settings import Branch
from tests.household import hub_entry, set_up, station_data
from tests.platforms.station import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

LINES = {"grid_l1": "sensor.l1", "grid_l2": "sensor.l2", "grid_l3": "sensor.l3"}


async def begin(hass: HomeAssistant, hub: Hub, kind: str = "circuit", subentry_id: str | None = None) -> Any:
    context = SubentryFlowContext(source=SOURCE_USER)
    if subentry_id is not None:
        context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)
    return await hass.config_entries.subentries.async_init((hub.entry.entry_id, kind), context=context)


async def answer(hass: HomeAssistant, result: Any, **told: Any) -> Any:
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], told)
    await hass.async_block_till_done()
    return result


async def add(hass: HomeAssistant, hub: Hub, kind: str = "circuit", **told: Any) -> str:
    assert (await answer(hass, await begin(hass, hub, kind), **told))["type"] is FlowResultType.CREATE_ENTRY
    return next(key for key, one in hub.entry.subentries.items() if one.title == told["name"])


def fields(result: Any) -> set[str]:
    return {str(field) for field in result["data_schema"].schema}


def branches(hub: Hub) -> tuple[Branch, ...]:
    return () if hub.site.settings is None else hub.site.settings.branches


async def test_circuits_are_a_tree_that_can_be_changed(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry())
    assert "parent" not in fields(await begin(hass, hub))
    garage = await add(hass, hub, name="Garage", rating=20)
    wall = await add(hass, hub, name="Wall", rating=16, parent=garage)
    assert branches(hub) == (Branch(garage, 20), Branch(wall, 16, garage))

    result = await begin(hass, hub, subentry_id=garage)
    assert "parent" not in fields(result), "a circuit is not fed by one that it feeds"
    result = await answer(hass, result, name="Garage", rating=25, grid_l1="sensor.l1")
    assert result["errors"] == {"grid_l1": "lines_missing"}
    result = await answer(hass, result, name="Old garage", rating=25, **LINES)
    assert result["reason"] == "reconfigure_successful"
    assert branches(hub)[0] == Branch(garage, 25, lines=("sensor.l1", "sensor.l2", "sensor.l3"))
    assert hub.entry.subentries[garage].title == "Old garage"

    hass.config_entries.async_remove_subentry(hub.entry, garage)
    await hass.async_block_till_done()
    assert branches(hub) == (Branch(wall, 16, garage),)


async def test_sensors_are_told_for_each_phase_or_for_none(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry())
    result = await answer(hass, await begin(hass, hub), name="Garage", rating=20, grid_l2="sensor.l2")
    assert result["errors"] == {"grid_l1": "lines_missing"}
    assert (await answer(hass, result, name="Garage", rating=20))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_station_is_limited_by_the_circuit_it_hangs_behind(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP1", maximum=32)))
    station = hub.stations["cp1"]
    obliging = connect(station)
    station.evse(1).status = Status.PREPARING
    station.changed(station.evse(1))
    result = await answer(hass, await begin(hass, hub, "station", hub.subentry_id(station)), next_step_id="settings")
    assert "circuit" not in fields(result)
    garage = await add(hass, hub, name="Garage", rating=20)
    assert obliging.asked == [("set_limit", 1, 32)]

    result = await answer(hass, await begin(hass, hub, "station", hub.subentry_id(station)), next_step_id="settings")
    assert "circuit" in fields(result)
    settings = {
        "name": "CP1",
        "maximum": 32,
        "phases": "3",
        "rotation": "l2",
        "safe_limit": 0,
        "admittance": "household",
        "sample_interval": 30,
        "expert": {"token": "HomeAssistant", "configure": True, "pings": True, "compression": True},
    }
    assert (await answer(hass, result, **settings, circuit=garage))["reason"] == "reconfigure_successful"
    assert obliging.asked[-1] == ("set_limit", 1, 19)
    assert station.evse(1).limits.source == "fuse"
    result = await answer(hass, await begin(hass, hub, "station", hub.subentry_id(station)), next_step_id="settings")
    await answer(hass, result, **settings)
    assert obliging.asked[-1] == ("set_limit", 1, 32), "left empty it hangs behind the main fuse again"
