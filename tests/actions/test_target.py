"""Whom an action is aimed at."""

import asyncio
from collections.abc import Iterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home.const import DOMAIN
from tests.household import hub_entry, set_up, station_data, until
from tests.simulator import Oddities, Station

from .home import TWO, Home
from .test_wire import PROFILE

OUT = {"operative": False}


def taken_out(*numbers: int) -> list[dict[str, Any]]:
    return [{"connectorId": number, "type": "Inoperative"} for number in numbers]


def foreign_device(hass: HomeAssistant) -> str:
    entry = MockConfigEntry(domain="lamp")
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    return registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("lamp", "1")}, name="Lamp").id


async def test_a_station_is_named_by_its_device(home: Home, garage: Station, yard: Station) -> None:
    assert await home.do("change_availability", {"device_id": home.device("yard")}, **OUT) == {
        "YARD": {"scheduled": False}
    }
    assert yard.asked("ChangeAvailability") == taken_out(0)
    assert garage.asked("ChangeAvailability") == []


async def test_an_evse_is_named_by_its_own_device(home: Home, yard: Station) -> None:
    assert await home.do("change_availability", {"device_id": home.device("yard/2")}, **OUT) == {
        "YARD/2": {"scheduled": False}
    }
    assert yard.asked("ChangeAvailability") == taken_out(2)


async def test_an_evse_is_named_by_an_entity_on_it(home: Home, yard: Station) -> None:
    await home.do("change_availability", {"entity_id": home.entity("yard_1_status")}, **OUT)
    assert yard.asked("ChangeAvailability") == taken_out(1)


async def test_a_station_is_named_by_an_entity_on_it(home: Home, yard: Station) -> None:
    await home.do("change_availability", {"entity_id": home.entity("yard_last_boot")}, **OUT)
    assert yard.asked("ChangeAvailability") == taken_out(0)


async def test_the_only_evse_of_a_station_is_meant_with_the_station(home: Home, garage: Station) -> None:
    assert await home.do("change_availability", {"entity_id": home.entity("garage_1_status")}, **OUT) == {
        "GARAGE": {"scheduled": False}
    }
    assert garage.asked("ChangeAvailability") == taken_out(1)


async def test_who_is_named_twice_is_asked_once(home: Home, garage: Station) -> None:
    target = {
        "device_id": [home.device()],
        "entity_id": [home.entity("garage_1_status"), home.entity("garage_last_boot")],
    }
    await home.do("unlock", target)
    assert garage.asked("UnlockConnector") == [{"connectorId": 1}]


async def test_what_concerns_a_station_is_asked_of_it_once_whichever_evses_are_named(home: Home, yard: Station) -> None:
    target = {"device_id": [home.device("yard/1"), home.device("yard/2")]}
    assert await home.do("get_local_list_version", target) == {"YARD": {"version": 0}}
    assert yard.asked("GetLocalListVersion") == [{}]


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        ("yard", {"requestedMessage": "MeterValues"}),
        ("yard/2", {"requestedMessage": "MeterValues", "connectorId": 2}),
    ],
)
async def test_a_message_is_asked_for_of_everything_or_of_an_evse(
    home: Home, yard: Station, key: str, payload: dict[str, Any]
) -> None:
    await home.do("trigger_message", {"device_id": home.device(key)}, message="MeterValues")
    assert yard.asked("TriggerMessage") == [payload]


@pytest.mark.parametrize(
    ("key", "purpose", "number"),
    [
        ("yard", "TxDefaultProfile", 0),
        ("yard/2", "TxDefaultProfile", 2),
        ("yard", "ChargePointMaxProfile", 0),
        ("yard/2", "ChargePointMaxProfile", 2),  # the station is the judge of that
    ],
)
async def test_a_profile_is_set_where_it_is_aimed(home: Home, key: str, purpose: str, number: int) -> None:
    accepted = Oddities(answers={"SetChargingProfile": {"status": "Accepted"}})
    profile = PROFILE | {"chargingProfilePurpose": purpose}
    async with home.station("YARD", hardware=TWO, oddities=accepted) as yard:
        await home.do("set_charging_profile", {"device_id": home.device(key)}, charging_profile=profile)
        assert yard.asked("SetChargingProfile") == [{"connectorId": number, "csChargingProfiles": profile}]


