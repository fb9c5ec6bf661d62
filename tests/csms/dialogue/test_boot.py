"""A station starts and is let in."""

from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.dialogue.boot import KEPT, REQUESTS, Impostor, greet, looping
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from tests.csms.stage import NOW

ACME = Identity(vendor="ACME", model="Two", firmware="1.2")


def test_a_station_is_accepted_with_the_time_and_the_heartbeat_the_owner_wants(
    station: Station, events: list[Event]
) -> None:
    station.settings.heartbeat_interval = 77
    answer = greet(station, ACME, NOW)
    assert answer == {"status": "Accepted", "currentTime": "2026-06-01T12:00:00Z", "interval": 77}
    assert (station.identity, station.booted_at) == (ACME, NOW)
    greet(station, ACME, NOW, "PowerUp")
    assert events == [
        Event(Kind.BOOT, NOW, data={"firmware": "1.2"}),
        Event(Kind.BOOT, NOW, data={"firmware": "1.2", "reason": "PowerUp"}),
    ]


def test_a_computer_that_does_not_know_the_time_lets_stations_wait(station: Station) -> None:
    answer = greet(station, ACME, datetime(1970, 1, 1, tzinfo=UTC))
    assert answer == {"status": "Pending", "currentTime": "1970-01-01T00:00:00Z", "interval": 30}
    assert station.booted_at is None


def test_a_boot_makes_doubtful_what_the_station_may_have_forgotten(station: Station) -> None:
    evse = station.evse(1)
    evse.limits.confirm(10)
    evse.status_at = NOW
    station.clock_offset = 7200
    station.notice("reboot_required")
    key = VariableKey("", "Key")
    station.variables.put(Variable(key, "1", reboot_required=True))
    station.variables.put(Variable(VariableKey("", "Other"), "1"))
    greet(station, ACME, NOW)
    assert (evse.limits.known, evse.status_at, station.clock_offset) == (False, None, None)
    assert ("reboot_required", 0) not in station.notices
    assert station.variables.get("Key") == Variable(key, "1")


def test_four_boots_in_ten_minutes_are_a_loop_until_it_ends(station: Station) -> None:
    for minute in range(4):
        assert not looping(station)
        greet(station, ACME, NOW + timedelta(minutes=minute))
    assert looping(station)
    assert station.notices["boot_loop", 0].data == {"boots": "4"}
    greet(station, ACME, NOW + timedelta(minutes=20))
    assert not looping(station)
    assert ("boot_loop", 0) not in station.notices


def test_a_heartbeat_is_answered_with_the_time(station: Station) -> None:
    assert REQUESTS["Heartbeat"](station, {}, NOW) == {"currentTime": "2026-06-01T12:00:00Z"}


def test_endless_boots_are_not_all_remembered(station: Station) -> None:
    for second in range(KEPT + 5):
        greet(station, Identity(), NOW + timedelta(seconds=second))
    assert len(station.boots) == KEPT + 1
    assert station.boots[-1] == NOW + timedelta(seconds=KEPT + 4)


def test_who_says_he_is_another_is_refused_for_security() -> None:
    assert (Impostor().code, str(Impostor())) == (
        "SecurityError",
        "SecurityError: The certificate belongs to another station",
    )
