"""Numbers: the limit the owner wishes, and configuration that counts or measures something."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfElectricCurrent, UnitOfEnergy, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .car_controls import TARGETS
from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.errors import Invalid, Unsupported
from .csms.model.evse import Evse
from .csms.model.limit import MINIMUM
from .csms.model.session_limit import SessionLimit
from .csms.model.station import OWNER, Station
from .entity import OcppEntity, Part, Row, able, evses, populate
from .hub import Hub, OcppHomeEntry
from .site_controls import RULES, RuleNumber
from .site_entity import house, places, populate_site
from .site_house import POWERS, PowerNumber

PARALLEL_UPDATES = 1

NO_LIMIT: Final = 2**31 - 1
STEPS: Final = {Nature.INTEGER: 1.0, Nature.DECIMAL: 0.01}
SCALES: Final[Mapping[str, float]] = {"energy": 1000.0}
"""Of limits that people think of in another unit than the model: kWh, not Wh."""


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
    await station.limit(evse, OWNER, amps, patient=True)


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


async def _limit_session(name: str, station: Station, evse: Evse, value: float) -> None:
    """Limit the session that runs; 0 lifts the limit."""
    sessions = station.require().sessions
    if sessions is None:
        raise Unsupported("TransactionLimit")
    if evse.transaction is None:
        raise Invalid("no session is running")
    wished = _wishes(station, evse).given | {name: value * SCALES.get(name, 1.0)}
    left = {key: one for key, one in wished.items() if one}
    limit = SessionLimit(**left)  # type: ignore[arg-type]  # the names and types are its own
    await sessions.limit(evse.transaction.id, limit)


def _wishes(station: Station, evse: Evse) -> SessionLimit:
    """What the owner wishes the running session to come to."""
    limits = None if evse.transaction is None else station.session_limits.get(evse.transaction.id)
    return SessionLimit() if limits is None else limits.wished


def _wished(name: str, station: Station, evse: Evse) -> float | None:
    if evse.transaction is None:
        return None
    wished = _wishes(station, evse).given.get(name, 0)
    return wished / SCALES[name] if name in SCALES else wished


def _limits(name: str) -> Callable[[Station, Part], bool]:
    """The row exists where the station holds to such a limit."""

    def has(station: Station, part: Part) -> bool:
        sessions = None if station.commands is None else station.commands.sessions
        return sessions is not None and name in sessions.supported

    return has


SESSION: Final[tuple[NumberRow[Evse], ...]] = (
    NumberRow(
        key="session_limit_energy",
        translation_key="session_limit_energy",
        device_class=NumberDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_max_value=1000,
        native_step=0.1,
        mode=NumberMode.BOX,
        has_fn=_limits("energy"),
        value_fn=lambda _: None,
        set_fn=partial(_limit_session, "energy"),
    ),
    NumberRow(
        key="session_limit_time",
        translation_key="session_limit_time",
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_max_value=31_536_000,
        native_step=60,
        mode=NumberMode.BOX,
        entity_registry_enabled_default=False,
        has_fn=_limits("time"),
        value_fn=lambda _: None,
        set_fn=partial(_limit_session, "time"),
    ),
    NumberRow(
        key="session_limit_soc",
        translation_key="session_limit_soc",
        native_unit_of_measurement=PERCENTAGE,
        native_step=1,
        mode=NumberMode.BOX,
        entity_registry_enabled_default=False,
        has_fn=_limits("soc"),
        value_fn=lambda _: None,
        set_fn=partial(_limit_session, "soc"),
    ),
    NumberRow(
        key="session_limit_cost",
        translation_key="session_limit_cost",
        native_max_value=100_000,
        native_step=0.01,
        mode=NumberMode.BOX,
        entity_registry_enabled_default=False,
        has_fn=_limits("cost"),
        value_fn=lambda _: None,
        set_fn=partial(_limit_session, "cost"),
    ),
)
"""What the running session may come to (2.1); 0 is no limit."""


def evse_rows(station: Station) -> Iterator[NumberRow[Evse]]:
    """The numbers of an EVSE."""
    yield from EVSE
    for row in SESSION:
        yield replace(row, value_fn=partial(_wished, row.key.removeprefix("session_limit_"), station))


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
    populate(entry, async_add_entities, evses, lambda station, part: evse_rows(station))
    populate_site(entry, async_add_entities, RuleNumber, (*RULES, *TARGETS), places)
    populate_site(entry, async_add_entities, PowerNumber, POWERS, house)
    configure(entry, async_add_entities, configuration)
