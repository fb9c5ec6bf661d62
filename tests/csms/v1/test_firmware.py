"""Firmware: what is asked, every answer, and how progress is told."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Signature, Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1 import firmware
from custom_components.ocpp_home.csms.v1.firmware import Firmware
from tests.csms.peer import Peer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Transfer("https://home.example/new.bin", NOON, retries=3, retry_interval=60)
SIGNATURE = Signature("-----BEGIN CERTIFICATE-----", "c2ln")


@pytest.fixture
def updates(station: Station, call: Caller) -> Firmware:
    return Firmware(station, call)


async def test_044_an_update_is_asked_for(updates: Firmware, peer: Peer) -> None:
    peer.answers["UpdateFirmware"] = {}
    await updates.update(SOURCE)
    assert peer.asked == [
        (
            "UpdateFirmware",
            {
                "location": "https://home.example/new.bin",
                "retrieveDate": "2026-11-24T12:00:00Z",
                "retries": 3,
                "retryInterval": 60,
            },
        )
    ]


async def test_without_a_time_the_update_is_for_now(updates: Firmware, peer: Peer) -> None:
    peer.answers["UpdateFirmware"] = {}
    await updates.update(Transfer("ftp://user:word@home.example/new.bin"))
    (request,) = peer.told("UpdateFirmware")
    assert set(request) == {"location", "retrieveDate"}
    assert abs((datetime.fromisoformat(request["retrieveDate"]) - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize("word", ["Accepted", "AcceptedCanceled"])
async def test_080_a_signed_update_is_asked_for(updates: Firmware, peer: Peer, word: str) -> None:
    peer.answers["SignedUpdateFirmware"] = {"status": word}
    await updates.update(Transfer("https://home.example/new.bin", NOON), Signature("cert", "sig", NOON))
    await updates.update(Transfer("https://home.example/new.bin", NOON), SIGNATURE)
    first, second = peer.told("SignedUpdateFirmware")
    assert first == {
        "requestId": 1,
        "firmware": {
            "location": "https://home.example/new.bin",
            "retrieveDateTime": "2026-11-24T12:00:00Z",
            "installDateTime": "2026-11-24T12:00:00Z",
            "signingCertificate": "cert",
            "signature": "sig",
        },
    }
    assert second["requestId"] == 2
    assert "installDateTime" not in second["firmware"]


@pytest.mark.parametrize("word", ["Rejected", "InvalidCertificate", "RevokedCertificate"])
async def test_a_refused_signed_update_is_told_in_the_stations_word(updates: Firmware, peer: Peer, word: str) -> None:
    peer.answers["SignedUpdateFirmware"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await updates.update(SOURCE, SIGNATURE)


async def test_a_station_without_signed_updates_says_so(updates: Firmware) -> None:
    with pytest.raises(Unsupported):
        await updates.update(SOURCE, SIGNATURE)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "javascript:alert(1)", "/new.bin", "gopher://home.example/x"])
async def test_a_station_is_not_sent_anywhere(updates: Firmware, peer: Peer, place: str) -> None:
    with pytest.raises(Invalid):
        await updates.update(Transfer(place))
    assert peer.asked == []


async def test_a_protocol_the_station_does_not_know_is_not_asked_of_it(
    updates: Firmware, station: Station, peer: Peer
) -> None:
    station.variables.put(Variable(VariableKey("", "SupportedFileTransferProtocols"), "SFTP"))
    peer.answers["UpdateFirmware"] = {}
    with pytest.raises(Invalid, match="the station knows SFTP, not https"):
        await updates.update(SOURCE)
    await updates.update(Transfer("sftp://home.example/new.bin", NOON))
    assert len(peer.asked) == 1


@pytest.mark.parametrize("action", ["FirmwareStatusNotification", "SignedFirmwareStatusNotification"])
@pytest.mark.parametrize("word", ["Downloading", "DownloadFailed", "InstallationFailed", "InvalidSignature"])
def test_044_081_progress_is_told(station: Station, events: list[Event], action: str, word: str) -> None:
    assert firmware.REQUESTS[action](station, {"status": word}, NOON) == {}
    assert station.firmware_status == word
    assert events == [Event(Kind.FIRMWARE, NOON, data={"status": word})]


def test_idle_is_a_state_and_no_event(station: Station, events: list[Event]) -> None:
    told: list[object] = []
    station.subscribe(told.append)
    firmware.firmware_status_notification(station, {"status": "Idle"}, NOON)
    firmware.firmware_status_notification(station, {}, NOON)
    assert station.firmware_status == "Idle"
    assert events == []
    assert told == [station, station]
