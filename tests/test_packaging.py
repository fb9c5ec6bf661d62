"""The integration is packed as hassfest and HACS want it, and each check is able to fail."""

from collections.abc import Iterable
import importlib
from importlib.metadata import version
import json
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.setup import async_setup_component
from packaging.requirements import Requirement
from PIL import Image
import pytest

from .house import INTEGRATION, PACKAGE, ROOT, Source
from .packaging import (
    CHECKS,
    Check,
    Package,
    Row,
    actions_are_described,
    dependencies_are_named,
    entities_have_icons,
    entities_have_words,
    flows_have_words,
    hacs_is_valid,
    keys_have_words,
    load,
    manifest_is_valid,
    requirements_are_valid,
    translations_agree,
    words_are_plain,
    words_have_keys,
)

OURS = load(INTEGRATION)


def descriptions(value: object) -> Iterable[EntityDescription]:
    """The rows that a module's global holds."""
    if isinstance(value, EntityDescription):
        yield value
    elif isinstance(value, dict):
        yield from descriptions(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from descriptions(item)


def rows() -> list[Row]:
    """Every entity description of the platform files."""
    found: dict[tuple[str, str], Row] = {}
    for platform in Platform:
        if f"{platform}.py" not in OURS.files:
            continue
        module = importlib.import_module(f"{PACKAGE}.{platform}")
        for value in vars(module).values():
            for row in descriptions(value):
                classed = row.device_class is not None and row.device_class != "enum"
                states = getattr(row, "options", None) or getattr(row, "event_types", None)
                key = row.translation_key or row.key
                found[platform, key] = Row(
                    platform=platform,
                    key=key,
                    named=classed or row.name is not UNDEFINED,
                    pictured=classed or row.icon is not None,
                    states=frozenset(states) if states else None,
                )
    return list(found.values())


# --- the integration --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_integration_is_packed_well(check: Check) -> None:
    found = list(check(OURS))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("check", [entities_have_words, entities_have_icons], ids=lambda check: check.__name__)
def test_every_entity_is_described(check: Any) -> None:
    found = list(check(OURS, rows()))
    assert not found, "\n".join(found)


def test_other_languages_agree_with_english() -> None:
    folder = INTEGRATION / "translations"
    others = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json") if path.stem != "en"}
    found = list(translations_agree(OURS.words, others))
    assert not found, "\n".join(found)


def test_hacs_json_is_what_hacs_accepts() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text("utf-8"))
    assert list(hacs_is_valid(hacs)) == []
    assert hacs["homeassistant"] == "2026.10.0"


@pytest.mark.parametrize("line", OURS.manifest["requirements"])
def test_the_installed_version_satisfies_the_manifest(line: str) -> None:
    requirement = Requirement(line)
    assert version(requirement.name) in requirement.specifier


def test_the_versions_agree() -> None:
    assert f'version = "{OURS.manifest["version"]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"## {OURS.manifest['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


async def test_every_registered_action_is_described(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, OURS.domain, {})
    assert set(hass.services.async_services_for_domain(OURS.domain)) == set(OURS.actions)


# --- the brand --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shortest"),
    [
        ("icon.png", 256),
        ("icon@2x.png", 512),
        ("dark_icon.png", 256),
        ("dark_icon@2x.png", 512),
        ("logo.png", 256),
        ("logo@2x.png", 512),
        ("dark_logo.png", 256),
        ("dark_logo@2x.png", 512),
    ],
)
def test_a_brand_picture_is_transparent_trimmed_and_of_the_right_size(name: str, shortest: int) -> None:
    with Image.open(INTEGRATION / "brand" / name) as picture:
        assert (picture.format, picture.mode, min(picture.size)) == ("PNG", "RGBA", shortest)
        assert ("icon" in name) == (picture.width == picture.height)
        alpha = picture.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getbbox() == (0, 0, *alpha.size)


# --- each check can fail ----------------------------------------------------------------------------------------------
MANIFEST = OURS.manifest


def package(code: str = "", file: str = "a.py", **parts: Any) -> Package:
    return Package(domain="ocpp_home", sources=(Source(file, code),), **parts)


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "ocpp"},
        {"zzz": 1},
        {"iot_class": "local"},
        {"integration_type": "thing"},
        {"version": "one"},
        {"version": ""},
        {"documentation": "http://example.com"},
        {"documentation": "https://www.home-assistant.io/integrations/ocpp_home"},
        {"codeowners": ["me"]},
    ],
)
def test_a_bad_value_of_the_manifest_is_found(change: dict[str, Any]) -> None:
    assert len(list(manifest_is_valid(package(manifest=MANIFEST | change)))) == 1


