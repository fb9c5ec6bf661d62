"""Where prices come from: a number, an entity, or what the Energy dashboard goes by; each change is kept."""

from asyncio import Future
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
import re
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.energy.data import EnergyManager, async_get_manager
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_CORE_CONFIG_UPDATE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfEnergy,
)
from homeassistant.core import Event, EventStateChangedData, State, callback
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter

from .const import CONF_POST_PRICE, CONF_PRICE, CONF_PRICE_ENTITY, CONF_PRICE_SOURCE, CONF_TELL_COSTS
from .csms.model.errors import LedgerFailed
from .csms.model.price import Price, Pricing
from .notices import PRICE_GONE, PRICE_NONE, PRICE_ODD, show_price_trouble

if TYPE_CHECKING:
    from .hub import Hub

GRACE: Final = timedelta(minutes=10)
"""So long the last price holds while its entity tells none, as it does when Home Assistant starts."""
SILENT: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN, ""})
"""States that say that there is no price at the moment."""
ABSURD: Final = 1_000_000
HUNDREDTHS: Final = frozenset({"ct", "c", "cent", "cents", "ct€", "€ct", "¢", "öre", "øre", "ore", "p", "pence", "rp"})
ISO: Final = re.compile("[a-z]{3}")


class PriceSource(StrEnum):
    """Where the price of energy is told."""

    NONE = "none"
    FIXED = "fixed"
    ENTITY = "entity"
    ENERGY = "energy"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner wants about prices."""

    source: PriceSource = PriceSource.NONE
    price: float | None = None
    entity: str | None = None
    tell: bool = True
    post: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wish:
        """What the options of a hub say."""
        return cls(
            PriceSource(options.get(CONF_PRICE_SOURCE, PriceSource.NONE)),
            options.get(CONF_PRICE),
            options.get(CONF_PRICE_ENTITY),
            bool(options.get(CONF_TELL_COSTS, True)),
            bool(options.get(CONF_POST_PRICE, False)),
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the price is to be read: a number, or an entity; nowhere while neither is there."""

    number: float | None = None
    entity: str | None = None


class Prices:
    """Keeps the price of a household's energy up to date."""

    def __init__(self, hub: Hub) -> None:
        """Know nothing before `start`."""
        self._hub = hub
        self._wish = Wish.of(hub.entry.options)
        self._origin = Origin()
        self._energy: EnergyManager | None = None
        self._follow: Callable[[], None] | None = None
        self._silent: Callable[[], None] | None = None
        self._leave: Callable[[], None] | None = None

    @property
    def origin(self) -> Origin:
        """Where the price is read."""
        return self._origin

    async def start(self) -> None:
        """Take the price there is, and follow it."""
        self._leave = self._hub.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._moved)
        await self._turn()

    def stop(self) -> None:
        """Follow the price no longer."""
        if self._leave is not None:
            self._leave()
            self._leave = None
        self._let_go()

    async def follow(self) -> None:
        """Bring everything in line with the options; where they have not changed nothing happens."""
        wish = Wish.of(self._hub.entry.options)
        if wish != self._wish:
            self._wish = wish
            await self._turn()

    async def _turn(self) -> None:
        """Read where the owner wants it to be read."""
        hass = self._hub.hass
        if self._wish.source is PriceSource.ENERGY and self._energy is None and "energy" in hass.config.components:
            self._energy = await async_get_manager(hass)
            self._energy.async_listen_updates(self._dashboard_changed)
        self._turn_to(self._found())

    async def _dashboard_changed(self) -> None:
        """The dashboard goes by another price; whoever listens to it once does so for ever."""
        if self._leave is not None and self._wish.source is PriceSource.ENERGY:
            self._turn_to(self._found())

    def _found(self) -> Origin:
        """Where the owner wants it to be read."""
        match self._wish.source:
            case PriceSource.FIXED:
                return Origin(number=self._wish.price)
            case PriceSource.ENTITY:
                return Origin(entity=self._wish.entity)
            case PriceSource.ENERGY:
                return dashboard_origin(None if self._energy is None else self._energy.data)
        return Origin()

    @callback
    def _turn_to(self, origin: Origin) -> None:
        """Read there from now on."""
        self._let_go()
        self._origin = origin
        if origin.entity is not None:
            self._follow = async_track_state_change_event(self._hub.hass, origin.entity, self._state_changed)
        self._read()

    def _let_go(self) -> None:
        """Read nowhere any more."""
        self._heard()
        if self._follow is not None:
            self._follow()
            self._follow = None

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        self._read()

    @callback
    def _moved(self, event: Event[Any]) -> None:
        """The currency may be another one."""
        self._read()

    @callback
    def _read(self) -> None:
        """Take over what is told now."""
        told = self._told()
        if told is None and self._origin.entity is not None:
            self._wonder(self._origin.entity)
            if self._silent is None:
                self._silent = async_call_later(self._hub.hass, GRACE, self._unknown)
            self._announce(self._known())
            return
        self._heard()
        if self._wish.source is PriceSource.ENERGY and self._origin == Origin():
            self._complain(PRICE_NONE)
        self._take(told)

    @callback
    def _unknown(self, _: object) -> None:
        """Nobody has known the price for too long."""
        self._silent = None
        entity = self._origin.entity
        if entity is not None and self._hub.hass.states.get(entity) is None:
            self._complain(PRICE_GONE, entity=entity)
        self._take(None)

    def _wonder(self, entity: str) -> None:
        """Let the owner know of an entity that tells something, but no price in the currency."""
        state = self._hub.hass.states.get(entity)
        if state is not None and state.state not in SILENT:
            unit = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or "")
            told, currency = f"{state.state} {unit}".rstrip(), self._hub.hass.config.currency
            self._complain(PRICE_ODD, entity=entity, told=told, currency=currency)

    def _complain(self, kind: str | None, **words: str) -> None:
        """Tell the owner what is wrong where the price is read, None that nothing is."""
        show_price_trouble(self._hub.hass, self._hub.entry.entry_id, kind, **words)

    def _heard(self) -> None:
        """Nothing is waited for any more, and nothing is wrong."""
        self._complain(None)
        if self._silent is not None:
            self._silent()
            self._silent = None

    def _told(self) -> Decimal | None:
        """The price per kWh, None where it is not told in a way that can be understood."""
        origin, currency = self._origin, self._hub.hass.config.currency
        if origin.entity is not None:
            return per_kwh(self._hub.hass.states.get(origin.entity), currency)
        return None if origin.number is None else Decimal(str(origin.number))

    def _take(self, told: Decimal | None) -> None:
        """Keep a price from now on, where that is news, and let everybody know."""
        now, currency = dt_util.utcnow(), self._hub.hass.config.currency
        source = self._origin.entity or self._wish.source
        price = Price(now, currency, None, source) if told is None else Price.of(now, currency, told, source)
        if told is not None or self._known() is not None:
            with suppress(LedgerFailed):  # it is told again with the next change, and sessions are priced by the last
                if self._hub.ledger.price(price) and (durable := self._hub.ledger.commit()) is not None:
                    durable.add_done_callback(_noticed)
        self._announce(price)

    def _known(self) -> Price | None:
        """The newest price in the ledger."""
        prices = self._hub.ledger.tariffs.prices
        return prices[-1] if prices else None

    def _announce(self, price: Price | None) -> None:
        """Let stations and sensors go by this price; it is none where the owner wants none."""
        wish = self._wish
        shown = None if wish.source is PriceSource.NONE else price
        known = self._hub.central.household.pricing.price
        if shown is not None and known is not None and _same(shown, known):
            shown = known
        fixed = self._origin.number is not None
        self._hub.central.charge(Pricing(shown, tell=wish.tell, post=wish.post and fixed))


