"""What is deleted on purpose."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger import erase
from custom_components.ocpp_home.csms.ledger.rows import save
from custom_components.ocpp_home.csms.ledger.store import Store, Terms
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import NOON, after


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "ledger.db", Terms(reserve=1 << 12))
    store.open()
    yield store
    store.close()
    store.thread.shutdown()


def transaction(key: int, stopped: datetime | None, **holder: str) -> Transaction:
    return Transaction(str(key), "garage", 1, 1, f"T{key}", NOON, 0, stopped, stop_token="S", key=key, **holder)


def test_the_sessions_of_a_person_or_a_card_are_found(store: Store) -> None:
    store.write([save(transaction(1, None, person="Ada"), None), save(transaction(2, after(1), card="Blue"), None)])
    store.write([save(transaction(3, after(1), person="Bob", card="Red"), None)])

    assert [row[0] for row in erase.of_person(store, "Ada", "Blue")] == ["1", "2"]
    assert erase.of_person(store, None, None) == []
    assert erase.tokens(erase.of_person(store, "Ada", "Blue")) == {"T2", "S"}


def test_a_clock_that_is_ahead_deletes_nothing(store: Store) -> None:
    now = datetime.now(UTC)
    assert now <= erase.present(store) <= datetime.now(UTC)

    last = datetime(2019, 1, 1, tzinfo=UTC)
    store.write([save(transaction(1, last), None), save(transaction(2, last - timedelta(days=9)), None)])
    assert erase.present(store) == last

    store.write([save(transaction(3, now + timedelta(days=99)), None)])
    assert now <= erase.present(store) <= datetime.now(UTC)


def test_what_is_kept_for_ever_is_not_deleted() -> None:
    assert erase.before(NOON, None) is None
    assert erase.before(NOON, timedelta(days=1)) == NOON - timedelta(days=1)
    assert erase.old(None, None) == []
    assert [len(erase.old(NOON, None)), len(erase.old(None, NOON)), len(erase.old(NOON, NOON))] == [1, 2, 3]


@pytest.mark.parametrize(
    ("person", "card", "theirs"),
    [("Ada", None, True), (None, "Blue", True), ("Bob", "Red", False), (None, None, False)],
)
def test_an_ended_session_is_theirs_by_person_or_card(person: str | None, card: str | None, theirs: bool) -> None:
    assert erase.is_theirs(transaction(1, after(1), person="Ada", card="Blue"), person, card) is theirs
    assert not erase.is_theirs(transaction(1, None, person="Ada", card="Blue"), person, card)


@pytest.mark.parametrize(
    ("horizon", "stopped", "old"),
    [(after(2), after(1), True), (after(1), after(1), False), (None, after(1), False), (after(2), None, False)],
)
def test_a_session_is_old_when_it_ended_before_what_is_kept(
    horizon: datetime | None, stopped: datetime | None, old: bool
) -> None:
    assert erase.is_old(horizon, transaction(1, stopped)) is old


def test_a_session_without_a_name_tells_nothing_of_its_holder() -> None:
    one = transaction(1, after(1), person="Ada", card="Blue", card_group="Family")

    erase.nameless(one)

    assert (one.holder, one.token, one.stop_token) == (None, None, None)
    assert one.stopped == after(1)
