"""What nobody may read is looked for in everything that is put out, and on the disk: nobody finds it."""

from base64 import b64encode
from collections.abc import Iterator
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.const import CONF_PORT, MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.wire.frame import VERSIONS, Version
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data, until

from .crowd import knock
from .hostile import Hostile

pytestmark = pytest.mark.usefixtures("socket_enabled")

SECRET: Final = "s3same"
"""Begins every secret of these tests."""
CARD: Final = "04A2B3C4D5E6F7"

type Row = tuple[str, dict[str, Any]]

ASKED: Final[dict[str, list[Row]]] = {
    "1.6": [
        ("set_configuration", {"key": "AuthorizationKey", "value": f"{SECRET}-key-0123456789abcdef"}),
        ("set_configuration", {"key": "WifiPassword", "value": f"{SECRET}-wifi"}),
        ("get_configuration", {"keys": ["AuthorizationKey", "WifiPassword"]}),
        ("get_diagnostics", {"location": f"ftp://me:{SECRET}-ftp@192.0.2.1/logs"}),
        ("update_firmware", {"location": f"https://me:{SECRET}-https@192.0.2.1/f.bin"}),
        ("call", {"action": "GetDiagnostics", "payload": {"location": f"ftp://me:{SECRET}-raw@192.0.2.1/logs"}}),
    ],
    "2.0.1": [
        ("set_variable", {"variable": "SecurityCtrlr.BasicAuthPassword", "value": f"{SECRET}-basic-0123456789"}),
        ("get_variables", {"variables": "SecurityCtrlr.BasicAuthPassword"}),
        ("get_diagnostics", {"location": f"ftp://me:{SECRET}-ftp@192.0.2.1/logs"}),
        ("update_firmware", {"location": f"https://me:{SECRET}-https@192.0.2.1/f.bin"}),
        (
            "set_network_profile",
            {
                "slot": 1,
                "url": "wss://192.0.2.1:9000",
                "security_profile": 2,
                "apn": {"apn": "net", "apnAuthentication": "AUTO", "apnPassword": f"{SECRET}-apn"},
                "vpn": {
                    "server": "vpn.example",
                    "user": "me",
                    "password": f"{SECRET}-vpn",
                    "key": f"{SECRET}-shared",
                    "type": "IKEv2",
                },
            },
        ),
    ],
}
ASKED["2.1"] = [
    *ASKED["2.0.1"],
    (
        "set_network_profile",
        {
            "slot": 1,
            "url": "wss://192.0.2.1:9000",
            "security_profile": 2,
            "identity": "CP",
            "password": f"{SECRET}-2.1-0123456789abc",
        },
    ),
]


class Finder(logging.Handler):
    """Looks for secrets in what is told, but for what the owner himself says."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []
        self.looked = 0

    def look(self, where: str, told: object) -> None:
        self.looked += 1
        if SECRET in repr(told):
            self.found.append(f"{where}: {told!r}"[:300])

    def emit(self, record: logging.LogRecord) -> None:
        self.look(record.name, self.format(record))

    def hear(self, event: Event[Any]) -> None:
        if event.event_type == "state_changed":
            self.look("state", [event.data["new_state"] and event.data["new_state"].as_dict()])
        elif event.event_type != "call_service":
            self.look(str(event.event_type), event.data)


@pytest.fixture
def finder(hass: HomeAssistant, loud: None) -> Iterator[Finder]:
    finder, root = Finder(), logging.getLogger()
    for name in ("custom_components.ocpp_home", "websockets.server"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger("websockets.client").setLevel(logging.WARNING)  # the station's own side
    root.addHandler(finder)
    hass.bus.async_listen(MATCH_ALL, finder.hear)
    yield finder
    root.removeHandler(finder)


async def ask(hass: HomeAssistant, hub: Hub, row: Row) -> object:
    """Do something as the owner does; gives what he is told."""
    action, fields = row
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "cp"), hub.entry.entry_id)
    assert device is not None
    try:
        return await hass.services.async_call(
            DOMAIN,
            action,
            fields,
            blocking=True,
            target={"device_id": device.id},
            return_response=action not in {"update_firmware", "set_network_profile"},
        )
    except HomeAssistantError as error:
        return str(error)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_secret_comes_out_nowhere(hass: HomeAssistant, finder: Finder, version: Version) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP"), options={CONF_PUBLISH_INTERVAL: 0}))
    port, seen = hub.entry.data[CONF_PORT], set[str]()
    login = f"Authorization: Basic {b64encode(f'CP:{SECRET}-login'.encode()).decode()}\r\n"
    await knock(port, "CP", login)
    await knock(port, "NOBODY", login)
    async with Hostile(port, "CP", version) as station:
        station.answers = told_by(version)
        await station.say("BootNotification", station.full("BootNotification"))
        await until(lambda: (commands := hub.stations["cp"].commands) and commands.firmware and commands.security, 10)
        for row in ASKED[version]:
            finder.look(row[0], await ask(hass, hub, row))
            seen |= station.asked
        await hass.async_block_till_done()
        finder.look("diagnostics", await async_get_config_entry_diagnostics(hass, hub.entry))
        finder.look("system", hub.stations["cp"].variables)
    assert {"GetDiagnostics", "ChangeConfiguration"} <= seen or {"GetLog", "SetVariables", "SetNetworkProfile"} <= seen
    await hass.config_entries.async_unload(hub.entry.entry_id)
    await hass.async_block_till_done()
    finder.look("disk", await hass.async_add_executor_job(on_disk, Path(hass.config.config_dir)))
    assert finder.looked > 40
    assert finder.found == []


def told_by(version: Version) -> dict[str, dict[str, Any]]:
    """What a station answers that tells secrets it should keep to itself."""
    if version == "1.6":
        keys = [
            {"key": key, "readonly": False, "value": f"{SECRET}-told"} for key in ("AuthorizationKey", "WifiPassword")
        ]
        return {"GetConfiguration": {"configurationKey": keys, "unknownKey": []}}
    place = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    result = {"attributeStatus": "Accepted", "attributeValue": f"{SECRET}-told", **place}
    return {"GetVariables": {"getVariableResult": [result]}}


def on_disk(folder: Path) -> list[str]:
    """The files in which a secret stands."""
    return [
        f"{path} holds {SECRET}"
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


async def test_the_number_of_a_card_comes_out_by_its_end_alone(hass: HomeAssistant, finder: Finder) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP"), options={CONF_PUBLISH_INTERVAL: 0}))
    shown: list[str] = []

    def hear(event: Event[Any]) -> None:
        state = event.data.get("new_state")
        shown.append(repr(event.data if state is None else state.as_dict()))

    hass.bus.async_listen(MATCH_ALL, hear)
    async with Hostile(hub.entry.data[CONF_PORT], "CP", "1.6") as station:
        now = {"timestamp": "2026-11-25T12:00:00Z"}
        begun = await station.say("StartTransaction", {"connectorId": 1, "idTag": CARD, "meterStart": 1000, **now})
        ended = {"transactionId": begun[2]["transactionId"], "meterStop": 2000, "idTag": CARD, **now}
        await station.say("StopTransaction", ended)
        await hass.async_block_till_done()
        shown.append(repr(await async_get_config_entry_diagnostics(hass, hub.entry)))
    assert [one for one in shown if CARD in one] == []
    assert [one for one in shown if CARD[-4:] in one] != []
