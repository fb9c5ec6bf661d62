"""Plug & Charge in OCPP 1.6: the messages inside DataTransfer."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
import json

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from custom_components.ocpp_home.csms.model.trust import Contract, Validity
from custom_components.ocpp_home.csms.v1.iso15118 import REQUESTS, VENDOR, extended
from tests.csms.peer import Peer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EMAID = "DE8AA1A2B3C4D5"

type Answer = dict[str, object]


class Judge:
    def __init__(self, validity: Validity = Validity.VALID) -> None:
        self.validity = validity

    async def judge(self, contract: Contract, now: datetime) -> Validity:
        await asyncio.sleep(0)
        return self.validity


async def say(station: Station, message: str, data: object, vendor: str = VENDOR) -> tuple[str, object]:
    """Send a message of the extension; the status, and the answer inside."""
    payload = {"vendorId": vendor, "messageId": message, "data": data}
    answer = REQUESTS["DataTransfer"](station, payload, NOW)
    given = await answer if isinstance(answer, Awaitable) else answer
    return given["status"], json.loads(given["data"]) if "data" in given else None


@pytest.mark.parametrize("written", [EMAID, {"idToken": EMAID, "type": "eMAID"}], ids=["text", "as 2.0.1"])
async def test_a_contract_is_judged_and_decided(station: Station, events: list[Event], written: object) -> None:
    """C07.FR.13, C07.FR.14, C07.FR.17."""
    until = datetime(2053, 1, 1, tzinfo=UTC)
    station.settings.policy = Policy(Unknown.REFUSE, listed={EMAID.casefold(): Verdict(Decision.ACCEPTED, None, until)})
    request = json.dumps({"idToken": written, "certificate": "PEM"})
    assert await say(station, "Authorize", request) == (
        "Accepted",
        {"idTokenInfo": {"status": "Invalid"}, "certificateStatus": "CertChainError"},
    )
    station.household.trust.contracts = Judge()
    status, answer = await say(station, "Authorize", request, VENDOR.upper())
    info = {"status": "Accepted", "cacheExpiryDateTime": "2053-01-01T00:00:00Z"}
    assert (status, answer) == ("Accepted", {"idTokenInfo": info, "certificateStatus": "Accepted"})
    assert [event.kind for event in events] == [Kind.CARD_REFUSED, Kind.CARD_ACCEPTED]
    assert [event.data["token"] for event in events] == [EMAID, EMAID]


async def test_a_station_that_has_verified_a_contract_tells_its_id_alone(station: Station) -> None:
    station.settings.policy = Policy(Unknown.REFUSE)
    assert await say(station, "Authorize", {"idToken": EMAID}) == ("Accepted", {"idTokenInfo": {"status": "Invalid"}})


async def test_the_other_messages_are_those_of_2_0_1(station: Station) -> None:
    asked = {"ocspRequestData": {"hashAlgorithm": "SHA256", "responderURL": "http://ocsp.example"}}
    for message, data in (("GetCertificateStatus", asked), ("Get15118EVCertificate", {"exiRequest": "gA=="})):
        status, answer = await say(station, message, json.dumps(data))
        assert isinstance(answer, dict)
        assert (status, answer["status"]) == ("Accepted", "Failed")


async def test_the_certificate_for_cars_is_what_is_signed(station: Station) -> None:
    assert await say(station, "SignCertificate", {"csr": "CSR"}) == ("Accepted", {"status": "Rejected"})
    assert station.notices["certificate_not_signed", 0].data == {"reason": "no_authority"}


@pytest.mark.parametrize(
    ("message", "data", "status"),
    [
        ("Other", "{}", "UnknownMessageId"),
        ("Authorize", "{", "Rejected"),
        ("Authorize", "[]", "Rejected"),
        ("Authorize", None, "Rejected"),
        ("GetCertificateStatus", "{}", "Rejected"),
        ("Authorize", {"idToken": EMAID, "iso15118CertificateHashData": [5]}, "Rejected"),
    ],
)
async def test_what_is_not_understood_is_not_accepted(
    station: Station, message: str, data: object, status: str
) -> None:
    station.household.trust.revocations = Judge()  # type: ignore[assignment] - it is there, and is not reached
    assert await say(station, message, data) == (status, None)


async def test_other_vendors_are_told_to_whoever_listens(station: Station, events: list[Event]) -> None:
    assert await say(station, "Authorize", "{}", "somebody") == ("UnknownVendorId", None)
    assert [event.kind for event in events] == [Kind.DATA_TRANSFER]


async def test_a_station_is_asked_with_the_same_messages(call: Caller, peer: Peer) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": '{"status": "Accepted"}'}
    assert await extended(call, "InstallCertificate", {"certificate": "PEM"}) == {"status": "Accepted"}
    (asked,) = peer.told("DataTransfer")
    assert (asked["vendorId"], asked["messageId"], json.loads(asked["data"])) == (
        VENDOR,
        "InstallCertificate",
        {"certificate": "PEM"},
    )


@pytest.mark.parametrize("answer", [{"status": "Accepted"}, {"status": "UnknownVendorId"}])
async def test_a_station_may_not_know_them(call: Caller, peer: Peer, answer: dict[str, str]) -> None:
    peer.answers["DataTransfer"] = answer
    with pytest.raises(Refused):
        await extended(call, "InstallCertificate", {})
