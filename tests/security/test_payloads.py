"""The corpus through every text of every message of a station, and out of none of our outputs as more than texts.

In a run of every day each text of each message says each payload, together with the other texts of its kind; with
`PAYLOADS=all` each says each alone too.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress
import logging
import os
from typing import Any, Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.ocpp_home import event, journal
from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from custom_components.ocpp_home.csms.model.commands import ProfileFilter, ResetKind, Transfer
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.wire.frame import VERSIONS, Version
from custom_components.ocpp_home.errors import translated
from custom_components.ocpp_home.hub import Hub
from tests.certification.test_messages import COMMANDS, NOW
from tests.household import hub_entry, set_up, station_data, until

from .conftest import Tell
from .corpus import MILLION, PAYLOADS
from .fields import Field, Fill, Kind, Message, actions, alone, everywhere, said
from .hostile import Hostile
from .outputs import Ear, Log
from .survey import survey

THOROUGH: Final = os.environ.get("PAYLOADS") == "all"

THERE: Final = Transfer("http://10.0.0.2/file")

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.timeout(7200 if THOROUGH else 600)]

type Command = Callable[[Any, Station], Awaitable[object]]

FIRST_COMMANDS: Final[dict[str, Command]] = {
    "CancelReservation": lambda can, _: can.reservations.cancel(1),
    "ChangeAvailability": lambda can, _: can.remote.availability(1, operative=False),
    "ChangeConfiguration": lambda can, _: can.configuration.write("LightIntensity", "60"),
    "ClearCache": lambda can, _: can.remote.clear_cache(),
    "ClearChargingProfile": lambda can, _: can.charging.clear_profiles(ProfileFilter(evse=1)),
    "DataTransfer": lambda can, _: can.remote.transfer("acme", "hello"),
    "ExtendedTriggerMessage": lambda can, _: can.trigger.trigger("LogStatusNotification"),
    "GetCompositeSchedule": lambda can, _: can.charging.composite_schedule(1, 600),
    "GetConfiguration": lambda can, _: can.configuration.read(),
    "GetDiagnostics": lambda can, _: can.diagnostics.upload(THERE),
    "GetInstalledCertificateIds": lambda can, _: can.security.certificates("CentralSystemRootCertificate"),
    "GetLocalListVersion": lambda can, _: can.local_list.version(),
    "InstallCertificate": lambda can, _: can.security.install_certificate("CentralSystemRootCertificate", "pem"),
    "RemoteStartTransaction": lambda can, _: can.remote.start(1, Token("CARD")),
    "RemoteStopTransaction": lambda can, _: can.remote.stop("1"),
    "ReserveNow": lambda can, _: can.reservations.reserve(Reservation(1, 1, "CARD", NOW)),
    "Reset": lambda can, _: can.remote.reset(ResetKind.SOFT),
    "SendLocalList": lambda can, _: can.local_list.send(1, {}),
    "TriggerMessage": lambda can, _: can.trigger.trigger("Heartbeat"),
    "UnlockConnector": lambda can, _: can.remote.unlock(1),
    "UpdateFirmware": lambda can, _: can.firmware.update(THERE),
}
"""What a station of OCPP 1.6 is asked; `COMMANDS` is the same of 2.x."""


def name_of(version: Version) -> str:
    return f"CP-{version}"


def rounds(fields: tuple[Field, ...], text: str, turn: int) -> Iterator[tuple[Fill, int]]:
    """The ways to say one payload with one message, and in how many of its texts it is."""
    free = [field for field in fields if field.kind == "text"]
    yield everywhere(text, ("text",), turn), len(free)
    if any(field.cut(text) != text for field in free):
        yield everywhere(text, ("text",), turn, cut=True), 0
    if len(free) < len(fields):
        yield everywhere(text, ("word", "moment"), turn), len(fields) - len(free)
    for field in fields if THOROUGH else ():
        yield alone(text, field), 0


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def hub(hass: HomeAssistant, ear: Ear, loud: None, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Hub]:
    """Three stations, one of each version; whatever is told is shown, and nothing is held back for being too much."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    monkeypatch.setattr(event, "MOST", 10**6)
    monkeypatch.setattr(journal, "MOST", 10**6)
    log, root, ours = Log(ear), logging.getLogger(), logging.getLogger("custom_components.ocpp_home")
    root.addHandler(log)
    ours.setLevel(logging.DEBUG)
    hass.loop.set_debug(False)  # it would take half of the time
    ear.listen(hass)
    stations = (station_data(name_of(version)) for version in VERSIONS)
    yield await set_up(hass, hub_entry(*stations, options={CONF_PUBLISH_INTERVAL: 0}))
    root.removeHandler(log)


