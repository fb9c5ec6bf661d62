"""Logs: which request a station gets, every answer, and how progress is told."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Commands, Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1 import diagnostics
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.diagnostics import Diagnostics
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Peer, Rejection

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TARGET = Transfer("https://home.example/logs/", since=NOON, until=NOON, retries=2, retry_interval=30)


@pytest.fixture
def logs(station: Station, call: Caller) -> Diagnostics:
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    return Diagnostics(station, call)


@pytest.mark.parametrize("word", ["Accepted", "AcceptedCanceled"])
@pytest.mark.parametrize("log", ["SecurityLog", "DiagnosticsLog"])
async def test_079_a_log_is_asked_for(logs: Diagnostics, peer: Peer, log: str, word: str) -> None:
    peer.answers["GetLog"] = {"status": word, "filename": "log.gz"}
    assert await logs.upload(TARGET, log) == "log.gz"
    assert peer.asked == [
        (
            "GetLog",
            {
                "logType": log,
                "requestId": 1,
                "log": {
                    "remoteLocation": "https://home.example/logs/",
                    "oldestTimestamp": "2026-11-24T12:00:00Z",
                    "latestTimestamp": "2026-11-24T12:00:00Z",
                },
                "retries": 2,
                "retryInterval": 30,
            },
        )
    ]


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported", "InternalError"])
async def test_045_1_a_station_without_get_log_is_asked_for_diagnostics(
    logs: Diagnostics, peer: Peer, code: str
) -> None:
    peer.answers["GetLog"] = Rejection(code)
    peer.answers["GetDiagnostics"] = {"fileName": "diagnostics.zip"}
    assert await logs.upload(TARGET) == "diagnostics.zip"
    assert peer.told("GetDiagnostics") == [
        {
            "location": "https://home.example/logs/",
            "startTime": "2026-11-24T12:00:00Z",
            "stopTime": "2026-11-24T12:00:00Z",
            "retries": 2,
            "retryInterval": 30,
        }
    ]


async def test_a_station_known_to_have_no_get_log_is_not_asked_for_it(logs: Diagnostics, peer: Peer) -> None:
    peer.answers["GetDiagnostics"] = {}
    assert await logs.upload(TARGET) is None
    assert await logs.upload(TARGET) is None
    assert peer.actions() == ["GetLog", "GetDiagnostics", "GetDiagnostics"]


@pytest.mark.parametrize("log", ["SecurityLog", "DiagnosticsLog"])
async def test_a_log_the_station_will_not_give_is_refused(logs: Diagnostics, peer: Peer, log: str) -> None:
    peer.answers["GetLog"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await logs.upload(TARGET, log)
    assert peer.actions() == ["GetLog"]


async def test_there_is_no_other_way_to_the_security_log(logs: Diagnostics, peer: Peer) -> None:
    with pytest.raises(Unsupported):
        await logs.upload(TARGET, "SecurityLog")
    assert peer.actions() == ["GetLog"]


async def test_logs_are_not_sent_anywhere(logs: Diagnostics, peer: Peer) -> None:
    with pytest.raises(Invalid):
        await logs.upload(Transfer("file:///config/secrets.yaml"))
    assert peer.asked == []


@pytest.mark.parametrize("word", ["Uploading", "Uploaded", "UploadFailed", "UploadFailure", "PermissionDenied"])
def test_045_2_progress_is_told(station: Station, events: list[Event], word: str) -> None:
    answer = diagnostics.REQUESTS["LogStatusNotification"](station, {"status": word, "requestId": 7}, NOON)
    assert answer == {}
    diagnostics.REQUESTS["DiagnosticsStatusNotification"](station, {"status": word}, NOON)
    assert station.log_status == word
    assert events == [
        Event(Kind.LOG, NOON, data={"status": word, "request": 7}),
        Event(Kind.LOG, NOON, data={"status": word, "request": None}),
    ]


def test_idle_is_a_state_and_no_event(station: Station, events: list[Event]) -> None:
    diagnostics.log_status_notification(station, {"status": "Idle"}, NOON)
    diagnostics.log_status_notification(station, {}, NOON)
    assert station.log_status == "Idle"
    assert events == []
