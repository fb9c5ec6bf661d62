"""What is asked once."""

from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.errors import OcppError, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.evse import Connector
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.platforms.station import NOON, connect, entity_id, exists

pytestmark = pytest.mark.usefixtures("all_enabled")


async def press(hass: HomeAssistant, key: str) -> None:
    await hass.services.async_call(BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id(hass, BUTTON, key)}, blocking=True)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("cp1_reset_soft", ("reset", ResetKind.SOFT, None)),
        ("cp1_reset_hard", ("reset", ResetKind.HARD, None)),
        ("cp1_refresh", ("refresh",)),
        ("cp1_clear_cache", ("clear_cache",)),
        ("cp1_2_unlock", ("unlock", 2, 1)),
    ],
)
async def test_a_button_asks_the_station(
    hass: HomeAssistant, station: Station, key: str, asked: tuple[object, ...]
) -> None:
    obliging = connect(station)
    station.evse(1)
    station.evse(2)
    await hass.async_block_till_done()
    await press(hass, key)
    assert obliging.asked == [asked]


@pytest.mark.parametrize(
    ("refusal", "kind", "key", "reason"),
    [
        (Refused("UnlockFailed"), HomeAssistantError, "refused", "UnlockFailed"),
        (Unanswered("no answer within 30 s"), HomeAssistantError, "unanswered", "no answer within 30 s"),
        (Unsupported("NotSupported"), ServiceValidationError, "unsupported", "NotSupported"),
    ],
)
async def test_what_does_not_happen_is_an_error(
    hass: HomeAssistant, station: Station, refusal: OcppError, kind: type[HomeAssistantError], key: str, reason: str
) -> None:
    connect(station).refusal = refusal
    station.evse(1)
    await hass.async_block_till_done()
    with pytest.raises(kind) as raised:
        await press(hass, "cp1_1_unlock")
    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders == {"station": "Garage", "reason": reason}


async def test_a_station_that_lost_the_block_since_says_so(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    await hass.async_block_till_done()
    connect(station, blocks=False)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as raised:
        await press(hass, "cp1_refresh")
    assert raised.value.translation_key == "unsupported"


async def test_a_station_that_cannot_be_triggered_has_no_refresh(hass: HomeAssistant, station: Station) -> None:
    connect(station, blocks=False)
    await hass.async_block_till_done()
    assert exists(hass, BUTTON, "cp1_reset_soft")
    assert not exists(hass, BUTTON, "cp1_refresh")


async def test_of_several_connectors_each_is_unlocked_or_the_one_in_use(hass: HomeAssistant, station: Station) -> None:
    obliging = connect(station, version="2.0.1")
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "button", "cp1_1_connector_1_unlock")
    evse.connectors[2] = Connector(2)
    station.changed(evse)
    await hass.async_block_till_done()
    await press(hass, "cp1_1_connector_2_unlock")
    await press(hass, "cp1_1_unlock")
    evse.previous = Transaction("7", "CP1", 1, 2, None, NOON, 0.0)
    await press(hass, "cp1_1_unlock")
    assert obliging.asked == [("unlock", 1, 2), ("unlock", 1, 1), ("unlock", 1, 2)]
