"""Plug & Charge: contracts, the status of certificates, and new ones."""

from base64 import b64decode
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.iso15118 import (
    contract_of,
    get_15118_ev_certificate,
    get_certificate_chain_status,
    get_certificate_status,
    judged,
)
from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from custom_components.ocpp_home.csms.model.transaction import Json
from custom_components.ocpp_home.csms.model.trust import Contract, Finding, Inquiry, Revocation, Unreachable, Validity

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}
URL = "http://ocsp.example"
OCSP = HASH | {"responderURL": URL}
WHICH = CertificateHash("SHA256", "aa", "bb", "FFF")
EMAID = "DE8AA1A2B3C4D5"

type Answer = dict[str, object]


class Judge:
    def __init__(self, validity: Validity) -> None:
        self.validity = validity
        self.asked: list[Contract] = []

    async def judge(self, contract: Contract, now: datetime) -> Validity:
        assert now == NOW
        self.asked.append(contract)
        return self.validity


class Responder:
    """Says what it is told to; nobody knows the list of a CRL by heart, so it says something else there."""

    def __init__(self, response: bytes | None = b"DER") -> None:
        self.response = response
        self.asked: list[Inquiry] = []

    async def ask(self, inquiry: Inquiry) -> Finding:
        self.asked.append(inquiry)
        if self.response is None:
            raise Unreachable("no route")
        return Finding(Revocation.UNKNOWN, NOW + timedelta(hours=1), self.response)

    async def look_up(self, inquiry: Inquiry) -> Finding:
        self.asked.append(inquiry)
        return Finding(Revocation.REVOKED, NOW + timedelta(days=1))


class Pool:
    def __init__(self, answer: Mapping[str, Json] | None) -> None:
        self.answer = answer
        self.asked: list[Mapping[str, Json]] = []

    async def provide(self, request: Mapping[str, Json]) -> Mapping[str, Json]:
        self.asked.append(request)
        if self.answer is None:
            raise Unreachable("the provider is silent")
        return self.answer


async def told(answer: Answer | Awaitable[Answer]) -> Answer:
    return answer if isinstance(answer, dict) else await answer


# --- contracts --------------------------------------------------------------------------------------------------------
def test_a_car_shows_a_chain_or_what_to_ask_or_nothing() -> None:
    asked = (Inquiry(WHICH, (URL,)),)
    assert contract_of(EMAID, {}) is None
    assert contract_of(EMAID, {"certificate": "PEM"}) == Contract(EMAID, "PEM")
    assert contract_of(EMAID, {"iso15118CertificateHashData": [OCSP]}) == Contract(EMAID, None, asked)
    both = contract_of(EMAID, {"certificate": "P" * 20_000, "iso15118CertificateHashData": [OCSP] * 9})
    assert both == Contract(EMAID, "P" * 10_000, asked * 4)


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_valid_contract_whose_card_is_refused_counts_as_cancelled(station: Station, decision: Decision) -> None:
    """C07.FR.13, C07.FR.14."""
    station.household.trust.contracts = judge = Judge(Validity.VALID)
    cancelled = {Decision.BLOCKED, Decision.EXPIRED, Decision.INVALID, Decision.UNKNOWN}
    verdict, validity = await judged(station, Contract(EMAID, "PEM"), NOW, lambda: Verdict(decision))
    assert verdict == Verdict(decision)
    assert validity is (Validity.CANCELLED if decision in cancelled else Validity.VALID)
    assert judge.asked == [Contract(EMAID, "PEM")]
    assert station.counters == {}


@pytest.mark.parametrize(
    ("validity", "decision"),
    [
        (Validity.EXPIRED, Decision.EXPIRED),
        (Validity.REVOKED, Decision.INVALID),
        (Validity.UNVERIFIED, Decision.INVALID),
    ],
)
async def test_a_certificate_that_is_not_valid_decides_by_itself(
    station: Station, validity: Validity, decision: Decision
) -> None:
    """C07.FR.15, C07.FR.16, C07.FR.17."""
    station.household.trust.contracts = Judge(validity)
    verdict = await judged(station, Contract(EMAID, "PEM"), NOW, lambda: Verdict(Decision.ACCEPTED))
    assert verdict == (Verdict(decision), validity)
    assert station.counters == {f"contract {validity.value}": 1}


async def test_where_nobody_judges_nothing_is_verified(station: Station) -> None:
    verdict = await judged(station, Contract(EMAID, "PEM"), NOW, lambda: Verdict(Decision.ACCEPTED))
    assert verdict == (Verdict(Decision.INVALID), Validity.UNVERIFIED)


# --- the status of certificates ---------------------------------------------------------------------------------------
async def test_an_ocsp_response_is_handed_on_as_it_came(station: Station) -> None:
    """M06.FR.02, M06.FR.03: whatever it says of the certificate."""
    station.household.trust.revocations = responder = Responder()
    answer = await told(get_certificate_status(station, {"ocspRequestData": OCSP}, NOW))
    assert answer["status"] == "Accepted"
    assert b64decode(str(answer["ocspResult"])) == b"DER"
    assert responder.asked == [Inquiry(WHICH, (URL,))]


