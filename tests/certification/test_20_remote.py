"""OCPP 2.0.1 and 2.1, Remote Control (OCPP 2.0.1 ed. 3 - F01 to F06)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Trigger
from custom_components.ocpp_home.csms.model.errors import Unsupported
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from tests.certification.stage import Dial, Diary, ago, books_agree, until
from tests.simulator import Hardware, ManualClock, Oddities, Station as Simulated

CARD = Token("CARD-1", TokenType.ISO14443)


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1", clock=ManualClock(ago(200)))


def triggers(garage: Station) -> Trigger:
    """The commands that ask for messages."""
    found = garage.require().trigger
    assert found is not None
    return found


def places(told: list[Any]) -> list[int]:
    """The EVSEs of MeterValues."""
    return [payload["evseId"] for payload in told]


def triggered(station: Simulated) -> list[Any]:
    """The TransactionEvents that were told because they were asked for."""
    return [event for event in station.told("TransactionEvent") if event["triggerReason"] == "Trigger"]


async def started(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """The transaction that was asked for runs, and is known by the number of the request."""
    await until(lambda: garage.evse(1).transaction is not None)
    await station.settle()
    (asked,) = station.asked("RequestStartTransaction")
    assert asked["idToken"] == {"idToken": "CARD-1", "type": "ISO14443"}
    assert asked["evseId"] == 1
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.token, recorded.remote_start) == ("CARD-1", asked["remoteStartId"])
    assert garage.evse(1).transaction is recorded


async def test_tc_f_01_remote_start_cable_plugin_first(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.plug_in()
    await garage.require().remote.start(1, CARD)
    await started(station, garage, ledger)


async def test_tc_f_02_remote_start_first_authorized(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await garage.require().remote.start(1, CARD)
    await until(lambda: station.told("Authorize"))
    await station.plug_in()
    await started(station, garage, ledger)
    assert [told["idToken"]["idToken"] for told in station.told("Authorize")] == ["CARD-1"]


async def test_tc_f_03_remote_start_first_not_authorized(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1", **{"AuthCtrlr.AuthorizeRemoteStart": "false"})
    await garage.require().remote.start(1, CARD)
    await station.settle()
    await station.plug_in()
    await started(station, garage, ledger)
    assert station.told("Authorize") == []


async def test_tc_f_04_remote_start_cable_plugin_timeout(dial: Dial, garage: Station, ledger: Ledger) -> None:
    keys = {"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.EVConnectionTimeOut": "20"}
    station = await dial(version="2.0.1", clock=ManualClock(ago(200)), **keys)
    await garage.require().remote.start(1, CARD)
    await until(lambda: garage.evse(1).transaction is not None)
    await station.advance(30)
    await station.settle()
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.active) == ("Timeout", False)
    assert station.told("TransactionEvent")[-1]["triggerReason"] == "EVConnectTimeout"
    assert garage.evse(1).transaction is None


async def test_tc_f_06_remote_unlock_without_transaction(station: Simulated, garage: Station) -> None:
    await garage.require().remote.unlock(1)
    assert station.asked("UnlockConnector") == [{"evseId": 1, "connectorId": 1}]


async def test_tc_f_11_trigger_meter_values_specific_evse(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2))
    before = len(station.told("MeterValues"))
    await triggers(garage).trigger("MeterValues", 1)
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "MeterValues", "evse": {"id": 1}}
    assert places(station.told("MeterValues")[before:]) == [1]


async def test_tc_f_12_trigger_meter_values_all_evse(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2))
    before = len(station.told("MeterValues"))
    await triggers(garage).trigger("MeterValues")
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "MeterValues"}
    assert {1, 2} <= set(places(station.told("MeterValues")[before:]))


async def test_tc_f_13_trigger_transaction_event_specific_evse(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2))
    await station.start()
    await station.start("CARD-2", connector=2)
    await triggers(garage).trigger("TransactionEvent", 2)
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "TransactionEvent", "evse": {"id": 2}}
    second = garage.evse(2).transaction
    assert second is not None
    assert [event["transactionInfo"]["transactionId"] for event in triggered(station)] == [second.id]
    assert len(await books_agree(ledger, station)) == 2


async def test_tc_f_14_trigger_transaction_event_all_evse(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2))
    await station.start()
    await station.start("CARD-2", connector=2)
    await triggers(garage).trigger("TransactionEvent")
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "TransactionEvent"}
    running = {one.id for evse in garage.evses.values() if (one := evse.transaction) is not None}
    assert {event["transactionInfo"]["transactionId"] for event in triggered(station)} == running
    assert len(await books_agree(ledger, station)) == len(running) == 2


async def test_tc_f_15_trigger_log_status_notification_idle(station: Simulated, garage: Station) -> None:
    await triggers(garage).trigger("LogStatusNotification")
    await station.settle()
    assert station.told("LogStatusNotification") == [{"status": "Idle"}]


async def test_tc_f_18_trigger_firmware_status_notification_idle(station: Simulated, garage: Station) -> None:
    await triggers(garage).trigger("FirmwareStatusNotification")
    await station.settle()
    assert station.told("FirmwareStatusNotification") == [{"status": "Idle"}]


async def test_tc_f_20_trigger_heartbeat(station: Simulated, garage: Station) -> None:
    before = len(station.told("Heartbeat"))
    await triggers(garage).trigger("Heartbeat")
    await station.settle()
    assert len(station.told("Heartbeat")) == before + 1
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "Heartbeat"}


@pytest.fixture
def status_request() -> dict[str, Any]:
    return {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}


async def test_tc_f_23_trigger_status_notification_available(
    station: Simulated, garage: Station, status_request: dict[str, Any], diary: Diary
) -> None:
    before = len(station.told("StatusNotification"))
    await triggers(garage).trigger("StatusNotification", 1)
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == status_request
    (told,) = station.told("StatusNotification")[before:]
    assert (told["evseId"], told["connectorStatus"]) == (1, "Available")
    assert diary.walk() == ["Available"]


async def test_tc_f_24_trigger_status_notification_occupied(
    station: Simulated, garage: Station, status_request: dict[str, Any], diary: Diary
) -> None:
    await station.plug_in()
    before = len(station.told("StatusNotification"))
    await triggers(garage).trigger("StatusNotification", 1)
    await station.settle()
    assert station.asked("TriggerMessage")[-1] == status_request
    (told,) = station.told("StatusNotification")[before:]
    assert (told["evseId"], told["connectorStatus"]) == (1, "Occupied")
    assert diary.walk() == ["Available", "Preparing"]


async def test_tc_f_27_trigger_message_not_implemented(dial: Dial, garage: Station) -> None:
    odd = Oddities(answers={"TriggerMessage": {"status": "NotImplemented"}})
    station = await dial(version="2.0.1", oddities=odd)
    with pytest.raises(Unsupported):
        await triggers(garage).trigger("Heartbeat")
    assert station.asked("TriggerMessage")[-1] == {"requestedMessage": "Heartbeat"}


async def test_tc_f_100_custom_trigger(dial: Dial, garage: Station, diary: Diary) -> None:
    """OCPP 2.1 ed. 1 - F06.FR.18, F06.FR.19."""
    station = await dial(version="2.1")
    trigger = garage.require().custom_trigger
    assert trigger is not None
    await trigger.custom("SelfTest")
    await station.settle()
    assert station.asked("TriggerMessage") == [{"requestedMessage": "CustomTrigger", "customTrigger": "SelfTest"}]
    told = {"vendor": "Simulated", "message": "SelfTest", "data": "passed"}
    assert diary.data(Kind.DATA_TRANSFER) == [told]
    with pytest.raises(Unsupported, match="Coffee"):
        await trigger.custom("Coffee")
