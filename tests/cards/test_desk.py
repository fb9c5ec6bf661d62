"""Cards that are offered to the owner, and the wait for one."""

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.ocpp_home import card_desk
from custom_components.ocpp_home.card_desk import Shown
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.hub import Hub
from tests.household import card_data, hub_entry, set_up, station_data
from tests.platforms.station import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")

FOB: dict[str, Any] = {"name": "Fob", "number": "04A2", "kind": "card", "rules": {"active": True, "master": False}}


@pytest.fixture
async def hub(hass: HomeAssistant) -> Hub:
    entry = hub_entry(card_data("TAKEN"), station_data("CP1", "Garage"), options={"unknown_cards": "ask"})
    return await set_up(hass, entry)


async def ask_about(hass: HomeAssistant, hub: Hub, number: str) -> list[dict[str, Any]]:
    """Let the station ask about a card; gives what is offered."""
    about = {"token": number, "type": TokenType.ISO14443.value}
    hub.stations["cp1"].emit(Event(Kind.CARD_UNKNOWN, NOON, 1, about))
    await hass.async_block_till_done(wait_background_tasks=True)
    return [dict(flow) for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)]


async def test_a_card_that_is_offered_twice_is_one_offer(hass: HomeAssistant, hub: Hub) -> None:
    await ask_about(hass, hub, "04A2")
    (offer,) = await ask_about(hass, hub, "04a2")
    assert offer["context"]["unique_id"] == "card/04a2"


async def test_what_is_wrong_with_an_offered_card_can_be_put_right(hass: HomeAssistant, hub: Hub) -> None:
    (offer,) = await ask_about(hass, hub, "04A2")
    flows = hass.config_entries.flow
    form = dict(await flows.async_configure(offer["flow_id"], FOB | {"number": "taken"}))
    assert (form["step_id"], form["errors"]) == ("card", {"number": "number_taken"})
    done = await flows.async_configure(offer["flow_id"], FOB)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "card_added")


async def test_an_ignored_card_is_not_offered_again(hass: HomeAssistant, hub: Hub) -> None:
    (offer,) = await ask_about(hass, hub, "04A2")
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE, "discovery_key": offer["context"]["discovery_key"]},
        data={"unique_id": "card/04a2", "title": "Card"},
    )
    assert await ask_about(hass, hub, "04A2") == []
    assert len(await ask_about(hass, hub, "FFFF")) == 1


async def test_offers_go_with_their_hub(hass: HomeAssistant, hub: Hub) -> None:
    await ask_about(hass, hub, "04A2")
    await hass.config_entries.async_unload(hub.entry.entry_id)
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []
    late = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data=Shown(hub.entry.entry_id, Token("04A2"), "CP1"),
    )
    assert (late["type"], late["reason"]) == (FlowResultType.ABORT, "hub_not_running")


async def test_the_action_tells_that_no_card_was_shown(hass: HomeAssistant, hub: Hub) -> None:
    with patch.object(card_desk, "PATIENCE", 0.01), pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(DOMAIN, "learn_card", {}, blocking=True)
    assert raised.value.translation_key == "no_card_shown"


async def test_a_station_that_goes_keeps_its_name_in_the_offer(hass: HomeAssistant, hub: Hub) -> None:
    (offer,) = await ask_about(hass, hub, "04A2")
    (station,) = (one for one in hub.entry.subentries.values() if one.title == "Garage")
    await hass.config_entries.flow.async_configure(offer["flow_id"])
    hass.config_entries.async_remove_subentry(hub.entry, station.subentry_id)
    form = dict(await hass.config_entries.flow.async_configure(offer["flow_id"], FOB | {"number": ""}))
    assert (form["errors"], form["description_placeholders"]["station"]) == ({"number": "invalid_number"}, "CP1")
