"""What becomes of readings: into the ledger all, into what is shown the new, into the total what makes sense."""

from datetime import timedelta

from custom_components.ocpp_home.csms.dialogue.intake import live, take, transaction_of
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from tests.csms.stage import NOW, durable, oddities

ENERGY, POWER = Quantity.ENERGY_IMPORT, Quantity.POWER


def reading(
    value: float, ago: float = 0, quantity: Quantity = ENERGY, phase: Phase | None = None, context: str = ""
) -> Reading:
    at = NOW - timedelta(seconds=ago)
    return Reading(quantity, value, at, phase, context=context or "Sample.Periodic")


def begin(station: Station, meter_start: float = 1000, since: float = 600) -> Transaction:
    started = NOW - timedelta(seconds=since)
    transaction = station.ledger.start(Opening("CP1", 1, 1, "A", started, meter_start, received=started))
    station.evse(1).transaction = transaction
    return transaction


async def test_readings_are_recorded_counted_and_shown(station: Station, ledger: Ledger) -> None:
    transaction = begin(station)
    readings = [reading(7400, quantity=POWER), reading(1500)]
    evse = station.evse(1)
    assert take(station, evse, transaction, readings, NOW)
    assert not take(station, evse, transaction, readings, NOW)
    assert (evse.meter.total(POWER), transaction.energy, evse.register.total) == (7400, 500, 1500)
    await durable(ledger)
    assert len(await ledger.readings(transaction)) == 2


def test_what_is_told_late_is_no_news() -> None:
    assert live([reading(1, 600), reading(2, 10)], NOW) == [reading(2, 10)]


def test_the_begin_of_a_transaction_is_shown_only_where_nothing_else_was_measured() -> None:
    begun, other = reading(1, context="Transaction.Begin"), reading(2)
    assert live([begun], NOW) == [begun]
    assert live([begun, other], NOW) == [other]


def test_registers_of_single_phases_are_summed_once_all_are_there(station: Station) -> None:
    transaction = begin(station, 3000)
    phases = [reading(wh, 60, phase=phase) for phase, wh in zip(Phase, (1100, 1200, 1300), strict=False)]
    evse = station.evse(1)
    take(station, evse, transaction, phases, NOW)
    assert (transaction.energy, evse.register.total) == (600, 3600)
    take(station, evse, transaction, [reading(1150, 30, phase=Phase.L1), reading(5, 30, phase=Phase.N)], NOW)
    assert (transaction.energy, evse.meter.at(ENERGY, Phase.L1)) == (600, 1100)


def test_a_register_without_a_transaction_is_counted(station: Station) -> None:
    evse = station.evse(1)
    take(station, evse, None, [reading(1500), reading(1400, phase=Phase.L1)], NOW)
    assert evse.register.total == 1500
    evse.relative = True
    take(station, evse, None, [reading(9000)], NOW + timedelta(seconds=1))
    assert evse.register.total == 1500


def test_what_is_no_register_counts_nothing(station: Station) -> None:
    assert take(station, station.evse(1), None, [reading(7400, quantity=POWER)], NOW)
    assert station.evse(1).register.total is None


async def test_a_register_that_makes_no_sense_is_kept_for_a_human(station: Station, ledger: Ledger) -> None:
    transaction = begin(station, 5000)
    take(station, station.evse(1), transaction, [reading(5100, 60), reading(2**32)], NOW)
    assert (transaction.energy, station.counters) == (100, {"odd register value": 1})
    assert [kind for kind, _ in await oddities(ledger)] == ["register"]


def test_a_register_that_counts_per_session_is_brought_to_that_of_the_meter(station: Station) -> None:
    transaction = begin(station, 4_076_000)
    for wh, seconds in ((0, 90), (100, 60), (200, 30)):
        take(station, station.evse(1), transaction, [reading(wh, seconds)], NOW)
    assert transaction.energy == 200


def test_values_belong_to_the_transaction_that_ran_when_they_were_measured(station: Station) -> None:
    evse = station.evse(1)
    assert transaction_of(None, [reading(1200)]) is None
    assert transaction_of(evse, [reading(1200)]) is None
    old = begin(station, since=600)
    assert transaction_of(evse, [reading(1200)]) is old
    assert transaction_of(evse, [reading(1200, 700)]) is None
    station.ledger.stop(old, Closing(NOW - timedelta(seconds=300), 1500))
    evse.transaction, evse.previous = None, old
    assert transaction_of(evse, [reading(1500, 270)]) is old
    assert transaction_of(evse, [reading(1500, 210)]) is None
    new = begin(station, since=100)
    assert transaction_of(evse, [reading(1500, 300)]) is old
    assert transaction_of(evse, [reading(1500)]) is new


def test_a_register_that_goes_on_after_an_end_is_of_a_session_whose_begin_is_not_known(station: Station) -> None:
    """A new one has begun within a minute, and its start was lost, or comes later."""
    old, evse, stopped = begin(station), station.evse(1), NOW - timedelta(seconds=300)
    station.ledger.stop(old, Closing(stopped, 1500, received=stopped))
    evse.transaction, evse.previous = None, old
    assert transaction_of(evse, [reading(5000, quantity=POWER, ago=270), reading(1501, 270)]) is old, "it is rounded"
    assert transaction_of(evse, [reading(5000, quantity=POWER, ago=270), reading(1510, 270)]) is None
    assert transaction_of(evse, [reading(600, 270, phase=Phase.L1)]) is old
    assert transaction_of(evse, [reading(1800, 301)]) is old, "it ran then"


def test_an_end_that_nobody_told_stops_no_register(station: Station) -> None:
    old, evse, stopped = begin(station), station.evse(1), NOW - timedelta(seconds=300)
    station.ledger.stop(old, Closing(stopped, 1500))
    evse.transaction, evse.previous = None, old
    assert transaction_of(evse, [reading(1800, 270)]) is old


def test_what_comes_after_the_end_has_a_session_settled_anew(station: Station) -> None:
    transaction = begin(station)
    station.ledger.stop(transaction, Closing(NOW, 1500))
    settled: list[float | None] = []
    station.account = lambda ended: settled.append(ended.energy)
    take(station, station.evse(1), transaction, [reading(1600, 0)], NOW)
    assert settled == [transaction.energy]
