"""Priority charging begins and ends, by command and at the station."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v2 import priority
from custom_components.ocpp_home.csms.v2.priority import Priority
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve


def charge(station: Station) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, "tx-1"))
    station.evse(2)


async def test_k21_fr_09_what_the_station_tells_is_noted(station: Station, peer: Peer) -> None:
    """K21.FR.09, K22.FR.06."""
    serve(peer, station, priority.REQUESTS)
    charge(station)
    changes: list[object] = []
    station.subscribe(changes.append)
    for active in (True, True, False):
        told = {"transactionId": "tx-1", "activated": active}
        assert (await peer.says("NotifyPriorityCharging", told))[2] == {}
        assert station.evse(1).priority is active
    assert changes == [station.evse(1)] * 2
    await peer.says("NotifyPriorityCharging", {"transactionId": "tx-9", "activated": True})
    assert [evse.priority for evse in station.evses.values()] == [False, False]


async def test_priority_is_asked_for(station: Station, peer: Peer, call: Caller) -> None:
    """K21.FR.03, K21.FR.06."""
    charge(station)
    peer.answers["UsePriorityCharging"] = {"status": "Accepted"}
    await Priority(station, call).use("tx-1", active=True)
    assert peer.asked == [("UsePriorityCharging", {"transactionId": "tx-1", "activate": True})]
    assert station.evse(1).priority


async def test_without_a_profile_there_is_none(station: Station, peer: Peer, call: Caller) -> None:
    """K21.FR.01."""
    charge(station)
    peer.answers["UsePriorityCharging"] = {"status": "NoProfile"}
    with pytest.raises(Refused, match="NoProfile"):
        await Priority(station, call).use("tx-1", active=True)
    assert not station.evse(1).priority
