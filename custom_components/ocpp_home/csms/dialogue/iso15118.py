"""Plug & Charge on behalf of a car: its contract is judged, its certificates are asked about, and new ones provided.

OCPP 2.0.1 ed. 3 - C07, M01, M02, M06; OCPP 2.1 - M07. In 1.6 the same messages travel inside DataTransfer.
"""

from asyncio import gather
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from ..model.station import Station
from ..model.token import Decision, Verdict
from ..model.trust import Contract, Finding, Inquiry, Provider, Revocations, Unreachable, Validity
from ..wire.frame import Payload
from .clock import stamp
from .fields import text, whole
from .security import certificate_hash

LONGEST: Final = 10_000
"""So many characters a chain of certificates has at most (OCPP 2.1 - 1.6.1)."""
MOST: Final = 4
"""OCPP 2.0.1 ed. 3 - 1.5.1, OCPP 2.1 - M07: so many certificates are asked about at most."""
LONGEST_RESULT: Final = {"2.1": 18_000}
LONGEST_EXI: Final = {"2.1": 17_000}
"""Of 2.1 alone; before it they have 5500 and 7500 characters."""
REFUSED: Final = frozenset({Decision.BLOCKED, Decision.EXPIRED, Decision.INVALID, Decision.UNKNOWN})
"""C07.FR.13: with one of these the contract counts as cancelled."""


def contract_of(emaid: str, payload: Mapping[str, object]) -> Contract | None:
    """The contract a car shows with its id; None where a station tells the id alone, which it has verified itself."""
    chain, entries = payload.get("certificate"), payload.get("iso15118CertificateHashData")
    asked = tuple(inquiry(entry) for entry in entries[:MOST]) if isinstance(entries, list) else ()
    if not isinstance(chain, str):
        return Contract(emaid, inquiries=asked) if asked else None
    return Contract(emaid, chain[:LONGEST], asked)


def inquiry(entry: Mapping[str, object]) -> Inquiry:
    """What OCSPRequestDataType asks."""
    return Inquiry(certificate_hash(dict(entry)), (text(dict(entry), "responderURL", 2000),))


async def judged(
    station: Station, contract: Contract, now: datetime, decide: Callable[[], Verdict]
) -> tuple[Verdict, Validity]:
    """What is decided about a contract and its certificates (C07.FR.13 to FR.17); where nobody judges: not verified."""
    contracts = station.household.trust.contracts
    validity = Validity.UNVERIFIED if contracts is None else await contracts.judge(contract, now)
    if validity is not Validity.VALID:
        station.count(f"contract {validity.value}")
        return Verdict(Decision.EXPIRED if validity is Validity.EXPIRED else Decision.INVALID), validity
    verdict = decide()
    return verdict, Validity.CANCELLED if verdict.decision in REFUSED else Validity.VALID


def get_certificate_status(station: Station, payload: Payload, now: datetime) -> Payload | Awaitable[Payload]:
    """M06: ask a responder. M06.FR.04: who could not retrieve the status of a certificate answers Failed."""
    revocations = station.household.trust.revocations
    if revocations is None:
        return _failed(station, "certificate status", "nobody asks")
    return _status(station, revocations, inquiry(payload["ocspRequestData"]))


async def _status(station: Station, revocations: Revocations, asked: Inquiry) -> Payload:
    """M06.FR.02, FR.03, FR.09: the response as it came; whether it is genuine the station verifies itself."""
    try:
        finding = await revocations.ask(asked)
    except Unreachable as error:
        return _failed(station, "certificate status", str(error))
    result = b64encode(finding.response).decode()
    if len(result) > LONGEST_RESULT.get(station.version or "", 5500):
        return _failed(station, "certificate status", "the response is too long")
    return {"status": "Accepted", "ocspResult": result}


async def get_certificate_chain_status(station: Station, payload: Payload, now: datetime) -> Payload:
    """M07: ask about each certificate of a chain; M07.FR.08: all in one list."""
    asked = payload["certificateStatusRequests"][:MOST]
    return {"certificateStatus": await gather(*(_entry(station, entry, now) for entry in asked))}


async def _entry(station: Station, entry: Payload, now: datetime) -> Payload:
    """M07.FR.02, FR.05: Failed for a certificate that could not be asked about."""
    told = {"certificateHashData": entry["certificateHashData"], "source": entry["source"]}
    question = Inquiry(certificate_hash(entry["certificateHashData"]), tuple(map(str, entry["urls"])))
    try:
        finding = await _found(station, entry["source"], question)
    except Unreachable:
        station.count("certificate status not available")
        return told | {"status": "Failed", "nextUpdate": stamp(now)}
    return told | {"status": finding.status.value, "nextUpdate": stamp(finding.next_update)}


async def _found(station: Station, source: str, question: Inquiry) -> Finding:
    revocations = station.household.trust.revocations
    if revocations is None:
        raise Unreachable("nobody asks")
    return await (revocations.look_up(question) if source == "CRL" else revocations.ask(question))


def get_15118_ev_certificate(station: Station, payload: Payload, now: datetime) -> Payload | Awaitable[Payload]:
    """M01, M02: a car wants a contract certificate; its request goes to the provider as it came."""
    provider = station.household.trust.provider
    if provider is None:
        return _no_contract(station, payload, "no provider")
    return _provided(station, provider, payload)


async def _provided(station: Station, provider: Provider, payload: Payload) -> Payload:
    """M01.FR.04 (2.1): who says how many contracts a car takes hears how many remain."""
    try:
        told = dict(await provider.provide(payload))
    except Unreachable as error:
        return _no_contract(station, payload, str(error))
    exi, status = told.get("exiResponse"), told.get("status")
    if not isinstance(exi, str) or len(exi) > LONGEST_EXI.get(station.version or "", 7500):
        return _no_contract(station, payload, "not understood")
    remaining = {"remainingContracts": whole(told, "remainingContracts") or 0}
    asked = "maximumContractCertificateChains" in payload
    answer: Payload = {"status": "Accepted" if status == "Accepted" else "Failed", "exiResponse": exi}
    return answer | (remaining if asked else {})


def _no_contract(station: Station, payload: Payload, why: str) -> Payload:
    remaining = {"remainingContracts": 0} if "maximumContractCertificateChains" in payload else {}
    return _failed(station, "contract certificate", why) | {"exiResponse": ""} | remaining


def _failed(station: Station, what: str, why: str) -> Payload:
    station.count(f"{what} not available")
    return {"status": "Failed", "statusInfo": {"reasonCode": "UnsupportedRequest", "additionalInfo": why[:512]}}
