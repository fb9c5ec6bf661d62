"""Authorize (OCPP 1.6 ed. 2 - 4.1), and what is said about a card wherever one is shown."""

from datetime import datetime
from typing import Final

from ..dialogue.authorization import decide, tell
from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import ADDRESS, Decision, Token, TokenType, Verdict
from ..wire.frame import Payload

WORDS: Final = {
    Decision.ACCEPTED: "Accepted",
    Decision.BLOCKED: "Blocked",
    Decision.EXPIRED: "Expired",
    Decision.CONCURRENT: "ConcurrentTx",
    Decision.NO_CREDIT: "Blocked",
}
"""OCPP 1.6 ed. 2 - 7.2 knows five decisions; what it has no word for is Invalid."""
MAX_TOKEN: Final = 20
"""OCPP 1.6 ed. 2 - 7.28."""


def authorize(station: Station, payload: Payload, now: datetime) -> Payload:
    """Decide whether the holder of a card may charge.

    A card that stops everything is refused, for 1.6 knows no such cards and would begin a session; the stops are asked
    for by command.
    """
    token = token_of(payload)
    verdict = decide(station, token, now)
    if verdict.accepted and verdict.master:
        station.emit(Event(Kind.CARD_MASTER, now, data={"token": token.id}))
        return {"idTagInfo": tag_info(Verdict(Decision.INVALID))}
    tell(station, token, verdict, Event(Kind.CARD_ACCEPTED, now))
    return {"idTagInfo": tag_info(verdict)}


def token_of(payload: Payload) -> Token:
    """The card of a message; longer ids than the specification allows are kept, for stations do send them.

    Only the address of a car can be told from a card: "VID:" and twelve digits, or the pairs of an address.
    """
    tag = text(payload, "idTag")
    return Token(tag, TokenType.MAC_ADDRESS if ADDRESS.fullmatch(tag) else TokenType.UNKNOWN)


def tag_info(verdict: Verdict) -> Payload:
    """A decision in the words of OCPP 1.6 ed. 2 - 7.27."""
    info: Payload = {"status": WORDS.get(verdict.decision, "Invalid")}
    if verdict.expires is not None:
        info["expiryDate"] = stamp(verdict.expires)
    if verdict.group:
        info["parentIdTag"] = verdict.group[:MAX_TOKEN]
    return info


REQUESTS: Final[dict[str, Handler]] = {"Authorize": authorize}
