"""Who had cards listed at stations has cards of the household, and nobody's right to charge has changed."""

from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.const import SUBENTRY_CARD
from custom_components.ocpp_home.csms.dialogue.authorization import decide
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.migration import MINOR
from tests.household import hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")


def may(hub: Hub, station: str, card: str) -> bool:
    return decide(hub.stations[station], Token(card), datetime.now(UTC)).accepted


async def test_listed_numbers_become_cards_that_may_charge_where_they_might(hass: HomeAssistant) -> None:
    entry = hub_entry(
        station_data("A", admittance="listed", cards=["04A2B3C4", " FFFF0000 ", " "], maximum=16),
        station_data("B", admittance="listed", cards=["04a2b3c4"]),
        station_data("C", admittance="everybody", cards=["EEEE0000"]),
    )
    object.__setattr__(entry, "minor_version", 1)
    hub = await set_up(hass, entry)
    numbers = ("04A2B3C4", "FFFF0000", "EEEE0000", "HomeAssistant")
    told = {station: [may(hub, station, number) for number in numbers] for station in "abc"}
    assert told == {"a": [True, True, False, True], "b": [True, False, False, True], "c": [True, True, True, True]}
    cards = {card.title: dict(card.data) for card in entry.subentries.values() if card.subentry_type == SUBENTRY_CARD}
    assert cards == {"…B3C4": {"number": "04A2B3C4"}, "…0000": {"number": "FFFF0000", "stations": ["A", "C"]}}
    stations = {one.title: dict(one.data) for one in entry.subentries.values() if one.subentry_type != SUBENTRY_CARD}
    assert stations["A"] == {"identity": "A", "maximum": 16, "admittance": "refuse"}
    assert stations["C"] == {"identity": "C"}
    assert entry.minor_version == MINOR


@pytest.mark.parametrize("number", ["VID:001122334455", "00:11:22:33:44:55", "001122334455"])
async def test_a_car_that_was_listed_by_its_address_still_charges_and_no_other_does(
    hass: HomeAssistant, number: str
) -> None:
    entry = hub_entry(station_data("A", admittance="listed", cards=[number]))
    object.__setattr__(entry, "minor_version", 1)
    hub = await set_up(hass, entry)
    for type_ in (TokenType.MAC_ADDRESS, TokenType.UNKNOWN):
        tokens = Token(number, type_), Token("66:77:88:99:AA:BB", type_)
        verdicts = [decide(hub.stations["a"], token, datetime.now(UTC)).accepted for token in tokens]
        assert verdicts == [True, False]


async def test_where_no_car_was_listed_cars_are_not_known_by_their_addresses(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("A", admittance="listed", cards=["04A2B3C4D5E6F7"]), options={"lists": False})
    object.__setattr__(entry, "minor_version", 1)
    await set_up(hass, entry)
    assert dict(entry.options) == {"lists": False}


async def test_a_number_that_is_a_stations_own_token_still_starts_there(hass: HomeAssistant) -> None:
    entry = hub_entry(
        station_data("A", admittance="listed", cards=["HA1"]), station_data("B", admittance="listed", token="HA1")
    )
    object.__setattr__(entry, "minor_version", 1)
    hub = await set_up(hass, entry)
    assert [may(hub, "a", "HA1"), may(hub, "b", "HA1"), may(hub, "b", "X")] == [True, True, False]


async def test_what_a_newer_version_wrote_is_left_alone(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("A"))
    object.__setattr__(entry, "minor_version", MINOR + 1)
    await set_up(hass, entry)
    assert entry.minor_version == MINOR + 1
