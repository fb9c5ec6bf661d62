"""Keeps the day of every EVSE in means of five minutes, and has it audited when it is over."""

from asyncio import Task
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from datetime import datetime
from math import floor
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..csms.control.audit import Audit, Piece, audit, together
from ..csms.control.mode import Mode
from ..csms.control.terms import VOLTAGE, Limiter, Site
from ..csms.model.transaction import Json
from .facts import Facts
from .place import Place
from .shining import shared
from .steps import HOUR

if TYPE_CHECKING:
    from ..hub import Hub

DAY: Final = "audit/day"
FOUND: Final = "audit/found"
SLOT: Final = 300.0
HIDDEN: Final = HOUR
"""A day of which nobody saw more than so many seconds is not judged."""
LITTLE: Final = 100.0
"""Who took less (Wh) has not charged."""
FORCED: Final = frozenset({None, Mode.OFF, Mode.FAST})
"""The modes in which the owner decides what is taken."""
CAPPED: Final = frozenset({Limiter.FUSE, Limiter.GRID, Limiter.STALE})
"""Who leaves no more to take than what was given."""


@dataclass(slots=True)
class Record:
    """What was seen of a day."""

    begin: float
    """Midnight."""
    hidden: float = 0.0
    """For so many seconds nobody looked."""
    pieces: dict[str, dict[tuple[float, float], Piece]] = field(default_factory=dict)
    """By EVSE, and there by five minutes and visit."""

    @property
    def end(self) -> float:
        """The next midnight."""
        return _midnight(self.begin + 1.5 * 24 * HOUR)

    def add(self, key: str, begin: float, end: float, sight: Piece) -> None:
        """It was so from one moment to another."""
        pieces = self.pieces.setdefault(key, {})
        while begin < end:
            slot = floor(begin / SLOT)
            until = min(end, (slot + 1) * SLOT)
            piece = replace(sight, seconds=until - begin)
            known = pieces.get((slot, sight.visit))
            pieces[slot, sight.visit] = piece if known is None else together(known, piece)
            begin = until

    def audited(self) -> dict[str, Audit]:
        """What is found of it, by EVSE, where it charged; nothing, where too much was not seen."""
        if self.hidden > HIDDEN:
            return {}
        found = {key: audit(pieces.values()) for key, pieces in self.pieces.items()}
        return {key: one for key, one in found.items() if one.energy >= LITTLE}

    @property
    def told(self) -> dict[str, Json]:
        """What is remembered."""
        rows: dict[str, Json] = {
            key: [[slot, *(round(number, 4) for number in astuple(piece))] for (slot, _), piece in pieces.items()]
            for key, pieces in self.pieces.items()
        }
        return {"begin": self.begin, "hidden": self.hidden, "pieces": rows}

    @classmethod
    def of(cls, told: Mapping[str, Json], begin: float) -> Record:
        """What was remembered of the day that began then."""
        record = cls(begin, _number(told.get("hidden")))
        for key, slot, numbers in _rows(told.get("pieces")):
            record.pieces.setdefault(key, {})[slot, numbers[0]] = Piece(*numbers)
        return record


