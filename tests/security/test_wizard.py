"""The wizard in Home Assistant, with stations over real TLS: up in one go, back when it does not work, and restarts."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from websockets.exceptions import InvalidStatus

from custom_components.ocpp_home.ascents import Ascents
from custom_components.ocpp_home.const import CONF_LEDGER, CONF_SECURITY_PROFILE, CONF_TLS, CONF_TLS_NAMES, DOMAIN
from custom_components.ocpp_home.csms.security.ascent import Ascent
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.csms.security.proof import Profile
from custom_components.ocpp_home.csms.security.steps import REASONS, Step
from custom_components.ocpp_home.export import common
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.migration import MINOR
from tests.household import VERSIONS, free_port, set_up, station_data, until
from tests.simulator import Hardware, Oddities, Station as Simulated
from tests.simulator.hardware import Identity

from .arrivals import arrivals
from .stairs import QUICK

type Result = dict[str, Any]
type Dial = Callable[..., Awaitable[Simulated]]

NAME = "Garage"
PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"
OLD = "a-password-of-old"


@pytest.fixture
def entry(hass: HomeAssistant, socket_enabled: None) -> MockConfigEntry:
    """A hub whose stations dial 127.0.0.1, and one station of which nothing is asked."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="OCPP Home",
        data={CONF_HOST: "127.0.0.1", CONF_PORT: free_port(), CONF_LEDGER: "ledger.db"},
        subentries_data=[station_data(NAME, configure=False)],
        minor_version=MINOR,
    )


@pytest.fixture
async def hub(hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub, with patience for stations that are near."""
    before = Ascents.__init__

    def quick(self: Ascents, hub: Hub) -> None:
        before(self, hub)
        self.patience, self.grace = QUICK, 0.3

    monkeypatch.setattr(Ascents, "__init__", quick)
    return await set_up(hass, entry)


@pytest.fixture
async def dial(entry: MockConfigEntry, hub: Hub) -> AsyncGenerator[Dial]:
    """Makes stations that dial in, and again when they are cut off."""
    async with arrivals() as bring:

        async def dialled(version: str = "1.6", **options: Any) -> Simulated:
            hardware = Hardware(Identity(serial=f"S-{version}"))
            url = f"ws://127.0.0.1:{entry.data[CONF_PORT]}"
            return await bring(Simulated(url, NAME, version=version, **{"hardware": hardware} | options))

        yield dialled


class Wizard:
    """Somebody before the wizard; `seen` is what it has said meanwhile."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass, self.entry = hass, entry
        self.result: Result = {}
        self.seen: list[str] = []

    async def open(self) -> Result:
        self.result = dict(await self.entry.start_subentry_reconfigure_flow(self.hass, self.subentry.subentry_id))
        assert self.result["menu_options"] == ["settings", "secure", "security"]
        return await self.choose("secure")

    async def choose(self, option: str) -> Result:
        return await self.answer({"next_step_id": option})

    async def answer(self, data: dict[str, Any]) -> Result:
        flows = self.hass.config_entries.subentries
        self.result = dict(await flows.async_configure(self.result["flow_id"], data))
        return self.result

    async def submit(self, goal: int, way: str = "guided", **more: str) -> Result:
        return await self.answer({"goal": str(goal), "way": way, **more})

    async def watch(self) -> Result:
        """Look on until it is over."""
        flows = self.hass.config_entries.subentries
        async with asyncio.timeout(30):
            while self.result["type"] is FlowResultType.SHOW_PROGRESS:
                if self.result["progress_action"] not in self.seen[-1:]:
                    self.seen.append(self.result["progress_action"])
                await asyncio.sleep(0.01)
                self.result = dict(await flows.async_configure(self.result["flow_id"]))
                if self.result["type"] is FlowResultType.SHOW_PROGRESS_DONE:
                    self.result = dict(await flows.async_configure(self.result["flow_id"]))
        return self.result

    @property
    def subentry(self) -> ConfigSubentry:
        return next(iter(self.entry.subentries.values()))

    @property
    def profile(self) -> int:
        """What the settings of the station say."""
        return int(self.subentry.data.get(CONF_SECURITY_PROFILE, 0))


@pytest.fixture
def wizard(hass: HomeAssistant, entry: MockConfigEntry, hub: Hub) -> Wizard:
    return Wizard(hass, entry)


def interface(version: str) -> dict[str, str]:
    return {"interface": "cable"} if version == "2.0.1" else {}


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Start anew with what is on disk, as Home Assistant does."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    hub: Hub = entry.runtime_data
    return hub


# --- up ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_homeowner_gets_from_nothing_to_a_certificate(
    hub: Hub, wizard: Wizard, dial: Dial, version: str, hass: HomeAssistant
) -> None:
    station = await dial(version)
    form = await wizard.open()
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, "secure", {})
    assert form["description_placeholders"]["present"].startswith("nothing")
    await wizard.submit(3, **interface(version))
    done = await wizard.watch()
    assert (done["type"], done["step_id"]) == (FlowResultType.FORM, "climbed")
    assert done["description_placeholders"]["present"].startswith("a certificate")
    garage = hub.stations["garage"]
    assert (wizard.profile, garage.proved, garage.certified) == (3, 3, f"S-{version}")
    assert {"secure_switch", "secure_return", "secure_certificate"} & set(wizard.seen)
    end = await wizard.answer({})
    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert (await wizard.open())["reason"] == "secure_already"
    stranger = Simulated(station.url, NAME, version=version)
    with pytest.raises(Exception, match="401"):
        await stranger.connect()
    await stranger.close()


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_was_reached_holds_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version)
    await wizard.open()
    await wizard.submit(2, **interface(version))
    assert (await wizard.watch())["step_id"] == "climbed"
    hub = await reload(hass, entry)
    await until(lambda: hub.stations["garage"].connected, 5)
    assert (hub.stations["garage"].proved, wizard.profile) == (2, 2)
    await until(lambda: station.online)


