"""Cards from a table, and from the list of the integration `ocpp`."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.ocpp_home.const import DOMAIN, SUBENTRY_CARD
from tests.household import card_data, hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")

TABLE = """\ufeffID tag;Name;Holder;Group;Type;Active;Weekdays;From;To;Stations;energy budget;Valid from;Valid until
04A2B3C4;Fob of Anna;Anna;FAM;ISO14443;yes;;;;;120,5;2026-01-01;2026-12-31
FFFF0000;Gardener;;;;yes;Mon thu;08:00;18:00;garage|elsewhere;;;

EEEE0000;;Bert;;car;no;;;;;;;
"""
OLD = """
ocpp:
  default_authorization_status: Invalid
  authorization_list:
    - id_tag: pulsar
      name: My fob
      authorization_status: Accepted
    - id_tag: 123456789
      authorization_status: Expired
    - id_tag: AAAA
"""


async def bring(hass: HomeAssistant, **fields: Any) -> Any:
    told = await hass.services.async_call(DOMAIN, "import_cards", fields, blocking=True, return_response=True)
    await hass.async_block_till_done()
    return told


def cards(entry: MockConfigEntry) -> dict[str, dict[str, Any]]:
    return {one.title: dict(one.data) for one in entry.subentries.values() if one.subentry_type == SUBENTRY_CARD}


async def test_a_table_is_taken_over_column_by_column(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("CP1", "Garage"))
    hub = await set_up(hass, entry)
    told = await bring(hass, csv=TABLE)
    assert told == {"added": ["Fob of Anna", "Gardener", "Bert"], "updated": [], "unchanged": [], "skipped": []}
    assert cards(entry) == {
        "Fob of Anna": {
            "number": "04A2B3C4",
            "person": "Anna",
            "group": "FAM",
            "kind": "iso14443",
            "active": True,
            "energy_budget": 120.5,
            "valid_from": "2026-01-01",
            "valid_until": "2026-12-31",
        },
        "Gardener": {
            "number": "FFFF0000",
            "active": True,
            "weekdays": ["mon", "thu"],
            "from": "08:00:00",
            "to": "18:00:00",
            "stations": ["CP1", "elsewhere"],
        },
        "Bert": {"number": "EEEE0000", "person": "Bert", "kind": "car", "active": False},
    }
    assert len(hub.central.household.cards) == 3


async def test_a_table_without_a_first_line_of_names_has_number_name_person_and_group(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    await bring(hass, csv="04A2,Fob,Anna,FAM\nFFFF")
    assert cards(entry) == {"Fob": {"number": "04A2", "person": "Anna", "group": "FAM"}, "…FF": {"number": "FFFF"}}


async def test_the_list_of_the_older_integration_is_taken_over_as_it_stands(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    told = await bring(hass, authorization_list=yaml.safe_load(OLD))
    assert told["added"] == ["My fob", "…6789", "…AA"]
    assert cards(entry) == {
        "My fob": {"number": "pulsar", "active": True},
        "…6789": {"number": "123456789", "active": False},
        "…AA": {"number": "AAAA"},
    }
    again = await bring(hass, authorization_list=yaml.safe_load(OLD)["ocpp"]["authorization_list"])
    assert (again["unchanged"], again["added"]) == (["My fob", "…6789", "…AA"], [])


async def test_cards_that_are_there_are_changed_and_keep_what_the_table_does_not_tell(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("04A2B3C4", "Fob", person="Anna", energy_budget=50))
    await set_up(hass, entry)
    told = await bring(hass, csv="number,name,person\n04a2b3c4,,Bert")
    assert (told["updated"], told["added"]) == (["Fob"], [])
    assert cards(entry) == {"Fob": {"number": "04a2b3c4", "person": "Bert", "energy_budget": 50}}


async def test_a_dry_run_tells_the_same_and_does_nothing(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("04A2B3C4", "Fob"))
    await set_up(hass, entry)
    told = await bring(hass, csv="04A2B3C4,Gate\nFFFF,New", dry_run=True)
    assert (told["updated"], told["added"]) == (["Gate"], ["New"])
    assert cards(entry) == {"Fob": {"number": "04A2B3C4"}}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",Nobody", "invalid_number"),
        ("FFFF,Twice", "number_taken"),
        (f"{'x' * 37},Long", "invalid_number"),
        ("AAAA,Kind,robot", "invalid_kind"),
        ("AAAA,Day,,someday", "invalid_weekdays"),
        ("AAAA,Time,,,25:00", "invalid_from"),
        ("AAAA,Budget,,,,-1", "invalid_energy_budget"),
        ("AAAA,Hours,,,,,mon 8-25", "invalid_hours"),
        ("AAAA,Hours,,,,,someday", "invalid_hours"),
    ],
)
async def test_what_cannot_be_understood_is_told_and_keeps_out_no_other(
    hass: HomeAssistant, line: str, reason: str
) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    told = await bring(hass, csv=f"number,name,kind,weekdays,from,energy_budget,hours\nFFFF,First\n{line}\nEEEE,Last")
    assert told["skipped"] == [{"row": 2, "reason": reason}]
    assert told["added"] == ["First", "Last"]


async def test_further_hours_and_single_outlets_are_read_and_written(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("CP1", "Garage"))
    await set_up(hass, entry)
    await bring(
        hass, csv="number,name,hours,stations\nFF,Fob,mon tue 08:00-12:30; sat|22:00-;Sun -06:00,garage/2;Gone/x"
    )
    told = {
        "number": "FF",
        "hours": [
            {"weekdays": ["mon", "tue"], "from": "08:00:00", "to": "12:30:00"},
            {"weekdays": ["sat"]},
            {"from": "22:00:00"},
            {"weekdays": ["sun"], "to": "06:00:00"},
        ],
        "stations": ["CP1/2", "Gone/x"],
    }
    assert cards(entry) == {"Fob": told}
    exported = await hass.services.async_call(DOMAIN, "export_cards", {}, blocking=True, return_response=True)
    assert exported is not None
    assert (await bring(hass, csv=exported["csv"]))["unchanged"] == ["Fob"]
    assert cards(entry) == {"Fob": told}


async def test_what_is_exported_can_be_imported_again(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("CP1", "Garage"))
    await set_up(hass, entry)
    await bring(hass, csv=TABLE)
    told = await hass.services.async_call(DOMAIN, "export_cards", {}, blocking=True, return_response=True)
    assert told is not None
    assert str(told["csv"]).splitlines()[2].startswith("FFFF0000,Gardener,,,,yes,,,,mon thu,08:00:00,18:00:00,,CP1;")
    assert (await bring(hass, csv=told["csv"]))["unchanged"] == ["Fob of Anna", "Gardener", "Bert"]
    for card in [one for one in entry.subentries.values() if one.subentry_type == SUBENTRY_CARD]:
        hass.config_entries.async_remove_subentry(entry, card.subentry_id)
    before = await bring(hass, csv=told["csv"])
    assert before["added"] == ["Fob of Anna", "Gardener", "Bert"]
    assert await hass.services.async_call(DOMAIN, "export_cards", {}, blocking=True, return_response=True) == told
