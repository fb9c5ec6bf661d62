"""When entities come to be, when they look, and when they write a state."""

from datetime import timedelta
import gc
from weakref import ref

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, EventStateReportedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.model.event import Event as Happening, Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.entity import guarded, pulse_of
from custom_components.ocpp_home.hub import Hub
from tests.platforms.conftest import Build
from tests.platforms.station import NOON, connect, entity_id, exists, measure, read, shown


class Writes:
    """Every state written from now on, the same ones written again included."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.all: list[str] = []
        hass.bus.async_listen("state_changed", self._changed)
        hass.bus.async_listen("state_reported", self._reported, event_filter=callback(lambda data: True))

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self.all.append(event.data["entity_id"])

    @callback
    def _reported(self, event: Event[EventStateReportedData]) -> None:
        self.all.append(event.data["entity_id"])


async def test_entities_are_unavailable_while_the_station_is_away_and_unknown_until_it_has_told(
    hass: HomeAssistant, station: Station
) -> None:
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_status").state == STATE_UNAVAILABLE
    assert shown(hass, "binary_sensor", "cp1_connection").state == "off"

    connect(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_status").state == STATE_UNKNOWN
    assert shown(hass, "binary_sensor", "cp1_connection").state == "on"

    evse.status = Status.AVAILABLE
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_status").state == "available"

    station.disconnect()
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_status").state == STATE_UNAVAILABLE
    assert shown(hass, "binary_sensor", "cp1_connection").state == "off"


async def test_an_entity_appears_with_its_first_value_and_without_a_reload(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_1_power")
    assert not exists(hass, "sensor", "cp1_1_energy")

    measure(station, evse, read(Quantity.POWER, 7200), read(Quantity.ENERGY_IMPORT, 12_345))
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_power").state == "7200"
    assert shown(hass, "sensor", "cp1_1_energy").state == "12.345"
    assert hub.entry.runtime_data is hub


async def test_what_a_station_can_do_appears_when_it_is_known(hass: HomeAssistant, station: Station) -> None:
    station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "button", "cp1_reset_soft")
    everything = connect(station, blocks=False)
    await hass.async_block_till_done()
    assert exists(hass, "button", "cp1_reset_soft")
    assert not exists(hass, "number", "cp1_1_limit")
    assert station.commands is not None
    station.commands.charging = everything  # type: ignore[assignment] - a fake of all Protocols
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "number", "cp1_1_limit").state == "32.0"


async def test_the_entities_of_one_evse_are_on_the_station_and_move_when_a_second_is_found(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station)
    station.evse(1)
    await hass.async_block_till_done()
    registry = er.async_get(hass)
    devices = dr.async_get(hass)
    whole = devices.async_get_device_by_identifier((DOMAIN, "cp1"), hub.entry.entry_id)
    assert whole is not None
    name = entity_id(hass, "sensor", "cp1_1_status")
    assert registry.entities[name].device_id == whole.id
    assert registry.entities[name].config_subentry_id == hub.subentry_id(station)

    station.evse(2)
    await hass.async_block_till_done()
    for number in (1, 2):
        entry = registry.entities[entity_id(hass, "sensor", f"cp1_{number}_status")]
        child = devices.async_get(entry.device_id or "")
        assert isinstance(child, dr.ChildDeviceEntry)
        assert child.parent_device_id == whole.id
    assert entity_id(hass, "sensor", "cp1_1_status") == name
    assert registry.entities[entity_id(hass, "binary_sensor", "cp1_connection")].device_id == whole.id


async def test_a_frame_that_changes_nothing_writes_no_state(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.POWER, 7200), read(Quantity.VOLTAGE, 230, Phase.L1))
    await hass.async_block_till_done()
    writes = Writes(hass)
    for second in range(1, 20):
        measure(
            station, evse, read(Quantity.POWER, 7200, after=second), read(Quantity.VOLTAGE, 230, Phase.L1, after=second)
        )
        await hass.async_block_till_done()
    assert writes.all == []
    measure(station, evse, read(Quantity.POWER, 7300, after=30))
    await hass.async_block_till_done()
    assert writes.all == [entity_id(hass, "sensor", "cp1_1_power")]


async def test_a_flood_writes_the_first_change_at_once_and_the_last_one_after_the_interval(
    hass: HomeAssistant, build: Build
) -> None:
    station = (await build(5)).stations["cp1"]
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.POWER, 0))
    await hass.async_block_till_done()
    now = dt_util.utcnow()
    async_fire_time_changed(hass, now + timedelta(seconds=6))
    await hass.async_block_till_done()

    writes = Writes(hass)
    power = entity_id(hass, "sensor", "cp1_1_power")
    for value in range(1, 101):
        measure(station, evse, read(Quantity.POWER, value, after=value))
        await hass.async_block_till_done()
    assert writes.all == [power]
    assert hass.states.get(power).state == "1"  # type: ignore[union-attr] - it has just been written

    async_fire_time_changed(hass, now + timedelta(seconds=12))
    await hass.async_block_till_done()
    assert writes.all == [power, power]
    assert shown(hass, "sensor", "cp1_1_power").state == "100"

    async_fire_time_changed(hass, now + timedelta(seconds=18))
    await hass.async_block_till_done()
    assert writes.all == [power, power]


async def test_the_interval_can_be_changed_while_stations_are_connected(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.POWER, 0))
    await hass.async_block_till_done()
    hass.config_entries.async_update_entry(hub.entry, options={**hub.entry.options, CONF_PUBLISH_INTERVAL: 60})
    await hass.async_block_till_done()
    for value in (1, 2):
        measure(station, evse, read(Quantity.POWER, value, after=value))
        await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_power").state == "1"
    assert station.connected


async def test_everything_a_frame_changes_is_one_state(hass: HomeAssistant, build: Build) -> None:
    station = (await build(60)).stations["cp1"]
    connect(station)
    evse = station.evse(1)
    evse.status = Status.PREPARING
    station.changed(evse)
    evse.status = Status.CHARGING
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_status").state == "charging"


async def test_a_mistake_in_one_listener_is_logged_and_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def mistaken(number: int) -> None:
        raise ZeroDivisionError(number)

    guarded(mistaken)(7)
    assert "What was told could not be taken over" in caplog.text
    assert "ZeroDivisionError: 7" in caplog.text


async def test_nobody_watches_a_station_after_the_hub_is_unloaded(
    hass: HomeAssistant, hub: Hub, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    writes = Writes(hass)
    evse.status = Status.FAULTED
    station.changed(evse)
    station.changed(station)
    station.emit(Happening(Kind.FAULT, NOON, 1))
    await hass.async_block_till_done()
    assert writes.all == []


async def test_a_station_that_was_removed_gets_no_new_entities(hass: HomeAssistant, hub: Hub, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    hass.config_entries.async_remove_subentry(hub.entry, hub.subentry_id(station))
    await hass.async_block_till_done()
    measure(station, evse, read(Quantity.POWER, 7200))
    await hass.async_block_till_done()
    everybody = er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id)
    assert not [entry for entry in everybody if not entry.unique_id.startswith(hub.entry.entry_id)]


async def test_the_pulse_of_a_station_that_is_gone_is_gone(hub: Hub) -> None:
    gone = Station("gone", hub.ledger)
    leave = pulse_of(hub, gone).listen(gone, lambda: None)
    pulse, station = ref(pulse_of(hub, gone)), ref(gone)
    gc.collect()
    assert pulse() is pulse_of(hub, gone), "while somebody listens it is the same"
    leave()
    del leave, gone
    gc.collect()
    assert (pulse(), station()) == (None, None)
