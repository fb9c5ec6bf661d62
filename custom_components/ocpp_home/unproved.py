"""Stations that do not prove who they are: one repair names them until each is protected, or left so by its owner."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_IDENTITY, CONF_SECURITY_PROFILE, CONF_SECURITY_WAIVED, DOCUMENTATION, DOMAIN, SUBENTRY_STATION
from .csms.model.evse import Evse
from .csms.model.station import Station
from .words import tame

if TYPE_CHECKING:
    from .hub import Hub

KIND: Final = "unproved"


class Unproved:
    """Watches which stations of a hub anybody could be."""

    def __init__(self, hub: Hub) -> None:
        """Begin with nothing shown."""
        self._hub = hub
        self._called: set[str] = set()
        self._end: Callable[[], None] | None = None

    @callback
    def start(self) -> None:
        """Look at each station, and at those to come."""
        self._end = self._hub.on_station(self._watch)

    @callback
    def stop(self) -> None:
        """Show nothing any more."""
        if self._end is not None:
            self._end()
        ir.async_delete_issue(self._hub.hass, DOMAIN, self._issue_id)

    @property
    def stations(self) -> list[ConfigSubentry]:
        """Those that have called, of which nothing is asked although their owner has not chosen that."""
        return list(self._unproved())

    @callback
    def leave(self, subentry_ids: list[str]) -> None:
        """The owner chooses that nobody has to prove to be one of these."""
        for subentry in self.stations:
            if subentry.subentry_id in subentry_ids:
                self._hub.hass.config_entries.async_update_subentry(
                    self._hub.entry, subentry, data={**subentry.data, CONF_SECURITY_WAIVED: True}
                )
        self.review()

    @callback
    def review(self) -> None:
        """Show whom it concerns now."""
        titles = sorted(subentry.title for subentry in self._unproved())
        if not titles:
            ir.async_delete_issue(self._hub.hass, DOMAIN, self._issue_id)
            return
        ir.async_create_issue(
            self._hub.hass,
            DOMAIN,
            self._issue_id,
            data={"entry_id": self._hub.entry.entry_id, "kind": KIND},
            is_fixable=True,
            is_persistent=False,
            learn_more_url=f"{DOCUMENTATION}/troubleshooting.md#{KIND}",
            severity=ir.IssueSeverity.WARNING,
            translation_key=KIND,
            translation_placeholders={"stations": tame(", ".join(titles))},
        )

    @property
    def _issue_id(self) -> str:
        return f"{self._hub.entry.entry_id}_{KIND}"

    def _unproved(self) -> Iterator[ConfigSubentry]:
        for subentry in self._hub.entry.subentries.values():
            if subentry.subentry_type != SUBENTRY_STATION or subentry.data.get(CONF_SECURITY_WAIVED):
                continue
            station = self._hub.stations.get(subentry.data[CONF_IDENTITY].casefold())
            if station is not None and station.version is not None and not subentry.data.get(CONF_SECURITY_PROFILE):
                yield subentry

    @callback
    def _watch(self, station: Station) -> None:
        station.subscribe(partial(self._changed, station))
        self._changed(station, station)

    @callback
    def _changed(self, station: Station, part: Station | Evse) -> None:
        """Look again when a station calls for the first time."""
        if station.version is not None and station.name not in self._called:
            self._called.add(station.name)
            self.review()
