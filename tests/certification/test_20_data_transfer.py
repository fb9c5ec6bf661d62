"""OCPP 2.0.1, Data Transfer and CustomData (OCPP 2.0.1 ed. 3 - P02, Part 2 - 1.3 CustomDataType)."""

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, Diary
from tests.simulator.clock import stamp

CUSTOM = {"vendorId": "com.example", "colour": "green", "nested": {"deep": [1, 2]}}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"vendorId": "com.example", "messageId": "Hello", "data": "one"}, "UnknownVendorId"),
        ({"vendorId": "generalConfiguration", "messageId": "Hello", "data": "two"}, "UnknownMessageId"),
    ],
)
async def test_tc_p_02_data_transfer_to_the_csms(
    dial: Dial, diary: Diary, request_: dict[str, str], status: str
) -> None:
    station = await dial(version="2.0.1")
    assert await station.send("DataTransfer", request_) == {"status": status}
    told = {"vendor": request_["vendorId"], "message": "Hello", "data": request_["data"]}
    assert diary.data(Kind.DATA_TRANSFER) == [told]


async def test_tc_p_03_receive_custom_data(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1")
    at = stamp(station.clock.now())
    assert "currentTime" in await station.send("Heartbeat", {"customData": CUSTOM})
    status = {"timestamp": at, "connectorStatus": "Unavailable", "evseId": 1, "connectorId": 1, "customData": CUSTOM}
    assert await station.send("StatusNotification", status) == {}
    assert garage.evse(1).status is Status.UNAVAILABLE
    token = {"idToken": "CARD-1", "type": "ISO14443", "customData": CUSTOM}
    answer = await station.send("Authorize", {"idToken": token, "customData": CUSTOM})
    assert answer["idTokenInfo"]["status"] == "Accepted"
    started = {
        "eventType": "Started",
        "timestamp": at,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "evse": {"id": 1, "connectorId": 1, "customData": CUSTOM},
        "transactionInfo": {"transactionId": "tx-1", "customData": CUSTOM},
        "idToken": token,
        "customData": CUSTOM,
    }
    assert (await station.send("TransactionEvent", started))["idTokenInfo"]["status"] == "Accepted"
    (recorded,) = await ledger.transactions(garage.name)
    assert (recorded.id, recorded.evse, recorded.token) == ("tx-1", 1, "CARD-1")
