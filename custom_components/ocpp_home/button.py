"""Buttons: what is asked of a station once."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .csms.model.commands import ResetKind
from .csms.model.errors import Unsupported
from .csms.model.evse import Evse
from .csms.model.station import Station
from .devices import hub_info
from .entity import OcppEntity, Part, Row, able, evses, populate, stations, wordless
from .errors import translated
from .export import offer_last_month
from .household_entity import HouseholdEntity, Whose
from .hub import Hub, OcppHomeEntry
from .probing import begin

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


@dataclass(frozen=True, kw_only=True)
class HubButtonRow(ButtonEntityDescription):
    """Something the hub itself can be asked."""

    press_fn: Callable[[Hub], Awaitable[None]]
    private: bool = False
    """Whether it tells who charged when: then only administrators, and automations, may ask."""


class HubButton(HouseholdEntity, ButtonEntity):
    """Asks the hub."""

    entity_description: HubButtonRow

    @override
    async def async_press(self) -> None:
        if self.entity_description.private:
            await self._require_admin()
        async with translated(None):
            await self.entity_description.press_fn(self._hub)

    async def _require_admin(self) -> None:
        user_id = None if self._context is None else self._context.user_id
        user = None if user_id is None else await self.hass.auth.async_get_user(user_id)
        if user is not None and not user.is_admin:
            raise Unauthorized(context=self._context)


async def _learn_card(hub: Hub) -> None:
    hub.desk.listen()


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


HUB: Final[tuple[HubButtonRow, ...]] = (
    HubButtonRow(
        key="learn_card",
        translation_key="learn_card",
        entity_category=EntityCategory.CONFIG,
        press_fn=_learn_card,
    ),
    HubButtonRow(key="export_last_month", translation_key="export_last_month", press_fn=offer_last_month, private=True),
)

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


def evse_rows(hub: Hub, station: Station, part: Evse) -> Iterable[ButtonRow[Evse]]:
    """The buttons of an EVSE, with those of its connectors where there are several."""
    yield from EVSE
    yield ButtonRow(
        key="probe",
        translation_key="probe",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=able(lambda commands: commands.charging),
        press_fn=partial(begin, hub),
    )
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
    """Add the buttons of the hub and of all stations."""
    hub = entry.runtime_data
    async_add_entities(HubButton(hub, Whose(entry.entry_id, hub_info(hub)), row) for row in HUB)
    populate(entry, async_add_entities, stations, lambda station, part: STATION)
    populate(entry, async_add_entities, evses, partial(evse_rows, hub))
