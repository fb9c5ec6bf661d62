"""How a limit is written down in the words of 2.x, and which profiles a central system must not send."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.ways import ABSOLUTE, DEFAULT, DYNAMIC, RELATIVE, TX, Method
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import profiles
from custom_components.ocpp_home.csms.v2.profiles import MAX
from custom_components.ocpp_home.csms.wire import schema

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def known(station: Station, name: str, value: str, evse: int | None = None) -> None:
    station.variables.put(Variable(VariableKey("SmartChargingCtrlr", name, evse), value))


def charge(station: Station) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOON, 0.0, "tx-1"))


def profile(*periods: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An absolute default profile, with other fields."""
    schedule: dict[str, Any] = {"id": 1, "startSchedule": "2026-11-24T12:00:00Z", "chargingRateUnit": "A"}
    if fields.get("chargingProfileKind") in {RELATIVE, DYNAMIC}:
        del schedule["startSchedule"]
    schedule["chargingSchedulePeriod"] = list(periods) or [{"startPeriod": 0, "limit": 9}]
    made = {"id": 500, "stackLevel": 1, "chargingProfilePurpose": DEFAULT, "chargingProfileKind": ABSOLUTE}
    return made | {"chargingSchedule": [schedule]} | fields


@pytest.mark.parametrize(
    ("told", "units", "level"),
    [
        ({}, ("A", "W"), 8),
        ({"RateUnit": "A,W", "ProfileStackLevel": "3"}, ("A", "W"), 3),
        ({"RateUnit": "W", "ProfileStackLevel": "0"}, ("W", "A"), 0),
    ],
)
def test_what_a_station_takes_it_tells_itself(
    station: Station, told: dict[str, str], units: tuple[str, str], level: int
) -> None:
    for name, value in told.items():
        known(station, name, value)
    offer = profiles.offer(station)
    assert (offer.units, offer.level, offer.station_purpose) == (units, level, "ChargingStationMaxProfile")


@pytest.mark.parametrize(
    ("version", "told", "kinds"),
    [
        ("2.1", "true", (DYNAMIC, ABSOLUTE, RELATIVE)),
        ("2.1", "false", (ABSOLUTE, RELATIVE)),
        ("2.0.1", "true", (ABSOLUTE, RELATIVE)),
    ],
)
def test_a_dynamic_profile_comes_first_where_it_is_known(
    station: Station, version: str, told: str, kinds: tuple[str, ...]
) -> None:
    """K01.FR.121: only where SupportsDynamicProfiles says so."""
    station.version = version
    known(station, "SupportsDynamicProfiles", told)
    assert profiles.offer(station).kinds == kinds


def test_k01_fr_80_our_ids_lie_above_those_of_external_constraints(station: Station) -> None:
    charge(station)
    assert profiles.build(station, station.evse(1), Method(TX), 10)["id"] == 201
    known(station, "MaxExternalConstraintsId", "1000")
    assert profiles.build(station, station.evse(1), Method(TX), 10)["id"] == 1201
    assert profiles.build(station, station.evse(1), Method(MAX), 10)["id"] == 1001
    with pytest.raises(Invalid, match=r"K01\.FR\.80"):
        profiles.check(station, 1, profile(id=1000))


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.parametrize("method", [Method(TX), Method(DEFAULT, "W", RELATIVE, 3), Method(MAX, whole=True)], ids=str)
def test_what_is_written_keeps_to_the_schema(station: Station, version: Any, method: Method) -> None:
    """K01.FR.03, K02.FR.03: a TxProfile, and only that, names its transaction; K01.FR.34: there is one schedule."""
    charge(station)
    made = profiles.timed(profiles.build(station, station.evse(1), method, 10), NOON, timedelta(seconds=60))
    profiles.check(station, 0 if method.purpose == MAX else 1, made)
    schema.check(version, "SetChargingProfile", {"evseId": 1, "chargingProfile": made})
    assert made.get("transactionId") == ("tx-1" if method.purpose == TX else None)
    assert len(made["chargingSchedule"]) == 1


def test_a_profile_ends_by_itself(station: Station) -> None:
    """K01.FR.40, K01.FR.41: absolute has a start, relative has none."""
    absolute = profiles.build(station, station.evse(1), Method(DEFAULT), 10)
    (schedule,) = profiles.timed(absolute, NOON, timedelta(seconds=60))["chargingSchedule"]
    assert (schedule["startSchedule"], schedule["duration"]) == ("2026-11-24T11:59:00Z", 120)
    relative = profiles.build(station, station.evse(1), Method(DEFAULT, kind=RELATIVE), 10)
    assert profiles.timed(relative, NOON) == relative
    assert profiles.timed(relative, NOON, timedelta(seconds=60))["validTo"] == "2026-11-24T12:01:00Z"


