"""How far a station is with its transactions (OCPP 2.0.1 ed. 3 - E14)."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.transaction_status import Progress, progress
from tests.csms.peer import Peer


@pytest.mark.parametrize(
    ("answer", "found", "over"),
    [
        ({"ongoingIndicator": True, "messagesInQueue": False}, Progress(True, False), False),
        ({"ongoingIndicator": False, "messagesInQueue": True}, Progress(False, True), False),
        ({"ongoingIndicator": False, "messagesInQueue": False}, Progress(False, False), True),
        ({"messagesInQueue": False}, Progress(None, False), False),
    ],
)
async def test_a_transaction_is_over_when_it_has_ended_and_was_told(
    peer: Peer, call: Caller, answer: dict[str, bool], found: Progress, over: bool
) -> None:
    peer.answers["GetTransactionStatus"] = answer
    assert await progress(call, "t1") == found
    assert found.over is over
    assert peer.asked == [("GetTransactionStatus", {"transactionId": "t1"})]


async def test_without_a_transaction_the_whole_queue_is_meant(station: Station, peer: Peer, call: Caller) -> None:
    peer.answers["GetTransactionStatus"] = {"messagesInQueue": True}
    assert await Remote(station, call).progress() == Progress(None, True)
    assert peer.asked == [("GetTransactionStatus", {})]
