from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger.measurands import KNOWN, Measurands
from custom_components.ocpp_home.csms.ledger.reads import (
    BY_CONTENT,
    BY_ID,
    LATEST,
    TAKEN,
    begin,
    found_of,
    history,
    oddities,
    overlaps,
    points_of,
    prices_in_force,
    readings_of,
    sessions,
    settled,
    shares_in_force,
    stations,
    unsettle,
)
from custom_components.ocpp_home.csms.ledger.rows import microseconds, save
from custom_components.ocpp_home.csms.ledger.store import Store, Terms
from custom_components.ocpp_home.csms.ledger.tariffs import keep_price, keep_share
from custom_components.ocpp_home.csms.model.account import Account, Day, Query
from custom_components.ocpp_home.csms.model.meter import Reading
from custom_components.ocpp_home.csms.model.price import Price, Share
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import NOON, after, power, register

TERMS = Terms(reserve=1 << 12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path, TERMS)
    store.open()
    yield store
    store.close()
    store.thread.shutdown()


def transaction(key: int, station: str = "garage", *, stop: datetime | None = None, evse: int = 1) -> Transaction:
    begun = after(key)
    return Transaction(str(key), station, evse, 1, "CARD", begun, 0, stopped=stop, key=key)


def put(store: Store, *transactions: Transaction) -> None:
    store.write([save(one, f"content {one.id}") for one in transactions])


def read(store: Store, key: int, *readings: Reading) -> None:
    store.write(Measurands(store.every(KNOWN)).writes(key, readings)[0])


def begin_again(path: Path, terms: Terms = TERMS) -> object:
    store = Store(path, terms)
    try:
        return begin(store)
    finally:
        store.close()
        store.thread.shutdown()


def test_a_ledger_begins_with_what_runs(store: Store, path: Path) -> None:
    put(store, transaction(3), transaction(8, stop=after(9)), transaction(7, "yard"))
    read(store, 3, register(4, 1500), power(4, 7000), register(5, 1600))
    store.write([("INSERT INTO facts VALUES ('garage', 'wish', '1')", [()])])

    beginning = begin_again(path)

    assert [(one.id, content) for one, content in beginning.active] == [("3", "content 3"), ("7", "content 7")]
    first = beginning.active[0][0]
    assert (first.meter_last, first.meter_last_at, first.peak_power) == (1600, after(5), 7000)
    assert beginning.facts == [("garage", "wish", "1")]
    assert {row[4] for row in beginning.measurands} == {1, 2}
    assert beginning.next_key == 9
    assert beginning.set_aside is None


def test_an_empty_ledger_begins_with_nothing(path: Path) -> None:
    beginning = begin_again(path)

    assert (beginning.active, beginning.facts, beginning.measurands, beginning.next_key) == ([], [], [], 1)


def test_readings_are_thinned_out_when_old_but_for_signed_ones_and_those_of_running_transactions(
    store: Store, path: Path
) -> None:
    old, now = datetime(2024, 1, 1, tzinfo=UTC), datetime.now(UTC)
    put(store, transaction(1, stop=old), transaction(2, stop=now), replace(transaction(3), started=old))
    for key in (1, 2, 3):
        read(store, key, register(0, 1000), register(1, 2000, signed="OCMF"))

    begin_again(path)

    assert [reading.signed for reading in readings_of(store, 1)] == ["OCMF"]
    assert len(readings_of(store, 2)) == 2
    assert len(readings_of(store, 3)) == 2
    assert len(history(store, None, None, 10)) == 3


@pytest.mark.parametrize("newest", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2220, 1, 1, tzinfo=UTC)])
def test_a_clock_that_is_ahead_thins_nothing_out(store: Store, path: Path, newest: datetime) -> None:
    recent = min(newest, datetime.now(UTC)) - timedelta(days=100)
    put(store, transaction(1, stop=recent), transaction(2, stop=newest))
    read(store, 1, register(0, 1000))

    begin_again(path)

    assert len(readings_of(store, 1)) == 1


def test_a_ledger_begins_though_old_readings_cannot_be_thinned_out(path: Path) -> None:
    full = Terms(reserve=1 << 20, ceiling=1 << 17)

    assert begin_again(path, full).active == []


def test_a_damaged_file_is_told_with_the_beginning(path: Path) -> None:
    path.write_text("not a ledger")

    beginning = begin_again(path)

    assert beginning.set_aside.kind == "corrupt"
    assert beginning.active == []


def test_one_transaction_is_found_by_id_and_by_content_within_its_station(store: Store) -> None:
    put(store, transaction(1), transaction(2, "yard"))

    assert found_of(store.small(BY_ID, ("1", "garage")))[0].key == 1
    assert found_of(store.small(BY_CONTENT, ("garage", "content 1")))[1] == "content 1"
    assert store.small(BY_ID, ("2", "garage")) is None
    assert store.small(BY_CONTENT, ("garage", "content 2")) is None
    assert store.small(TAKEN, ("2",)) is not None
    assert store.small(TAKEN, ("3",)) is None


def test_the_latest_of_an_evse_is_the_one_that_ended_last(store: Store) -> None:
    put(store, transaction(1, stop=after(90)), transaction(2, stop=after(60)), transaction(3))
    put(store, transaction(4, stop=after(99), evse=2), transaction(5, "yard", stop=after(99)))

    assert found_of(store.small(LATEST, ("garage", 1)))[0].id == "1"


