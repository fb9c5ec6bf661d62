"""A station that keeps to the protocol in all but its texts; it answers everything, at length."""

import asyncio
from contextlib import suppress
import json
from typing import Any, Final, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from custom_components.ocpp_home.csms.wire.frame import SUBPROTOCOLS, Version

from .fields import Fill, Message, benign

REPORTS: Final = {
    "CustomerInformation": "NotifyCustomerInformation",
    "GetBaseReport": "NotifyReport",
    "GetChargingProfiles": "ReportChargingProfiles",
    "GetDERControl": "ReportDERControl",
    "GetDisplayMessages": "NotifyDisplayMessages",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "GetReport": "NotifyReport",
}
"""What follows the answer to a request."""

type Payload = dict[str, Any]


class Hostile:
    """One connection of a station of `version`; what it answers is made of `fill`."""

    def __init__(self, port: int, identity: str, version: Version) -> None:
        self.identity, self.version, self.port = identity, version, port
        self.fill: Fill = benign
        self.turn = 0
        self.refuses = False
        """Whether it answers with errors."""
        self.asked: set[str] = set()
        self.said = 0
        self.known: dict[str, Any] = {}
        self.answers: dict[str, Payload] = {}
        """What it answers to some actions, whatever else it says."""
        self._socket: ClientConnection
        self._reading: asyncio.Task[None]
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}
        self._later: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        url = f"ws://127.0.0.1:{self.port}/{self.identity}"
        protocol = Subprotocol(SUBPROTOCOLS[self.version])
        self._socket = await connect(url, subprotocols=[protocol], compression=None, ping_interval=None, max_size=None)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._reading

    @property
    def connected(self) -> bool:
        return not self._reading.done()

    async def say(self, action: str, payload: Payload) -> list[Any]:
        """Ask something; gives the frame of the answer."""
        self.said += 1
        name = f"m{self.said}"
        kind = 6 if action == "NotifyPeriodicEventStream" else 2
        await self.send([kind, name, action, payload])
        return [] if kind == 6 else await self._answer(name)

    async def send(self, frame: object) -> None:
        """Send any JSON."""
        await self.raw(json.dumps(frame))

    async def raw(self, text: str | bytes) -> None:
        """Send a message."""
        await self._socket.send(text, text=True)

    def full(self, action: str, *, answer: bool = False) -> Payload:
        """A message with everything in it."""
        return Message(self.version, action, answer).full(self.fill, self.turn, **self.known)

    async def _answer(self, name: str) -> list[Any]:
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._waiting[name] = future
        async with asyncio.timeout(10):
            return await future

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                frame = json.loads(text)
                if frame[0] == 2:
                    await self._serve(*frame[1:])
                elif (waiting := self._waiting.pop(str(frame[1]), None)) is not None and not waiting.done():
                    waiting.set_result(frame)
        for waiting in self._waiting.values():
            waiting.cancel()

    async def _serve(self, name: str, action: str, payload: Payload) -> None:
        self.asked.add(action)
        text = self.full("DataTransfer")["vendorId"]
        if self.refuses:
            await self.send([4, name, "GenericError" if self.turn % 2 else text, text, {"zq7": text}])
            return
        await self.send([3, name, self.answers.get(action) or self.full(action, answer=True)])
        if action in REPORTS and "requestId" in payload:
            report = self.full(REPORTS[action]) | {"requestId": payload["requestId"]}
            task = asyncio.create_task(self._report(REPORTS[action], report | {"tbc": False, "seqNo": 0}))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _report(self, action: str, payload: Payload) -> None:
        with suppress(ConnectionClosed, asyncio.CancelledError):
            await self.say(action, payload)
