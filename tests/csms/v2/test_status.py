"""The nine words for what connectors and transactions tell together (OCPP 2.0.1 ed. 3 - G01)."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.clock import stamp
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.status import REQUESTS, charging_state, released, status_notification
from tests.csms.peer import Peer
from tests.csms.stage import NOW, ago
from tests.csms.v2.served import serve


def tell(station: Station, word: str, connector: int = 1, evse: int = 1, at: float = 0) -> None:
    payload = {"timestamp": ago(at), "connectorStatus": word, "evseId": evse, "connectorId": connector}
    assert status_notification(station, payload, NOW) == {}


async def test_a_status_is_answered_and_known(station: Station, peer: Peer) -> None:
    serve(peer, station, REQUESTS)
    now = stamp(datetime.now(UTC))
    payload = {"timestamp": now, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
    assert (await peer.says("StatusNotification", payload))[2] == {}
    assert station.evse(1).status is Status.AVAILABLE


@pytest.mark.parametrize(
    ("word", "status", "plugged", "operative"),
    [
        ("Available", Status.AVAILABLE, False, True),
        ("Occupied", Status.PREPARING, True, True),
        ("reserved", Status.RESERVED, False, True),
        ("Unavailable", Status.UNAVAILABLE, None, False),
        ("Faulted", Status.FAULTED, None, None),
    ],
)
def test_each_word_of_a_connector_means_a_status(
    station: Station, word: str, status: Status, plugged: bool | None, operative: bool | None
) -> None:
    tell(station, word)
    evse = station.evse(1)
    assert (evse.status, evse.connectors[1].status, evse.plugged, evse.operative) == (
        status,
        status,
        plugged,
        operative,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Charging", Status.CHARGING),
        ("SuspendedEV", Status.SUSPENDED_EV),
        ("SuspendedEVSE", Status.SUSPENDED_EVSE),
        ("EVConnected", Status.PREPARING),
        ("Idle", Status.PREPARING),
    ],
)
def test_the_state_of_a_transaction_refines_the_status(station: Station, word: str, status: Status) -> None:
    tell(station, "Occupied")
    evse = station.evse(1)
    charging_state(evse, word)
    assert (evse.status, evse.plugged) == (status, word != "Idle")
    charging_state(evse, "")
    assert evse.status is status


def test_a_car_that_charges_occupies_its_connector_all_the_same(station: Station) -> None:
    evse = station.evse(1)
    charging_state(evse, "Charging")
    tell(station, "Occupied")
    assert evse.status is Status.CHARGING
    charging_state(evse, "Idle")
    assert evse.status is Status.FINISHING
    evse.meter.update([Reading(Quantity.SOC, 80, NOW)])
    tell(station, "Available")
    assert (evse.status, evse.meter.readings) == (Status.AVAILABLE, {})


def test_what_is_out_of_order_stays_so_whatever_a_transaction_says(station: Station) -> None:
    tell(station, "Faulted")
    charging_state(station.evse(1), "Charging")
    assert station.evse(1).status is Status.FAULTED


def test_a_car_that_is_done_is_finishing_until_it_leaves(station: Station) -> None:
    evse = station.evse(1)
    released(evse)
    assert evse.status is Status.FINISHING
    tell(station, "Occupied")
    released(evse)
    assert evse.status is Status.FINISHING
    tell(station, "Available")
    released(evse)
    assert evse.status is Status.AVAILABLE


def test_of_several_connectors_the_one_in_use_tells(station: Station) -> None:
    tell(station, "Unavailable", connector=1)
    tell(station, "Available", connector=2)
    evse = station.evse(1)
    assert evse.status is Status.AVAILABLE
    tell(station, "Occupied", connector=1, at=60)
    assert evse.status is Status.PREPARING


def test_what_is_older_than_what_is_known_is_passed_over(station: Station) -> None:
    tell(station, "Occupied")
    tell(station, "Available", at=30)
    assert (station.evse(1).status, station.counters) == (Status.PREPARING, {"late status": 1})


def test_the_station_as_a_whole_has_a_status(station: Station) -> None:
    seen: list[object] = []
    station.subscribe(seen.append)
    tell(station, "Unavailable", evse=0, connector=0)
    tell(station, "Unavailable", evse=0, connector=0)
    assert (station.status, seen, station.evses) == (Status.UNAVAILABLE, [station], {})


def test_only_a_change_wakes_anybody(station: Station) -> None:
    tell(station, "Available")
    seen: list[object] = []
    station.subscribe(seen.append)
    tell(station, "Available")
    assert seen == []


@pytest.mark.parametrize(("word", "evse", "connector"), [("Happy", 1, 1), ("Available", 999, 1), ("Available", 1, 999)])
def test_what_cannot_be_is_counted(station: Station, word: str, evse: int, connector: int) -> None:
    tell(station, word, evse=evse, connector=connector)
    assert station.counters == {"unknown connector or status": 1}
