"""A station that belongs to a hub: log, device registry and repairs are kept in step with it."""

import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback

from .csms.model.evse import Evse
from .csms.model.station import Station
from .devices import register_station
from .notices import NoticeBoard

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)


class Member:
    """Watches one station for as long as its subentry exists."""

    def __init__(self, hub: Hub, station: Station, subentry_id: str) -> None:
        """Remember who belongs together; nothing is watched before `settle_in`."""
        self.hub = hub
        self.station = station
        self.subentry_id = subentry_id
        self._board = NoticeBoard(hub.hass, hub.entry.entry_id, subentry_id, station)
        self._connected = False
        self._went = False
        self._registered: tuple[object, ...] = ()
        self._unsubscribe = station.subscribe(self._changed)

    @callback
    def settle_in(self) -> None:
        """Register the station's devices and show its notices."""
        self._changed(self.station)

    @callback
    def leave(self) -> None:
        """Stop watching."""
        self._unsubscribe()
        self._board.clear()

    @callback
    def _changed(self, part: Station | Evse) -> None:
        if part is not self.station:
            return
        title = self.hub.title(self.station)
        self._log_connection(title)
        self._register(title)
        self._board.update(title)

    def _log_connection(self, title: str) -> None:
        """Log that the station went and that it returned, once each."""
        if self.station.connected == self._connected:
            return
        self._connected = self.station.connected
        if not self._connected:
            _LOGGER.info("Station %s has disconnected", title)
        elif self._went:
            _LOGGER.info("Station %s is connected again", title)
        self._went = not self._connected

    def _register(self, title: str) -> None:
        facts = (title, self.station.identity, *self.station.evses)
        if facts != self._registered:
            self._registered = facts
            register_station(self.hub, self.station)
