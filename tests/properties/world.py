"""A central system in this process, on the file of a real ledger, and stations that reach it without a socket."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.admission import Policy
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.record.records import Records
from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.door import Request
from custom_components.ocpp_home.csms.wire.liveness import Liveness
from custom_components.ocpp_home.csms.wire.replay import Answers
from custom_components.ocpp_home.csms.wire.session import Session

from .tongue import Said
from .truth import Truth

TERMS = Terms(reserve=1 << 10, leisure=0, retry=3600)
NEVER = Pauses(silence=3600, settle=3600, peace=3600, answer=3600)
RAM = Path("/dev/shm")

type Frame = list[Any]


class Wall(datetime):
    """The clock on the wall: it shows what it was set to, and no moment twice."""

    shown: ClassVar[datetime]

    @classmethod
    def now(cls, tz: object = None) -> Self:
        cls.shown += timedelta(microseconds=1)
        return cls.combine(cls.shown.date(), cls.shown.timetz())


class Wire:
    """The far end of a connection; what comes after it was cut is lost."""

    def __init__(self) -> None:
        self.heard: dict[str, Frame] = {}
        self.news = asyncio.Event()
        self.cut = False

    def send(self, text: bytes) -> None:
        frame = json.loads(text)
        if not self.cut:
            self.heard[frame[1]] = frame
            self.news.set()

    def ping(self) -> None:
        """Nobody asks."""

    def close(self, code: int, reason: str) -> None:
        self.cut = True

    def abort(self) -> None:
        self.cut = True


class World:
    """One household: its cards, its central system, and the ledger that outlives it."""

    runner: ClassVar[asyncio.Runner]
    """That of all households of a test: to end it takes longer than a household lives."""

    def __init__(self, cards: Iterable[Card], now: datetime) -> None:
        for version in schema.FOLDERS:
            schema.load(version)
        self.folder = TemporaryDirectory(dir=RAM if RAM.is_dir() else None, ignore_cleanup_errors=True)
        self.lives = 0
        self.events = 0
        """How often anything was told to the central system, or became of it."""
        self.cards = {card.token.id: card for card in cards}
        self.lines: dict[str, tuple[Session, Wire]] = {}
        self.names: list[str] = []
        self.set_clock(now)
        self.open()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        self.events += 1
        return self.runner.run(work)

    def set_clock(self, now: datetime) -> None:
        self.now = now
        Wall.shown = now

    @property
    def path(self) -> Path:
        return Path(self.folder.name) / f"{self.lives}.db"

    def open(self) -> None:
        """Start the central system on what the ledger holds."""
        self.run(self._open())
        self.answers: dict[str, Answers] = {}
        for name in self.names:
            self.add(name)

    async def _open(self) -> None:
        self.ledger = await Ledger.open(self.path, terms=TERMS)
        self.central = Central(self.ledger)
        self.central.pauses = NEVER
        self.records = Records(self.ledger, UTC)
        self.admit()

    def hand_on(self, card: Card) -> None:
        """From now on a card is somebody else's; the home keeps that as it keeps all it is told."""
        self.cards[card.token.id] = card
        self.run(self._hand_on())

    async def _hand_on(self) -> None:
        self.admit()
        if (durable := self.ledger.commit()) is not None:
            await durable

    def admit(self) -> None:
        """Let the central system know the cards as they are now."""
        self.central.household.admit(Cards(tuple(self.cards.values())), Policy())

    def add(self, name: str) -> Station:
        """Take a station in."""
        station = self.central.add(name, Settings(configure=False, lists=False))
        station.cost, station.account = self.records.cost_of, self.records.settle
        if name not in self.names:
            self.names.append(name)
        return station

    def station(self, name: str) -> Station:
        return self.central.stations[name.casefold()]

    # --- connections --------------------------------------------------------------------------------------------------

    def connected(self, name: str) -> bool:
        return name in self.lines and not self.lines[name][1].cut

    def dial(self, truth: Truth) -> None:
        """Connect a station; a connection it still has is taken over."""
        self.run(self._dial(truth))

    async def _dial(self, truth: Truth) -> None:
        name, loop, wire = truth.name, asyncio.get_running_loop(), Wire()
        if name in self.lines:
            self.lines[name][0].close(1000, "a newer connection took over")
        request = Request(method="GET", target=f"/{name}", segments=(name,), identity=name, headers={}, offers=())
        answers = self.answers.setdefault(name, Answers(loop.time))
        version: Any = truth.version
        session = Session(request, version, wire, answers, Liveness(loop.time(), None, 1e6))
        session.serve(self.central.open(session))
        self.lines[name] = session, wire

    def hang_up(self, name: str) -> None:
        """The connection breaks."""
        self.run(self._hang_up(name))

    async def _hang_up(self, name: str) -> None:
        if name in self.lines:
            session, wire = self.lines.pop(name)
            wire.cut = True
            session.ended()

    def ask(self, name: str, message_id: str, said: Said) -> Frame:
        """Say something over a connection and wait for the answer, which the station need not have heard."""
        return self.run(self._ask(name, message_id, said))

    async def _ask(self, name: str, message_id: str, said: Said) -> Frame:
        session, wire = self.lines[name]
        wire.heard.pop(message_id, None)
        session.received(json.dumps([2, message_id, *said]).encode())
        async with asyncio.timeout(10):
            while message_id not in wire.heard:
                wire.news.clear()
                await wire.news.wait()
        return wire.heard[message_id]

    # --- the central system stops -------------------------------------------------------------------------------------

    def restart(self) -> None:
        """Stop politely and start again."""
        self.run(self._stop())
        self.open()

    def kill(self, name: str | None = None, message_id: str = "", said: Said | None = None) -> None:
        """Die and start again, perhaps while a message is being handled that nothing has been written of."""
        self.run(self._kill(name, message_id, said))
        self.open()

    async def _kill(self, name: str | None, message_id: str, said: Said | None) -> None:
        await self._leisure()
        if name is not None and said is not None:
            self.lines[name][0].received(json.dumps([2, message_id, *said]).encode())
        before = self.path
        self.lives += 1
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{before}{suffix}", f"{self.path}{suffix}")
        await self._stop()

    async def _leisure(self) -> None:
        """What the ledger writes within a second is written: nothing happens in the same second as anything else."""
        await asyncio.sleep(0)
        await self.ledger.end_backup()  # there is none, but its end comes after all that is being written

    async def _stop(self) -> None:
        for name in tuple(self.lines):
            await self._hang_up(name)
        await self.ledger.close()

    def end(self) -> None:
        """Leave nothing behind."""
        self.run(self._stop())
        self.run(self._rest())
        self.folder.cleanup()

    @staticmethod
    async def _rest() -> None:
        """Nothing of this household goes on in the next one."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
