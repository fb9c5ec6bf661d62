"""The bookings of a station: what is planned, what the station keeps, and for some weeks what has been."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from .booking import KEPT, LEAD, WAITING, Booking, Stage, recalled, told
from .reservation import Reservation
from .token import Token
from .transaction import Json

PAST: Final = timedelta(days=35)
"""For so long what has been is still shown."""
MOST: Final = 300
"""So many bookings are remembered; of more, the oldest go."""
GRACE: Final = timedelta(seconds=30)
"""A station tells by itself that a reservation has ended; after so long it is taken for granted."""
RETRY: Final = timedelta(minutes=1)
"""So long after a refusal that may pass the station is asked again."""


class Agenda:
    """Keeps the bookings of one station, and tells what is due; `changed` hears that something is different."""

    def __init__(self, remembered: Json, changed: Callable[[], None]) -> None:
        """Begin with what was remembered."""
        known = [recalled(one) for one in remembered] if isinstance(remembered, list) else []
        self._bookings = {booking.id: booking for booking in known if booking is not None}
        self._changed = changed

    def __iter__(self) -> Iterator[Booking]:
        """All that are wanted or have been, by the time they begin."""
        shown = [booking for booking in self._bookings.values() if booking.stage is not Stage.WITHDRAWN]
        return iter(sorted(shown, key=lambda booking: (booking.begin, booking.id)))

    @property
    def remembered(self) -> Json:
        """All of it, to be kept over restarts; None where there is nothing."""
        return [told(booking) for booking in self._bookings.values()] or None

    def of(self, evse: int) -> list[Booking]:
        """Those of an EVSE, and those for which any will do."""
        return [booking for booking in self if booking.evse in {0, evse}]

    def find(self, number: int) -> Booking | None:
        """The booking of that number, unless nobody wants it any more."""
        booking = self._bookings.get(number)
        return None if booking is None or booking.stage is Stage.WITHDRAWN else booking

    def clash(self, booking: Booking) -> Booking | None:
        """An open booking that wants the same EVSE at the same time."""
        return next((other for other in self if other.open and other.collides(booking)), None)

    def holding(self, evse: int) -> Reservation | None:
        """The reservation an EVSE is kept for, as far as is known."""
        kept = (one.reservation for one in self if one.stage in KEPT and one.evse == evse)
        return next(kept, None)

    def book(self, booking: Booking, now: datetime) -> None:
        """Plan a booking; one of the same number gives way."""
        self._bookings[booking.id] = booking
        self._let_go(now)
        self._changed()

    def change(self, number: int, wanted: Booking, now: datetime) -> None:
        """Make a booking another one; the station, if it knows of it, is told anew."""
        known = self._bookings[number]
        if known.stage in KEPT and (wanted.begin - LEAD > now or wanted.evse != known.evse):
            self.withdraw(number)
            self.book(wanted, now)
        else:
            stage = Stage.DOUBTED if known.stage in KEPT else Stage.PLANNED
            self.book(replace(wanted.renamed(number), stage=stage), now)

    def withdraw(self, number: int) -> None:
        """Nobody wants it any more; where the station may know of it, it is told."""
        booking = self._bookings[number]
        if booking.stage in KEPT:
            self._put(replace(booking, stage=Stage.WITHDRAWN, again=None))
        else:
            self.gone(number)

    def gone(self, number: int) -> None:
        """It is neither wanted nor kept."""
        if self._bookings.pop(number, None) is not None:
            self._changed()

    def due(self, now: datetime) -> Booking | None:
        """The first of which the station is to be told something now."""
        waiting = [(at, one.id) for one in self._bookings.values() if (at := one.due) and at <= now < one.until]
        return self._bookings[min(waiting)[1]] if waiting else None

    def next(self, now: datetime) -> datetime | None:
        """When the next is due, or is over."""
        moments = [
            moment
            for one in self._bookings.values()
            if one.open or one.stage is Stage.WITHDRAWN
            for moment in (one.due, one.until + GRACE)
            if moment is not None and moment > now
        ]
        return min(moments, default=None)

    def asking(self, number: int) -> None:
        """The station is being told; until it answers nobody knows whether it has taken it."""
        self._put(replace(self._bookings[number], stage=Stage.DOUBTED))

    def held(self, reservation: Reservation, now: datetime) -> None:
        """The station keeps the EVSE; where another reservation is wanted by now, that is told next."""
        known = self._bookings.get(reservation.id)
        if known is None:
            self.book(Booking(reservation, now.replace(microsecond=0), stage=Stage.HELD), now)
        elif known.stage is Stage.WITHDRAWN or (known.stage is Stage.DOUBTED and known.reservation != reservation):
            return
        else:
            begin = known.begin if known.open else now
            fresh = replace(known, reservation=reservation, begin=begin, stage=Stage.HELD)
            self._put(replace(fresh, reason="", again=None, ended=None))

    def refuse(self, number: int, reason: str, again: datetime | None) -> None:
        """The station did not take it, for that reason; it is asked again from then on, or (None) never."""
        booking = self._bookings.get(number)
        if booking is not None and booking.stage in KEPT:
            stage = Stage.REFUSED if again is None else Stage.PLANNED
            self._put(replace(booking, stage=stage, reason=reason, again=again))

    def postpone(self, number: int, again: datetime) -> None:
        """The station did not answer; it is told again from then on."""
        if number in self._bookings:
            self._put(replace(self._bookings[number], again=again))

    def doubt(self) -> None:
        """The station has started again: what it kept, it may have forgotten."""
        for booking in tuple(self._bookings.values()):
            if booking.stage is Stage.HELD:
                self._put(replace(booking, stage=Stage.DOUBTED, again=None))

    def end(self, number: int, stage: Stage, at: datetime, reason: str = "") -> Booking | None:
        """It is over; gives it when it was not before."""
        booking = self._bookings.get(number)
        if booking is None or not (booking.open or (stage is Stage.USED and booking.stage is Stage.ENDED)):
            return None
        over = replace(booking, stage=stage, ended=at, reason=reason or booking.reason, again=None)
        self._put(over)
        return over

    def redeemed(self, evse: int, token: Token, at: datetime) -> Booking | None:
        """The booking somebody has come for, whatever the station says of it."""
        mine = (one for one in self.of(evse) if one.begin - LEAD <= at < one.until and one.evse == evse)
        wanted = (one for one in mine if one.open or one.stage is Stage.ENDED)
        return next((one for one in wanted if Token(one.reservation.token).key == token.key), None)

    def lapse(self, now: datetime) -> list[Booking]:
        """End what has had its time; gives those that ended."""
        over: list[Booking] = []
        for booking in tuple(self._bookings.values()):
            patience = GRACE if booking.stage in KEPT else timedelta()
            if booking.until + patience > now:
                continue
            if booking.stage is Stage.WITHDRAWN:
                self.gone(booking.id)
            elif booking.open and (ended := self.end(booking.id, _late(booking), booking.until)) is not None:
                over.append(ended)
        return over

    def forget(self, keys: Collection[str]) -> int:
        """Take away the bookings for tokens of these keys; tells how many there were."""
        theirs = [one.id for one in self if Token(one.reservation.token).key in keys]
        for number in theirs:
            self.withdraw(number)
        return len(theirs)

    def _put(self, booking: Booking) -> None:
        self._bookings[booking.id] = booking
        self._changed()

    def _let_go(self, now: datetime) -> None:
        by_age = sorted(self._bookings.values(), key=lambda booking: booking.until)
        old = [one for one in by_age if one.until < now - PAST]
        for booking in (*old, *by_age[: max(0, len(by_age) - MOST)]):
            self._bookings.pop(booking.id, None)


def _late(booking: Booking) -> Stage:
    """What became of a booking whose time is over."""
    if booking.stage in WAITING and booking.stage not in KEPT:
        return Stage.REFUSED if booking.reason else Stage.MISSED
    return Stage.EXPIRED
