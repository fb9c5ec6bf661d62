"""What is expected of the next days: sun, prices, what the house takes and what its fuse leaves, for the day plan.

Nothing is asked before somebody wants to know. What nobody tells is as it is now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from ..csms.control.outlook import Outlook, Slot, windows
from ..csms.control.terms import VOLTAGE
from ..csms.model.price import MICRO
from ..prices import per_kwh
from .export_price import told
from .gauge import amount
from .house_load import LATELY, Habit, HouseLoad, meters
from .market import Markets, stall_of
from .pricelist import listed
from .settings import SiteSettings
from .snapshot import Prices
from .steps import Steps, steps
from .sunshine import Forecast, Sunshine, faded, turned_out
from .tariff import Tariff, calibrated

if TYPE_CHECKING:
    from ..hub import Hub

UNBALANCE: Final = 1.5
"""So many times its third of the house's load the worst of three phases is expected to bear."""
DIMMED: Final = 7200.0
"""So long (s) a grid operator who asks for less now is expected to do so."""
NONE: Final = "none"
USUAL: Final = Prices()


@dataclass(frozen=True, slots=True)
class Sky:
    """The sun that is forecast, and what has become of the forecast lately."""

    forecast: Forecast
    factor: float
    now: float

    def power(self, begin: float, end: float) -> float:
        """What it is expected to give (W) between two moments."""
        return self.forecast.power(begin, end) * faded(self.factor, (begin + end) / 2 - self.now)


