"""Remote control: every consent and every refusal of OCPP 1.6 has its meaning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Peer

YES, NO = {"status": "Accepted"}, {"status": "Rejected"}
PROFILE: dict[str, Any] = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]},
}


@pytest.fixture
def remote(station: Station, call: Caller) -> Remote:
    return Remote(station, call)


async def test_a_start_names_the_card_and_the_connector(remote: Remote, peer: Peer) -> None:
    peer.answers["RemoteStartTransaction"] = YES
    await remote.start(2, Token("CARD"))
    await remote.start(None, Token(""))
    await remote.start(1, Token("CARD"), PROFILE)
    assert peer.told("RemoteStartTransaction") == [
        {"idTag": "CARD", "connectorId": 2},
        {"idTag": "HomeAssistant"},
        {"idTag": "CARD", "connectorId": 1, "chargingProfile": PROFILE},
    ]


async def test_our_own_token_fits_what_the_station_can_read(remote: Remote, station: Station, peer: Peer) -> None:
    peer.answers["RemoteStartTransaction"] = YES
    station.settings.token = "x" * 20
    await remote.start(1, Token(station.settings.token))
    station.identify(Identity(vendor="Simpson"))
    await remote.start(1, Token(""))
    assert [len(told["idTag"]) for told in peer.told("RemoteStartTransaction")] == [20, 16]


async def test_a_card_that_is_too_long_is_not_made_another_card(remote: Remote, peer: Peer) -> None:
    with pytest.raises(Invalid, match="at most 20 characters"):
        await remote.start(1, Token("x" * 21))
    assert peer.asked == []


async def test_a_start_that_comes_too_soon_for_a_station_is_not_sent(
    remote: Remote, station: Station, peer: Peer
) -> None:
    station.identify(Identity(vendor="FoxESS"))
    peer.answers["RemoteStartTransaction"] = YES
    await remote.start(1, Token("CARD"))
    for evse, seconds in ((1, 100), (2, 400)):
        now = datetime.now(UTC)
        ended = station.ledger.start(Opening("CP1", evse, 1, "A", now - timedelta(hours=1), 0))
        station.ledger.stop(ended, Closing(now - timedelta(seconds=seconds), 1, received=now))
        station.evse(evse).previous = ended
    with pytest.raises(Refused, match=r"needs (200|199) more seconds"):
        await remote.start(1, Token("CARD"))
    with pytest.raises(Refused, match="Busy"):
        await remote.start(None, Token("CARD"))
    await remote.start(2, Token("CARD"))
    assert len(peer.told("RemoteStartTransaction")) == 2


async def test_a_start_that_is_refused_is_refused(remote: Remote, peer: Peer) -> None:
    peer.answers["RemoteStartTransaction"] = NO
    with pytest.raises(Refused, match="Rejected"):
        await remote.start(1, Token("CARD"))


async def test_a_stop_is_sent_for_any_number(remote: Remote, peer: Peer) -> None:
    peer.answers["RemoteStopTransaction"] = YES
    await remote.stop("4711")
    await remote.stop("-1")
    assert peer.told("RemoteStopTransaction") == [{"transactionId": 4711}, {"transactionId": -1}]


async def test_a_stop_of_what_is_no_number_is_refused_here(remote: Remote, peer: Peer) -> None:
    with pytest.raises(Refused, match="no transaction number"):
        await remote.stop("uuid")
    assert peer.asked == []


async def test_a_stop_that_is_refused_is_refused(remote: Remote, peer: Peer) -> None:
    peer.answers["RemoteStopTransaction"] = NO
    with pytest.raises(Refused, match="Rejected"):
        await remote.stop("4711")


@pytest.mark.parametrize("word", ["Unlocked", "Accepted"])
async def test_a_cable_that_is_released_is_released(remote: Remote, peer: Peer, word: str) -> None:
    peer.answers["UnlockConnector"] = {"status": word}
    await remote.unlock(1)
    assert peer.told("UnlockConnector") == [{"connectorId": 1}]


@pytest.mark.parametrize(("word", "error"), [("UnlockFailed", Refused), ("NotSupported", Unsupported)])
async def test_a_cable_that_is_not_released_is_told(
    remote: Remote, peer: Peer, word: str, error: type[Exception]
) -> None:
    peer.answers["UnlockConnector"] = {"status": word}
    with pytest.raises(error, match=word):
        await remote.unlock(1)


@pytest.mark.parametrize("kind", [ResetKind.SOFT, ResetKind.HARD])
async def test_a_reset_is_soft_or_hard(remote: Remote, peer: Peer, kind: ResetKind) -> None:
    peer.answers["Reset"] = YES
    await remote.reset(kind)
    assert peer.told("Reset") == [{"type": kind.value}]
    peer.answers["Reset"] = NO
    with pytest.raises(Refused):
        await remote.reset(kind)


async def test_a_single_connector_is_not_reset(remote: Remote, peer: Peer) -> None:
    with pytest.raises(Unsupported, match="as a whole only"):
        await remote.reset(ResetKind.SOFT, 1)
    assert peer.asked == []


async def test_nothing_is_resumed_after_a_reset(remote: Remote, peer: Peer) -> None:
    with pytest.raises(Unsupported, match="resumes no transactions"):
        await remote.reset(ResetKind.RESUME)
    assert peer.asked == []


async def test_availability_is_noted_where_it_was_accepted(remote: Remote, station: Station, peer: Peer) -> None:
    first, second = station.evse(1), station.evse(2)
    peer.answers["ChangeAvailability"] = YES
    assert await remote.availability(1, operative=False)
    assert (first.operative, second.operative, station.operative) == (False, None, None)
    peer.answers["ChangeAvailability"] = {"status": "Scheduled"}
    assert not await remote.availability(0, operative=True)
    assert (first.operative, second.operative, station.operative) == (True, True, True)
    assert peer.told("ChangeAvailability") == [
        {"connectorId": 1, "type": "Inoperative"},
        {"connectorId": 0, "type": "Operative"},
    ]


async def test_availability_that_is_refused_changes_nothing(remote: Remote, station: Station, peer: Peer) -> None:
    peer.answers["ChangeAvailability"] = NO
    with pytest.raises(Refused):
        await remote.availability(1, operative=False)
    assert station.evse(1).operative is None


async def test_a_station_that_breaks_by_it_is_not_asked(remote: Remote, station: Station, peer: Peer) -> None:
    station.identify(Identity(vendor="EN+"))
    with pytest.raises(Unsupported):
        await remote.availability(1, operative=False)
    assert peer.asked == []


async def test_the_cache_is_cleared(remote: Remote, peer: Peer) -> None:
    peer.answers["ClearCache"] = YES
    await remote.clear_cache()
    peer.answers["ClearCache"] = NO
    with pytest.raises(Refused):
        await remote.clear_cache()


async def test_a_vendor_message_gives_the_data_of_its_answer(remote: Remote, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": "pong"}
    assert await remote.transfer("ACME", "ping", "now") == "pong"
    assert peer.told("DataTransfer") == [{"vendorId": "ACME", "messageId": "ping", "data": "now"}]


async def test_any_request_can_be_sent_as_it_is(remote: Remote, peer: Peer) -> None:
    peer.answers["GetLocalListVersion"] = {"listVersion": 3}
    assert await remote.call("GetLocalListVersion", {}) == {"listVersion": 3}
    with pytest.raises(Invalid):
        await remote.call("Reset", {})
