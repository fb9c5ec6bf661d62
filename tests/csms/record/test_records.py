"""The record of all sessions, over a real ledger."""

from collections.abc import AsyncIterator
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import io
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, Terms, tariffs
from custom_components.ocpp_home.csms.model.account import Holder, Query
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Point, Transaction
from custom_components.ocpp_home.csms.record.names import Names
from custom_components.ocpp_home.csms.record.records import Records
from custom_components.ocpp_home.csms.record.session import Period
from custom_components.ocpp_home.csms.record.table import checksum
from custom_components.ocpp_home.csms.record.totals import By

from .samples import BERLIN, NOON, after, price, share

TERMS = Terms(reserve=1 << 12, leisure=0.02)
OCTOBER = Period.month(2026, 10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(path, terms=TERMS)
    yield ledger
    await ledger.close()


@pytest.fixture
def records(ledger: Ledger) -> Records:
    return Records(ledger, BERLIN)


def begin(ledger: Ledger, minute: float = 0, station: str = "garage", **holder: str) -> Transaction:
    """A session at that minute, its register at 1 000 Wh."""
    at = after(minute)
    transaction = ledger.start(Opening(station, 1, 1, "CARD", at, 1000.0, received=at))
    ledger.hold(transaction, Holder(**holder))
    return transaction


def read(ledger: Ledger, transaction: Transaction, minute: float, value: float, signed: str | None = None) -> None:
    ledger.read(transaction, [Reading(Quantity.ENERGY_IMPORT, value, after(minute), signed=signed)])


def stop(ledger: Ledger, transaction: Transaction, minute: float, value: float = 11_000.0) -> None:
    ledger.stop(transaction, Closing(after(minute), value, received=after(minute)))


async def durable(ledger: Ledger) -> None:
    if (future := ledger.commit()) is not None:
        await future


async def test_the_cost_of_a_session_is_told_while_it_runs_and_when_it_is_settled(
    ledger: Ledger, records: Records
) -> None:
    ledger.price(price(-60, "0.30"))
    ledger.price(price(30, "0.20"))
    transaction = begin(ledger)
    assert records.cost_of(transaction) is None

    read(ledger, transaction, 30, 3000)
    assert records.cost_of(transaction) == 0.6
    read(ledger, transaction, 60, 11_000)
    assert records.cost_of(transaction) == 2.2

    stop(ledger, transaction, 60)
    assert records.cost_of(transaction) == 2.2
    records.settle(transaction)
    assert transaction.account.cost == 2_200_000
    assert records.cost_of(transaction) == 2.2


async def test_a_session_without_a_price_costs_nobody_knows_what(ledger: Ledger, records: Records) -> None:
    transaction = begin(ledger)
    stop(ledger, transaction, 60)

    assert records.cost_of(transaction) is None
    records.settle(transaction)
    assert records.cost_of(transaction) is None
    assert transaction.account.energy == 10_000


async def test_what_a_session_comes_to_is_known_at_any_time(ledger: Ledger, records: Records) -> None:
    ledger.price(price(-60, "0.30"))
    ledger.shine("garage", 1, share(0, 500))
    transaction = begin(ledger)
    read(ledger, transaction, 30, 3000)

    running = records.so_far(transaction)
    assert running is not None
    assert (running.energy, running.cost, running.sun, transaction.account) == (2000, 600_000, 1000, None)

    stop(ledger, transaction, 60)
    records.settle(transaction)
    ledger.tariffs.prices.clear()
    assert records.so_far(transaction) is transaction.account


async def test_sessions_that_more_than_one_asks_for_are_handed_on_once(ledger: Ledger, records: Records) -> None:
    for minute, station in ((0, "garage"), (60, "yard"), (120, "carport")):
        stop(ledger, begin(ledger, minute, station), minute + 30)
    await durable(ledger)

    export = await records.export(OCTOBER, Query("garage"), Query("yard"), Query("yard", evse=1))

    rows = csv.DictReader(io.StringIO(export.csv, newline=""))
    assert [row["station"] for row in rows] == ["garage", "yard"]
    assert export.total.sessions == 2


async def test_what_is_handed_on_names_places_as_their_owner_does(ledger: Ledger, records: Records) -> None:
    stop(ledger, begin(ledger), 30)
    await durable(ledger)

    export = await records.export(OCTOBER, names=Names({"garage": "Carport"}, {("garage", 1): "Left"}))

    [row] = csv.DictReader(io.StringIO(export.csv, newline=""))
    assert (row["station"], row["station_name"], row["evse_name"]) == ("garage", "Carport", "Left")
    assert "Carport · Left" in export.html
    assert export.checksum == checksum(export.csv)


async def test_what_is_settled_is_durable_with_the_next_commit(ledger: Ledger, records: Records, path: Path) -> None:
    ledger.price(price(0, "0.30"))
    ledger.shine("garage", 1, share(0, 500))
    transaction = begin(ledger, person="Ada")
    stop(ledger, transaction, 60)
    records.settle(transaction)
    await durable(ledger)
    await ledger.close()

    again = await Ledger.open(path, terms=TERMS)
    [(found, _)] = await again.sessions(Query())
    await again.close()

    assert (found.account, found.account.cost, found.account.sun) == (transaction.account, 3_000_000, 5000)
    assert found.holder == Holder(person="Ada")


@pytest.mark.parametrize("started", [NOON, None])
async def test_what_memory_does_not_know_is_not_settled_by_it(
    ledger: Ledger, records: Records, started: datetime | None
) -> None:
    transaction = begin(ledger)
    records.settle(transaction)
    assert transaction.account is None, "it runs"

    stop(ledger, transaction, 60)
    ledger.tariffs.since = after(1)
    records.settle(replace(transaction, started=started))
    records.settle(transaction)
    ledger.tariffs.since = None
    records.settle(replace(transaction, points=None))
    assert transaction.account is None

    ledger.tariffs.since = NOON
    records.settle(transaction)
    assert transaction.account is not None


async def test_a_ledger_that_takes_nothing_keeps_no_account(ledger: Ledger, records: Records) -> None:
    transaction = begin(ledger)
    stop(ledger, transaction, 60)
    await durable(ledger)
    await ledger.close()

    records.settle(transaction)

    assert transaction.account is None


async def test_sessions_that_were_not_settled_are_settled_when_they_are_asked_for(ledger: Ledger, path: Path) -> None:
    ledger.price(price(-60, "0.30"))
    ledger.price(price(30, "0.20"))
    ledger.shine("garage", 1, share(0, 500))
    transaction = begin(ledger)
    read(ledger, transaction, 30, 3000)
    stop(ledger, transaction, 60)
    await durable(ledger)
    await ledger.close()
    asked: list[str] = []

    class Asked(Ledger):
        """Notes of which session the readings are read."""

        async def points(self, transaction: Transaction) -> tuple[Point, ...]:
            asked.append(transaction.id)
            return await super().points(transaction)

    again = await Asked.open(path, terms=TERMS)

    [session] = await Records(again, BERLIN).sessions()
    await durable(again)
    [(stored, _)] = await again.sessions(Query())
    await again.close()

    assert asked == [transaction.id], "its readings are read once"
    assert session.transaction.points is None, "only the file knows how its register ran"
    assert (session.account.energy, session.account.cost, session.account.sun) == (10_000, 2_200_000, 5000)
    assert session.peak_power == 16_000
    assert stored.account == session.account


async def test_a_running_session_is_told_as_far_as_it_came(ledger: Ledger, records: Records) -> None:
    ledger.price(price(0, "0.30"))
    transaction = begin(ledger, person="Ada")
    read(ledger, transaction, 30, 3000)
    await durable(ledger)

    [session] = await records.sessions(Query(running=True))

    assert (session.account.energy, session.account.cost, session.flags) == (2000, 600_000, ("running",))
    assert transaction.account is None
    [ada] = await records.totals(OCTOBER, By.PERSON)
    assert (ada.name, ada.energy, ada.costs) == ("Ada", 2000, (("EUR", 600_000),))


async def test_a_stop_without_a_start_has_no_account(ledger: Ledger, records: Records) -> None:
    ledger.orphan("garage", 1, "-1", Closing(after(60), 11_000.0, received=after(60)))
    await durable(ledger)

    [session] = await records.sessions()

    assert (session.account, session.flags, session.peak_power) == (None, ("orphan",), None)


async def test_a_late_price_or_a_late_reading_settles_a_session_anew(ledger: Ledger, records: Records) -> None:
    ledger.price(price(-60, "0.30"))
    transaction = begin(ledger)
    stop(ledger, transaction, 60)
    records.settle(transaction)
    await durable(ledger)

    ledger.price(price(30, "0.20"))
    assert transaction.account is None
    await durable(ledger)
    [session] = await records.sessions()
    assert session.account.cost == 2_500_000

    read(ledger, transaction, 30, 3000)
    await durable(ledger)
    [session] = await records.sessions()
    assert session.account.cost == 2_200_000


async def test_signed_values_are_counted_and_read_verbatim(ledger: Ledger, records: Records) -> None:
    transaction = begin(ledger)
    read(ledger, transaction, 10, 2000, signed='OCMF|{"a": 1}|é')
    ledger.read(transaction, [Reading(Quantity.POWER, 7000.0, after(20))])
    stop(ledger, transaction, 60)
    records.settle(transaction)
    await durable(ledger)

    [session] = await records.sessions()

    assert (session.signed, session.peak_power) == (1, 7000)
    assert [reading.signed for reading in await records.signed(session.transaction)] == ['OCMF|{"a": 1}|é']


async def test_hours_make_the_whole(ledger: Ledger, records: Records) -> None:
    ledger.price(price(0, "0.3333"))
    transaction = begin(ledger, 20)
    stop(ledger, transaction, 200)
    await durable(ledger)

    hours = await records.hours(transaction, [after(60 * hour) for hour in range(5)])

    assert [part.begin for part in hours] == [after(20), after(60), after(120), after(180)]
    assert sum(part.energy for part in hours) == 10_000
    assert sum(part.cost for part in hours) == 3_330_000
    assert await records.hours(replace(transaction, meter_start=None), []) == []


async def test_an_export_is_of_the_ended_sessions_of_its_period_and_bears_its_check_sum(
    ledger: Ledger, records: Records
) -> None:
    ledger.price(price(-60 * 24 * 40, "0.30"))
    for day, person in ((-20, "Bob"), (0, "Ada"), (21.45, "Ada"), (30, "Bob")):
        transaction = begin(ledger, day * 24 * 60, person=person)
        stop(ledger, transaction, day * 24 * 60 + 60)
    begin(ledger, 100, person="Ada")
    await durable(ledger)

    export = await records.export(OCTOBER, title="Ladebericht", period="{first} bis {last}")
    of_ada = await records.export(OCTOBER, Query(person="Ada", limit=1))
    rows = list(csv.DictReader(io.StringIO(export.csv, newline="")))

    assert [(row["person"], row["energy_wh"], row["period_energy_wh"]) for row in rows] == [
        ("Ada", "10000", "10000"),
        ("Ada", "10000", "2000"),
    ]
    assert (export.total.sessions, export.total.energy, of_ada.total.sessions) == (2, 12_000, 2)
    assert [(one.name, one.energy) for one in export.people] == [("Ada", 12_000)]
    assert export.checksum == checksum(export.csv)
    assert export.checksum in export.html
    assert "<p>Ladebericht</p>" in export.html
    assert "0.3000" in export.html


@pytest.mark.parametrize("month", [3, 10])
async def test_table_report_totals_and_hours_agree_in_a_month_in_which_clocks_change(
    ledger: Ledger, records: Records, month: int
) -> None:
    """A month of sessions, some through midnight, the change of the clocks and the end of the month."""
    first = datetime(2026, month, 1, tzinfo=BERLIN).astimezone(UTC) - timedelta(hours=30)
    for hour in range(0, 24 * 34, 3):
        cents = 20 + (hour * 7) % 31
        ledger.price(replace(price(0, f"0.{cents}37"), at=first + timedelta(hours=hour)))
    truth = 0
    for number in range(90):
        at = first + timedelta(hours=number * 9, minutes=number * 13 % 50)
        energy = 3_000 + number * 1_237 % 40_000
        one = ledger.start(Opening(f"station {number % 3}", 1, 1, "C", at, 500.0, received=at))
        ledger.hold(one, Holder(f"card {number % 4}", f"person {number % 2}"))
        middle = at + timedelta(hours=4)
        ledger.read(one, [Reading(Quantity.ENERGY_IMPORT, 500.0 + energy * 0.7, middle)])
        ledger.stop(one, Closing(at + timedelta(hours=7), 500.0 + energy, received=at))
        records.settle(one)
        truth += energy
    await durable(ledger)
    period = Period.month(2026, month)

    export = await records.export(period)
    rows = list(csv.DictReader(io.StringIO(export.csv, newline="")))
    energy = sum(int(row["period_energy_wh"]) for row in rows)
    cents = sum(int(row["period_cost"].replace(".", "")) for row in rows)

    for by in By:
        found = await records.totals(period, by)
        assert sum(one.energy for one in found) == energy
        assert sum(micro for one in found for _, micro in one.costs) == cents * 10_000
    shown = export.html.replace("\u202f", "").replace("\u00a0", " ")
    assert f"<dd>{energy / 1000:.3f} <small>kWh" in shown
    assert f"<dd>{cents / 100:.2f} EUR" in shown

    begin_of = datetime.combine(period.first, datetime.min.time(), BERLIN)
    end_of = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), BERLIN)
    hours = [begin_of.astimezone(UTC) + timedelta(hours=hour) for hour in range(24 * 31 + 2)]
    parts = [
        part
        for session in await records.sessions()
        for part in await records.hours(session.transaction, hours)
        if begin_of <= part.begin < end_of
    ]
    assert sum(part.energy for part in parts) == energy
    assert sum(part.cost for part in parts) == cents * 10_000
    around = Period(period.first - timedelta(days=5), period.last + timedelta(days=40))
    assert sum(one.energy for one in await records.totals(around, By.STATION)) == truth


def test_memory_holds_the_prices_of_a_season() -> None:
    assert tariffs.MANY >= 4 * 24 * 90
