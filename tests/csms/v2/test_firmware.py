"""Firmware: updates and publications, every answer, and how progress is told."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Signature, Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import firmware
from custom_components.ocpp_home.csms.v2.firmware import Firmware, Publishing
from tests.csms.peer import Peer
from tests.csms.v2.served import serve

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Transfer("https://home.example/new.bin", NOON, retries=3, retry_interval=60)
MD5 = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("word", ["Accepted", "AcceptedCanceled"])
async def test_an_update_is_asked_for(station: Station, call: Caller, peer: Peer, word: str) -> None:
    peer.answers["UpdateFirmware"] = {"status": word}
    await Firmware(station, call).update(SOURCE)
    assert peer.asked == [
        (
            "UpdateFirmware",
            {
                "requestId": 1,
                "firmware": {
                    "location": "https://home.example/new.bin",
                    "retrieveDateTime": "2026-11-24T12:00:00Z",
                },
                "retries": 3,
                "retryInterval": 60,
            },
        )
    ]


async def test_a_signed_update_is_asked_for(station: Station, old_call: Caller, old_peer: Peer) -> None:
    """L01.FR.11: the firmware signing certificate is included."""
    old_peer.answers["UpdateFirmware"] = {"status": "Accepted"}
    await Firmware(station, old_call).update(SOURCE, Signature("cert", "sig", NOON))
    ((_, request),) = old_peer.asked
    assert request["firmware"] == {
        "location": "https://home.example/new.bin",
        "retrieveDateTime": "2026-11-24T12:00:00Z",
        "installDateTime": "2026-11-24T12:00:00Z",
        "signingCertificate": "cert",
        "signature": "sig",
    }


@pytest.mark.parametrize("word", ["Rejected", "InvalidCertificate", "RevokedCertificate"])
async def test_a_refused_update_is_told_in_the_stations_word(
    station: Station, call: Caller, peer: Peer, word: str
) -> None:
    peer.answers["UpdateFirmware"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await Firmware(station, call).update(SOURCE)


async def test_firmware_comes_from_nowhere_else(station: Station, call: Caller, peer: Peer) -> None:
    with pytest.raises(Invalid):
        await Firmware(station, call).update(Transfer("file:///etc/passwd"))
    assert peer.asked == []


@pytest.mark.parametrize(
    "word",
    [
        *("Downloaded", "DownloadFailed", "Downloading", "DownloadScheduled", "DownloadPaused", "InstallationFailed"),
        *("Installing", "Installed", "InstallRebooting", "InstallScheduled", "InstallVerificationFailed"),
        *("InvalidSignature", "SignatureVerified"),
    ],
)
async def test_progress_is_told(station: Station, events: list[Event], peer: Peer, old_peer: Peer, word: str) -> None:
    for one in (peer, old_peer):
        serve(one, station, firmware.REQUESTS)
        assert (await one.says("FirmwareStatusNotification", {"status": word, "requestId": 1}))[2] == {}
    assert station.firmware_status == word
    assert [(event.kind, event.data) for event in events] == [(Kind.FIRMWARE, {"status": word})] * 2
    assert station.counters == {}


def test_only_idle_has_no_request(station: Station) -> None:
    """L01.FR.20, L02.FR.14: requestId is mandatory, unless status = Idle."""
    firmware.firmware_status_notification(station, {"status": "Idle"}, NOON)
    assert (station.firmware_status, station.counters) == ("Idle", {})
    firmware.firmware_status_notification(station, {"status": "Installing"}, NOON)
    assert station.firmware_status == "Installing"
    assert station.counters == {"firmware status without its request": 1}


async def test_a_replaced_update_has_nothing_more_to_say(
    station: Station, call: Caller, peer: Peer, events: list[Event]
) -> None:
    """L01.FR.24: a new request cancels the update that is under way."""
    peer.answers["UpdateFirmware"] = {"status": "AcceptedCanceled"}
    await Firmware(station, call).update(SOURCE)
    await Firmware(station, call).update(SOURCE)
    for status, number in (("DownloadFailed", 1), ("Downloading", 2), ("Installing", 900), ("Installed", 0)):
        firmware.firmware_status_notification(station, {"status": status, "requestId": number}, NOON)
    assert [event.data["status"] for event in events] == ["Downloading", "Installing", "Installed"]
    assert station.counters == {"status of a replaced update": 1}


async def test_a_refused_update_replaces_nothing(station: Station, call: Caller, peer: Peer) -> None:
    peer.answers["UpdateFirmware"] = {"status": "Accepted"}
    await Firmware(station, call).update(SOURCE)
    peer.answers["UpdateFirmware"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await Firmware(station, call).update(SOURCE)
    firmware.firmware_status_notification(station, {"status": "Installed", "requestId": 1}, NOON)
    assert station.firmware_status == "Installed"


async def test_firmware_is_published(station: Station, call: Caller, peer: Peer) -> None:
    peer.answers["PublishFirmware"] = {"status": "Accepted"}
    await Publishing(station, call).publish(SOURCE, MD5)
    assert peer.asked == [
        (
            "PublishFirmware",
            {
                "location": "https://home.example/new.bin",
                "checksum": MD5,
                "requestId": 1,
                "retries": 3,
                "retryInterval": 60,
            },
        )
    ]
    peer.answers["PublishFirmware"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await Publishing(station, call).publish(SOURCE, MD5)


async def test_a_publication_ends(station: Station, old_call: Caller, old_peer: Peer) -> None:
    old_peer.answers["UnpublishFirmware"] = {"status": "Unpublished"}
    await Publishing(station, old_call).unpublish(MD5)
    assert old_peer.asked == [("UnpublishFirmware", {"checksum": MD5})]


@pytest.mark.parametrize("word", ["DownloadOngoing", "NoFirmware"])
async def test_a_publication_may_not_end(station: Station, call: Caller, peer: Peer, word: str) -> None:
    peer.answers["UnpublishFirmware"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await Publishing(station, call).unpublish(MD5)


async def test_the_progress_of_a_publication_is_told(
    station: Station, events: list[Event], peer: Peer, old_peer: Peer
) -> None:
    for one in (peer, old_peer):
        serve(one, station, firmware.REQUESTS)
        places = ["http://10.0.0.1/fw", "ftp://10.0.0.1/fw"]
        request = {"status": "Published", "location": places, "requestId": 4}
        assert (await one.says("PublishFirmwareStatusNotification", request))[2] == {}
        await one.says("PublishFirmwareStatusNotification", {"status": "InvalidChecksum"})
        await one.says("PublishFirmwareStatusNotification", {"status": "Idle"})
    published = {"status": "Published", "published": "http://10.0.0.1/fw ftp://10.0.0.1/fw", "request": 4}
    failed = {"status": "InvalidChecksum", "published": "", "request": None}
    assert [event.data for event in events] == [published, failed] * 2
    assert station.firmware_status is None
