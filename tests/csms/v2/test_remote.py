"""Start, stop, unlock, restart (OCPP 2.0.1 ed. 3 - B11, C11, F, G03, G04)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.csms.v2 import paid, starts
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.transaction_status import Progress
from tests.csms.peer import Peer

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}


@pytest.fixture
def remote(station: Station, call: Caller) -> Remote:
    return Remote(station, call)


async def test_a_start_names_its_token_and_each_has_a_number_of_its_own(remote: Remote, peer: Peer) -> None:
    peer.answers["RequestStartTransaction"] = ACCEPTED
    await remote.start(2, Token("CARD", TokenType.ISO14443))
    await remote.start(None, Token(""))
    first, second = peer.told("RequestStartTransaction")
    assert first == {"remoteStartId": 1, "evseId": 2, "idToken": {"idToken": "CARD", "type": "ISO14443"}}
    assert second == {"remoteStartId": 2, "idToken": {"idToken": "HomeAssistant", "type": "Central"}}


async def test_a_start_may_be_nobodys(remote: Remote, peer: Peer) -> None:
    """F01."""
    peer.answers["RequestStartTransaction"] = ACCEPTED
    await remote.start(1, Token("", TokenType.NO_AUTHORIZATION))
    [asked] = peer.told("RequestStartTransaction")
    assert asked["idToken"] == {"idToken": "", "type": "NoAuthorization"}


async def test_a_start_takes_the_group_and_a_profile_along(station: Station, remote: Remote, peer: Peer) -> None:
    peer.answers["RequestStartTransaction"] = ACCEPTED
    station.settings.policy = Policy(Unknown.REFUSE, listed={"card": Verdict(Decision.ACCEPTED, "FAMILY")})
    period = {"startPeriod": 0, "limit": 10}
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    profile: dict[str, Any] = {"id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile"}
    profile |= {"chargingProfileKind": "Relative", "chargingSchedule": [schedule]}
    await remote.start(1, Token("CARD"), profile)
    [asked] = peer.told("RequestStartTransaction")
    assert asked["groupIdToken"] == {"idToken": "FAMILY", "type": "Central"}
    assert asked["chargingProfile"] == profile
    assert starts.redeem(station, asked["remoteStartId"]) == {"profile": profile}


async def test_a_start_that_is_paid_for_is_known_before_the_station_hears_of_it(
    station: Station, remote: Remote, peer: Peer
) -> None:
    """C24.FR.01, C25.FR.23."""
    payment = Token("psp-4711", TokenType.DIRECT_PAYMENT)
    known: list[bool] = []

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        known.append(paid.covers(station, payment, None))
        return {"status": "Accepted"}

    peer.answers["RequestStartTransaction"] = answer
    await remote.start(1, payment)
    [asked] = peer.told("RequestStartTransaction")
    assert (asked["idToken"], known) == ({"idToken": "psp-4711", "type": "DirectPayment"}, [True])


async def test_a_card_that_is_too_long_is_not_cut_to_another_one(remote: Remote, peer: Peer) -> None:
    with pytest.raises(Invalid):
        await remote.start(1, Token("x" * 300))
    assert peer.asked == []


async def test_a_station_that_needs_a_rest_gets_it(station: Station, remote: Remote, peer: Peer) -> None:
    station.identify(Identity(vendor="FoxESS"))
    now = datetime.now(UTC)
    known = station.ledger.start(Opening("CP1", 1, 1, "A", now, 0, id="t1"))
    station.ledger.stop(known, Closing(now, 1))
    station.evse(1)
    with pytest.raises(Refused, match="Busy"):
        await remote.start(1, Token("CARD"))
    assert peer.asked == []


async def test_a_stop_names_the_transaction(remote: Remote, peer: Peer) -> None:
    """F03.FR.01, F04.FR.01."""
    peer.answers["RequestStopTransaction"] = ACCEPTED
    await remote.stop("ea7c-01")
    assert peer.asked == [("RequestStopTransaction", {"transactionId": "ea7c-01"})]
    peer.answers["RequestStopTransaction"] = REJECTED
    with pytest.raises(Refused):
        await remote.stop("other")


async def test_how_far_a_transaction_is_can_be_asked(remote: Remote, peer: Peer) -> None:
    """E14."""
    peer.answers["GetTransactionStatus"] = {"ongoingIndicator": True, "messagesInQueue": True}
    assert await remote.progress("ea7c-01") == Progress(ongoing=True, queued=True)
    assert peer.asked == [("GetTransactionStatus", {"transactionId": "ea7c-01"})]


async def test_a_cable_is_released(remote: Remote, peer: Peer) -> None:
    peer.answers["UnlockConnector"] = {"status": "Unlocked"}
    await remote.unlock(1, 2)
    assert peer.asked == [("UnlockConnector", {"evseId": 1, "connectorId": 2})]
    peer.answers["UnlockConnector"] = {"status": "OngoingAuthorizedTransaction"}
    with pytest.raises(Refused, match="OngoingAuthorizedTransaction"):
        await remote.unlock(1)


@pytest.mark.parametrize("status", ["Accepted", "Scheduled"])
async def test_a_station_or_one_evse_restarts(remote: Remote, peer: Peer, status: str) -> None:
    peer.answers["Reset"] = {"status": status}
    await remote.reset(ResetKind.SOFT)
    await remote.reset(ResetKind.HARD, 2)
    assert peer.told("Reset") == [{"type": "OnIdle"}, {"type": "Immediate", "evseId": 2}]
    peer.answers["Reset"] = REJECTED
    with pytest.raises(Refused):
        await remote.reset(ResetKind.HARD)


async def test_a_reset_may_resume_what_runs_since_2_1(station: Station, remote: Remote, peer: Peer) -> None:
    """OCPP 2.1 ed. 1 - B13."""
    peer.answers["Reset"] = ACCEPTED
    station.version = "2.1"
    await remote.reset(ResetKind.RESUME)
    await remote.reset(ResetKind.RESUME, 2)
    station.version = "2.0.1"
    with pytest.raises(Unsupported, match="since OCPP"):
        await remote.reset(ResetKind.RESUME)
    assert peer.told("Reset") == [{"type": "ImmediateAndResume"}, {"type": "ImmediateAndResume", "evseId": 2}]


async def test_availability_is_changed_on_three_levels(station: Station, remote: Remote, peer: Peer) -> None:
    """G03, G04."""
    evse = station.evse(1)
    peer.answers["ChangeAvailability"] = ACCEPTED
    assert await remote.availability(1, False, connector=2)
    assert evse.operative is None
    assert await remote.availability(1, False)
    assert evse.operative is False
    peer.answers["ChangeAvailability"] = {"status": "Scheduled"}
    assert not await remote.availability(0, True)
    assert (station.operative, evse.operative) == (True, True)
    assert peer.told("ChangeAvailability") == [
        {"operationalStatus": "Inoperative", "evse": {"id": 1, "connectorId": 2}},
        {"operationalStatus": "Inoperative", "evse": {"id": 1}},
        {"operationalStatus": "Operative"},
    ]


async def test_what_a_station_does_not_survive_is_not_asked(station: Station, remote: Remote, peer: Peer) -> None:
    station.identify(Identity(vendor="SyncEV"))
    with pytest.raises(Unsupported):
        await remote.availability(1, False)
    assert peer.asked == []


async def test_the_cache_is_cleared(remote: Remote, peer: Peer) -> None:
    peer.answers["ClearCache"] = ACCEPTED
    await remote.clear_cache()
    peer.answers["ClearCache"] = REJECTED
    with pytest.raises(Refused):
        await remote.clear_cache()


async def test_a_vendor_is_told_and_answers(remote: Remote, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": "yes"}
    assert await remote.transfer("ACME", "Hello", "x") == "yes"
    peer.answers["DataTransfer"] = ACCEPTED
    assert await remote.transfer("ACME") is None
    assert peer.told("DataTransfer") == [{"vendorId": "ACME", "messageId": "Hello", "data": "x"}, {"vendorId": "ACME"}]
    peer.answers["DataTransfer"] = {"status": "UnknownVendorId"}
    with pytest.raises(Refused, match="UnknownVendorId"):
        await remote.transfer("ACME")


async def test_any_request_can_be_sent(remote: Remote, peer: Peer) -> None:
    peer.answers["GetLocalListVersion"] = {"versionNumber": 7}
    assert await remote.call("GetLocalListVersion", {}) == {"versionNumber": 7}
