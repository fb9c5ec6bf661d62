"""Numbers: the limit the owner wishes, and configuration that counts or measures something."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.evse import Evse
from .csms.model.limit import MINIMUM
from .csms.model.station import OWNER, Station
from .entity import OcppEntity, Part, Row, able, evses, populate
from .hub import Hub, OcppHomeEntry

PARALLEL_UPDATES = 1

NO_LIMIT: Final = 2**31 - 1
STEPS: Final = {Nature.INTEGER: 1.0, Nature.DECIMAL: 0.01}


@dataclass(frozen=True, kw_only=True)
class NumberRow[PartT: Part](Row[PartT, float | None], NumberEntityDescription):
    """A number that can be set."""

    set_fn: Callable[[Station, PartT, float], Awaitable[None]]
    maximum_fn: Callable[[PartT], float] | None = None
    """The highest value, where it depends on the part."""

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppNumber(hub, station, part, self)


class OcppNumber[PartT: Part](OcppEntity[PartT, float | None], NumberEntity):
    """Shows what is wished or set, and changes it."""

    entity_description: NumberRow[PartT]

    @property
    @override
    def native_value(self) -> float | None:
        return self.fact

    @property
    @override
    def native_max_value(self) -> float:
        maximum = self.entity_description.maximum_fn
        return super().native_max_value if maximum is None else maximum(self.part)

    @override
    def facts(self) -> tuple[object, ...]:
        return (*super().facts(), self.native_max_value)

    @override
    async def async_set_native_value(self, value: float) -> None:
        await self.act(self.entity_description.set_fn, value)


async def _limit(station: Station, evse: Evse, amps: float) -> None:
    await station.limit(evse, OWNER, amps)


async def _write(item: Item, station: Station, part: Part, value: float) -> None:
    await item.write(str(round(value)) if item.row.nature is Nature.INTEGER else f"{value:g}")


EVSE: Final[tuple[NumberRow[Evse], ...]] = (
    NumberRow(
        key="limit",
        translation_key="limit",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=MINIMUM,
        native_step=1,
        mode=NumberMode.SLIDER,
        has_fn=able(lambda commands: commands.charging),
        # Who wishes no limit gets what the hardware allows.
        value_fn=lambda evse: evse.limits.wishes.get(OWNER, evse.limits.maximum),
        set_fn=_limit,
        maximum_fn=lambda evse: evse.limits.maximum,
    ),
)


def configuration(item: Item) -> NumberRow[Part] | None:
    """What counts or measures something and can be set."""
    step, row = STEPS.get(item.row.nature), item.row
    if step is None or not row.writable:
        return None
    lowest = 0 if item.standard else -NO_LIMIT
    return NumberRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        device_class=NumberDeviceClass.DURATION if item.unit == UnitOfTime.SECONDS else None,
        native_unit_of_measurement=item.unit,
        native_min_value=lowest if row.minimum is None else row.minimum,
        native_max_value=NO_LIMIT if row.maximum is None else row.maximum,
        native_step=step,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=item.enabled,
        topics=item.folds,
        value_fn=item.number,
        attributes_fn=item.pending,
        set_fn=partial(_write, item),
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the numbers of all stations."""
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
    configure(entry, async_add_entities, configuration)
