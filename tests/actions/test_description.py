"""Schema, services.yaml, translations and documentation tell the same of every action, field by field."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import SupportsResponse
from homeassistant.helpers.selector import selector, validate_selector
import pytest
import voluptuous as vol
import yaml

import custom_components.ocpp_home
from custom_components.ocpp_home.actions import ACTIONS, HOUSEHOLD
from custom_components.ocpp_home.actions.household import HouseholdAction
from custom_components.ocpp_home.actions.row import Action
from custom_components.ocpp_home.const import DOMAIN

FOLDER = Path(custom_components.ocpp_home.__file__).parent
FORMS: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text("utf-8"))
WORDS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text("utf-8"))["services"]
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text("utf-8"))["services"]
PAGE = (FOLDER.parent.parent / "docs" / "actions.md").read_text("utf-8")
CHAPTERS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
GROUPS = dict(re.findall(r"^## ([\w ]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]

EVERY: tuple[Action | HouseholdAction, ...] = (*ACTIONS, *HOUSEHOLD)
every_action = pytest.mark.parametrize("action", EVERY, ids=lambda action: action.name)


def form(action: Action | HouseholdAction) -> dict[str, Any]:
    return FORMS[action.name].get("fields") or {}


def default(marker: vol.Marker) -> object:
    """What a field is when it is left out; an empty list or object is nothing."""
    given = getattr(marker, "default", vol.UNDEFINED)
    value = given() if callable(given) else None
    return None if value in ([], {}) else value


def required(marker: vol.Marker) -> bool:
    """Whether a form has to show a field."""
    return isinstance(marker, vol.Required)


def choice(validator: Any) -> tuple[vol.In | None, bool]:
    """What a field can be chosen from, and whether it takes several."""
    if isinstance(validator, vol.In):
        return validator, False
    inner = [part[0] for part in getattr(validator, "validators", ()) if isinstance(part, list)]
    return next((part for part in inner if isinstance(part, vol.In)), None), True


def example(action: Action | HouseholdAction) -> dict[str, Any]:
    """Values for the fields of an action as the forms propose them."""
    proposed: dict[str, Any] = {}
    for name, row in form(action).items():
        value = row.get("example", row.get("default"))
        if isinstance(value, str) and value.startswith(("[", "{")):
            value = json.loads(value)
        if value is not None:
            proposed[name] = value
    return proposed


def test_every_action_is_described_everywhere_and_nothing_else_is() -> None:
    names = [action.name for action in EVERY]
    assert len(set(names)) == len(names)
    assert list(FORMS) == list(WORDS) == list(ICONS) == list(CHAPTERS) == names


def test_the_page_leads_to_every_action_from_its_group() -> None:
    for group, text in GROUPS.items():
        inside = re.findall(r"^### (\w+)$", text, re.MULTILINE)
        links = ", ".join(f"[`{name}`](#{name})" for name in inside)
        assert f"- [{group}](#{group.lower().replace(' ', '-')}): {links}\n" in PAGE
    assert len(GROUPS) == len(re.findall(r"^## ", PAGE, re.MULTILINE))


@every_action
def test_the_fields_are_the_same_everywhere(action: Action | HouseholdAction) -> None:
    fields = {str(marker) for marker in action.fields}
    rows = re.findall(r"^\| `(\w+)` \|", CHAPTERS[action.name], re.MULTILINE)
    assert set(form(action)) == fields
    assert set(WORDS[action.name].get("fields", {})) == fields
    assert sorted(rows) == sorted(fields)


@every_action
def test_a_form_demands_and_proposes_what_the_schema_does(action: Action | HouseholdAction) -> None:
    for marker in action.fields:
        row = form(action)[str(marker)]
        assert row.get("required", False) is required(marker), marker
        assert row.get("default") == default(marker), marker


@every_action
def test_a_form_shows_one_of_the_known_selectors_with_the_choices_of_the_schema(
    action: Action | HouseholdAction,
) -> None:
    for marker, validator in action.fields.items():
        shown = form(action)[str(marker)]["selector"]
        validate_selector(shown)
        choices, many = choice(validator)
        if choices is not None:
            assert tuple(selector(shown).config["options"]) == choices.container, marker
            assert bool(selector(shown).config["multiple"]) is many, marker


@every_action
def test_a_form_has_an_example_of_every_field(action: Action | HouseholdAction) -> None:
    for name, row in form(action).items():
        assert ("example" in row) is ("default" not in row), name


@every_action
def test_the_target_of_a_form_is_a_device_or_an_entity_of_ours(action: Action | HouseholdAction) -> None:
    ours = [{"integration": DOMAIN}]
    if isinstance(action, HouseholdAction) and not action.aimed:
        assert "target" not in FORMS[action.name]
        return
    target = selector({"target": FORMS[action.name]["target"]}).config
    assert target["device"] == ours
    assert target["entity"] == ours


@every_action
def test_what_a_form_proposes_is_taken(action: Action | HouseholdAction) -> None:
    proposed = example(action)
    for marker in action.fields:
        if str(marker) in proposed:
            vol.Schema({marker: action.fields[marker]})({str(marker): proposed[str(marker)]})


@every_action
def test_the_documentation_has_the_words_of_the_translation(action: Action | HouseholdAction) -> None:
    words, chapter = WORDS[action.name], CHAPTERS[action.name]
    mark = " *Administrators.*" if isinstance(action, HouseholdAction) or action.admin else ""
    assert chapter.startswith(f"\n{words['description']}{mark}\n")
    for marker in action.fields:
        need = "required" if required(marker) else "optional"
        if (value := default(marker)) is not None:
            need += f", {json.dumps(value)}"
        assert f"| `{marker}` | {need} | {words['fields'][str(marker)]['description']} |\n" in chapter


@every_action
def test_the_documentation_says_which_actions_respond(action: Action | HouseholdAction) -> None:
    assert ("\nResponse: " in CHAPTERS[action.name]) is (action.response is not SupportsResponse.NONE)


def test_every_action_has_an_example() -> None:
    assert [shown["action"] for shown in EXAMPLES] == [f"{DOMAIN}.{action.name}" for action in EVERY]


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda shown: shown["action"])
def test_an_example_of_the_documentation_is_a_call_of_an_action(shown: dict[str, Any]) -> None:
    domain, _, name = shown["action"].partition(".")
    assert domain == DOMAIN
    [action] = [action for action in EVERY if action.name == name]
    action.schema(shown.get("target", {}) | shown.get("data", {}))
    assert "response_variable" not in shown or action.response is not SupportsResponse.NONE
