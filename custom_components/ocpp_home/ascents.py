"""Stations on their way to another security profile: what is pending outlives a restart, and ends either way."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .const import CONF_SECURITY_PROFILE, CONF_SECURITY_WAIVED, DOMAIN
from .credentials import Keeper
from .csms.model.errors import OcppError
from .csms.model.evse import Evse
from .csms.model.station import Station
from .csms.security.ascent import Ascent
from .csms.security.proof import Profile
from .csms.security.roads import Goal, step_back
from .csms.security.steps import Fall, Patience, Step
from .tls_settings import Source

if TYPE_CHECKING:
    from .hub import Hub

GRACE: Final = 60.0
"""A station that is back by the old profile has so long (s) to come by the other one; then that is closed."""
HANDWORK: Final = timedelta(minutes=30)
"""So long a station is let in by what somebody is setting up in it."""
SAVED: Final = 15.0
"""After so many seconds Home Assistant has the settings of a station on disk."""

_LOGGER = logging.getLogger(__name__)


class Due(StrEnum):
    """What is to be done about what is pending."""

    ARRIVED = "arrived"
    RETURNED = "returned"
    FORGOTTEN = "forgotten"


@dataclass(slots=True)
class Climb:
    """One station on its way; whoever looks on waits for `changed`."""

    goal: Profile
    by_hand: bool = False
    step: Step = Step.LOOK
    done: bool = False
    fall: Fall | None = None
    task: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, step: Step) -> None:
        """Another step has begun."""
        self.step = step
        self.changed.set()

    def end(self, fall: Fall | None) -> None:
        """The station is there, or has fallen."""
        self.done, self.fall = True, fall
        self.changed.set()


class Ascents:
    """The stations of one hub that are led to another profile."""

    def __init__(self, hub: Hub) -> None:
        """Begin with what was pending when Home Assistant stopped."""
        self.patience = Patience()
        self.grace = GRACE
        self._hub = hub
        self._climbs: dict[str, Climb] = {}
        self._timers: dict[str, tuple[Due, Callable[[], None]]] = {}
        self._ends: list[Callable[[], None]] = []

    @callback
    def start(self) -> None:
        """Look after what is pending."""
        self._ends.append(self._hub.on_station(self._watch))

    @callback
    def stop(self) -> None:
        """Look after nothing any more; what is pending stays so."""
        for end in self._ends:
            end()
        for _, cancel in self._timers.values():
            cancel()
        self._ends, self._timers = [], {}

    def coming(self, name: str) -> Profile | None:
        """By which profile a station is let in beside its own."""
        coming = self._pending(name).get("coming")
        return Profile(coming) if isinstance(coming, int) and coming > self.profile(name) else None

    def climb(self, station: Station) -> Climb | None:
        """The way a station is on, or was on last."""
        return self._climbs.get(station.name.casefold())

    @callback
    def begin(self, station: Station, goal: Profile, interface: str = "", password: str | None = None) -> Climb:
        """Lead a station to a profile, or wait until somebody has set it up for that with this password."""
        key = station.name.casefold()
        climb = self._climbs.get(key)
        if climb is not None and not climb.done:
            return climb
        climb = self._climbs[key] = Climb(goal, by_hand=password is not None)
        door = Doorkeeper(self._hub, station)
        ascent = Ascent(station, door, self._goal(goal, interface), climb.tell, self.patience)
        work = ascent.climb() if password is None else ascent.by_hand(password)
        name = f"{DOMAIN} leads {station.name}"
        climb.task = self._hub.entry.async_create_background_task(
            self._hub.hass, self._lead(station, climb, work), name
        )
        return climb

    @callback
    def forget(self, name: str) -> None:
        """Let go of a station that is gone for good."""
        climb = self._climbs.pop(name.casefold(), None)
        if climb is not None and climb.task is not None:
            climb.task.cancel()
        if (timer := self._timers.pop(name.casefold(), None)) is not None:
            timer[1]()
        if self._pending(name):
            forgotten = self._hub.vault.set_pending(name, None)
            _ = self._hub.hass.async_create_task(forgotten, f"{DOMAIN} forgets {name}")

    async def keep(self, name: str, pending: JsonObjectType | None) -> None:
        """Remember what is pending at a station; that is on disk, and holds, when it returns."""
        await self._hub.vault.set_pending(name, pending)
        self._require(name)

    def profile(self, name: str) -> Profile:
        """By which profile a station is let in."""
        subentry = self._subentry(name)
        return Profile(0 if subentry is None else int(subentry.data.get(CONF_SECURITY_PROFILE, 0)))

    @callback
    def settle(self, name: str, profile: Profile) -> None:
        """Let a station in by this profile from now on."""
        if (subentry := self._subentry(name)) is not None:
            data = {**subentry.data, CONF_SECURITY_PROFILE: int(profile), CONF_SECURITY_WAIVED: False}
            self._hub.hass.config_entries.async_update_subentry(self._hub.entry, subentry, data=data)
        self._require(name)

    def _require(self, name: str) -> None:
        if (subentry := self._subentry(name)) is not None:
            self._hub.credentials.require(name, subentry.data)

    def _subentry(self, name: str) -> ConfigSubentry | None:
        """What the owner wants of a station; None when he has just deleted it."""
        known = self._hub.entry.subentries.values()
        return next((one for one in known if one.unique_id == name.casefold()), None)

    async def _lead(self, station: Station, climb: Climb, work: Coroutine[Any, Any, None]) -> None:
        fall: Fall | None = Fall("unanswered")
        try:
            await work
            fall = None
        except Fall as error:
            fall = error
            _LOGGER.info("%s has not reached security profile %d: %s", station.name, climb.goal, error)
        finally:
            climb.end(fall)
        self._look(station)

    def _goal(self, profile: Profile, interface: str) -> Goal:
        """Where to: the address of the port, and the roots where stations trust us by our own.

        That of the elliptic curve comes first: who knows both is shown that one, and may have room for one only.
        """
        certificates = self._hub.certificates
        own = certificates.settings.source is Source.OWN
        roots = tuple(root.public_bytes(Encoding.PEM).decode() for root in reversed(certificates.authority.roots))
        urls = (self._hub.secure_url or self._hub.url, self._hub.url)
        return Goal(profile, *urls, roots if own else (), certificates.authority.organisation, interface)

    def _pending(self, name: str) -> Mapping[str, Any]:
        return self._hub.vault.pending(name) or {}

    # What is pending while nobody leads.

    @callback
    def _watch(self, station: Station) -> None:
        def changed(part: Station | Evse) -> None:
            if part is station:
                self._look(station)

        self._ends.append(station.subscribe(changed))
        self._look(station)

    @callback
    def _look(self, station: Station) -> None:
        """See whether a station that was on its way has come back, and by which profile."""
        pending, climb = self._pending(station.name), self.climb(station)
        if not pending or (climb is not None and not climb.done):
            self._wait(station, None)
        elif (coming := self.coming(station.name)) is None:
            self._wait(station, Due.FORGOTTEN, SAVED)
        elif not station.connected:
            self._wait(station, None)
        elif station.proved == coming:
            self._wait(station, Due.ARRIVED)
        else:
            self._wait(station, Due.RETURNED, self._left(pending))

    def _left(self, pending: Mapping[str, Any]) -> float:
        """How long (s) a station that is back still has."""
        until = dt_util.parse_datetime(str(pending.get("until", "")))
        return self.grace if until is None else max(self.grace, (until - dt_util.utcnow()).total_seconds())

    def _wait(self, station: Station, due: Due | None, seconds: float = 0.0) -> None:
        """Do this in a while, and nothing else; it is not put off by being wanted again."""
        key = station.name.casefold()
        if (timer := self._timers.get(key)) is not None:
            if timer[0] is due:
                return
            self._timers.pop(key)[1]()
        if due is None:
            return

        async def act(_: datetime) -> None:
            self._timers.pop(key, None)
            await self._settle(station, due)

        self._timers[key] = due, async_call_later(self._hub.hass, seconds, act)

    async def _settle(self, station: Station, due: Due) -> None:
        """End what is pending, if it is still as it was."""
        coming = self.coming(station.name)
        if due is Due.FORGOTTEN and coming is None:
            await self.keep(station.name, None)
        elif due is Due.ARRIVED and coming is not None and station.proved == coming:
            await Doorkeeper(self._hub, station).close(coming)
        elif due is Due.RETURNED and coming is not None and station.connected:
            if undo := self._pending(station.name)["undo"]:
                with suppress(OcppError):
                    await step_back(station, str(undo))
            await self.keep(station.name, None)

    @callback
    def recall(self) -> None:
        """What stations had reached may not have been on disk yet when Home Assistant was stopped."""
        for subentry in tuple(self._hub.entry.subentries.values()):
            name = subentry.unique_id or ""
            reached = self._pending(name).get("reached")
            if isinstance(reached, int) and self.profile(name) < reached:
                self.settle(name, Profile(reached))


class Doorkeeper(Keeper):
    """Lets one station in by what holds now and by what is coming; both are on disk before the station hears of it."""

    def __init__(self, hub: Hub, station: Station) -> None:
        """Keep the door for `station`."""
        super().__init__(hub.credentials, station.name)
        self._hub = hub
        self._station = station

    @property
    def profile(self) -> Profile:
        """By which profile the station is let in."""
        return self._hub.ascents.profile(self._station.name)

    @property
    def issued(self) -> frozenset[int]:
        """The numbers of the certificates that have been signed for the station."""
        signed = self._hub.certificates.authority.issued
        return frozenset(one.number for one in signed if one.station == self._station.name)

    async def open(self, profile: Profile, undo: str | None) -> None:
        """Let it in by another profile too."""
        pending: dict[str, str | int | None] = {"coming": int(profile), "undo": undo}
        climb = self._hub.ascents.climb(self._station)
        if climb is not None and climb.by_hand:
            pending["until"] = (dt_util.utcnow() + HANDWORK).isoformat()
        await self._hub.ascents.keep(self._station.name, {**pending})

    async def close(self, profile: Profile) -> None:
        """Let it in by this profile alone; what was reached is remembered until the settings of the station tell it."""
        if profile == self.profile:
            await self._hub.ascents.keep(self._station.name, None)
            return
        await self._hub.vault.set_pending(self._station.name, {"reached": int(profile)})
        self._hub.ascents.settle(self._station.name, profile)
