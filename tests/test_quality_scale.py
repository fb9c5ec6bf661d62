"""quality_scale.yaml tells the truth: all 54 rules, a reason for each exemption, and a place that shows each other one.

hassfest does not look into the file of a custom integration, so this does.
"""

from pathlib import Path
import re
from typing import Any

from homeassistant.const import Platform
import pytest
import yaml

from .house import INTEGRATION, ROOT, read

RULES: dict[str, Any] = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text("utf-8"))["rules"]

BRONZE = """
    action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow dependency-transparency
    docs-actions docs-conditions docs-high-level-description docs-installation-instructions docs-removal-instructions
    docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data test-before-configure
    test-before-setup unique-config-entry
"""
SILVER = """
    action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters
    entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage
"""
GOLD = """
    devices diagnostics discovery-update-info discovery docs-data-update docs-examples docs-known-limitations
    docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices entity-category
    entity-device-class entity-disabled-by-default entity-translations exception-translations icon-translations
    reconfiguration-flow repair-issues stale-devices
"""
PLATINUM = "async-dependency inject-websession strict-typing"

# What the place of a rule must say.
EVIDENCE = {
    "action-setup": r"hass\.services\.async_register",
    "config-flow-test-coverage": r"async def test_",
    "config-flow": r"class \w+\(ConfigFlow, domain=DOMAIN\)",
    "dependency-transparency": r'"requirements": \[',
    "entity-event-setup": r"async def async_added_to_hass[\s\S]+self\.async_on_remove\(",
    "entity-unique-id": r"_attr_unique_id = ",
    "has-entity-name": r"_attr_has_entity_name = True",
    "runtime-data": r"entry\.runtime_data = ",
    "test-before-configure": r"port_in_use",
    "test-before-setup": r"raise ConfigEntryNotReady\(",
    "unique-config-entry": r"_abort_if_unique_id_configured\(|_async_abort_entries_match\(",
    "action-exceptions": r"HomeAssistantError[\s\S]+ServiceValidationError",
    "config-entry-unloading": r"async def async_unload_entry",
    "entity-unavailable": r"def available\(self\)",
    "integration-owner": r'"codeowners": \["@',
    "log-when-unavailable": r"_LOGGER\.info\([\s\S]+_LOGGER\.info\(",
    "test-coverage": r"fail_under = 95",
    "devices": r"sw_version=",
    "diagnostics": r"async_get_config_entry_diagnostics[\s\S]+async_get_device_diagnostics",
    "discovery": r"discovery_flow",
    "entity-category": r"EntityCategory\.DIAGNOSTIC",
    "entity-device-class": r"SensorDeviceClass\.POWER\b|device_class",
    "entity-disabled-by-default": r"entity_registry_enabled_default",
    "exception-translations": r"translation_key=",
    "reconfiguration-flow": r"async def async_step_reconfigure\(",
    "repair-issues": r"async_create_fix_flow",
    "stale-devices": r"async def async_remove_config_entry_device",
    "strict-typing": r"\[tool\.mypy\][\s\S]+strict = true",
}


def place(rule: str) -> tuple[Path, str]:
    """The file that a rule's comment begins with, and the heading in it."""
    name, _, anchor = RULES[rule]["comment"].split(" ")[0].partition("#")
    ours = INTEGRATION / name
    return (ours if ours.is_file() else ROOT / name), anchor


def anchors(page: str) -> set[str]:
    """The headings of a page, as GitHub names them in an address."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```[\s\S]*?^```", "", page, flags=re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


DONE = [rule for rule, told in RULES.items() if told["status"] == "done"]


def test_the_54_rules_are_there_and_no_other() -> None:
    assert set(RULES) == set(f"{BRONZE} {SILVER} {GOLD} {PLATINUM}".split())
    assert len(RULES) == 54


def test_each_rule_is_done_or_exempt_for_a_reason() -> None:
    assert {told["status"] for told in RULES.values()} <= {"done", "exempt"}
    assert [rule for rule, told in RULES.items() if len(told.get("comment", "")) < 5] == []
    assert [rule for rule, told in RULES.items() if set(told) - {"status", "comment"}] == []


@pytest.mark.parametrize("rule", DONE)
def test_the_place_that_shows_a_rule_exists(rule: str) -> None:
    path, anchor = place(rule)
    assert path.is_file(), f"{path} is missing"
    if rule.startswith("docs-"):
        assert anchor in anchors(path.read_text("utf-8"))


@pytest.mark.parametrize("rule", [rule for rule in EVIDENCE if rule in DONE])
def test_the_place_says_what_the_rule_asks_for(rule: str) -> None:
    path, _ = place(rule)
    assert re.search(EVIDENCE[rule], path.read_text("utf-8")), f"{path.name} does not say {EVIDENCE[rule]}"


@pytest.mark.parametrize("platform", [p for p in Platform if (INTEGRATION / f"{p}.py").is_file()])
def test_a_platform_says_how_many_updates_may_run_at_once(platform: Platform) -> None:
    limit = 0 if platform in {Platform.SENSOR, Platform.BINARY_SENSOR, Platform.EVENT} else 1
    assert f"\nPARALLEL_UPDATES = {limit}\n" in (INTEGRATION / f"{platform}.py").read_text("utf-8")


def test_every_action_has_its_section() -> None:
    actions = yaml.safe_load((INTEGRATION / "services.yaml").read_text("utf-8"))
    assert set(actions) - anchors((ROOT / "docs" / "actions.md").read_text("utf-8")) == set()


def test_every_link_between_our_pages_leads_somewhere() -> None:
    lost = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", page.read_text("utf-8")):
            name, _, anchor = target.partition("#")
            path = (page.parent / name) if name else page
            if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
                lost.append(f"{page.name}: {target}")
    assert lost == []


def test_who_reads_runtime_data_knows_its_type() -> None:
    bare = re.compile(r"\bentry: ConfigEntry\b(?!\[)")
    assert [s.path for s in read(INTEGRATION) if ".runtime_data" in s.text and bare.search(s.text)] == []


def test_headings_become_anchors_as_on_github() -> None:
    page = "# What it does *not* do\n\n```\n# no heading\n```\n## 1.6, 2.0.1: yes?\n"
    assert anchors(page) == {"what-it-does-not-do", "16-201-yes"}
