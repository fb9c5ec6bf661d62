"""Cards nobody knows: learnt when they are waited for, offered to the owner when a station asks about them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .cards import card_id, kind_of
from .const import Kind as CardKind
from .csms.model.admission import Unknown
from .csms.model.event import Event, Kind
from .csms.model.station import Station
from .csms.model.token import Token, TokenType
from .offers import Offers

if TYPE_CHECKING:
    from .hub import Hub

PATIENCE: Final = 60.0
"""So many seconds the next unknown card is waited for."""
FORGOTTEN: Final = timedelta(days=1)
"""An unknown card that was not shown again for so long is no longer offered."""
ROUND: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card nobody knows, and at which station of which hub it was shown."""

    entry_id: str
    token: Token
    station: str
    learnt: bool = False
    """It was waited for, so it is offered whatever is done about unknown cards."""

    @property
    def key(self) -> str:
        """What makes two of them the same card."""
        return card_id(self.token)

    @property
    def kind(self) -> CardKind:
        """What it is, as far as the station tells."""
        return kind_of(self.token.type)


class CardDesk:
    """Where the unknown cards of one hub are looked at."""

    def __init__(self, hub: Hub) -> None:
        """Begin with an empty desk."""
        self.hub = hub
        self._offers = Offers(hub, Shown)
        self._waiting: list[asyncio.Future[Shown | None]] = []
        self._seen: dict[str, datetime] = {}
        self._ends: list[Callable[[], None]] = []

    @callback
    def start(self) -> None:
        """Look at the cards that are shown at any station."""
        self._ends.append(async_track_time_interval(self.hub.hass, self._look_round, ROUND))
        self._ends.append(self.hub.on_station(self._watch))

    @callback
    def stop(self) -> None:
        """Wait for no card and offer none any more."""
        for end in self._ends:
            end()
        for waiting in self._waiting:
            _answer(waiting, None)
        self._ends = []
        self.hub.central.household.unlearn()
        self._offers.dismiss(lambda shown: True)

    @callback
    def review(self) -> None:
        """Take the offers back that are known by now, or about which nobody wants to be asked any more."""
        self._offers.dismiss(lambda shown: self._known(shown) or not (shown.learnt or self._asked(shown)))

    @callback
    def listen(self) -> None:
        """Offer the next unknown card that is shown within a minute, at any station."""
        self.hub.central.household.learn(dt_util.utcnow() + timedelta(seconds=PATIENCE))

    async def learn(self) -> Shown | None:
        """Wait for the next unknown card that is shown, and give it; None when nobody shows one."""
        self.listen()
        waiting: asyncio.Future[Shown | None] = self.hub.hass.loop.create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(PATIENCE):
                return await waiting
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(waiting)

    @callback
    def offer(self, shown: Shown) -> None:
        """Let the owner decide whether a card belongs to the household."""
        self._seen[shown.key] = dt_util.utcnow()
        if not self._known(shown):
            self._offers.make(shown)

    def _watch(self, station: Station) -> None:
        def hear(event: Event) -> None:
            if event.kind in (Kind.CARD_UNKNOWN, Kind.CARD_LEARNT):
                self._hear(station, event)

        self._ends.append(station.witness(hear))

    @callback
    def _hear(self, station: Station, event: Event) -> None:
        learnt = event.kind is Kind.CARD_LEARNT
        token = Token(str(event.data["token"]), TokenType(str(event.data["type"])))
        shown = Shown(self.hub.entry.entry_id, token, station.name, learnt)
        for waiting in self._waiting if learnt else ():
            _answer(waiting, shown)
        if not (learnt and self._waiting):
            self.offer(shown)

    def _known(self, shown: Shown) -> bool:
        return self.hub.central.household.cards.of(shown.token) is not None

    def _asked(self, shown: Shown) -> bool:
        station = self.hub.stations.get(shown.station.casefold())
        return station is not None and station.policy.unknown is Unknown.ASK and not station.policy.free

    @callback
    def _look_round(self, now: datetime) -> None:
        self._seen = {key: at for key, at in self._seen.items() if at > now - FORGOTTEN}
        self._offers.dismiss(lambda shown: shown.key not in self._seen)


def _answer(waiting: asyncio.Future[Shown | None], shown: Shown | None) -> None:
    if not waiting.done():
        waiting.set_result(shown)
