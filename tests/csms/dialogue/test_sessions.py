"""A session begins and ends once, in whatever order it is told."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.ocpp_home.csms.dialogue.sessions import begun, close, restore
from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from tests.csms.stage import NOW, durable, oddities


def opened(station: Station, since: float = 600, meter: float | None = 1000, **more: int) -> Transaction:
    started = NOW - timedelta(seconds=since)
    return station.ledger.start(Opening("CP1", 1, 1, "CARD", started, meter, received=NOW, **more))


def begin(station: Station, since: float = 600, meter: float | None = 1000, **more: int) -> Transaction:
    transaction = opened(station, since, meter, **more)
    begun(station, station.evse(1), transaction, NOW)
    return transaction


def ending(before: float = 60, meter: float | None = 1500) -> Closing:
    return Closing(NOW - timedelta(seconds=before), meter, "Local", received=NOW)


def test_a_begin_is_told_and_counted_and_redeems_its_reservation(station: Station, events: list[Event]) -> None:
    evse = station.evse(1)
    evse.reservation = Reservation(7, 1, "CARD", NOW)
    transaction = begin(station, reservation=7)
    assert (evse.transaction, evse.register.total, evse.reservation) == (transaction, 1000, None)
    assert [(event.kind, event.live) for event in events] == [(Kind.SESSION_STARTED, True)]


def test_an_end_is_told_once_and_nothing_flows_after_it(station: Station, events: list[Event]) -> None:
    transaction = begin(station)
    evse = station.evse(1)
    evse.meter.update([Reading(Quantity.POWER, 7000, NOW - timedelta(seconds=90))])
    last = [Reading(Quantity.SOC, 80, NOW - timedelta(seconds=61))]
    for _ in range(2):
        close(station, transaction, ending(), last, NOW)
    assert (evse.transaction, evse.previous, transaction.energy) == (None, transaction, 500)
    assert (evse.meter.total(Quantity.POWER), evse.meter.total(Quantity.SOC)) == (0, 80)
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]
    assert events[-1].data["duration"] == 540


def test_what_ended_long_ago_is_no_news(station: Station, events: list[Event]) -> None:
    transaction = begin(station, 9000)
    evse = station.evse(1)
    evse.meter.update([Reading(Quantity.POWER, 7000, NOW)])
    close(station, transaction, ending(3600, None), [], NOW)
    assert (events[-1].live, evse.meter.total(Quantity.POWER)) == (False, 7000)


def test_an_older_session_does_not_take_the_place_of_a_newer_one(station: Station) -> None:
    newer, older = begin(station, 60, 2000), begin(station, 600)
    evse = station.evse(1)
    assert evse.transaction is newer
    close(station, older, ending(120, 1900), [], NOW)
    assert (evse.transaction, evse.previous) == (newer, older)


def test_an_older_session_that_ends_later_is_not_the_previous_one(station: Station) -> None:
    newer, older = begin(station, 60, 2000), begin(station, 600)
    close(station, newer, ending(30, 2100), [], NOW)
    close(station, older, ending(120, 1900), [], NOW)
    assert (station.evse(1).transaction, station.evse(1).previous) == (None, newer)


def test_an_older_session_that_is_told_when_a_newer_one_is_over_does_not_run(
    station: Station, events: list[Event]
) -> None:
    newer = begin(station, 60, 2000)
    close(station, newer, ending(30, 2100), [], NOW)
    older = begin(station, 600, 1000)
    assert (station.evse(1).transaction, station.evse(1).previous, older.active) == (None, newer, True)
    restore(station)
    assert station.evse(1).transaction is None
    assert len(events) == 2


def test_a_session_whose_end_came_first_is_the_previous_one(station: Station) -> None:
    evse, known = station.evse(1), opened(station)
    station.ledger.stop(known, ending())
    begun(station, evse, known, NOW)
    assert (evse.transaction, evse.previous) == (None, known)


def test_a_session_runs_that_began_earlier_than_the_one_before_by_a_clock_that_was_set_back(station: Station) -> None:
    close(station, begin(station, 60, 2000), ending(30, 2100), [], NOW)
    assert begin(station, 600, 2100) is station.evse(1).transaction


def test_a_doubt_about_a_register_ends_with_its_session(station: Station) -> None:
    transaction, evse = begin(station), station.evse(1)
    close(station, transaction, ending(), [Reading(Quantity.ENERGY_IMPORT, 500, NOW)], NOW)
    assert (station.counters, evse.doubtful) == ({"odd register value": 1}, None)


def test_a_session_whose_end_never_came_ends_with_its_last_reading(station: Station, events: list[Event]) -> None:
    old = begin(station)
    station.ledger.read(old, [Reading(Quantity.ENERGY_IMPORT, 1400, NOW - timedelta(seconds=300))])
    new = begin(station, 30, None)
    assert station.evse(1).transaction is new
    assert (old.energy, old.reason, station.counters) == (400, "Other", {"lost stop": 1})
    close(station, old, ending(60, 1440), [], NOW)
    assert (old.energy, station.evse(1).transaction) == (440, new)


async def test_an_end_on_an_evse_that_is_not_known_is_recorded(station: Station, ledger: Ledger) -> None:
    orphan = ledger.orphan("CP1", 0, "x", ending())
    close(station, orphan, ending(), [Reading(Quantity.ENERGY_IMPORT, 1400, NOW)], NOW)
    await durable(ledger)
    assert [reading.value for reading in await ledger.readings(orphan)] == [1400]
    assert station.evses == {}


async def test_a_register_that_no_session_reaches_is_set_aside(station: Station, ledger: Ledger) -> None:
    transaction = begin(station)
    close(station, transaction, ending(meter=2**32 + 1500), [], NOW)
    assert (transaction.active, transaction.energy) == (False, None)
    assert [kind for kind, _ in await oddities(ledger)] == ["register"]


async def test_what_could_not_be_recorded_is_taken_back(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=Terms(patience=0.01))
    station = Station("CP1", ledger)
    kept, evse, free = begin(station), station.evse(1), station.evse(2)
    await durable(ledger)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        close(station, kept, ending(), [], NOW)
        begin(station, 30, 1600)
        with pytest.raises(LedgerFailed):
            await durable(ledger)
    restore(station)
    assert (evse.transaction, evse.previous, kept.active) == (kept, None, True)
    assert (free.transaction, free.previous) == (None, None)
    await ledger.close()


def test_what_a_session_came_to_is_settled_with_its_end_and_with_what_comes_after(station: Station) -> None:
    settled: list[tuple[str | None, float | None]] = []
    station.account = lambda transaction: settled.append((transaction.reason, transaction.energy))
    evse = station.evse(1)
    lost = begin(station, 900)
    transaction = begin(station)
    close(station, transaction, ending(), [], NOW)
    close(station, lost, ending(500, 1200), [], NOW)
    orphan = station.ledger.orphan("CP1", 0, "theirs", ending())
    close(station, orphan, ending(), [], NOW)

    assert settled == [("Other", 0), ("Local", 500), ("Local", 200), ("Local", None)]
    assert evse.previous is transaction


def test_a_register_that_was_set_aside_marks_the_session_as_repaired(station: Station) -> None:
    transaction = begin(station)
    close(station, transaction, ending(meter=1e12), [], NOW)

    assert (transaction.repaired, transaction.presumed, transaction.meter_stop) == (True, False, None)
