"""A station that does nothing but charge, and keeps book of what was acknowledged; it sends again what was not."""

import asyncio
from datetime import timedelta
import itertools
import json

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.kill.tongue import BEGIN, TONGUES, Payload, Said, Told


class Teller:
    """Begins and ends transactions as fast as they are answered."""

    def __init__(self, name: str, version: str, port: int) -> None:
        self.name = name
        self.version = version
        self.port = port
        self.book: list[Told] = []
        self.acknowledged = 0
        self.repeated = 0
        self.finish = asyncio.Event()
        """Set when the transaction that runs shall be the last."""
        self._tongue = TONGUES[version]
        self._numbers = itertools.count(1)
        self._line: ClientConnection | None = None

    async def work(self) -> None:
        """Charge until told to finish."""
        clock, register = BEGIN, 0
        while not self.finish.is_set():
            told = Told(self.name, len(self.book), clock, register)
            self.book.append(told)
            await self._tell(self._tongue.start(told), told)
            for _ in range(2):
                clock, register = clock + timedelta(seconds=60), register + 100
                await self._tell(self._tongue.measure(told, clock, register), told)
                told.readings[clock] = register
            clock, register = clock + timedelta(seconds=60), register + 50
            await self._tell(self._tongue.stop(told, clock, register), told)
            told.stopped, told.meter_stop = clock, register
            clock += timedelta(seconds=60)
        if self._line is not None:
            await self._line.close()

    async def _tell(self, said: Said, told: Told) -> None:
        """Send until it is acknowledged."""
        number = next(self._numbers)
        for attempt in itertools.count():
            try:
                answer = await self._ask(number if self._tongue.same_id else next(self._numbers), said)
            except OSError, ConnectionClosed, InvalidHandshake, TimeoutError:
                self._line = None
                self.repeated += attempt == 0
                await asyncio.sleep(0.005)
                continue
            self._tongue.heard(told, answer)
            self.acknowledged += 1
            return

    async def _ask(self, number: int, said: Said) -> Payload:
        if self._line is None:
            url = f"ws://127.0.0.1:{self.port}/{self.name}"
            self._line = await connect(url, subprotocols=[self._tongue.subprotocol], ping_interval=None)
        await self._line.send(json.dumps([2, str(number), *said]))
        async with asyncio.timeout(10):
            while True:
                message = json.loads(await self._line.recv())
                if message[0] == 3 and message[1] == str(number):
                    answer: Payload = message[2]
                    return answer
                if message[0] == 4 and message[1] == str(number):
                    raise TimeoutError(str(message))
                if message[0] == 2:
                    await self._line.send(json.dumps([4, message[1], "NotSupported", "", {}]))
