"""What the owner should know appears among the repairs, disappears with its cause, and can be put right there."""

import json
from pathlib import Path
import re
import sqlite3
from string import Formatter
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

import custom_components.ocpp_home
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.notices import KINDS, PRICE, TLS, show_ledger_trouble
from tests.household import hub_entry, set_up, simulated, station_data, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

TRANSLATIONS = Path(custom_components.ocpp_home.__file__).parent / "translations" / "en.json"


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    return {key: issue for (domain, key), issue in ir.async_get(hass).issues.items() if domain == DOMAIN}


def the_issue(hass: HomeAssistant) -> ir.IssueEntry:
    (issue,) = issues(hass).values()
    return issue


def text_of(issue: ir.IssueEntry) -> str:
    """The text of an issue with everything filled in that it asks for."""
    texts = json.loads(TRANSLATIONS.read_text())["issues"][issue.translation_key]
    step = texts["fix_flow"]["step"]["confirm"] if issue.is_fixable else texts
    assert isinstance(step["description"], str)
    placeholders = issue.translation_placeholders or {}
    return f"{texts['title']}\n{step['description']}".format(**placeholders)


class FixFlow:
    """A fix flow as the user interface drives it."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def start(self, issue: ir.IssueEntry) -> dict[str, Any]:
        answer = await self.client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue.issue_id})
        return dict(await answer.json())

    async def answer(self, step: dict[str, Any], **told: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/api/repairs/issues/fix/{step['flow_id']}", json=told)
        return dict(await answer.json())

    async def confirm(self, step: dict[str, Any]) -> dict[str, Any]:
        return await self.answer(step)


@pytest.fixture
async def fix_flow(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> FixFlow:
    assert await async_setup_component(hass, REPAIRS, {})
    assert await async_setup_component(hass, DOMAIN, {})  # a client of the tests freezes what is served
    return FixFlow(await hass_client())


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("boot_loop", {"boots": "7"}),
        ("clock_wrong", {"minutes": "+61"}),
        ("fail_safe_unsupported", {"limit": "6"}),
        ("identity_contested", {"address": "192.0.2.7"}),
        ("limit_ignored", {"limit": "6", "method": "TxProfile/A"}),
        ("limit_refused", {"limit": "6", "reason": "Rejected"}),
        ("list_full", {"room": "2", "left_out": "1", "cards": "Anna"}),
        ("list_refused", {"reason": "Failed"}),
        ("not_controllable", {}),
        ("reboot_required", {"key": "HeartbeatInterval"}),
        ("safe_limit_refused", {"limit": "6"}),
        ("security_event", {"type": "TamperDetectionActivated", "info": "lid"}),
    ],
)
async def test_a_notice_is_a_repair_as_long_as_it_holds(hass: HomeAssistant, kind: str, data: dict[str, str]) -> None:
    entry = hub_entry(station_data("Garage", "By the door"))
    station = (await set_up(hass, entry)).stations["garage"]
    station.notice(kind, 2, **data)
    issue = the_issue(hass)
    assert issue.translation_key == kind
    assert issue.learn_more_url is not None
    assert issue.learn_more_url.endswith(f"troubleshooting.md#{kind}")
    assert "By the door" in text_of(issue)
    assert all(value in text_of(issue) for value in data.values())
    station.settle(kind, 2)
    assert issues(hass) == {}


def test_every_kind_of_notice_has_a_text_of_its_own() -> None:
    texts = json.loads(TRANSLATIONS.read_text())["issues"]
    others = {"other", "ledger_failed", "ledger_corrupt", "ledger_newer", "meter_silent", "unproved"}
    assert KINDS.keys() | PRICE | TLS | others == texts.keys()
    for kind, row in KINDS.items():
        assert ("fix_flow" in texts[kind]) is row.fixable
        assert "station" in {name for _, name, _, _ in Formatter().parse(texts[kind]["title"])}


def test_every_kind_that_a_station_may_be_noticed_for_has_a_row_and_a_paragraph() -> None:
    package = Path(custom_components.ocpp_home.__file__).parent
    sources = [path.read_text() for path in (package / "csms").rglob("*.py")]
    constant = re.compile(r'^([A-Z_]+): Final = "(\w+)"$', re.MULTILINE)
    words = dict(pair for source in sources for pair in constant.findall(source))
    named = {name for source in sources for name in re.findall(r"\.notice\(\s*([A-Z_]+|\"\w+\")", source)}
    assert {words.get(name, name.strip('"')) for name in named} == KINDS.keys()
    manual = (package.parents[1] / "docs" / "troubleshooting.md").read_text()
    assert set(re.findall(r'<a id="(\w+)">', manual)) == KINDS.keys() | PRICE | TLS | {
        "other",
        "ledger_failed",
        "meter_silent",
        "unproved",
    }


async def test_what_a_station_says_cannot_become_a_link_a_picture_or_html(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    station = (await set_up(hass, entry)).stations["garage"]
    station.notice("limit_refused", 1, limit="6", reason="[here](http://evil) ![](http://evil) <b> `x`")
    words = text_of(the_issue(hass)).split(": ", 1)[1]
    assert not set(words) & set("[]<>`")
    assert "://" not in words
    assert "(here)(http" in words


async def test_a_security_event_that_was_read_is_told_again_when_it_happens_again(
    hass: HomeAssistant, fix_flow: FixFlow
) -> None:
    entry = await with_garage(hass)
    station = entry.runtime_data.stations["garage"]
    for _ in range(2):
        station.notice("security_event", type="MemoryExhaustion", info="")
        step = await fix_flow.start(the_issue(hass))
        assert step["description_placeholders"]["type"] == "MemoryExhaustion"
        assert (await fix_flow.confirm(step))["type"] == "create_entry"
        assert issues(hass) == {}


async def test_a_kind_nobody_has_thought_of_is_shown_too(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    (await set_up(hass, entry)).stations["garage"].notice("odd_smell")
    assert "odd_smell" in text_of(the_issue(hass))


async def test_a_notice_that_changes_is_shown_as_it_is_now(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    station = (await set_up(hass, entry)).stations["garage"]
    station.notice("not_controllable")
    station.settle("not_controllable")
    station.notice("clock_wrong", minutes="+10")
    station.notice("limit_refused", limit="6", reason="Rejected")
    station.settle("limit_refused")
    station.notice("clock_wrong", minutes="+20")
    assert "+20" in text_of(the_issue(hass))


async def test_repairs_go_with_their_station_and_with_their_hub(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"), station_data("Yard"))
    hub = await set_up(hass, entry)
    for station in hub.stations.values():
        station.notice("not_controllable")
    assert len(issues(hass)) == 2
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    await hass.async_block_till_done()
    assert the_issue(hass).translation_placeholders == {"station": "Yard", "evse": "-", "kind": "not_controllable"}
    await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == {}


async def with_garage(hass: HomeAssistant) -> MockConfigEntry:
    entry = hub_entry(station_data("Garage", configure=False, security_waived=True))
    await set_up(hass, entry)
    return entry


def ask_for_restart(entry: MockConfigEntry) -> None:
    entry.runtime_data.stations["garage"].notice("reboot_required", key="LightIntensity")


async def test_a_station_that_has_to_be_restarted_is_restarted_from_its_repair(
    hass: HomeAssistant, fix_flow: FixFlow
) -> None:
    entry = await with_garage(hass)
    async with simulated(entry, "Garage") as garage:
        ask_for_restart(entry)
        step = await fix_flow.start(the_issue(hass))
        assert (step["step_id"], step["description_placeholders"]["key"]) == ("confirm", "LightIntensity")
        result = await fix_flow.confirm(step)
        assert result["type"] == "create_entry"
        assert issues(hass) == {}
        await until(lambda: len(garage.boots) == 2)
        await garage.settle()


async def test_a_station_that_does_not_restart_is_told_with_its_reason(hass: HomeAssistant, fix_flow: FixFlow) -> None:
    ask_for_restart(await with_garage(hass))
    result = await fix_flow.confirm(await fix_flow.start(the_issue(hass)))
    assert (result["type"], result["reason"]) == ("abort", "not_restarted")
    assert result["description_placeholders"] == {"error": "Garage is not connected"}
    assert the_issue(hass).translation_key == "reboot_required"


async def test_a_station_that_was_removed_meanwhile_cannot_be_restarted(hass: HomeAssistant, fix_flow: FixFlow) -> None:
    entry = await with_garage(hass)
    ask_for_restart(entry)
    step = await fix_flow.start(the_issue(hass))
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    await hass.async_block_till_done()
    assert (await fix_flow.confirm(step))["reason"] == "station_gone"


async def test_a_hub_that_was_unloaded_meanwhile_cannot_restart_anything(
    hass: HomeAssistant, fix_flow: FixFlow
) -> None:
    entry = await with_garage(hass)
    ask_for_restart(entry)
    step = await fix_flow.start(the_issue(hass))
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await fix_flow.confirm(step))["reason"] == "station_gone"


async def test_a_ledger_in_trouble_is_a_repair_until_it_can_write_again(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    show_ledger_trouble(hass, entry.entry_id, "disk full")
    issue = the_issue(hass)
    assert issue.severity is ir.IssueSeverity.CRITICAL
    assert "disk full" in text_of(issue)
    show_ledger_trouble(hass, entry.entry_id, None)
    assert issues(hass) == {}
    show_ledger_trouble(hass, entry.entry_id, "disk full")
    await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == {}


@pytest.fixture
def damaged_records(hass_config_dir: str) -> bytes:
    records = Path(hass_config_dir, DOMAIN, "ledger.db")
    records.parent.mkdir()
    records.write_bytes(b"nonsense" * 1000)
    return records.read_bytes()


async def test_damaged_records_are_set_aside_and_the_owner_confirms_to_have_read_it(
    hass: HomeAssistant, fix_flow: FixFlow, damaged_records: bytes
) -> None:
    await set_up(hass, hub_entry())
    issue = the_issue(hass)
    assert issue.translation_key == "ledger_corrupt"
    assert issue.is_persistent
    path = (issue.translation_placeholders or {})["path"]
    assert await hass.async_add_executor_job(Path(path).read_bytes) == damaged_records
    assert path in text_of(issue)
    await fix_flow.confirm(await fix_flow.start(issue))
    assert issues(hass) == {}


async def test_records_of_a_newer_version_are_set_aside(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    with sqlite3.connect(hass.config.path(DOMAIN, "ledger.db")) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    await hass.config_entries.async_setup(entry.entry_id)
    assert the_issue(hass).translation_key == "ledger_newer"
    assert "newer" in text_of(the_issue(hass))


# --- stations that anybody could be ---------------------------------------------------------------------------------
async def unproved_home(hass: HomeAssistant) -> MockConfigEntry:
    """Two stations that have called, and one that has not."""
    entry = hub_entry(
        station_data("Garage", "Carport", configure=False), station_data("Yard", configure=False), station_data("Barn")
    )
    await set_up(hass, entry)
    assert issues(hass) == {}
    async with simulated(entry, "Garage"), simulated(entry, "Yard"):
        pass
    return entry


def waived(entry: MockConfigEntry) -> set[str]:
    return {one.title for one in entry.subentries.values() if one.data.get("security_waived")}


def unprotected(hass: HomeAssistant) -> str | None:
    """The stations the repair names, None without one."""
    found = [one for one in issues(hass).values() if one.translation_key == "unproved"]
    assert len(found) < 2
    return (found[0].translation_placeholders or {})["stations"] if found else None


async def test_stations_that_prove_nothing_are_named_by_one_repair_until_each_is_protected(hass: HomeAssistant) -> None:
    entry = await unproved_home(hass)
    hub = entry.runtime_data
    assert unprotected(hass) == "Carport, Yard"
    await hub.credentials.assign("Garage", "sixteen-letters.")
    garage, yard, _ = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, garage, data={**garage.data, "security_profile": 1})
    await hass.async_block_till_done()
    assert unprotected(hass) == "Yard"
    hass.config_entries.async_remove_subentry(entry, yard.subentry_id)
    await hass.async_block_till_done()
    assert unprotected(hass) is None


async def test_what_is_unprotected_is_still_told_after_a_restart(hass: HomeAssistant) -> None:
    entry = await unproved_home(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert unprotected(hass) is None
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert unprotected(hass) == "Carport, Yard"


async def test_the_owner_is_told_where_stations_are_protected(hass: HomeAssistant, fix_flow: FixFlow) -> None:
    await unproved_home(hass)
    step = await fix_flow.start(the_issue(hass))
    assert (step["type"], step["menu_options"]) == ("menu", ["protect", "leave"])
    assert step["description_placeholders"] == {"stations": "Carport, Yard"}
    result = await fix_flow.answer(step, next_step_id="protect")
    assert (result["type"], result["reason"]) == ("abort", "protect")
    assert unprotected(hass) == "Carport, Yard"


async def test_the_owner_may_leave_stations_as_they_are_for_good(hass: HomeAssistant, fix_flow: FixFlow) -> None:
    entry = await unproved_home(hass)
    garage, yard, _ = entry.subentries
    step = await fix_flow.answer(await fix_flow.start(the_issue(hass)), next_step_id="leave")
    assert step["step_id"] == "leave"
    result = await fix_flow.answer(step, stations=[garage])
    assert (result["type"], result["reason"]) == ("abort", "others_left")
    assert result["description_placeholders"] == {"stations": "Yard"}
    assert (waived(entry), unprotected(hass)) == ({"Carport"}, "Yard")

    step = await fix_flow.answer(await fix_flow.start(the_issue(hass)), next_step_id="leave")
    result = await fix_flow.answer(step, stations=[yard])
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert (waived(entry), unprotected(hass)) == ({"Carport", "Yard"}, None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert unprotected(hass) is None


async def test_nothing_is_left_as_it_is_where_the_hub_does_not_run(hass: HomeAssistant, fix_flow: FixFlow) -> None:
    entry = await unproved_home(hass)
    step = await fix_flow.start(the_issue(hass))
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await fix_flow.answer(step, next_step_id="leave")
    assert (result["type"], result["reason"]) == ("abort", "not_running")
    assert waived(entry) == set()
