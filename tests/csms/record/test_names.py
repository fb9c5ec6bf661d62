"""What places are called."""

from custom_components.ocpp_home.csms.record.names import Names

NAMES = Names({"cp-001": "Garage"}, {("cp-001", 2): "Left"})


def test_a_station_and_an_evse_bear_the_names_of_the_owner() -> None:
    assert (NAMES.station("CP-001"), NAMES.evse("CP-001", 2)) == ("Garage", "Left")
    assert NAMES.place("CP-001", 2) == "Garage · Left"


def test_what_has_no_name_is_told_by_identity_and_number() -> None:
    assert (NAMES.station("OLD"), NAMES.evse("OLD", 2), NAMES.evse("CP-001", 1)) == ("OLD", "", "")
    assert (NAMES.place("OLD", 2), NAMES.place("CP-001", 1)) == ("OLD · 2", "Garage · 1")
    assert Names({"a": ""}).station("A") == "A"


def test_stations_of_the_same_name_are_told_apart() -> None:
    assert (NAMES.full("CP-001"), NAMES.full("OLD")) == ("Garage (CP-001)", "OLD")
