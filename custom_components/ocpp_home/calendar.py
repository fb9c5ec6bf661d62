"""Calendars: the reservations of an EVSE, which can be made, moved and cancelled there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.components.calendar.const import (
    EVENT_DESCRIPTION,
    EVENT_END,
    EVENT_RRULE,
    EVENT_START,
    EVENT_SUMMARY,
    CalendarEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .bookings import Span, check, for_whom, shown_until
from .const import DOMAIN
from .csms.model.booking import Booking
from .csms.model.evse import Evse
from .csms.model.station import Station
from .csms.model.token import Token
from .entity import OcppEntity, Part, Row, evses, populate, wordless
from .hub import Hub, OcppHomeEntry
from .words import plain, tame

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class CalendarRow(Row[Evse, None], CalendarEntityDescription):
    """Bookings that are shown as a calendar."""

    value_fn: Callable[[Evse], None] = wordless

    @override
    def entity(self, hub: Hub, station: Station, part: Evse) -> Entity:
        return ReservationCalendar(hub, station, part, self)


class ReservationCalendar(OcppEntity[Evse, None], CalendarEntity):
    """Shows the bookings of an EVSE, those to come and those of the last weeks, and takes new ones."""

    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.UPDATE_EVENT | CalendarEntityFeature.DELETE_EVENT
    )
    entity_description: CalendarRow

    @property
    @override
    def event(self) -> CalendarEvent | None:
        booking = self._current()
        return None if booking is None else self._told(booking)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        booking = self._current()
        return None if booking is None else {"stage": booking.stage.value, "reason": booking.reason or None}

    @override
    def facts(self) -> tuple[object, ...]:
        return self.available, *self.station.agenda.of(self.part.id)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        bookings = self.station.agenda.of(self.part.id)
        return [self._told(one) for one in bookings if one.begin < end_date and shown_until(one) > start_date]

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        booking, now = self._wanted(kwargs), dt_util.utcnow()
        check(self.station, booking, now)
        await self.act(_reserve, booking, now)

    @override
    async def async_update_event(
        self, uid: str, event: dict[str, Any], recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        known, now = self._known(uid), dt_util.utcnow()
        wanted = self._wanted(event)
        if not known.open:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="reservation_over")
        if known.evse == 0:
            wanted = replace(wanted, reservation=replace(wanted.reservation, evse=0))
        check(self.station, wanted.renamed(known.id), now)
        self.station.agenda.change(known.id, wanted, now)

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        self.station.agenda.withdraw(self._known(uid).id)

    def _current(self) -> Booking | None:
        """The booking that is in force, or the next to come."""
        now = dt_util.utcnow()
        return next((one for one in self.station.agenda.of(self.part.id) if one.open and one.until > now), None)

    def _told(self, booking: Booking) -> CalendarEvent:
        return CalendarEvent(
            start=dt_util.as_local(booking.begin),
            end=dt_util.as_local(shown_until(booking)),
            summary=booking.summary or plain(self._whose(booking)),
            description=booking.note or None,
            uid=str(booking.id),
        )

    def _whose(self, booking: Booking) -> str:
        """Who a booking is for that has no words of its own."""
        told = booking.reservation
        card = self.station.household.cards.of(Token(told.token, told.type))
        if card is not None and card.name:
            return card.name
        return told.token if told.token == self.station.settings.token else self._hub.number(self.station, told.token)

    def _wanted(self, event: Mapping[str, Any]) -> Booking:
        """What somebody has written into the calendar."""
        if event.get(EVENT_RRULE):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_recurrence")
        span = Span(_moment(event[EVENT_START]), _moment(event[EVENT_END]))
        words = event.get(EVENT_SUMMARY) or "", event.get(EVENT_DESCRIPTION) or ""
        return for_whom(self.station, self.part.id, span, words)

    def _known(self, uid: str) -> Booking:
        booking = self.station.agenda.find(int(uid)) if uid.isdecimal() else None
        if booking is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_reservation",
                translation_placeholders={"name": tame(self.station.name)},
            )
        return booking


async def _reserve(station: Station, evse: Evse, booking: Booking, now: datetime) -> None:
    await station.reserve(booking, now)


def _moment(told: date) -> datetime:
    """A moment, or the begin of a day on the clock on the wall."""
    return (told if isinstance(told, datetime) else dt_util.start_of_local_day(told)).astimezone(UTC)


def _reserves(station: Station, part: Part) -> bool:
    """Whether the station takes reservations, as far as is known; what was booked is shown in any case."""
    able = station.commands is not None and station.commands.reservations is not None
    return able or next(iter(station.agenda), None) is not None


EVSE: Final[tuple[CalendarRow, ...]] = (
    CalendarRow(key="reservations", translation_key="reservations", has_fn=_reserves, offline=True),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendars of all stations."""
    populate(entry, async_add_entities, evses, lambda station, part: EVSE)
