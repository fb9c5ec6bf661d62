"""A station starts and is let in."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.boot import Impostor
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.v1.boot import REQUESTS, boot_notification, introduce
from tests.csms.stage import NOW

BOOT = {"chargePointVendor": "ACME", "chargePointModel": "Two", "firmwareVersion": "1.2"}


def test_a_station_is_accepted_with_the_time_and_the_heartbeat_the_owner_wants(
    station: Station, events: list[Event]
) -> None:
    station.settings.heartbeat_interval = 77
    answer = boot_notification(station, BOOT, NOW)
    assert answer == {"status": "Accepted", "currentTime": "2026-06-01T12:00:00Z", "interval": 77}
    assert station.identity == Identity(vendor="ACME", model="Two", firmware="1.2")
    assert station.booted_at == NOW
    assert events == [Event(Kind.BOOT, NOW, data={"firmware": "1.2"})]


def test_what_a_station_says_of_itself_is_cleaned_and_bounded() -> None:
    identity = introduce(
        {
            "chargePointVendor": "ACME\x00\x00",
            "chargePointModel": "x" * 1000,
            "chargeBoxSerialNumber": " 12 ",
            "iccid": 8949,
            "imsi": None,
            "meterType": "M\x1b[31m",
            "meterSerialNumber": "9",
        }
    )
    assert identity == Identity(
        vendor="ACME", model="x" * 50, serial="12", iccid="8949", meter_type="M[31m", meter_serial="9"
    )


def test_the_serial_of_the_charge_point_goes_before_that_of_its_box() -> None:
    assert introduce({"chargePointSerialNumber": "CP", "chargeBoxSerialNumber": "CB"}).serial == "CP"


def test_a_computer_that_does_not_know_the_time_lets_stations_wait(station: Station) -> None:
    answer = boot_notification(station, BOOT, datetime(1970, 1, 1, tzinfo=UTC))
    assert answer == {"status": "Pending", "currentTime": "1970-01-01T00:00:00Z", "interval": 30}
    assert station.booted_at is None


def test_a_heartbeat_is_answered_with_the_time(station: Station) -> None:
    assert REQUESTS["Heartbeat"](station, {}, NOW) == {"currentTime": "2026-06-01T12:00:00Z"}


@pytest.mark.parametrize("part", ["chargePointSerialNumber", "chargeBoxSerialNumber"])
def test_a_certificate_contains_a_serial_number_of_its_station(station: Station, part: str) -> None:
    # OCPP 1.6 security whitepaper ed. 3 - A00.FR.405
    station.certified = "ACME:4711"
    other = "chargeBoxSerialNumber" if part == "chargePointSerialNumber" else "chargePointSerialNumber"
    assert boot_notification(station, {**BOOT, part: "4711", other: "0815"}, NOW)["status"] == "Accepted"
    assert boot_notification(station, BOOT, NOW)["status"] == "Accepted"
    with pytest.raises(Impostor):
        boot_notification(station, {**BOOT, part: "0815"}, NOW)


def test_a_station_without_a_certificate_may_have_any_serial_number(station: Station) -> None:
    assert boot_notification(station, {**BOOT, "chargePointSerialNumber": "0815"}, NOW)["status"] == "Accepted"
