"""The blueprints are valid and become valid automations."""

from datetime import timedelta
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.components.blueprint import BLUEPRINT_SCHEMA, Blueprint, BlueprintInputs
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from custom_components.ocpp_home.event import EVSE, STATION

FOLDER = Path(__file__).parents[1] / "blueprints" / "automation" / "ocpp_home"
INPUTS: dict[str, dict[str, Any]] = {
    "limit_to_surplus": {
        "grid_power": "sensor.grid",
        "charging_power": "sensor.garage_power",
        "current_limit": "number.garage_limit",
        "phases": "3",
        "maximum": 16,
    },
    "tell_about_faults": {"fault": "event.garage_fault", "notify": "notify.phone"},
    "tell_when_charged": {"session": "event.garage_session", "notify": "notify.phone"},
}


def automation(name: str) -> dict[str, Any]:
    data = load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    blueprint = Blueprint(data, path=f"ocpp_home/{name}.yaml", expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA)
    assert blueprint.validate() is None
    inputs = BlueprintInputs(blueprint, {"use_blueprint": {"path": f"ocpp_home/{name}.yaml", "input": INPUTS[name]}})
    inputs.validate()
    return {"alias": name, **inputs.async_substitute()}


async def run(hass: HomeAssistant, name: str) -> None:
    config = automation(name)
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
    await hass.async_block_till_done()
    assert hass.states.get(f"automation.{name}") is not None
    assert await async_validate_config_item(hass, name, config) is not None


@pytest.mark.parametrize("name", ["tell_about_faults", "tell_when_charged"])
def test_a_blueprint_waits_for_a_type_that_an_event_has(name: str) -> None:
    (condition,) = automation(name)["conditions"]
    types = {kind for row in (*STATION, *EVSE) for kind in row.event_types or ()}
    assert re.findall(r"event_type == '(\w+)'", str(condition))[0] in types


def test_every_blueprint_is_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(INPUTS)


@pytest.mark.parametrize(
    ("grid", "power", "limit"),
    [("-2300", "4600", 10), ("3000", "4600", 6), ("-20000", "4600", 16), ("-2.3", "4600", 6)],
)
async def test_the_limit_follows_the_surplus(hass: HomeAssistant, grid: str, power: str, limit: int) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("sensor.grid", grid, {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.garage_power", power, {"unit_of_measurement": "W"})
    await run(hass, "limit_to_surplus")
    await half_a_minute(hass)
    assert [(call.data["entity_id"], call.data["value"]) for call in calls] == [(["number.garage_limit"], limit)]


async def test_the_limit_stays_where_a_meter_is_away(hass: HomeAssistant) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("sensor.grid", "unavailable")
    hass.states.async_set("sensor.garage_power", "4600")
    await run(hass, "limit_to_surplus")
    await half_a_minute(hass)
    assert calls == []


@pytest.mark.parametrize(
    ("name", "entity", "attributes", "message"),
    [
        (
            "tell_about_faults",
            "event.garage_fault",
            {"event_type": "fault", "code": "GroundFailure", "info": "wet", "vendor_code": None},
            "GroundFailure, wet",
        ),
        (
            "tell_when_charged",
            "event.garage_session",
            {"event_type": "ended", "energy": 12340.0, "token": "CARD"},
            "12.3 kWh, CARD",
        ),
    ],
)
async def test_what_happened_is_told_once(
    hass: HomeAssistant, name: str, entity: str, attributes: dict[str, Any], message: str
) -> None:
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set(entity, "2026-11-24T12:00:00+00:00", {"event_type": "boot"})
    await run(hass, name)
    hass.states.async_set(entity, "2026-11-24T12:01:00+00:00", attributes)
    await hass.async_block_till_done()
    hass.states.async_set(entity, "unavailable")
    await hass.async_block_till_done()
    assert [call.data["message"] for call in calls] == [message]


async def half_a_minute(hass: HomeAssistant) -> None:
    """Let the automation run once, then put it away."""
    moment = dt_util.utcnow().replace(microsecond=0)
    async_fire_time_changed(hass, moment + timedelta(seconds=60 - moment.second), fire_all=True)
    await hass.async_block_till_done()
    await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)
