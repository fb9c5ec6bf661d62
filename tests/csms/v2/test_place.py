"""Which EVSE and connector an `evse` of a message is."""

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.place import MAX_CONNECTORS, connector_number, connector_of, evse_of


def test_an_evse_is_named_by_its_number(station: Station) -> None:
    assert evse_of(station, {"evse": {"id": 2, "connectorId": 1}}) is station.evses[2]


@pytest.mark.parametrize("payload", [{}, {"evse": None}, {"evse": {"id": 0}}])
def test_no_evse_is_the_only_one(station: Station, payload: dict[str, object]) -> None:
    assert evse_of(station, payload) is None
    only = station.evse(1)
    assert evse_of(station, payload) is only


def test_a_connector_may_be_new(station: Station) -> None:
    evse = station.evse(1)
    number = connector_number({"evse": {"id": 1, "connectorId": 2}})
    assert connector_of(evse, number) is evse.connectors[2]
    assert connector_of(evse, number) is evse.connectors[2]
    assert connector_of(evse, None) is None
    assert [connector_of(evse, far) for far in (MAX_CONNECTORS + 1, 10**9)] == [None, None]
    assert list(evse.connectors) == [1, 2]
