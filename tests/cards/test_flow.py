"""Adding a card in the user interface, and changing what it may do."""

from datetime import UTC, datetime, time
import json
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home import card_desk
from custom_components.ocpp_home.card_form import RULES
from custom_components.ocpp_home.const import DOMAIN, SUBENTRY_CARD
from custom_components.ocpp_home.csms.model.card import Window
from custom_components.ocpp_home.csms.model.token import TokenType
from tests.house import INTEGRATION
from tests.household import card_data, hub_entry, set_up, simulated, station_data, until
from tests.simulator import Hardware

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Result = dict[str, Any]

FOB = {"name": "Fob", "number": "04A2B3C4", "kind": "card", "rules": {"active": True, "master": False}}


async def choose(hass: HomeAssistant, entry: MockConfigEntry, way: str) -> Result:
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_CARD), context=SubentryFlowContext(source=SOURCE_USER)
    )
    assert (result["type"], result["menu_options"]) == (FlowResultType.MENU, ["learn", "number"])
    return await configure(hass, result, {"next_step_id": way})


async def configure(hass: HomeAssistant, result: Result, user_input: dict[str, Any] | None = None) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], user_input))


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    (card,) = (subentry for subentry in entry.subentries.values() if subentry.subentry_type == SUBENTRY_CARD)
    result = dict(await entry.start_subentry_reconfigure_flow(hass, card.subentry_id))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return result


def suggested(result: Result, *path: str) -> Any:
    """What a form shows in a field, which may be one of a section."""
    schema = result["data_schema"].schema
    for name in path[:-1]:
        schema = next(field for key, field in schema.items() if key == name).schema.schema
    key = next(key for key in schema if key == path[-1])
    return (key.description or {}).get("suggested_value")


def choices(result: Result, *path: str) -> list[tuple[str, str]]:
    """What a field can be chosen from."""
    schema = result["data_schema"].schema
    for name in path[:-1]:
        schema = next(field for key, field in schema.items() if key == name).schema.schema
    selector = next(field for key, field in schema.items() if key == path[-1])
    return [(option["value"], option["label"]) for option in selector.config["options"]]


