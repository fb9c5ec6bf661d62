"""Whatever stations send, in whatever order and however often, the ledger equals a plain dictionary of it."""

import asyncio
from collections.abc import Callable
from contextlib import closing as closed
from dataclasses import dataclass, field
import json
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory
import zlib

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.account import Account, Day, Holder
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction

from .samples import NOON, after, closing, opening, power, register

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
    holder: Holder | None = None
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
        self.owners = 0
        self.prices: dict[int, int] = {}
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
        owner = Holder(person=f"person of {station} {name} {self.owners}")
        self.owners += 1
        transaction = self.in_loop(lambda: self._start(start, owner))
        told = self.told.setdefault((station, name), Told(start, transaction.id))
        told.opening = start
        told.holder = told.holder or owner
        assert transaction.id == told.id
        if durable:
            self.commit()

    def _start(self, start: Opening, owner: Holder) -> Transaction:
        transaction = self.ledger.start(start)
        self.ledger.hold(transaction, owner)
        return transaction

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
            lost, failed = self.runner.run(self.attempt(opening(number, station)))
        if failed:
            assert (station, number) not in self.told
            assert self.ledger.find(station, lost.id) is None
        else:
            assert self.told[station, number].id == lost.id

    async def attempt(self, start: Opening) -> tuple[Transaction, bool]:
        """A start, and whether it could not be recorded."""
        transaction = self.ledger.start(start)
        try:
            if (future := self.ledger.commit()) is not None:
                await future
        except LedgerFailed:
            return transaction, True
        return transaction, False

    @rule(minute=st.integers(0, 40), cents=st.integers(10, 40))
    def price(self, minute: int, cents: int) -> None:
        """A price that becomes known, be it late."""
        self.in_loop(lambda: self.ledger.price(Price(after(minute), "EUR", cents * 10_000)))
        before = [at for at in self.prices if at <= minute]
        if not before or self.prices[max(before)] != cents:
            self.prices[minute] = cents

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        (station, _), told = data.draw(st.sampled_from(list(self.told.items())))
        transaction = self.held(station, told)
        self.in_loop(lambda: self.ledger.settle(transaction, self.account(told)))

    def account(self, told: Told) -> Account:
        """A sum of all that an account follows from."""
        ended = told.closing.stopped if told.closing else None
        begun = told.opening.started if told.opening else ended
        known_by_then = [
            (minute, cents)
            for minute, cents in sorted(self.prices.items())
            if ended is not None and after(minute) < ended
        ]
        at_begin = [minute for minute, _ in known_by_then if begun is not None and after(minute) <= begun]
        cents = [one for one in known_by_then if one[0] >= max(at_begin, default=0)]
        known = json.dumps([str(begun), str(ended), sorted(told.registers.items()), cents])
        return Account((Day(NOON.date(), zlib.crc32(known.encode())),))

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

    def equal(self, transaction: Transaction, told: Told) -> None:
        assert transaction.holder == told.holder
        assert transaction.account in {None, self.account(told)}, "what is settled is never out of date"
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
        assert sorted(str(one.person) for one in stored) == sorted(
            str(told.holder.person if told.holder else None) for told in self.told.values()
        )
        self.runner.run(self.ledger.close())
        self.runner.close()
        self.folder.cleanup()


TestTruth = Truth.TestCase
TestTruth.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
