"""TxProfiles are known as long as their session runs, for stations that forget them (OCPP 2.1 ed. 1 - E17.FR.15)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import ProfileFilter
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import resuming, starts
from tests.csms.stage import NOW

PERSISTS = VariableKey("SmartChargingCtrlr", "ChargingProfilePersistence", instance="TxProfile")


def profile(number: int, purpose: str = "TxProfile", level: int = 0) -> dict[str, Any]:
    return {"id": number, "chargingProfilePurpose": purpose, "stackLevel": level}


def again(number: int, level: int = 0) -> dict[str, Any]:
    return profile(number, level=level) | {"transactionId": "t1"}


@pytest.fixture
def charging(station: Station) -> Station:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, "t1"))
    return station


def test_the_newest_of_each_number_is_given_again(charging: Station, ledger: Ledger) -> None:
    for number, level in ((1, 0), (2, 0), (1, 3)):
        resuming.remember(charging, 1, "t1", profile(number, level=level))
    resuming.remember(charging, 1, "t1", profile(9, "TxDefaultProfile"))
    assert resuming.lost(charging, charging.evse(1)) == [again(2), again(1, 3)]
    later = Station("CP1", ledger)
    assert resuming.lost(later, later.evse(1)) == [again(2), again(1, 3)]


def test_what_was_of_another_session_is_not_given_again(charging: Station) -> None:
    resuming.remember(charging, 1, "t0", profile(1))
    assert resuming.lost(charging, charging.evse(1)) == []
    resuming.remember(charging, 1, "t1", profile(2))
    assert resuming.lost(charging, charging.evse(1)) == [again(2)]
    charging.evse(1).transaction = None
    assert resuming.lost(charging, charging.evse(1)) == []


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (ProfileFilter(id=1), [2]),
        (ProfileFilter(id=1, purpose="TxDefaultProfile"), [2]),
        (ProfileFilter(id=3), [1, 2]),
        (ProfileFilter(evse=1), []),
        (ProfileFilter(evse=2), [1, 2]),
        (ProfileFilter(purpose="TxProfile"), []),
        (ProfileFilter(purpose="TxDefaultProfile"), [1, 2]),
        (ProfileFilter(stack_level=5), [1]),
    ],
)
def test_what_was_cleared_is_not_given_again(charging: Station, which: ProfileFilter, left: list[int]) -> None:
    charging.evse(2)
    resuming.remember(charging, 1, "t1", profile(1))
    resuming.remember(charging, 1, "t1", profile(2, level=5))
    resuming.forget(charging, which)
    assert [one["id"] for one in resuming.lost(charging, charging.evse(1))] == left


@pytest.mark.parametrize(("told", "lost"), [("true", 0), ("false", 1)])
def test_a_station_that_keeps_its_profiles_needs_none(charging: Station, told: str, lost: int) -> None:
    resuming.remember(charging, 1, "t1", profile(1))
    charging.variables.put(Variable(PERSISTS, told))
    assert len(resuming.lost(charging, charging.evse(1))) == lost


def test_a_start_brings_its_profile_along(charging: Station) -> None:
    resuming.expect(charging, 7, profile(1))
    assert starts.redeem(charging, 7) == {resuming.PROFILE: profile(1)}
