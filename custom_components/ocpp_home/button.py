"""Buttons: what is asked of a station once."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .csms.model.commands import ResetKind
from .csms.model.errors import Unsupported
from .csms.model.evse import Evse
from .csms.model.station import Station
from .entity import OcppEntity, Part, Row, able, evses, populate, stations, wordless
from .hub import Hub, OcppHomeEntry

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class ButtonRow[PartT: Part](Row[PartT, None], ButtonEntityDescription):
    """Something that can be asked."""

    value_fn: Callable[[PartT], None] = wordless
    press_fn: Callable[[Station, PartT], Awaitable[None]]

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppButton(hub, station, part, self)


class OcppButton[PartT: Part](OcppEntity[PartT, None], ButtonEntity):
    """Asks the station."""

    entity_description: ButtonRow[PartT]

    @override
    async def async_press(self) -> None:
        await self.act(self.entity_description.press_fn)


async def _reset(kind: ResetKind, station: Station, part: Station) -> None:
    await station.require().remote.reset(kind)


async def _refresh(station: Station, part: Station) -> None:
    trigger = station.require().trigger
    if trigger is None:
        raise Unsupported("TriggerMessage")
    await trigger.refresh()


async def _clear_cache(station: Station, part: Station) -> None:
    await station.require().remote.clear_cache()


async def _unlock(station: Station, evse: Evse) -> None:
    """Release the cable that is in use, or was last."""
    connector = 1 if evse.session is None else evse.session.connector
    await station.require().remote.unlock(evse.id, connector)


async def _unlock_connector(connector: int, station: Station, evse: Evse) -> None:
    await station.require().remote.unlock(evse.id, connector)


STATION: Final[tuple[ButtonRow[Station], ...]] = (
    ButtonRow(
        key="reset_soft",
        translation_key="reset_soft",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        has_fn=able(lambda commands: commands.remote),
        press_fn=partial(_reset, ResetKind.SOFT),
    ),
    ButtonRow(
        key="reset_hard",
        translation_key="reset_hard",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        has_fn=able(lambda commands: commands.remote),
        press_fn=partial(_reset, ResetKind.HARD),
    ),
    ButtonRow(
        key="refresh",
        translation_key="refresh",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=able(lambda commands: commands.trigger),
        press_fn=_refresh,
    ),
    ButtonRow(
        key="clear_cache",
        translation_key="clear_cache",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.remote),
        press_fn=_clear_cache,
    ),
)

EVSE: Final[tuple[ButtonRow[Evse], ...]] = (
    ButtonRow(
        key="unlock",
        translation_key="unlock",
        has_fn=able(lambda commands: commands.remote),
        press_fn=_unlock,
    ),
)


def evse_rows(station: Station, part: Evse) -> Iterable[ButtonRow[Evse]]:
    """The buttons of an EVSE, with those of its connectors where there are several."""
    yield from EVSE
    for number in part.connectors if len(part.connectors) > 1 else ():
        yield ButtonRow(
            key=f"connector_{number}_unlock",
            translation_key="connector_unlock",
            translation_placeholders={"connector": str(number)},
            has_fn=able(lambda commands: commands.remote),
            press_fn=partial(_unlock_connector, number),
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of all stations."""
    populate(entry, async_add_entities, stations, lambda station, part: STATION)
    populate(entry, async_add_entities, evses, evse_rows)
