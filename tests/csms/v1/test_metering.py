"""MeterValues: into the ledger all, into what is shown the new, into the running total what makes sense."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.csms.v1.metering import meter_values
from tests.csms.stage import NOW, ago, durable, oddities

POWER, ENERGY, CURRENT = "Power.Active.Import", "Energy.Active.Import.Register", "Current.Import"


def sample(measurand: str, value: object, **words: str) -> dict[str, Any]:
    return {"measurand": measurand, "value": value, **words}


def measure(station: Station, *samples: dict[str, Any], at: float = 0, connector: int | None = 1, **more: Any) -> None:
    """Tell what was measured `at` seconds before NOW."""
    payload = {"meterValue": [{"timestamp": ago(at), "sampledValue": list(samples)}], **more}
    if connector is not None:
        payload["connectorId"] = connector
    assert meter_values(station, payload, NOW) == {}


def begin(station: Station, meter_start: float = 1000, since: float = 600, evse: int = 1) -> Transaction:
    started = NOW - timedelta(seconds=since)
    transaction = station.ledger.start(Opening("CP1", evse, 1, "A", started, meter_start, received=started))
    station.evse(evse).transaction = transaction
    return transaction


async def recorded(ledger: Ledger, transaction: Transaction) -> list[tuple[Quantity, float]]:
    await durable(ledger)
    return [(reading.quantity, reading.value) for reading in await ledger.readings(transaction)]


async def test_what_is_measured_is_shown_recorded_and_counted(station: Station, ledger: Ledger) -> None:
    transaction = begin(station)
    measure(station, sample(POWER, "7.4", unit="kW"), sample(ENERGY, "1500"), transactionId=int(transaction.id))
    evse = station.evse(1)
    assert (evse.meter.total(Quantity.POWER), evse.meter.total(Quantity.ENERGY_IMPORT)) == (7400, 1500)
    assert (transaction.energy, evse.register.total) == (500, 1500)
    assert sorted(await recorded(ledger, transaction)) == [(Quantity.ENERGY_IMPORT, 1500), (Quantity.POWER, 7400)]


async def test_the_same_values_sent_again_are_recorded_once(station: Station, ledger: Ledger) -> None:
    transaction = begin(station)
    for _ in range(3):
        measure(station, sample(ENERGY, "1500"), transactionId=int(transaction.id))
    assert await recorded(ledger, transaction) == [(Quantity.ENERGY_IMPORT, 1500)]


@pytest.mark.parametrize(("number", "kept"), [(0, True), (None, True), (1, False)])
async def test_a_signed_begin_without_its_value_is_of_the_register_of_the_start(
    station: Station, ledger: Ledger, number: int | None, kept: bool
) -> None:
    transaction = begin(station)
    more = {} if number is None else {"transactionId": int(transaction.id) + number}
    signed = sample(ENERGY, "OCMF|{}|{}", format="SignedData", context="Transaction.Begin")
    measure(station, signed, at=590, **more)
    await durable(ledger)
    told = [(reading.value, reading.signed) for reading in await ledger.readings(transaction)]
    assert told == ([(1000, "OCMF|{}|{}")] if kept else [])
    assert await oddities(ledger) == ([] if kept else [("signed value", "OCMF|{}|{}")])


async def test_a_signed_value_without_a_transaction_is_kept_for_a_human(station: Station, ledger: Ledger) -> None:
    measure(station, sample(ENERGY, "0aff", format="SignedData", context="Transaction.Begin"))
    assert await oddities(ledger) == [("signed value", "0aff")]


async def test_old_values_go_into_the_ledger_and_are_not_shown(station: Station, ledger: Ledger) -> None:
    transaction = begin(station, since=7200)
    measure(station, sample(POWER, "7400"), sample(ENERGY, "1500"), at=3600, transactionId=int(transaction.id))
    evse = station.evse(1)
    assert evse.meter.readings == {}
    assert (transaction.energy, evse.register.total) == (500, 1500)
    assert len(await recorded(ledger, transaction)) == 2


def test_old_values_never_overwrite_newer_ones(station: Station) -> None:
    measure(station, sample(POWER, "7000"), at=10)
    measure(station, sample(POWER, "3000"), at=60)
    assert station.evse(1).meter.total(Quantity.POWER) == 7000


def test_years_of_backlog_are_not_shown(station: Station) -> None:
    measure(station, sample(POWER, "7000"), at=4 * 365 * 86400)
    assert station.evse(1).meter.readings == {}


def test_values_wake_only_who_sees_something_new(station: Station) -> None:
    begin(station)
    seen: list[object] = []
    measure(station, sample(POWER, "7000"), at=20)
    station.subscribe(seen.append)
    measure(station, sample(POWER, "7000"), at=10)
    assert seen == []
    measure(station, sample(POWER, "7001"))
    assert seen == [station.evse(1)]


def test_the_begin_of_a_transaction_hides_nothing_measured_with_it(station: Station) -> None:
    measure(station, sample(POWER, "0", context="Transaction.Begin"), sample(POWER, "7000", context="Sample.Periodic"))
    assert station.evse(1).meter.total(Quantity.POWER) == 7000
    measure(station, sample(CURRENT, "1", context="Transaction.Begin"))
    assert station.evse(1).meter.total(Quantity.CURRENT_IMPORT) == 1


def test_of_one_moment_the_end_counts_more_than_the_clock(station: Station) -> None:
    measure(station, sample(POWER, "1", context="Transaction.End"), sample(POWER, "2", context="Sample.Clock"))
    assert station.evse(1).meter.total(Quantity.POWER) == 1


async def test_values_without_a_number_join_the_open_transaction_of_their_connector(
    station: Station, ledger: Ledger
) -> None:
    first, second = begin(station, evse=1), begin(station, evse=2)
    measure(station, sample(ENERGY, "1700"), connector=2)
    measure(station, sample(ENERGY, "1800"), connector=2, transactionId=-1)
    measure(station, sample(ENERGY, "1900"), connector=2, transactionId=4711)
    assert (first.energy, second.energy) == (None, 900)


async def test_values_from_before_a_transaction_do_not_belong_to_it(station: Station, ledger: Ledger) -> None:
    transaction = begin(station, since=60)
    measure(station, sample(POWER, "5"), at=120)
    assert await recorded(ledger, transaction) == []


async def test_the_last_values_may_come_up_to_a_minute_after_the_stop(station: Station, ledger: Ledger) -> None:
    transaction = begin(station)
    stopped = NOW - timedelta(seconds=90)
    ledger.stop(transaction, Closing(stopped, 1500, received=stopped))
    evse = station.evse(1)
    evse.transaction, evse.previous = None, transaction
    measure(station, sample(ENERGY, "1501"), at=31)
    measure(station, sample(ENERGY, "1502"), at=29)
    assert await recorded(ledger, transaction) == [(Quantity.ENERGY_IMPORT, 1501)]


async def test_values_of_a_session_whose_start_was_lost_are_not_those_of_the_one_before(
    station: Station, ledger: Ledger
) -> None:
    transaction = begin(station)
    stopped = NOW - timedelta(seconds=50)
    ledger.stop(transaction, Closing(stopped, 1500, received=stopped))
    evse = station.evse(1)
    evse.transaction, evse.previous = None, transaction
    measure(station, sample(ENERGY, "1900"), sample(POWER, "11000"), at=5)
    assert (transaction.energy, transaction.peak_power, await recorded(ledger, transaction)) == (500, None, [])
    assert (evse.meter.total(Quantity.POWER), evse.register.total) == (11_000, 1900)


async def test_a_number_leads_to_its_transaction_from_any_connector(station: Station, ledger: Ledger) -> None:
    station.evse(2)
    transaction = begin(station, evse=1)
    measure(station, sample(ENERGY, "1700"), connector=0, transactionId=int(transaction.id))
    assert (transaction.energy, station.evse(1).register.total) == (700, 1700)


async def test_the_number_of_another_station_leads_nowhere(station: Station, ledger: Ledger) -> None:
    foreign = ledger.start(Opening("CP2", 1, 1, "A", NOW, 0))
    measure(station, sample(ENERGY, "1700"), transactionId=int(foreign.id))
    assert await recorded(ledger, foreign) == []


def test_connector_0_of_a_station_with_several_is_the_station(station: Station) -> None:
    station.evse(1)
    station.evse(2)
    seen: list[object] = []
    station.subscribe(seen.append)
    measure(station, sample(POWER, "9000"), connector=0)
    assert station.meter.total(Quantity.POWER) == 9000
    assert seen == [station]
    measure(station, sample(POWER, "9000"), connector=0)
    assert seen == [station]


def test_connector_0_is_the_only_evse_until_that_speaks_for_itself(station: Station) -> None:
    evse = station.evse(1)
    measure(station, sample(POWER, "7000"), at=20, connector=0)
    assert (evse.meter.total(Quantity.POWER), station.meter.readings) == (7000, {})
    measure(station, sample(POWER, "7001"), at=10, connector=1)
    measure(station, sample(POWER, "7100"), connector=0)
    assert (evse.meter.total(Quantity.POWER), station.meter.total(Quantity.POWER)) == (7001, 7100)


def test_a_station_without_any_evse_takes_values_without_a_connector(station: Station) -> None:
    measure(station, sample(POWER, "7000"), connector=None)
    assert station.meter.total(Quantity.POWER) == 7000


def test_nothing_measured_changes_nothing(station: Station) -> None:
    assert meter_values(station, {"connectorId": 1, "meterValue": []}, NOW) == {}
    assert station.evses == {}


def test_registers_of_phases_are_summed_where_all_of_them_are_there(station: Station) -> None:
    transaction = begin(station, 3000)
    phases = [sample(ENERGY, str(wh), phase=phase) for phase, wh in (("L1", 1100), ("L2", 1200), ("L3", 1300))]
    measure(station, *phases, at=60)
    evse = station.evse(1)
    assert (transaction.energy, evse.register.total) == (600, 3600)
    measure(station, *phases[:1], at=30)
    assert (transaction.energy, evse.register.total) == (600, 3600)
    assert evse.meter.at(Quantity.ENERGY_IMPORT, Phase.L2) == 1200


def test_a_single_phase_is_all_there_is_on_a_station_that_has_one(station: Station) -> None:
    measure(station, sample(ENERGY, "1100", phase="L1"))
    assert station.evse(1).register.total == 1100


async def test_a_register_that_makes_no_sense_is_kept_for_a_human_and_shown_to_nobody(
    station: Station, ledger: Ledger
) -> None:
    transaction = begin(station, 5000)
    measure(station, sample(ENERGY, "5100"), at=60)
    measure(station, sample(ENERGY, str(2**32 + 5200)), sample(POWER, "7000"))
    evse = station.evse(1)
    assert (transaction.energy, evse.meter.total(Quantity.ENERGY_IMPORT)) == (100, 5100)
    assert evse.meter.total(Quantity.POWER) == 7000
    assert station.counters == {"odd register value": 1}
    assert await oddities(ledger) == [("register", "4294972496 Wh at 2026-06-01T12:00:00+00:00")]


def test_a_register_that_counts_per_session_is_shown_as_the_meter_reads(station: Station) -> None:
    transaction = begin(station, 4_076_000)
    for wh, seconds in ((0, 90), (100, 60), (200, 30)):
        measure(station, sample(ENERGY, str(wh)), at=seconds)
    evse = station.evse(1)
    assert (transaction.energy, evse.register.total) == (200, 4_076_200)
    evse.transaction = None
    evse.previous = None
    measure(station, sample(ENERGY, "3"))
    assert evse.register.total == 4_076_200


def test_a_station_that_calls_import_export_is_understood(station: Station) -> None:
    measure(station, sample("Power.Active.Export", "7000"), at=10)
    assert station.evse(1).meter.total(Quantity.POWER) is None
    station.identify(Identity(vendor="Grizzl-E", firmware="03.09"))
    measure(station, sample("Power.Active.Export", "7000"), sample("SoC", "50"))
    assert station.evse(1).meter.total(Quantity.POWER) == 7000
    assert station.evse(1).meter.total(Quantity.SOC) == 50


def test_local_time_called_utc_is_shown_as_now(station: Station) -> None:
    measure(station, sample(POWER, "7000"), at=-7200)
    [reading] = station.evse(1).meter.readings.values()
    assert (reading.at, reading.value) == (NOW, 7000)


def test_a_clock_before_its_first_sync_is_shown_as_now(station: Station) -> None:
    payload = {
        "connectorId": 1,
        "meterValue": [{"timestamp": "1970-01-01T00:00:09Z", "sampledValue": [{"value": "5"}]}],
    }
    meter_values(station, payload, NOW)
    assert [reading.at for reading in station.evse(1).meter.readings.values()] == [NOW]
