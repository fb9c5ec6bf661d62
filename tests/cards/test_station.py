"""A card from its first sight to the station that decides about it alone, with real frames."""

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import timedelta
from typing import Any

from freezegun import freeze_time
from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.ocpp_home.const import DOMAIN, SUBENTRY_CARD
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, simulated, station_data, until
from tests.simulator import Station

pytestmark = pytest.mark.usefixtures("socket_enabled")

VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
RULES: dict[str, Any] = {"active": True, "master": False}
FOB = {"name": "Fob", "number": "04A2B3C4", "kind": "card", "rules": RULES}


@pytest.fixture
def entry() -> MockConfigEntry:
    return hub_entry(station_data("CP1", "Garage"), options={"unknown_cards": "ask", "publish_interval": 0})


@pytest.fixture
async def hub(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """A hub whose stations are set up without delay."""
    hub = await set_up(hass, entry)
    hub.central.pauses = Pauses(silence=0.01, settle=0.01, peace=0.01, answer=0.01)
    return hub


@pytest.fixture
async def station(entry: MockConfigEntry, hub: Hub, version: str) -> AsyncGenerator[Station]:
    async with simulated(entry, "CP1", version=version) as station:
        yield station
        await station.settle()


def offers(hass: HomeAssistant) -> list[dict[str, Any]]:
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [dict(flow) for flow in flows if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY]


async def offered(hass: HomeAssistant) -> dict[str, Any]:
    """The form of the only card that is offered."""
    await until(lambda: offers(hass))
    (offer,) = offers(hass)
    return dict(await hass.config_entries.flow.async_configure(offer["flow_id"]))


def event(hass: HomeAssistant) -> Mapping[str, Any]:
    """What the event entity of the station told last about a card."""
    entity_id = er.async_get(hass).async_get_entity_id("event", DOMAIN, "cp1_card")
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes


async def change(hass: HomeAssistant, entry: MockConfigEntry, number: str = "04A2B3C4", **rules: Any) -> None:
    """Change a card in its form."""
    card = next(one for one in entry.subentries.values() if one.data.get("number") == number)
    result = await entry.start_subentry_reconfigure_flow(hass, card.subentry_id)
    told = {"name": card.title, "number": number, "kind": "card", "rules": RULES | rules}
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], told)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


def lists(hub: Hub, station: Station, *numbers: str) -> Callable[[], bool]:
    """Whether the station has been given exactly these, and it is remembered so."""
    wanted = {number.casefold() for number in numbers}

    def told() -> bool:
        known: Any = hub.ledger.recall("CP1", "list")
        return set(station.tags.listed) == wanted == set((known or {}).get("entries") or ())

    return told


@VERSIONS
async def test_a_card_is_asked_about_refused_out_of_its_hours_and_then_accepted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    station: Station,
    version: str,
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    await station.plug_in()
    assert await station.present_card("04A2B3C4") == "Invalid"
    form = await offered(hass)
    assert (form["step_id"], form["description_placeholders"]) == ("card", {"number": "04A2B3C4", "station": "Garage"})
    assert offers(hass)[0]["context"]["title_placeholders"] == {"name": "Card …B3C4 (Garage)"}
    night = {"from": "22:00:00", "to": "06:00:00"}
    result = await hass.config_entries.flow.async_configure(form["flow_id"], FOB | {"rules": RULES | night})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "card_added")
    await hass.async_block_till_done()
    assert offers(hass) == []

    tomorrow = dt_util.now().replace(hour=12, minute=0) + timedelta(days=1)
    with freeze_time(tomorrow, tick=True, real_asyncio=True):
        assert await station.present_card("04A2B3C4") == ("Invalid" if version == "1.6" else "NotAtThisTime")
    assert (event(hass)["event_type"], event(hass)["decision"]) == ("refused", "NotAtThisTime")
    with freeze_time(tomorrow.replace(hour=22, minute=30), tick=True, real_asyncio=True):
        assert await station.present_card("04A2B3C4") == "Accepted"
    assert (event(hass)["event_type"], event(hass)["card"], event(hass)["token"]) == ("accepted", "Fob", "…B3C4")
    assert len(station.boots) == 1, "no change has disconnected it"


@VERSIONS
async def test_the_list_of_the_station_follows_every_change_also_one_it_was_not_there_for(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, station: Station, version: str
) -> None:
    hass.config_entries.async_update_entry(entry, options={"unknown_cards": "refuse"})
    await add(hass, entry, "AAAA1111", "Anna")
    await until(lists(hub, station, "AAAA1111"))
    await add(hass, entry, "BBBB2222", "Bert")
    await until(lists(hub, station, "AAAA1111", "BBBB2222"))
    await station.go_offline()
    assert await station.present_card("BBBB2222") == "Accepted"
    await station.go_online()

    await station.go_offline()
    withdraw(hass, entry, "Bert")
    await add(hass, entry, "CCCC3333", "Carla")
    await hass.async_block_till_done()
    await station.go_online()
    await until(lists(hub, station, "AAAA1111", "CCCC3333"))
    await until(lambda: station.asked("ClearCache"))
    await station.go_offline()
    assert await station.present_card("BBBB2222") == "Invalid"
    await station.go_online()

    await change(hass, entry, "AAAA1111", stations=["CP1"], active=False)
    await until(lambda: station.tags.listed.get("aaaa1111", {}).get("status") == "Blocked")
    await change(hass, entry, "AAAA1111")
    hass.config_entries.async_update_entry(entry, options={"unknown_cards": "refuse", "lists": False})
    await hass.async_block_till_done()
    assert hub.stations["cp1"].settings.lists is False
    assert hub.stations["cp1"].connected


