"""What holds in the whole household, and how much of a card's number is seen."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.settings import MASTERS
from custom_components.ocpp_home.words import masked
from tests.household import card_data, hub_entry, set_up, simulated, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")

CARDS: dict[str, Any] = {
    "unknown_cards": "ask",
    "lists": False,
    "several": False,
    "evict": True,
    "autocharge": True,
    "tags": False,
    "show_numbers": True,
}


async def test_preferences_about_cards_hold_at_once_and_leave_the_others_alone(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("CP1"), options={"publish_interval": 7})
    hub = await set_up(hass, entry)
    zone = dt_util.get_default_time_zone()
    assert hub.central.household.policy == Policy(Unknown.ACCEPT, zone)
    async with simulated(entry, "CP1") as station:
        result = await hass.config_entries.options.async_init(entry.entry_id)
        result = await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "cards"})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "cards")
        await hass.config_entries.options.async_configure(result["flow_id"], CARDS)
        await hass.async_block_till_done()
        policy = Policy(Unknown.ASK, zone, several=False, evict=True, autocharge=True)
        assert (hub.central.household.policy, hub.stations["cp1"].policy) == (policy, policy)
        assert hub.stations["cp1"].settings.lists is False
        assert (hub.options.tags, hub.options.show_numbers, hub.options.publish_interval) == (False, True, 7)
        assert len(station.boots) == 1


async def test_the_hours_of_cards_move_with_the_home(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry())
    await hass.config.async_update(time_zone="Asia/Tokyo")
    await hass.async_block_till_done()
    assert str(hub.central.household.policy.zone) == "Asia/Tokyo"


async def test_where_there_is_a_master_stations_have_a_group_for_it(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(card_data("CHIEF", master=True), station_data("CP1", admittance="free")))
    station = hub.stations["cp1"]
    assert (station.policy.master, station.policy.free) == (MASTERS, True)


@pytest.mark.parametrize(
    ("number", "shown"), [("04A2B3C4", "…B3C4"), ("04A2B3C4D5E6F7", "…E6F7"), ("12345", "…45"), ("1", "…"), ("", "…")]
)
def test_of_a_number_its_end_is_seen_and_never_more_than_half(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(("show", "seen"), [(False, ["…B3C4", "…", "…", "HomeAssistant"]), (True, None)])
async def test_numbers_are_shown_whole_where_the_owner_wants_it_but_codes_never(
    hass: HomeAssistant, show: bool, seen: list[str] | None
) -> None:
    entry = hub_entry(card_data("1234", kind="key_code"), station_data("CP1"), options={"show_numbers": show})
    hub = await set_up(hass, entry)
    station = hub.stations["cp1"]
    told = [hub.number(station, "04A2B3C4"), hub.number(station, "1234"), hub.number(station, "9876", secret=True)]
    assert [*told, hub.number(station, "HomeAssistant")] == (seen or ["04A2B3C4", "…", "…", "HomeAssistant"])
