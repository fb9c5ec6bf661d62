"""OCPP 2.0.1, Firmware Management: signed updates and publication (OCPP 2.0.1 ed. 3 - L01 to L04)."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from custom_components.ocpp_home.csms.model.commands import Firmware, Publishing, Signature, Transfer
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, Diary, until
from tests.simulator import Clock, Oddities, Station as Simulated
from tests.simulator.clock import stamp

IMAGE: Final = "https://127.0.0.1:8000/firmware.bin"
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
PEM: Final = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"
SIGNED: Final = Signature(PEM, "c2lnbmF0dXJl")
FIRMWARE: Final = {
    "location": IMAGE,
    "retrieveDateTime": "2026-01-01T00:00:00Z",
    "signingCertificate": PEM,
    "signature": SIGNED.signature,
}
SUM: Final = "d41d8cd98f00b204e9800998ecf8427e"
WAY: Final = ["Downloading", "Downloaded", "SignatureVerified", "Installing"]


def updates(garage: Station) -> Firmware:
    """The commands for new firmware."""
    firmware = garage.require().firmware
    assert firmware is not None
    return firmware


def publishing(garage: Station) -> Publishing:
    """The commands of a local controller."""
    found = garage.require().publishing
    assert found is not None
    return found


async def update(dial: Dial, garage: Station, diary: Diary, last: str) -> list[object]:
    """Update with a signature until the station says the last word; all of its words."""
    station = await dial(version="2.0.1", clock=Clock(), oddities=Oddities(signed_firmware_ends=last))
    await updates(garage).update(Transfer(IMAGE, at=AT, retries=2, retry_interval=30), SIGNED)
    (asked,) = station.asked("UpdateFirmware")
    assert asked == {"requestId": asked["requestId"], "firmware": FIRMWARE, "retries": 2, "retryInterval": 30}
    await until(lambda: garage.firmware_status == last)
    await station.settle()
    words = [data["status"] for data in diary.data(Kind.FIRMWARE)]
    assert [(one["status"], one["requestId"]) for one in station.told("FirmwareStatusNotification")] == [
        (word, asked["requestId"]) for word in words
    ]
    return words


async def refuses(dial: Dial, garage: Station, diary: Diary, word: str) -> None:
    """A station that refuses an update is left alone, and the owner hears its word."""
    station = await dial(version="2.0.1", oddities=Oddities(answers={"UpdateFirmware": {"status": word}}))
    with pytest.raises(Refused) as refusal:
        await updates(garage).update(Transfer(IMAGE, at=AT), SIGNED)
    assert refusal.value.status == word
    assert len(station.asked("UpdateFirmware")) == 1
    assert (diary.data(Kind.FIRMWARE), garage.identity.firmware) == ([], "1.0.0")


async def tells(station: Simulated, number: int, *words: str) -> None:
    """Let the station tell its progress, each of which is answered."""
    for word in words:
        assert await station.send("FirmwareStatusNotification", {"status": word, "requestId": number}) == {}


async def begun(dial: Dial, garage: Station, signature: Signature = SIGNED) -> tuple[Simulated, Any]:
    """A station that takes an update and whose progress the test tells; the station, and what it was asked."""
    station = await dial(version="2.0.1", oddities=Oddities(answers={"UpdateFirmware": {"status": "Accepted"}}))
    await updates(garage).update(Transfer(IMAGE, at=AT), signature)
    return station, station.asked("UpdateFirmware")[-1]


async def test_tc_l_01_secure_update_installation_successful(dial: Dial, garage: Station, diary: Diary) -> None:
    assert await update(dial, garage, diary, "Installed") == [*WAY, "Installed"]
    assert garage.identity.firmware == "1.0.1"
    assert [data["firmware"] for data in diary.data(Kind.BOOT)] == ["1.0.0", "1.0.1"]


async def test_tc_l_02_secure_update_install_scheduled(dial: Dial, garage: Station, diary: Diary) -> None:
    later = Signature(PEM, SIGNED.signature, install_at=datetime(2026, 1, 2, tzinfo=UTC))
    station, asked = await begun(dial, garage, later)
    assert asked["firmware"] == FIRMWARE | {"installDateTime": "2026-01-02T00:00:00Z"}
    await tells(station, asked["requestId"], *WAY[:3], "InstallScheduled")
    assert garage.firmware_status == "InstallScheduled"
    await tells(station, asked["requestId"], "Installing", "Installed")
    words = [data["status"] for data in diary.data(Kind.FIRMWARE)]
    assert words == [*WAY[:3], "InstallScheduled", "Installing", "Installed"]


async def test_tc_l_03_secure_update_download_scheduled(dial: Dial, garage: Station, diary: Diary) -> None:
    station, asked = await begun(dial, garage)
    assert asked["firmware"] == FIRMWARE
    await tells(station, asked["requestId"], "DownloadScheduled")
    assert garage.firmware_status == "DownloadScheduled"
    await tells(station, asked["requestId"], *WAY, "Installed")
    assert [data["status"] for data in diary.data(Kind.FIRMWARE)] == ["DownloadScheduled", *WAY, "Installed"]


async def test_tc_l_04_secure_update_revoked_certificate(dial: Dial, garage: Station, diary: Diary) -> None:
    await refuses(dial, garage, diary, "RevokedCertificate")


async def test_tc_l_05_secure_update_invalid_certificate(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(version="2.0.1")
    with pytest.raises(Refused) as refusal:
        await updates(garage).update(Transfer(IMAGE, at=AT), Signature("no certificate", SIGNED.signature))
    await station.settle()
    assert refusal.value.status == "InvalidCertificate"
    (told,) = diary.data(Kind.SECURITY)
    assert told["type"] == "InvalidFirmwareSigningCertificate"
    assert diary.data(Kind.FIRMWARE) == []


async def test_tc_l_06_secure_update_invalid_signature(dial: Dial, garage: Station, diary: Diary) -> None:
    assert await update(dial, garage, diary, "InvalidSignature") == ["Downloading", "Downloaded", "InvalidSignature"]
    assert garage.identity.firmware == "1.0.0"


async def test_tc_l_07_secure_update_download_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    assert await update(dial, garage, diary, "DownloadFailed") == ["Downloading", "DownloadFailed"]
    assert garage.identity.firmware == "1.0.0"


async def test_tc_l_08_secure_update_install_verification_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    assert await update(dial, garage, diary, "InstallVerificationFailed") == [*WAY, "InstallVerificationFailed"]
    assert garage.identity.firmware == "1.0.0"


async def test_tc_l_09_secure_update_installation_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    assert await update(dial, garage, diary, "InstallationFailed") == [*WAY, "InstallationFailed"]
    assert garage.identity.firmware == "1.0.0"


async def test_tc_l_10_secure_update_accepted_canceled(dial: Dial, garage: Station, diary: Diary) -> None:
    words = {"UpdateFirmware": {"status": "AcceptedCanceled"}}
    station = await dial(version="2.0.1", oddities=Oddities(answers=words))
    for _ in range(2):
        await updates(garage).update(Transfer(IMAGE, at=AT), SIGNED)
    first, second = (asked["requestId"] for asked in station.asked("UpdateFirmware"))
    assert first < second
    await tells(station, second, "Downloading")
    await tells(station, first, "DownloadFailed")
    assert garage.firmware_status == "Downloading", "an update that was replaced has nothing more to say"
    await tells(station, second, *WAY[1:], "Installed")
    assert [data["status"] for data in diary.data(Kind.FIRMWARE)] == [*WAY, "Installed"]


async def test_tc_l_11_secure_update_unable_to_cancel(dial: Dial, garage: Station, diary: Diary) -> None:
    answers: dict[str, Any] = {"UpdateFirmware": {"status": "Accepted"}}
    station = await dial(version="2.0.1", oddities=Oddities(answers=answers))
    await updates(garage).update(Transfer(IMAGE, at=AT), SIGNED)
    number = station.asked("UpdateFirmware")[0]["requestId"]
    await tells(station, number, "Downloading", "Downloaded")
    answers["UpdateFirmware"] = {"status": "Rejected"}
    with pytest.raises(Refused) as refusal:
        await updates(garage).update(Transfer(IMAGE, at=AT), SIGNED)
    assert refusal.value.status == "Rejected"
    await tells(station, number, "SignatureVerified", "Installing", "Installed")
    assert [data["status"] for data in diary.data(Kind.FIRMWARE)] == [*WAY, "Installed"]


async def availability(station: Simulated, word: str) -> None:
    """Let the station tell what its connector is."""
    told = {"timestamp": stamp(station.clock.now()), "connectorStatus": word, "evseId": 1, "connectorId": 1}
    assert await station.send("StatusNotification", told) == {}


async def test_tc_l_13_secure_update_ongoing_transaction(dial: Dial, garage: Station, diary: Diary) -> None:
    station, asked = await begun(dial, garage)
    transaction = await station.start()
    await tells(station, asked["requestId"], *WAY[:3], "InstallScheduled")
    assert garage.firmware_status == "InstallScheduled"
    running = garage.evse(1).transaction
    assert running is not None
    assert running.id == str(transaction.id)
    await station.stop()
    await station.unplug()
    assert garage.evse(1).transaction is None
    await availability(station, "Unavailable")  # L01.FR.07: no new session while it waits to be installed
    assert garage.evse(1).status is Status.UNAVAILABLE
    await tells(station, asked["requestId"], "Installing", "Installed")
    await availability(station, "Available")
    assert garage.evse(1).status is Status.AVAILABLE
    words = [data["status"] for data in diary.data(Kind.FIRMWARE)]
    assert words == [*WAY[:3], "InstallScheduled", "Installing", "Installed"]


# --- publication ------------------------------------------------------------------------------------------------------
async def publishes(dial: Dial, garage: Station, diary: Diary, *words: str) -> list[dict[str, Any]]:
    """Let a local controller publish, with these words of progress; what was told of it."""
    station = await dial(version="2.0.1", oddities=Oddities(answers={"PublishFirmware": {"status": "Accepted"}}))
    await publishing(garage).publish(Transfer(IMAGE, retries=1), SUM)
    (asked,) = station.asked("PublishFirmware")
    number = asked["requestId"]
    assert asked == {"location": IMAGE, "checksum": SUM, "requestId": number, "retries": 1}
    for word in words:
        places = {"location": ["http://10.0.0.2/a", "ftp://10.0.0.2/a"]} if word == "Published" else {}
        told = {"status": word, "requestId": number} | places
        assert await station.send("PublishFirmwareStatusNotification", told) == {}
    told = [dict(data) for data in diary.data(Kind.FIRMWARE)]
    assert {data["request"] for data in told} == {number}
    assert [data["status"] for data in told] == list(words)
    return told


async def test_tc_l_17_publish_firmware_published(dial: Dial, garage: Station, diary: Diary) -> None:
    told = await publishes(dial, garage, diary, "Downloading", "Downloaded", "ChecksumVerified", "Published")
    assert [data["published"] for data in told] == ["", "", "", "http://10.0.0.2/a ftp://10.0.0.2/a"]


async def test_tc_l_19_publish_firmware_invalid_checksum(dial: Dial, garage: Station, diary: Diary) -> None:
    told = await publishes(dial, garage, diary, "Downloading", "Downloaded", "InvalidChecksum")
    assert told[-1]["published"] == ""


async def test_tc_l_20_publish_firmware_publish_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    told = await publishes(dial, garage, diary, "Downloading", "Downloaded", "ChecksumVerified", "PublishFailed")
    assert told[-1]["published"] == ""


async def test_tc_l_24_publish_firmware_download_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    told = await publishes(dial, garage, diary, "Downloading", "DownloadFailed")
    assert told[-1]["published"] == ""


async def unpublishes(dial: Dial, garage: Station, word: str) -> None:
    """Ask a local controller to end a publication; raises what it answers."""
    station = await dial(version="2.0.1", oddities=Oddities(answers={"UnpublishFirmware": {"status": word}}))
    try:
        await publishing(garage).unpublish(SUM)
    finally:
        assert station.asked("UnpublishFirmware") == [{"checksum": SUM}]


async def test_tc_l_21_unpublish_firmware_unpublished(dial: Dial, garage: Station) -> None:
    await unpublishes(dial, garage, "Unpublished")


async def test_tc_l_22_unpublish_firmware_no_firmware(dial: Dial, garage: Station) -> None:
    with pytest.raises(Refused) as refusal:
        await unpublishes(dial, garage, "NoFirmware")
    assert refusal.value.status == "NoFirmware"


async def test_tc_l_23_unpublish_firmware_download_ongoing(dial: Dial, garage: Station) -> None:
    with pytest.raises(Refused) as refusal:
        await unpublishes(dial, garage, "DownloadOngoing")
    assert refusal.value.status == "DownloadOngoing"
