"""Which EVSE a number is."""

import pytest

from custom_components.ocpp_home.csms.dialogue.place import MAX_EVSES, evse_at
from custom_components.ocpp_home.csms.model.station import Station


def test_a_number_is_the_evse_of_that_number(station: Station) -> None:
    assert evse_at(station, 2) is station.evses[2]


@pytest.mark.parametrize("number", [None, 0])
def test_no_number_is_the_only_evse(station: Station, number: int | None) -> None:
    assert evse_at(station, number) is None
    only = station.evse(1)
    assert evse_at(station, number) is only
    station.evse(2)
    assert evse_at(station, number) is None


@pytest.mark.parametrize("number", [-1, MAX_EVSES + 1, 10**9])
def test_a_number_that_cannot_be_makes_no_evse(station: Station, number: int) -> None:
    assert evse_at(station, number) is None
    assert not station.evses
