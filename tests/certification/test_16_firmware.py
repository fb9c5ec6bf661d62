"""OCPP 1.6, Firmware Management: new firmware and diagnostics (OCPP 1.6 ed. 2 - 4.4, 4.5, 5.9, 5.19)."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.commands import Diagnostics, Firmware, Transfer
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, Diary, until
from tests.simulator import Clock, Oddities, Station as Simulated

IMAGE = "http://127.0.0.1:8000/firmware.bin"
FOLDER = "ftp://user:hush@127.0.0.1/logs"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def updates(garage: Station) -> Firmware:
    """The commands for new firmware."""
    firmware = garage.require().firmware
    assert firmware is not None
    return firmware


def uploads(garage: Station) -> Diagnostics:
    """The commands for logs."""
    diagnostics = garage.require().diagnostics
    assert diagnostics is not None
    return diagnostics


async def update(station: Simulated, garage: Station, diary: Diary, last: str) -> list[object]:
    """Update plainly until the station says the last word; all of its words."""
    await updates(garage).update(Transfer(IMAGE, at=AT, retries=2, retry_interval=30))
    assert station.asked("UpdateFirmware") == [
        {"location": IMAGE, "retrieveDate": "2026-01-01T00:00:00Z", "retries": 2, "retryInterval": 30}
    ]
    await until(lambda: garage.firmware_status == last)
    await station.settle()
    told = [data["status"] for data in diary.data(Kind.FIRMWARE)]
    assert told == [payload["status"] for payload in station.told("FirmwareStatusNotification")]
    assert all(one.answer == {} for one in station.requests if one.action == "FirmwareStatusNotification")
    return told


async def test_tc_044_1_firmware_download_and_install(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(clock=Clock())
    words = await update(station, garage, diary, "Installed")
    assert words == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert garage.identity.firmware == "1.0.1"
    assert diary.data(Kind.BOOT) == [{"firmware": "1.0.0"}, {"firmware": "1.0.1"}]


async def test_tc_044_2_firmware_download_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(clock=Clock(), oddities=Oddities(firmware_ends="DownloadFailed"))
    assert await update(station, garage, diary, "DownloadFailed") == ["Downloading", "DownloadFailed"]
    assert garage.identity.firmware == "1.0.0"


async def test_tc_044_3_firmware_install_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(clock=Clock(), oddities=Oddities(firmware_ends="InstallationFailed"))
    words = await update(station, garage, diary, "InstallationFailed")
    assert words == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
    assert garage.identity.firmware == "1.0.0"
    assert len(diary.data(Kind.BOOT)) == 1


async def diagnose(dial: Dial, garage: Station, ends: str) -> tuple[Simulated, str | None]:
    """Ask a station without GetLog for its diagnostics; the station, and the file's name that was told."""
    station = await dial(oddities=Oddities(answers={"GetLog": "NotImplemented"}, diagnostics_end=ends))
    since = datetime(2025, 12, 31, tzinfo=UTC)
    name = await uploads(garage).upload(Transfer(FOLDER, retries=1, since=since, until=AT))
    assert station.asked("GetDiagnostics") == [
        {"location": FOLDER, "startTime": "2025-12-31T00:00:00Z", "stopTime": "2026-01-01T00:00:00Z", "retries": 1}
    ]
    return station, name


@pytest.mark.parametrize("again", [False, True], ids=["asked once", "asked twice"])
async def test_tc_045_1_get_diagnostics(dial: Dial, garage: Station, diary: Diary, again: bool) -> None:
    station, name = await diagnose(dial, garage, "Uploaded")
    assert name == "diagnostics-SIM-0001.zip"
    await until(lambda: garage.log_status == "Uploaded")
    assert [data["status"] for data in diary.data(Kind.LOG)] == ["Uploading", "Uploaded"]
    if again:
        await uploads(garage).upload(Transfer(FOLDER))
        assert station.asked("GetDiagnostics")[1:] == [{"location": FOLDER}]
        assert len(station.asked("GetLog")) == 1, "a station that does not know GetLog is not asked for it again"


async def test_tc_045_2_get_diagnostics_upload_failed(dial: Dial, garage: Station, diary: Diary) -> None:
    station, name = await diagnose(dial, garage, "UploadFailed")
    assert name == "diagnostics-SIM-0001.zip"
    await until(lambda: garage.log_status == "UploadFailed")
    await station.settle()
    assert [data["status"] for data in diary.data(Kind.LOG)] == ["Uploading", "UploadFailed"]
    assert [one.answer for one in station.requests if one.action == "DiagnosticsStatusNotification"] == [{}, {}]