def dial(hub: Hub, version: Version) -> Hostile:
    return Hostile(hub.entry.data[CONF_PORT], name_of(version), version)


async def speak(station: Hostile) -> int:
    """Say every payload with every text of every message; gives how many that were."""
    count = 0
    for turn, (name, text) in enumerate(PAYLOADS):
        serious = {"type": "TamperDetectionActivated", "timestamp": "2026-11-25T12:00:00Z", "techInfo": text}
        await station.say("SecurityEventNotification", serious)
        for action in said(station.version):
            fields = Message(station.version, action).fields
            for station.fill, many in rounds(fields, text, turn) if fields else ():
                station.turn = turn
                await station.say(action, station.full(action))
                assert station.connected, (action, name)
                count += many
    return count


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_text_of_every_message_says_every_payload(
    hass: HomeAssistant, hub: Hub, ear: Ear, version: Version, tell: Tell
) -> None:
    async with dial(hub, version) as station:
        count = await speak(station)
    assert await survey(hass, hub, ear), "nothing was recorded"
    fields = sum(len(Message(version, action).fields) for action in said(version))
    assert count == fields * len(PAYLOADS)
    tell(f"OCPP {version}: {fields} fields x {len(PAYLOADS)} payloads / {len(ear.escapes)} escapes")
    assert sorted(ear.escapes) == []
    for place in ("state", "attribute", "event", "diagnostics", "device", "repair", "ledger"):
        assert ear.heard[place], f"nothing of it came out as {place}: the test does not test it"


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_text_of_every_answer_says_every_payload(
    hass: HomeAssistant, hub: Hub, ear: Ear, version: Version, tell: Tell
) -> None:
    commands = FIRST_COMMANDS if version == "1.6" else COMMANDS
    garage = hub.stations[name_of(version).casefold()]
    async with dial(hub, version) as station:
        await station.say("BootNotification", station.full("BootNotification"))
        await until(lambda: garage.commands is not None and garage.commands.firmware is not None, 10)
        able = [action for action in commands if action in actions(version) and action != "GetTransactionStatus"]
        for station.turn, (name, text) in enumerate(PAYLOADS):
            kinds: tuple[Kind, ...] = ("text",) if station.turn % 4 else ("text", "word", "moment")
            station.fill, station.refuses = everywhere(text, kinds, station.turn % 3), station.turn % 5 == 3
            for action in able:
                with suppress(HomeAssistantError):
                    await ask(ear, garage, commands[action])
                assert station.connected, (action, name)
    await survey(hass, hub, ear)
    fields = sum(len(Message(version, action, answer=True).fields) for action in able)
    tell(f"answers of {version}: {fields} fields x {len(PAYLOADS)} payloads / {len(ear.escapes)} escapes")
    assert set(able) <= station.asked
    assert sorted(ear.escapes) == []
    assert ear.heard["error"]


async def ask(ear: Ear, garage: Station, command: Command) -> None:
    """Ask a station something as an action does, and hear what its user is told."""
    try:
        async with translated(garage, "Garage"):
            await command(garage.require(), garage)
    except HomeAssistantError as error:
        ear.hear("markdown", "error", error.translation_placeholders)
        raise


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_million_characters_in_any_text_are_borne(
    hass: HomeAssistant, hub: Hub, ear: Ear, version: Version
) -> None:
    async with dial(hub, version) as station:
        for action in said(version):
            fields = [field for field in Message(version, action).fields if field.kind == "text"]
            for field in fields:
                station.fill = alone(MILLION, field)
                await station.say(action, station.full(action))
                assert station.connected, (action, field)
    await survey(hass, hub, ear)
    assert sorted(ear.escapes) == []
