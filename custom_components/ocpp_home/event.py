"""Events: what happens at a station and is over in a moment."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .csms.model.event import Event, Kind
from .csms.model.evse import Evse
from .csms.model.station import Station
from .csms.model.token import Token, TokenType
from .entity import OcppEntity, Part, Row, able, evses, populate, stations, wordless
from .guard import guarded
from .hub import Hub, OcppHomeEntry
from .words import shown

PARALLEL_UPDATES = 0

MOST: Final = 60
PERIOD: Final = timedelta(minutes=1)
"""An entity tells at most so many events in so much time; a station could flood the recorder otherwise."""


@dataclass(frozen=True, kw_only=True)
class EventRow[PartT: Part](Row[PartT, None], EventEntityDescription):
    """Kinds of events that are told as one entity."""

    value_fn: Callable[[PartT], None] = wordless
    kinds: Mapping[Kind, str]
    """The type of event each kind becomes."""
    late: bool = False
    """Whether what a station tells late, after it had no connection, is told as well."""
    everywhere: bool = False
    """Whether a station tells also what happened at its EVSEs."""

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppEvent(hub, station, part, self)

    def hears(self, event: Event, part: Part) -> bool:
        """Whether an event is one of these."""
        here = self.everywhere or event.evse == (part.id if isinstance(part, Evse) else 0)
        return here and event.kind in self.kinds and (event.live or self.late)


class OcppEvent[PartT: Part](OcppEntity[PartT, None], EventEntity):
    """Tells what has happened."""

    entity_description: EventRow[PartT]

    def __init__(self, hub: Hub, station: Station, part: PartT, row: EventRow[PartT]) -> None:
        """Tell what `row` says of `part`."""
        super().__init__(hub, station, part, row)
        self._told: deque[datetime] = deque(maxlen=MOST)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.station.witness(guarded(self.hear)))

    @callback
    def hear(self, event: Event) -> None:
        """Tell an event if it is one of these."""
        if self.entity_description.hears(event, self.part) and self._bearable():
            attributes = {**event.data, **self._card(event), "evse": event.evse, "at": event.at.isoformat()}
            self._trigger_event(self.entity_description.kinds[event.kind], shown(attributes))
            self.async_write_ha_state()

    def _card(self, event: Event) -> Mapping[str, str | None]:
        """Whose card it was, and its number as it may be seen."""
        token = event.data.get("token")
        if not isinstance(token, str):
            return {}
        card = self.station.household.cards.of(Token(token))
        secret = event.data.get("type") == TokenType.KEY_CODE
        return {
            "token": self._hub.number(self.station, token, secret=secret),
            "card": None if card is None else card.name,
        }

    def _bearable(self) -> bool:
        now = dt_util.utcnow()
        if len(self._told) == MOST and now - self._told[0] < PERIOD:
            self.station.count("event not told")
            return False
        self._told.append(now)
        return True


FAULT: Final = {Kind.FAULT: "fault", Kind.FAULT_CLEARED: "cleared"}

STATION: Final[tuple[EventRow[Station], ...]] = (
    EventRow(
        key="card",
        translation_key="card",
        event_types=["accepted", "refused", "unknown", "learnt", "master"],
        kinds={
            Kind.CARD_ACCEPTED: "accepted",
            Kind.CARD_REFUSED: "refused",
            Kind.CARD_UNKNOWN: "unknown",
            Kind.CARD_LEARNT: "learnt",
            Kind.CARD_MASTER: "master",
        },
        everywhere=True,
    ),
    EventRow(
        key="boot",
        translation_key="boot",
        event_types=["boot"],
        kinds={Kind.BOOT: "boot"},
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    EventRow(
        key="station_fault",
        translation_key="station_fault",
        event_types=["fault", "cleared"],
        kinds=FAULT,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    EventRow(
        key="security",
        translation_key="security",
        event_types=["security"],
        kinds={Kind.SECURITY: "security"},
        late=True,
        everywhere=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=able(lambda commands: commands.security),
    ),
    EventRow(
        key="alert",
        translation_key="alert",
        event_types=["alert"],
        kinds={Kind.ALERT: "alert"},
        everywhere=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=able(lambda commands: commands.monitoring),
    ),
    EventRow(
        key="reservation",
        translation_key="reservation",
        event_types=["reserved", "refused", "ended"],
        kinds={Kind.RESERVED: "reserved", Kind.RESERVATION_REFUSED: "refused", Kind.RESERVATION: "ended"},
        everywhere=True,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.reservations),
    ),
    EventRow(
        key="settlement",
        translation_key="settlement",
        event_types=["settlement"],
        kinds={Kind.SETTLEMENT: "settlement"},
        late=True,
        everywhere=True,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.payments),
    ),
    EventRow(
        key="battery_swap",
        translation_key="battery_swap",
        event_types=["battery_swap"],
        kinds={Kind.BATTERY: "battery_swap"},
        everywhere=True,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.payments),
    ),
    EventRow(
        key="grid",
        translation_key="grid",
        event_types=["grid"],
        kinds={Kind.GRID: "grid"},
        everywhere=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.grid),
    ),
    EventRow(
        key="data_transfer",
        translation_key="data_transfer",
        event_types=["data_transfer"],
        kinds={Kind.DATA_TRANSFER: "data_transfer"},
        everywhere=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)

EVSE: Final[tuple[EventRow[Evse], ...]] = (
    EventRow(
        key="session",
        translation_key="session",
        event_types=["started", "ended"],
        kinds={Kind.SESSION_STARTED: "started", Kind.SESSION_ENDED: "ended"},
        late=True,
    ),
    EventRow(key="fault", translation_key="fault", event_types=["fault", "cleared"], kinds=FAULT),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of all stations."""
    populate(entry, async_add_entities, stations, lambda station, part: STATION)
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
