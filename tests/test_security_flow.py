"""How a station proves who it is, as its owner sets it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.ocpp_home.const import CONF_IDENTITY, DOMAIN, EVENT_INTRUDER
from custom_components.ocpp_home.csms.model.errors import Offline
from custom_components.ocpp_home.csms.security.password import generate
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.logbook import async_describe_events
from tests.csms.wire.raw import Peer, handshake
from tests.household import VERSIONS, confirm, hub_entry, set_up, simulated, station_data, until
from tests.simulator import Station as Simulated
from tests.simulator.oddities import Oddities

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Result = dict[str, Any]

OWN = "sixteen-letters."


async def configure(hass: HomeAssistant, result: Result, user_input: dict[str, Any]) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], user_input))


async def security(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Open the form."""
    result = dict(await entry.start_subentry_reconfigure_flow(hass, next(iter(entry.subentries))))
    assert {"settings", "security"} <= set(result["menu_options"])
    result = await configure(hass, result, {"next_step_id": "security"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "security")
    return result


def wanted(profile: int, source: str = "keep", password: str = "", **more: bool) -> dict[str, Any]:
    """What is filled in."""
    return {
        "security_profile": str(profile),
        "password_from": source,
        "password": password,
        "send": False,
        "any_username": False,
        **more,
    }


async def change(hass: HomeAssistant, entry: MockConfigEntry, values: dict[str, Any]) -> Result:
    """Fill the form in."""
    result = await configure(hass, await security(hass, entry), values)
    await hass.async_block_till_done()
    return result


def login(password: str, name: str = "Garage") -> str:
    return f"Authorization: Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def showing(entry: MockConfigEntry, password: str, **details: Any) -> Simulated:
    """The garage, with a password."""
    station = simulated(entry, "Garage", **details)
    station.credentials.password = password
    return station


async def knock(hub: Hub, *extra: str, local: str | None = None) -> int:
    """Dial in as the garage; gives what is answered."""
    peer = await Peer.enter(hub.central.port or 0, handshake("/Garage", *extra), local=local)
    peer.leave()
    return peer.status


def data(entry: MockConfigEntry) -> dict[str, Any]:
    """What the subentry of the station says."""
    return dict(next(iter(entry.subentries.values())).data)


@asynccontextmanager
async def household(hass: HomeAssistant, **settings: Any) -> AsyncIterator[tuple[MockConfigEntry, Hub]]:
    entry = hub_entry(station_data("Garage", "Carport", configure=False, **settings))
    yield entry, await set_up(hass, entry)


async def test_a_password_is_generated_shown_once_and_asked_for(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        assert await knock(hub) == 101
        result = await change(hass, entry, wanted(1, "generate"))
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "password")
        password = result["description_placeholders"]["password"]
        assert (len(password), result["description_placeholders"]["identity"]) == (40, "Garage")
        result = await configure(hass, result, {})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        assert data(entry)["security_profile"] == 1
        assert await knock(hub) == 401
        assert await knock(hub, login(generate())) == 401
        assert await knock(hub, login(password)) == 101
        kept = str(data(entry)) + str(hub.vault.password("garage"))
        assert password not in kept
        assert hub.vault.password("Garage") == hub.vault.password("garage") != ()


async def test_what_is_asked_outlives_a_restart(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, _):
        await change(hass, entry, wanted(1, "own", OWN))
        assert await hass.config_entries.async_reload(entry.entry_id)
        hub: Hub = entry.runtime_data
        assert await knock(hub, login("another-password")) == 401
        assert await knock(hub, login(OWN)) == 101


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (wanted(1), {"password_from": "password_needed"}),
        (wanted(2), {"password_from": "password_needed"}),
        (wanted(1, "own", "too short"), {"password": "password_unusable"}),
        (wanted(1, "own", "with blanks in it"), {"password": "password_unusable"}),
        (wanted(1, "generate", send=True), {"send": "not_connected"}),
    ],
)
async def test_what_cannot_be_is_told(hass: HomeAssistant, values: dict[str, Any], errors: dict[str, str]) -> None:
    async with household(hass) as (entry, hub):
        result = await change(hass, entry, values)
        assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
        assert await knock(hub) == 101
        result = await configure(hass, result, wanted(1, "own", OWN))
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        assert await knock(hub) == 401


