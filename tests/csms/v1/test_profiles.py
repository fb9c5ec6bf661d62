"""How a limit is written down in the words of 1.6."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, RELATIVE, TX, Method
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1 import profiles
from custom_components.ocpp_home.csms.wire import schema

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def known(station: Station, name: str, value: str) -> None:
    station.variables.put(Variable(VariableKey("", name), value))


def charge(station: Station, transaction: str | None = None) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOON, 0.0, transaction))


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
    assert list(profiles.offer(station).units) == units


@pytest.mark.parametrize(("told", "level"), [(None, 8), ("999", 999), ("0", 0), ("-1", 0), ("many", 8)])
def test_a_working_limit_lies_on_the_highest_level(station: Station, told: str | None, level: int) -> None:
    if told is not None:
        known(station, "ChargeProfileMaxStackLevel", told)
    assert profiles.offer(station).level == level
    station.identify(Identity(vendor="ABB"))
    assert profiles.offer(station).level == 0


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


@pytest.mark.parametrize(
    ("vendor", "key", "value", "able"),
    [
        ("", "ConnectorSwitch3to1PhaseSupported", "True", True),
        ("", "ConnectorSwitch3to1PhaseSupported", "false", False),
        ("", "ACPhaseSwitchingSupported", "true", False),
        ("Charge Amps", "ACPhaseSwitchingSupported", "true", True),
        ("Charge Amps", "ConnectorSwitch3to1PhaseSupported", "true", True),
    ],
)
def test_a_key_tells_whether_phases_are_switched(
    station: Station, vendor: str, key: str, value: str, able: bool
) -> None:
    assert not profiles.switches(station)
    station.identify(Identity(vendor=vendor))
    known(station, key, value)
    assert profiles.switches(station) is able


def test_chosen_phases_stand_in_the_period(station: Station) -> None:
    made = profiles.build(station, station.evse(1), Method(DEFAULT), 10, 1)
    assert made["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10, "numberPhases": 1}]
    schema.check("1.6", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": made})


def test_a_plan_ends_and_has_an_id_of_its_own(station: Station) -> None:
    plan = Plan((Leg(NOON, 7), Leg(NOON + timedelta(hours=1), 10)), NOON + timedelta(hours=2))
    charge(station, "42")
    made = profiles.planned(station, station.evse(1), Method(TX, level=1), plan)
    assert (made["chargingProfileId"], made["stackLevel"], made["transactionId"]) == (301, 1, 42)
    schedule = made["chargingSchedule"]
    assert [(each["startPeriod"], each["limit"]) for each in schedule["chargingSchedulePeriod"]] == [(0, 7), (3600, 10)]
    assert schedule["duration"] == 7200


def test_how_many_periods_a_schedule_has_the_station_tells(station: Station) -> None:
    known(station, "ChargingScheduleMaxPeriods", "3")
    assert profiles.offer(station).periods == 3
