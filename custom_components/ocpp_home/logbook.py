"""Lines of the logbook: who charged where, how much, and who was refused."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_ICON, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_CARD_REFUSED, EVENT_INTRUDER, EVENT_SESSION_ENDED, EVENT_SESSION_STARTED
from .csms.model.token import Decision
from .words import spoken

type Facts = Mapping[str, Any]
type Describe = Callable[[str, str, Callable[[Event], dict[str, Any]]], None]

type Said = tuple[str, str]
"""Who did something, and what it was: together a sentence."""

WHY: Final[Mapping[str, str]] = {
    Decision.BLOCKED: "it is not active",
    Decision.CONCURRENT: "it charges at another place already",
    Decision.EXPIRED: "its time is over",
    Decision.INVALID: "it may not start charging here",
    Decision.NO_CREDIT: "what it may charge in a month is used up",
    Decision.NOT_ALLOWED_TYPE_EVSE: "it may not charge at this kind of place",
    Decision.NOT_AT_THIS_LOCATION: "it may not charge at this place",
    Decision.NOT_AT_THIS_TIME: "it may not charge at this time",
    Decision.UNKNOWN: "",
}
"""What the answer to the station means to people."""


def started(facts: Facts) -> Said:
    """Who began, and where."""
    return _who(facts), _late(facts, f"started charging at {facts.get('station')}")


def ended(facts: Facts) -> Said:
    """Who charged, where, how much, how long and for how much."""
    said = f"finished charging at {facts.get('station')}"
    if facts.get("energy") is not None:
        said += f": {facts['energy'] / 1000:.2f} kWh"
    if facts.get("duration") is not None:
        said += f" in {_span(int(facts['duration']))}"
    if facts.get("cost") is not None:
        said += f" for {facts['cost']:.2f} {facts.get('currency')}"
    return _who(facts), _late(facts, said)


def refused(facts: Facts) -> Said:
    """Which station refused whose card, and why."""
    told, name = str(facts.get("decision") or ""), facts.get("card")
    card = f"the card {name}" if name else f"the unknown card {facts.get('token') or ''}".rstrip()
    why = "" if told == Decision.INVALID and not name else WHY.get(told, spoken(told, first=False))
    return str(facts.get("station")), _late(facts, f"refused {card}{f': {why}' if why else ''}")


def turned_away(facts: Facts) -> Said:
    """As which station somebody wanted to come in, from where, and what was wrong."""
    reason = spoken(str(facts.get("reason") or ""), first=False)
    return str(facts.get("station")), f"turned away {facts.get('address')}, who did not prove to be it: {reason}"


def _who(facts: Facts) -> str:
    names = [str(facts[name]) for name in ("person", "card") if facts.get(name)]
    return names[0] if names else "Somebody"


def _span(seconds: int) -> str:
    """A duration as people say it."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02} h" if hours else f"{minutes} min"


def _late(facts: Facts, said: str) -> str:
    return f"{said} (while there was no connection)" if facts.get("late") else said


LINES: Final[Mapping[str, tuple[Callable[[Facts], Said], str]]] = {
    EVENT_SESSION_STARTED: (started, "mdi:car-electric"),
    EVENT_SESSION_ENDED: (ended, "mdi:ev-plug-type2"),
    EVENT_CARD_REFUSED: (refused, "mdi:credit-card-off-outline"),
    EVENT_INTRUDER: (turned_away, "mdi:shield-alert-outline"),
}
"""What is said, and the picture beside it."""


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Describe) -> None:
    """Say how our events are told."""

    @callback
    def describe(event: Event) -> dict[str, Any]:
        tell, icon = LINES[str(event.event_type)]
        who, what = tell(event.data)
        return {
            LOGBOOK_ENTRY_NAME: who,
            LOGBOOK_ENTRY_MESSAGE: what,
            LOGBOOK_ENTRY_ICON: icon,
        }

    for kind in LINES:
        async_describe_event(DOMAIN, kind, describe)