async def test_a_profile_can_be_chosen_alone_once_there_is_a_password(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        await change(hass, entry, wanted(1, "own", OWN))
        result = await change(hass, entry, wanted(1, any_username=True))
        assert result["reason"] == "reconfigure_successful"
        assert await knock(hub, login(OWN, "admin")) == 101
        await change(hass, entry, wanted(2))
        assert await knock(hub, login(OWN)) == 401, "it is readable in the network"
        await change(hass, entry, wanted(0))
        assert await knock(hub) == 101


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_station_is_given_its_password(hass: HomeAssistant, version: str) -> None:
    async with household(hass) as (entry, hub), simulated(entry, "Garage", version=version) as it:
        it.redial = 0.01
        station = hub.stations["garage"]
        result = await security(hass, entry)
        assert result["description_placeholders"]["proved"] == "0"
        result = await configure(hass, result, wanted(1, "generate", send=True))
        password = result["description_placeholders"]["password"]
        assert it.credentials.password == (bytes.fromhex(password) if version == "1.6" else password)
        assert len(hub.credentials.passwords("Garage")) == 1
        await hass.async_block_till_done()
        await until(lambda: station.proved == 1)
        assert not it.violations
        told = str(await async_get_config_entry_diagnostics(hass, entry)).lower()
        assert password not in told
        assert "digest" not in told


async def test_a_station_that_does_not_take_its_password_is_asked_for_nothing_new(hass: HomeAssistant) -> None:
    refusing = Oddities(key_answers={"AuthorizationKey": "Rejected"})
    async with household(hass) as (entry, hub), simulated(entry, "Garage", oddities=refusing):
        result = await change(hass, entry, wanted(1, "generate", send=True))
        assert result["errors"] == {"base": "password_not_taken"}
        assert result["description_placeholders"]["error"] == "Rejected"
        assert hub.credentials.passwords("Garage") == ()
        assert hub.vault.password("garage") == ()
        assert hub.stations["garage"].connected


async def test_a_password_that_may_have_reached_the_station_is_good_beside_the_old_one(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        await change(hass, entry, wanted(1, "own", OWN))
        station, new = hub.stations["garage"], generate()
        it = showing(entry, OWN, oddities=Oddities(closes_on=frozenset({"ChangeConfiguration"})))
        async with it:
            assert station.proved == 1
            with pytest.raises(Offline):
                await hub.credentials.rotate(station, new)
        assert len(hub.vault.password("garage")) == 2
        assert await knock(hub, login(OWN)) == 101
        assert await knock(hub, login(new)) == 101
        await hass.async_block_till_done()
        assert len(hub.vault.password("garage")) == 1
        assert await knock(hub, login(OWN)) == 401
        assert await knock(hub, login(new)) == 101


async def test_a_station_that_shows_a_password_is_taken_in_with_it(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    async with showing(entry, "factory"):
        await confirm(hass)
        assert data(entry) == {CONF_IDENTITY: "Garage", "security_profile": 1, "any_username": False}
        assert hub.stations["garage"].proved == 1
    assert await knock(hub) == 401
    assert await knock(hub, login("factory")) == 101
    assert len(hub.vault.password("garage")) == 1


async def test_the_password_a_known_station_shows_can_be_asked_for(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        assert "shown" not in str((await security(hass, entry))["data_schema"].schema.values())
        async with showing(entry, "factory"):
            assert hub.stations["garage"].proved == 0
            result = await change(hass, entry, wanted(1, "shown"))
            assert result["reason"] == "reconfigure_successful"
            assert hub.stations["garage"].proved == 1
        assert await knock(hub, login("factory")) == 101
        assert await knock(hub) == 401


async def test_what_a_station_had_to_show_goes_with_it(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        await change(hass, entry, wanted(1, "own", OWN))
        hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
        await hass.async_block_till_done()
        assert hub.vault.password("garage") == ()
        assert await knock(hub) == 101, "a stranger may wait"


async def test_who_is_turned_away_is_one_event_and_one_repair(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, hub):
        await change(hass, entry, wanted(1, "own", OWN))
        heard: list[Event] = async_capture_events(hass, EVENT_INTRUDER)
        for number in range(20):
            assert await knock(hub, login(f"guess-number-{number}")) in {401, 429}
        await hass.async_block_till_done()
        (event,) = heard
        told = dict(event.data)
        assert told.pop("device_id") is not None
        assert told.pop("at")
        assert told == {
            "station": "Carport",
            "address": "127.0.0.1",
            "reason": "password_wrong",
            "security_profile": 1,
        }
        known: dict[str, Any] = {}
        async_describe_events(hass, lambda domain, kind, describe: known.update({kind: describe}))
        line = known[EVENT_INTRUDER](event)
        assert (line["name"], line["message"]) == (
            "Carport",
            "turned away 127.0.0.1, who did not prove to be it: password wrong",
        )
        issues = [one for (domain, _), one in ir.async_get(hass).issues.items() if domain == DOMAIN]
        (issue,) = [one for one in issues if one.translation_key == "wrong_credentials"]
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["address"] == "127.0.0.1"
        assert issue.translation_placeholders["reason"] == "password_wrong"
        station = hub.stations["garage"]
        assert (station.connected, station.connections) == (False, [])


async def test_a_hub_that_does_not_run_cannot_be_asked(hass: HomeAssistant) -> None:
    async with household(hass) as (entry, _):
        assert await hass.config_entries.async_unload(entry.entry_id)
        result = dict(await entry.start_subentry_reconfigure_flow(hass, next(iter(entry.subentries))))
        result = await configure(hass, result, {"next_step_id": "security"})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "hub_not_running")
