"""Whatever stations send, in whatever order and however often, the ledger equals a plain dictionary of it."""

import asyncio
from collections.abc import Callable
from contextlib import closing as closed
from dataclasses import dataclass, field
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction

from .samples import after, closing, opening, power, register

TERMS = Terms(patience=0.0, reserve=1 << 10, leisure=60, retry=60)

stations = st.sampled_from(["garage", "yard"])
numbers = st.integers(0, 3)
samples = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=3)


@dataclass
class Told:
    """What a station has told of one transaction, and what was answered."""

    opening: Opening | None
    id: str
    closing: Closing | None = None
    registers: dict[int, float] = field(default_factory=dict)

    @property
    def last(self) -> float | None:
        return self.registers[max(self.registers)] if self.registers else None


class Truth(RuleBasedStateMachine):
    """Stations that send, a ledger that is opened and closed, and a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.db"
        self.runner = asyncio.Runner()
        self.told: dict[tuple[str, object], Told] = {}
        self.facts: dict[tuple[str, str], int] = {}
        self.ledger = self.open()

    def open(self) -> Ledger:
        return self.runner.run(Ledger.open(self.path, terms=TERMS))

    def commit(self) -> None:
        async def commit() -> None:
            if (future := self.ledger.commit()) is not None:
                await future

        self.runner.run(commit())

    def held(self, station: str, told: Told) -> Transaction:
        transaction = self.ledger.find(station, told.id)
        assert transaction is not None
        return transaction

    @rule(station=stations, number=numbers, durable=st.booleans())
    def start(self, station: str, number: int, durable: bool) -> None:
        self.begin(station, number, opening(number, station), durable)

    @rule(station=stations, number=numbers, durable=st.booleans())
    def start_with_an_id(self, station: str, number: int, durable: bool) -> None:
        self.begin(station, f"id-{number}", opening(number, station, id=f"id-{number}"), durable)

    def begin(self, station: str, name: object, start: Opening, durable: bool) -> None:
        transaction = self.in_loop(lambda: self.ledger.start(start))
        told = self.told.setdefault((station, name), Told(start, transaction.id))
        told.opening = start
        assert transaction.id == told.id
        if durable:
            self.commit()

    @precondition(lambda self: self.told)
    @rule(data=st.data(), number=numbers)
    def stop(self, data: st.DataObject, number: int) -> None:
        (station, _), told = data.draw(st.sampled_from(list(self.told.items())))
        self.in_loop(lambda: self.ledger.stop(self.held(station, told), closing(number)))
        told.closing = told.closing or closing(number)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), sampled=samples)
    def read(self, data: st.DataObject, sampled: list[tuple[int, int]]) -> None:
        (station, _), told = data.draw(st.sampled_from(list(self.told.items())))
        readings = [register(minute, 2000.0 + minute) for minute, _ in sampled]
        readings += [power(minute, 1000.0 * height) for minute, height in sampled]
        self.in_loop(lambda: self.ledger.read(self.held(station, told), readings))
        told.registers |= {minute: 2000.0 + minute for minute, _ in sampled}

    @rule(station=stations, number=numbers, sent_id=st.sampled_from(["-1", "0", "id-1"]))
    def orphan(self, station: str, number: int, sent_id: str) -> None:
        known = self.told.get((station, sent_id))
        if known is not None and known.opening is not None:
            return  # the dialect finds that one by its id
        orphan = self.in_loop(lambda: self.ledger.orphan(station, 1, sent_id, closing(number)))
        name = sent_id if orphan.id == sent_id else (sent_id, number)
        told = self.told.setdefault((station, name), Told(None, orphan.id, closing(number)))
        assert orphan.id == told.id

    @rule(station=stations, value=st.integers(0, 2))
    def remember(self, station: str, value: int) -> None:
        self.in_loop(lambda: self.ledger.remember(station, "wish", value))
        self.facts[station, "wish"] = value

    @rule(station=stations, number=numbers)
    def fail(self, station: str, number: int) -> None:
        """A message that comes while the file is held by somebody else is refused, and nothing of it stays."""
        self.commit()
        with closed(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            lost = self.in_loop(lambda: self.ledger.start(opening(number, station)))
            try:
                self.commit()
            except LedgerFailed:
                assert (station, number) not in self.told
                assert self.ledger.find(station, lost.id) is None
            else:
                assert self.told[station, number].id == lost.id

    @rule()
    def reopen(self) -> None:
        self.runner.run(self.ledger.close())
        self.ledger = self.open()

    def in_loop[T](self, call: Callable[[], T]) -> T:
        async def called() -> T:
            return call()

        return self.runner.run(called())

    @invariant()
    def memory_equals_the_truth(self) -> None:
        for (station, _), told in self.told.items():
            self.equal(self.held(station, told), told)
            other = "yard" if station == "garage" else "garage"
            if not told.id.startswith("id-"):
                assert self.ledger.find(other, told.id) is None
        for station in ("garage", "yard"):
            running = {told.id for (where, _), told in self.told.items() if where == station and told.closing is None}
            assert {transaction.id for transaction in self.ledger.active(station)} == running
            assert self.ledger.recall(station, "wish") == self.facts.get((station, "wish"))

    @staticmethod
    def equal(transaction: Transaction, told: Told) -> None:
        assert transaction.started == (told.opening.started if told.opening else None)
        assert transaction.meter_start == (told.opening.meter_start if told.opening else None)
        assert transaction.stopped == (told.closing.stopped if told.closing else None)
        assert transaction.meter_stop == (told.closing.meter_stop if told.closing else None)
        assert transaction.orphan is (told.opening is None)
        assert transaction.meter_last == told.last
        assert transaction.meter_last_at == (after(max(told.registers)) if told.registers else None)

    def teardown(self) -> None:
        self.runner.run(self.ledger.close())
        self.ledger = self.open()
        self.memory_equals_the_truth()
        stored = self.runner.run(self.ledger.transactions())
        assert len(stored) == len(self.told)
        self.runner.run(self.ledger.close())
        self.runner.close()
        self.folder.cleanup()


TestTruth = Truth.TestCase
TestTruth.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