def test_k01_fr_101_or_it_ends_when_the_station_is_alone(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT), 10)
    assert profiles.guarded(made, None) == made
    ends = profiles.guarded(made, timedelta(seconds=60))
    assert (ends["maxOfflineDuration"], ends["invalidAfterOfflineDuration"]) == (30, True), "30 s pass until it knows"
    assert profiles.guarded(made, timedelta(seconds=10))["maxOfflineDuration"] == 1


SETPOINT = {"startPeriod": 0, "setpoint": 9, "operationMode": "CentralSetpoint"}
ONE_PHASE = {"startPeriod": 0, "limit": 9, "numberPhases": 1, "phaseToUse": 2}


@pytest.mark.parametrize(
    ("evse", "made", "rule"),
    [
        (1, profile(chargingProfilePurpose="ChargingStationExternalConstraints"), "K01.FR.22"),
        (0, profile(chargingProfilePurpose=TX, transactionId="t"), "K01.FR.16"),
        (1, profile(chargingProfilePurpose=TX), "K01.FR.03"),
        (1, profile(chargingProfilePurpose=MAX), "is of EVSE 0"),
        (0, profile(chargingProfilePurpose=MAX, chargingProfileKind=RELATIVE), "K01.FR.38"),
        (1, profile(chargingSchedule=[{"id": 1, "chargingSchedulePeriod": [{"startPeriod": 0}]}]), "K01.FR.40"),
        (1, profile() | {"chargingProfileKind": RELATIVE}, "K01.FR.41"),
        (1, profile({"startPeriod": 0}, {"startPeriod": 9}, chargingProfileKind=DYNAMIC), "K28.FR.01"),
        (1, profile(dynUpdateInterval=9), "K28.FR.04"),
        (1, profile({"startPeriod": 5, "limit": 9}), "K01.FR.31"),
        (1, profile(*({"startPeriod": start, "limit": 9} for start in (0, 9, 5))), "K01.FR.35"),
        (1, profile(ONE_PHASE | {"numberPhases": 3}), "K01.FR.19"),
        (1, profile({"startPeriod": 0, "limit": 9, "phaseToUse": 1}), "K01.FR.19"),
        (1, profile(ONE_PHASE), "K01.FR.20"),
        (1, profile({"startPeriod": 0, "setpoint": 9}), "ChargingOnly needs a limit"),
        (1, profile({"startPeriod": 0, "limit": 9, "operationMode": "CentralSetpoint"}), "needs a setpoint"),
        (1, profile(SETPOINT | {"limit": 9}), "CentralSetpoint knows no limit"),
        (1, profile(SETPOINT | {"dischargeLimit_L3": -9}), "CentralSetpoint knows no dischargeLimit"),
        (1, profile({"startPeriod": 0, "limit": 9, "dischargeLimit_L2": -9}), "knows no dischargeLimit"),
        (1, profile({"startPeriod": 0, "limit": 9, "operationMode": "LocalFrequency"}), "knows no limit"),
        (
            0,
            profile(SETPOINT, chargingProfilePurpose=MAX),
            "knows no operation mode CentralSetpoint",
        ),
    ],
)
def test_what_must_not_be_sent_is_not_sent(station: Station, evse: int, made: dict[str, Any], rule: str) -> None:
    """K01.FR.03, K01.FR.19, K01.FR.20, K01.FR.22, K02.FR.07, K03.FR.07, Q02.FR.02, and as the rules name them."""
    with pytest.raises(Invalid) as told:
        profiles.check(station, evse, made)
    assert rule in str(told.value)


def test_k01_fr_20_a_phase_may_be_chosen_where_the_evse_switches_phases(station: Station) -> None:
    known(station, "ACPhaseSwitchingSupported", "true", 2)
    profiles.check(station, 2, profile(ONE_PHASE))
    with pytest.raises(Invalid, match=r"K01\.FR\.20"):
        profiles.check(station, 0, profile(ONE_PHASE))
    known(station, "ACPhaseSwitchingSupported", "true")
    profiles.check(station, 0, profile(ONE_PHASE))


def test_q03_fr_02_a_setpoint_stands_alone(station: Station) -> None:
    """Q03.FR.01, Q03.FR.02: the mode is CentralSetpoint, and there is neither a limit nor a discharge limit."""
    profiles.check(station, 1, profile(SETPOINT))
    with pytest.raises(Invalid, match="ChargingOnly knows no setpoint"):
        profiles.check(station, 1, profile({"startPeriod": 0, "limit": 9, "setpoint": 9}))
    for name in ("limit", "limit_L2", "dischargeLimit", "dischargeLimit_L3"):
        with pytest.raises(Invalid, match="CentralSetpoint knows no"):
            profiles.check(station, 1, profile(SETPOINT | {name: 9}))


