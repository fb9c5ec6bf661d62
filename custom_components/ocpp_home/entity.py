"""What all entities share: a row says what an entity is, the pulse of its station says when to look again."""

from abc import abstractmethod
from asyncio import AbstractEventLoop, Handle
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, override
from weakref import WeakValueDictionary

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .csms.model.commands import Commands
from .csms.model.evse import Evse
from .csms.model.plan import Word
from .csms.model.station import Station
from .csms.model.variable import Fold
from .devices import evse_key, station_key
from .errors import translated
from .guard import guarded
from .hub import Hub, OcppHomeEntry
from .words import shown

type Part = Station | Evse
type Topic = Part | Fold
"""What may change: a part, or one variable."""


def _shape(part: Part) -> object:
    """What rows may look at to tell whether they exist; as long as it is the same, no new ones are looked for."""
    told = (tuple(part.meter.readings), not part.external)
    if isinstance(part, Evse):
        return told, part.register.last is None, tuple(part.connectors), part.needs is None, part.left.word is Word.NONE
    return (
        told,
        tuple(part.evses),
        part.variables.kinds,
        _abilities(part.commands),
        part.firmware_status is None,
        part.fail_safe is None,
        part.household.currency is None,
    )


def _abilities(commands: Commands | None) -> tuple[bool, ...]:
    return () if commands is None else tuple(getattr(commands, block.name) is None for block in BLOCKS)


BLOCKS: Final = fields(Commands)


