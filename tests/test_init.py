"""The life of a hub: set up, changed while stations are connected, unloaded."""

import asyncio
from datetime import UTC, datetime
import logging
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.ocpp_home.const import (
    CONF_ADMITTANCE,
    CONF_IDENTITY,
    CONF_MAXIMUM,
    CONF_PUBLISH_INTERVAL,
    DOMAIN,
    SUBENTRY_STATION,
)
from custom_components.ocpp_home.csms.dialogue.authorization import decide
from custom_components.ocpp_home.csms.model.station import Identity
from custom_components.ocpp_home.csms.model.token import Token
from tests.household import card_data, free_port, hub_entry, set_up, simulated, station_data, until
from tests.simulator import Hardware

pytestmark = pytest.mark.usefixtures("socket_enabled")


def station_device(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> dr.DeviceEntry:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, key), entry.entry_id)
    assert device is not None
    return device


def children(hass: HomeAssistant, entry: MockConfigEntry, *keys: str) -> list[dr.ChildDeviceEntry | None]:
    registry = dr.async_get(hass)
    return [registry.async_get_child_device_by_identifier((DOMAIN, key), entry.entry_id) for key in keys]


def entity_of(hass: HomeAssistant, unique_id: str) -> er.RegistryEntry | None:
    """The entity of a sensor that has a state."""
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
    return None if entity_id is None or hass.states.get(entity_id) is None else registry.async_get(entity_id)


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_hub_listens_until_it_is_unloaded_and_then_the_port_is_free(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    assert await listens(entry.data[CONF_PORT])
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert not await listens(entry.data[CONF_PORT])
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await listens(entry.data[CONF_PORT])


async def test_a_port_that_is_taken_is_tried_again_later(hass: HomeAssistant) -> None:
    entry = hub_entry()
    entry.add_to_hass(hass)
    other = await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", entry.data[CONF_PORT])
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_in_use"
    other.close()
    await other.wait_closed()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_ledger_that_cannot_be_opened_is_tried_again_later(hass: HomeAssistant, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("no folder")
    entry = hub_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "ledger": str(tmp_path / "blocked" / "ledger.db")}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "ledger_unusable"


async def test_the_port_is_free_when_home_assistant_stops(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert not await listens(entry.data[CONF_PORT])


async def test_an_entry_of_a_newer_version_is_left_alone(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, version=2, data={CONF_HOST: "192.0.2.9", CONF_PORT: free_port()})
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR


async def test_an_entry_of_an_older_version_is_brought_up_to_date(hass: HomeAssistant) -> None:
    entry = hub_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, minor_version=0)
    assert await hass.config_entries.async_setup(entry.entry_id)


async def test_a_hub_whose_entities_cannot_be_unloaded_goes_on(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    with patch.object(hass.config_entries, "async_unload_platforms", return_value=False):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert await listens(entry.data[CONF_PORT])


async def test_a_station_is_a_device_behind_the_hub_with_what_it_tells(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage", "My station"))
    await set_up(hass, entry)
    device = station_device(hass, entry, "garage")
    assert (device.name, device.manufacturer, device.sw_version) == ("My station", None, None)
    hub_device = station_device(hass, entry, entry.entry_id)
    assert device.via_device_id == hub_device.id
    assert hub_device.entry_type is dr.DeviceEntryType.SERVICE
    async with simulated(entry, "garage") as it:
        told = it.hardware.identity
        device = station_device(hass, entry, "garage")
        assert (device.manufacturer, device.model) == (told.vendor, told.model)
        assert (device.serial_number, device.sw_version) == (told.serial, told.firmware)
        assert device.config_subentry_id == next(iter(entry.subentries))


async def test_new_firmware_is_on_the_device_at_once(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    hub.stations["garage"].identify(Identity(vendor="Acme", firmware="1.0"))
    assert station_device(hass, entry, "garage").sw_version == "1.0"
    hub.stations["garage"].identify(Identity(firmware="1.1"))
    device = station_device(hass, entry, "garage")
    assert (device.manufacturer, device.sw_version) == ("Acme", "1.1")


async def test_an_evse_has_a_device_of_its_own_only_where_there_is_more_than_one(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    station = hub.stations["garage"]
    first = station.evse(1)
    assert children(hass, entry, "garage/1") == [None]
    assert hub.device_info(station, first) == hub.device_info(station)
    own = er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        "garage_1_power",
        config_entry=entry,
        config_subentry_id=hub.subentry_id(station),
        device_id=station_device(hass, entry, "garage").id,
    )

    station.evse(2)
    one, two = children(hass, entry, "garage/1", "garage/2")
    assert one is not None
    assert two is not None
    assert (one.name, two.name) == ("Connector 1", "Connector 2")
    assert one.parent_device_id == station_device(hass, entry, "garage").id
    assert hub.device_info(station, first)["identifiers"] == {(DOMAIN, "garage/1")}
    moved = er.async_get(hass).async_get(own.entity_id)
    assert moved is not None
    assert moved.device_id == one.id


async def test_stations_come_and_go_without_anybody_else_noticing(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    seen: list[str] = []
    stop = hub.on_station(lambda station: seen.append(station.name))
    async with simulated(entry, "Garage") as garage:
        subentry = ConfigSubentry(
            data=MappingProxyType({CONF_IDENTITY: "Yard"}),
            subentry_type=SUBENTRY_STATION,
            title="Yard",
            unique_id="yard",
        )
        hass.config_entries.async_add_subentry(entry, subentry)
        await hass.async_block_till_done()
        assert seen == ["Garage", "Yard"]
        async with simulated(entry, "Yard") as yard:
            yard.redial = None
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
            await hass.async_block_till_done()
            await until(lambda: yard.wire is None)
        assert list(hub.stations) == ["garage"]
        assert dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "yard"), entry.entry_id) is None
        assert len(garage.boots) == 1
        assert hub.stations["garage"].connected
    assert entry.runtime_data is hub
    stop()
    stop()
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done()
    assert seen == ["Garage", "Yard"]


async def test_a_changed_setting_reaches_the_station_on_the_connection_it_has(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        station = hub.stations["garage"]
        subentry = next(iter(entry.subentries.values()))
        hass.config_entries.async_update_subentry(
            entry,
            subentry,
            title="Carport",
            data={**subentry.data, CONF_MAXIMUM: 16, CONF_ADMITTANCE: "refuse"},
        )
        await hass.async_block_till_done()
        assert station.settings.maximum == 16
        assert station.evse(1).limits.maximum == 16
        assert station_device(hass, entry, "garage").name == "Carport"
        assert hub.stations["garage"] is station
        assert station.connected
        assert len(garage.boots) == 1


async def test_only_the_cards_of_the_household_and_home_assistant_itself_may_charge(hass: HomeAssistant) -> None:
    entry = hub_entry(card_data("04A2"), station_data("Garage", admittance="refuse"))
    hub = await set_up(hass, entry)
    station = hub.stations["garage"]

    def may(card: str) -> bool:
        return decide(station, Token(card), datetime.now(UTC)).accepted

    assert [may("04a2"), may(station.settings.token), may("FFFF")] == [True, True, False]


async def test_another_port_is_listened_on_without_a_reload(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    before, after = entry.data[CONF_PORT], free_port()
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_PORT: after})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not await listens(before)
    assert entry.runtime_data is hub
    async with simulated(entry, "Garage"):
        assert hub.stations["garage"].connected


async def test_another_port_that_is_taken_in_the_meantime_is_tried_again_later(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    taken = free_port()
    other = await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", taken)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_PORT: taken})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    other.close()
    await other.wait_closed()


async def test_another_address_disconnects_nobody(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    async with simulated(entry, "Garage") as garage:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_HOST: "2001:db8::9"})
        await hass.async_block_till_done()
        assert hub.stations["garage"].connected
        assert len(garage.boots) == 1
    assert hub.url == f"ws://[2001:db8::9]:{entry.data[CONF_PORT]}"


async def test_going_and_returning_are_logged_once_each(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    station = hub.stations["garage"]
    caplog.set_level(logging.INFO, "custom_components.ocpp_home.member")

    def lines() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.name == "custom_components.ocpp_home.member"]

    async with simulated(entry, "Garage"):
        assert lines() == []
    await until(lambda: not station.connected)
    station.changed(station)
    assert lines() == ["Station Garage has disconnected"]
    async with simulated(entry, "Garage"):
        station.changed(station)
        assert lines() == ["Station Garage has disconnected", "Station Garage is connected again"]


async def remove_device(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, device_id: str) -> bool:
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    return bool((await client.remove_device(device_id))["success"])


async def test_a_station_that_is_gone_can_be_deleted_with_all_it_has(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    device = station_device(hass, entry, "garage")
    async with simulated(entry, "Garage"):
        assert not await remove_device(hass, hass_ws_client, device.id)
    await until(lambda: not hub.stations["garage"].connected)
    assert await remove_device(hass, hass_ws_client, device.id)
    await hass.async_block_till_done()
    assert not entry.subentries
    assert not hub.stations


async def test_devices_that_are_in_use_cannot_be_deleted_and_stale_ones_can(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = hub_entry(station_data("Garage"), options={CONF_PUBLISH_INTERVAL: 0})
    hub = await set_up(hass, entry)
    station = hub.stations["garage"]
    async with simulated(entry, "Garage", hardware=Hardware(connectors=2)):
        second = children(hass, entry, "garage/2")[0]
        assert second is not None
        stale = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "old")})
        for device_id, allowed in (
            (station_device(hass, entry, entry.entry_id).id, False),
            (second.id, False),
            (stale.id, True),
        ):
            assert await remove_device(hass, hass_ws_client, device_id) is allowed
    await until(lambda: not station.connected)
    await hass.async_block_till_done()
    assert entity_of(hass, "garage_2_status") is not None

    assert await remove_device(hass, hass_ws_client, second.id)
    await hass.async_block_till_done()
    assert list(station.evses) == [1]
    assert children(hass, entry, "garage/1", "garage/2") == [None, None]
    assert entity_of(hass, "garage_2_status") is None
    first = entity_of(hass, "garage_1_status")
    assert first is not None
    assert first.device_id == station_device(hass, entry, "garage").id

    async with simulated(entry, "Garage", hardware=Hardware(connectors=2)):
        await until(lambda: None not in children(hass, entry, "garage/1", "garage/2"))
        await hass.async_block_till_done()
        assert None not in children(hass, entry, "garage/1", "garage/2")
        assert entity_of(hass, "garage_2_status") is not None
