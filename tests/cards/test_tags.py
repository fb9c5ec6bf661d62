"""Cards are tags of Home Assistant."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.tag import EVENT_TAG_SCANNED, async_scan_tag
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.hub import Hub
from tests.household import card_data, hub_entry, set_up, station_data
from tests.platforms.station import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def home(hass: HomeAssistant, **options: bool) -> Hub:
    assert await async_setup_component(hass, "tag", {})
    cards = card_data("04A2B3C4", "Fob of Anna"), card_data("1234", "Code", kind="key_code")
    return await set_up(hass, hub_entry(*cards, station_data("CP1", "Garage"), options=options))


async def scans(hass: HomeAssistant, hub: Hub, kind: Kind, live: bool = True, **data: Any) -> list[Mapping[str, Any]]:
    """Show a card, and give what Home Assistant tells of tags."""
    told = async_capture_events(hass, EVENT_TAG_SCANNED)
    hub.stations["cp1"].emit(Event(kind, NOON, 1, data, live=live))
    await hass.async_block_till_done()
    return [event.data for event in told]


async def test_a_card_of_the_household_is_a_tag_with_its_name_shown_at_the_station(hass: HomeAssistant) -> None:
    hub = await home(hass)
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "cp1"), hub.entry.entry_id)
    assert device is not None
    tag = next(one.subentry_id for one in hub.entry.subentries.values() if one.title == "Fob of Anna")
    scanned = {"tag_id": tag, "name": "Fob of Anna", "device_id": device.id}
    assert await scans(hass, hub, Kind.CARD_ACCEPTED, token="04a2b3c4") == [scanned]
    assert await scans(hass, hub, Kind.CARD_REFUSED, token="04A2B3C4", decision="NoCredit") == [scanned]
    assert er.async_get(hass).async_get_entity_id("tag", "tag", tag) is not None
    assert "04a2b3c4" not in str([state.as_dict() for state in hass.states.async_all()]).casefold()


async def test_the_number_is_the_id_of_the_tag_where_numbers_may_be_seen(hass: HomeAssistant) -> None:
    hub = await home(hass, show_numbers=True)
    assert [told["tag_id"] for told in await scans(hass, hub, Kind.CARD_ACCEPTED, token="04a2b3c4")] == ["04A2B3C4"]
    assert await scans(hass, hub, Kind.CARD_REFUSED, token="FFFF", decision="Invalid") == []
    assert [told["tag_id"] for told in await scans(hass, hub, Kind.CARD_ACCEPTED, token="FFFF")] == ["FFFF"]


async def test_a_strangers_card_is_no_tag_unless_home_assistant_knows_it_as_one(hass: HomeAssistant) -> None:
    hub = await home(hass)
    assert await scans(hass, hub, Kind.CARD_ACCEPTED, token="FFFF") == []
    await async_scan_tag(hass, "FFFF", None)
    again = await scans(hass, hub, Kind.CARD_REFUSED, token="FFFF", decision="Invalid")
    assert [told["tag_id"] for told in again] == ["FFFF"]


async def test_a_tag_without_a_name_is_called_like_its_card_and_one_that_has_a_name_keeps_it(
    hass: HomeAssistant,
) -> None:
    hub = await home(hass)
    await async_scan_tag(hass, "04A2B3C4", None)
    assert [told["name"] for told in await scans(hass, hub, Kind.CARD_ACCEPTED, token="04A2B3C4")] == ["Fob of Anna"]
    entity_id = er.async_get(hass).async_get_entity_id("tag", "tag", "04A2B3C4")
    assert entity_id is not None
    er.async_get(hass).async_update_entity(entity_id, name="Mine")
    assert [told["name"] for told in await scans(hass, hub, Kind.CARD_ACCEPTED, token="04A2B3C4")] == ["Mine"]


@pytest.mark.parametrize(
    ("token", "data"),
    [("1234", {}), ("9876", {"type": "KeyCode"}), ("HomeAssistant", {}), ("04A2B3C4", {"live": False})],
)
async def test_no_tag_is_scanned_for_codes_for_our_own_starts_and_for_what_is_told_late(
    hass: HomeAssistant, token: str, data: dict[str, Any]
) -> None:
    hub = await home(hass)
    assert await scans(hass, hub, Kind.CARD_ACCEPTED, token=token, **data) == []


async def test_who_does_not_want_tags_gets_none(hass: HomeAssistant) -> None:
    hub = await home(hass, tags=False)
    assert await scans(hass, hub, Kind.CARD_ACCEPTED, token="04A2B3C4") == []


async def test_without_the_integration_of_tags_cards_charge_all_the_same(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(card_data("04A2B3C4"), station_data("CP1")))
    assert await scans(hass, hub, Kind.CARD_ACCEPTED, token="04A2B3C4") == []
