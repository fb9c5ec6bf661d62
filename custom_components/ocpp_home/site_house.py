"""What the owner, his automations or the grid operator's device set for the house as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, UnitOfPower

from .site.bounds import Bounds
from .site.controller import Controller
from .site_entity import SiteEntity, SiteRow


@dataclass(frozen=True, kw_only=True)
class PowerRow(SiteRow[Controller, float], NumberEntityDescription):
    """A power."""

    set_fn: Callable[[Bounds, float], None]


@dataclass(frozen=True, kw_only=True)
class AskRow(SiteRow[Controller, bool], SwitchEntityDescription):
    """Something that is asked of the house."""

    set_fn: Callable[[Bounds, bool], None]


class PowerNumber(SiteEntity[Controller, float], NumberEntity):
    """Sets a power."""

    entity_description: PowerRow

    @property
    @override
    def native_value(self) -> float:
        return self.fact

    @override
    async def async_set_native_value(self, value: float) -> None:
        self.subject.bound(partial(_give, self.entity_description.set_fn, value))


class AskSwitch(SiteEntity[Controller, bool], SwitchEntity):
    """Asks something of the house."""

    entity_description: AskRow

    @property
    @override
    def is_on(self) -> bool:
        return self.fact

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.subject.bound(partial(_give, self.entity_description.set_fn, True))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.subject.bound(partial(_give, self.entity_description.set_fn, False))


def _give[ValueT](set_fn: Callable[[Bounds, ValueT], None], value: ValueT, bounds: Bounds) -> None:
    set_fn(bounds, value)


def _reserve(bounds: Bounds, power: float) -> None:
    bounds.reserve = power


def _left(bounds: Bounds, power: float) -> None:
    bounds.dimming.power = power


def _dim(bounds: Bounds, on: bool) -> None:
    bounds.dimming.switch = on


POWERS: Final[tuple[PowerRow, ...]] = (
    PowerRow(
        key="reserve",
        translation_key="reserve",
        device_class=NumberDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_min_value=-20_000,
        native_max_value=20_000,
        native_step=1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        has_fn=lambda house: house.settings is not None and house.settings.metered,
        value_fn=lambda house: house.bounds.reserve,
        set_fn=_reserve,
    ),
    PowerRow(
        key="dimmed_power",
        translation_key="dimmed_power",
        device_class=NumberDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_min_value=0,
        native_max_value=100_000,
        native_step=1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        has_fn=lambda house: house.settings is not None and house.settings.dimmable,
        value_fn=lambda house: house.bounds.dimming.power,
        set_fn=_left,
    ),
)

ASKS: Final[tuple[AskRow, ...]] = (
    AskRow(
        key="dimming",
        translation_key="dimming",
        has_fn=lambda house: house.settings is not None and house.settings.dimming_switch,
        value_fn=lambda house: house.bounds.dimming.switch,
        set_fn=_dim,
    ),
)
