"""Places of files, attempts, spans of time and numbers of requests."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.files import attempts, location, package, request_id, span
from custom_components.ocpp_home.csms.model.commands import Signature, Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACE = "https://home.example/new.bin"


@pytest.mark.parametrize("place", [PLACE, "ftp://user:word@home.example/new.bin", "SFTP://home.example/x"])
def test_a_station_is_sent_to_a_place_it_can_reach(station: Station, place: str) -> None:
    assert location(station, place) == place


@pytest.mark.parametrize("place", ["file:///etc/passwd", "javascript:alert(1)", "/new.bin", "gopher://home.example/x"])
def test_a_station_is_sent_nowhere_else(station: Station, place: str) -> None:
    with pytest.raises(Invalid, match="ftp, ftps, http, https, sftp only"):
        location(station, place)


@pytest.mark.parametrize(
    "key", [VariableKey("", "SupportedFileTransferProtocols"), VariableKey("OCPPCommCtrlr", "FileTransferProtocols")]
)
def test_what_a_station_does_not_speak_is_not_asked_of_it(station: Station, key: VariableKey) -> None:
    station.variables.put(Variable(key, "FTP,SFTP"))
    assert location(station, "sftp://home.example/x") == "sftp://home.example/x"
    with pytest.raises(Invalid, match="the station knows FTP, SFTP, not https"):
        location(station, PLACE)


def test_attempts_are_told_where_they_are_wished() -> None:
    assert attempts(Transfer(PLACE)) == {}
    assert attempts(Transfer(PLACE, retries=0, retry_interval=60)) == {"retries": 0, "retryInterval": 60}


def test_a_span_of_time_may_be_open() -> None:
    assert span(Transfer(PLACE, since=NOON), "from", "to") == {"from": "2026-11-24T12:00:00Z"}
    assert span(Transfer(PLACE, until=NOON), "from", "to") == {"to": "2026-11-24T12:00:00Z"}


def test_no_number_of_a_request_comes_twice(station: Station) -> None:
    assert [request_id(station), request_id(station)] == [1, 2]
    assert request_id(Station("CP1", station.ledger)) == 3


def test_a_firmware_has_a_place_and_a_time(station: Station) -> None:
    plain = {"location": PLACE, "retrieveDateTime": "2026-11-24T12:00:00Z"}
    assert package(station, Transfer(PLACE, NOON), None) == plain
    proof = {"signingCertificate": "cert", "signature": "sig"}
    assert package(station, Transfer(PLACE, NOON), Signature("cert", "sig")) == plain | proof
    later = {"installDateTime": "2026-11-24T12:00:00Z"}
    assert package(station, Transfer(PLACE, NOON), Signature("cert", "sig", NOON)) == plain | proof | later


def test_a_firmware_without_a_time_is_fetched_now(station: Station) -> None:
    firmware = package(station, Transfer(PLACE), None)
    at = datetime.fromisoformat(firmware["retrieveDateTime"])
    assert abs((at - datetime.now(UTC)).total_seconds()) < 5
