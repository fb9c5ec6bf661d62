"""Automations that are made from the blueprints, with the entities of a station that is called Garage."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.components.blueprint import BLUEPRINT_SCHEMA, Blueprint, BlueprintInputs
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest

type Run = Callable[..., Awaitable[None]]

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / "automation" / "ocpp_home"
INPUTS: dict[str, dict[str, Any]] = {
    "charge_below_a_price": {"price": "sensor.price", "highest": 0.2, "pause": "switch.garage_pause"},
    "leave_sun_to_an_appliance": {
        "appliance": "input_boolean.heat_pump",
        "power": "sensor.heat_pump",
        "reserve": "number.ocpp_home_reserve_of_the_surplus",
    },
    "limit_to_surplus": {
        "grid_power": "sensor.grid",
        "charging_power": "sensor.garage_power",
        "current_limit": "number.garage_limit",
        "pause": "switch.garage_pause",
    },
    "plan_from_calendar": {
        "calendar": "calendar.family",
        "word": "drive",
        "departure": "sensor.garage_next_departure",
        "plugged": "binary_sensor.garage_plugged_in",
    },
    "tell_about_faults": {"fault": "event.garage_fault", "notify": "notify.phone"},
    "tell_about_refused_cards": {"card": "event.garage_card", "notify": "notify.phone"},
    "tell_when_charged": {"session": "event.garage_session", "notify": "notify.phone"},
    "tell_when_not_led": {
        "connection": "binary_sensor.garage_connection",
        "limited_by": "sensor.garage_limited_by",
        "notify": "notify.phone",
        "patience": 0,
    },
    "tell_when_not_ready": {
        "ready": "binary_sensor.garage_ready_in_time",
        "plan": "sensor.garage_next_charging",
        "notify": "notify.phone",
        "patience": 0,
    },
}


def automation(name: str, **more: Any) -> dict[str, Any]:
    data = load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    blueprint = Blueprint(data, path=f"ocpp_home/{name}.yaml", expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA)
    assert blueprint.validate() is None
    told = {"path": f"ocpp_home/{name}.yaml", "input": INPUTS[name] | more}
    inputs = BlueprintInputs(blueprint, {"use_blueprint": told})
    inputs.validate()
    return {"alias": name, **inputs.async_substitute()}


@pytest.fixture
async def runs(hass: HomeAssistant) -> AsyncGenerator[Run]:
    """Runs the automation that is made from a blueprint, and puts it away in the end."""

    async def run(name: str, **more: Any) -> None:
        config = automation(name, **more)
        assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
        await hass.async_block_till_done()
        assert hass.states.get(f"automation.{name}") is not None
        assert await async_validate_config_item(hass, name, config) is not None

    yield run
    await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)


async def look(hass: HomeAssistant, name: str) -> None:
    """Let the automation look, as it does from time to time."""
    await hass.services.async_call(
        AUTOMATION, "trigger", {"entity_id": f"automation.{name}", "skip_condition": False}, blocking=True
    )
    await hass.async_block_till_done()