def test_a_missing_key_and_a_wrong_order_of_the_manifest_are_found() -> None:
    assert list(manifest_is_valid(package(manifest={k: v for k, v in MANIFEST.items() if k != "version"}))) == [
        "version is missing",
        "version is not a semantic version",
    ]
    (complaint,) = manifest_is_valid(package(manifest=dict(reversed(MANIFEST.items()))))
    assert "not sorted" in complaint


@pytest.mark.parametrize("line", ["ocpp", "ocpp >=2", "ocpp=2", "=="])
def test_a_bad_requirement_is_found(line: str) -> None:
    assert len(list(requirements_are_valid(package(manifest={"requirements": [line]})))) == 1


def test_an_unnamed_dependency_is_found() -> None:
    code = "from homeassistant.components.recorder import get_instance\nfrom homeassistant.components import sensor"
    assert list(dependencies_are_named(package(code))) == ["a.py:1 imports recorder, which the manifest does not name"]
    assert list(dependencies_are_named(package(code, manifest={"after_dependencies": ["recorder"]}))) == []


@pytest.mark.parametrize(
    "hacs",
    [
        {"name": "A", "render_readme": True},
        {},
        {"name": "A", "zip_release": True},
        {"name": "A", "homeassistant": "soon"},
    ],
)
def test_a_bad_hacs_json_is_found(hacs: dict[str, Any]) -> None:
    assert len(list(hacs_is_valid(hacs))) == 1


@pytest.mark.parametrize(
    "words",
    [
        {"speech": {"a": "A"}},
        {"title": ""},
        {"title": "a <b>bold</b> word"},
        {"title": "[%key:common::state::on%]"},
        {"title": " space"},
    ],
)
def test_a_bad_text_is_found(words: dict[str, Any]) -> None:
    assert len(list(words_are_plain(package(words=words)))) == 1


def test_strings_json_is_found() -> None:
    assert len(list(words_are_plain(package(files=frozenset({"strings.json"}))))) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise E(translation_domain=DOMAIN, translation_key='gone')", {"exceptions": {"other": {"message": "A"}}}),
        ("raise E(translation_domain='ocpp_home', translation_key='gone')", {}),
        ("ir.async_create_issue(hass, translation_key='gone')", {"exceptions": {"gone": {"message": "A"}}}),
        ("ChildDeviceInfo(translation_key='gone')", {}),
        ("SelectSelectorConfig(translation_key='gone')", {}),
        ("raise E(translation_domain=DOMAIN, translation_key='a')", {"exceptions": {"a": {"message": "{name}"}}}),
        (
            "raise E(translation_domain=DOMAIN, translation_key='a', translation_placeholders={'id': 1})",
            {"exceptions": {"a": {"message": "{id} {name}"}}},
        ),
    ],
)
def test_a_key_without_words_is_found(code: str, words: dict[str, Any]) -> None:
    assert len(list(keys_have_words(package(code, words=words)))) == 1


def test_a_key_with_all_its_words_is_fine() -> None:
    code = """
raise E(translation_domain=DOMAIN, translation_key="a", translation_placeholders={"name": 1, "more": 2})
raise E(translation_domain=DOMAIN, translation_key="a", translation_placeholders={**those})
raise E(translation_domain="homeassistant", translation_key="theirs")
Description(translation_key="power")
"""
    assert list(keys_have_words(package(code, words={"exceptions": {"a": {"message": "{name}"}}}))) == []


@pytest.mark.parametrize(
    "words",
    [
        {"exceptions": {"gone": {"message": "A"}}},
        {"issues": {"gone": {"title": "A"}}},
        {"selector": {"gone": {"options": {"a": "A"}}}},
        {"services": {"gone": {}}},
        {"config": {"error": {"gone": "A"}}},
        {"options": {"abort": {"gone": "A"}}},
        {"config_subentries": {"station": {"step": {"gone": {"title": "A"}}}}},
    ],
)
def test_words_that_nothing_uses_are_found(words: dict[str, Any]) -> None:
    code = "used = 'other', f'state_{x}'\ndef async_step_user(): ..."
    assert len(list(words_have_keys(package(code, words=words)))) == 1


def test_words_that_something_uses_are_fine() -> None:
    code = "used = 'other', f'state_{x}'\nself._abort_if_unique_id_configured()\ndef async_step_user(): ..."
    flow = {"step": {"user": {}}, "error": {"other": "A"}, "abort": {"already_configured": "A"}}
    words = {"issues": {"state_bad": {}}, "config": flow, "selector": {"kind": {"options": {}}}}
    actions = {"other": {"fields": {"a": {"selector": {"select": {"translation_key": "kind"}}}}}}
    assert list(words_have_keys(package(code, words=words, actions=actions))) == []


