"""Who has proved nothing costs a home a socket for ten seconds and 64 KiB, and leaves no trace of himself."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import ssl
import time
from typing import Any, Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data, until

from .conftest import Tell
from .crowd import HEAD, knock, memory, sizes
from .hostile import Hostile

pytestmark = pytest.mark.usefixtures("socket_enabled")

LONGEST: Final = 10.0
LINGER: Final = 3.0
"""A peer gets a moment to read why it is sent away."""

DRIPPING: Final[set[asyncio.Task[None]]] = set()

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type Abuse = Callable[[int], Awaitable[Streams]]


async def silent(port: int) -> Streams:
    return await asyncio.open_connection("127.0.0.1", port)


async def half(port: int) -> Streams:
    reader, writer = await silent(port)
    writer.write(HEAD.format("CP", "")[:100].encode())
    return reader, writer


async def dripping(port: int) -> Streams:
    reader, writer = await silent(port)

    async def drip() -> None:
        with suppress(ConnectionError):
            for mark in HEAD.format("CP", "X: y\r\n" * 100):
                if writer.is_closing():
                    break
                writer.write(mark.encode())
                await asyncio.sleep(0.2)

    DRIPPING.add(asyncio.get_running_loop().create_task(drip()))
    return reader, writer


async def hello(port: int) -> Streams:
    """The first bytes of TLS, and no more."""
    reader, writer = await silent(port)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    return reader, writer


async def encrypted(port: int) -> Streams:
    """A whole handshake of TLS, and no request."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return await asyncio.open_connection("127.0.0.1", port, ssl=context)


ABUSES: Final[dict[str, Abuse]] = {
    "silent": silent,
    "half a head": half,
    "byte by byte": dripping,
    "half a handshake of TLS": hello,
    "silent over TLS": encrypted,
}


def traces(hass: HomeAssistant, hub: Hub) -> dict[str, Any]:
    """What a home would remember somebody by."""
    return {
        "cards": hass.config_entries.flow.async_progress_by_handler(DOMAIN),
        "repairs": [issue for issue in ir.async_get(hass).issues if issue[0] == DOMAIN],
        "states": sorted((state.entity_id, state.state) for state in hass.states.async_all()),
        "stations": sorted(hub.stations),
        "strangers": sorted(hub.central.strangers),
        "disk": sizes(hass.config.config_dir),
    }


async def ended(streams: Streams) -> float:
    """How long it takes until the other side is done with a connection (s)."""
    began = time.monotonic()
    with suppress(ConnectionError, ssl.SSLError):
        async with asyncio.timeout(LONGEST + 3 * LINGER):
            while await streams[0].read(65536):
                pass
    streams[1].close()
    return time.monotonic() - began


@pytest.mark.slow
async def test_who_does_not_come_to_the_point_is_gone_after_ten_seconds(hass: HomeAssistant, tell: Tell) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP")))
    port, before = hub.entry.data[CONF_PORT], traces(hass, hub)
    opened = [await abuse(port) for abuse in ABUSES.values()]
    times = dict(zip(ABUSES, await asyncio.gather(*map(ended, opened)), strict=True))
    while DRIPPING:
        await DRIPPING.pop()
    tell(", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))
    assert {name: seconds for name, seconds in times.items() if seconds > LONGEST + LINGER} == {}
    assert traces(hass, hub) == before


async def test_a_head_is_read_to_sixty_four_kib_at_the_most(hass: HomeAssistant, tell: Tell) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP")))
    port, before, held = hub.entry.data[CONF_PORT], traces(hass, hub), memory()
    heard = set[bytes]()
    for number in range(200):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.2.0.{number + 1}", 0))
        with suppress(ConnectionError):
            writer.write(b"GET /CP HTTP/1.1\r\n" + b"X: " + b"y" * 60_000)
            async with asyncio.timeout(5):
                heard.add((await reader.readline())[9:12])
        writer.close()
    more = memory() - held
    tell(f"200 heads of 60 kB without an end: {more:+.1f} MiB")
    assert heard <= {b"431", b""}
    assert b"431" in heard
    assert more < 200 * 64 / 1024
    assert traces(hass, hub) == before


async def test_one_address_has_sixteen_places_at_the_door(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("CP")))
    port = hub.entry.data[CONF_PORT]
    waiting = [await silent(port) for _ in range(40)]
    turned_away = 0
    for reader, _ in waiting[16:]:
        async with asyncio.timeout(5):
            turned_away += (await reader.readline()).startswith(b"HTTP/1.1 503")
    assert turned_away == 24
    assert await knock(port, "CP", address="127.0.0.2") == 101
    for _, writer in waiting:
        writer.close()


async def test_a_name_that_is_said_twice_in_a_message_is_checked_as_it_is_used(hass: HomeAssistant) -> None:
    """CVE-2023-49958: there is one reader, so that nobody checks another value than the one that is used."""
    hub = await set_up(hass, hub_entry(station_data("CP")))
    async with Hostile(hub.entry.data[CONF_PORT], "CP", "1.6") as station:
        twice = '"connectorId": 1, "errorCode": "NoError", "status": "Faulted", "status": "Available"'
        await station.raw(f'[2, "a", "StatusNotification", {{{twice}}}]')
        await until(lambda: 1 in hub.stations["cp"].evses and hub.stations["cp"].evses[1].status)
        assert hub.stations["cp"].evses[1].status == "Available"
