"""TransactionEvents in any order, and while the ledger cannot write: no energy is lost, none invented."""

from contextlib import closing
from pathlib import Path
import sqlite3

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ocpp_home.csms.dialogue.sessions import restore
from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.stage import ago, durable
from tests.csms.v2.told import ended, event, measured, started, tell, transaction


async def test_what_could_not_be_recorded_is_recorded_when_it_comes_again(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=Terms(patience=0.01))
    station = Station("CP1", ledger)
    tell(station, started())
    await durable(ledger)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        tell(station, ended())
        with pytest.raises(LedgerFailed):
            await durable(ledger)
    restore(station)
    assert station.evse(1).transaction is transaction(station)
    tell(station, ended())
    await durable(ledger)
    assert (transaction(station).active, transaction(station).energy) == (False, 500)
    assert "repeated event" not in station.counters
    await ledger.close()


async def test_an_id_that_was_given_away_again_is_so_when_it_could_not_be_recorded_at_first(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=Terms(patience=0.01))
    station = Station("CP1", ledger)
    tell(station, started(900))
    tell(station, ended(1, 600))
    await durable(ledger)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        tell(station, started(300, 1500))
        with pytest.raises(LedgerFailed):
            await durable(ledger)
    restore(station)
    assert (transaction(station).energy, station.evse(1).transaction) == (500, None)
    tell(station, started(300, 1500))
    tell(station, ended(1, 60, 2500))
    await durable(ledger)
    await ledger.close()
    again = await Ledger.open(tmp_path / "ledger.db")
    sessions = [again.find("CP1", name) for name in (f"t1 until {ago(600)}", "t1")]
    assert [one and one.energy for one in sessions] == [500, 1000]
    await again.close()


# --- whatever order they come in ------------------------------------------------------------------------------------


@given(st.permutations(range(8)), st.lists(st.integers(0, 7), max_size=6))
@settings(max_examples=60, deadline=None)
async def test_no_order_loses_or_invents_energy(order: list[int], again: list[int]) -> None:
    ledger = await Ledger.open(":memory:")
    station = Station("CP1", ledger)
    middle = [event("Updated", seq, 600 - 60 * seq, measured(1000 + 60 * seq, 600 - 60 * seq)) for seq in range(1, 7)]
    story = [started(), *middle, ended(7, 120, 1450)]
    for turn in (*order, *again, *order):
        tell(station, story[turn])
        energy = transaction(station).energy
        assert energy is None or 0 <= energy <= 450
    assert (transaction(station).energy, transaction(station).active) == (450, False)
    assert station.evse(1).transaction is None
    await ledger.close()
