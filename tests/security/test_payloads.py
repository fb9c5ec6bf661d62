"""Texts of the corpus through every text of every message of a station, and out of none of our outputs as more than texts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
import logging
from typing import Final

from homeassistant.const import CONF_PORT, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest

from custom_components.ocpp_home import event, journal
from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL
from custom_components.ocpp_home.csms.v1.dialect import REQUESTS as FIRST
from custom_components.ocpp_home.csms.v2.dialect import REQUESTS as SECOND
from custom_components.ocpp_home.csms.wire import quiet
from custom_components.ocpp_home.csms.wire.frame import VERSIONS, Version
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.hub import Hub
from homeassistant.helpers.entity import Entity
from tests.household import hub_entry, set_up, station_data

from .corpus import PAYLOADS
from .fields import Field, Fill, Message, actions, benign
from .hostile import Hostile
from .outputs import Ear, Log

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.timeout(300)]

SENDERS: Final = {"1.6": FIRST, "2.0.1": SECOND, "2.1": SECOND}
SESSION: Final = {"1.6": ("StartTransaction", "StopTransaction"), "2.0.1": ("TransactionEvent",), "2.1": ("TransactionEvent",)}


def identity(version: Version) -> str:
    return f"CP-{version}"


def said(version: Version) -> list[str]:
    """What a station may say."""
    told = set(actions(version)) & SENDERS[version].keys()
    return sorted(told | ({"NotifyPeriodicEventStream"} & set(actions(version))))


def everywhere(text: str) -> Fill:
    """The text in every free text, however long."""
    return lambda field: text if field.kind == "text" else turned(field, 0)


def turned(field: Field, turn: int) -> str:
    return field.words[turn % len(field.words)] if field.words else benign(field)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def hub(hass: HomeAssistant, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """Three stations, one of each version; whatever is told is shown, and nothing is held back for being too much."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    monkeypatch.setattr(event, "MOST", 10**6)
    monkeypatch.setattr(journal, "MOST", 10**6)
    monkeypatch.setattr(quiet, "PERIOD", 0.0)
    log, root = Log(ear), logging.getLogger()
    root.addHandler(log)
    logging.getLogger("custom_components.ocpp_home").setLevel(logging.DEBUG)
    hass.bus.async_listen(MATCH_ALL, ear.bus)
    stations = (station_data(identity(version)) for version in VERSIONS)
    yield await set_up(hass, hub_entry(*stations, options={CONF_PUBLISH_INTERVAL: 0}))
    root.removeHandler(log)


async def test_first(hass: HomeAssistant, hub: Hub, ear: Ear) -> None:
    import time
    count = 0
    async with AsyncExitStack() as stack:
        stations = [
            await stack.enter_async_context(Hostile(hub.entry.data[CONF_PORT], identity(version), version))
            for version in VERSIONS
        ]
        for station in stations:
            began = time.time()
            faults = {}
            for turn, (name, text) in enumerate(PAYLOADS):
                station.turn, station.fill = turn, everywhere(text)
                for action in said(station.version):
                    answer = await station.say(action, station.full(action))
                    count += len([f for f in Message(station.version, action).fields if f.kind == "text"])
                    if answer and answer[0] != 3:
                        faults[action] = answer
                    assert station.connected, (action, name)
            print(station.version, time.time() - began, station.asked)
            for a, f in faults.items(): print("   ", a, f)
    await hass.async_block_till_done()
    ear.file("diagnostics", await async_get_config_entry_diagnostics(hass, hub.entry))
    print(count, ear.heard)
    from collections import Counter
    c = Counter((r, p) for r, p, t in ear.escapes)
    shown = set()
    for r, p, t in sorted(ear.escapes):
        if (r, p) not in shown:
            shown.add((r, p)); print(r, p, c[r, p], repr(t[:120]))
