"""What the owner sets for an EVSE that is led: its mode, its minimum, its priority, and a boost."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy

from .csms.model.limit import MINIMUM
from .site.place import MODES, Place
from .site.rule import Rule
from .site_entity import SiteEntity, SiteRow


@dataclass(frozen=True, kw_only=True)
class ChoiceRow(SiteRow[Place, str], SelectEntityDescription):
    """A choice."""

    set_fn: Callable[[Rule, str], Rule]


@dataclass(frozen=True, kw_only=True)
class RuleRow(SiteRow[Place, float | None], NumberEntityDescription):
    """A number."""

    set_fn: Callable[[Rule, float], Rule]
    priced: bool = False
    """Whether it is a price of a kWh."""


@dataclass(frozen=True, kw_only=True)
class BoostRow(SiteRow[Place, bool], SwitchEntityDescription):
    """Something that is on or off until the car leaves."""


class RuleSelect(SiteEntity[Place, str], SelectEntity):
    """Chooses something of what is wanted of an EVSE."""

    entity_description: ChoiceRow

    @property
    @override
    def current_option(self) -> str:
        return self.fact

    @override
    async def async_select_option(self, option: str) -> None:
        self._hub.site.want(self.subject, self.entity_description.set_fn(self.subject.rule, option))


class RuleNumber(SiteEntity[Place, float | None], NumberEntity):
    """Sets a number of what is wanted of an EVSE."""

    entity_description: RuleRow

    @property
    @override
    def native_value(self) -> float | None:
        return self.fact

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if self.entity_description.priced:
            return f"{self._hub.hass.config.currency}/{UnitOfEnergy.KILO_WATT_HOUR}"
        return super().native_unit_of_measurement

    @override
    async def async_set_native_value(self, value: float) -> None:
        self._hub.site.want(self.subject, self.entity_description.set_fn(self.subject.rule, value))


class BoostSwitch(SiteEntity[Place, bool], SwitchEntity):
    """Charges with all there is until the car leaves."""

    entity_description: BoostRow

    @property
    @override
    def is_on(self) -> bool:
        return self.fact

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._hub.site.boost(self.subject, on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._hub.site.boost(self.subject, on=False)


MODE: Final[tuple[ChoiceRow, ...]] = (
    ChoiceRow(
        key="mode",
        translation_key="mode",
        offline=True,
        options=MODES,
        value_fn=lambda place: place.rule.name,
        set_fn=lambda rule, word: rule.by(word),
    ),
)

RULES: Final[tuple[RuleRow, ...]] = (
    RuleRow(
        key="minimum_current",
        translation_key="minimum_current",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=MINIMUM,
        native_max_value=32,
        native_step=1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        offline=True,
        value_fn=lambda place: place.rule.minimum,
        set_fn=lambda rule, value: replace(rule, minimum=value),
    ),
    RuleRow(
        key="charging_priority",
        translation_key="charging_priority",
        native_min_value=0,
        native_max_value=10,
        native_step=1,
        mode=NumberMode.SLIDER,
        entity_category=EntityCategory.CONFIG,
        offline=True,
        value_fn=lambda place: place.rule.priority,
        set_fn=lambda rule, value: replace(rule, priority=value),
    ),
)

BOOST: Final[tuple[BoostRow, ...]] = (
    BoostRow(key="boost", translation_key="boost", offline=True, value_fn=lambda place: place.boost),
)
