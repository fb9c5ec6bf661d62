"""Stations that nobody knows: cards, who gets one, and when it goes away."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.ocpp_home import discovery
from custom_components.ocpp_home.const import CONF_IDENTITY, CONF_NEWCOMERS, DOMAIN, Newcomers
from custom_components.ocpp_home.discovery import Knock
from tests.household import hub_entry, set_up, simulated, until
from tests.simulator import Hardware, Identity, Oddities

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Card = dict[str, Any]


def cards(hass: HomeAssistant) -> list[Card]:
    return [dict(flow) for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)]


async def the_card(hass: HomeAssistant) -> Card:
    await until(lambda: cards(hass))
    (card,) = cards(hass)
    assert card["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    return card


async def confirm(hass: HomeAssistant, card: Card, **user_input: str) -> Card:
    return dict(await hass.config_entries.flow.async_configure(card["flow_id"], user_input))


async def look_round(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()


@pytest.fixture
def impatient() -> Iterator[None]:
    with patch.object(discovery, "INTRODUCTION", 0.02):
        yield


async def test_a_stranger_becomes_a_card_and_the_card_a_station_on_the_connection_it_has(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        told = garage.hardware.identity
        card = await the_card(hass)
        assert card["context"]["unique_id"] == "garage"
        assert card["context"]["title_placeholders"] == {"name": f"{told.vendor} {told.model}"}
        form = dict(await hass.config_entries.flow.async_configure(card["flow_id"]))
        assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "confirm")
        assert form["description_placeholders"] == {
            "identity": "Garage",
            "vendor": told.vendor,
            "model": told.model,
            "address": "127.0.0.1",
            "version": "1.6",
        }
        result = await confirm(hass, card, name="By the door")
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "station_added")
        await hass.async_block_till_done()
        (subentry,) = entry.subentries.values()
        assert (subentry.title, subentry.unique_id) == ("By the door", "garage")
        assert subentry.data == {CONF_IDENTITY: "Garage"}
        assert hub.stations["garage"].connected
        assert hub.stations["garage"].identity.model == told.model
    assert entry.runtime_data is hub
    assert cards(hass) == []


async def test_what_a_stranger_says_cannot_become_a_link_a_picture_or_html(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    evil = Identity(vendor="![](http://evil)", model="<img src=x>")
    async with simulated(entry, "Garage`", hardware=Hardware(identity=evil)):
        card = await the_card(hass)
        form = dict(await hass.config_entries.flow.async_configure(card["flow_id"]))
        words = [*form["description_placeholders"].values(), card["context"]["title_placeholders"]["name"]]
        assert not set("".join(words)) & set("[]<>`")
        await confirm(hass, card, name="By the door")
        assert list(entry.runtime_data.stations) == ["garage`"]


async def test_there_is_one_card_per_station_however_often_it_calls(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        await the_card(hass)
        await garage.drop_link()
        await garage.connect()
        await garage.boot()
    async with simulated(entry, "GARAGE"):
        await the_card(hass)


@pytest.mark.usefixtures("impatient")
async def test_a_stranger_that_does_not_say_what_it_is_gets_a_card_with_its_identity(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage", oddities=Oddities(never_boots=True)) as garage:
        card = await the_card(hass)
        assert card["context"]["title_placeholders"] == {"name": "Garage"}
        await garage.boot()
        told = garage.hardware.identity
        await until(lambda: cards(hass) and cards(hass)[0]["flow_id"] != card["flow_id"])
        card = await the_card(hass)
        assert card["context"]["title_placeholders"] == {"name": f"{told.vendor} {told.model}"}


@pytest.mark.usefixtures("impatient")
async def test_a_card_the_owner_looks_at_is_not_taken_out_of_their_hands(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage", oddities=Oddities(never_boots=True)) as garage:
        card = await the_card(hass)
        form = dict(await hass.config_entries.flow.async_configure(card["flow_id"]))
        assert form["description_placeholders"]["vendor"] == "-"
        await garage.boot()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert [other["flow_id"] for other in cards(hass)] == [card["flow_id"]]
        assert (await confirm(hass, card, name="Garage"))["reason"] == "station_added"


@pytest.mark.usefixtures("impatient")
async def test_a_stranger_that_left_before_it_said_anything_gets_no_card(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage", oddities=Oddities(never_boots=True)):
        await until(lambda: hub.central.strangers)
        hub.central.waiting.leave("garage")
        await asyncio.sleep(0.05)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert cards(hass) == []


async def test_a_stranger_that_calls_again_and_again_before_it_is_offered_is_offered_once(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    with patch.object(discovery, "INTRODUCTION", 0.1):
        async with simulated(entry, "Garage", oddities=Oddities(never_boots=True)) as garage:
            await garage.drop_link()
            await garage.connect()
            await the_card(hass)


async def test_no_more_than_five_cards_lie_on_the_table(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    for number in range(7):
        async with simulated(entry, f"CP{number}"):
            pass
        await until(lambda: all(stranger.session is None for stranger in hub.central.strangers.values()))
    assert len(hub.central.strangers) == 5
    assert len(cards(hass)) == 5

    await look_round(hass)
    assert {card["context"]["unique_id"] for card in cards(hass)} == {"cp2", "cp3", "cp4"}


async def test_the_card_of_a_stranger_that_is_gone_for_long_goes_away_too(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        await the_card(hass)
        garage = hub.central.strangers["garage"]
        garage.last_seen -= timedelta(minutes=20)
        await look_round(hass)
        assert len(cards(hass)) == 1
    await until(lambda: garage.session is None)
    garage.last_seen = dt_util.utcnow() - timedelta(minutes=10)
    await look_round(hass)
    assert len(cards(hass)) == 1
    garage.last_seen -= timedelta(minutes=10)
    await look_round(hass)
    assert cards(hass) == []


async def test_an_ignored_station_gets_no_card_until_it_is_no_longer_ignored(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        card = await the_card(hass)
        await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_IGNORE, "discovery_key": card["context"]["discovery_key"]},
            data={"unique_id": "garage", "title": "Garage"},
        )
        await garage.drop_link()
        await garage.connect()
        await garage.boot()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert cards(hass) == []

        (ignored,) = (other for other in hass.config_entries.async_entries(DOMAIN) if other.source == SOURCE_IGNORE)
        await hass.config_entries.async_remove(ignored.entry_id)
        assert (await the_card(hass))["context"]["unique_id"] == "garage"


async def test_an_owner_who_wants_no_newcomers_sees_no_card(hass: HomeAssistant) -> None:
    entry = hub_entry(options={CONF_NEWCOMERS: Newcomers.IGNORE})
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        await hass.async_block_till_done(wait_background_tasks=True)
        assert list(hub.central.strangers) == ["garage"]
    assert cards(hass) == []
    assert not entry.subentries


async def test_a_changed_preference_holds_for_those_who_wait_already(hass: HomeAssistant) -> None:
    entry = hub_entry(options={CONF_NEWCOMERS: Newcomers.IGNORE})
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        await until(lambda: hub.central.strangers)
        hass.config_entries.async_update_entry(entry, options={CONF_NEWCOMERS: Newcomers.ASK})
        await the_card(hass)
        hass.config_entries.async_update_entry(entry, options={CONF_NEWCOMERS: Newcomers.IGNORE})
        await hass.async_block_till_done()
        assert cards(hass) == []
        hass.config_entries.async_update_entry(entry, options={CONF_NEWCOMERS: Newcomers.ACCEPT})
        await hass.async_block_till_done()
        assert hub.stations["garage"].connected


async def test_an_owner_who_takes_everybody_gets_the_station_without_a_card(hass: HomeAssistant) -> None:
    entry = hub_entry(options={CONF_NEWCOMERS: Newcomers.ACCEPT})
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        await until(lambda: "garage" in hub.stations)
        assert hub.stations["garage"].connected
    async with simulated(entry, "Garage 2"):
        await until(lambda: "garage 2" in hub.stations)
    titles = [subentry.title for subentry in entry.subentries.values()]
    assert titles[1] == f"{titles[0]} (Garage 2)"
    assert cards(hass) == []


async def test_a_card_whose_station_was_added_by_hand_or_has_gone_tells_so(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        card = await the_card(hass)
        await hass.config_entries.flow.async_configure(card["flow_id"])
        hub.central.waiting.leave("garage")
        result = await confirm(hass, card, name="Garage")
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "station_gone")


async def test_cards_go_with_their_hub(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    async with simulated(entry, "Garage"):
        await the_card(hass)
        await hass.config_entries.async_unload(entry.entry_id)
        assert cards(hass) == []
    late = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data=Knock(entry.entry_id, "Garage")
    )
    assert (late["type"], late["reason"]) == (FlowResultType.ABORT, "hub_not_running")


async def test_a_hub_takes_care_of_its_own_cards_only(hass: HomeAssistant) -> None:
    entry, other = hub_entry(), hub_entry()
    hass_entries: list[MockConfigEntry] = [entry, other]
    for one in hass_entries:
        await set_up(hass, one)
    async with simulated(entry, "Garage"):
        await the_card(hass)
        await hass.config_entries.async_unload(other.entry_id)
        assert len(cards(hass)) == 1
