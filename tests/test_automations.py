"""The blueprints and the examples of the manual are valid, and fit a station that is called Garage."""

import re

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest

from custom_components.ocpp_home.event import EVSE, STATION
from tests.blueprints import FOLDER, INPUTS, ROOT, automation
from tests.site import test_departures
from tests.site.test_controller import FUSE, Home

pytestmark = pytest.mark.usefixtures("socket_enabled")

MANUAL = (ROOT / "docs" / "automations.md").read_text()
home = test_departures.home


@pytest.mark.parametrize("name", ["tell_about_faults", "tell_about_refused_cards", "tell_when_charged"])
def test_a_blueprint_waits_for_types_that_an_event_has(name: str) -> None:
    (condition,) = automation(name)["conditions"]
    types = {kind for row in (*STATION, *EVSE) for kind in row.event_types or ()}
    asked = set(re.findall(r"'(\w+)'", str(condition)))
    assert asked
    assert asked <= types


def test_every_blueprint_is_tested_and_listed() -> None:
    names = {path.stem for path in FOLDER.glob("*.yaml")}
    assert names == set(INPUTS)
    assert names == set(re.findall(r"ocpp_home/(\w+)\.yaml\)", MANUAL))


async def test_the_entities_of_the_tests_and_of_the_manual_are_those_of_a_station(home: Home) -> None:
    """What a reader copies works with a station that is called Garage."""
    known = {entry.entity_id for entry in er.async_get(home.hass).entities.values()}
    told = [str(each) for inputs in INPUTS.values() for each in inputs.values()]
    told.append(MANUAL)
    named = {name for text in told for name in re.findall(r"\b[a-z_]+\.(?:garage|ocpp_home)_\w+", text)}
    named = {name for name in named if not name.startswith(("calendar.", "ocpp_home."))}
    assert len(named) > 10
    assert named <= known


async def test_what_a_blueprint_needs_of_a_station_can_be_picked(home: Home) -> None:
    """The filters of its inputs let the entities through that the tests give to it."""
    registry, picked = er.async_get(home.hass), 0
    for name, given in INPUTS.items():
        inputs = load_yaml_dict(str(FOLDER / f"{name}.yaml"))["blueprint"]["input"]
        for key, entity in given.items():
            wanted = (inputs[key]["selector"].get("entity") or {}).get("filter", {})
            if wanted.get("integration") != "ocpp_home":
                continue
            entry = registry.async_get(entity)
            assert entry is not None
            kind = entry.device_class or entry.original_device_class
            assert (entry.domain, entry.platform) == (wanted["domain"], "ocpp_home")
            assert wanted.get("device_class", kind) == kind, f"{name}: {key}"
            picked += 1
    assert picked > 10


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL))
async def test_an_example_of_the_manual_is_a_valid_automation(hass: HomeAssistant, example: str) -> None:
    config = parse_yaml(example)
    assert isinstance(config, dict)
    assert await async_setup_component(hass, AUTOMATION, {})
    whole = {"alias": "example", "triggers": [], **config}
    assert (await async_validate_config_item(hass, "example", whole)) is not None


async def test_by_hand_the_owner_leads_and_the_main_fuse_is_kept(home: Home) -> None:
    home.lines(1, 1, 1)
    home.prefer(test_departures.OPTIONS | FUSE)
    await home.hass.async_block_till_done()
    assert test_departures.state(home, "select", "mode") == "manual"
    await test_departures.put(home, "limit", 12)
    home.grid(9000)
    await test_departures.put(home, "charge_limit", 30)
    await home.follows(12)
    home.lines(1, 15, 1)
    await home.follows(9)
    home.lines(1, 1, 1)
    await home.follows(12)
