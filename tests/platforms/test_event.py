"""What happens and is over in a moment."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.event import MOST
from custom_components.ocpp_home.words import masked
from tests.platforms.station import NOON, connect, exists, shown

pytestmark = pytest.mark.usefixtures("all_enabled")


@pytest.mark.parametrize(
    ("kind", "evse", "data", "key", "type_"),
    [
        (Kind.CARD_ACCEPTED, 0, {"token": "04A2B3C4"}, "cp1_card", "accepted"),
        (Kind.CARD_REFUSED, 1, {"token": "FFFFEEEE", "decision": "Invalid"}, "cp1_card", "refused"),
        (Kind.SESSION_STARTED, 1, {"transaction": "7", "offline": False}, "cp1_1_session", "started"),
        (Kind.SESSION_ENDED, 1, {"transaction": "7", "energy": 8000.0, "reason": "Local"}, "cp1_1_session", "ended"),
        (Kind.FAULT, 1, {"code": "GroundFailure", "info": "RCD"}, "cp1_1_fault", "fault"),
        (Kind.FAULT_CLEARED, 1, {}, "cp1_1_fault", "cleared"),
        (Kind.FAULT, 0, {"code": "InternalError"}, "cp1_station_fault", "fault"),
        (Kind.FAULT_CLEARED, 0, {}, "cp1_station_fault", "cleared"),
        (Kind.BOOT, 0, {"firmware": "1.2"}, "cp1_boot", "boot"),
        (Kind.SECURITY, 0, {"type": "TamperDetectionActivated"}, "cp1_security", "security"),
        (Kind.ALERT, 1, {"variable": "Cabinet.Temperature@1", "value": "61", "severity": 2}, "cp1_alert", "alert"),
        (Kind.RESERVATION, 0, {"reservation": 7, "status": "Expired"}, "cp1_reservation", "ended"),
        (Kind.SETTLEMENT, 0, {"status": "Settled", "amount": 12.5}, "cp1_settlement", "settlement"),
        (Kind.BATTERY, 1, {"type": "BatteryIn", "request": 3}, "cp1_battery_swap", "battery_swap"),
        (Kind.GRID, 0, {"control": "c1", "started": True}, "cp1_grid", "grid"),
        (Kind.DATA_TRANSFER, 0, {"vendor": "Acme", "data": "x"}, "cp1_data_transfer", "data_transfer"),
    ],
)
async def test_an_event_is_told_by_one_entity_with_all_that_is_known(
    hass: HomeAssistant, station: Station, kind: Kind, evse: int, data: dict[str, str], key: str, type_: str
) -> None:
    connect(station, version="2.1")
    station.evse(1)
    station.evse(2)
    await hass.async_block_till_done()
    assert shown(hass, "event", key).state == STATE_UNKNOWN
    station.emit(Event(kind, NOON, evse, data))
    await hass.async_block_till_done()
    told = [state for state in hass.states.async_all("event") if state.state != STATE_UNKNOWN]
    assert [state.entity_id for state in told] == [shown(hass, "event", key).entity_id]
    attributes = told[0].attributes
    assert attributes["event_type"] == type_
    seen = data | ({"token": masked(data["token"])} if "token" in data else {})
    assert {name: attributes[name] for name in data} == seen
    assert (attributes["evse"], attributes["at"]) == (evse, NOON.isoformat())


async def test_what_is_told_late_is_news_only_where_it_is_for_the_books(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    station.evse(1)
    await hass.async_block_till_done()
    for kind in (Kind.CARD_ACCEPTED, Kind.CARD_REFUSED, Kind.FAULT, Kind.FAULT_CLEARED):
        station.emit(Event(kind, NOON, 1, live=False))
    station.emit(Event(Kind.SESSION_ENDED, NOON, 1, {"offline": True}, live=False))
    await hass.async_block_till_done()
    assert shown(hass, "event", "cp1_card").state == STATE_UNKNOWN
    assert shown(hass, "event", "cp1_1_fault").state == STATE_UNKNOWN
    session = shown(hass, "event", "cp1_1_session")
    assert (session.attributes["event_type"], session.attributes["offline"]) == ("ended", True)


async def test_a_station_that_tells_without_end_is_not_listened_to_without_end(
    hass: HomeAssistant, station: Station, freezer: FrozenDateTimeFactory
) -> None:
    connect(station)
    await hass.async_block_till_done()
    states = async_capture_events(hass, EVENT_STATE_CHANGED)
    for _ in range(MOST + 5):
        station.emit(Event(Kind.CARD_ACCEPTED, NOON))
        freezer.tick(0.1)
    await hass.async_block_till_done()
    assert len(states) == MOST
    assert station.counters == {"event not told": 5}
    freezer.tick(60)
    station.emit(Event(Kind.CARD_ACCEPTED, NOON))
    await hass.async_block_till_done()
    assert len(states) == MOST + 1


async def test_security_events_are_there_for_who_has_security(hass: HomeAssistant, station: Station) -> None:
    connect(station, blocks=False)
    await hass.async_block_till_done()
    assert exists(hass, "event", "cp1_boot")
    assert not exists(hass, "event", "cp1_security")


async def test_what_only_newer_stations_tell_is_not_there_for_older_ones(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    await hass.async_block_till_done()
    assert not [key for key in ("alert", "settlement", "battery_swap", "grid") if exists(hass, "event", f"cp1_{key}")]
    connect(station, version="2.1")
    await hass.async_block_till_done()
    assert all(exists(hass, "event", f"cp1_{key}") for key in ("alert", "settlement", "battery_swap", "grid"))
