"""Logs: what is asked, every answer, and how progress is told."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import diagnostics
from custom_components.ocpp_home.csms.v2.diagnostics import Diagnostics
from tests.csms.peer import Peer
from tests.csms.v2.served import serve

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TARGET = Transfer("https://home.example/logs/", since=NOON, until=NOON, retries=2, retry_interval=30)


@pytest.mark.parametrize("word", ["Accepted", "AcceptedCanceled"])
@pytest.mark.parametrize("log", ["SecurityLog", "DiagnosticsLog", "DataCollectorLog"])
async def test_a_log_is_asked_for(station: Station, call: Caller, peer: Peer, log: str, word: str) -> None:
    peer.answers["GetLog"] = {"status": word, "filename": "log.gz"}
    assert await Diagnostics(station, call).upload(TARGET, log) == "log.gz"
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


async def test_each_request_has_a_number_of_its_own(station: Station, old_call: Caller, old_peer: Peer) -> None:
    old_peer.answers["GetLog"] = {"status": "Accepted"}
    for _ in range(2):
        assert await Diagnostics(station, old_call).upload(Transfer("ftp://home.example/")) is None
    assert [request["requestId"] for request in old_peer.told("GetLog")] == [1, 2]


async def test_2_0_1_knows_no_data_collector(station: Station, old_call: Caller, old_peer: Peer) -> None:
    with pytest.raises(Invalid, match="logType"):
        await Diagnostics(station, old_call).upload(TARGET, "DataCollectorLog")
    assert old_peer.asked == []


@pytest.mark.parametrize(
    "place", ["file:///config/secrets.yaml", "https://home.example/logs#here", "https://home.example/?folder=a/"]
)
async def test_logs_are_sent_to_plain_places_only(station: Station, call: Caller, peer: Peer, place: str) -> None:
    """N01.FR.27, N01.FR.28: no fragment, no query that ends with a slash."""
    with pytest.raises(Invalid):
        await Diagnostics(station, call).upload(Transfer(place))
    assert peer.asked == []


async def test_a_log_may_be_refused(station: Station, call: Caller, peer: Peer) -> None:
    peer.answers["GetLog"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await Diagnostics(station, call).upload(TARGET)


@pytest.mark.parametrize(
    "word",
    [
        *("BadMessage", "NotSupportedOperation", "PermissionDenied"),
        *("Uploaded", "UploadFailure", "Uploading", "AcceptedCanceled"),
    ],
)
async def test_progress_is_told(station: Station, events: list[Event], peer: Peer, old_peer: Peer, word: str) -> None:
    for one in (peer, old_peer):
        serve(one, station, diagnostics.REQUESTS)
        assert (await one.says("LogStatusNotification", {"status": word, "requestId": 7}))[2] == {}
    assert station.log_status == word
    assert [(event.kind, event.data) for event in events] == [(Kind.LOG, {"status": word, "request": 7})] * 2
