"""Plug & Charge in OCPP 1.6: messages of 2.0.1 inside DataTransfer (application note of the Open Charge Alliance).

"Using ISO 15118 Plug & Charge with OCPP 1.6": vendorId is VENDOR, messageId the name of the message, and data the
message as text.
"""

from collections.abc import Awaitable
from datetime import datetime
import json
from typing import Final

from ..dialogue import transfer
from ..dialogue.authorization import decide, tell
from ..dialogue.call import Caller, Handler, consent
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..dialogue.iso15118 import contract_of, get_15118_ev_certificate, get_certificate_status, judged
from ..dialogue.security import sign_certificate
from ..model.errors import Refused
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Token, TokenType
from ..model.trust import Contract
from ..wire.frame import Payload
from .authorization import WORDS

VENDOR: Final = "org.openchargealliance.iso15118pnc"
CAR: Final = "V2GCertificate"
"""What a station shows to cars; of its own certificate the security whitepaper's messages speak."""


def authorize(station: Station, payload: Payload, now: datetime) -> Payload | Awaitable[Payload]:
    """Decide about a contract (C07); its id is written as a text, or as 2.0.1 writes it."""
    written = payload.get("idToken")
    token = Token(text(written if isinstance(written, dict) else payload, "idToken"), TokenType.EMAID)
    return _authorized(station, token, contract_of(token.id, payload), now)


async def _authorized(station: Station, token: Token, contract: Contract | None, now: datetime) -> Payload:
    word: Payload = {}
    if contract is None:
        verdict = decide(station, token, now)
    else:
        verdict, validity = await judged(station, contract, now, lambda: decide(station, token, now))
        word = {"certificateStatus": validity.value}
    tell(station, token, verdict, Event(Kind.CARD_ACCEPTED, now))
    info: Payload = {"status": WORDS.get(verdict.decision, "Invalid")}
    if verdict.expires is not None:
        info["cacheExpiryDateTime"] = stamp(verdict.expires)
    return {"idTokenInfo": info} | word


def sign(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a request for the certificate a station shows to cars."""
    return sign_certificate(station, {"certificateType": CAR} | payload, now)


MESSAGES: Final[dict[str, Handler]] = {
    "Authorize": authorize,
    "Get15118EVCertificate": get_15118_ev_certificate,
    "GetCertificateStatus": get_certificate_status,
    "SignCertificate": sign,
}


def data_transfer(station: Station, payload: Payload, now: datetime) -> Payload | Awaitable[Payload]:
    """Answer a message of the extension; every other vendor's is told to whoever listens."""
    if text(payload, "vendorId").casefold() != VENDOR:
        return transfer.data_transfer(station, payload, now)
    handler, data = MESSAGES.get(text(payload, "messageId", 50)), _read(payload.get("data"))
    if handler is None:
        return {"status": "UnknownMessageId"}
    if data is None:
        return {"status": "Rejected"}
    try:
        answer = handler(station, data, now)
    except KeyError, TypeError, AttributeError, ValueError:
        station.count("Plug & Charge message not understood")
        return {"status": "Rejected"}
    return _wrapped(answer) if isinstance(answer, dict) else _wrapped_later(answer)


async def extended(call: Caller, action: str, request: Payload) -> Payload:
    """Ask a station with a message of the extension; raises Refused."""
    answer = await call("DataTransfer", {"vendorId": VENDOR, "messageId": action, "data": json.dumps(request)})
    consent(answer)
    data = _read(answer.get("data"))
    if data is None:
        raise Refused("no answer", "what came is not understood")
    return data


def _read(data: object) -> Payload | None:
    """The message; some stations send an object where a text belongs."""
    try:
        read = json.loads(data) if isinstance(data, str) else data
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _wrapped(answer: Payload) -> Payload:
    return {"status": "Accepted", "data": json.dumps(answer)}


async def _wrapped_later(answer: Awaitable[Payload]) -> Payload:
    return _wrapped(await answer)


REQUESTS: Final[dict[str, Handler]] = {"DataTransfer": data_transfer}