class Audits:
    """The running day of the EVSEs of a hub, and what was found of yesterday."""

    def __init__(self, hub: Hub, look: Callable[[], None]) -> None:
        """Nothing is kept before `start`; `look` has everybody look again."""
        self._hub = hub
        self._look = look
        self._facts = Facts(hub.ledger)
        self._record = Record(0.0)
        self._at = 0.0
        self._sights: dict[str, Piece] | None = None
        """What is taken to go on; None: nobody looked."""
        self._visits: dict[str, float] = {}
        """When the car that is there came (in slots)."""
        self._found: dict[str, Audit] = {}
        self._ends: list[Callable[[], None]] = []
        self._task: Task[None] | None = None

    @callback
    def start(self) -> None:
        """Go on from what is remembered."""
        self._recall(dt_util.utcnow().timestamp())
        self._ends = [
            self._hub.site.subscribe(self._note),
            async_track_time_change(self._hub.hass, self._tick, minute=range(0, 60, 5), second=10),
        ]

    @callback
    def stop(self) -> None:
        """Remember how far the day has come."""
        for end in self._ends:
            end()
        if self._ends and self._sights is not None:
            self._pass(dt_util.utcnow().timestamp())
            self._keep()
        self._ends = []
        if self._task is not None:
            self._task.cancel()

    @callback
    def _tick(self, now: datetime) -> None:
        """Nothing may have changed for long; each hour is remembered."""
        site = self._hub.site
        if site.settings is not None and site.places:
            self._look()
            if now.minute == 0:
                self._keep()

    # --- the running day ----------------------------------------------------------------------------------------------

    @callback
    def _note(self) -> None:
        """See what every EVSE takes from now on, and what it could."""
        now = dt_util.utcnow().timestamp()
        self._pass(now)
        site, places = self._hub.site.site, self._hub.site.places.values()
        for place in places:
            if place.evse.plugged is False:
                self._visits.pop(place.key, None)
            elif place.present:
                self._visits.setdefault(place.key, floor(now / SLOT))
            place.yesterday = self._found.get(place.key)
        self._sights = None if site is None else self._seen(site, [place for place in places if place.present], now)

    def _seen(self, site: Site, places: Iterable[Place], now: float) -> dict[str, Piece]:
        """What each takes, how much of that is sun, and what the others leave of the sun, at least that."""
        powers = {place: _power(place, now) for place in places}
        sun = 0.0 if site.surplus is None else max(site.surplus + self._hub.site.bounds.reserve, 0.0)
        total = sum(powers.values())
        part = shared(sun, total) or 0.0
        return {
            place.key: _sight(place, site, Taken(self._visits[place.key], power, part * power, sun - total))
            for place, power in powers.items()
        }

    def _pass(self, now: float) -> None:
        """Count the time up to now, day by day."""
        while self._at < now:
            until = min(now, self._record.end)
            if self._sights is None:
                self._record.hidden += until - self._at
            for key, sight in (self._sights or {}).items():
                self._record.add(key, self._at, until, sight)
            self._at = until
            if until >= self._record.end:
                over, self._record = self._record, Record(until)
                if now < self._record.end:
                    self._close(over)

    # --- a day that is over -------------------------------------------------------------------------------------------

    def _close(self, record: Record) -> None:
        """Have it audited off the loop."""
        self._found = {}
        self._task = self._hub.entry.async_create_background_task(
            self._hub.hass, self._audit(record), "ocpp_home audit of yesterday"
        )

    async def _audit(self, record: Record) -> None:
        self._found = await self._hub.hass.async_add_executor_job(record.audited)
        found: dict[str, Json] = {key: asdict(one) for key, one in self._found.items()}
        self._facts.keep(FOUND, {"day": record.end, "found": found})
        self._keep()
        self._look()

    # --- remembering --------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        visits: dict[str, Json] = dict(self._visits)
        self._facts.keep(DAY, {**self._record.told, "at": self._at, "visits": visits})

    def _recall(self, now: float) -> None:
        """Of a day that was not seen from its beginning, what came before was not seen."""
        today = _midnight(now)
        told, found = self._facts.recall(DAY), self._facts.recall(FOUND)
        self._record, self._at = Record(today), today
        if isinstance(told, Mapping) and _midnight(today - 12 * HOUR) <= _number(told.get("at")) <= now:
            self._at = _number(told.get("at"))
            self._record = Record.of(told, _midnight(self._at))
            visits = told.get("visits")
            self._visits = {key: _number(slot) for key, slot in visits.items()} if isinstance(visits, Mapping) else {}
        if isinstance(found, Mapping) and _number(found.get("day")) == today:
            self._found = dict(_audits(found.get("found")))


def _power(place: Place, now: float) -> float:
    """What an EVSE takes (W): as measured, or at least."""
    measured = place.draw.power(now - SLOT)
    return sum(place.draw.span(now).low) * VOLTAGE if measured is None else measured


@dataclass(frozen=True, slots=True)
class Taken:
    """What an EVSE takes (W)."""

    visit: float
    power: float
    sun: float
    spare: float
    """What all EVSEs leave of the sun; negative: so much more they take."""


def _sight(place: Place, site: Site, taken: Taken) -> Piece:
    """What is true of an EVSE at a moment."""
    reach, share = place.reach, place.share
    powers = [reach.watts(phases) for phases in reach.phases]
    least, most = min(powers)[0], max(powers)[1] if reach.able else 0.0
    if share is not None and share.limiter in CAPPED:
        most = min(most, share.amps * share.phases * reach.voltage)
    sun = max(taken.power + taken.spare, taken.sun)
    owned = float(_owned(place, steady=sun < least))
    return Piece(taken.visit, 0.0, site.price, site.feed_in, sun, taken.sun, taken.power, least, most, owned)


def _owned(place: Place, *, steady: bool) -> bool:
    """Whether the owner decides what it takes; `steady`: that would be his wish for the least current."""
    rule, share = place.rule, place.share
    wished = rule.mode in FORCED or place.boost or place.visit.low(rule) or (steady and rule.mode is Mode.SOLAR_MINIMUM)
    return wished or (share is not None and share.limiter is Limiter.USER)


def _midnight(moment: float) -> float:
    """When the day of a moment began on the clocks of the home."""
    return dt_util.start_of_local_day(dt_util.as_local(dt_util.utc_from_timestamp(moment))).timestamp()


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) else 0.0


PIECE: Final = len(fields(Piece))


def _rows(told: object) -> Iterable[tuple[str, float, list[float]]]:
    """The pieces that can be understood: of which EVSE, when, and their numbers."""
    for key, rows in told.items() if isinstance(told, Mapping) else ():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, list) and len(row) == PIECE + 1:
                slot, *numbers = map(_number, row)
                yield str(key), slot, numbers


def _audits(told: object) -> Iterable[tuple[str, Audit]]:
    names = {one.name for one in fields(Audit)}
    for key, found in told.items() if isinstance(told, Mapping) else ():
        if isinstance(found, Mapping) and found.keys() == names:
            yield str(key), Audit(**{str(name): _number(value) for name, value in found.items()})