@pytest.mark.parametrize(
    "code",
    [
        "self.async_show_form(step_id='gone')",
        "self.async_show_menu(step_id='gone')",
        "self.async_show_progress(step_id='user', progress_action='gone')",
        "self.async_abort(reason='gone')",
        "self._abort_if_unique_id_configured()",
        "errors['base'] = 'gone'",
        "errors = {'base': 'gone'}",
        "self.async_show_form(step_id='user', errors={'base': 'gone'})",
    ],
)
def test_a_flow_without_words_is_found(code: str) -> None:
    assert len(list(flows_have_words(package(code, words={"config": {"step": {"user": {}}}})))) == 1


def test_a_field_of_a_flow_without_explanation_is_found() -> None:
    step = {"data": {"port": "Port"}, "data_description": {"host": "Where"}}
    (complaint,) = flows_have_words(package(words={"config": {"step": {"user": step}}}))
    assert complaint.endswith("host, port")
    section = {"sections": {"expert": {"data": {"port": "Port"}}}}
    assert len(list(flows_have_words(package(words={"options": {"step": {"init": section}}})))) == 1


def test_a_language_that_disagrees_is_found() -> None:
    english = {"exceptions": {"a": {"message": "{name}"}}}
    assert list(translations_agree(english, {"de": {"exceptions": {"a": {"message": "Hier {name}"}}}})) == []
    assert len(list(translations_agree(english, {"de": {"exceptions": {"a": {"message": "Hier {Name}"}}}}))) == 1
    assert len(list(translations_agree(english, {"de": {"exceptions": {"b": {"message": "Hier"}}}}))) == 1


WORDS = {"name": "Start", "description": "Starts.", "fields": {"token": {"name": "Token", "description": "Whose."}}}
ACTION = {"fields": {"expert": {"fields": {"token": {"selector": {"text": None}}}}}}
ICON = {"service": "mdi:play"}


@pytest.mark.parametrize(
    ("action", "words", "icon"),
    [
        (None, WORDS, ICON),
        (ACTION, None, ICON),
        (ACTION, WORDS, None),
        (ACTION, {**WORDS, "fields": {}}, ICON),
        ({"fields": {}}, WORDS, ICON),
        (ACTION, {"name": "Start", "fields": WORDS["fields"]}, ICON),
        (ACTION, {**WORDS, "fields": {"token": {"name": "Token"}}}, ICON),
        ({"fields": {"token": {}}}, WORDS, ICON),
        ({"fields": {"token": {"selector": {"select": {"options": ["a"], "translation_key": "b"}}}}}, WORDS, ICON),
    ],
)
def test_an_action_that_is_described_badly_is_found(action: Any, words: Any, icon: Any) -> None:
    told = package(
        actions={"start": action} if action else {},
        words={"services": {"start": words}} if words else {},
        icons={"services": {"start": icon}} if icon else {},
    )
    assert list(actions_are_described(told)) != []


def test_an_action_that_is_described_well_is_fine() -> None:
    told = package(actions={"start": ACTION}, words={"services": {"start": WORDS}}, icons={"services": {"start": ICON}})
    assert list(actions_are_described(told)) == []


STATUS = Row("sensor", "status", states=frozenset({"available", "charging"}))


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"sensor": {"status": {"name": "Status", "state": {"available": "Available"}}}},
        {"sensor": {"status": {"name": "Status"}}},
        {"sensor": {"status": {"name": "Status", "state": {"available": "A", "charging": "C"}}, "gone": {"name": "G"}}},
    ],
)
def test_an_entity_without_words_is_found(words: dict[str, Any]) -> None:
    assert list(entities_have_words(package(words={"entity": words}), [STATUS])) != []


def test_an_entity_with_its_words_is_fine() -> None:
    words = {
        "sensor": {"status": {"name": "Status", "state": {"available": "A", "charging": "C"}}},
        "event": {"card": {"name": "Card", "state_attributes": {"event_type": {"state": {"shown": "Shown"}}}}},
    }
    described = [STATUS, Row("event", "card", states=frozenset({"shown"})), Row("sensor", "power", named=True)]
    assert list(entities_have_words(package(words={"entity": words}), described)) == []


def test_icons_that_are_missing_left_over_or_no_icons_are_found() -> None:
    words = {"entity": {"sensor": {"status": {"name": "Status"}}}}
    assert list(entities_have_icons(package(words=words), [STATUS])) == ["sensor.status has no icon"]
    icons = {"entity": {"sensor": {"status": {"default": "mdi:ev-station"}}}}
    assert list(entities_have_icons(package(words=words, icons=icons), [STATUS])) == []
    assert len(list(entities_have_icons(package(icons=icons), [STATUS]))) == 1
    wrong = {"entity": {"sensor": {"status": {"default": "ev-station"}}}}
    assert len(list(entities_have_icons(package(words=words, icons=wrong), [STATUS]))) == 1
