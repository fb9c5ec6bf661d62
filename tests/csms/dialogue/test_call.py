"""Asking a station: every way an answer can fail to come has its own error."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller, consent
from custom_components.ocpp_home.csms.model.errors import Invalid, Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.v1.dialect import Dialect
from tests.csms.peer import Peer, Rejection

QUICK = 0.01


async def test_an_answer_is_given_as_it_came(call: Caller, peer: Peer) -> None:
    peer.answers["Reset"] = {"status": "Accepted"}
    assert await call("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    assert peer.asked == [("Reset", {"type": "Soft"})]


async def test_a_request_without_content_is_an_empty_object(call: Caller, peer: Peer) -> None:
    peer.answers["ClearCache"] = {"status": "Accepted"}
    await call("ClearCache")
    assert peer.asked == [("ClearCache", {})]


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported"])
async def test_what_a_station_does_not_know_is_unsupported_and_remembered(
    station: Station, peer: Peer, code: str
) -> None:
    dialect = Dialect(station, peer.session)
    peer.session.serve(dialect)
    peer.answers["ClearCache"] = Rejection(code, "no cache")
    with pytest.raises(Unsupported, match=f"{code}: no cache"):
        await dialect.commands.remote.clear_cache()
    assert dialect.commands.unsupported == {"ClearCache"}


async def test_an_unsupported_call_of_a_stranger_is_remembered_nowhere(call: Caller) -> None:
    with pytest.raises(Unsupported):
        await call("ClearCache")


async def test_another_error_is_a_refusal_with_the_code_and_the_words_of_the_station(call: Caller, peer: Peer) -> None:
    peer.answers["Reset"] = Rejection("InternalError", "flash is worn")
    with pytest.raises(Refused) as refusal:
        await call("Reset", {"type": "Hard"})
    assert (refusal.value.status, refusal.value.reason) == ("InternalError", "flash is worn")


async def test_an_answer_that_is_unusable_is_a_refusal(call: Caller, peer: Peer) -> None:
    peer.answers["Reset"] = {}
    with pytest.raises(Refused, match="status"):
        await call("Reset", {"type": "Hard"})


async def test_what_would_not_be_valid_is_not_sent(call: Caller, peer: Peer) -> None:
    with pytest.raises(Invalid, match="type"):
        await call("Reset", {"type": "Gentle"})
    with pytest.raises(Invalid, match="Dance"):
        await call("Dance")
    assert peer.asked == []


async def test_a_connection_that_ends_fails_the_call_at_once(call: Caller, peer: Peer) -> None:
    peer.answers["ClearCache"] = None
    waiting = asyncio.create_task(call("ClearCache"))
    await asyncio.sleep(0)
    peer.session.ended()
    with pytest.raises(Offline):
        await waiting


async def test_three_calls_in_a_row_without_an_answer_are_told_until_one_is_answered(
    station: Station, call: Caller, peer: Peer
) -> None:
    station.renewed_at = datetime.now(UTC)
    peer.answers["ClearCache"] = None
    for silent in (1, 2, 3):
        assert ("not_controllable", 0) not in station.notices, silent
        with pytest.raises(Unanswered):
            await call("ClearCache", timeout=QUICK)
    assert ("not_controllable", 0) in station.notices
    peer.answers["Reset"] = {"status": "Rejected"}
    await call("Reset", {"type": "Soft"})
    assert ("not_controllable", 0) not in station.notices


async def test_the_connection_of_a_station_that_answers_nothing_is_renewed_once_an_hour(station: Station) -> None:
    for since, ends in ((None, (1001, "no call is answered")), (59, None), (60, (1001, "no call is answered"))):
        peer = Peer()
        call = Caller(station, peer.session)
        peer.answers["ClearCache"] = None
        if since is not None:
            station.renewed_at = datetime.now(UTC) - timedelta(minutes=since)
        for _ in range(3):
            assert peer.closed_with is None
            with pytest.raises(Unanswered):
                await call("ClearCache", timeout=QUICK)
        assert peer.closed_with == ends, since
        peer.session.ended()


async def test_an_error_between_them_is_an_answer_too(station: Station, call: Caller, peer: Peer) -> None:
    for answer in (None, None, Rejection("GenericError"), None, None):
        peer.answers["ClearCache"] = answer
        with pytest.raises((Unanswered, Refused)):
            await call("ClearCache", timeout=QUICK)
    assert ("not_controllable", 0) not in station.notices


async def test_too_many_waiting_calls_are_refused_at_once(call: Caller, peer: Peer) -> None:
    peer.answers["ClearCache"] = None
    waiting = [asyncio.create_task(call("ClearCache")) for _ in range(33)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unanswered, match="waiting"):
        await call("ClearCache")
    for task in waiting:
        task.cancel()


async def test_a_station_that_must_not_be_hurried_is_given_time_between_two_calls(
    station: Station, call: Caller, peer: Peer
) -> None:
    station.identify(Identity(vendor="ZJ Beny"))
    peer.answers["ClearCache"] = {"status": "Accepted"}
    begin = monotonic()
    await call("ClearCache")
    assert monotonic() - begin < 0.5
    second = asyncio.create_task(call("ClearCache"))
    await asyncio.sleep(0.1)
    assert peer.actions() == ["ClearCache"]
    second.cancel()


def test_consent_is_one_of_the_good_words() -> None:
    assert consent({"status": "Accepted"}) == "Accepted"
    assert consent({"status": "Scheduled"}, "Accepted", "Scheduled") == "Scheduled"
    with pytest.raises(Refused, match="Rejected"):
        consent({"status": "Rejected"})
    with pytest.raises(Refused, match="no status"):
        consent({})


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"reasonCode": "TxNotFound", "additionalInfo": "no such session"}, "TxNotFound, no such session"),
        ({"reasonCode": "TxNotFound"}, "TxNotFound"),
        ("odd", ""),
    ],
)
def test_a_refusal_of_2_x_says_why(told: object, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        consent({"status": "Rejected", "statusInfo": told})
    assert (refusal.value.status, refusal.value.reason) == ("Rejected", reason)
