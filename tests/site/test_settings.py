"""What the owner tells of the house, with what the Energy dashboard knows already."""

from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.site.settings import SiteSettings
from custom_components.ocpp_home.site.suggestions import suggested
from tests.household import hub_entry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

LINES = {"grid_l1": "sensor.l1", "grid_l2": "sensor.l2", "grid_l3": "sensor.l3"}
HOUSE: dict[str, Any] = {
    "fuse": 25,
    "fuse_phases": "3",
    "grid_power": "sensor.grid",
    "grid_inverted": True,
    **LINES,
    "solar_power": "sensor.sun",
    "feed_in": 0.07,
    "battery": {
        "battery_power": "sensor.battery",
        "battery_level": "sensor.level",
        "battery_first": 40,
        "battery_buffer": 80,
        "battery_discharge": 5000,
        "battery_hold": "switch.hold",
    },
    "limits": {"peak": 4.5, "peak_rises": False, "asymmetry": 20},
    "operator": {"dimming": "input_boolean.dimming", "dimming_switch": True, "dimmed_power": 8400},
    "safety": {"margin": 1, "fallback": 8, "meter_patience": 20},
}


async def form(hass: HomeAssistant, hub: Hub) -> ConfigFlowResult:
    result = await hass.config_entries.options.async_init(hub.entry.entry_id)
    return await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "site"})


async def fill(hass: HomeAssistant, hub: Hub, told: dict[str, Any]) -> ConfigFlowResult:
    result = await form(hass, hub)
    result = await hass.config_entries.options.async_configure(result["flow_id"], told)
    await hass.async_block_till_done()
    return result


def shown(result: ConfigFlowResult) -> dict[str, Any]:
    """What a form suggests, section by section."""

    def values(schema: Any) -> dict[str, Any]:
        found = {}
        for field, selector in schema.items():
            inner = getattr(selector, "schema", None)
            if hasattr(inner, "schema"):
                found[str(field)] = values(inner.schema)
            elif field.description and "suggested_value" in field.description:
                found[str(field)] = field.description["suggested_value"]
        return found

    assert result["data_schema"] is not None
    return values(result["data_schema"].schema)


async def test_what_is_told_of_the_house_is_kept_beside_other_preferences(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(options={"publish_interval": 7}))
    assert SiteSettings.of(hub.entry.options) is None
    assert (await fill(hass, hub, HOUSE))["type"] is FlowResultType.CREATE_ENTRY
    assert SiteSettings.of(hub.entry.options) == SiteSettings(
        fuse=25,
        margin=1,
        fallback=8,
        patience=20,
        grid="sensor.grid",
        grid_inverted=True,
        lines=("sensor.l1", "sensor.l2", "sensor.l3"),
        solar="sensor.sun",
        feed_in=0.07,
        battery="sensor.battery",
        battery_level="sensor.level",
        battery_first=40,
        dimming="input_boolean.dimming",
        dimmed_power=8400,
        dimming_switch=True,
        battery_buffer=80,
        battery_discharge=5000,
        battery_hold="switch.hold",
        peak=4500,
        peak_rises=False,
        asymmetry=20,
    )
    assert hub.options.publish_interval == 7
    again = shown(await form(hass, hub))
    assert (again["fuse"], again["grid_l3"], again["safety"]["margin"]) == (25, "sensor.l3", 1)
    assert again["battery"]["battery_first"] == 40


async def test_where_everything_is_taken_away_there_is_no_site(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(options={"fuse": 25, "grid_power": "sensor.grid", "publish_interval": 7}))
    assert SiteSettings.of(hub.entry.options) == SiteSettings(fuse=25, grid="sensor.grid")
    await fill(hass, hub, {"battery": {}, "limits": {}, "operator": {}, "safety": {}})
    assert SiteSettings.of(hub.entry.options) is None
    assert hub.options.publish_interval == 7


@pytest.mark.parametrize(
    ("told", "errors"),
    [
        ({"fuse": 25}, {"fuse": "meter_missing"}),
        ({"fuse": 25, "grid_l1": "sensor.l1", "grid_l2": "sensor.l2"}, {"grid_l1": "lines_missing"}),
        ({"fuse": 25, "fuse_phases": "1", "grid_l2": "sensor.l2"}, {"grid_l1": "lines_missing"}),
    ],
)
async def test_a_fuse_needs_a_meter_and_phases_are_told_all_or_none(
    hass: HomeAssistant, told: dict[str, Any], errors: dict[str, str]
) -> None:
    hub = await set_up(hass, hub_entry())
    sections: dict[str, Any] = {"battery": {}, "limits": {}, "operator": {}, "safety": {}}
    result = await fill(hass, hub, told | sections)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert shown(result)["fuse" if "fuse" in told else "grid_l1"] == 25
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], told | LINES | {"fuse_phases": "3"} | sections
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("recorder_mock")
async def test_the_energy_dashboard_knows_the_meters_already(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    manager.data = {
        "energy_sources": [
            {"type": "grid", "stat_rate": "sensor.grid", "number_energy_price_export": 0.06},  # type: ignore[list-item,typeddict-item] - as much as matters
            {"type": "solar", "stat_rate": "sensor.roof"},
            {"type": "battery", "stat_rate": "sensor.pack", "stat_soc": "sensor.soc"},
        ],
        "device_consumption": [],
    }
    hub = await set_up(hass, hub_entry())
    offered = shown(await form(hass, hub))
    assert offered["grid_power"] == "sensor.grid"
    assert (offered["grid_inverted"], offered["feed_in"], offered["solar_power"]) == (False, 0.06, "sensor.roof")
    assert offered["battery"] == {
        "battery_power": "sensor.pack",
        "battery_inverted": False,
        "battery_level": "sensor.soc",
    }
    await fill(hass, hub, {"grid_power": "sensor.other", "battery": {}, "limits": {}, "operator": {}, "safety": {}})
    assert "solar_power" not in shown(await form(hass, hub)), "what was left out is not offered again"


def test_the_first_source_that_tells_its_power_is_suggested_with_its_sign() -> None:
    grids = [
        {"type": "grid", "stat_energy_from": "sensor.kwh"},
        {"type": "grid", "stat_rate": "energy:external"},
        {"type": "grid", "stat_rate": "sensor.made", "power_config": {"stat_rate_inverted": "sensor.own"}},
        {"type": "grid", "stat_rate": "sensor.second"},
        {"type": "gas", "stat_rate": "sensor.gas"},
    ]
    assert suggested({"energy_sources": grids}) == {"grid_power": "sensor.own", "grid_inverted": True}
    assert suggested(None) == {}


@pytest.mark.parametrize(
    ("told", "errors"),
    [
        ({"limits": {"peak": 4}}, {"grid_power": "peak_unmeasured"}),
        ({"battery": {"battery_power": "sensor.battery", "battery_buffer": 80}}, {"base": "battery_unknown"}),
        ({"battery": {"battery_hold": "switch.hold"}}, {"base": "battery_unknown"}),
    ],
)
async def test_what_needs_a_meter_or_a_battery_is_not_kept_without(
    hass: HomeAssistant, told: dict[str, Any], errors: dict[str, str]
) -> None:
    hub = await set_up(hass, hub_entry())
    sections: dict[str, Any] = {"battery": {}, "limits": {}, "operator": {}, "safety": {}}
    result = await fill(hass, hub, sections | told)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    result = await hass.config_entries.options.async_configure(result["flow_id"], sections)
    assert result["type"] is FlowResultType.CREATE_ENTRY
