"""Messages on a display."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.blocks import DisplayMessage
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import display
from custom_components.ocpp_home.csms.v2.display import Displays
from tests.csms.peer import Payload, Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve
from tests.csms.v2.telling import Telling

FULL = DisplayMessage(7, "Hello", "InFront", "ASCII", "en", "Charging", NOW, NOW, "tx-1")
INFO: Payload = {
    "id": 7,
    "priority": "InFront",
    "state": "Charging",
    "startDateTime": "2026-06-01T12:00:00Z",
    "endDateTime": "2026-06-01T12:00:00Z",
    "transactionId": "tx-1",
    "message": {"format": "ASCII", "language": "en", "content": "Hello"},
}
PLAIN: Payload = {"id": 8, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Hi"}}


@pytest.fixture
def displays(station: Station, old_call: Caller, old_peer: Peer) -> Displays:
    serve(old_peer, station, display.REQUESTS)
    return Displays(station, old_call)


@pytest.mark.parametrize(("message", "info"), [(FULL, INFO), (DisplayMessage(8, "Hi"), PLAIN)])
async def test_a_message_is_shown(displays: Displays, old_peer: Peer, message: DisplayMessage, info: Payload) -> None:
    """O01.FR.01, O02.FR.01, O06.FR.01."""
    old_peer.answers["SetDisplayMessage"] = {"status": "Accepted"}
    await displays.show(message)
    assert old_peer.asked == [("SetDisplayMessage", {"message": info})]


@pytest.mark.parametrize(
    "word",
    ["NotSupportedMessageFormat", "NotSupportedPriority", "NotSupportedState", "UnknownTransaction", "Rejected"],
)
async def test_a_message_may_be_refused(displays: Displays, old_peer: Peer, word: str) -> None:
    """O01.FR.03 to O01.FR.07, O02.FR.02."""
    old_peer.answers["SetDisplayMessage"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await displays.show(FULL)


async def test_messages_are_told_in_parts(displays: Displays, old_peer: Peer) -> None:
    """O03.FR.02, O03.FR.04, O04.FR.01."""
    telling = Telling(
        old_peer, "GetDisplayMessages", "NotifyDisplayMessages", {"messageInfo": [INFO]}, {"messageInfo": [PLAIN]}, {}
    )
    assert await displays.shown() == [FULL, DisplayMessage(8, "Hi")]
    assert old_peer.asked == [("GetDisplayMessages", {"requestId": 1})]
    await telling.done


@pytest.mark.parametrize(
    ("which", "asked"),
    [
        ({"ids": [7, 8]}, {"id": [7, 8]}),
        ({"priority": "InFront", "state": "Idle"}, {"priority": "InFront", "state": "Idle"}),
    ],
)
async def test_there_may_be_none(displays: Displays, old_peer: Peer, which: dict[str, Any], asked: Payload) -> None:
    """O03.FR.06, O04.FR.02."""
    old_peer.answers["GetDisplayMessages"] = {"status": "Unknown"}
    assert await displays.shown(**which) == []
    assert old_peer.asked == [("GetDisplayMessages", {"requestId": 1} | asked)]


async def test_a_message_that_says_nothing_is_empty(displays: Displays, old_peer: Peer, station: Station) -> None:
    def answer(request: Payload) -> Payload:
        part = {"requestId": request["requestId"], "messageInfo": [{"message": "odd"}]}
        assert display.notify_display_messages(station, part, NOW) == {}
        return {"status": "Accepted"}

    old_peer.answers["GetDisplayMessages"] = answer
    assert await displays.shown() == [DisplayMessage(0, "", "", "")]


async def test_a_message_is_cleared(displays: Displays, old_peer: Peer) -> None:
    """O05.FR.01, O05.FR.02."""
    old_peer.answers["ClearDisplayMessage"] = {"status": "Accepted"}
    await displays.clear(7)
    assert old_peer.asked == [("ClearDisplayMessage", {"id": 7})]
    old_peer.answers["ClearDisplayMessage"] = {"status": "Unknown"}
    with pytest.raises(Refused, match="Unknown"):
        await displays.clear(9)