@pytest.mark.parametrize(("key", "payload"), [("yard", {}), ("yard/2", {"connectorId": 2})])
async def test_profiles_are_cleared_of_everything_or_of_an_evse(home: Home, key: str, payload: dict[str, Any]) -> None:
    accepted = Oddities(answers={"ClearChargingProfile": {"status": "Accepted"}})
    async with home.station("YARD", hardware=TWO, oddities=accepted) as yard:
        await home.do("clear_charging_profile", {"device_id": home.device(key)})
        assert yard.asked("ClearChargingProfile") == [payload]


async def test_a_station_starts_where_it_likes_unless_an_evse_is_named(home: Home, yard: Station) -> None:
    await home.do("start_transaction", {"device_id": home.device("yard")})
    await home.do("start_transaction", {"device_id": home.device("yard/2")})
    assert yard.asked("RemoteStartTransaction") == [
        {"idTag": "HomeAssistant"},
        {"idTag": "HomeAssistant", "connectorId": 2},
    ]


@pytest.mark.parametrize("action", ["stop_transaction", "unlock", "cancel_reservation"])
async def test_where_only_an_evse_can_be_meant_it_has_to_be_named(home: Home, yard: Station, action: str) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.do(action, {"device_id": home.device("yard")})
    assert raised.value.translation_key == "which_evse"
    assert raised.value.translation_placeholders == {"station": "YARD"}
    assert {"RemoteStopTransaction", "UnlockConnector", "CancelReservation"}.isdisjoint(yard.asked())


async def test_with_its_number_a_transaction_is_stopped_at_any_station(home: Home) -> None:
    accepted = Oddities(answers={"RemoteStopTransaction": {"status": "Accepted"}})
    async with home.station("YARD", hardware=TWO, oddities=accepted) as yard:
        await home.do("stop_transaction", {"device_id": home.device("yard")}, transaction_id="815")
        assert yard.asked("RemoteStopTransaction") == [{"transactionId": 815}]