class Expectations:
    """Finds out what is expected of a hub's house; `look` never fails for want of a source."""

    def __init__(self, hub: Hub) -> None:
        """Nothing is asked before `look`."""
        self._hub = hub
        self._sunshine = Sunshine(hub.hass)
        self._markets = Markets(hub.hass)
        self._house = HouseLoad(hub.hass)
        self._known: dict[str, str] = {}
        self.prices_until: datetime | None = None
        """How far prices are known; None: the one of now is all that is."""

    @property
    def known(self) -> Mapping[str, str]:
        """Where sun, prices, feed-in and load came from at the last look: names, `none` where nobody tells.

        `prices_until` is how far prices are known, by the clock of the house, where they are.
        """
        if self.prices_until is None:
            return self._known
        return self._known | {"prices_until": dt_util.as_local(self.prices_until).isoformat()}

    async def look(self, now: datetime) -> Outlook:
        """What is expected from now (UTC) on."""
        moment = now.timestamp()
        settings = self._hub.site.settings or SiteSettings()
        preferences = await self._preferences()
        sky = await self._sky(now, preferences, settings)
        price = await self._price(now)
        feed_in = self._feed_in(now, preferences, settings)
        habit = await self._habit(now, preferences, settings)
        load = self._load(sky, settings)
        self._account(sky, habit, load)
        expected = [
            (begin, seconds, habit.expected(begin + seconds / 2, moment, load) or 0.0)
            for begin, seconds in windows(moment)
        ]
        return Outlook(
            tuple(
                Slot(
                    begin,
                    seconds,
                    price=price.price(begin, begin + seconds),
                    feed_in=feed_in.price(begin, begin + seconds),
                    pv=sky.power(begin, begin + seconds),
                    load=taken,
                    room=self._room(settings, taken, begin - moment),
                )
                for begin, seconds, taken in expected
            )
        )

    async def _preferences(self) -> Mapping[str, Any]:
        """What the Energy dashboard goes by; nothing where there is none."""
        if "energy" not in self._hub.hass.config.components:
            return {}
        return (await async_get_manager(self._hub.hass)).data or {}

    # --- sun ----------------------------------------------------------------------------------------------------------

    async def _sky(self, now: datetime, preferences: Mapping[str, Any], settings: SiteSettings) -> Sky:
        forecast = await self._sunshine.forecast(now.timestamp(), preferences)
        measured = await self._house.sun(now, settings.solar) if forecast.sources else None
        lately = forecast.power((now - LATELY).timestamp(), now.timestamp())
        return Sky(forecast, turned_out(measured, lately), now.timestamp())

    # --- prices -------------------------------------------------------------------------------------------------------

    async def _price(self, now: datetime) -> Tariff:
        set_price = self._hub.central.household.pricing.price
        price = USUAL.price if set_price is None or set_price.per_kwh is None else set_price.per_kwh / MICRO
        entity, self._known["prices"] = self._hub.prices.origin.entity, NONE if set_price is None else "fixed"
        known = Steps()
        if entity is not None:
            known, self._known["prices"] = self._published(entity, now), entity
            if (known.until or 0.0) <= now.timestamp() and (stall := stall_of(self._hub.hass, entity)) is not None:
                known = await self._markets.prices(stall, now)
                if known.steps:
                    self._known["prices"] = f"{entity}, {stall.domain}"
        self.prices_until = None if known.until is None else datetime.fromtimestamp(known.until, UTC)
        if set_price is not None and set_price.per_kwh is not None:
            known = calibrated(known, price, now.timestamp())
        return Tariff(price, known, dt_util.get_default_time_zone())

    def _feed_in(self, now: datetime, preferences: Mapping[str, Any], settings: SiteSettings) -> Tariff:
        found = told(self._hub.hass, preferences)
        if found is None:
            self._known["feed_in"] = "fixed"
            return Tariff(settings.feed_in)
        entity, price = found
        self._known["feed_in"] = entity
        known = calibrated(self._published(entity, now), price, now.timestamp())
        return Tariff(price, known, dt_util.get_default_time_zone())

    def _published(self, entity: str, now: datetime) -> Steps:
        """The prices an entity tells in its attributes, per kWh if it tells the price of now so."""
        state = self._hub.hass.states.get(entity)
        if state is None:
            return Steps()
        one = per_kwh(State(entity, "1", state.attributes), self._hub.hass.config.currency)
        factor = 1.0 if one is None else float(one)
        told = listed(state.attributes, now, dt_util.get_default_time_zone())
        return steps((each.begin, each.end, each.value * factor) for each in told.steps)

    # --- the house ----------------------------------------------------------------------------------------------------

    async def _habit(self, now: datetime, preferences: Mapping[str, Any], settings: SiteSettings) -> Habit:
        hub = self._hub
        cars: tuple[str, ...] = ()
        if "recorder" in hub.hass.config.components:
            cars = tuple(map(hub.statistics.energy_of, hub.stations.values()))
        return await self._house.learn(now, meters(hub.hass, settings, cars, tuple(producing(preferences))))

    def _load(self, sky: Sky, settings: SiteSettings) -> float | None:
        """What the house takes now without its cars (W); None where nobody knows."""
        house, now = self._hub.site.house, sky.now
        if house.grid is not None:
            grid = house.grid
        elif house.lines is not None:
            grid = sum(house.lines) * VOLTAGE
        else:
            return None
        state = None if settings.solar is None else self._hub.hass.states.get(settings.solar)
        sun = sky.power(now, now + 1) if state is None else amount(state)
        cars = sum(sum(place.draw.span(now).low) for place in self._hub.site.places.values()) * VOLTAGE
        return max(grid + (sun or 0.0) + (house.battery or 0.0) - cars, 0.0)

    def _room(self, settings: SiteSettings, load: float, ahead: float) -> float:
        """What fuse and grid operator are expected to leave for cars (W) in so many seconds."""
        room = inf
        if settings.fuse is not None:
            worst = load * (UNBALANCE if settings.phases == 3 else 1.0)
            room = max((settings.fuse - settings.margin) * settings.phases * VOLTAGE - worst, 0.0)
        if self._hub.site.dimmed and ahead < DIMMED:
            room = min(room, settings.dimmed_power)
        return room

    def _account(self, sky: Sky, habit: Habit, load: float | None) -> None:
        self._known["sun"] = ", ".join(sky.forecast.sources) or NONE
        self._known["load"] = "statistics" if habit.usual else "now" if load is not None else NONE


def producing(preferences: Mapping[str, Any]) -> Iterator[str]:
    """The statistics of what the sun has given, by the Energy dashboard."""
    for source in preferences.get("energy_sources") or ():
        if source.get("type") == "solar" and source.get("stat_energy_from"):
            yield source["stat_energy_from"]
