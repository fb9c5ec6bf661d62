"""Bookings as people ask for them: when, for whom, and whether that can be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms.model.booking import Booking, meant, number
from .csms.model.reservation import Reservation
from .csms.model.station import Station
from .csms.model.token import Token

SHORTEST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From when (UTC) until when."""

    begin: datetime
    until: datetime


def for_whom(station: Station, evse: int, span: Span, words: tuple[str, str]) -> Booking:
    """The booking somebody means by a summary and a description: for whose card they name, else for the home's own."""
    card = meant(" ".join(words), station.household.cards)
    token = Token(station.settings.token) if card is None else card.token
    group = None if card is None else card.group or None
    its_number = number(evse, token.id, span.begin.isoformat(), span.until.isoformat())
    reservation = Reservation(its_number, evse, token.id, span.until, group, token.type)
    return Booking(reservation, span.begin, *words)


def check(station: Station, booking: Booking, now: datetime) -> None:
    """Raise a translated error for a time that is over, or that somebody else has booked."""
    if booking.until <= max(now, booking.begin):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="reservation_over")
    other = station.agenda.clash(booking)
    if other is not None:
        times = {"begin": _clock(other.begin), "until": _clock(other.until)}
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="reservation_overlaps", translation_placeholders=times
        )


def shown_until(booking: Booking) -> datetime:
    """When a booking ended, or will end."""
    over = booking.ended or booking.until
    return min(booking.until, max(over, booking.begin + SHORTEST))


def _clock(moment: datetime) -> str:
    return f"{dt_util.as_local(moment):%Y-%m-%d %H:%M}"
