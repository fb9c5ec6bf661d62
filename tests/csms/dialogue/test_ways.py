"""In which order ways are tried, and what they have in common in every version."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue import ways
from custom_components.ocpp_home.csms.dialogue.ways import ABSOLUTE, DEFAULT, DYNAMIC, RELATIVE, TX, Method, Offer
from custom_components.ocpp_home.csms.model.errors import Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Opening

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MAX = "ChargePointMaxProfile"
OFFER = Offer(MAX)


def charge(station: Station, transaction: str | None = None) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOON, 0.0, transaction))


def test_a_way_reads_like_what_it_is_and_is_remembered() -> None:
    method = Method(DEFAULT, "W", RELATIVE, 3, whole=True)
    assert str(method) == "TxDefaultProfile/W/Relative"
    assert Method.recall(method.record()) == method
    assert Method.recall(["TxProfile", "V", "Absolute", 0, False]) is None
    assert Method.recall(None) is None


def test_of_several_failures_the_one_that_says_most_is_told() -> None:
    silent, unsupported = Unanswered("silent"), Unsupported("SmartCharging")
    bare, reasoned = Refused("Rejected"), Refused("Rejected", "no such unit")
    assert ways.worst([silent, unsupported]) is unsupported
    assert ways.worst([bare, silent, reasoned, unsupported]) is reasoned
    assert isinstance(ways.worst([]), Refused)


def test_each_profile_of_ours_has_its_own_id() -> None:
    ids = [ways.profile_id(evse, purpose) for evse in range(1, 65) for purpose in (TX, DEFAULT)]
    ids += [ways.profile_id(1, MAX), *(ways.fallback_id(number) for number in range(65))]
    assert len(ids) == len(set(ids))
    assert (ways.profile_id(2, TX), ways.profile_id(2, DEFAULT), ways.profile_id(2, MAX)) == (202, 102, 1)
    assert ways.profile_id(1, MAX) == ways.profile_id(2, MAX)


def test_the_limit_of_the_station_lies_on_connector_0() -> None:
    assert [ways.place(2, purpose) for purpose in (TX, DEFAULT, MAX)] == [2, 2, 0]


def test_a_unit_may_be_known_better_than_the_station_says(station: Station) -> None:
    assert ways.units(station, ["Current"]) == ("A", "W")
    station.identify(Identity(vendor="Huawei"))
    assert ways.units(station, ["Current"]) == ("W", "A")


def test_phases_are_what_the_car_draws_on_else_what_the_owner_says(station: Station) -> None:
    evse = station.evse(1)
    assert ways.phases(station, evse) == 3
    station.settings.phases = 1
    assert ways.phases(station, evse) == 1
    currents = ((Phase.L1, 16.0), (Phase.L2, 15.9), (Phase.L3, 0.1))
    evse.meter.update(Reading(Quantity.CURRENT_IMPORT, amps, NOON, phase) for phase, amps in currents)
    assert ways.phases(station, evse) == 2


def test_without_a_transaction_there_is_no_tx_profile(station: Station) -> None:
    found = [str(way) for way in ways.ways(station, station.evse(1), 10, OFFER)]
    assert found[0] == "TxDefaultProfile/A/Absolute"
    assert list(dict.fromkeys(way.split("/")[0] for way in found)) == [DEFAULT, MAX]


def test_with_a_transaction_its_own_profile_is_tried_first(station: Station) -> None:
    charge(station)
    found = ways.ways(station, station.evse(1), 10, OFFER)
    assert list(dict.fromkeys(way.purpose for way in found)) == [TX, DEFAULT, MAX]


def test_the_limit_of_the_station_is_never_relative(station: Station) -> None:
    station.identify(Identity(vendor="Wallbox", firmware="6.7.1"))
    kinds = {(way.purpose, way.kind) for way in ways.ways(station, station.evse(1), 10, OFFER)}
    assert kinds == {(DEFAULT, "Relative"), (DEFAULT, "Absolute"), (MAX, "Absolute")}
    assert next(ways.ways(station, station.evse(1), 10, OFFER)).kind == "Relative"


def test_with_two_evses_the_limit_of_the_station_is_no_limit_of_one(station: Station) -> None:
    station.evse(2)
    assert {way.purpose for way in ways.ways(station, station.evse(1), 10, OFFER)} == {DEFAULT}


def test_where_pauses_block_starts_only_the_transaction_is_paused(station: Station) -> None:
    station.identify(Identity(vendor="Huawei"))
    assert list(ways.ways(station, station.evse(1), 0, OFFER)) == []
    charge(station)
    assert {way.purpose for way in ways.ways(station, station.evse(1), 0, OFFER)} == {TX}


def test_a_station_that_takes_whole_amperes_is_not_offered_others(station: Station) -> None:
    assert list(ways.variants(station, MAX, Offer(MAX, level=0))) == [
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
    assert ways.rounded(station, amps, whole=whole) == written


def test_silence_twice_or_one_clear_word_ends_the_trials_of_a_purpose() -> None:
    silence, rejected = Unanswered("late"), Refused("Rejected")
    assert not ways.hopeless([])
    assert not ways.hopeless([rejected] * 5)
    assert not ways.hopeless([silence, rejected])
    assert ways.hopeless([silence, rejected, silence])
    assert ways.hopeless([Unsupported("NotSupported")])
    assert ways.hopeless([Refused(ways.IGNORED)])


def test_a_version_may_know_kinds_of_its_own_and_a_brand_a_better_one(station: Station) -> None:
    offer = Offer(MAX, ("A", "W"), 0, (DYNAMIC, ABSOLUTE, RELATIVE))
    assert [way.kind for way in ways.variants(station, DEFAULT, offer)][:3] == [DYNAMIC, ABSOLUTE, RELATIVE]
    assert {way.kind for way in ways.variants(station, MAX, offer)} == {DYNAMIC, ABSOLUTE}
    station.identify(Identity(vendor="Timxon"))
    assert [way.kind for way in ways.variants(station, DEFAULT, offer)][:3] == [RELATIVE, DYNAMIC, ABSOLUTE]


def test_amperes_are_of_one_phase_and_watts_the_total_of_the_phases_they_name(station: Station) -> None:
    evse = station.evse(1)
    assert ways.period(station, evse, Method(DEFAULT), 10.1) == {"startPeriod": 0, "limit": 10.1}
    assert repr(ways.period(station, evse, Method(DEFAULT), 10.0)) == "{'startPeriod': 0, 'limit': 10}"
    watts = {"startPeriod": 0, "limit": 6969, "numberPhases": 3}
    assert ways.period(station, evse, Method(DEFAULT, "W"), 10.1) == watts


def test_an_absolute_profile_begins_in_the_past_and_others_end_by_their_validity() -> None:
    lease = timedelta(seconds=120)
    begin = {"startSchedule": "2026-11-24T11:59:00Z"}
    assert ways.timing(ABSOLUTE, NOON) == ({}, begin)
    assert ways.timing(ABSOLUTE, NOON, lease) == ({}, begin | {"duration": 180})
    assert ways.timing(RELATIVE, NOON) == ({}, {})
    assert ways.timing(RELATIVE, NOON, lease) == ({"validTo": "2026-11-24T12:02:00Z"}, {})


@pytest.mark.parametrize(("told", "level"), [(None, 8), (999.0, 999), (0.0, 0), (-1.0, 0)])
def test_the_level_is_the_highest_a_station_tells(station: Station, told: float | None, level: int) -> None:
    assert ways.top_level(station, told) == level
    station.identify(Identity(vendor="ABB"))
    assert ways.top_level(station, told) == 0


@pytest.mark.parametrize(("told", "unit"), [([], "A"), (["Current"], "A"), (["power"], "W"), (["nonsense"], "A")])
def test_a_limit_is_written_in_amperes_unless_only_watts_are_known(
    station: Station, told: list[str], unit: str
) -> None:
    assert ways.units(station, told)[0] == unit


@pytest.mark.parametrize(("lowest", "ids", "mine"), [(0, (1, 201), True), (0, (101, 400), False), (50, (50,), False)])
def test_our_profiles_are_known_by_their_ids(lowest: int, ids: tuple[int, ...], mine: bool) -> None:
    assert ways.ours(lowest, *ids) is mine


@pytest.mark.parametrize(("chosen", "watts"), [(1, 2300), (3, 6900)])
def test_chosen_phases_are_told_and_counted(station: Station, chosen: int, watts: int) -> None:
    station.settings.phases = 2
    evse = station.evse(1)
    told = {"startPeriod": 0, "numberPhases": chosen}
    assert ways.period(station, evse, Method(DEFAULT), 10, chosen) == told | {"limit": 10}
    assert ways.period(station, evse, Method(DEFAULT, "W"), 10, chosen) == told | {"limit": watts}


def test_a_plan_is_told_by_the_clock_of_the_station(station: Station) -> None:
    station.clock_offset = 3600.0
    plan = Plan((Leg(NOON, 7.55), Leg(NOON + timedelta(minutes=30), 10, 1)), NOON + timedelta(hours=1))
    told = ways.planned(station, station.evse(1), Method(DEFAULT), plan)
    assert told == {
        "startSchedule": "2026-11-24T13:00:00Z",
        "duration": 3600,
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 7.5},
            {"startPeriod": 1800, "limit": 10, "numberPhases": 1},
        ],
    }
    watts = ways.planned(station, station.evse(1), Method(DEFAULT, "W"), plan)["chargingSchedulePeriod"]
    assert [period["limit"] for period in watts] == [5175, 2300]


@pytest.mark.parametrize(("told", "most"), [(None, ways.FEW), (24.0, 24), (0.0, 1)])
def test_a_station_that_does_not_tell_how_many_periods_it_takes_gets_few(told: float | None, most: int) -> None:
    assert ways.most_periods(told) == most


def test_a_plan_has_an_id_of_its_own() -> None:
    assert ways.plan_id(2) == 302
    assert ways.ours(0, ways.plan_id(99))
