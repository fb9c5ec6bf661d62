"""Whoever is not known: what he is called, what he says he is, and what he asks for with a browser."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from http import HTTPStatus
import logging
from typing import Final
from urllib.parse import quote

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from custom_components.ocpp_home.const import CONF_NEWCOMERS, CONF_PUBLISH_INTERVAL, DOMAIN, Newcomers
from custom_components.ocpp_home.csms.wire.frame import VERSIONS
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data, until

from .corpus import MARK, MILLION, PAYLOADS
from .fields import everywhere
from .hostile import Hostile
from .outputs import Ear, Log
from .survey import survey

pytestmark = pytest.mark.usefixtures("socket_enabled")

GET: Final = "GET {0} HTTP/1.1\r\nHost: {1}\r\nUser-Agent: {1}\r\nReferer: {1}\r\n{2}\r\n\r\n"
UPGRADE: Final = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: x3JJHMcDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Protocol: {0}\r\n"
    "Authorization: Basic {0}\r\nX-{0}: {0}"
)


@pytest.fixture
async def ear(hass: HomeAssistant, loud: None) -> AsyncGenerator[Ear]:
    ear = Ear()
    ear.listen(hass)
    log, root = Log(ear), logging.getLogger()
    root.addHandler(log)
    yield ear
    root.removeHandler(log)


async def call_on(hub: Hub, number: int, name: str, text: str) -> bool:
    """Somebody dials in who is called so and says he is made so; tells whether he was let in."""
    identity = quote(name.encode("utf-8", "replace"), safe="")
    stranger = Hostile(hub.entry.data[CONF_PORT], identity, VERSIONS[number % 3])
    stranger.fill = everywhere(text, ("text",), number)
    refused: Response | None = None
    try:
        async with stranger:
            await stranger.say("BootNotification", stranger.full("BootNotification"))
    except InvalidStatus as refusal:
        refused = refusal.response
    assert refused is None or MARK.encode() not in bytes(refused.body or b"")
    assert refused is None or refused.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_URI_TOO_LONG}
    return refused is None


async def test_a_stranger_is_shown_to_the_owner_by_words_alone(hass: HomeAssistant, ear: Ear) -> None:
    hub = await set_up(hass, hub_entry())
    seen = 0
    for number, (_, text) in enumerate(PAYLOADS):
        if await call_on(hub, number, text, text):
            await hass.async_block_till_done()
            for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN):
                ear.hear("markdown", "card", flow["context"].get("title_placeholders"))
                form = await hass.config_entries.flow.async_configure(flow["flow_id"])
                ear.hear("markdown", "form", form["description_placeholders"])
                hass.config_entries.flow.async_abort(flow["flow_id"])
                seen += 1
            await until(lambda: all(one.session is None for one in hub.central.strangers.values()))
            hub.central.waiting.strangers.clear()
    assert seen > 40
    assert ear.heard["card"] > 40
    assert sorted(ear.escapes) == []


async def test_a_stranger_who_is_taken_in_is_named_by_words_alone(hass: HomeAssistant, ear: Ear) -> None:
    options = {CONF_NEWCOMERS: Newcomers.ACCEPT, CONF_PUBLISH_INTERVAL: 0}
    hub = await set_up(hass, hub_entry(options=options))
    for _, text in PAYLOADS[::3]:
        for number in range(3):  # of the same version and title; the identity has to tell them apart
            await call_on(hub, 3 * number, f"{text}{number}", text)
    await survey(hass, hub, ear)
    assert len(hub.stations) > 20
    assert ear.heard["title"] > 20
    assert sorted(ear.escapes) == []


async def test_a_card_nobody_knows_is_shown_to_the_owner_by_words_alone(hass: HomeAssistant, ear: Ear) -> None:
    options = {"unknown_cards": "ask", CONF_PUBLISH_INTERVAL: 0}
    hub = await set_up(hass, hub_entry(station_data("CP", "Garage"), options=options))
    flows, added = hass.config_entries.flow, 0
    async with Hostile(hub.entry.data[CONF_PORT], "CP", "1.6") as station:
        for number, (_, text) in enumerate(PAYLOADS):
            await station.say("Authorize", {"idTag": text})
            await hass.async_block_till_done(wait_background_tasks=True)
            for flow in flows.async_progress_by_handler(DOMAIN):
                ear.hear("markdown", "card", flow["context"].get("title_placeholders"))
                form = await flows.async_configure(flow["flow_id"])
                ear.hear("markdown", "form", form["description_placeholders"])
                told = {"name": f"Card {number}", "number": token_of(flow), "kind": "card"}
                done = await flows.async_configure(flow["flow_id"], told | {"rules": {"active": True, "master": False}})
                added += done.get("reason") == "card_added"
                if done["type"] is not FlowResultType.ABORT:
                    flows.async_abort(flow["flow_id"])
        await hass.async_block_till_done(wait_background_tasks=True)
    await survey(hass, hub, ear)
    assert ear.heard["form"] > 20
    assert added > 20
    assert sorted(ear.escapes) == []


def token_of(flow: ConfigFlowResult) -> str:
    """The number of the card a flow is about, as the owner finds it in the form."""
    name: str = flow["context"]["unique_id"]
    return name.removeprefix("card/")


async def test_the_port_gives_nothing_back_of_what_it_is_asked(hass: HomeAssistant, ear: Ear) -> None:
    hub = await set_up(hass, hub_entry())
    for text in [text for _, text in PAYLOADS] + [MILLION[:100_000]]:
        for target in (
            "/",
            f"/{text}",
            f"/{quote(text.encode('utf-8', 'replace'))}",
            f"/?q={text}",
            f"http://{text}/x",
        ):
            for rest in (f"Origin: {text}", UPGRADE.format(text)):
                told = await exchange(hub.entry.data[CONF_PORT], GET.format(target, text, rest))
                head, _, body = told.partition(b"\r\n\r\n")
                assert MARK.encode() not in told, told
                assert b"<" not in body
                assert b"Content-Type: text/plain" in head or b" 101 " in head or not told
    assert sorted(ear.escapes) == []


async def exchange(port: int, request: str) -> bytes:
    """What comes back for a request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    told = b""
    with suppress(ConnectionError):
        writer.write(request.encode("utf-8", "replace"))
        writer.write_eof()
        async with asyncio.timeout(5):
            told = await reader.read(65536)
    writer.close()
    return told
