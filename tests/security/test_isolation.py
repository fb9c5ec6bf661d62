"""A station touches its own sessions alone, whatever ids it names (CVE-2026-28230, CVE-2023-49956)."""

from contextlib import AsyncExitStack
from dataclasses import replace
import random
from typing import Any, Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.wire.frame import VERSIONS, Version
from custom_components.ocpp_home.diagnostics import async_get_device_diagnostics
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data

from .fields import benign, everywhere, said
from .hostile import Hostile

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOW: Final = "2026-11-25T12:00:00Z"
VOLATILE: Final = {"session", "seen_at", "connected_at", "counters", "clock_offset"}
"""What is of the connection, not of the station."""


async def truth(hass: HomeAssistant, hub: Hub, name: str) -> dict[str, Any]:
    """All that is known and recorded of a station."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name.casefold()), hub.entry.entry_id)
    assert device is not None
    told = await async_get_device_diagnostics(hass, hub.entry, device)
    for evse in told["evses"]:
        del evse["limits"]  # what is asked of a new station itself
    kept = await hub.ledger.transactions(name)
    return {name: fact for name, fact in told.items() if name not in VOLATILE} | {"sessions": kept}


async def begin(station: Hostile, name: str) -> str | int:
    """Begin a session; gives its id."""
    await station.say("BootNotification", station.full("BootNotification"))
    if station.version == "1.6":
        asked = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": NOW}
        number: int = (await station.say("StartTransaction", asked))[2]["transactionId"]
        return number
    await station.say("TransactionEvent", event("Started", name, 0))
    return name


def event(kind: str, transaction: str, number: int) -> dict[str, Any]:
    """A transaction event of OCPP 2.x."""
    return {
        "eventType": kind,
        "timestamp": NOW,
        "triggerReason": "Authorized",
        "seqNo": number,
        "transactionInfo": {"transactionId": transaction, "chargingState": "Charging"},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "CARD", "type": "ISO14443"},
    }


@pytest.mark.parametrize("theirs", VERSIONS)
@pytest.mark.parametrize("ours", VERSIONS)
async def test_nothing_a_station_says_changes_a_session_of_another(
    hass: HomeAssistant, socket_enabled: None, ours: Version, theirs: Version
) -> None:
    hub = await set_up(
        hass, hub_entry(station_data("VICTIM"), station_data("THIEF"), options={CONF_PUBLISH_INTERVAL: 0})
    )
    hass.loop.set_debug(False)
    hub.central.pauses = replace(hub.central.pauses, silence=600, settle=600)  # nothing is asked of the victim
    port, dice = hub.entry.data[CONF_PORT], random.Random(28230)
    async with AsyncExitStack() as stack:
        victim = await stack.enter_async_context(Hostile(port, "VICTIM", ours))
        thief = await stack.enter_async_context(Hostile(port, "THIEF", theirs))
        session = await begin(victim, "theirs")
        await begin(thief, "own")
        await hass.async_block_till_done()
        before = await truth(hass, hub, "VICTIM")
        for turn in range(12):
            thief.turn = turn
            thief.fill = everywhere(str(session), ("text",) if turn % 2 else (), turn)
            named = session if theirs == "1.6" and ours == "1.6" else str(session)
            thief.known = {"transactionId": named, "timestamp": NOW, "reservationId": 1, "requestId": 1}
            for action in dice.sample(said(theirs), len(said(theirs))):
                await thief.say(action, thief.full(action))
        await hass.async_block_till_done()
        after = await truth(hass, hub, "VICTIM")
        assert {name: fact for name, fact in after.items() if before[name] != fact} == {}
        assert len(await hub.ledger.transactions("VICTIM")) == 1
        assert [one.stopped for one in await hub.ledger.transactions("VICTIM")] == [None]


async def test_the_session_that_is_named_is_stopped_by_its_own_station(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("VICTIM")))
    async with Hostile(hub.entry.data[CONF_PORT], "VICTIM", "1.6") as victim:
        victim.fill = benign
        number = await begin(victim, "")
        await victim.say("StopTransaction", {"transactionId": number, "meterStop": 2000, "timestamp": NOW})
        (kept,) = await hub.ledger.transactions("VICTIM")
        assert kept.energy == 1000
