"""The button that has limits tried, and the sensor that tells what was found."""

import asyncio

from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.ocpp_home import probing
from custom_components.ocpp_home.csms.dialogue import probe
from custom_components.ocpp_home.csms.model.errors import Invalid, OcppError, Offline, Refused
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.station import Station
from tests.household import VERSIONS, hub_entry, set_up, simulated, station_data, until
from tests.platforms.station import Obliging, connect, entity_id, exists, shown

pytestmark = pytest.mark.usefixtures("all_enabled")

WELL = Findings("TxProfile", "Absolute", ("A", "W"), True, True, 6.0, True, True, True, True, tells=True, latency=0.25)


async def press(hass: HomeAssistant) -> None:
    target = {ATTR_ENTITY_ID: entity_id(hass, BUTTON, "cp1_1_probe")}
    await hass.services.async_call(BUTTON, SERVICE_PRESS, target, blocking=True)


@pytest.fixture
async def obliging(hass: HomeAssistant, station: Station) -> Obliging:
    obliging = connect(station)
    station.evse(1)
    await hass.async_block_till_done()
    return obliging


def told(hass: HomeAssistant) -> str:
    return shown(hass, "sensor", "cp1_1_probe_result").state


@pytest.mark.parametrize(
    ("findings", "state"),
    [
        (WELL, "all"),
        (Findings("TxProfile", "Absolute", ("A",), lowest=8.0, tells=True), "partly"),
        (Findings("TxProfile", "Absolute", ("A",)), "partly"),
        (Findings(tells=True), "nothing"),
    ],
)
async def test_what_was_found_is_told(hass: HomeAssistant, obliging: Obliging, findings: Findings, state: str) -> None:
    assert told(hass) == "never"
    obliging.findings = findings
    await press(hass)
    await hass.async_block_till_done()
    assert obliging.asked == [("probe", 1)]
    assert told(hass) == state


async def test_each_thing_is_an_attribute(hass: HomeAssistant, obliging: Obliging) -> None:
    obliging.findings = WELL
    await press(hass)
    await hass.async_block_till_done()
    attributes = shown(hass, "sensor", "cp1_1_probe_result").attributes
    expected = {
        "profile": "TxProfile/Absolute",
        "units": ["A", "W"],
        "least_current": 6.0,
        "decimals": True,
        "pauses": True,
        "restarts": True,
        "one_phase": True,
        "several_levels": True,
        "ends_by_itself": True,
        "tells_schedule": True,
        "latency": 0.25,
    }
    assert {name: attributes[name] for name in expected} == expected
    assert "reason" not in attributes


@pytest.mark.parametrize(
    ("refusal", "kind", "key"),
    [
        (Invalid("a probe needs a wish of 7 A or more"), ServiceValidationError, "invalid"),
        (Refused("Rejected", "less is wished now"), HomeAssistantError, "refused"),
        (Offline("away"), HomeAssistantError, "offline"),
    ],
)
async def test_what_keeps_it_from_beginning_is_an_error(
    hass: HomeAssistant, obliging: Obliging, refusal: OcppError, kind: type[HomeAssistantError], key: str
) -> None:
    obliging.refusal = refusal
    with pytest.raises(kind) as raised:
        await press(hass)
    assert raised.value.translation_key == key


async def test_the_button_does_not_wait_for_a_car(
    hass: HomeAssistant, station: Station, obliging: Obliging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "PROMPT", 0.01)
    limits, over = station.evse(1).limits, asyncio.Event()

    async def long(evse: Evse) -> Findings:
        limits.probing = True
        station.changed(evse)
        await over.wait()
        limits.probing, limits.trouble = False, "less is wished now than the probe tries"
        station.changed(evse)
        raise Refused("Rejected", limits.trouble)

    monkeypatch.setattr(obliging, "probe", long)
    await press(hass)
    await hass.async_block_till_done()
    assert told(hass) == "running"
    over.set()
    await until(lambda: told(hass) == "broken_off")
    reason = shown(hass, "sensor", "cp1_1_probe_result").attributes["reason"]
    assert reason == "less is wished now than the probe tries"


async def test_a_station_without_limits_has_neither(hass: HomeAssistant, station: Station) -> None:
    connect(station, blocks=False)
    station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, BUTTON, "cp1_1_probe")
    assert not exists(hass, "sensor", "cp1_1_probe_result")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_is_tried_while_its_car_charges(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(probe, "GLANCE", 0.02)
    hub = await set_up(hass, hub_entry(station_data("CP1", "Garage"), options={"publish_interval": 0}))
    async with simulated(hub.entry, "CP1", version=version) as station:
        await until(lambda: exists(hass, BUTTON, "cp1_1_probe"), 10)
        await station.start()
        await until(lambda: hub.stations["cp1"].evse(1).charging)
        assert told(hass) == "never"
        await press(hass)
        await until(lambda: told(hass) == "all", 20)
        assert station.violations == []
