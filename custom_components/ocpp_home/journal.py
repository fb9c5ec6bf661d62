"""What people want to read of a day: sessions and refused cards, as events of Home Assistant with names in them."""

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .const import DOMAIN, EVENT_CARD_REFUSED, EVENT_SESSION_ENDED, EVENT_SESSION_STARTED
from .csms.model.event import Event, Kind
from .csms.model.price import amount
from .csms.model.station import Station
from .csms.model.token import Token, TokenType
from .csms.model.transaction import Transaction
from .devices import evse_device, station_key
from .words import shown, tame

if TYPE_CHECKING:
    from .hub import Hub

MOST: Final = 60
PERIOD: Final = timedelta(minutes=1)
"""So many lines are written of a station in so much time; it could flood the recorder otherwise."""

TYPES: Final = {
    Kind.SESSION_STARTED: EVENT_SESSION_STARTED,
    Kind.SESSION_ENDED: EVENT_SESSION_ENDED,
    Kind.CARD_REFUSED: EVENT_CARD_REFUSED,
}

type Line = dict[str, str | float | bool | None]


def keep_journal(hub: Hub, station: Station) -> None:
    """From now on tell what happens at a station."""
    Journal(hub, station)


class Journal:
    """Tells what happens at one station."""

    def __init__(self, hub: Hub, station: Station) -> None:
        """Tell from now on, as long as the station is there."""
        self._hub = hub
        self._station = station
        self._told: deque[datetime] = deque(maxlen=MOST)
        station.witness(self._hear)

    @callback
    def _hear(self, event: Event) -> None:
        if event.kind in TYPES and self._bearable():
            about = self._refusal(event) if event.kind is Kind.CARD_REFUSED else self._session(event)
            told = {ATTR_DEVICE_ID: self._device(event.evse), "station": self._name(event.evse), "evse": event.evse}
            more = {"at": event.at.isoformat(), "late": not event.live}
            self._hub.hass.bus.async_fire(TYPES[event.kind], shown({**told, **more, **about}))

    def _bearable(self) -> bool:
        now = dt_util.utcnow()
        if len(self._told) == MOST and now - self._told[0] < PERIOD:
            self._station.count("line not written")
            return False
        self._told.append(now)
        return True

    def _refusal(self, event: Event) -> Line:
        number = str(event.data.get("token") or "")
        card = self._station.household.cards.of(Token(number))
        return {
            "token": self._number(number, secret=event.data.get("type") == TokenType.KEY_CODE),
            "card": None if card is None else card.name or None,
            "person": None if card is None else card.person or None,
            "decision": str(event.data.get("decision")),
        }

    def _session(self, event: Event) -> Line:
        known = self._station.ledger.find(self._station.name, str(event.data.get("transaction")))
        if known is None:
            return {}
        told: Line = {
            "session": known.id,
            "token": self._number(known.token or ""),
            "card": known.card,
            "person": known.person,
        }
        return told if event.kind is Kind.SESSION_STARTED else told | self._outcome(known)

    def _outcome(self, known: Transaction) -> Line:
        account = self._hub.records.so_far(known)
        cost, currency = (None, None) if account is None else (account.cost, account.currency)
        begin, end = known.started, known.stopped
        return {
            "energy": known.energy if account is None else account.energy,
            "cost": None if cost is None or currency is None else float(amount(cost, currency)),
            "currency": currency,
            "duration": None if begin is None or end is None else (end - begin).total_seconds(),
            "reason": None if known.reason is None else tame(known.reason),
        }

    def _number(self, number: str, *, secret: bool = False) -> str | None:
        return self._hub.number(self._station, number, secret=secret) if number else None

    def _name(self, evse: int) -> str:
        title = self._hub.title(self._station)
        return f"{title} {evse}" if evse and len(self._station.evses) > 1 else title

    def _device(self, evse: int) -> str | None:
        """The device of the EVSE, where it has one of its own."""
        registry, entry_id = dr.async_get(self._hub.hass), self._hub.entry.entry_id
        place = registry.async_get_child_device_by_identifier((DOMAIN, evse_device(self._station, evse)), entry_id)
        whole = registry.async_get_device_by_identifier((DOMAIN, station_key(self._station)), entry_id)
        device = place or whole
        return None if device is None else device.id
