"""A real server and a simulated station on one socket, with the commands of one block between them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from custom_components.ocpp_home.csms.dialogue import transfer
from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.event import Event
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.v1 import (
    authorization,
    boot,
    diagnostics,
    firmware,
    metering,
    security,
    status,
    transactions,
)
from custom_components.ocpp_home.csms.v1.charging import Charging
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.wire.frame import Call, Payload
from custom_components.ocpp_home.csms.wire.server import Admission, Server
from custom_components.ocpp_home.csms.wire.session import Request, Session
from tests.simulator import Hardware, Identity, Oddities, Station as Simulated

BLOCKS = (authorization, boot, diagnostics, firmware, metering, security, status, transactions, transfer)
REQUESTS = {name: answer for block in BLOCKS for name, answer in block.REQUESTS.items()}


class Pauses:
    """A clock nobody waits for: `over(5)` ends the pause of whoever has wanted to sleep for 5 s the longest."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        sleeper = (seconds, asyncio.get_running_loop().create_future())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1]
        finally:
            self._sleepers.remove(sleeper)

    async def over(self, seconds: float) -> None:
        await until(lambda: any(wanted == seconds for wanted, _ in self._sleepers))
        before = self.asked.count(seconds)
        self.now += seconds
        next(woken for wanted, woken in self._sleepers if wanted == seconds and not woken.done()).set_result(None)
        for _ in range(5):
            if self.asked.count(seconds) == before:
                await asyncio.sleep(0)


class Desk:
    """Admits everybody and answers with the functions of the room; the other side is a simulated station."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.pauses = Pauses()
        self.events: list[Event] = []
        self.call: Caller
        self.charging: Charging
        self.simulated: Simulated
        station.witness(self.events.append)

    def admit(self, request: Request) -> Admission:
        return Admission()

    def open(self, session: Session) -> Desk:
        self.call = Caller(self.station, session)
        self.charging = Charging(self.station, self.call, self.pauses, lambda: self.pauses.now)
        remote, configuration = Remote(self.station, self.call), Configuration(self.station, self.call)
        self.station.connect("1.6", Commands(remote, configuration, charging=self.charging))
        return self

    def contested(self, key: str, peer: str) -> None:
        """Nobody else comes."""

    def receive(self, call: Call) -> Payload:
        answer = REQUESTS[call.action](self.station, call.payload, datetime.now(UTC))
        assert isinstance(answer, dict)
        return answer

    def durable(self) -> asyncio.Future[None] | None:
        return self.station.ledger.commit()

    def closed(self) -> None:
        self.charging.close()
        self.station.disconnect()

    async def probe(self) -> None:
        """Ask nothing."""

    def asked(self, action: str) -> list[dict[str, Any]]:
        """What the station was asked so far."""
        return [asked.payload for asked in self.simulated.calls if asked.action == action]

    def notices(self) -> list[str]:
        return [kind for kind, _ in self.station.notices]


@asynccontextmanager
async def desk(
    oddities: Oddities | None = None,
    *,
    settings: Settings | None = None,
    hardware: Hardware | None = None,
    vendor: str = "Simulated",
    **keys: str,
) -> AsyncGenerator[Desk]:
    """A desk with a station that has booted and whose configuration is known."""
    ledger = await Ledger.open(":memory:")
    table = Desk(Station("CP1", ledger, settings or Settings()))
    server = Server(table)
    await server.start("127.0.0.1", 0)
    made = hardware or Hardware(identity=Identity(vendor=vendor))
    simulated = Simulated(f"ws://127.0.0.1:{server.port}", "CP1", hardware=made, oddities=oddities, **keys)
    table.simulated = simulated
    try:
        async with simulated:
            table.station.evse(1)
            await Configuration(table.station, table.call).read()
            simulated.calls.clear()
            yield table
            assert simulated.violations == []
    finally:
        await server.stop()
        await ledger.close()


async def until(condition: Callable[[], object], seconds: float = 3.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)
