"""The charging records are whole in every backup, and stations are served while it is made."""

from datetime import UTC, datetime
from pathlib import Path
import shutil
from sqlite3 import OperationalError
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home import backup
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.ledger.ledger import Ledger
from custom_components.ocpp_home.csms.model.transaction import Opening
from tests.household import hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")


def opening(minute: int) -> Opening:
    return Opening("Garage", 1, 1, "04A2", datetime(2026, 1, 1, 12, minute, tzinfo=UTC), 1000.0 * minute)


async def record(ledger: Ledger, minute: int) -> str:
    number = ledger.start(opening(minute)).id
    durable = ledger.commit()
    assert durable is not None
    await durable
    return number


async def test_a_copy_taken_while_stations_charge_is_whole(hass: HomeAssistant, tmp_path: Path) -> None:
    ledger = (await set_up(hass, hub_entry(station_data("Garage")))).ledger
    folder = Path(hass.config.path(DOMAIN))
    before = await record(ledger, 1)
    await backup.async_pre_backup(hass)
    main = (folder / "ledger.db").read_bytes()
    during = [await record(ledger, minute) for minute in range(2, 40)]
    assert (folder / "ledger.db").read_bytes() == main
    copy = tmp_path / "copy"
    copy.mkdir()
    for part in ("ledger.db", "ledger.db-wal"):
        shutil.copyfile(folder / part, copy / part)
    await backup.async_post_backup(hass)

    restored = await Ledger.open(copy / "ledger.db")
    assert restored.set_aside is None
    assert {transaction.id for transaction in restored.active("Garage")} == {before, *during}
    await restored.close()


async def test_after_the_backup_the_file_is_written_again(hass: HomeAssistant) -> None:
    ledger = (await set_up(hass, hub_entry())).ledger
    main = Path(hass.config.path(DOMAIN, "ledger.db"))
    await backup.async_pre_backup(hass)
    held = await hass.async_add_executor_job(main.read_bytes)
    await record(ledger, 1)
    await backup.async_post_backup(hass)
    assert await hass.async_add_executor_job(main.read_bytes) != held


async def test_a_ledger_in_trouble_does_not_prevent_a_backup(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = (await set_up(hass, hub_entry())).ledger
    with patch.object(ledger, "begin_backup", side_effect=OperationalError("disk I/O error")):
        await backup.async_pre_backup(hass)
    assert "may not be whole in this backup: disk I/O error" in caplog.text
    await backup.async_post_backup(hass)