@pytest.mark.parametrize(("units", "offered"), [(None, ("W", "A")), ("A,W", ("W", "A")), ("A", ("A", "W"))])
def test_an_evse_of_direct_current_is_limited_in_watts_without_phases(
    station: Station, units: str | None, offered: tuple[str, str]
) -> None:
    """K01.FR.44 (2.1): NoPhaseForDC; EVSE.SupplyPhases: "0 means DC"."""
    station.evse(1)
    station.variables.put(Variable(VariableKey("EVSE", "SupplyPhases", 1), "0"))
    if units is not None:
        known(station, "RateUnit", units)
    assert profiles.offer(station).units == offered
    for evse in (station.evse(1), Evse(0)):
        made = profiles.build(station, evse, Method(DEFAULT, "W"), 10)
        assert made["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6900}]


def test_of_several_evses_each_has_its_own_current(station: Station) -> None:
    station.evse(1)
    station.variables.put(Variable(VariableKey("EVSE", "SupplyPhases", 1), "0"))
    made = profiles.build(station, station.evse(2), Method(DEFAULT, "W"), 10)
    (period,) = made["chargingSchedule"][0]["chargingSchedulePeriod"]
    assert period == {"startPeriod": 0, "limit": 6900, "numberPhases": 3}


def test_a_schedule_has_no_more_periods_than_the_station_takes(station: Station) -> None:
    known(station, "PeriodsPerSchedule", "1")
    with pytest.raises(Invalid, match="takes 1 periods"):
        profiles.check(station, 1, profile({"startPeriod": 0, "limit": 9}, {"startPeriod": 9, "limit": 9}))


@pytest.mark.parametrize(
    ("one", "other", "overlapping"),
    [
        ((None, None), (None, None), True),
        ((None, "2026-01-02T00:00:00Z"), ("2026-01-02T00:00:00Z", None), False),
        (("2026-01-02T00:00:00Z", None), (None, "2026-01-02T00:00:00Z"), False),
        (("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"), ("2026-01-02T00:00:00Z", None), True),
    ],
)
def test_k01_fr_06_validity_may_overlap(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], overlapping: bool
) -> None:
    first, second = (dict(zip(("validFrom", "validTo"), times, strict=True)) for times in (one, other))
    assert profiles.collide(first, second) is overlapping


def test_k01_fr_39_of_one_transaction_and_level_there_is_one_profile_whenever_it_is_valid() -> None:
    old = profile(chargingProfilePurpose=TX, transactionId="t1", validTo="2026-01-02T00:00:00Z")
    new = profile(chargingProfilePurpose=TX, transactionId="t1", validFrom="2026-01-03T00:00:00Z")
    assert profiles.collide(old, new)
    assert not profiles.collide(old | {"transactionId": "t0"}, new)


@pytest.mark.parametrize(
    ("name", "place", "able"),
    [
        ("Phases3to1", None, {1, 2}),
        ("ACPhaseSwitchingSupported", None, {1, 2}),
        ("ACPhaseSwitchingSupported", 2, {2}),
        ("Other", None, set()),
    ],
)
def test_a_variable_tells_whether_phases_are_switched(
    station: Station, name: str, place: int | None, able: set[int]
) -> None:
    known(station, name, "true", place)
    assert {evse for evse in (1, 2) if profiles.switches(station, evse)} == able


def test_direct_current_has_no_phases_to_switch(station: Station) -> None:
    known(station, "Phases3to1", "true")
    station.variables.put(Variable(VariableKey("EVSE", "SupplyPhases", 1), "0"))
    assert not profiles.switches(station, 1)


def test_chosen_phases_stand_in_the_period(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT), 10, 1)
    (period,) = made["chargingSchedule"][0]["chargingSchedulePeriod"]
    assert period == {"startPeriod": 0, "limit": 10, "numberPhases": 1}


@pytest.mark.parametrize(("supplied", "phases"), [("3", [None, 1]), ("0", [None, None])])
def test_a_plan_ends_and_has_an_id_of_its_own(station: Station, supplied: str, phases: list[int | None]) -> None:
    """K01.FR.03, K01.FR.40, K01.FR.31, K01.FR.35."""
    known(station, "MaxExternalConstraintsId", "50")
    station.variables.put(Variable(VariableKey("EVSE", "SupplyPhases", 1), supplied))
    plan = Plan((Leg(NOON, 7), Leg(NOON + timedelta(hours=1), 10, 1)), NOON + timedelta(hours=2))
    charge(station)
    made = profiles.planned(station, station.evse(1), Method(TX, level=1), plan)
    (schedule,) = made["chargingSchedule"]
    assert (made["id"], schedule["id"], made["stackLevel"], made["transactionId"]) == (351, 351, 1, "tx-1")
    assert (schedule["startSchedule"], schedule["duration"]) == ("2026-11-24T12:00:00Z", 7200)
    periods = schedule["chargingSchedulePeriod"]
    assert [(each["startPeriod"], each["limit"]) for each in periods] == [(0, 7), (3600, 10)]
    assert [each.get("numberPhases") for each in periods] == phases
    profiles.check(station, 1, made)


def test_how_many_periods_a_schedule_has_the_station_tells(station: Station) -> None:
    known(station, "PeriodsPerSchedule", "3")
    assert profiles.offer(station).periods == 3
