"""The slow questions to a ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.account import Holder, Query
from custom_components.ocpp_home.csms.model.price import Price, Share

from .samples import NOON, after, closing, opening, power, register


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=Terms(reserve=1 << 12))
    first, second = ledger.start(opening(0)), ledger.start(opening(5, "yard"))
    ledger.hold(first, Holder("Blue", "Ada"))
    ledger.read(first, [register(1, 1100, signed="OCMF"), register(2, 1200), power(2, 7000)])
    ledger.stop(first, closing(0, received=after(30)))
    ledger.price(Price(NOON, "EUR", 300_000))
    ledger.price(Price(after(60), "EUR", 200_000))
    ledger.shine("garage", 1, Share(NOON, 500))
    ledger.quarantine("shed", "frame", "[", "odd")
    ledger.commit()
    ledger.read(second, [register(6, 1100)])
    await ledger.commit()
    yield ledger
    await ledger.close()


async def test_transactions_are_those_that_memory_knows(ledger: Ledger) -> None:
    found = await ledger.transactions()

    assert [one.station for one in found] == ["yard", "garage"]
    assert found[1] is ledger.find("garage", found[1].id)


async def test_sessions_come_with_the_number_of_their_signed_values(ledger: Ledger) -> None:
    assert [(one.station, signed) for one, signed in await ledger.sessions(Query())] == [("yard", 0), ("garage", 1)]
    [(found, _)] = await ledger.sessions(Query(person="Ada"))
    assert found is ledger.find("garage", found.id)


async def test_readings_and_the_way_of_the_register(ledger: Ledger) -> None:
    [first] = await ledger.transactions("garage")

    assert [reading.signed for reading in await ledger.readings(first)] == ["OCMF", None, None]
    assert await ledger.points(first) == first.points == ((after(1), 1100.0), (after(2), 1200.0))


async def test_prices_and_shares_that_hold_in_a_time(ledger: Ledger) -> None:
    assert [price.at for price in await ledger.prices(after(5), after(60))] == [NOON, after(60)]
    assert [price.at for price in await ledger.prices(after(5), after(59))] == [NOON]
    assert await ledger.shares("garage", 1, after(5), after(60)) == (Share(NOON, 500),)
    assert await ledger.shares("garage", 2, after(5), after(60)) == ()


async def test_what_is_recorded_of_stations(ledger: Ledger, tmp_path: Path) -> None:
    assert await ledger.stations() == ["garage", "shed", "yard"]
    assert [odd.raw for odd in await ledger.oddities("shed")] == ["["]

    await ledger.begin_backup()
    await ledger.snapshot(tmp_path / "copy.db")
    await ledger.end_backup()
    copy = await Ledger.open(tmp_path / "copy.db", terms=Terms(reserve=1 << 12))
    assert [one.station for one in await copy.transactions()] == ["yard", "garage"]
    await copy.close()
