"""Long-term statistics of stations: energy and cost by the hour, as the ledger has them.

They are external statistics, so an hour can be told late: a session that a station brings after days offline goes into
the hours in which it charged, and all later sums follow. Whatever changes in the ledger is computed anew from there on;
what comes out as before is not written, so it does not matter how often that happens.
"""

from asyncio import Event as Flag, Task
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    StatisticsRow,
    async_add_external_statistics,
    get_last_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later, async_track_time_change
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util, slugify

from .const import CONF_LEDGER, DEFAULT_LEDGER, DOMAIN
from .csms.model.account import Query
from .csms.model.errors import LedgerFailed
from .csms.model.price import MICRO
from .csms.model.station import Station
from .csms.model.transaction import Transaction
from .csms.record.cost import EARLIEST, LONGEST
from .csms.record.course import TINY
from .csms.record.records import ALL
from .csms.record.session import Session

if TYPE_CHECKING:
    from .hub import Hub

SETTLE: Final = timedelta(seconds=5)
"""Changes that follow each other faster are one; by then they are in the file."""
LOOK_BACK: Final = timedelta(days=7)
"""So far back everything is compared when Home Assistant starts, and once a day."""
HOUR: Final = timedelta(hours=1)
NIGHT: Final = 3
"""The hour (UTC) of that comparison."""
SINCE: Final = "statistics"
NAME: Final = "statistic"
KILO: Final = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """One statistic of a station; `whole` of its parts, in which it is counted, are one unit."""

    id: str
    name: str
    unit: str
    unit_class: str | None
    whole: int

    @property
    def metadata(self) -> StatisticMetaData:
        """What the recorder wants to know of it."""
        return StatisticMetaData(
            has_sum=True,
            mean_type=StatisticMeanType.NONE,
            name=self.name,
            source=DOMAIN,
            statistic_id=self.id,
            unit_class=self.unit_class,
            unit_of_measurement=self.unit,
        )


