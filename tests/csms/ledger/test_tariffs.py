"""Prices and shares of the sun in memory and in the file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger.store import Store, Terms
from custom_components.ocpp_home.csms.ledger.tariffs import (
    MANY,
    NEWEST_PRICES,
    NEWEST_SHARES,
    Tariffs,
    in_force,
    keep_price,
)
from custom_components.ocpp_home.csms.model.price import Price, Share

from .samples import NOON, after

PLACE = ("garage", 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "ledger.db", Terms(reserve=1 << 12))
    store.open()
    yield store
    store.close()
    store.thread.shutdown()


def price(minute: float, micro: int | None = 300_000, currency: str = "EUR") -> Price:
    return Price(after(minute), currency, micro, "sensor.price")


def stored(store: Store) -> Tariffs:
    return Tariffs(store.every(NEWEST_PRICES), store.every(NEWEST_SHARES))


def test_what_was_written_is_there_again(store: Store) -> None:
    tariffs = Tariffs([], [])
    for told in (price(5), price(0, None), price(9, -1)):
        store.write(tariffs.price(told)[0])
    for told in (Share(NOON, 500), Share(after(1), None)):
        store.write(tariffs.shine(PLACE, told)[0])

    again = stored(store)

    assert again.prices == tariffs.prices == [price(0, None), price(5), price(9, -1)]
    assert again.shares == tariffs.shares == {PLACE: [Share(NOON, 500), Share(after(1), None)]}
    assert again.since is None


def test_everything_can_be_written_to_a_fresh_file(store: Store) -> None:
    tariffs = Tariffs([], [])
    tariffs.price(price(5))
    tariffs.shine(PLACE, Share(NOON, 500))

    store.write(tariffs.writes())

    assert (stored(store).prices, stored(store).shares) == (tariffs.prices, tariffs.shares)


def test_a_price_at_the_moment_of_another_replaces_it(store: Store) -> None:
    tariffs = Tariffs([], [])
    for told in (price(0), price(0, 250_000)):
        store.write(tariffs.price(told)[0])

    assert stored(store).prices == tariffs.prices == [price(0, 250_000)]


@pytest.mark.parametrize(
    ("told", "news"),
    [
        (price(20), False),
        (replace(price(10), source="other"), False),
        (price(15), False),
        (price(10, 200_000), True),
        (price(20, None), True),
        (price(20, currency="CHF"), True),
        (price(5), True),
        (price(-5), True),
        (price(7, 100_000), False),
    ],
)
def test_a_price_that_says_what_holds_anyway_is_no_news(told: Price, news: bool) -> None:
    tariffs = Tariffs([], [])
    assert tariffs.is_news(told)
    tariffs.price(price(0, 100_000))
    tariffs.price(price(10))

    assert tariffs.is_news(told) is news


def test_a_price_holds_until_the_next() -> None:
    tariffs = Tariffs([], [])
    tariffs.price(price(0, 100_000))
    tariffs.price(price(10))

    assert tariffs.until(price(0)) == tariffs.until(price(5)) == after(10)
    assert tariffs.until(price(10)) is None


def test_a_share_that_repeats_the_newest_or_comes_late_is_left_out() -> None:
    tariffs = Tariffs([], [])
    tariffs.shine(PLACE, Share(NOON, 500))

    assert tariffs.shine(PLACE, Share(after(1), 500)) is None
    assert tariffs.shine(PLACE, Share(NOON, 600)) is None
    assert tariffs.shine(PLACE, Share(after(1), 600)) is not None
    assert tariffs.shine(("garage", 2), Share(after(1), 500)) is not None


def test_what_could_not_be_written_is_taken_back() -> None:
    tariffs = Tariffs([], [])
    _, unprice = tariffs.price(price(0))
    _, unshine = tariffs.shine(PLACE, Share(NOON, 500))

    unprice()
    unshine()

    assert (tariffs.prices, tariffs.shares) == ([], {PLACE: []})


def test_a_station_that_is_forgotten_has_no_sun() -> None:
    tariffs = Tariffs([], [])
    tariffs.shine(PLACE, Share(NOON, 500))
    tariffs.shine(("yard", 1), Share(NOON, 500))

    tariffs.forget("garage")

    assert list(tariffs.shares) == [("yard", 1)]


def test_memory_is_bounded_and_knows_since_when_it_knows_all(store: Store) -> None:
    store.write([(keep_price(price(0))[0], [row for n in range(MANY + 5) for row in keep_price(price(n, n))[1]])])

    tariffs = stored(store)

    assert (len(tariffs.prices), tariffs.since) == (MANY, after(5))
    for number in range(MANY + 5, 2 * MANY + 6):
        tariffs.prices.append(price(number, number))
    tariffs.price(price(2 * MANY + 6))
    assert (len(tariffs.prices), tariffs.since) == (MANY, after(MANY + 7))


def test_shares_are_bounded_as_well(store: Store) -> None:
    insert = "INSERT INTO shares VALUES ('garage', 1, ?, 1)"
    store.write([(insert, [(number,) for number in range(MANY)])])

    assert stored(store).since == stored(store).shares[PLACE][0].at


def test_what_holds_in_a_time_begins_with_what_held_when_it_began() -> None:
    prices = [price(10), price(0), price(20)]

    assert in_force(prices, after(5), after(10)) == (price(0), price(10))
    assert in_force(prices, after(-9), after(-5)) == ()
    assert in_force(prices, after(10), after(11))[-1] == price(10)
    assert in_force(prices, after(25), after(26)) == (price(20),)
