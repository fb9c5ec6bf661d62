"""What the tests look with: a diary of what was told, the frames, and the two books side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Verdict
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.simulator import Station as Simulated

NAME = "Garage"
LEDGER = "ledger.db"

type Dial = Callable[..., Awaitable[Simulated]]


class Diary:
    """What was told of a station, in order."""

    def __init__(self, station: Station) -> None:
        self.events: list[Event] = []
        self._statuses: list[tuple[int, Status]] = []
        station.witness(self.events.append)
        station.subscribe(self._note)

    def walk(self, evse: int = 1) -> list[str]:
        """The statuses an EVSE went through."""
        return [status.value for number, status in self._statuses if number == evse]

    def data(self, kind: Kind) -> list[Mapping[str, object]]:
        """What came with the events of a kind."""
        return [event.data for event in self.events if event.kind is kind]

    def _note(self, part: Station | Evse) -> None:
        if isinstance(part, Evse) and part.status is not None:
            before = next((status for number, status in reversed(self._statuses) if number == part.id), None)
            if part.status is not before:
                self._statuses.append((part.id, part.status))


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


def ago(seconds: float) -> datetime:
    """A moment that lies so far back, to the second."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=seconds)


def admit(central: Central, garage: Station, **listed: Verdict) -> None:
    """Let only these cards charge."""
    verdicts = {tag.casefold(): verdict for tag, verdict in listed.items()}
    central.update(NAME, replace(garage.settings, policy=Policy(Unknown.REFUSE, listed=verdicts)))


def truth(transaction: Transaction) -> tuple[object, ...]:
    """What ledger and station must agree on."""
    return (
        transaction.evse,
        transaction.started,
        transaction.meter_start,
        transaction.stopped,
        transaction.meter_stop,
        transaction.reason or "",
        transaction.token,
        transaction.id,
    )


def on_disk(folder: Path) -> int:
    """How many transactions another process finds in the ledger's file at this moment."""
    with closing(sqlite3.connect(folder / LEDGER)) as file:
        return int(file.execute("SELECT count(*) FROM transactions").fetchone()[0])


async def books_agree(ledger: Ledger, station: Simulated) -> list[Transaction]:
    """The ledger's transactions, oldest first, each of them as the station's own record has it."""
    recorded = (await ledger.transactions(NAME))[::-1]
    assert [truth(one) for one in recorded] == [(*one.truth, one.id_tag or None, str(one.id)) for one in station.record]
    return recorded
