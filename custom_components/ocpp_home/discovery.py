"""Stations that nobody knows: each becomes a discovery card, or a station at once, as the owner prefers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentry,
    signal_discovered_config_entry_removed,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .const import CONF_IDENTITY, DOMAIN, SUBENTRY_STATION, Newcomers
from .csms.guest import Stranger
from .offers import Offers
from .words import tame

if TYPE_CHECKING:
    from .hub import Hub

INTRODUCTION: Final = 5
"""So many seconds a stranger has to say what it is (BootNotification) before it is offered without."""
GONE: Final = timedelta(minutes=15)
"""The card of a stranger who has not called for so long is taken away."""
ROUND: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Knock:
    """Who dialled in, and at which hub; `introduced` once it has said what it is."""

    entry_id: str
    name: str
    introduced: bool = False

    @property
    def key(self) -> str:
        """What makes two callers the same."""
        return self.name.casefold()


class Discovery:
    """Watches the strangers of one hub."""

    def __init__(self, hub: Hub) -> None:
        """Begin with nobody at the door."""
        self.hub = hub
        self._offers = Offers(hub, Knock)
        self._knocked = asyncio.Event()
        self._ends: list[Callable[[], None]] = []
        self._timers: dict[str, Callable[[], None]] = {}

    @callback
    def start(self) -> None:
        """Listen for strangers."""
        hass, removed = self.hub.hass, signal_discovered_config_entry_removed(DOMAIN)
        self.hub.central.on_stranger = self._stranger
        self._ends = [
            async_dispatcher_connect(hass, removed, self._unignored),
            async_track_time_interval(hass, self._look_round, ROUND),
        ]

    @callback
    def stop(self) -> None:
        """Take all cards away."""
        self.hub.central.on_stranger = None
        for end in (*self._ends, *self._timers.values()):
            end()
        self._ends, self._timers = [], {}
        self._offers.dismiss(lambda knock: True)

    @callback
    def review(self) -> None:
        """Do with those who wait what the owner prefers now."""
        if self.hub.options.newcomers is not Newcomers.ASK:
            self._offers.dismiss(lambda knock: True)
        for key in tuple(self.hub.central.strangers):
            self._offer(key)

    @callback
    def dismiss(self, key: str) -> None:
        """Take the card of a station away that has become known."""
        self._offers.dismiss(lambda knock: knock.key == key)

    async def caller(self) -> None:
        """Wait until a stranger is there, and a moment longer for it to say what it is."""
        while not self.hub.central.strangers:
            await self._knocked.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(INTRODUCTION):
                while all(stranger.identity is None for stranger in self.hub.central.strangers.values()):
                    await self._knocked.wait()

    @callback
    def _stranger(self, stranger: Stranger) -> None:
        knocked, self._knocked = self._knocked, asyncio.Event()
        knocked.set()
        key = stranger.name.casefold()
        if stranger.identity is not None:
            self._offer(key)
        elif key not in self._timers:
            self._timers[key] = async_call_later(self.hub.hass, INTRODUCTION, partial(self._silent, key))

    @callback
    def _silent(self, key: str, now: datetime) -> None:
        """Offer a stranger that did not say what it is."""
        self._offer(key)

    @callback
    def _offer(self, key: str) -> None:
        """Offer a stranger to the owner, who sees what it said of itself."""
        if (timer := self._timers.pop(key, None)) is not None:
            timer()
        stranger, newcomers = self.hub.central.strangers.get(key), self.hub.options.newcomers
        if stranger is None or newcomers is Newcomers.IGNORE:
            return
        if newcomers is Newcomers.ACCEPT:
            with suppress(AbortFlow):
                add_station(self.hub.hass, self.hub.entry, stranger.name, suggested_title(stranger))
            return
        knock = Knock(self.hub.entry.entry_id, stranger.name, stranger.identity is not None)
        self._offers.dismiss(lambda other: other.key == key and knock.introduced and not other.introduced)
        self._offers.make(knock)

    @callback
    def _unignored(self, entry: ConfigEntry[Hub]) -> None:
        """Offer a station again that the owner no longer ignores."""
        for discovery_key in entry.discovery_keys.get(DOMAIN, ()):
            self._offer(str(discovery_key.key))

    @callback
    def _look_round(self, now: datetime) -> None:
        """Take the cards of those away who have been gone for long."""
        strangers = self.hub.central.strangers

        def gone(knock: Knock) -> bool:
            stranger = strangers.get(knock.key)
            return stranger is None or (stranger.session is None and stranger.last_seen < now - GONE)

        self._offers.dismiss(gone)


def suggested_title(stranger: Stranger) -> str:
    """What to call a station until its owner finds a better name."""
    identity = stranger.identity
    told = f"{identity.vendor} {identity.model}".strip() if identity is not None else ""
    return tame(told or stranger.name)


def described(stranger: Stranger) -> dict[str, str]:
    """What its owner may recognise a station by."""
    identity = stranger.identity
    told = {
        "identity": stranger.name,
        "vendor": (identity and identity.vendor) or "-",
        "model": (identity and identity.model) or "-",
        "address": stranger.address,
        "version": stranger.version,
    }
    return {name: tame(word) for name, word in told.items()}


@callback
def add_station(hass: HomeAssistant, entry: ConfigEntry[Hub], name: str, title: str) -> None:
    """Add a station to a hub; raises AbortFlow when it has it already."""
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({CONF_IDENTITY: name, **entry.runtime_data.credentials.pin(name)}),
            subentry_type=SUBENTRY_STATION,
            title=free_title(entry, title, name),
            unique_id=name.casefold(),
        ),
    )


def free_title(entry: ConfigEntry[Hub], title: str, name: str) -> str:
    """The title, with the identity added where another station has the same one."""
    taken = {subentry.title for subentry in entry.subentries.values()}
    return f"{title} ({tame(name)})" if title in taken else title
