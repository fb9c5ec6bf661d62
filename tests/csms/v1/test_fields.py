"""Single fields are read whatever a station writes there."""

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1.fields import MAX_EVSES, evse_of, number, text, whole


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Wallbox", "Wallbox"),
        ("  Wallbox\x00\x00", "Wallbox"),
        ("Wall\x07b\nox", "Wallbox"),
        ("x" * 300, "x" * 255),
        (17, "17"),
        (None, ""),
        (True, ""),
        (["a"], ""),
    ],
)
def test_a_text_is_clean_and_short(value: object, read: str) -> None:
    assert text({"name": value}, "name") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3, 3.0),
        ("  12", 12.0),
        ("12,5", 12.5),
        ("7\x00", 7.0),
        ("abc", None),
        ("", None),
        (None, None),
        (True, None),
        ([1], None),
        (float("nan"), None),
        ("1e400", None),
        (10**400, None),
    ],
)
def test_a_number_is_finite_or_nothing(value: object, read: float | None) -> None:
    assert number({"name": value}, "name") == read


def test_a_whole_number_may_come_as_text_or_fraction() -> None:
    assert [whole({"n": value}, "n") for value in ("5", 5.0, "x", None)] == [5, 5, None, None]


def test_a_connector_is_the_evse_of_its_number(station: Station) -> None:
    assert evse_of(station, {"connectorId": 2}) is station.evses[2]


@pytest.mark.parametrize("payload", [{}, {"connectorId": 0}, {"connectorId": "?"}])
def test_no_connector_is_the_only_evse(station: Station, payload: dict[str, object]) -> None:
    assert evse_of(station, payload) is None
    only = station.evse(1)
    assert evse_of(station, payload) is only
    station.evse(2)
    assert evse_of(station, payload) is None


@pytest.mark.parametrize("connector", [-1, MAX_EVSES + 1, 10**9])
def test_a_connector_that_cannot_be_makes_no_evse(station: Station, connector: int) -> None:
    assert evse_of(station, {"connectorId": connector}) is None
    assert not station.evses
