"""Registers that go on, jump, count per session or in another unit."""

from datetime import datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.register import continued, count, save
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from tests.csms.stage import NOW

BEGIN = NOW - timedelta(hours=1)


def begun(station: Station, meter_start: float | None) -> Transaction:
    return station.ledger.start(Opening("CP1", 1, 1, "A", BEGIN, meter_start))


def run(station: Station, transaction: Transaction, *values: float) -> list[float | None]:
    """Send register values a minute apart and tell what each came to; what makes sense is taken over."""
    results = []
    for minute, value in enumerate(values, 1):
        at = BEGIN + timedelta(minutes=minute)
        result = continued(station, station.evse(1), transaction, value, at)
        if result is not None:
            transaction.meter_last, transaction.meter_last_at = result, at
        results.append(result)
    return results


@pytest.mark.parametrize(
    ("start", "values", "expected"),
    [
        pytest.param(1000, [1000, 1100, 1200], [1000, 1100, 1200], id="in order"),
        pytest.param(1000, [999, 1100, 1099], [1000, 1100, 1100], id="rounded down"),
        pytest.param(4_000_000, [4000.1, 4000.5, 4_000_600], [4_000_100, 4_000_500, 4_000_600], id="kWh without unit"),
        pytest.param(4_000_000, [4_000_100_000, 4_000_200_000], [4_000_100, 4_000_200], id="Wh called kWh"),
        pytest.param(500_000, [500_100, 0, 500_300], [500_100, None, 500_300], id="a single zero"),
        pytest.param(5_000, [5_100, 2**32 + 5_200, 5_300], [5_100, None, 5_300], id="2^32 too much"),
        pytest.param(5_000_000, [5_000_100, 4_960_000, 4_960_200], [5_000_100, None, None], id="fallen at a power cut"),
        pytest.param(4_076_000, [10, 120, 300], [None, 4_076_120, 4_076_300], id="counts per session"),
        pytest.param(0, [10, 120], [10, 120], id="both count per session"),
        pytest.param(None, [10, 120], [10, 120], id="begin not known"),
        pytest.param(0, [10, 1720, 10, 15, 1730], [10, 1720, None, None, 1730], id="old values come again"),
        pytest.param(1000, [1500, 1100, 1200, 1600], [1500, None, None, 1600], id="old values look like a new count"),
    ],
)
def test_a_register_goes_on_from_the_start_of_the_transaction_or_says_nothing(
    station: Station, start: float | None, values: list[float], expected: list[float | None]
) -> None:
    assert run(station, begun(station, start), *values) == expected


def test_a_station_that_counts_per_session_is_known_from_then_on_and_over_restarts(
    station: Station, ledger: Ledger
) -> None:
    run(station, begun(station, 4_076_000), 10, 120)
    assert station.evse(1).relative
    again = Station("CP1", ledger)
    again.evse(1)
    assert continued(again, again.evse(1), begun(again, 4_080_000), 15, NOW) == 4_080_015


def test_a_station_that_no_longer_counts_per_session_is_known_too(station: Station, ledger: Ledger) -> None:
    run(station, begun(station, 4_076_000), 10, 120)
    assert run(station, begun(station, 4_080_000), 4_080_100, 4_080_200) == [4_080_100, 4_080_200]
    assert not station.evse(1).relative
    assert ledger.recall("CP1", "relative/1") is None


def test_a_meter_that_began_anew_in_a_session_is_not_taken_for_one_that_does_so_in_each(station: Station) -> None:
    run(station, begun(station, 4_076_000), 10, 120)
    assert run(station, begun(station, 580), 580, 700, 820) == [580, 700, 820]
    assert not station.evse(1).relative


def test_a_young_meter_that_counts_per_session_is_still_known_as_one(station: Station) -> None:
    run(station, begun(station, 4_076_000), 10, 120)
    assert run(station, begun(station, 1500), 10, 700, 1600, 2500) == [1510, 2200, 3100, 4000]


def test_a_value_from_before_the_newest_is_taken_between_start_and_newest(station: Station) -> None:
    transaction = begun(station, 1000)
    run(station, transaction, 1100, 1200)
    earlier = BEGIN + timedelta(seconds=90)
    assert continued(station, station.evse(1), transaction, 1150, earlier) == 1150
    assert continued(station, station.evse(1), transaction, 1250, earlier) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1150, 1150), (1.15, 1150), (1050, 1100), (500, None), (1201, 1201), (1250, None), (250, None)],
)
def test_after_an_end_that_was_told_a_register_stands_still(
    station: Station, value: float, expected: float | None
) -> None:
    transaction = begun(station, 1000)
    run(station, transaction, 1100)
    station.ledger.stop(transaction, Closing(BEGIN + timedelta(minutes=5), 1200, received=NOW))
    for _ in range(2):
        assert continued(station, station.evse(1), transaction, value, NOW) == expected


def test_an_end_that_was_presumed_stops_no_register(station: Station) -> None:
    transaction = begun(station, 1000)
    station.ledger.stop(transaction, Closing(BEGIN + timedelta(minutes=5), 1000))
    assert continued(station, station.evse(1), transaction, 1250, NOW) == 1250


def total(station: Station, *values: float, since: datetime = BEGIN) -> list[float | None]:
    evse = station.evse(1)
    totals = []
    for minute, value in enumerate(values):
        count(station, evse, value, since + timedelta(minutes=minute))
        totals.append(evse.register.total)
    return totals


def test_the_running_total_never_falls(station: Station) -> None:
    assert total(station, 100_000, 99_999, 100_500, 0, 100_600) == [100_000, 100_000, 100_500, 100_500, 100_600]


def test_the_running_total_goes_on_where_the_unit_changes(station: Station) -> None:
    assert total(station, 100_000, 100.5, 101_000) == [100_000, 100_500, 101_000]


def test_a_register_that_begins_anew_is_counted_on(station: Station) -> None:
    assert total(station, 100_000, 5, 10, 20) == [100_000, 100_000, 100_010, 100_020]


def test_the_running_total_is_written_down_at_a_bounded_rate(station: Station, ledger: Ledger) -> None:
    total(station, 1000, 1010, 1020, 1030, 1040)
    kept = ledger.recall("CP1", "register/1")
    assert isinstance(kept, dict)
    assert kept["last"] == 1000
    count(station, station.evse(1), 1100, BEGIN + timedelta(minutes=6))
    kept = ledger.recall("CP1", "register/1")
    assert isinstance(kept, dict)
    assert kept["last"] == 1100


def test_the_running_total_survives_a_restart(station: Station, ledger: Ledger) -> None:
    total(station, 100_000, 5, 10)
    save(station, station.evse(1), NOW)
    again = Station("CP1", ledger).evse(1).register
    assert (again.total, again.last, again.epochs) == (100_010, 10, 1)
