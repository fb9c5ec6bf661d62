"""How far updates and uploads are."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.progress import firmware_status_notification, log_status_notification
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def changes(station: Station) -> list[object]:
    seen: list[object] = []
    station.subscribe(seen.append)
    return seen


@pytest.mark.parametrize("word", ["Downloading", "InstallationFailed", "Installed", "a word of its own"])
def test_an_update_goes_on(station: Station, events: list[Event], changes: list[object], word: str) -> None:
    assert firmware_status_notification(station, {"status": word}, NOON) == {}
    assert station.firmware_status == word
    assert events == [Event(Kind.FIRMWARE, NOON, data={"status": word})]
    assert changes == [station]


@pytest.mark.parametrize("word", ["Uploading", "Uploaded", "UploadFailure", "PermissionDenied"])
def test_an_upload_goes_on(station: Station, events: list[Event], changes: list[object], word: str) -> None:
    assert log_status_notification(station, {"status": word, "requestId": 7}, NOON) == {}
    assert station.log_status == word
    assert events == [Event(Kind.LOG, NOON, data={"status": word, "request": 7})]
    assert changes == [station]


def test_idle_is_a_state_and_no_event(station: Station, events: list[Event]) -> None:
    for tell in (firmware_status_notification, log_status_notification):
        tell(station, {"status": "Idle"}, NOON)
        tell(station, {}, NOON)
    assert (station.firmware_status, station.log_status) == ("Idle", "Idle")
    assert events == []


def test_a_reason_is_told_with_it(station: Station, events: list[Event]) -> None:
    reason = {"reasonCode": "InvalidURL", "additionalInfo": "no such host"}
    firmware_status_notification(station, {"status": "DownloadFailed", "statusInfo": reason}, NOON)
    log_status_notification(station, {"status": "UploadFailure", "statusInfo": {"reasonCode": "InvalidURL"}}, NOON)
    assert [event.data.get("info") for event in events] == ["InvalidURL no such host", "InvalidURL"]
