"""Which EVSE a connector is."""

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1.place import MAX_EVSES, evse_of


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