class Statistics:
    """Keeps the statistics of a hub's stations in line with its ledger; without a recorder there are none."""

    def __init__(self, hub: Hub) -> None:
        """Nothing is written before `start`."""
        self._hub = hub
        self._due: dict[str, datetime] = {}
        self._leave: list[Callable[[], None]] = []
        self._timer: Callable[[], None] | None = None
        self._work: Task[None] | None = None

    @callback
    def start(self) -> None:
        """Bring everything in line, and keep it so."""
        if "recorder" in self._hub.hass.config.components:
            tick = async_track_time_change(self._hub.hass, self._tick, minute=1, second=0)
            self._leave = [tick, self._hub.on_station(self._look_back)]

    @callback
    def stop(self) -> None:
        """Write no more; what is left is made up for at the next start."""
        for leave in self._leave:
            leave()
        self._leave = []
        if self._timer is not None:
            self._timer()
            self._timer = None
        if self._work is not None:
            self._work.cancel()

    @callback
    def note(self, transaction: Transaction) -> None:
        """Something about a session is different: count it anew."""
        begun = transaction.started or transaction.stopped
        if self._leave and begun is not None:
            self._mark(transaction.station, begun)

    @callback
    def _look_back(self, station: Station) -> None:
        """Compare the last days, and what was not finished the last time."""
        known = self._hub.ledger.recall(station.name, SINCE)
        since = dt_util.parse_datetime(known) if isinstance(known, str) else None
        recent = dt_util.utcnow() - LOOK_BACK
        self._mark(station.name, recent if since is None else min(recent, since))

    @callback
    def _tick(self, now: datetime) -> None:
        """An hour is over: what still runs has delivered something in it."""
        for station in tuple(self._hub.stations.values()):
            if now.astimezone(UTC).hour == NIGHT:
                self._look_back(station)
            for transaction in self._hub.ledger.active(station.name):
                self.note(transaction)

    def _mark(self, station: str, since: datetime) -> None:
        """From `since` on the hours of a station may be others; that is remembered until they are written."""
        self._due[station] = min(since, self._due.get(station, since))
        self._hub.ledger.remember(station, SINCE, self._due[station].isoformat())
        if self._timer is None:
            self._timer = async_call_later(self._hub.hass, SETTLE, self._begin)

    @callback
    def _begin(self, _: datetime) -> None:
        self._timer = None
        if self._work is None or self._work.done():
            self._work = self._hub.entry.async_create_background_task(
                self._hub.hass, self._bring_all(), "long-term statistics"
            )

    async def _bring_all(self) -> None:
        """One station after the other, until none is due."""
        while self._due:
            name, since = self._due.popitem()
            station = self._hub.stations.get(name.casefold())
            if station is None:
                continue
            with suppress(LedgerFailed):  # the mark stays, and the next look makes up for it
                await self._bring(station, since)
                await self._clear()
                if name not in self._due:
                    self._hub.ledger.remember(name, SINCE, None)

    def energy_of(self, station: Station) -> str:
        """The statistic of what a station delivers."""
        return f"{DOMAIN}:{self._slug(station)}_energy"

    async def _bring(self, station: Station, since: datetime) -> None:
        """Bring the hours of a station from `since` on in line with the ledger."""
        slug, title, currency = self._slug(station), self._hub.title(station), self._hub.hass.config.currency
        energy = Kind(self.energy_of(station), f"{title} energy", UnitOfEnergy.KILO_WATT_HOUR, "energy", KILO)
        cost = Kind(f"{DOMAIN}:{slug}_cost", f"{title} cost", currency, None, MICRO)
        begin = _hour(since)
        last = await self._last(energy)
        anew = await self._forget_other_currency(cost)
        begin = EARLIEST if last is None or anew else min(begin, datetime.fromtimestamp(last["start"], UTC))
        delivered: dict[datetime, int] = {}
        charged: dict[datetime, int] = {}
        for session in await self._hub.records.sessions(Query(station=station.name, since=begin, limit=ALL)):
            await self._count(session, delivered, charged, currency)
        await self._write(energy, begin, delivered)
        await self._write(cost, begin, charged)

    async def _count(
        self, session: Session, delivered: dict[datetime, int], charged: dict[datetime, int], currency: str
    ) -> None:
        """Add a session to its hours: Wh, and micro-units. What is settled about it counts, to the last coin."""
        account, known = session.account, session.transaction
        if account is None or known.started is None:
            return
        end = known.stopped or known.meter_last_at or known.started
        parts = await self._hub.records.hours(known, _full_hours(known.started, end))
        for part in parts:
            hour = _hour(part.end - TINY)
            delivered[hour] = delivered.get(hour, 0) + part.energy
        if parts and account.cost is not None and account.currency == currency:
            costs = [part.cost or 0 for part in parts]
            costs[-1] += account.cost - sum(costs)
            for part, money in zip(parts, costs, strict=True):
                hour = _hour(part.end - TINY)
                charged[hour] = charged.get(hour, 0) + money

    async def _write(self, kind: Kind, begin: datetime, amounts: dict[datetime, int]) -> None:
        """Write the hours from `begin` on that are others than the recorder has, with the sums after them."""
        known = {datetime.fromtimestamp(row["start"], UTC): row for row in await self._rows(kind, begin)}
        total = await self._before(kind, known)
        news: list[StatisticData] = []
        for hour in sorted({*known, *(hour for hour, amount in amounts.items() if amount and hour >= begin)}):
            amount = amounts.get(hour, 0)
            total += amount
            row = known.get(hour)
            if row is None or (_parts(kind, row["state"]), _parts(kind, row["sum"])) != (amount, total):
                news.append(StatisticData(start=hour, state=amount / kind.whole, sum=total / kind.whole))
        if news:
            async_add_external_statistics(self._hub.hass, kind.metadata, news)

    async def _before(self, kind: Kind, known: dict[datetime, StatisticsRow]) -> int:
        """The sum before the first of these hours, or where there are none, the last sum."""
        if known:
            first = known[min(known)]
            return _parts(kind, first["sum"]) - _parts(kind, first["state"])
        last = await self._last(kind)
        return 0 if last is None else _parts(kind, last["sum"])

    async def _rows(self, kind: Kind, begin: datetime) -> list[StatisticsRow]:
        """What the recorder has from an hour on."""
        units = {kind.unit_class: kind.unit} if kind.unit_class else None
        found = await get_instance(self._hub.hass).async_add_executor_job(
            statistics_during_period, self._hub.hass, begin, None, {kind.id}, "hour", units, {"state", "sum"}
        )
        return found.get(kind.id, [])

    async def _last(self, kind: Kind) -> StatisticsRow | None:
        """The last hour the recorder has."""
        found = await get_instance(self._hub.hass).async_add_executor_job(
            get_last_statistics, self._hub.hass, 1, kind.id, False, {"state", "sum"}
        )
        return next(iter(found.get(kind.id, [])), None)

    async def _forget_other_currency(self, kind: Kind) -> bool:
        """Delete costs in another currency, which cannot go on; tells whether those in this one are to be written."""
        recorder = get_instance(self._hub.hass)

        def unit() -> str | None:
            found = get_metadata(self._hub.hass, statistic_ids={kind.id})
            return found[kind.id][1]["unit_of_measurement"] if kind.id in found else None

        if await recorder.async_add_executor_job(unit) in {None, kind.unit}:
            return False
        await self._clear(kind.id)
        return True

    async def _clear(self, *ids: str) -> None:
        """Delete statistics, perhaps none, when everything that was to be written before is written."""
        done = Flag()

        def over() -> None:
            self._hub.hass.loop.call_soon_threadsafe(done.set)

        get_instance(self._hub.hass).async_clear_statistics([*ids], on_done=over)
        await done.wait()

    def _slug(self, station: Station) -> str:
        """What a station is called in the ids of its statistics: always the same, and no other station is."""
        known = self._hub.ledger.recall(station.name, NAME)
        if isinstance(known, str):
            return known
        file = str(self._hub.entry.data.get(CONF_LEDGER, DEFAULT_LEDGER))
        hub = "" if file == DEFAULT_LEDGER else f" {file.removesuffix('.db')}"
        taken = {self._hub.ledger.recall(other.name, NAME) for other in self._hub.stations.values()}
        base = slugify(f"{station.name}{hub}")
        free = (slug for slug in (base, *(f"{base}_{number}" for number in range(2, 1000))) if slug not in taken)
        slug = next(free)
        self._hub.ledger.remember(station.name, NAME, slug)
        return slug


def _parts(kind: Kind, value: float | None) -> int:
    return round((value or 0.0) * kind.whole)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _full_hours(begin: datetime, end: datetime) -> Iterable[datetime]:
    """The full hours in between; none of a session that seems endless, which is all of its last hour."""
    if end - begin > LONGEST:
        return ()
    first = _hour(begin) + HOUR
    return [first + HOUR * number for number in range(max(0, (end - first) // HOUR + 1))]
