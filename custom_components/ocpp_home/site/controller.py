"""The controller at work: it looks when a meter tells something, and has carried out what `plan` decides."""

from asyncio import Handle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import Event, callback
from homeassistant.helpers.event import (
    async_call_later,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from ..const import SUBENTRY_CIRCUIT
from ..csms.control.plan import Memory, plan
from ..csms.control.terms import VOLTAGE, Demand, Share, Site, Tuning
from ..csms.model.errors import OcppError
from ..csms.model.evse import Evse
from ..csms.model.price import MICRO
from ..csms.model.station import Station
from ..guard import guarded
from .audit import Audits
from .bounds import Bounds
from .draw import Span
from .export_price import ExportPrice
from .garage import Garage
from .gauge import Gauges, House
from .notice import show_silence
from .place import Place
from .planner import Planner
from .rule import Rule
from .settings import Branch, SiteSettings
from .shining import Shining, shared
from .snapshot import Prices, Survey
from .wiring import MAIN, Wiring

if TYPE_CHECKING:
    from ..hub import Hub

RHYTHM: Final = 5.0
"""While a car is there, the controller looks at least every so many seconds."""
AGAIN: Final = 30.0
"""What a station did not take is tried again after so many seconds."""
GRAIN: Final = 0.05


class Controller:
    """Leads the EVSEs of a hub, as long as its options tell of a house."""

    def __init__(self, hub: Hub) -> None:
        """Nothing is led before `start`."""
        self._hub = hub
        self.settings: SiteSettings | None = None
        self.site: Site | None = None
        """The house as it was seen last."""
        self.house = House()
        self.bounds = Bounds(hub)
        self.places: dict[str, Place] = {}
        self.tuning = Tuning()
        self.planner = Planner(hub, self._soon_look)
        self.audits = Audits(hub, self._soon_look)
        self._export_price = ExportPrice(hub)
        self._garage = Garage(hub.hass, hub.entry, hub.ledger.sessions)
        self._memory = Memory()
        self._shining: dict[Place, Shining] = {}
        self._gauges: Gauges | None = None
        self._survey: Survey | None = None
        self._listeners: list[Callable[[], None]] = []
        self._ends: list[Callable[[], None]] = []
        self._follows: list[Callable[[], None]] = []
        self._stations: dict[Station, Callable[[], None]] = {}
        self._timer: Callable[[], None] | None = None
        self._soon: Handle | None = None

    @callback
    def start(self) -> None:
        """Lead what the options tell to lead."""
        self._ends = [self._hub.on_station(self._join)]
        self.audits.start()
        self.follow()

    @callback
    def stop(self) -> None:
        """Lead nothing any more; limits that stations have end by themselves."""
        self.audits.stop()
        for end in (*self._ends, *self._stations.values()):
            end()
        self._ends, self._stations = [], {}
        self._garage.stop()
        self._rest()
        self._shine({}, dt_util.utcnow())
        for place in self.places.values():
            if place.task is not None:
                place.task.cancel()
        show_silence(self._hub, ())
        self.bounds.stop()
        self.planner.stop()

    @callback
    def follow(self) -> None:
        """Bring everything in line with the options; where they have not changed nothing happens."""
        settings = SiteSettings.of(self._hub.entry.options, self._branches())
        if settings != self.settings:
            self.settings = settings
            self._rest()
            self._begin(settings)
        self._garage.follow(self._told)
        self._soon_look()

    @callback
    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every look; gives the way to stop it."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def place(self, station: Station, evse: Evse) -> Place:
        """The place of an EVSE."""
        place = Place(station, evse)
        known = self.places.get(place.key)
        if known is None or known.evse is not evse:
            self.places[place.key] = known = place
        return known

    @callback
    def want(self, place: Place, rule: Rule) -> None:
        """Lead an EVSE by another rule from now on."""
        place.want(rule)
        self._soon_look()

    @callback
    def boost(self, place: Place, *, on: bool) -> None:
        """Let an EVSE charge with all there is until its car leaves."""
        place.boost = on
        self._soon_look()

    @callback
    def bound(self, change: Callable[[Bounds], None]) -> None:
        """Change what bounds the cars."""
        change(self.bounds)
        self._soon_look()

    @property
    def dimmed(self) -> bool:
        """Whether the grid operator asks for less."""
        return self.bounds.dimming.on

    @property
    def surplus(self) -> float | None:
        """What the sun leaves for cars (W)."""
        return None if self.site is None else self.site.surplus

    def fused(self, line: int) -> bool:
        """Whether it is known what the main fuse bears on a line, and what flows there."""
        settings = self.settings
        return settings is not None and settings.fuse is not None and line < len(settings.lines)

    def fuse_margin(self, line: int) -> float | None:
        """What is left of the main fuse on a line (A)."""
        lines = self.house.lines
        if lines is None or self.settings is None or self.settings.fuse is None:
            return None
        return self.settings.fuse - lines[line]

    # --- when to look -------------------------------------------------------------------------------------------------

    def _begin(self, settings: SiteSettings | None) -> None:
        """Look at what these settings name."""
        self._memory = Memory()
        self.bounds.follow(settings)
        if settings is None:
            self._gauges = self._survey = self.site = None
            self.house = House()
            return
        hass = self._hub.hass
        self._gauges, self._survey = Gauges(hass, settings), Survey(settings)
        named = [*settings.entities, *([settings.dimming] if settings.dimming else [])]
        self._follows = [
            async_track_state_change_event(hass, named, self._told),
            async_track_state_report_event(hass, settings.entities, self._told),
        ]

    def _rest(self) -> None:
        for leave in self._follows:
            leave()
        self._follows = []
        for pending in (self._soon, self._timer):
            if pending is not None:
                pending.cancel() if isinstance(pending, Handle) else pending()
        self._soon = self._timer = None

    @callback
    def _join(self, station: Station) -> None:
        facts: dict[Evse, tuple[object, ...]] = {}

        def changed(part: Station | Evse) -> None:
            for evse in (part,) if isinstance(part, Evse) else tuple(station.evses.values()):
                now = self.place(station, evse).facts
                if facts.get(evse) != now:
                    facts[evse] = now
                    self._soon_look()

        self._stations[station] = station.subscribe(changed)
        changed(station)

    @callback
    def _told(self, event: Event[Any]) -> None:
        self._soon_look()

    @callback
    def _soon_look(self) -> None:
        """Look when all that is told at this moment has been told: a meter has several sensors."""
        if self._soon is None and self._ends:
            self._soon = self._hub.hass.loop.call_soon(self._look)

    @callback
    def _wake(self, _: datetime) -> None:
        self._timer = None
        self._look()

    # --- a look -------------------------------------------------------------------------------------------------------

    @callback
    def _look(self) -> None:
        """Take a snapshot, decide, and have it carried out."""
        self._soon = None
        moment = dt_util.utcnow()
        now = moment.timestamp()
        self._forget()
        present = {place: self._wiring(place) for place in self.places.values() if place.present}
        own: dict[str, Span] = {}
        for place, wiring in present.items():
            place.draw.observe(now)
            own[wiring.circuit] = own.get(wiring.circuit, Span()) + place.draw.span(now).on(wiring.lines)
        if self._gauges is not None and self._survey is not None:
            self.house = self._gauges.read(moment)
            asked = self.bounds.asked(moment, self.house, present)
            self.site = self._survey.take(self.house, own, self._prices(), asked)
            self.bounds.note(moment, self.places.values(), locked=self._survey.locked)
        for place in present:
            place.phasing.note(now, place.draw.fresh(now), self.house.lines)
        self._shine(present, moment)
        self._look_ahead(moment)
        led = self._led(present)
        self._decide(led, now)
        self._sleep(led)
        show_silence(self._hub, self.house.silent if led else ())
        for listener in tuple(self._listeners):
            listener()

    @callback
    def _look_ahead(self, moment: datetime) -> None:
        """See which cars are there and what they need; fuses are kept also where that fails."""
        guarded(self._garage.look)(self.places.values(), moment)
        guarded(self.planner.review)(self.places.values(), moment)

    def _shine(self, present: Iterable[Place], moment: datetime) -> None:
        """Note for the records which part of what each EVSE takes is sun."""
        now = moment.timestamp()
        powers = {place: sum(place.draw.span(now).low) * VOLTAGE for place in present}
        sun = None if self.surplus is None else self.surplus + self.bounds.reserve
        part = shared(sun, sum(powers.values()))
        with suppress(OcppError):
            for place, shining in self._shining.items():
                shining.note(moment, powers.pop(place, 0.0), part)
            for place, power in powers.items() if self.site is not None else ():
                shine = partial(self._hub.ledger.shine, place.station.name, place.evse.id)
                self._shining[place] = shining = Shining(shine)
                shining.note(moment, power, part)

    def _decide(self, led: Mapping[Place, Demand], now: float) -> None:
        if self.site is not None and led:
            outcome = plan(self.site, list(led.values()), now, self._memory, self.tuning)
            self._memory = outcome.memory
            shares = {share.evse: share for share in outcome.shares}
            for place in led:
                self._give(place, shares[place.key], now)
        for place in self.places.values():
            if place not in led and place.share is not None and place.station.connected:
                self._release(place, now)

    def _led(self, present: Mapping[Place, Wiring]) -> dict[Place, Demand]:
        """The EVSEs that are led, with what they want: by hand only where there is a fuse, or a dimmer."""
        site = self.site
        if site is None:
            return {}
        bound = bool(site.circuits) or site.dimmed is not None or site.asymmetry is not None
        return {
            place: place.demand(wiring, site)
            for place, wiring in present.items()
            if bound or place.boost or place.rule.mode is not None
        }

    def _forget(self) -> None:
        """Let go of EVSEs that are no longer there; a boost ends with the visit of its car."""
        here = set(self._hub.stations.values())
        for station in self._stations.keys() - here:
            self._stations.pop(station)()
        for key, place in tuple(self.places.items()):
            place.known = place.known or place.able
            if place.evse.plugged is False:
                place.boost = False
            if place.station not in here or place.station.evses.get(place.evse.id) is not place.evse:
                del self.places[key]
                self._shining.pop(place, None)

    def _sleep(self, led: Mapping[Place, Demand]) -> None:
        """Look again soon while a car is there: in time to see that a meter has become silent."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        if led:
            left = RHYTHM if self.house.left is None else min(self.house.left + GRAIN, RHYTHM)
            self._timer = async_call_later(self._hub.hass, left, self._wake)

    def _wiring(self, place: Place) -> Wiring:
        subentry = self._hub.entry.subentries.get(self._hub.subentry_id(place.station))
        house = 3 if self.settings is None else self.settings.phases
        count = place.station.settings.phases
        wiring = Wiring.of({} if subentry is None else subentry.data, count, house, place.phasing.order)
        known = self.settings is not None and any(one.key == wiring.circuit for one in self.settings.branches)
        return wiring if known else replace(wiring, circuit=MAIN)

    def _branches(self) -> Iterator[Branch]:
        for subentry in self._hub.entry.subentries.values():
            if subentry.subentry_type == SUBENTRY_CIRCUIT:
                yield Branch.of(subentry.subentry_id, subentry.data)

    def _prices(self) -> Prices:
        usual, settings = Prices(), self.settings or SiteSettings()
        price = self._hub.central.household.pricing.price
        told = None if price is None or price.per_kwh is None else price.per_kwh / MICRO
        return Prices(usual.price if told is None else told, self._export_price.now(settings.feed_in))

    # --- carrying it out ----------------------------------------------------------------------------------------------

    def _give(self, place: Place, share: Share, now: float) -> None:
        pending, before = place.wish(share), place.told
        place.told = (share.amps, share.phases)
        if pending and (place.told != before or now >= place.retry):
            self._bring(place, now)

    def _release(self, place: Place, now: float) -> None:
        if place.withdraw():
            self._bring(place, now)

    def _bring(self, place: Place, now: float) -> None:
        """Have the station told; while it is being told, what is wished meanwhile follows."""
        place.retry = now + AGAIN
        if place.task is None or place.task.done():
            place.task = self._hub.entry.async_create_background_task(
                self._hub.hass, carry(place, self._heard), f"ocpp_home limits {place.key}"
            )

    @callback
    def _heard(self) -> None:
        for listener in tuple(self._listeners):
            listener()


async def carry(place: Place, heard: Callable[[], None]) -> None:
    """Bring a station in line with what is wished of it; what goes wrong is noted."""
    told: object = carry
    while told != (told := place.told):
        try:
            await place.tell()
        except OcppError as error:
            place.error = str(error)
        else:
            place.error = None
        heard()