async def test_what_was_reached_is_known_though_the_settings_were_not_saved(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial
) -> None:
    await dial()
    await wizard.open()
    await wizard.submit(2)
    await wizard.watch()
    lost = {key: value for key, value in wizard.subentry.data.items() if key != CONF_SECURITY_PROFILE}
    object.__setattr__(wizard.subentry, "data", MappingProxyType(lost))
    assert wizard.profile == 0
    hub = await reload(hass, entry)
    assert wizard.profile == 2
    await until(lambda: hub.stations["garage"].proved == 2, 5)


async def test_closing_the_window_does_not_stop_it(hass: HomeAssistant, hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    await wizard.open()
    await wizard.submit(2)
    hass.config_entries.subentries.async_abort(wizard.result["flow_id"])
    assert (await wizard.open())["type"] is FlowResultType.SHOW_PROGRESS
    assert (await wizard.watch())["step_id"] == "climbed"
    assert hub.stations["garage"].proved == 2


# --- back -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_whose_tls_does_not_work_goes_on_as_before(
    hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version, oddities=Oddities(no_tls=True))
    await wizard.open()
    await wizard.submit(2, **interface(version))
    menu = await wizard.watch()
    assert (menu["type"], menu["step_id"], menu["menu_options"]) == (
        FlowResultType.MENU,
        "fallen",
        ["secure", "by_hand"],
    )
    told = menu["description_placeholders"]
    assert told["reason"].startswith("The station tried the new way")
    assert told["state"].startswith("Nothing is lost: the station works as before")
    garage = hub.stations["garage"]
    assert (wizard.profile, garage.connected, garage.proved) == (0, True, 0)
    assert hub.vault.pending(NAME) is None
    await station.start()
    assert garage.evse(1).transaction is not None
    assert (await wizard.choose("secure"))["step_id"] == "secure"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_does_not_come_back_is_let_in_when_somebody_has_cut_its_power(
    hass: HomeAssistant, hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version, oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2, **interface(version))
    told = (await wizard.watch())["description_placeholders"]
    assert told["reason"].startswith("The station has not come back in time")
    assert told["state"].startswith("Nothing is lost: both ways stay open")
    garage = hub.stations["garage"]
    assert (wizard.profile, garage.connected) == (0, False)
    await station.power_cut()
    await station.power_on()
    await until(lambda: garage.connected)
    assert garage.proved == 0
    await until(lambda: hub.vault.pending(NAME) is None)
    assert hub.central.gate.standing("garage").coming is None
    if version != "1.6":
        assert station.configuration.text(PRIORITY) == "1"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_comes_late_the_new_way_has_arrived(
    hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version, oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2, **interface(version))
    await wizard.watch()
    station.oddities = replace(station.oddities, strands_on_switch=False)
    station.shelf.pop("stranded")
    await station.power_cut()
    await station.power_on()
    await until(lambda: wizard.profile == 2, 5)
    assert hub.stations["garage"].proved == 2


