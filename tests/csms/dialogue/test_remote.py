"""What is commanded alike in every version."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.remote import Controls
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from tests.csms.peer import Peer


@pytest.fixture
def controls(station: Station, call: Caller) -> Controls:
    return Controls(station, call)


async def test_the_cache_is_cleared_or_the_refusal_told(controls: Controls, peer: Peer) -> None:
    peer.answers["ClearCache"] = {"status": "Accepted"}
    await controls.clear_cache()
    peer.answers["ClearCache"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await controls.clear_cache()


async def test_a_vendor_is_told_and_answers(controls: Controls, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": "yes"}
    assert await controls.transfer("ACME", "Hello", "x") == "yes"
    assert peer.asked == [("DataTransfer", {"vendorId": "ACME", "messageId": "Hello", "data": "x"})]


async def test_any_request_can_be_sent(controls: Controls, peer: Peer) -> None:
    peer.answers["GetLocalListVersion"] = {"listVersion": 7}
    assert await controls.call("GetLocalListVersion", {}) == {"listVersion": 7}


async def test_a_station_that_needs_a_rest_cannot_be_started_yet(station: Station, controls: Controls) -> None:
    now = datetime.now(UTC)
    known = station.ledger.start(Opening("CP1", 1, 1, "A", now, 0))
    station.ledger.stop(known, Closing(now, 1))
    station.evse(1)
    controls.startable(1)
    station.identify(Identity(vendor="FoxESS"))
    with pytest.raises(Refused, match="Busy"):
        controls.startable(1)


async def test_what_a_station_does_not_survive_is_not_done(station: Station, controls: Controls) -> None:
    controls.switchable()
    station.identify(Identity(vendor="SyncEV"))
    with pytest.raises(Unsupported):
        controls.switchable()
