"""A station that does nothing but charge, and keeps book of what was acknowledged.

It sends again what was not answered, with a new message id, as OCPP 1.6 ed. 2 - 3.7.1 demands of a station.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import itertools
import json

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Told:
    """One transaction as the station knows it."""

    started: datetime
    meter_start: int
    id: int | None = None
    ids: set[int] = field(default_factory=set)
    """Every number that was ever answered to its start; more than one is an error of the central system."""
    readings: dict[datetime, int] = field(default_factory=dict)
    """Registers that were acknowledged."""
    stopped: datetime | None = None
    meter_stop: int | None = None


class Teller:
    """Begins and ends transactions as fast as they are answered."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = port
        self.book: list[Told] = []
        self.acknowledged = 0
        self.repeated = 0
        self.finish = asyncio.Event()
        """Set when the transaction that runs shall be the last."""
        self._numbers = itertools.count(1)
        self._line: ClientConnection | None = None

    async def work(self) -> None:
        """Charge until told to finish."""
        clock, register = BEGIN, 0
        while not self.finish.is_set():
            told = Told(clock, register)
            self.book.append(told)
            start = {"connectorId": 1, "idTag": self.name, "meterStart": register, "timestamp": _text(clock)}
            answer = await self._tell("StartTransaction", start, told)
            told.id = answer["transactionId"]
            for _ in range(2):
                clock, register = clock + timedelta(seconds=60), register + 100
                await self._tell("MeterValues", _meter_values(told.id, clock, register), told)
                told.readings[clock] = register
            clock, register = clock + timedelta(seconds=60), register + 50
            stop = {"transactionId": told.id, "meterStop": register, "timestamp": _text(clock), "reason": "Local"}
            await self._tell("StopTransaction", stop, told)
            told.stopped, told.meter_stop = clock, register
            clock += timedelta(seconds=60)
        if self._line is not None:
            await self._line.close()

    async def _tell(self, action: str, payload: dict[str, object], told: Told) -> dict[str, int]:
        """Send until it is acknowledged."""
        for attempt in itertools.count():
            try:
                answer = await self._ask(action, payload)
            except OSError, ConnectionClosed, InvalidHandshake, TimeoutError:
                self._line = None
                self.repeated += attempt == 0
                await asyncio.sleep(0.005)
                continue
            if "transactionId" in answer:
                told.ids.add(answer["transactionId"])
            self.acknowledged += 1
            return answer
        raise AssertionError

    async def _ask(self, action: str, payload: dict[str, object]) -> dict[str, int]:
        if self._line is None:
            url = f"ws://127.0.0.1:{self.port}/{self.name}"
            self._line = await connect(url, subprotocols=[Subprotocol("ocpp1.6")], ping_interval=None)
        number = str(next(self._numbers))
        await self._line.send(json.dumps([2, number, action, payload]))
        async with asyncio.timeout(10):
            while True:
                message = json.loads(await self._line.recv())
                if message[0] == 3 and message[1] == number:
                    answer: dict[str, int] = message[2]
                    return answer
                if message[0] == 4 and message[1] == number:
                    raise TimeoutError(str(message))
                if message[0] == 2:
                    await self._line.send(json.dumps([4, message[1], "NotSupported", "", {}]))


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _meter_values(transaction: int, at: datetime, register: int) -> dict[str, object]:
    value = {"timestamp": _text(at), "sampledValue": [{"value": str(register)}]}
    return {"connectorId": 1, "transactionId": transaction, "meterValue": [value]}
