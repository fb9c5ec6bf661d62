"""What the sessions of this month come to, by whom: kept in memory, for sensors ask often."""

from asyncio import Task
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event as BusEvent, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from .csms.model.account import Query
from .csms.model.card import Cards
from .csms.model.errors import LedgerFailed
from .csms.model.event import Event, Kind
from .csms.model.station import Station
from .csms.model.transaction import Transaction
from .csms.record.session import Period, Session
from .csms.record.totals import NAME, Bearers, By, Naming, Total, total, totals

if TYPE_CHECKING:
    from .hub import Hub

TICK: Final = timedelta(minutes=1)
"""How often running sessions are looked at."""
LOOK: Final = timedelta(hours=1)
"""How often the ledger is asked anew: for what came late, and for prices that were corrected."""
REST: Final = timedelta(seconds=1)
"""Between two counts, however much happens: in a big house each goes through thousands of sessions."""
EVERY_SESSION: Final = 100_000

type Key = tuple[str, str]


class Month:
    """The totals of the running month of the local calendar; when it changes they begin anew."""

    def __init__(self, hub: Hub) -> None:
        """Know nothing before `start`."""
        self._hub = hub
        self._recorded: dict[Key, Session] = {}
        self._noted: dict[Key, tuple[datetime, Transaction]] = {}
        self._looked = dt_util.utcnow()
        self._look: Task[None] | None = None
        self._rest: Callable[[], None] | None = None
        self._owed = False
        self._listeners: list[Callable[[], None]] = []
        self._leave: list[Callable[[], None]] = []
        self.period = this_month()
        self.whole = Total()
        self._by: dict[By, dict[str | None, Total]] = {}
        self._cards = Cards()

    @property
    def hass(self) -> HomeAssistant:
        """Where it belongs."""
        return self._hub.hass

    @property
    def begin(self) -> datetime:
        """When the month began, on local clocks."""
        return dt_util.start_of_local_day(self.period.first)

    def of(self, by: By, name: str) -> Total:
        """What the sessions of a person, under a card by the name it has now, or at a station come to."""
        return self._by.get(by, {}).get(name, Total(name))

    async def start(self) -> None:
        """Read what has ended this month, and keep up with what happens."""
        self._leave = [
            self._hub.on_station(self._watch),
            self._hub.central.household.subscribe(self._admitted),
            async_track_time_interval(self.hass, self._tick, TICK, cancel_on_shutdown=True),
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._moved),
        ]
        await self.look()

    def stop(self) -> None:
        """Keep up no longer."""
        for leave in self._leave:
            leave()
        self._leave = []
        if self._rest is not None:
            self._rest()
            self._rest = None
        if self._look is not None:
            self._look.cancel()

    @callback
    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a total may be another; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def look(self) -> None:
        """Ask the ledger anew."""
        self.period, now = this_month(), dt_util.utcnow()
        query = Query(since=dt_util.as_utc(self.begin), running=False, limit=EVERY_SESSION)
        with suppress(LedgerFailed):  # what memory knows holds until the file can be read again
            found = await self._hub.records.sessions(query)
            self._recorded = {_key(session.transaction): session for session in found}
            # What ended a moment ago may not have been in the file yet.
            self._noted = {key: noted for key, noted in self._noted.items() if now - noted[0] < TICK}
            self._looked = now
        self._count()

    @callback
    def look_soon(self) -> None:
        """Ask the ledger anew, without being waited for."""
        if self._look is None or self._look.done():
            self._look = self.hass.async_create_background_task(self.look(), "sessions of the month")

    @callback
    def _watch(self, station: Station) -> None:
        def happened(event: Event) -> None:
            if event.kind in {Kind.SESSION_STARTED, Kind.SESSION_ENDED}:
                known = station.ledger.find(station.name, str(event.data.get("transaction")))
                if known is not None and not known.active:
                    self._noted[_key(known)] = dt_util.utcnow(), known
                self._count_on()

        self._leave.append(station.witness(happened))

    @callback
    def _count_on(self) -> None:
        """Count at once, and what follows within a moment together."""
        self._owed = self._rest is not None
        if not self._owed:
            self._count()
            self._rest = async_call_later(self.hass, REST, HassJob(self._rested, cancel_on_shutdown=True))

    @callback
    def _admitted(self) -> None:
        """A card may have another name now, under which it is asked for at once."""
        if self._hub.central.household.cards is not self._cards:
            self._count()

    @callback
    def _rested(self, now: datetime) -> None:
        self._rest = None
        if self._owed:
            self._count_on()

    @callback
    def _tick(self, now: datetime) -> None:
        if self.period != this_month() or now - self._looked >= LOOK:
            self.look_soon()
        elif self._running():
            self._count()

    @callback
    def _moved(self, event: BusEvent) -> None:
        """The days of another time zone begin at other moments; what is settled stays as it is."""
        if "time_zone" in event.data:
            self._hub.records.zone = dt_util.get_default_time_zone()
            self.look_soon()

    def _running(self) -> list[Transaction]:
        stations = self._hub.stations.values()
        return [known for station in stations for known in self._hub.ledger.active(station.name)]

    def _sessions(self) -> list[Session]:
        """All that may concern this month, with what they come to by now."""
        found = {
            key: replace(one, account=one.transaction.account or one.account) for key, one in self._recorded.items()
        }
        ended = [known for _, known in self._noted.values() if not known.active]
        for known in (*ended, *self._running()):
            found[_key(known)] = Session(known, self._hub.records.so_far(known))
        return list(found.values())

    def _count(self) -> None:
        sessions = self._sessions()
        self.whole = total(sessions, self.period)
        self._cards = self._hub.central.household.cards
        namings: dict[By, Naming] = {**NAME, By.CARD: Bearers(self._cards)}
        self._by = {
            by: {one.name: one for one in totals(sessions, self.period, naming)} for by, naming in namings.items()
        }
        for listener in tuple(self._listeners):
            listener()


def this_month() -> Period:
    """The month on local clocks."""
    today: date = dt_util.now().date()
    return Period.month(today.year, today.month)


def last_month() -> Period:
    """The month before this one, on local clocks."""
    last = this_month().first - timedelta(days=1)
    return Period.month(last.year, last.month)


def _key(transaction: Transaction) -> Key:
    return transaction.station, transaction.id