@pytest.mark.parametrize(
    ("responder", "why"),
    [
        (None, "nobody asks"),
        (Responder(None), "no route"),
        (Responder(b"x" * 5000), "the response is too long"),
    ],
)
async def test_a_status_that_cannot_be_had_is_told_with_its_reason(
    station: Station, responder: Responder | None, why: str
) -> None:
    """M06.FR.04."""
    station.version = "2.0.1"
    station.household.trust.revocations = responder
    answer = await told(get_certificate_status(station, {"ocspRequestData": OCSP}, NOW))
    info = {"reasonCode": "UnsupportedRequest", "additionalInfo": why}
    assert answer == {"status": "Failed", "statusInfo": info}
    assert station.counters == {"certificate status not available": 1}


async def test_newer_stations_take_longer_responses(station: Station) -> None:
    station.version = "2.1"
    station.household.trust.revocations = Responder(b"x" * 5000)
    assert (await told(get_certificate_status(station, {"ocspRequestData": OCSP}, NOW)))["status"] == "Accepted"


async def test_each_certificate_of_a_chain_is_asked_about_where_it_says(station: Station) -> None:
    """M07.FR.01, M07.FR.02, M07.FR.03, M07.FR.04, M07.FR.05; whether it is revoked is M07.FR.06 and M07.FR.07."""
    requests = [
        {"certificateHashData": HASH, "source": source, "urls": [URL, "http://other.example"]}
        for source in ("OCSP", "CRL")
    ]
    payload = {"certificateStatusRequests": requests}
    station.household.trust.revocations = responder = Responder()
    answer = (await get_certificate_chain_status(station, payload, NOW))["certificateStatus"]
    assert [(one["source"], one["status"], one["nextUpdate"]) for one in answer] == [
        ("OCSP", "Unknown", "2026-11-25T13:00:00Z"),
        ("CRL", "Revoked", "2026-11-26T12:00:00Z"),
    ]
    assert responder.asked == [Inquiry(WHICH, (URL, "http://other.example"))] * 2
    station.household.trust.revocations = Responder(None)
    answer = (await get_certificate_chain_status(station, payload, NOW))["certificateStatus"]
    assert [one["status"] for one in answer] == ["Failed", "Revoked"]
    station.household.trust.revocations = None
    answer = (await get_certificate_chain_status(station, payload, NOW))["certificateStatus"]
    assert [(one["status"], one["nextUpdate"]) for one in answer] == [("Failed", "2026-11-25T12:00:00Z")] * 2


# --- new contracts ----------------------------------------------------------------------------------------------------
async def test_a_provider_gets_the_request_as_it_came_and_its_answer_goes_back(station: Station) -> None:
    """M01."""
    request = {"iso15118SchemaVersion": "2", "action": "Install", "exiRequest": "gA=="}
    station.household.trust.provider = pool = Pool({"status": "Accepted", "exiResponse": "gB==", "other": 1})
    assert await told(get_15118_ev_certificate(station, request, NOW)) == {"status": "Accepted", "exiResponse": "gB=="}
    assert pool.asked == [request]
    more = request | {"maximumContractCertificateChains": 3}
    pool.answer = {"status": "odd", "exiResponse": "gB==", "remainingContracts": 2}
    answer = await told(get_15118_ev_certificate(station, more, NOW))
    assert answer == {"status": "Failed", "exiResponse": "gB==", "remainingContracts": 2}
    pool.answer = {"status": "Accepted", "exiResponse": "gB=="}
    assert (await told(get_15118_ev_certificate(station, more, NOW)))["remainingContracts"] == 0


@pytest.mark.parametrize(
    ("pool", "why"),
    [
        (None, "no provider"),
        (Pool(None), "the provider is silent"),
        (Pool({"status": "Accepted"}), "not understood"),
        (Pool({"status": "Accepted", "exiResponse": "x" * 7501}), "not understood"),
    ],
)
async def test_a_contract_that_cannot_be_had_is_told_with_its_reason(
    station: Station, pool: Pool | None, why: str
) -> None:
    station.version = "2.0.1"
    station.household.trust.provider = pool
    answer = await told(get_15118_ev_certificate(station, {"exiRequest": "gA=="}, NOW))
    info = {"reasonCode": "UnsupportedRequest", "additionalInfo": why}
    assert answer == {"status": "Failed", "exiResponse": "", "statusInfo": info}
    assert station.counters == {"contract certificate not available": 1}


async def test_no_contracts_remain_where_there_are_none(station: Station) -> None:
    """M01.FR.04 (2.1)."""
    answer = await told(get_15118_ev_certificate(station, {"maximumContractCertificateChains": 2}, NOW))
    assert answer["remainingContracts"] == 0
