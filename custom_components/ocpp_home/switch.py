"""Switches: charge, pause, be in use, and configuration keys that are on or off."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import configured, flag, key_of, offered, write
from .csms.model.configuration_keys import Natural, Nature
from .csms.model.evse import Evse, Status
from .csms.model.station import Station
from .csms.model.token import Token
from .entity import OcppEntity, Part, Row, able, evses, populate, stations
from .hub import Hub, OcppHomeEntry

PARALLEL_UPDATES = 1

PAUSE: Final = "pause"
"""The source of the wish to pause."""


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


async def _write(key: Natural, station: Station, part: Station, on: bool) -> None:
    await write(station, key, "true" if on else "false")


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
        key="available",
        translation_key="available",
        entity_category=EntityCategory.CONFIG,
        has_fn=able(lambda commands: commands.remote),
        value_fn=_operative,
        set_fn=_operate,
    ),
)


def station_rows(station: Station, part: Station) -> Iterable[SwitchRow[Station]]:
    """The switches of a station as a whole, with the configuration keys that are on or off."""
    yield from STATION
    for key in configured(part, Nature.BOOLEAN, writable=True):
        yield SwitchRow(
            key=key_of(key),
            translation_key=key_of(key),
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=offered(key),
            value_fn=flag(key),
            set_fn=partial(_write, key),
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of all stations."""
    populate(entry, async_add_entities, stations, station_rows)
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