@pytest.mark.parametrize("query", [BY_ID, BY_CONTENT, LATEST, TAKEN])
def test_what_is_read_on_the_event_loop_goes_by_an_index(store: Store, query: str) -> None:
    plan = store.every(f"EXPLAIN QUERY PLAN {query}", ("x", 1)[: query.count("?")])

    assert all("USING" in str(row[3]) and "SCAN" not in str(row[3]) and "B-TREE" not in str(row[3]) for row in plan)


def test_the_history_is_of_one_station_or_all_newest_first_and_bounded(store: Store) -> None:
    orphan = Transaction("9", "garage", 1, 1, None, None, None, stopped=after(5), orphan=True, key=9)
    put(store, transaction(1, stop=after(30)), transaction(7), transaction(6, "yard", stop=after(8)), orphan)

    assert [one.id for one in history(store, None, None, 10)] == ["7", "6", "9", "1"]
    assert [one.id for one in history(store, "garage", None, 10)] == ["7", "9", "1"]
    assert [one.id for one in history(store, "garage", None, 1)] == ["7"]
    assert [one.id for one in history(store, None, after(8), 10)] == ["6", "1"]


def test_readings_come_oldest_first_and_those_of_no_known_quantity_not_at_all(store: Store) -> None:
    put(store, transaction(1))
    read(store, 1, register(2, 1200), register(1, 1100), power(1, 7000))
    store.write([("UPDATE measurands SET quantity = 'Pxwer' WHERE quantity LIKE 'Power%'", [()])])

    assert readings_of(store, 1) == [register(1, 1100), register(2, 1200)]
    assert readings_of(store, 2) == []


def test_odd_messages_and_the_stations_of_which_something_is_recorded(store: Store) -> None:
    put(store, transaction(1))
    insert = "INSERT INTO oddities (station, kind, raw, reason, at) VALUES (?, 'frame', ?, 'odd', ?)"
    store.write([(insert, [("shed", "[", microseconds(NOON)), ("shed", "]", microseconds(after(1)))])])
    store.write([("INSERT INTO facts VALUES ('yard', 'wish', '1')", [()])])

    assert [(odd.at, odd.kind, odd.raw, odd.reason) for odd in oddities(store, "shed")] == [
        (NOON, "frame", "[", "odd"),
        (after(1), "frame", "]", "odd"),
    ]
    assert stations(store) == ["garage", "shed", "yard"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), "54321"),
        (Query(limit=2), "54"),
        (Query(station="garage"), "5321"),
        (Query(evse=2), "3"),
        (Query(card="Blue"), "21"),
        (Query(person="Ada"), "41"),
        (Query(since=after(33)), "543"),
        (Query(until=after(3)), "21"),
        (Query(since=after(31), until=after(5)), "432"),
        (Query(running=True), "4"),
        (Query(running=False), "5321"),
        (Query(flags=frozenset({"offline"})), "32"),
        (Query(flags=frozenset({"repaired"})), "31"),
        (Query(flags=frozenset({"offline", "repaired"})), "3"),
        (Query(flags=frozenset({"orphan"})), "5"),
        (Query(station="garage", card="Blue", person="Ada"), "1"),
    ],
)
def test_sessions_are_those_that_are_asked_for_newest_first(store: Store, query: Query, found: str) -> None:
    told = after(90)
    put(store, replace(transaction(1, stop=after(30)), card="Blue", person="Ada", repaired=True, stop_received=told))
    put(store, replace(transaction(2, stop=after(31)), card="Blue", offline=True, stop_received=told))
    put(store, replace(transaction(3, stop=after(33), evse=2), offline=True))
    put(store, replace(transaction(4, "yard"), person="Ada"))
    orphan = Transaction("5", "garage", 1, 1, None, None, None, stopped=after(40), orphan=True, key=5)
    put(store, replace(orphan, stop_received=told))

    assert "".join(one.id for one, _ in sessions(store, query)) == found


def test_sessions_tell_how_many_signed_values_they_have(store: Store) -> None:
    put(store, transaction(1), transaction(2))
    read(store, 1, register(2, 1200, signed="A"), register(3, 1300, signed="B"), power(3, 7000))

    assert [(one.id, signed) for one, signed in sessions(store, Query())] == [("2", 0), ("1", 2)]
    assert points_of(store, 1) == ((after(2), 1200), (after(3), 1300))


def test_prices_and_shares_are_those_in_force(store: Store) -> None:
    prices = [Price(after(minute), "EUR", minute) for minute in (0, 10, 20)]
    store.write([keep_price(price) for price in prices])
    store.write([keep_share(("garage", 1), Share(after(minute), minute)) for minute in (0, 10, 20)])

    assert prices_in_force(store, after(5), after(10)) == tuple(prices[:2])
    assert prices_in_force(store, after(10), after(19)) == (prices[1],)
    assert prices_in_force(store, after(-5), after(0)) == (prices[0],)
    assert [share.share for share in shares_in_force(store, ("garage", 1), after(5), after(10))] == [0, 10]
    assert shares_in_force(store, ("garage", 2), after(5), after(10)) == ()


def test_what_ran_while_a_price_is_told_anew_is_to_be_settled_anew(store: Store) -> None:
    account = Account((Day(date(2026, 5, 1), 1),))
    one = transaction(10, stop=after(20))
    put(store, one)

    for since, until, touched in ((20, None, False), (19, None, True), (0, 10, False), (0, 11, True)):
        end = None if until is None else after(until)
        store.write([settled(10, account)])
        assert sessions(store, Query())[0][0].account == account
        store.write([unsettle(after(since), end)])
        assert (sessions(store, Query())[0][0].account is None) is touched
        assert overlaps(one, after(since), end) is touched
    assert not overlaps(transaction(10), NOON, None)
    assert overlaps(replace(one, started=None), after(19), after(21))
