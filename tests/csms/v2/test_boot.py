"""A station starts and is let in (OCPP 2.0.1 ed. 3 - B01)."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.boot import Impostor
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.v2.boot import HELD, HOLDS, REQUESTS, boot_notification, introduce
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve

ACME = {"vendorName": "ACME", "model": "Two", "firmwareVersion": "1.2"}
BOOT = {"chargingStation": ACME, "reason": "PowerUp"}


async def test_a_station_is_accepted(station: Station, peer: Peer, events: list[Event]) -> None:
    serve(peer, station, REQUESTS)
    station.settings.heartbeat_interval = 77
    answer = (await peer.says("BootNotification", BOOT))[2]
    assert (answer["status"], answer["interval"]) == ("Accepted", 77)
    assert station.identity == Identity(vendor="ACME", model="Two", firmware="1.2")
    assert (events[0].kind, events[0].data) == (Kind.BOOT, {"firmware": "1.2", "reason": "PowerUp"})


def test_a_station_may_be_held_back_until_it_is_set_up(station: Station, events: list[Event]) -> None:
    """B01.FR.02, B02.FR.01."""
    station.settings.hold_back = True
    waits = {"status": "Pending", "currentTime": "2026-06-01T12:00:00Z", "interval": HELD}
    assert boot_notification(station, BOOT, NOW) == waits
    assert (station.held_back, station.booted_at, events) == (1, None, [])
    assert station.identity.vendor == "ACME"
    station.prepared = True
    assert boot_notification(station, BOOT, NOW)["status"] == "Accepted"
    assert (station.held_back, station.prepared, station.booted_at) == (0, False, NOW)
    assert boot_notification(station, BOOT, NOW)["status"] == "Pending"


def test_a_station_that_cannot_be_set_up_charges_all_the_same(station: Station) -> None:
    """B03.FR.03: no boot is rejected, so there is nobody who must not be spoken to."""
    station.settings.hold_back = True
    answers = [boot_notification(station, BOOT, NOW)["status"] for _ in range(HOLDS + 1)]
    assert answers == ["Pending"] * HOLDS + ["Accepted"]


def test_a_computer_that_does_not_know_the_time_lets_stations_wait(station: Station) -> None:
    answer = boot_notification(station, BOOT, datetime(1970, 1, 1, tzinfo=UTC))
    assert answer == {"status": "Pending", "currentTime": "1970-01-01T00:00:00Z", "interval": 30}


def test_all_that_a_station_says_of_itself_is_known() -> None:
    modem = {"iccid": "8949", "imsi": "262"}
    told = {"vendorName": "ACME\x00", "model": "x" * 99, "serialNumber": " 12 ", "modem": modem}
    assert introduce({"chargingStation": told}) == Identity("ACME", "x" * 50, "12", iccid="8949", imsi="262")
    assert introduce({}) == Identity()


def test_a_heartbeat_is_answered_with_the_time(station: Station) -> None:
    assert REQUESTS["Heartbeat"](station, {}, NOW) == {"currentTime": "2026-06-01T12:00:00Z"}


@pytest.mark.parametrize("told", ["0815", "471", "47110", ""])
def test_a_station_is_the_one_its_certificate_names(station: Station, told: str) -> None:
    """B01.FR.11, B01.FR.12."""
    station.certified = "4711"
    own = {**ACME, "serialNumber": "4711"}
    assert boot_notification(station, {**BOOT, "chargingStation": own}, NOW)["status"] == "Accepted"
    with pytest.raises(Impostor):
        boot_notification(station, {**BOOT, "chargingStation": {**own, "serialNumber": told}}, NOW)
    assert station.identity.serial == "4711"
