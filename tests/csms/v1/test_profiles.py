"""How a limit is written down, and in which order ways are tried."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.errors import Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1 import profiles
from custom_components.ocpp_home.csms.v1.profiles import DEFAULT, MAX, RELATIVE, TX, Method
from custom_components.ocpp_home.csms.wire import schema

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def known(station: Station, name: str, value: str) -> None:
    station.variables.put(Variable(VariableKey("", name), value))


def charge(station: Station, transaction: str | None = None) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOON, 0.0, transaction))


def test_a_way_reads_like_what_it_is_and_is_remembered() -> None:
    method = Method(DEFAULT, "W", RELATIVE, 3, whole=True)
    assert str(method) == "TxDefaultProfile/W/Relative"
    assert Method.recall(method.record()) == method
    assert Method.recall(["TxProfile", "V", "Absolute", 0, False]) is None
    assert Method.recall(None) is None


def test_each_profile_of_ours_has_its_own_id() -> None:
    ids = [profiles.profile_id(evse, purpose) for evse in range(1, 65) for purpose in (TX, DEFAULT)]
    ids += [profiles.profile_id(1, MAX), *(profiles.fallback_id(number) for number in range(65))]
    assert len(ids) == len(set(ids))
    assert (profiles.profile_id(2, TX), profiles.profile_id(2, DEFAULT), profiles.profile_id(2, MAX)) == (202, 102, 1)
    assert profiles.profile_id(1, MAX) == profiles.profile_id(2, MAX)


def test_the_limit_of_the_station_lies_on_connector_0() -> None:
    assert [profiles.connector(2, purpose) for purpose in (TX, DEFAULT, MAX)] == [2, 2, 0]


@pytest.mark.parametrize(
    ("told", "units"),
    [
        ("", ["A", "W"]),
        ("Current", ["A", "W"]),
        ("Current, Power", ["A", "W"]),
        ("power", ["W", "A"]),
        ("'W'", ["W", "A"]),
        ("Watts;Something", ["W", "A"]),
        ("nonsense", ["A", "W"]),
    ],
)
def test_the_unit_is_read_in_any_spelling(station: Station, told: str, units: list[str]) -> None:
    known(station, "ChargingScheduleAllowedChargingRateUnit", told)
    assert profiles.units(station) == units


def test_a_unit_may_be_known_better_than_the_station_says(station: Station) -> None:
    known(station, "ChargingScheduleAllowedChargingRateUnit", "Current")
    station.identify(Identity(vendor="Huawei"))
    assert profiles.units(station) == ["W", "A"]


@pytest.mark.parametrize(("told", "level"), [(None, 8), ("999", 999), ("0", 0), ("-1", 0), ("many", 8)])
def test_a_working_limit_lies_on_the_highest_level(station: Station, told: str | None, level: int) -> None:
    if told is not None:
        known(station, "ChargeProfileMaxStackLevel", told)
    assert profiles.top_level(station) == level
    station.identify(Identity(vendor="ABB"))
    assert profiles.top_level(station) == 0


def test_phases_are_what_the_car_draws_on_else_what_the_owner_says(station: Station) -> None:
    evse = station.evse(1)
    assert profiles.phases(station, evse) == 3
    station.settings.phases = 1
    assert profiles.phases(station, evse) == 1
    currents = ((Phase.L1, 16.0), (Phase.L2, 15.9), (Phase.L3, 0.1))
    evse.meter.update(Reading(Quantity.CURRENT_IMPORT, amps, NOON, phase) for phase, amps in currents)
    assert profiles.phases(station, evse) == 2


def test_without_a_transaction_there_is_no_tx_profile(station: Station) -> None:
    ways = [str(way) for way in profiles.ways(station, station.evse(1), 10)]
    assert ways[0] == "TxDefaultProfile/A/Absolute"
    assert list(dict.fromkeys(way.split("/")[0] for way in ways)) == [DEFAULT, MAX]


def test_with_a_transaction_its_own_profile_is_tried_first(station: Station) -> None:
    charge(station)
    ways = profiles.ways(station, station.evse(1), 10)
    assert list(dict.fromkeys(way.purpose for way in ways)) == [TX, DEFAULT, MAX]


def test_the_limit_of_the_station_is_never_relative(station: Station) -> None:
    station.identify(Identity(vendor="Wallbox", firmware="6.7.1"))
    kinds = {(way.purpose, way.kind) for way in profiles.ways(station, station.evse(1), 10)}
    assert kinds == {(DEFAULT, "Relative"), (DEFAULT, "Absolute"), (MAX, "Absolute")}
    assert next(profiles.ways(station, station.evse(1), 10)).kind == "Relative"


def test_with_two_evses_the_limit_of_the_station_is_no_limit_of_one(station: Station) -> None:
    station.evse(2)
    assert {way.purpose for way in profiles.ways(station, station.evse(1), 10)} == {DEFAULT}


def test_where_pauses_block_starts_only_the_transaction_is_paused(station: Station) -> None:
    station.identify(Identity(vendor="Huawei"))
    assert list(profiles.ways(station, station.evse(1), 0)) == []
    charge(station)
    assert {way.purpose for way in profiles.ways(station, station.evse(1), 0)} == {TX}


def test_a_station_that_takes_whole_amperes_is_not_offered_others(station: Station) -> None:
    known(station, "ChargeProfileMaxStackLevel", "0")
    assert list(profiles.variants(station, MAX, 0)) == [
        Method(MAX, "A", "Absolute", 0),
        Method(MAX, "A", "Absolute", 0, whole=True),
        Method(MAX, "W", "Absolute", 0),
    ]


@pytest.mark.parametrize(
    ("vendor", "amps", "whole", "written"),
    [
        ("", 10.0, False, 10.0),
        ("", 10.19, False, 10.1),
        ("", 10.3, False, 10.3),
        ("", 10.9, True, 10.0),
        ("", 6.0, False, 6.0),
        ("", 5.99, False, 0.0),
        ("NEcharge", 12.9, False, 10.0),
        ("NEcharge", 40.0, True, 16.0),
        ("NEcharge", 6.0, True, 6.0),
    ],
)
def test_limits_are_rounded_down(station: Station, vendor: str, amps: float, whole: bool, written: float) -> None:
    station.identify(Identity(vendor=vendor))
    assert profiles.rounded(station, amps, whole=whole) == written


def test_every_tenth_of_an_ampere_can_be_sent(station: Station) -> None:
    for tenths in range(60, 330):
        made = profiles.build(station, station.evse(1), Method(DEFAULT), tenths / 10)
        assert made["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == tenths / 10
        schema.check("1.6", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": made})


def test_a_whole_limit_is_written_without_decimals(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT), 10.0)
    assert repr(made["chargingSchedule"]["chargingSchedulePeriod"]) == "[{'startPeriod': 0, 'limit': 10}]"


def test_power_is_the_total_of_the_phases_it_names(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT, "W"), 10.1)
    assert made["chargingSchedule"] == {
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6969, "numberPhases": 3}],
    }


def test_a_tx_profile_names_its_transaction(station: Station) -> None:
    charge(station)
    transaction = station.evse(1).transaction
    assert transaction is not None
    made = profiles.build(station, station.evse(1), Method(TX), 10)
    assert made["transactionId"] == int(transaction.id)
    assert "transactionId" not in profiles.build(station, station.evse(1), Method(DEFAULT), 10)
    charge(station, "e1f2")
    assert "transactionId" not in profiles.build(station, station.evse(1), Method(TX), 10)


def test_an_absolute_profile_begins_in_the_past_and_its_duration_counts_from_there(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT), 10)
    endless = profiles.timed(made, NOON)
    assert endless["chargingSchedule"]["startSchedule"] == "2026-11-24T11:59:00Z"
    assert "duration" not in endless["chargingSchedule"]
    assert profiles.timed(made, NOON, timedelta(seconds=120))["chargingSchedule"]["duration"] == 180
    assert "startSchedule" not in made["chargingSchedule"]


def test_a_relative_profile_has_no_start_and_ends_by_its_validity(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT, kind=RELATIVE), 10)
    assert profiles.timed(made, NOON) == made
    leased = profiles.timed(made, NOON, timedelta(seconds=120))
    assert leased["validTo"] == "2026-11-24T12:02:00Z"
    assert leased["chargingSchedule"] == made["chargingSchedule"]


def test_the_two_refusals_of_a_profile_differ() -> None:
    profiles.taken({"status": "Accepted"})
    with pytest.raises(Refused, match="Rejected"):
        profiles.taken({"status": "Rejected"})
    with pytest.raises(Unsupported, match="NotSupported"):
        profiles.taken({"status": "NotSupported"})


def test_silence_twice_or_one_clear_word_ends_the_trials_of_a_purpose() -> None:
    silence, rejected = Unanswered("late"), Refused("Rejected")
    assert not profiles.hopeless([])
    assert not profiles.hopeless([rejected] * 5)
    assert not profiles.hopeless([silence, rejected])
    assert profiles.hopeless([silence, rejected, silence])
    assert profiles.hopeless([Unsupported("NotSupported")])
    assert profiles.hopeless([Refused(profiles.IGNORED)])