def _noticed(durable: Future[None]) -> None:
    """The ledger itself tells the owner why it could not write."""
    if not durable.cancelled():
        durable.exception()


def _same(one: Price, other: Price) -> bool:
    return (one.currency, one.per_kwh) == (other.currency, other.per_kwh)


def dashboard_origin(preferences: Mapping[str, Any] | None) -> Origin:
    """Where the Energy dashboard reads what energy from the grid costs: the first grid that has a price."""
    for source in (preferences or {}).get("energy_sources") or ():
        if source.get("type") != "grid":
            continue
        for flow in (source, *(source.get("flow_from") or ())):
            if flow.get("entity_energy_price"):
                return Origin(entity=flow["entity_energy_price"])
            if flow.get("number_energy_price") is not None:
                return Origin(number=flow["number_energy_price"])
    return Origin()


def per_kwh(state: State | None, currency: str) -> Decimal | None:
    """What a kWh costs by an entity in EUR/kWh, ct/kWh, EUR/MWh ...; None for what is no price in the currency."""
    if state is None:
        return None
    try:
        told = Decimal(state.state)
    except InvalidOperation:
        return None
    money, _, energy = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or "").partition("/")
    size, part = _energy(energy.strip()), _money(money.strip().casefold(), currency)
    if size is None or part is None or not told.is_finite() or abs(told) > ABSURD:
        return None
    return told * part / size


def _energy(unit: str) -> Decimal | None:
    """How many kWh a unit of energy is; without one a price is per kWh, as in the Energy dashboard."""
    if unit.casefold() in {"", "kwh"}:
        return Decimal(1)
    if unit not in EnergyConverter.VALID_UNITS:
        return None
    return Decimal(str(EnergyConverter.convert(1, unit, UnitOfEnergy.KILO_WATT_HOUR)))


def _money(unit: str, currency: str) -> Decimal | None:
    """Which part of the currency a unit of money is; None for another currency."""
    if unit in HUNDREDTHS:
        return Decimal("0.01")
    foreign = ISO.fullmatch(unit) is not None and unit != currency.casefold()
    return None if foreign else Decimal(1)
