"""Who may charge: asked alike wherever a card is shown."""

from datetime import datetime

from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Decision, Token, Verdict
from .call import quirks_of


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