class Pulse:
    """Passes on what changed in a station: the first change at once, what follows once per interval."""

    def __init__(self, loop: AbstractEventLoop, station: Station, interval: Callable[[], float]) -> None:
        """Watch nothing until somebody listens."""
        self._loop = loop
        self._station = station
        self._interval = interval
        self._listeners: dict[Topic, list[Callable[[], None]]] = {}
        self._growth: list[Callable[[], None]] = []
        self._shapes: dict[Part, object] = {}
        self._changed: dict[Topic, None] = {}
        self._connected = False
        self._timer: Handle | None = None
        self._leave: list[Callable[[], None]] = []

    def listen(self, topic: Topic, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after this variable, or this part or its station has changed; gives the way to stop it.

        Whether the station is there concerns everybody.
        """
        return self._join(self._listeners.setdefault(topic, []), guarded(listener))

    def on_growth(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after rows may have come into being; gives the way to stop it."""
        return self._join(self._growth, guarded(listener))

    def _join(self, circle: list[Callable[[], None]], listener: Callable[[], None]) -> Callable[[], None]:
        circle.append(listener)
        if not self._leave:
            self._leave = [self._station.subscribe(self._note), self._station.variables.subscribe(self._note)]

        def leave() -> None:
            circle.remove(listener)
            if not self._growth and not any(self._listeners.values()):
                self._rest()

        return leave

    def _rest(self) -> None:
        for leave in self._leave:
            leave()
        if self._timer is not None:
            self._timer.cancel()
        self._leave, self._timer = [], None
        self._changed.clear()

    @callback
    def _note(self, topic: Topic) -> None:
        self._changed[topic] = None
        if self._timer is None:
            # Not this instant: a frame may change several things, and they belong into one state.
            self._timer = self._loop.call_soon(self._publish)

    @callback
    def _publish(self) -> None:
        topics, self._changed = self._concerned(), {}
        interval = self._interval()
        self._timer = self._loop.call_later(interval, self._again) if interval else None
        if [topic for topic in topics if not isinstance(topic, tuple) and self._grown(topic)]:
            for listener in tuple(self._growth):
                listener()
        for topic in topics:
            for listener in tuple(self._listeners.get(topic, ())):
                listener()

    def _concerned(self) -> Iterable[Topic]:
        """What has changed, with what that means for others."""
        topics = dict(self._changed)
        if self._station in topics:
            # What it may have forgotten concerns its EVSEs as well.
            topics |= dict.fromkeys(self._station.evses.values())
        if self._station.connected != self._connected:
            self._connected = self._station.connected
            topics |= dict.fromkeys(self._listeners)
        return tuple(topics)

    @callback
    def _again(self) -> None:
        self._timer = None
        if self._changed:
            self._publish()

    def _grown(self, part: Part) -> bool:
        before, self._shapes[part] = self._shapes.get(part), _shape(part)
        return before != self._shapes[part]


_PULSES: Final[WeakValueDictionary[Station, Pulse]] = WeakValueDictionary()
"""A pulse lives as long as somebody listens to it: its station holds it then."""


def pulse_of(hub: Hub, station: Station) -> Pulse:
    """The one pulse of a station, which beats at the interval the owner chose."""
    pulse = _PULSES.get(station)
    if pulse is None:
        pulse = _PULSES[station] = Pulse(hub.hass.loop, station, lambda: hub.options.publish_interval)
    return pulse


def always(station: Station, part: Part) -> bool:
    """The row exists with its part."""
    return True


def able(block: Callable[[Commands], object]) -> Callable[[Station, Part], bool]:
    """The row exists once it is known that the station has this block of commands."""
    return lambda station, part: station.commands is not None and block(station.commands) is not None


def wordless(part: Part) -> None:
    """The value of a row that has none."""


@dataclass(frozen=True, kw_only=True)
class Row[PartT: Part, ValueT](EntityDescription):
    """What an entity is: where its value comes from and when it exists."""

    value_fn: Callable[[PartT], ValueT]
    has_fn: Callable[[Station, PartT], bool] = always
    attributes_fn: Callable[[PartT], Mapping[str, object]] | None = None
    topics: tuple[Topic, ...] = ()
    """The variables that are shown, where it is no more than that; else everything of its part is looked at."""
    offline: bool = False
    """Whether the value is true also while the station is away."""

    @abstractmethod
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        """The entity that shows this row of a part."""


def unique_id(station: Station, part: Part, key: str) -> str:
    """The name of an entity for good: `{station}[_{evse}]_{key}`."""
    where = evse_key(station, part.id) if isinstance(part, Evse) else station_key(station)
    return f"{where}_{key}"


class OcppEntity[PartT: Part, ValueT](Entity):
    """An entity of a station or an EVSE: it looks when told to, and writes a state when the value is another."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: Row[PartT, ValueT]

    def __init__(self, hub: Hub, station: Station, part: PartT, row: Row[PartT, ValueT]) -> None:
        """Show `row` of `part`."""
        self.entity_description = row
        self.station = station
        self.part = part
        self._hub = hub
        self._shown: tuple[object, ...] | None = None
        self._attr_unique_id = unique_id(station, part, row.key)
        self._attr_device_info = hub.device_info(station, part) if isinstance(part, Evse) else hub.device_info(station)

    @property
    @override
    def available(self) -> bool:
        return self.entity_description.offline or self.station.connected

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        attributes = self.entity_description.attributes_fn
        return None if attributes is None else shown(attributes(self.part))

    @property
    def fact(self) -> ValueT:
        """What the row says now."""
        return shown(self.entity_description.value_fn(self.part))

    def facts(self) -> tuple[object, ...]:
        """Everything a state is made of; equal facts are one state."""
        return self.available, self.fact, self.extra_state_attributes

    async def act[*Arguments](
        self, action: Callable[[Station, PartT, *Arguments], Awaitable[None]], *arguments: *Arguments
    ) -> None:
        """Do something with the part; raises what went wrong in the user's language."""
        async with translated(self.station, self._hub.title(self.station)):
            await action(self.station, self.part, *arguments)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._shown = self.facts()
        for topic in self.entity_description.topics or (self.part,):
            self.async_on_remove(pulse_of(self._hub, self.station).listen(topic, self.refresh))

    @callback
    def refresh(self) -> None:
        """Write a state if it would be another one than the last."""
        facts = self.facts()
        if facts != self._shown:
            self._shown = facts
            self.async_write_ha_state()


def stations(station: Station) -> Iterable[Station]:
    """The station as a whole, as the part entities belong to."""
    return (station,)


def evses(station: Station) -> Iterable[Evse]:
    """The EVSEs as the parts entities belong to."""
    return station.evses.values()


def standing(station: Station, part: Part) -> bool:
    """Whether a part is still one of the station."""
    return part is station or (isinstance(part, Evse) and station.evses.get(part.id) is part)


def populate[PartT: Part, ValueT](
    entry: OcppHomeEntry,
    add: AddConfigEntryEntitiesCallback,
    parts: Callable[[Station], Iterable[PartT]],
    rows: Callable[[Station, PartT], Iterable[Row[PartT, ValueT]]],
) -> None:
    """Add the entities of every station, now and whenever a row comes into being."""
    hub = entry.runtime_data

    def inhabit(station: Station) -> None:
        known: dict[str, PartT] = {}

        def grow() -> None:
            for name in [name for name, part in known.items() if not standing(station, part)]:
                del known[name]
            told = [
                (unique_id(station, part, row.key), row, part) for part in parts(station) for row in rows(station, part)
            ]
            fresh = [one for one in told if one[0] not in known and one[1].has_fn(station, one[2])]
            if fresh and hub.stations.get(station_key(station)) is station:
                known.update((name, part) for name, _, part in fresh)
                entities = [row.entity(hub, station, part) for _, row, part in fresh]
                add(entities, config_subentry_id=hub.subentry_id(station))

        entry.async_on_unload(pulse_of(hub, station).on_growth(grow))
        grow()

    entry.async_on_unload(hub.on_station(inhabit))
