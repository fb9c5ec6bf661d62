"""What the owner sets for the car at an EVSE: whose it is, when it leaves, and what it shall have then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time
from functools import partial
from typing import Any, Final, override

from homeassistant.components.number import NumberMode
from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfLength
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .site.goal import Measure
from .site.place import Place
from .site.rule import Days, Rule
from .site.vehicle import GUEST, Vehicle
from .site_controls import ChoiceRow, RuleRow
from .site_entity import SiteEntity, SiteRow

AUTOMATIC: Final = "automatic"
"""Whose car it is is seen by itself."""


@dataclass(frozen=True, kw_only=True)
class LeavingRow(SiteRow[Place, time | None], TimeEntityDescription):
    """A time of the clock on the wall."""


class LeavingTime(SiteEntity[Place, time | None], TimeEntity):
    """Sets when a car leaves."""

    entity_description: LeavingRow

    @property
    @override
    def native_value(self) -> time | None:
        return self.fact

    @override
    async def async_set_value(self, value: time) -> None:
        rule = self.subject.rule.leaving_at(value, dt_util.utcnow(), dt_util.get_default_time_zone())
        self._hub.site.want(self.subject, rule)


@dataclass(frozen=True, kw_only=True)
class WhoseRow(SiteRow[Place, str | None], SelectEntityDescription):
    """A car of the household."""


class WhoseSelect(SiteEntity[Place, str | None], SelectEntity):
    """Chooses whose car is there, as long as it is."""

    entity_description: WhoseRow

    @property
    @override
    def options(self) -> list[str]:
        return [AUTOMATIC, GUEST, *labels(self.subject.vehicles)]

    @property
    @override
    def current_option(self) -> str | None:
        return self.fact

    @override
    async def async_select_option(self, option: str) -> None:
        keys: dict[str, str | None] = {AUTOMATIC: None, GUEST: GUEST, **labels(self.subject.vehicles)}
        self._hub.site.want(self.subject, replace(self.subject.rule, vehicle=keys[option]))

    @callback
    @override
    def refresh(self) -> None:
        shown = self.options
        if shown != self._offered:
            self._offered, self._shown = shown, None
        super().refresh()

    _offered: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class SkipRow(SiteRow[Place, bool], SwitchEntityDescription):
    """Something that is on until it has happened."""


class SkipSwitch(SiteEntity[Place, bool], SwitchEntity):
    """Leaves the next departure out."""

    entity_description: SkipRow

    @property
    @override
    def is_on(self) -> bool:
        return self.fact

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        goal = next(iter(self.subject.visit.upcoming(self.subject.rule, dt_util.utcnow())), None)
        if goal is not None and not self.fact:
            self._hub.site.want(self.subject, self.subject.rule.skipping(goal))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._hub.site.want(self.subject, self.subject.rule.skipping(None))


def labels(vehicles: tuple[Vehicle, ...]) -> dict[str, str]:
    """The cars by their names; those that are called like another, or like another choice, get a number."""
    named: dict[str, str] = {}
    taken = {AUTOMATIC, GUEST}
    for vehicle in vehicles:
        label = next(name for name in _names(vehicle.name) if name.casefold() not in taken)
        taken.add(label.casefold())
        named[label] = vehicle.key
    return named


def _names(name: str) -> Iterator[str]:
    yield name
    count = 2
    while True:
        yield f"{name} ({count})"
        count += 1


def _chosen(place: Place) -> str | None:
    """What is chosen; a car that is gone is no choice."""
    choice = place.rule.vehicle
    if choice is None:
        return AUTOMATIC
    if choice == GUEST:
        return GUEST
    return next((label for label, key in labels(place.vehicles).items() if key == choice), AUTOMATIC)


def _leaves(place: Place) -> time | None:
    """By the clock on the wall."""
    rule, goal = place.rule, place.goal
    if rule.once is None and rule.regular:
        return rule.at
    at = rule.once or (None if goal is None else goal.departure)
    return None if at is None else dt_util.as_local(at).time()


def _skipped(place: Place) -> bool:
    return place.rule.skip is not None and place.rule.skip > dt_util.utcnow()


DEPARTURE: Final[tuple[LeavingRow, ...]] = (
    LeavingRow(key="departure", translation_key="departure", offline=True, value_fn=_leaves),
)


def _leaving(rule: Rule, days: str) -> Rule:
    return rule.leaving(Days(days), dt_util.utcnow(), dt_util.get_default_time_zone())


DEPARTURE_DAYS: Final[tuple[ChoiceRow, ...]] = (
    ChoiceRow(
        key="departure_days",
        translation_key="departure_days",
        offline=True,
        options=list(Days),
        value_fn=lambda place: place.rule.on,
        set_fn=_leaving,
    ),
)

WHOSE: Final[tuple[WhoseRow, ...]] = (
    WhoseRow(
        key="car",
        translation_key="car",
        offline=True,
        options=[AUTOMATIC, GUEST],
        has_fn=lambda place: bool(place.vehicles),
        value_fn=_chosen,
    ),
)

SKIP: Final[tuple[SkipRow, ...]] = (
    SkipRow(key="skip_departure", translation_key="skip_departure", offline=True, value_fn=_skipped),
)


def _aim(measure: Measure) -> Callable[[Rule, float], Rule]:
    return lambda rule, value: rule.aiming(measure, value)


_NUMBER: Final[Any] = partial(
    RuleRow, native_min_value=0, native_step=1, mode=NumberMode.BOX, offline=True, entity_category=EntityCategory.CONFIG
)
"""What the numbers have in common."""

TARGETS: Final[tuple[RuleRow, ...]] = (
    _NUMBER(
        key="target_level",
        translation_key="target_level",
        native_unit_of_measurement=PERCENTAGE,
        native_max_value=100,
        mode=NumberMode.SLIDER,
        entity_category=None,
        has_fn=lambda place: place.leveled,
        value_fn=lambda place: place.rule.level,
        set_fn=_aim(Measure.LEVEL),
    ),
    _NUMBER(
        key="target_energy",
        translation_key="target_energy",
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_max_value=200,
        native_step=0.5,
        entity_category=None,
        value_fn=lambda place: place.rule.energy,
        set_fn=_aim(Measure.ENERGY),
    ),
    _NUMBER(
        key="target_range",
        translation_key="target_range",
        native_unit_of_measurement=UnitOfLength.KILOMETERS,
        native_max_value=1000,
        entity_category=None,
        entity_registry_enabled_default=False,
        has_fn=lambda place: any(vehicle.consumption for vehicle in place.vehicles),
        value_fn=lambda place: place.rule.range,
        set_fn=_aim(Measure.RANGE),
    ),
    _NUMBER(
        key="minimum_level",
        translation_key="minimum_level",
        native_unit_of_measurement=PERCENTAGE,
        native_max_value=100,
        entity_registry_enabled_default=False,
        has_fn=lambda place: place.leveled,
        value_fn=lambda place: place.visit.lowest(place.rule),
        set_fn=lambda rule, value: replace(rule, lowest=value),
    ),
    _NUMBER(
        key="charge_limit",
        translation_key="charge_limit",
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=1,
        native_max_value=100,
        entity_registry_enabled_default=False,
        has_fn=lambda place: place.leveled,
        value_fn=lambda place: place.visit.most(place.rule),
        set_fn=lambda rule, value: replace(rule, most=value),
    ),
    _NUMBER(
        key="price_limit",
        translation_key="price_limit",
        native_min_value=-100,
        native_max_value=1000,
        native_step=0.001,
        priced=True,
        value_fn=lambda place: place.rule.price,
        set_fn=lambda rule, value: replace(rule, price=value),
    ),
)