# --- Home Assistant restarts in the middle ----------------------------------------------------------------------------
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_restart_in_the_middle_leaves_both_ways_open(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version, oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2, **interface(version))
    await until(lambda: station.shelf.get("stranded"), 5)
    hub = await reload(hass, entry)
    assert (await wizard.watch())["reason"] == "secure_stopped"
    standing = hub.central.gate.standing("garage")
    assert (standing.profile, standing.coming, len(standing.passwords)) == (Profile.NONE, Profile.TLS, 1)
    station.oddities = replace(station.oddities, strands_on_switch=False)
    station.shelf.pop("stranded")
    await station.power_cut()
    await station.power_on()
    await until(lambda: wizard.profile == 2, 5)
    assert hub.central.gate.standing("garage").coming is None


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_restart_in_the_middle_with_a_station_that_goes_back(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial, version: str
) -> None:
    station = await dial(version, oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2, **interface(version))
    await until(lambda: station.shelf.get("stranded"), 5)
    hub = await reload(hass, entry)
    await station.power_cut()
    await station.power_on()
    await until(lambda: hub.stations["garage"].connected, 5)
    await until(lambda: hub.vault.pending(NAME) is None, 5)
    assert (wizard.profile, hub.stations["garage"].proved) == (0, 0)
    if version != "1.6":
        assert station.configuration.text(PRIORITY) == "1"


# --- what happens meanwhile -------------------------------------------------------------------------------------------
async def test_a_station_is_led_once_at_a_time(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    garage = hub.stations["garage"]
    climb = hub.ascents.begin(garage, Profile.TLS)
    assert hub.ascents.begin(garage, Profile.BASIC) is climb
    await until(lambda: climb.done, 10)
    assert wizard.profile == 2


async def test_a_way_that_breaks_off_has_not_led_there(
    hub: Hub, wizard: Wizard, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dial()

    async def breaks(self: Ascent) -> None:
        raise RuntimeError("nobody has thought of that")

    monkeypatch.setattr(Ascent, "climb", breaks)
    climb = hub.ascents.begin(hub.stations["garage"], Profile.TLS)
    assert climb.task is not None
    with pytest.raises(RuntimeError):
        await climb.task
    await wizard.open()
    assert (climb.done, climb.fall is None) == (True, False)


async def test_a_station_that_is_deleted_on_its_way_leaves_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial
) -> None:
    station = await dial(oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2)
    await until(lambda: station.shelf.get("stranded"), 5)
    await until(lambda: hub.vault.pending(NAME))
    hass.config_entries.async_remove_subentry(entry, wizard.subentry.subentry_id)
    await hass.async_block_till_done()
    assert hub.vault.pending(NAME) is None
    hass.config_entries.subentries.async_abort(wizard.result["flow_id"])


async def test_what_the_owner_sets_is_not_lowered_by_what_was_pending(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial
) -> None:
    station = await dial(oddities=Oddities(strands_on_switch=True))
    await wizard.open()
    await wizard.submit(2)
    await wizard.watch()
    data = {**wizard.subentry.data, CONF_SECURITY_PROFILE: 3}
    hass.config_entries.async_update_subentry(entry, wizard.subentry, data=data)
    await hass.async_block_till_done()
    assert hub.ascents.coming(NAME) is None
    standing = hub.central.gate.standing("garage")
    assert (standing.profile, standing.coming) == (Profile.CLIENT, None)
    await station.power_cut()
    station.redial = None
    with pytest.raises(InvalidStatus, match="401"):
        await station.power_on()
    assert wizard.profile == 3


async def test_what_was_reached_is_remembered_for_a_moment_only(
    hass: HomeAssistant, hub: Hub, wizard: Wizard, dial: Dial
) -> None:
    await dial()
    await wizard.open()
    await wizard.submit(2)
    await wizard.watch()
    assert hub.vault.pending(NAME) == {"reached": 2}
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=20))
    await hass.async_block_till_done()
    assert hub.vault.pending(NAME) is None
    assert wizard.profile == 2


