"""A car that plans by itself hears with its limit what comes after it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.pen import Limit
from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, DYNAMIC, TX, Method
from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v2 import foretold

NOW = datetime(2026, 11, 24, 22, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHT = Plan(
    (Leg(NOW - HOUR, 0), Leg(NOW + 3 * HOUR, 6), Leg(NOW + 5 * HOUR, 0), Leg(NOW + 6 * HOUR, 6)), NOW + 9 * HOUR
)


@pytest.fixture
def limit(station: Station) -> Limit:
    evse = station.evse(1)
    evse.transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, "tx-1"))
    evse.needs = Needs("AC_three_phase", NOW)
    evse.left.confirm(NIGHT, DEFAULT)
    return Limit(evse, Method(TX, level=8), 13.0, MINUTE)


def told(station: Station, limit: Limit) -> list[tuple[datetime, float]] | None:
    plan = foretold.course(station, limit, NOW)
    return None if plan is None else [(leg.begin, leg.amps) for leg in plan.legs]


def test_after_a_limit_that_ends_comes_what_lies_in_the_station(station: Station, limit: Limit) -> None:
    later = [(NOW + 3 * HOUR, 6), (NOW + 5 * HOUR, 0), (NOW + 6 * HOUR, 6)]
    assert told(station, limit) == [(NOW - MINUTE, 13), (NOW + MINUTE, 0), *later]
    assert told(station, replace(limit, lease=None)) == [(NOW - MINUTE, 13), *later], (
        "one without an end, its next turn"
    )


@pytest.mark.parametrize(("tuples", "count"), [(None, 5), (20, 5), (4, 4), (3, 3), (2, 2), (1, 0), (0, 0)])
def test_k15_fr_07_of_no_more_periods_than_the_car_takes(
    station: Station, limit: Limit, tuples: int | None, count: int
) -> None:
    limit.evse.needs = Needs("AC_three_phase", NOW, tuples=tuples)
    found = told(station, limit)
    assert len(found or []) == count
    if found is not None:
        assert found[0] == (NOW - MINUTE, 13), "what is less afterwards does not lower the limit of now"
        assert max(amps for _, amps in found[1:]) <= 6


def test_who_has_not_asked_hears_the_limit_of_now(station: Station, limit: Limit) -> None:
    evse = limit.evse
    assert told(station, replace(limit, method=Method(DEFAULT))) is None
    assert told(station, replace(limit, lease=timedelta(days=1))) is None, "nothing is known of then"
    evse.left.confirm(Plan((Leg(NOW - HOUR, 6),), NOW + HOUR), DEFAULT)
    assert told(station, replace(limit, lease=None)) is None, "there is no turn to come"
    evse.left.confirm(None, DEFAULT)
    assert told(station, limit) is None
    evse.left.confirm(NIGHT, DEFAULT)
    evse.needs = None
    assert told(station, limit) is None


def test_it_is_our_working_profile_with_a_begin_and_an_end(station: Station, limit: Limit) -> None:
    limit = replace(limit, method=Method(TX, kind=DYNAMIC, level=8))
    plan = foretold.course(station, limit, NOW)
    assert plan is not None
    made = foretold.profile(station, limit, plan)
    (schedule,) = made.pop("chargingSchedule")
    assert made == {
        "id": 201,
        "stackLevel": 8,
        "chargingProfilePurpose": TX,
        "chargingProfileKind": "Absolute",
        "transactionId": "tx-1",
    }
    assert (schedule["id"], schedule["duration"]) == (201, 9 * 3600 + 60)
    periods = [(period["startPeriod"], period["limit"]) for period in schedule["chargingSchedulePeriod"]]
    assert periods == [(0, 13), (120, 0), (3 * 3600 + 60, 6), (5 * 3600 + 60, 0), (6 * 3600 + 60, 6)]
