"""Whose a session is and what it costs, as the ledger keeps it; what is deleted on purpose."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing as closed, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.ledger.commit import LONGEST
from custom_components.ocpp_home.csms.model.account import Account, Day, Forgotten, Holder, Query
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.price import Price, Share
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import NOON, after, closing, opening, register

TERMS = Terms(patience=0.05, reserve=1 << 12, leisure=0.02, retry=0.02)
SETTLED = Account((Day(date(2026, 5, 1), 4000, 1_200_000),), "EUR")
ADA, BOB = Holder("Blue", "Ada", "Family"), Holder("Red", "Bob")
CARD = Token("CARD")

type Opener = Callable[[], Awaitable[Ledger]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Opener]:
    ledgers: list[Ledger] = []

    async def opened() -> Ledger:
        ledgers.append(await Ledger.open(path, terms=TERMS))
        return ledgers[-1]

    yield opened
    for ledger in ledgers:
        await ledger.close()


@pytest.fixture
async def ledger(opened: Opener) -> Ledger:
    return await opened()


async def durable(ledger: Ledger) -> None:
    future = ledger.commit()
    assert future is not None
    await future


async def refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerFailed):
        await durable(ledger)


def price(minute: float, micro: int | None = 300_000) -> Price:
    return Price(after(minute), "EUR", micro)


def ended(ledger: Ledger, number: int = 0, holder: Holder = ADA, **changes: object) -> Transaction:
    transaction = ledger.start(opening(number, **changes))
    ledger.hold(transaction, holder)
    ledger.stop(transaction, closing(number, received=after(40), token="OTHER"))
    return transaction


def fill(ledger: Ledger) -> None:
    """Let so much wait that nothing more is taken."""
    transaction = ledger.start(opening(99))
    with suppress(LedgerFailed):
        for number in range(LONGEST):
            ledger.read(transaction, [register(number / LONGEST, 2000.0)])


async def stored(ledger: Ledger, path: Path) -> list[Transaction]:
    """What the file says."""
    await ledger.close()
    again = await Ledger.open(path, terms=TERMS)
    found = [transaction for transaction, _ in await again.sessions(Query())]
    await again.close()
    return found


async def test_the_first_holder_stays(ledger: Ledger, path: Path) -> None:
    transaction = ledger.start(opening())
    ledger.hold(transaction, Holder())
    ledger.hold(transaction, ADA)
    ledger.hold(transaction, Holder("Red", "Bob"))
    await durable(ledger)

    assert transaction.holder == ADA
    assert [one.holder for one in await stored(ledger, path)] == [ADA]


async def test_a_holder_that_could_not_be_written_is_taken_back(ledger: Ledger, path: Path) -> None:
    transaction = ledger.start(opening())
    await durable(ledger)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ledger.hold(transaction, ADA)
        await refused(ledger)

    assert transaction.holder is None


async def test_an_account_is_kept_with_its_session(ledger: Ledger, path: Path) -> None:
    transaction = ended(ledger)
    ledger.settle(transaction, SETTLED)
    ledger.settle(transaction, SETTLED)
    await durable(ledger)

    assert transaction.account == SETTLED
    assert [one.account for one in await stored(ledger, path)] == [SETTLED]


async def test_only_what_has_ended_and_is_still_the_same_is_settled(ledger: Ledger) -> None:
    transaction = ledger.start(opening())
    ledger.settle(transaction, SETTLED)
    assert transaction.account is None

    ledger.stop(transaction, closing(received=after(40)))
    ledger.settle(replace(transaction, meter_stop=9.0), SETTLED)
    ledger.settle(replace(transaction, id="other", key=None), SETTLED)
    assert transaction.account is None


async def test_a_session_that_memory_let_go_of_is_settled_all_the_same(
    ledger: Ledger, path: Path, opened: Opener
) -> None:
    ended(ledger)
    await durable(ledger)
    await ledger.close()
    again = await opened()
    [(found, _)] = await again.sessions(Query())

    again.settle(found, SETTLED)
    await durable(again)

    assert [one.account for one in await stored(again, path)] == [SETTLED]


async def test_what_is_told_later_has_a_session_settled_anew(ledger: Ledger, path: Path) -> None:
    transaction = ended(ledger)
    ledger.settle(transaction, SETTLED)

    ledger.read(transaction, [register(10, 2000.0)])
    await durable(ledger)

    assert transaction.account is None
    assert [one.account for one in await stored(ledger, path)] == [None]


async def test_what_is_refused_changes_nothing(ledger: Ledger) -> None:
    transaction = ended(ledger)
    await durable(ledger)
    fill(ledger)

    with pytest.raises(LedgerFailed):
        ledger.settle(transaction, SETTLED)
    with pytest.raises(LedgerFailed):
        ledger.price(price(0))
    with pytest.raises(LedgerFailed):
        ledger.shine("garage", 1, Share(NOON, 500))

    assert (transaction.account, ledger.tariffs.prices, ledger.tariffs.shares["garage", 1]) == (None, [], [])


async def test_what_could_not_be_written_is_taken_back(ledger: Ledger, path: Path) -> None:
    first, second = ended(ledger), ended(ledger, 1)
    ledger.settle(second, SETTLED)
    await durable(ledger)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ledger.settle(first, SETTLED)
        ledger.price(price(0))
        ledger.shine("garage", 1, Share(NOON, 500))
        await refused(ledger)

    assert (first.account, second.account) == (None, SETTLED)
    assert (ledger.tariffs.prices, ledger.tariffs.shares["garage", 1]) == ([], [])


async def test_prices_and_the_sun_are_there_again(ledger: Ledger, opened: Opener) -> None:
    assert ledger.price(price(0))
    assert not ledger.price(price(5))
    ledger.shine("garage", 1, Share(NOON, 500))
    ledger.shine("garage", 1, Share(after(5), 500))
    await durable(ledger)
    await ledger.close()

    again = await opened()

    assert (again.tariffs.prices, again.tariffs.shares) == ([price(0)], {("garage", 1): [Share(NOON, 500)]})


async def test_a_price_for_the_past_has_what_it_touches_settled_anew(ledger: Ledger, path: Path) -> None:
    ledger.price(price(90, 1))
    sessions = [ended(ledger, number) for number in (-60, 0, 40, 90)]
    for one in sessions:
        ledger.settle(one, SETTLED)

    ledger.price(price(20))
    await durable(ledger)

    settled = [True, False, False, True]
    assert [one.account is not None for one in sessions] == settled
    assert [one.account is not None for one in reversed(await stored(ledger, path))] == settled


async def test_who_is_forgotten_is_nowhere_in_the_file_and_what_was_charged_stays(
    ledger: Ledger, path: Path, opened: Opener
) -> None:
    transaction = ended(ledger, token="ADA-TOKEN")
    ledger.read(transaction, [register(3, 2000.0, signed="OCMF ADA-TOKEN"), register(4, 2100.0)])
    ledger.settle(transaction, SETTLED)
    bob = ended(ledger, 1, Holder("Red", "Bob"), token="BOB-TOKEN")
    ledger.quarantine("garage", "frame", "[ada-token", "odd")
    ledger.quarantine("garage", "frame", "[bob-token", "odd")
    ledger.remember("garage", "moments", {"start|ADA-TOKEN": "x"})
    running = ledger.start(opening(2, token="ADA-TOKEN"))
    ledger.hold(running, ADA)
    await durable(ledger)

    assert await ledger.forget_person("Ada") == Forgotten(1, (running.id,))

    assert (transaction.holder, transaction.token, transaction.stop_token) == (None, None, None)
    assert (transaction.account, bob.holder, running.holder) == (SETTLED, Holder("Red", "Bob"), ADA)
    assert ledger.recall("garage", "moments") is None
    assert [odd.raw for odd in await ledger.oddities("garage")] == ["[bob-token"]
    assert [one.signed for one in await ledger.readings(transaction)] == [None, None]
    ledger.stop(running, closing(2, received=after(50)))
    assert await ledger.forget_person(card="Blue") == Forgotten(1)
    await ledger.close()
    text = b"".join(part.read_bytes() for part in path.parent.glob("ledger.db*"))
    assert b"ADA-TOKEN" not in text
    assert b"Ada" not in text
    assert b"BOB-TOKEN" in text
    assert (await opened()).find("garage", transaction.id).account == SETTLED


async def test_who_could_not_be_forgotten_is_still_known(ledger: Ledger, path: Path) -> None:
    transaction = ended(ledger)
    await durable(ledger)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed):
            await ledger.forget_person("Ada")

    assert (transaction.holder, transaction.token) == (ADA, "CARD")
    assert ledger.start(opening()) is transaction


async def test_what_is_older_than_is_kept_is_deleted(ledger: Ledger) -> None:
    now = datetime.now(UTC)
    kept: list[str] = []
    for days in (100, 50, 10):
        at = now - timedelta(days=days)
        one = ledger.start(opening(started=at))
        ledger.read(one, [replace(register(0, 2000.0), at=at), replace(register(0, 3000.0, signed="OCMF"), at=now)])
        ledger.stop(one, closing(stopped=at, received=at))
        ledger.settle(one, SETTLED)
        kept.append(one.id)
    unsettled = ledger.start(opening(1, started=now - timedelta(days=50)))
    ledger.read(unsettled, [register(0, 2000.0)])
    ledger.stop(unsettled, closing(stopped=now - timedelta(days=50), received=now))
    await durable(ledger)
    before = ledger.find("garage", kept[0])

    await ledger.tidy(None)
    assert [len(await ledger.readings(one)) for one in await ledger.transactions()] == [2, 1, 2, 2]
    await ledger.tidy(timedelta(days=30), timedelta(days=80))

    assert ledger.find("garage", kept[0]) is None
    assert before.key is None
    assert [len(await ledger.readings(one)) for one in await ledger.transactions()] == [2, 1, 1]
    assert ledger.commit() is None


async def test_what_could_not_be_deleted_is_still_there(ledger: Ledger, path: Path) -> None:
    old = ledger.start(opening(started=NOON))
    ledger.stop(old, closing(stopped=NOON, received=NOON))
    ended(ledger, 60 * 24 * 50)
    await durable(ledger)
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerFailed):
            await ledger.tidy(None, timedelta(days=30))

    assert ledger.find("garage", old.id) is old
    assert old.key is not None


async def test_whose_a_card_was_is_known_after_a_restart(ledger: Ledger, opened: Opener) -> None:
    ledger.hand_over({CARD: ADA}, NOON)
    ledger.hand_over({CARD: BOB}, after(10))
    ledger.hand_over({CARD: BOB}, after(20))
    await durable(ledger)
    assert ledger.commit() is None
    await ledger.close()
    again = await opened()

    assert [again.holder(CARD, after(minute)) for minute in (9, 10)] == [ADA, BOB]
    assert again.holder(Token("other"), NOON) is None


async def test_a_change_of_hands_that_could_not_be_written_is_written_later(
    ledger: Ledger, path: Path, opened: Opener
) -> None:
    with closed(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ledger.hand_over({CARD: ADA}, NOON)
        ledger.hand_over({CARD: BOB}, after(10))
        await refused(ledger)
    assert ledger.holder(CARD, NOON) == ADA
    ledger.start(opening())
    await durable(ledger)
    await ledger.close()

    assert (await opened()).holder(CARD, NOON) == ADA


async def test_a_change_of_hands_while_nothing_is_taken_is_known_all_the_same(ledger: Ledger) -> None:
    fill(ledger)
    ledger.hand_over({CARD: ADA}, NOON)

    assert ledger.holder(CARD, NOON) == ADA


async def test_whoever_is_forgotten_has_had_no_card(ledger: Ledger, path: Path) -> None:
    for minute, holders in ((0, {CARD: ADA, Token("ADA-TOKEN"): ADA}), (10, {CARD: BOB})):
        ledger.hand_over(holders, after(minute))
    await durable(ledger)
    await ledger.forget_person("Ada")
    assert [ledger.holder(CARD, after(minute)) for minute in (9, 10)] == [Holder(), BOB]
    await ledger.close()

    text = b"".join(part.read_bytes() for part in path.parent.glob("ledger.db*"))
    assert (b"Ada" in text, b"ada-token" in text, b"Bob" in text) == (False, False, True)


@pytest.mark.parametrize(("kept", "found"), [(None, ADA), (timedelta(days=100), BOB)])
async def test_whose_a_card_was_is_kept_as_long_as_sessions_but_not_for_ever(
    ledger: Ledger, opened: Opener, kept: timedelta | None, found: Holder
) -> None:
    now = datetime.now(UTC)
    ancient = now - timedelta(days=500)
    for days, holder in ((600, Holder("Red", "Cem")), (500, ADA), (200, BOB)):
        ledger.hand_over({CARD: holder}, now - timedelta(days=days))
    assert ledger.holder(CARD, ancient - timedelta(days=1)) == Holder("Red", "Cem")
    await ledger.tidy(None, kept)
    await ledger.close()

    assert (await opened()).holder(CARD, ancient - timedelta(days=1)) == found