@pytest.mark.parametrize(
    ("action", "key"), [("stop_transaction", "no_transaction"), ("cancel_reservation", "no_reservation")]
)
async def test_where_nothing_runs_or_is_reserved_there_is_nothing_to_end(
    home: Home, yard: Station, action: str, key: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.do(action, {"device_id": home.device("yard/2")})
    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders == {"name": "YARD/2"}


# --- areas, floors, labels --------------------------------------------------------------------------------------------
def places(home: Home) -> Iterator[dict[str, Any]]:
    """The same outside, as an area, as a floor, as a label of the area, and as a label of the station itself."""
    floors, areas, labels = fr.async_get(home.hass), ar.async_get(home.hass), lr.async_get(home.hass)
    floor, label, mark = floors.async_create("Ground"), labels.async_create("Outside"), labels.async_create("Power")
    area = areas.async_create("Outside", floor_id=floor.floor_id, labels={label.label_id})
    dr.async_get(home.hass).async_update_device(home.device("yard"), area_id=area.id, labels={mark.label_id})
    yield {"area_id": area.id}
    yield {"floor_id": floor.floor_id}
    yield {"label_id": label.label_id}
    yield {"label_id": mark.label_id}


async def test_in_a_place_every_evse_is_meant_and_nothing_elsewhere(home: Home, garage: Station, yard: Station) -> None:
    for target in places(home):
        answer = await home.do("change_availability", target, **OUT)
        assert answer == {"YARD/1": {"scheduled": False}, "YARD/2": {"scheduled": False}}, target
    assert sorted(asked["connectorId"] for asked in yard.asked("ChangeAvailability")) == [1] * 4 + [2] * 4
    assert garage.asked("ChangeAvailability") == []


async def test_in_a_place_a_station_is_restarted_once(home: Home) -> None:
    accepted = Oddities(answers={"Reset": {"status": "Accepted"}})
    async with home.station("YARD", hardware=TWO, oddities=accepted) as yard:
        for target in places(home):
            await home.do("reset", target)
        assert yard.asked("Reset") == [{"type": "Soft"}] * 4


async def test_a_station_in_a_place_is_meant_beside_one_that_is_named(
    home: Home, garage: Station, yard: Station
) -> None:
    target = next(places(home)) | {"device_id": home.device()}
    answer = await home.do("get_local_list_version", target)
    assert answer == {"GARAGE": {"version": 0}, "YARD": {"version": 0}}


async def test_other_devices_and_entities_in_a_place_are_left_alone(home: Home, garage: Station) -> None:
    area = ar.async_get(home.hass).async_create("Garage")
    registry = dr.async_get(home.hass)
    for device_id in (home.device(), home.device(home.entry.entry_id), foreign_device(home.hass)):
        registry.async_update_device(device_id, area_id=area.id)
    lamp = er.async_get(home.hass).async_get_or_create("light", "lamp", "1")
    er.async_get(home.hass).async_update_entity(lamp.entity_id, area_id=area.id)
    await home.do("unlock", {"area_id": area.id})
    assert garage.asked("UnlockConnector") == [{"connectorId": 1}]


async def test_an_entity_with_a_label_names_its_evse(home: Home, yard: Station) -> None:
    label = lr.async_get(home.hass).async_create("Mine")
    er.async_get(home.hass).async_update_entity(home.entity("yard_2_status"), labels={label.label_id})
    await home.do("unlock", {"label_id": label.label_id})
    assert yard.asked("UnlockConnector") == [{"connectorId": 2}]


async def test_a_group_names_what_its_members_name(home: Home, garage: Station, yard: Station) -> None:
    members = [home.entity("garage_1_charging", "binary_sensor"), home.entity("yard_2_charging", "binary_sensor")]
    group = {"name": "Chargers", "entities": members}
    assert await async_setup_component(home.hass, "group", {"group": {"chargers": group}})
    await home.hass.async_block_till_done()
    await home.do("unlock", {"entity_id": "group.chargers"})
    assert garage.asked("UnlockConnector") == [{"connectorId": 1}]
    assert yard.asked("UnlockConnector") == [{"connectorId": 2}]


# --- nobody -----------------------------------------------------------------------------------------------------------
async def test_where_no_station_is_meant_that_is_said(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Attic")
    for target in (
        {"entity_id": "light.kitchen"},
        {"entity_id": "none"},
        {"area_id": area.id},
        {"device_id": home.device(home.entry.entry_id)},
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await home.do("unlock", target)
        assert (raised.value.translation_domain, raised.value.translation_key) == (DOMAIN, "no_target"), target


async def test_a_device_that_is_named_and_not_ours_is_an_error_and_nobody_is_asked(home: Home, garage: Station) -> None:
    for stranger, key in (
        (foreign_device(home.hass), "service_device_wrong_domain"),
        ("?", "service_device_not_found"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await home.do("unlock", {"device_id": [home.device(), stranger]})
        assert raised.value.translation_key == key
    assert garage.asked("UnlockConnector") == []


async def test_while_the_hub_is_not_loaded_that_is_said(home: Home) -> None:
    device = home.device()
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await home.do("unlock", {"device_id": device})
    assert raised.value.translation_key == "service_config_entry_not_loaded"


# --- several ----------------------------------------------------------------------------------------------------------
async def test_every_target_is_tried_before_the_first_refusal_is_raised(home: Home, yard: Station) -> None:
    async with home.station(oddities=Oddities(lock_broken=True)) as garage:
        with pytest.raises(HomeAssistantError) as raised:
            await home.do("unlock", {"device_id": [home.device(), home.device("yard"), home.device("yard/2")]})
        assert garage.asked("UnlockConnector") == [{"connectorId": 1}]
    assert raised.value.translation_key == "refused"
    assert raised.value.translation_placeholders == {"station": "GARAGE", "reason": "UnlockFailed"}
    assert yard.asked("UnlockConnector") == [{"connectorId": 2}]


async def test_a_station_that_does_not_answer_keeps_nobody_waiting(home: Home, yard: Station) -> None:
    async with home.station(oddities=Oddities(never_answers=frozenset({"ClearCache"}))) as garage:
        target = {"device_id": [home.device(), home.device("yard")]}
        running = asyncio.create_task(home.do("clear_cache", target))
        await until(lambda: yard.asked("ClearCache"))
        assert garage.asked("ClearCache") == [{}]
        assert not running.done()
        await garage.drop_link()
        with pytest.raises(HomeAssistantError) as raised:
            await running
    assert raised.value.translation_key == "offline"


async def test_stations_that_have_the_same_title_are_told_apart(hass: HomeAssistant, socket_enabled: None) -> None:
    entry = hub_entry(station_data("A", "Charger"), station_data("B", "Charger"))
    home = Home(hass, entry, await set_up(hass, entry))
    async with home.station("A", hardware=TWO), home.station("B", hardware=TWO):
        await hass.async_block_till_done()
        keys = ("a/1", "a/2", "b/1", "b/2")
        answer = await home.do("change_availability", {"device_id": [home.device(key) for key in keys]}, **OUT)
        assert answer == {name: {"scheduled": False} for name in ("A/1", "A/2", "B/1", "B/2")}
