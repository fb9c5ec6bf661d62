"""What is told to somebody who helps: enough to understand, nothing that is nobody's business."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.station import Identity
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from tests.household import HOST, card_data, hub_entry, set_up, simulated, station_data
from tests.simulator import Hardware, Identity as Told, Station

pytestmark = pytest.mark.usefixtures("socket_enabled")

SECRETS = (
    "SN-778899",
    "89430000000000000001",
    "232010000000001",
    "04A2B3C4D5",
    "hunter2-hunter2",
    HOST,
    "127.0.0.1",
    "Ada",
    "LOVELACE",
)
HARDWARE = Hardware(identity=Told(vendor="Acme", model="Box 22", serial="SN-778899"))


def entry_with_cards() -> MockConfigEntry:
    return hub_entry(
        card_data("04A2B3C4D5", "Fob of Ada Lovelace", person="Ada Lovelace", group="LOVELACE"),
        station_data("Garage", admittance="refuse", configure=False),
        station_data("Yard", configure=False),
    )


async def charge(station: Station, entry: MockConfigEntry) -> None:
    """Let a session begin with a card, and a password be among the variables."""
    await station.start("04A2B3C4D5")
    model = entry.runtime_data.stations["garage"]
    model.identify(Identity(iccid="89430000000000000001", imsi="232010000000001"))
    model.variables.put(Variable(VariableKey("", "AuthorizationKey"), "hunter2-hunter2"))
    model.variables.put(Variable(VariableKey("", "HeartbeatInterval"), "300"))
    model.notice("clock_wrong", minutes="+5")


def assert_discreet(told: Any) -> None:
    text = json.dumps(told)
    assert [secret for secret in SECRETS if secret in text] == []


async def test_the_hub_tells_everything_about_its_stations_but_no_secret(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    entry = entry_with_cards()
    await set_up(hass, entry)
    async with simulated(entry, "Garage", hardware=HARDWARE) as garage, simulated(entry, "Stranger"):
        await charge(garage, entry)
        told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert_discreet(told)
    assert told["entry"]["data"]["port"] == entry.data["port"]
    assert told["strangers"] == ["1.6"]
    assert told["ledger"] == {"trouble": None, "set_aside": None}
    garage_told, yard_told = told["stations"]
    assert garage_told["identity"]["vendor"] == "Acme"
    assert (garage_told["version"], garage_told["connected"]) == ("1.6", True)
    assert "remote" in garage_told["blocks"]
    assert {v["name"]: v["value"] for v in garage_told["variables"]} == {
        "AuthorizationKey": None,
        "HeartbeatInterval": "300",
    }
    assert garage_told["variables_left_out"] == 0
    assert garage_told["notices"][0]["data"] == {"minutes": "+5"}
    assert garage_told["evses"][0]["transaction"]["meter_start"] is not None
    assert garage_told["evses"][0]["limits"]["maximum"] == 32
    frames = "\n".join(garage_told["session"]["frames"])
    assert "BootNotification" in frames
    assert "Box 22" in frames
    assert (yard_told["connected"], yard_told["session"], yard_told["blocks"]) == (False, None, None)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_cards_are_nobodys_business_though_no_session_of_theirs_runs(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, version: str
) -> None:
    numbers = ("0BADC0FFEE77", "4711-0815", "STRANGER-99")
    entry = hub_entry(
        card_data("0BADC0FFEE77", "Ring", person="Bob Babbage", group="BABBAGES"),
        card_data("4711-0815", "Code at the door", kind="key_code"),
        station_data("Garage", configure=False),
    )
    await set_up(hass, entry)
    async with simulated(entry, "Garage", version=version) as garage:
        for number in numbers:
            await garage.present_card(number)
        for number in (*numbers[:2], "Bob Babbage", "BABBAGES", "Code at the door"):
            await garage.send("DataTransfer", {"vendorId": "Acme", "data": f"shown: {number}, thank you"})
        model = entry.runtime_data.stations["garage"]
        model.notice("list_full", room="1", left_out="2", cards="Bob Babbage, 4711-0815")
        model.count("no idea what 0BADC0FFEE77 is")
        told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(told)
    assert [name for name in (*numbers, "Bob Babbage", "BABBAGES", "Code at the door") if name in text] == []
    assert text.count(", thank you") == 5
    assert "no idea what **REDACTED** is" in told["stations"][0]["counters"]


async def test_a_device_tells_about_its_own_station_only(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    entry = entry_with_cards()
    hub = await set_up(hass, entry)
    hub.stations["garage"].evse(1)
    hub.stations["garage"].evse(2)
    registry = dr.async_get(hass)
    own = registry.async_get_device_by_identifier((DOMAIN, "garage"), entry.entry_id)
    second = registry.async_get_child_device_by_identifier((DOMAIN, "garage/2"), entry.entry_id)
    assert own is not None
    assert second is not None
    async with simulated(entry, "Garage", hardware=HARDWARE) as garage:
        await charge(garage, entry)
        both: list[Any] = [own, second]  # the test bench does not know of child devices
        for device in both:
            told: Any = await get_diagnostics_for_device(hass, hass_client, entry, device)
            assert_discreet(told)
            assert [evse["id"] for evse in told["evses"]] == [1, 2]


async def test_the_device_of_the_hub_tells_about_all(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    entry = entry_with_cards()
    await set_up(hass, entry)
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    told: Any = await get_diagnostics_for_device(hass, hass_client, entry, device)
    assert len(told["stations"]) == 2
