"""Entities of the controller: they are there as long as the options tell of a house."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .devices import evse_key, hub_info
from .guard import guarded
from .household_entity import HouseholdEntity, Whose
from .hub import Hub, OcppHomeEntry
from .site.controller import Controller
from .site.place import Place

type Subject = Place | Controller
"""What is shown: an EVSE as the site sees it, or the house."""


@dataclass(frozen=True, kw_only=True)
class SiteRow[SubjectT: Subject, ValueT](EntityDescription):
    """What an entity of the controller is."""

    value_fn: Callable[[SubjectT], ValueT]
    has_fn: Callable[[SubjectT], bool] = lambda _: True
    attributes_fn: Callable[[SubjectT], Mapping[str, object]] | None = None
    offline: bool = False
    """Whether the value is true also while the station is away."""


class SiteEntity[SubjectT: Subject, ValueT](HouseholdEntity):
    """Shows or sets something of the controller."""

    entity_description: SiteRow[SubjectT, ValueT]

    def __init__(self, hub: Hub, subject: SubjectT, row: SiteRow[SubjectT, ValueT]) -> None:
        """Show `row` of `subject`."""
        super().__init__(hub, whose(hub, subject), row)
        self.subject = subject
        self._shown: tuple[object, ...] | None = None

    @property
    @override
    def available(self) -> bool:
        station = self.subject.station if isinstance(self.subject, Place) else None
        return station is None or station.connected or self.entity_description.offline

    @property
    def fact(self) -> ValueT:
        """What the row says now."""
        return self.entity_description.value_fn(self.subject)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        attributes = self.entity_description.attributes_fn
        return None if attributes is None else attributes(self.subject)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._hub.site.subscribe(guarded(self.refresh)))

    @callback
    def refresh(self) -> None:
        """Write a state if it would be another one than the last."""
        facts = self.available, self.fact, self.extra_state_attributes
        if facts != self._shown:
            self._shown = facts
            self.async_write_ha_state()


def whose(hub: Hub, subject: Subject) -> Whose:
    """To what an entity belongs."""
    if isinstance(subject, Controller):
        return Whose(hub.entry.entry_id, hub_info(hub))
    return Whose(evse_key(subject.station, subject.evse.id), hub.device_info(subject.station, subject.evse))


class Wing[SubjectT: Subject, ValueT]:
    """The entities of one platform: they come with the house, and go when the options tell of none."""

    def __init__(
        self,
        hub: Hub,
        add: AddConfigEntryEntitiesCallback,
        make: Callable[[SubjectT, SiteRow[SubjectT, ValueT]], Entity],
        rows: Iterable[SiteRow[SubjectT, ValueT]],
    ) -> None:
        """Nobody is there before the first `sync`."""
        self._hub = hub
        self._add = add
        self._make = make
        self._rows = tuple(rows)
        self._known: dict[tuple[SubjectT, str], Entity] = {}

    @callback
    def sync(self, subjects: Iterable[SubjectT]) -> None:
        """Bring the entities in line with what there is."""
        wanted = {(subject, row.key): row for subject in subjects for row in self._rows if row.has_fn(subject)}
        for key in self._known.keys() - wanted.keys():
            self._dismiss(self._known.pop(key))
        for key, row in wanted.items():
            if key not in self._known:
                entity = self._known[key] = self._make(key[0], row)
                self._add([entity], config_subentry_id=self._subentry(key[0]))

    def _subentry(self, subject: SubjectT) -> str | None:
        return None if isinstance(subject, Controller) else self._hub.subentry_id(subject.station)

    def _dismiss(self, entity: Entity) -> None:
        """Delete it, also where it is disabled."""
        if entity.entity_id and entity.hass is not None:
            er.async_get(self._hub.hass).async_remove(entity.entity_id)


def places(site: Controller) -> list[Place]:
    """Every EVSE that can be led, as long as the options tell of a house."""
    return [] if site.settings is None else [place for place in site.places.values() if place.known]


def house(site: Controller) -> list[Controller]:
    """The house, as long as the options tell of one."""
    return [] if site.settings is None else [site]


def populate_site[SubjectT: Subject, ValueT](
    entry: OcppHomeEntry,
    add: AddConfigEntryEntitiesCallback,
    make: Callable[[Hub, SubjectT, SiteRow[SubjectT, ValueT]], Entity],
    rows: Iterable[SiteRow[SubjectT, ValueT]],
    subjects: Callable[[Controller], Iterable[SubjectT]],
) -> None:
    """Add entities of whatever there is of the site, now and later."""
    hub = entry.runtime_data
    wing = Wing[SubjectT, ValueT](hub, add, lambda subject, row: make(hub, subject, row), rows)

    def sync() -> None:
        wing.sync(subjects(hub.site))

    entry.async_on_unload(hub.site.subscribe(guarded(sync)))
    sync()
