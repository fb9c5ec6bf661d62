"""What stations say of their state: nine words, some others, in any order and any number."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Evse, Problem, Status
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v1.status import status_notification
from tests.csms.stage import NOW, ago


def tell(station: Station, status: str = "Available", where: object = 1, error: str = "NoError", **more: Any) -> None:
    payload = {"connectorId": where, "status": status, "errorCode": error, **more}
    assert status_notification(station, payload, NOW) == {}


@pytest.mark.parametrize("status", list(Status))
def test_each_of_the_nine_words_is_taken_over(station: Station, status: Status) -> None:
    tell(station, status.value)
    assert (station.evse(1).status, station.evse(1).connectors[1].status) == (status, status)


def test_a_word_in_another_case_is_the_same_word(station: Station) -> None:
    tell(station, "SUSPENDEDEV ")
    assert station.evse(1).status is Status.SUSPENDED_EV


async def test_occupied_is_charging_where_a_transaction_runs(station: Station) -> None:
    tell(station, "Occupied")
    evse = station.evse(1)
    assert (evse.status, evse.problem) == (Status.PREPARING, None)
    evse.transaction = station.ledger.start(Opening("CP1", 1, 1, "A", NOW, 0))
    tell(station, "Occupied")
    assert evse.status is Status.CHARGING


def test_an_unknown_word_is_a_problem_and_changes_no_status(station: Station) -> None:
    tell(station, "Charging")
    tell(station, "Exploding")
    evse = station.evse(1)
    assert evse.status is Status.CHARGING
    assert evse.problem == Problem("Exploding", since=NOW)


def test_a_fault_is_told_with_everything_the_station_says_of_it(station: Station, events: list[Event]) -> None:
    more = {"info": "relay stuck", "vendorId": "ACME", "vendorErrorCode": "E7"}
    tell(station, "Faulted", error="GroundFailure", timestamp=ago(20), **more)
    at = NOW - timedelta(seconds=20)
    assert station.evse(1).problem == Problem("GroundFailure", "relay stuck", "ACME", "E7", at)
    data = {"code": "GroundFailure", "info": "relay stuck", "vendor_code": "E7"}
    assert events == [Event(Kind.FAULT, at, 1, data)]


def test_a_fault_is_told_once_and_its_end_once(station: Station, events: list[Event]) -> None:
    for seconds in (30, 20, 10):
        tell(station, "Faulted", error="GroundFailure", timestamp=ago(seconds))
    assert station.evse(1).problem == Problem("GroundFailure", since=NOW - timedelta(seconds=30))
    for _ in range(3):
        tell(station)
    assert [event.kind for event in events] == [Kind.FAULT, Kind.FAULT_CLEARED]
    assert station.evse(1).problem is None


@pytest.mark.parametrize(("error", "code"), [("NoError", "OtherError"), ("", "OtherError"), ("Error", "Error")])
def test_a_fault_without_a_proper_code_is_a_fault_all_the_same(station: Station, error: str, code: str) -> None:
    tell(station, "Faulted", error=error)
    problem = station.evse(1).problem
    assert problem is not None
    assert problem.code == code


def test_a_warning_leaves_the_status_as_it_is(station: Station) -> None:
    tell(station, "Charging", error="HighTemperature")
    evse = station.evse(1)
    assert evse.status is Status.CHARGING
    assert evse.problem is not None


def test_the_station_as_a_whole_and_its_connectors_are_different_things(station: Station, events: list[Event]) -> None:
    tell(station, "Charging", 1)
    tell(station, "Faulted", 0, "InternalError")
    assert (station.status, station.evse(1).status) == (Status.FAULTED, Status.CHARGING)
    assert station.problem == Problem("InternalError", since=NOW)
    assert [(event.kind, event.evse) for event in events] == [(Kind.FAULT, 0)]
    tell(station, "Available", 0)
    assert (station.status, station.problem) == (Status.AVAILABLE, None)


@pytest.mark.parametrize("connector", [-1, 65, 10**12])
def test_a_connector_that_cannot_be_is_counted(station: Station, connector: int) -> None:
    tell(station, "Charging", connector)
    assert (station.evses, station.counters) == ({}, {"unknown connector": 1})


def test_an_old_status_that_comes_late_overwrites_nothing(station: Station) -> None:
    tell(station, "Charging", timestamp=ago(10))
    tell(station, "Preparing", timestamp=ago(60))
    assert station.evse(1).status is Status.CHARGING
    assert station.counters == {"late status": 1}
    tell(station, "Finishing", timestamp=ago(10))
    assert station.evse(1).status is Status.FINISHING


def test_a_storm_of_the_same_status_wakes_nobody(station: Station) -> None:
    tell(station, "Charging")
    seen: list[object] = []
    station.subscribe(seen.append)
    for _ in range(500):
        tell(station, "Charging")
    assert seen == []
    tell(station, "Finishing")
    assert seen == [station.evse(1)]


def test_a_car_that_leaves_takes_its_state_of_charge_along(station: Station) -> None:
    meter = station.evse(1).meter
    meter.update([Reading(Quantity.SOC, 80, NOW), Reading(Quantity.VOLTAGE, 230, NOW)])
    tell(station, "Finishing")
    assert meter.total(Quantity.SOC) == 80
    tell(station, "Available")
    assert (meter.total(Quantity.SOC), meter.total(Quantity.VOLTAGE)) == (None, 230)


def availability(evse: Evse) -> bool | None:
    return evse.operative


def test_unavailable_is_inoperative_and_a_fault_says_nothing_of_it(station: Station) -> None:
    evse = station.evse(1)
    said = []
    for status in ("Faulted", "Unavailable", "Faulted", "Charging"):
        tell(station, status)
        said.append(availability(evse))
    assert said == [None, False, False, True]