async def test_a_card_is_added_by_its_number_with_all_its_rules(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = hub_entry(station_data("CP1", "Garage"))
    hub = await set_up(hass, entry)
    result = await choose(hass, entry, "number")
    assert choices(result, "rules", "stations") == [("CP1", "Garage")]
    further = [{"weekdays": ["mon"], "from": "22:00:00", "to": "06:00:00"}, {"weekdays": ["tue"]}]
    rules = {
        "active": True,
        "valid_from": "2026-06-01",
        "valid_until": "2026-06-30",
        "weekdays": ["sat", "sun"],
        "from": "08:00:00",
        "to": "22:30:00",
        "hours": [*further, {"weekdays": []}],
        "stations": ["CP1"],
        "energy_budget": 120,
        "cost_budget": 30,
        "master": False,
    }
    told = {
        "name": " Fob ",
        "number": " 04A2B3C4 ",
        "kind": "iso14443",
        "person": "Anna",
        "group": "FAM",
        "rules": rules,
    }
    result = await configure(hass, result, told)
    assert (result["type"], result["title"]) == (FlowResultType.CREATE_ENTRY, "Fob")
    await hass.async_block_till_done()
    (card,) = hub.central.household.cards
    assert (card.token.id, card.token.type, card.name) == ("04A2B3C4", TokenType.ISO14443, "Fob")
    assert (card.person, card.group, card.active, card.master) == ("Anna", "FAM", True, False)
    assert card.begins == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert card.ends == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert card.hours == (
        Window(time(8), time(22, 30), frozenset({5, 6})),
        Window(time(22), time(6), frozenset({0})),
        Window(days=frozenset({1})),
    )
    assert [one.data["hours"] for one in entry.subentries.values() if one.title == "Fob"] == [further]
    assert (card.stations, card.energy_budget, card.cost_budget) == (frozenset({"CP1"}), 120_000, 30)


async def test_the_page_of_a_card_shows_what_its_month_came_to(hass: HomeAssistant) -> None:
    await set_up(hass, hub_entry(card_data("04A2B3C4", "Fob")))
    shown = {state.entity_id for state in hass.states.async_all("sensor") if "fob" in state.entity_id}
    assert shown == {"sensor.fob_energy_this_month", "sensor.fob_cost_this_month"}


async def test_a_card_may_charge_at_single_outlets_of_a_station_that_has_several(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("YARD", "Yard", configure=False), station_data("CP1", "Garage", configure=False))
    hub = await set_up(hass, entry)
    async with simulated(entry, "YARD", hardware=Hardware(connectors=2)) as yard, simulated(entry, "CP1"):
        await until(lambda: len(hub.stations["yard"].evses) == 2 and hub.stations["cp1"].evses)
        await hass.async_block_till_done()
        right = dr.async_get(hass).async_get_child_device_by_identifier((DOMAIN, "yard/2"), entry.entry_id)
        assert right is not None
        dr.async_get(hass).async_update_child_device(right.id, name_by_user="Right")
        result = await choose(hass, entry, "number")
        assert choices(result, "rules", "stations") == [
            ("YARD", "Yard"),
            ("YARD/1", "Yard · 1"),
            ("YARD/2", "Yard · Right"),
            ("CP1", "Garage"),
        ]
        rules = {"active": True, "master": False, "stations": ["YARD/2"]}
        result = await configure(hass, result, FOB | {"rules": rules})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        (card,) = hub.central.household.cards
        assert (card.stations, card.outlets) == (frozenset(), {("YARD", 2)})
        assert await yard.present_card("04A2B3C4") == "Accepted", "where it will charge is not known yet"
        with pytest.raises(AssertionError, match="no transaction on connector 1"):
            await yard.start("04A2B3C4", 1)
        await yard.unplug(1)
        await yard.start("04A2B3C4", 2)
        assert hub.stations["yard"].evse(2).transaction is not None
        await yard.stop(2)


async def test_a_card_without_rules_may_always_charge_everywhere(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    result = await configure(hass, await choose(hass, entry, "number"), FOB)
    assert result["data"] == {"number": "04A2B3C4", "kind": "card", "active": True, "master": False}
    await hass.async_block_till_done()
    (card,) = hub.central.household.cards
    assert (card.begins, card.ends, card.hours, card.stations) == (None, None, (), frozenset())
    assert (card.energy_budget, card.cost_budget, card.token.type) == (None, None, TokenType.UNKNOWN)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"number": "  "}, {"number": "invalid_number"}),
        ({"number": "x" * 37}, {"number": "invalid_number"}),
        ({"number": "04\x07A2"}, {"number": "invalid_number"}),
        ({"number": "::", "kind": "car"}, {"number": "invalid_number"}),
        ({"number": "ABC"}, {"number": "number_taken"}),
        ({"group": "x" * 21}, {"group": "invalid_group"}),
        (
            {"rules": FOB["rules"] | {"valid_from": "2026-06-02", "valid_until": "2026-06-01"}},  # type: ignore[operator] # the rules of a form
            {"base": "until_before_from"},
        ),
    ],
)
async def test_what_cannot_be_is_an_error_that_can_be_put_right(
    hass: HomeAssistant, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = hub_entry(card_data("abc", "Other"))
    await set_up(hass, entry)
    result = await choose(hass, entry, "number")
    result = await configure(hass, result, FOB | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert suggested(result, "name") == "Fob"
    result = await configure(hass, result, FOB)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_two_cards_never_have_the_same_name(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("abc", "Fob"))
    await set_up(hass, entry)
    result = await configure(hass, await choose(hass, entry, "number"), FOB)
    assert result["title"] == "Fob (…B3C4)"


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_card_that_is_held_to_a_station_brings_its_number(hass: HomeAssistant, version: str) -> None:
    entry = hub_entry(station_data("CP1", "Garage", configure=False))
    hub = await set_up(hass, entry)
    async with simulated(entry, "CP1", version=version) as station:
        result = await choose(hass, entry, "learn")
        assert (result["type"], result["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "learn")
        assert (await configure(hass, result))["type"] is FlowResultType.SHOW_PROGRESS
        await station.present_card("04A2B3C4")
        await until(lambda: hass.config_entries.subentries.async_get(result["flow_id"])["step_id"] == "learnt")
        result = await configure(hass, result)
        assert (result["type"], result["description_placeholders"]) == (FlowResultType.FORM, {"station": "Garage"})
        assert suggested(result, "number") == "04A2B3C4"
        result = await configure(hass, result, FOB)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        assert [card.name for card in hub.central.household.cards] == ["Fob"]
        assert not hass.config_entries.flow.async_progress(), "a card that is learnt here is not offered elsewhere"


async def test_when_no_card_is_shown_the_owner_can_try_again(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    with patch.object(card_desk, "PATIENCE", 0.01):
        result = await choose(hass, entry, "learn")
        await until(lambda: hass.config_entries.subentries.async_get(result["flow_id"])["step_id"] == "nobody")
    result = await configure(hass, result)
    assert (result["type"], result["menu_options"]) == (FlowResultType.MENU, ["learn", "number"])
    result = await configure(hass, result, {"next_step_id": "learn"})
    assert result["type"] is FlowResultType.SHOW_PROGRESS


async def test_a_hub_that_stops_ends_the_wait(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    result = await choose(hass, entry, "learn")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: hass.config_entries.subentries.async_get(result["flow_id"])["step_id"] == "nobody")
    assert (await configure(hass, result))["type"] is FlowResultType.MENU


async def test_without_a_hub_that_runs_a_card_is_added_by_its_number_only(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await choose(hass, entry, "learn")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "hub_not_running")
    result = await configure(hass, await choose(hass, entry, "number"), FOB)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_form_of_a_card_shows_what_is_in_force_and_what_is_emptied_is_gone(hass: HomeAssistant) -> None:
    rules = {"weekdays": ["mon"], "from": "08:00:00", "stations": ["CP1", "GONE"], "energy_budget": 50}
    entry = hub_entry(card_data("04A2B3C4", "Fob", person="Anna", **rules), station_data("CP1", "Garage"))
    hub = await set_up(hass, entry)
    result = await reconfigure(hass, entry)
    assert (suggested(result, "name"), suggested(result, "person")) == ("Fob", "Anna")
    assert (suggested(result, "rules", "from"), suggested(result, "rules", "active")) == ("08:00:00", True)
    assert choices(result, "rules", "stations") == [("CP1", "Garage"), ("GONE", "GONE")]
    changed = FOB | {"name": "Gate", "number": "FFFF", "rules": {"active": False, "master": False, "weekdays": []}}
    result = await configure(hass, result, changed)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    (card,) = hub.central.household.cards
    assert (card.name, card.token.id, card.person, card.active) == ("Gate", "FFFF", "", False)
    assert (card.hours, card.stations, card.energy_budget) == ((), frozenset(), None)
    assert [one.unique_id for one in entry.subentries.values() if one.title == "Gate"] == ["card/ffff"]


async def test_a_card_keeps_its_own_number_and_name_but_takes_no_others(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("04A2B3C4", "Fob"))
    await set_up(hass, entry)
    result = await configure(hass, await reconfigure(hass, entry), FOB)
    assert result["reason"] == "reconfigure_successful"
    assert [one.title for one in entry.subentries.values()] == ["Fob"]
    await configure(hass, await choose(hass, entry, "number"), FOB | {"number": "FFFF", "name": "Gate"})
    await hass.async_block_till_done()
    fob = next(one for one in entry.subentries.values() if one.title == "Fob")
    result = dict(await entry.start_subentry_reconfigure_flow(hass, fob.subentry_id))
    result = await configure(hass, result, FOB | {"number": "ffff"})
    assert result["errors"] == {"number": "number_taken"}


async def test_persons_and_tags_of_home_assistant_can_be_chosen(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("ABCD", "Known"))
    await set_up(hass, entry)
    hass.states.async_set("person.anna", "home", {"friendly_name": "Anna"})
    hass.states.async_set("tag.front", "unknown", {"friendly_name": "Front door", "tag_id": "04A2B3C4"})
    hass.states.async_set("tag.known", "unknown", {"friendly_name": "Known", "tag_id": "ABCD"})
    its_entry = next(iter(entry.subentries))
    hass.states.async_set("tag.known_2", "unknown", {"friendly_name": "Known", "tag_id": its_entry})
    result = await choose(hass, entry, "number")
    assert choices(result, "person") == [("Anna", "Anna")]
    assert choices(result, "number") == [("04A2B3C4", "Front door (04A2B3C4)")]
    result = await configure(hass, result, FOB | {"person": "Somebody else", "number": "04A2B3C4"})
    assert (result["type"], result["data"]["person"]) == (FlowResultType.CREATE_ENTRY, "Somebody else")


def test_the_form_of_a_card_has_the_same_words_wherever_it_is_shown() -> None:
    told = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))
    steps = told["config_subentries"]["card"]["step"]
    rules = [steps[step]["sections"]["rules"] for step in ("learnt", "number", "reconfigure")]
    offered = told["config"]["step"]["card"]["sections"]["rules"]
    assert rules == [offered] * 3
    assert offered["data"].keys() == offered["data_description"].keys() == set(RULES)
