"""Switches: charge, pause, be in use, and configuration that is on or off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .car_controls import SKIP, SkipSwitch
from .configuration import Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.errors import Invalid, Unsupported
from .csms.model.evse import Evse, Status
from .csms.model.station import PAUSE, Station
from .csms.model.token import Token
from .entity import OcppEntity, Part, Row, able, evses, populate, stations
from .hub import Hub, OcppHomeEntry
from .site_controls import BOOST, BoostSwitch
from .site_entity import house, places, populate_site
from .site_house import ASKS, AskSwitch

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class SwitchRow[PartT: Part](Row[PartT, bool | None], SwitchEntityDescription):
    """Something that is on or off and can be switched."""

    set_fn: Callable[[Station, PartT, bool], Awaitable[None]]

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppSwitch(hub, station, part, self)


class OcppSwitch[PartT: Part](OcppEntity[PartT, bool | None], SwitchEntity):
    """Shows what is true, and asks the station to change it."""

    entity_description: SwitchRow[PartT]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.fact

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.act(self.entity_description.set_fn, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.act(self.entity_description.set_fn, False)


async def _charge(station: Station, evse: Evse, on: bool) -> None:
    remote = station.require().remote
    if on and evse.transaction is None:
        await remote.start(evse.id, Token(station.settings.token))
    elif not on and evse.transaction is not None:
        await remote.stop(evse.transaction.id)


async def _pause(station: Station, evse: Evse, on: bool) -> None:
    await station.limit(evse, PAUSE, 0.0 if on else None)


async def _operate(station: Station, part: Part, on: bool) -> None:
    await station.require().remote.availability(part.id if isinstance(part, Evse) else 0, on)


async def _prefer(station: Station, evse: Evse, on: bool) -> None:
    """Let a session go before others, which is what its station has a profile for."""
    priority = station.require().priority
    if priority is None:
        raise Unsupported("UsePriorityCharging")
    if evse.transaction is None:
        raise Invalid("nobody charges here")
    await priority.use(evse.transaction.id, active=on)


async def _write(item: Item, station: Station, part: Part, on: bool) -> None:
    await item.write("true" if on else "false")


def _operative(part: Part) -> bool | None:
    """What was last agreed; before that a part that says it is doing something is in use."""
    if part.operative is not None or part.status in (None, Status.FAULTED):
        return part.operative
    return part.status is not Status.UNAVAILABLE


STATION: Final[tuple[SwitchRow[Station], ...]] = (
    SwitchRow(
        key="station_available",
        translation_key="station_available",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.remote),
        value_fn=_operative,
        set_fn=_operate,
    ),
)

EVSE: Final[tuple[SwitchRow[Evse], ...]] = (
    SwitchRow(
        key="charge",
        translation_key="charge",
        has_fn=able(lambda commands: commands.remote),
        value_fn=lambda evse: evse.transaction is not None,
        set_fn=_charge,
    ),
    SwitchRow(
        key="pause",
        translation_key="pause",
        has_fn=able(lambda commands: commands.charging),
        value_fn=lambda evse: PAUSE in evse.limits.wishes,
        set_fn=_pause,
    ),
    SwitchRow(
        key="priority",
        translation_key="priority",
        has_fn=able(lambda commands: commands.priority),
        value_fn=lambda evse: evse.transaction is not None and evse.priority,
        set_fn=_prefer,
    ),
    SwitchRow(
        key="available",
        translation_key="available",
        entity_category=EntityCategory.CONFIG,
        has_fn=able(lambda commands: commands.remote),
        value_fn=_operative,
        set_fn=_operate,
    ),
)


def configuration(item: Item) -> SwitchRow[Part] | None:
    """What is on or off and can be switched."""
    if item.row.nature is not Nature.BOOLEAN or not item.row.writable:
        return None
    return SwitchRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=item.enabled,
        topics=item.folds,
        value_fn=item.flag,
        attributes_fn=item.pending,
        set_fn=partial(_write, item),
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of all stations."""
    populate(entry, async_add_entities, stations, lambda station, part: STATION)
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
    populate_site(entry, async_add_entities, BoostSwitch, BOOST, places)
    populate_site(entry, async_add_entities, SkipSwitch, SKIP, places)
    populate_site(entry, async_add_entities, AskSwitch, ASKS, house)
    configure(entry, async_add_entities, configuration)
