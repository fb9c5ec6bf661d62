"""DataTransfer in both directions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.transfer import LONGEST, data_transfer, transfer
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.peer import Peer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "status", "told"),
    [
        (
            {"vendorId": "com.example", "messageId": "hello", "data": "x"},
            "UnknownVendorId",
            {"vendor": "com.example", "message": "hello", "data": "x"},
        ),
        ({"vendorId": "com.example"}, "UnknownVendorId", {"vendor": "com.example", "message": None, "data": None}),
        (
            {"vendorId": "generalConfiguration", "messageId": "setMeterConfiguration", "data": {"meters": []}},
            "Accepted",
            {"vendor": "generalConfiguration", "message": "setMeterConfiguration", "data": '{"meters": []}'},
        ),
        (
            {"vendorId": "generalConfiguration", "messageId": "other", "data": "y" * (LONGEST + 1)},
            "UnknownMessageId",
            {"vendor": "generalConfiguration", "message": "other", "data": "y" * LONGEST},
        ),
    ],
)
def test_what_a_station_says_in_its_own_words_is_told(
    station: Station, events: list[Event], payload: dict[str, Any], status: str, told: dict[str, str | None]
) -> None:
    assert data_transfer(station, payload, NOON) == {"status": status}
    assert events == [Event(Kind.DATA_TRANSFER, NOON, data=told)]


async def test_064_data_is_transferred_to_the_station(call: Caller, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": "pong"}
    assert await transfer(call, "com.example", "ping", "1") == "pong"
    assert await transfer(call, "com.example") == "pong"
    assert peer.told("DataTransfer") == [
        {"vendorId": "com.example", "messageId": "ping", "data": "1"},
        {"vendorId": "com.example"},
    ]


async def test_an_answer_may_have_no_data(call: Caller, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted"}
    assert await transfer(call, "com.example") is None


@pytest.mark.parametrize("word", ["Rejected", "UnknownMessageId", "UnknownVendorId"])
async def test_a_refusal_is_told_in_the_stations_word(call: Caller, peer: Peer, word: str) -> None:
    peer.answers["DataTransfer"] = {"status": word, "data": "why"}
    with pytest.raises(Refused, match=f"{word}: why"):
        await transfer(call, "com.example")
