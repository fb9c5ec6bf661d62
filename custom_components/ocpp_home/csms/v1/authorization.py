"""Authorize (OCPP 1.6 ed. 2 - 4.1), and what is said about a card wherever one is shown."""

from datetime import datetime
from typing import Final

from ..dialogue.call import Handler, quirks_of
from ..dialogue.clock import stamp
from ..dialogue.fields import text
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Decision, Token, Verdict
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
    """Decide whether the holder of a card may charge."""
    token = token_of(payload)
    verdict = decide(station, token, now)
    tell(station, token, verdict, Event(Kind.CARD_ACCEPTED, now))
    return {"idTagInfo": tag_info(verdict)}


def token_of(payload: Payload) -> Token:
    """The card of a message; longer ids than the specification allows are kept, for stations do send them."""
    return Token(text(payload, "idTag"))


def decide(station: Station, token: Token, now: datetime) -> Verdict:
    """The decision about a card; the token of our own remote starts is always welcome."""
    ours = station.settings.token[: quirks_of(station).tag_length]
    if token.key and token.key == Token(ours).key:
        return Verdict(Decision.ACCEPTED)
    return station.settings.admittance.decide(token, now)


def tell(station: Station, token: Token, verdict: Verdict, event: Event) -> None:
    """Tell that a card was shown, at the time and the EVSE of `event`."""
    kind = Kind.CARD_ACCEPTED if verdict.accepted else Kind.CARD_REFUSED
    data = {"token": token.id} if verdict.accepted else {"token": token.id, "decision": verdict.decision.value}
    station.emit(Event(kind, event.at, event.evse, data, live=event.live))


def tag_info(verdict: Verdict) -> Payload:
    """A decision in the words of OCPP 1.6 ed. 2 - 7.27."""
    info: Payload = {"status": WORDS.get(verdict.decision, "Invalid")}
    if verdict.expires is not None:
        info["expiryDate"] = stamp(verdict.expires)
    if verdict.group:
        info["parentIdTag"] = verdict.group[:MAX_TOKEN]
    return info


REQUESTS: Final[dict[str, Handler]] = {"Authorize": authorize}
