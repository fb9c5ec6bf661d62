"""Who may charge: asked alike wherever a card is shown."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..model.admission import Policy, Request, Unknown, known
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Token, TokenType, Verdict
from ..model.transaction import Transaction
from .call import quirks_of


@dataclass(frozen=True, slots=True)
class Showing:
    """Where a card is shown, and what for."""

    evse: int | None = None
    """None where that is not told."""
    transaction: Transaction | None = None
    """The session it is about."""
    starting: bool = False
    """That session begins with this card."""


ANYWHERE: Final = Showing()


def decide(station: Station, token: Token, at: datetime, showing: Showing = ANYWHERE) -> Verdict:
    """The decision about a card that is shown at a moment (UTC)."""
    session = showing.transaction
    request = Request(
        token=token,
        station=station.name,
        at=at,
        evse=showing.evse,
        evses=frozenset(station.evses),
        starting=showing.starting,
        transaction=session.id if session is not None else None,
    )
    return station.household.decide(request, policy_of(station))


def policy_of(station: Station) -> Policy:
    """What holds at a station, the token of our own starts included as the station may say it."""
    return replace(station.policy, token=station.settings.token[: quirks_of(station).tag_length])


def tell(station: Station, token: Token, verdict: Verdict, event: Event) -> None:
    """Tell that a card was shown, at the time and the EVSE of `event`, which may name the session that has begun."""
    data: dict[str, str | float | bool | None] = {**event.data, "token": token.id}
    kind = Kind.CARD_ACCEPTED if verdict.accepted else Kind.CARD_REFUSED
    if not verdict.accepted:
        data["decision"] = verdict.decision.value
    if token.type is TokenType.KEY_CODE:
        data["type"] = token.type.value
    station.emit(Event(kind, event.at, event.evse, data, live=event.live))
    if event.live:
        _introduce(station, token, verdict, event)


def _introduce(station: Station, token: Token, verdict: Verdict, event: Event) -> None:
    """Learn a card nobody knows, or ask about it; codes are secret, and cars count where they are known at all."""
    household, policy = station.household, policy_of(station)
    apart = token.type is TokenType.KEY_CODE or (token.type is TokenType.MAC_ADDRESS and not policy.autocharge)
    if apart or known(token, policy, household.cards):
        return
    about = {"token": token.id, "type": token.type.value}
    if household.learns(token, station.name, event.at):
        station.emit(Event(Kind.CARD_LEARNT, event.at, event.evse, about))
    elif policy.unknown is Unknown.ASK and not verdict.accepted:
        station.emit(Event(Kind.CARD_UNKNOWN, event.at, event.evse, about))
