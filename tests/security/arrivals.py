"""Who dials in: stations that stay until the end of a test, and somebody who only knocks."""

from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.simulator import Station

type Bring = Callable[[Station], Awaitable[Station]]


@asynccontextmanager
async def arrivals() -> AsyncGenerator[Bring]:
    """Has stations dial in, and again when they are cut off; at the end nothing they heard has broken a schema."""
    built: list[Station] = []

    async def bring(station: Station) -> Station:
        station.redial = 0.05
        built.append(station)
        await station.connect()
        await station.boot()
        return station

    yield bring
    for station in built:
        await station.close()
    assert [violation for station in built for violation in station.violations] == []


async def knock(url: str, protocol: str, user: str, password: str) -> int:
    """Dial in with a user name of one's own; the status of the answer."""
    login = b64encode(f"{user}:{password}".encode()).decode()
    try:
        async with connect(
            url,
            subprotocols=[Subprotocol(protocol)],
            additional_headers={"Authorization": f"Basic {login}"},
            proxy=None,
        ):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code