async def add(hass: HomeAssistant, entry: MockConfigEntry, number: str, name: str) -> None:
    await hass.services.async_call(
        DOMAIN, "import_cards", {"csv": f"{number},{name}"}, blocking=True, return_response=True
    )
    await hass.async_block_till_done()


def withdraw(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> None:
    card = next(one for one in entry.subentries.values() if one.title == name)
    assert card.subentry_type == SUBENTRY_CARD
    hass.config_entries.async_remove_subentry(entry, card.subentry_id)


@VERSIONS
async def test_the_button_learns_the_next_card_whatever_is_done_about_unknown_ones(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, station: Station, version: str
) -> None:
    hass.config_entries.async_update_entry(entry, options={"unknown_cards": "accept"})
    await hass.async_block_till_done()
    await station.present_card("04A2B3C4")
    assert offers(hass) == []
    button = er.async_get(hass).async_get_entity_id("button", DOMAIN, f"{entry.entry_id}_learn_card")
    assert button is not None
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    await station.present_card("04A2B3C4")
    form = await offered(hass)
    assert form["description_placeholders"]["number"] == "04A2B3C4"
    assert (event(hass)["event_type"], event(hass)["token"]) == ("learnt", "…B3C4")
    await station.present_card("FFFF0000")
    assert len(offers(hass)) == 1, "one card is learnt at a time"


@VERSIONS
async def test_the_action_gives_the_number_of_the_card_it_has_learnt(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, station: Station, version: str
) -> None:
    call = hass.async_create_task(
        hass.services.async_call(DOMAIN, "learn_card", {}, blocking=True, return_response=True)
    )
    await until(lambda: hub.central.household.lesson)
    await station.present_card("04A2B3C4")
    kind = "card" if version == "1.6" else "iso14443"
    assert await call == {"number": "04A2B3C4", "kind": kind, "station": "CP1"}
    assert (await offered(hass))["description_placeholders"]["station"] == "Garage"


@pytest.mark.parametrize("version", ["1.6"])
async def test_a_station_has_rules_of_its_own_for_unknown_cards(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, station: Station, version: str
) -> None:
    answers = []
    for admittance in ("refuse", "accept", "free", "household"):
        (own,) = entry.subentries.values()
        hass.config_entries.async_update_subentry(entry, own, data={**own.data, "admittance": admittance})
        await hass.async_block_till_done()
        answers.append(await station.present_card("04A2B3C4"))
    assert answers == ["Invalid", "Accepted", "Accepted", "Invalid"]
    assert len(offers(hass)) == 1, "the household asks, the station alone does not"


@pytest.mark.parametrize("version", ["1.6"])
async def test_offers_are_few_and_are_taken_back_when_nobody_wants_them(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    station: Station,
    version: str,
) -> None:
    for number in range(7):
        await station.present_card(f"FFFF000{number}")
    await until(lambda: len(offers(hass)) == 5)
    await add(hass, entry, "FFFF0001", "Fob")
    assert len(offers(hass)) == 4
    with freeze_time(dt_util.utcnow() + timedelta(hours=23), tick=True, real_asyncio=True):
        await station.present_card("FFFF0002")
        await hass.async_block_till_done()
    with freeze_time(dt_util.utcnow() + timedelta(hours=25), tick=True, real_asyncio=True):
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()
    await hass.async_block_till_done()
    assert len(offers(hass)) == 1, "those that were not shown again are forgotten"
    hass.config_entries.async_update_entry(entry, options={"unknown_cards": "refuse"})
    await hass.async_block_till_done()
    assert offers(hass) == []


@pytest.mark.parametrize("version", ["1.6"])
async def test_a_session_is_started_for_a_card_by_its_name(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, station: Station, version: str
) -> None:
    await add(hass, entry, "04A2B3C4", "Fob of Anna")
    await station.plug_in()
    target = {"entity_id": er.async_get(hass).async_get_entity_id("event", DOMAIN, "cp1_card")}
    await hass.services.async_call(DOMAIN, "start_transaction", {"card": "fob of anna"}, blocking=True, target=target)
    await until(lambda: hub.stations["cp1"].evse(1).transaction)
    running = hub.stations["cp1"].evse(1).transaction
    assert running is not None
    assert running.token == "04A2B3C4"
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(DOMAIN, "start_transaction", {"card": "Nobody"}, blocking=True, target=target)
    assert raised.value.translation_key == "unknown_card"
