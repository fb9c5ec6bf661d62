"""Authorize (OCPP 2.0.1 ed. 3 - C), and what is said about an id token wherever one is shown."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import Final

from ..dialogue.authorization import ANYWHERE, Showing, decide as decide_card, tell
from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..dialogue.iso15118 import contract_of, judged
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Decision, Token, TokenType, Verdict
from ..model.trust import Contract
from ..wire.frame import Payload
from . import paid, prepaid, v2x

TYPES: Final = {kind.casefold(): kind for kind in TokenType}
OURS: Final = TokenType.CENTRAL
"""3.43: "A centrally, in the CSMS (or other server) generated id"; of that kind are starts by command, and groups."""
MAX_TOKEN: Final = 36
"""2.28 IdTokenType, and 255 since 2.1; the shorter one is understood by both."""


def authorize(station: Station, payload: Payload, now: datetime) -> Payload | Awaitable[Payload]:
    """Decide whether the holder of a token may charge; a contract is judged with its certificates (C07)."""
    token = token_of(payload)
    if token is None:
        return {"idTokenInfo": {"status": Decision.INVALID.value}}
    contract = contract_of(token.id, payload)
    if contract is not None:
        return _with_contract(station, token, contract, now)
    return _told(station, token, decide(station, token, now), now)


async def _with_contract(station: Station, token: Token, contract: Contract, now: datetime) -> Payload:
    """C07.FR.13 to FR.17: the answer has a word for the certificates too."""
    verdict, validity = await judged(station, contract, now, lambda: decide(station, token, now))
    return _told(station, token, verdict, now) | {"certificateStatus": validity.value}


def _told(station: Station, token: Token, verdict: Verdict, now: datetime) -> Payload:
    tell(station, shown(token), verdict, Event(Kind.CARD_ACCEPTED, now))
    return {"idTokenInfo": token_info(verdict)} | (v2x.told(station) if verdict.accepted else {})


def token_of(payload: Payload) -> Token | None:
    """The token of a message; types that 2.0.1 does not know are unknown."""
    told = payload.get("idToken")
    if not isinstance(told, dict):
        return None
    return Token(text(told, "idToken"), TYPES.get(text(told, "type", 50).casefold(), TokenType.UNKNOWN))


def decide(station: Station, token: Token, now: datetime, showing: Showing = ANYWHERE) -> Verdict:
    """The decision about a token that is shown at a moment; C17.FR.01, C17.FR.02: of a budget it is not remembered."""
    if paid.covers(station, token, showing.transaction):
        return Verdict(Decision.ACCEPTED, expires=now)
    verdict = decide_card(station, token, now, showing)
    return replace(verdict, expires=now) if prepaid.metered(station, token) else verdict


def shown(token: Token) -> Token:
    """The token as it may be recorded and shown; C04.FR.04: key codes never are."""
    return Token(token.type.value, token.type) if token.type is TokenType.KEY_CODE else token


def token_info(verdict: Verdict) -> Payload:
    """A decision in the words of 2.27 IdTokenInfoType; C09.FR.09, C09.FR.12: with the group."""
    info: Payload = {"status": verdict.decision.value}
    if verdict.expires is not None:
        info["cacheExpiryDateTime"] = stamp(verdict.expires)
    if verdict.group:
        info["groupIdToken"] = group_token(verdict.group)
    if verdict.evses:
        info["evseId"] = list(verdict.evses)  # C01.FR.20
    return info


def id_token(token: Token) -> Payload:
    """A token in the words of 2.28 IdTokenType; one of unknown kind is one of ours."""
    kind = OURS if token.type is TokenType.UNKNOWN else token.type
    return {"idToken": token.id, "type": kind.value}


def group_token(group: str) -> Payload:
    """A group in the words of 2.28 IdTokenType, no longer than every version takes."""
    return id_token(Token(group[:MAX_TOKEN], OURS))


REQUESTS: Final[dict[str, Handler]] = {"Authorize": authorize}