# --- by hand ----------------------------------------------------------------------------------------------------------
async def test_a_station_is_set_up_by_hand(hub: Hub, wizard: Wizard, dial: Dial, entry: MockConfigEntry) -> None:
    station = await dial(oddities=Oddities(missing_keys=frozenset({"SecurityProfile"})))
    await wizard.open()
    await wizard.submit(2)
    menu = await wizard.watch()
    assert menu["description_placeholders"]["reason"].startswith("The station cannot be told by OCPP")
    form = await wizard.choose("by_hand")
    told = form["description_placeholders"]
    port = entry.data[CONF_PORT]
    assert (told["url"], told["identity"], told["profile"]) == (f"wss://127.0.0.1:{port}", NAME, "2")
    (field,) = form["data_schema"].schema
    root = field.description["suggested_value"]
    waiting = await wizard.answer({})
    assert (waiting["type"], waiting["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "by_hand")
    station.url, station.credentials.password = told["url"], told["password"]
    for part in root.split("-----END CERTIFICATE-----\n")[:-1]:
        station.trust.install("CentralSystemRootCertificate", part + "-----END CERTIFICATE-----\n", 9)
    station.credentials.ssl = station.trust.context(client=False)
    await station.reconnect()
    assert (await wizard.watch())["step_id"] == "climbed"
    assert (wizard.profile, hub.stations["garage"].proved) == (2, 2)


async def set_up_by_hand(wizard: Wizard, station: Simulated) -> tuple[str, str]:
    """Go to the second profile by hand; gives the address and the password that are shown, once the roots are there."""
    await wizard.open()
    form = await wizard.submit(2, "by_hand")
    (field,) = form["data_schema"].schema
    await wizard.answer({})
    for part in field.description["suggested_value"].split("-----END CERTIFICATE-----\n")[:-1]:
        station.trust.install("CentralSystemRootCertificate", part + "-----END CERTIFICATE-----\n", 9)
    told = form["description_placeholders"]
    return told["url"], told["password"]


@pytest.fixture
async def by_password(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial
) -> AsyncGenerator[Simulated]:
    """A station that comes by a password, without TLS."""
    station = await dial()
    await hub.credentials.assign(NAME, OLD)
    station.credentials.password = OLD
    data = {**wizard.subentry.data, CONF_SECURITY_PROFILE: 1}
    hass.config_entries.async_update_subentry(entry, wizard.subentry, data=data)
    await until(lambda: hub.stations["garage"].proved == 1, 5)
    return station


async def test_a_password_that_is_left_as_it_was_by_hand_is_good_for_ever(
    hub: Hub, wizard: Wizard, by_password: Simulated
) -> None:
    by_password.url, _ = await set_up_by_hand(wizard, by_password)
    by_password.credentials.ssl = by_password.trust.context(client=False)
    await by_password.reconnect()
    assert (await wizard.watch())["step_id"] == "climbed"
    await by_password.reconnect()
    await until(lambda: hub.stations["garage"].connected, 5)
    assert (wizard.profile, hub.stations["garage"].proved) == (2, 2)


async def test_a_password_that_was_shown_is_good_though_tls_does_not_work(
    hub: Hub, wizard: Wizard, by_password: Simulated
) -> None:
    _, by_password.credentials.password = await set_up_by_hand(wizard, by_password)
    await by_password.reconnect()
    assert (await wizard.watch())["step_id"] == "fallen"
    await by_password.reconnect()
    await until(lambda: hub.stations["garage"].connected, 5)
    assert (wizard.profile, hub.stations["garage"].proved) == (1, 1)


async def test_what_is_there_already_is_not_set_up_by_hand(
    hub: Hub, wizard: Wizard, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dial()
    monkeypatch.setattr(Authority, "foreign", lambda self, name: frozenset(one.number for one in self.issued))
    await wizard.open()
    await wizard.submit(3)
    menu = await wizard.watch()
    assert (wizard.profile, menu["step_id"], menu["menu_options"]) == (2, "fallen", ["secure"])


async def test_a_station_that_is_not_set_up_by_hand_goes_on_as_before(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    await wizard.open()
    await wizard.submit(1, "by_hand")
    await wizard.answer({})
    menu = await wizard.watch()
    told = menu["description_placeholders"]
    assert told["reason"].startswith("The station has not called the new way")
    assert told["state"].startswith("Nothing is lost: the station works as before")
    assert (wizard.profile, hub.credentials.passwords(NAME), hub.vault.pending(NAME)) == (0, (), None)


async def test_an_odd_name_of_us_harms_nothing(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    session = hub.central.session(NAME)
    assert session is not None
    assert isinstance(session.request.headers, dict)
    session.request.headers["host"] = "[::1"
    assert (await wizard.open())["description_placeholders"]["host"] == ""
    assert (await wizard.submit(2))["errors"] == {"base": "secure_name"}


async def test_a_password_by_hand_needs_no_certificate(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    await wizard.open()
    form = await wizard.submit(1, "by_hand")
    assert (form["step_id"], form["data_schema"].schema) == ("by_hand", {})
    assert form["description_placeholders"]["url"].startswith("ws://")
    assert len(form["description_placeholders"]["password"]) == 40


async def test_nobody_sets_a_certificate_of_a_station_up_by_hand(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    await dial()
    await wizard.open()
    assert (await wizard.submit(3, "by_hand"))["errors"] == {"base": "secure_by_hand_only_password"}


async def test_every_reason_and_every_step_has_words(hass: HomeAssistant) -> None:
    words = await common(hass)
    assert {f"fall_{reason}" for reason in REASONS} <= words.keys()
    assert {f"profile_{profile:d}" for profile in Profile} <= words.keys()
    prefix = f"component.{DOMAIN}.config_subentries.station.progress."
    told = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    assert {f"{prefix}secure_{step}" for step in Step} | {f"{prefix}by_hand"} <= told.keys()


# --- what keeps it from being begun -----------------------------------------------------------------------------------
async def test_a_station_that_is_away_is_not_led(hub: Hub, wizard: Wizard) -> None:
    await wizard.open()
    assert (await wizard.submit(2))["errors"] == {"base": "secure_offline"}


async def test_a_car_that_charges_is_not_stopped(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    station = await dial()
    await station.start()
    await wizard.open()
    assert (await wizard.submit(2))["errors"] == {"base": "secure_charging"}
    await station.stop()
    await wizard.submit(2)
    assert (await wizard.watch())["step_id"] == "climbed"


async def test_a_session_that_begins_on_the_way_is_told(hub: Hub, wizard: Wizard, dial: Dial) -> None:
    station = await dial(oddities=Oddities(answer_delay=0.05))
    await wizard.open()
    await wizard.submit(2)
    await station.start()
    menu = await wizard.watch()
    assert menu["menu_options"] == ["secure"]
    assert menu["description_placeholders"]["reason"].startswith("A car is being charged")
    assert hub.stations["garage"].evse(1).transaction is not None


@pytest.mark.parametrize(("mode", "goal", "problem"), [("off", 2, "secure_tls_off"), ("only", 1, "secure_tls_only")])
async def test_the_port_has_to_speak_what_is_wanted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    wizard: Wizard,
    dial: Dial,
    mode: str,
    goal: int,
    problem: str,
) -> None:
    hass.config_entries.async_update_entry(entry, options={CONF_TLS: mode})
    await hass.async_block_till_done()
    await wizard.open()
    assert (await wizard.submit(goal))["errors"] == {"base": problem}


async def test_a_name_that_is_not_in_our_certificate_is_found_out_before(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, wizard: Wizard, dial: Dial
) -> None:
    station = await dial()
    await station.close()
    station = Simulated(f"ws://localhost:{entry.data[CONF_PORT]}", NAME)
    await station.connect()
    await station.boot()
    await wizard.open()
    form = await wizard.submit(2)
    assert form["errors"] == {"base": "secure_name"}
    assert form["description_placeholders"]["host"] == "localhost"
    hass.config_entries.async_update_entry(entry, options={CONF_TLS_NAMES: ["localhost"]})
    await hass.async_block_till_done()
    await wizard.submit(2)
    assert (await wizard.watch())["step_id"] == "climbed"
    await station.close()
