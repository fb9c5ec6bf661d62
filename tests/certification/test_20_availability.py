"""OCPP 2.0.1 and 2.1, Availability (OCPP 2.0.1 ed. 3 - G01, G03 to G05)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.remote import Remote
from tests.certification.stage import Dial, Diary, books_agree, until
from tests.simulator import Station as Simulated

EVSE: dict[str, Any] = {"evse": {"id": 1}}
CONNECTOR: dict[str, Any] = {"evse": {"id": 1, "connectorId": 1}}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


async def switch(garage: Station, operative: bool, where: dict[str, Any]) -> bool:
    """Change the availability of a part of the station."""
    remote = garage.require().remote
    assert isinstance(remote, Remote)
    evse = where.get("evse", {})
    return await remote.availability(evse.get("id", 0), operative, evse.get("connectorId"))


async def goes_out(station: Simulated, garage: Station, diary: Diary, where: dict[str, Any]) -> None:
    """Take a part out of use."""
    assert await switch(garage, False, where)
    assert station.asked("ChangeAvailability") == [{"operationalStatus": "Inoperative"} | where]
    await until(lambda: diary.walk() == ["Available", "Unavailable"])
    assert station.told("StatusNotification")[-1]["connectorStatus"] == "Unavailable"


async def comes_back(station: Simulated, garage: Station, diary: Diary, where: dict[str, Any]) -> None:
    """Take a part that is out of use in use again."""
    await goes_out(station, garage, diary, where)
    assert await switch(garage, True, where)
    assert station.asked("ChangeAvailability")[-1] == {"operationalStatus": "Operative"} | where
    await until(lambda: diary.walk() == ["Available", "Unavailable", "Available"])


async def waits(station: Simulated, garage: Station, ledger: Ledger, where: dict[str, Any]) -> None:
    """Take a part out of use on which a transaction runs: that goes on, and then it happens."""
    running = await station.start()
    assert not await switch(garage, False, where)
    assert station.asked("ChangeAvailability") == [{"operationalStatus": "Inoperative"} | where]
    transaction = garage.evse(1).transaction
    assert transaction is not None
    assert (transaction.id, transaction.active) == (str(running.id), True)
    await station.stop()
    await station.unplug()
    await until(lambda: garage.evse(1).status is Status.UNAVAILABLE)
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.id, recorded.reason) == (str(running.id), "Local")


async def test_tc_g_03_evse_operative_to_inoperative(station: Simulated, garage: Station, diary: Diary) -> None:
    await goes_out(station, garage, diary, EVSE)


async def test_tc_g_04_evse_inoperative_to_operative(station: Simulated, garage: Station, diary: Diary) -> None:
    await comes_back(station, garage, diary, EVSE)


async def test_tc_g_05_station_operative_to_inoperative(station: Simulated, garage: Station, diary: Diary) -> None:
    await goes_out(station, garage, diary, {})


async def test_tc_g_06_station_inoperative_to_operative(station: Simulated, garage: Station, diary: Diary) -> None:
    await comes_back(station, garage, diary, {})


async def test_tc_g_07_connector_operative_to_inoperative(station: Simulated, garage: Station, diary: Diary) -> None:
    await goes_out(station, garage, diary, CONNECTOR)


async def test_tc_g_08_connector_inoperative_to_operative(station: Simulated, garage: Station, diary: Diary) -> None:
    await comes_back(station, garage, diary, CONNECTOR)


async def test_tc_g_11_evse_with_ongoing_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await waits(station, garage, ledger, EVSE)


async def test_tc_g_14_station_with_ongoing_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await waits(station, garage, ledger, {})


async def test_tc_g_17_connector_with_ongoing_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await waits(station, garage, ledger, CONNECTOR)


async def test_tc_g_01_status_notification(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(version="2.1")
    await station.plug_in()
    await station.unplug()
    told = [status["connectorStatus"] for status in station.told("StatusNotification")]
    assert told == ["Available", "Occupied", "Available"]
    assert diary.walk() == ["Available", "Preparing", "Available"]
    assert garage.evse(1).status is Status.AVAILABLE


async def test_tc_g_20_lock_failure(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await station.plug_in()
    component = {"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}}
    await station.notify_event(component, {"name": "Problem"}, "true")
    (told,) = [one for event in station.told("NotifyEvent") for one in event["eventData"]]
    assert (told["component"], told["actualValue"]) == (component, "true")
    problem = garage.evse(1).problem
    assert problem is not None
    assert problem.code == "ConnectorPlugRetentionLock.Problem"
    assert [data["code"] for data in diary.data(Kind.FAULT)] == [problem.code]
    assert await books_agree(ledger, station) == []
    await station.notify_event(component, {"name": "Problem"}, "false")
    assert (garage.evse(1).problem, len(diary.data(Kind.FAULT_CLEARED))) == (None, 1)
