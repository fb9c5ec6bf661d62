"""The clerk of a station: tells it of bookings when their time comes, and notes what becomes of them.

A station keeps reservations from the moment it is told, and may forget them when it starts again. What is planned is
therefore told just before it begins, again after each boot (a repeated ReserveNow replaces itself: OCPP 1.6 ed. 2 -
5.13, OCPP 2.0.1 ed. 3 - H01.FR.02), and as soon as a station returns that was away.
"""

from asyncio import FIRST_COMPLETED, Event as Bell, Task, ensure_future, get_running_loop, sleep, wait
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ..model.agenda import RETRY
from ..model.booking import Booking, Stage
from ..model.errors import OcppError, Offline, Refused, Unanswered
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.station import Station
from ..model.token import Token
from .reservation import ENDS, used

PASSING: Final = frozenset({"Faulted", "Occupied", "Unavailable"})
"""Refusals that may pass (OCPP 1.6 ed. 2 - 7.40); one that takes no reservations says Rejected."""
LONGEST: Final = 6 * 3600.0
"""At least so often (s) it is looked what is due."""


class Clerk:
    """Keeps the agenda of one station, over one connection."""

    def __init__(self, station: Station, pause: Callable[[float], Awaitable[None]] = sleep) -> None:
        """Note what happens at `station`; it is told nothing before `begin`."""
        self._station = station
        self._agenda = station.agenda
        self._pause = pause
        self._bell = Bell()
        self._task: Task[None] | None = None
        self._leave = [station.witness(self._hear), station.subscribe(self._look)]

    def begin(self) -> None:
        """The station is ready, or has booted again."""
        self._bell.set()
        if self._task is None or self._task.done():
            self._task = get_running_loop().create_task(self._keep())

    def hold(self) -> None:
        """The station has started again and is told nothing before the next `begin`."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """The connection has ended."""
        self.hold()
        while self._leave:
            self._leave.pop()()

    async def attend(self, now: datetime) -> datetime | None:
        """Do all that is due; gives when to look again."""
        for over in self._agenda.lapse(now):
            self._over(over, now)
        while (booking := self._agenda.due(now)) is not None:
            await self._tell(booking, now)
        self._warn(now)
        return self._agenda.next(now)

    async def _keep(self) -> None:
        while True:
            self._bell.clear()
            now = datetime.now(UTC)
            try:
                then = await self.attend(now)
            except Offline:
                return
            await self._wait(LONGEST if then is None else min(LONGEST, (then - now).total_seconds()))

    async def _wait(self, seconds: float) -> None:
        rung, over = ensure_future(self._bell.wait()), ensure_future(self._pause(seconds))
        try:
            await wait((rung, over), return_when=FIRST_COMPLETED)
        finally:
            rung.cancel()
            over.cancel()

    async def _tell(self, booking: Booking, now: datetime) -> None:
        """Tell the station of a booking, or that it is withdrawn; raises Offline."""
        reservations = self._station.require().reservations
        if reservations is None:
            self._refused(booking, "NotSupported", None, now)
        elif booking.stage is Stage.WITHDRAWN:
            try:
                await reservations.cancel(booking.id)
            except Unanswered:
                self._agenda.postpone(booking.id, now + RETRY)
            except Offline:
                raise
            except OcppError:
                self._agenda.gone(booking.id)  # it knows of no such reservation
                used(self._station, booking.id)
        else:
            self._agenda.asking(booking.id)
            try:
                await reservations.reserve(booking.reservation)
            except Unanswered:
                self._agenda.postpone(booking.id, now + RETRY)
            except Offline:
                raise
            except OcppError as error:
                passing = isinstance(error, Refused) and error.status in PASSING
                self._refused(booking, str(error), now + RETRY if passing else None, now)

    def _refused(self, booking: Booking, reason: str, again: datetime | None, now: datetime) -> None:
        self._agenda.asking(booking.id)
        self._agenda.refuse(booking.id, reason, again)
        if reason != booking.reason:
            self._emit(Kind.RESERVATION_REFUSED, booking, now, reason=reason)

    def _hear(self, event: Event) -> None:
        """Note what the station says that touches a booking."""
        match event.kind:
            case Kind.BOOT:
                self._agenda.doubt()
            case Kind.SESSION_STARTED:
                self._begun(event)
            case Kind.RESERVATION:
                self._told(event)

    def _begun(self, event: Event) -> None:
        """A session has begun: a booking is used when the session says so, or when it is for the same token."""
        station, token = self._station, event.data.get("token")
        known = station.ledger.find(station.name, str(event.data.get("transaction")))
        number = None if known is None else known.reservation
        if token is not None and (number is None or self._agenda.find(number) is None):
            came = self._agenda.redeemed(event.evse, Token(str(token)), event.at)
            number = None if came is None else came.id
        if number is not None and self._agenda.end(number, Stage.USED, event.at) is not None:
            used(station, number)

    def _told(self, event: Event) -> None:
        """The station has ended a reservation; one it removed for a fault is wanted still (H01.FR.16, H01.FR.17)."""
        number, status = event.data.get("reservation"), str(event.data.get("status"))
        booking = self._agenda.find(number) if isinstance(number, int) else None
        if booking is None or booking.stage is not Stage.HELD:
            return
        if status == "Removed" and booking.until - event.at > RETRY:
            self._agenda.refuse(booking.id, status, event.at + RETRY)
        else:
            self._agenda.end(booking.id, Stage.EXPIRED if status == "Expired" else Stage.ENDED, event.at, status)

    def _look(self, part: Station | Evse) -> None:
        """Note that an EVSE is no longer kept, which a station of 1.6 shows by its status; and what is to be told.

        Before its time a booking is wanted still, whatever made the station forget it.
        """
        if not isinstance(part, Evse):
            self._bell.set()
            return
        now = datetime.now(UTC)
        for booking in [one for one in self._agenda if one.stage is Stage.HELD and one.evse == part.id]:
            if part.reservation is not None and part.reservation.id == booking.id:
                continue
            if booking.until - now > RETRY:
                faulty = part.status in ENDS
                self._agenda.refuse(booking.id, str(part.status) if faulty else "Removed", now + RETRY)
                self._emit(Kind.RESERVATION, booking, now, status="Removed")
            else:
                self._agenda.end(booking.id, Stage.EXPIRED, now)
                self._over(replace(booking, stage=Stage.EXPIRED), now)

    def _over(self, booking: Booking, now: datetime) -> None:
        used(self._station, booking.id)
        words = {Stage.EXPIRED: "Expired", Stage.MISSED: "Missed"}
        self._emit(Kind.RESERVATION, booking, now, status=words.get(booking.stage, booking.reason or "Removed"))

    def _warn(self, now: datetime) -> None:
        """Let the owner know of each EVSE that should be kept and is not."""
        troubled = {one.evse: one for one in self._agenda if one.reason and not one.ended and now < one.until}
        for evse in (0, *self._station.evses):
            if evse in troubled:
                self._station.notice("reservation_refused", evse, reason=troubled[evse].reason)
            else:
                self._station.settle("reservation_refused", evse)

    def _emit(self, kind: Kind, booking: Booking, now: datetime, **data: str) -> None:
        self._station.emit(Event(kind, now, booking.evse, {"reservation": booking.id, **data}))
