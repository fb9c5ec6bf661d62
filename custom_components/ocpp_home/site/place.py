"""An EVSE as the site sees it: what the owner wants of it, what it draws, and what it was given."""

from asyncio import Task
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Final

from homeassistant.util import dt as dt_util

from ..csms.control.mode import Mode, Wish, bid
from ..csms.control.outlook import Car
from ..csms.control.terms import FLOOR, Demand, Limiter, Lines, Share, Site
from ..csms.control.work import Reach
from ..csms.model.evse import Evse, Status
from ..csms.model.limit import pausing
from ..csms.model.station import Station
from ..devices import evse_device
from .draw import Draw
from .goal import Agenda, Goal, Target
from .need import Stay
from .vehicle import Vehicle
from .wiring import Wiring

SOURCES: Final = {limiter: limiter.value for limiter in Limiter} | {Limiter.SUN: "solar", Limiter.USER: "mode"}
"""By which name the controller wishes; the owner's own wish is another."""
OURS: Final = frozenset(SOURCES.values())
REASONS: Final = [limiter.value for limiter in Limiter]


MANUAL: Final = "manual"
"""As the owner or his automations wish; the controller only keeps fuses whole."""
WORDS: Final = {mode.value: mode for mode in Mode}
NOBODY: Final = "none"
"""The reason where the controller leads nothing."""
MODES: Final = [MANUAL, *(mode.value for mode in Mode if mode not in {Mode.CHEAP, Mode.PLAN})]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the owner wants of an EVSE; it outlives a restart."""

    mode: Mode | None = None
    """None: by hand."""
    minimum: float = FLOOR
    priority: float = 0.0

    @property
    def name(self) -> str:
        """What the mode is called."""
        return MANUAL if self.mode is None else self.mode.value

    def by(self, word: str) -> Rule:
        """The same in the mode of that name; what is no mode is by hand."""
        return replace(self, mode=WORDS.get(word))

    @classmethod
    def of(cls, told: object) -> Rule:
        """What was remembered; what cannot be understood is as usual."""
        if not isinstance(told, Mapping):
            return cls()
        usual = cls()
        return cls(
            WORDS.get(str(told.get("mode"))),
            _number(told.get("minimum"), usual.minimum),
            _number(told.get("priority"), usual.priority),
        )


class Place:
    """One EVSE of the site."""

    def __init__(self, station: Station, evse: Evse) -> None:
        """Take up what is remembered of it."""
        self.station = station
        self.evse = evse
        self.key = evse_device(station, evse.id)
        self.draw = Draw(evse)
        self.rule = Rule.of(station.ledger.recall(station.name, self._name))
        self.boost = False
        """Whether it charges with all there is until the car leaves."""
        self.share: Share | None = None
        """What the controller gave it last; None: it leads nothing here."""
        self.known = False
        """Whether it has been seen that limits can be set here."""
        self.error: str | None = None
        """What the station last said against it."""
        self.told: tuple[float, int] | None = None
        """What the station was told last, or is about to be told."""
        self.task: Task[None] | None = None
        self.vehicle: Vehicle | None = None
        """Whose car is there; None: nobody knows."""
        self.level: float | None = None
        """How full it is (%)."""
        self.retry = -inf
        """Before that moment what failed is not tried again."""

    @property
    def _name(self) -> str:
        return f"control/{self.evse.id}"

    def want(self, rule: Rule) -> None:
        """Take over what the owner wants, and remember it."""
        self.rule = rule
        self.station.keep(self._name, {"mode": rule.name, "minimum": rule.minimum, "priority": rule.priority})

    @property
    def reason(self) -> str:
        """Who decides how much it gets."""
        return NOBODY if self.share is None else self.share.limiter.value

    @property
    def limited(self) -> bool | None:
        """Whether it gets less than station and car could have; None where nothing is led."""
        return None if self.share is None else self.share.limiter not in {Limiter.STATION, Limiter.CAR}

    @property
    def able(self) -> bool:
        """Whether it is known that limits can be set here."""
        return self.station.commands is not None and self.station.commands.charging is not None

    @property
    def present(self) -> bool:
        """Whether there is a car that can be led."""
        return self.able and self.station.connected and bool(self.evse.plugged)

    @property
    def facts(self) -> tuple[object, ...]:
        """What makes another decision when it changes."""
        evse = self.evse
        return (
            self.able,
            self.present,
            evse.status,
            evse.transaction is None,
            self._others(),
            tuple(evse.external.values()),
        )

    def demand(self, wiring: Wiring, site: Site, drawn: Lines | None = None) -> Demand:
        """What it wants of the site."""
        maximum, bound = self._most()
        rule = self.rule
        wish = Wish(rule.mode or Mode.FAST, boost=self.boost, low=self.low, priority=rule.priority)
        offer = bid(wish, site.price, site.feed_in)
        single = self.draw.single
        paused = pausing(maximum) and bound is Limiter.USER
        still = paused or (self.full and rule.mode is not None)
        one = single is not None or (self.vehicle is not None and self.vehicle.phases == 1)
        lines = wiring.lines if single is None else wiring.lines[single : single + 1]
        return Demand(
            evse=self.key,
            circuit=wiring.circuit,
            lines=lines,
            phases=wiring.phases(switching=self.station.switches(self.evse), single=one),
            minimum=max(self.rule.minimum, FLOOR),
            maximum=self.evse.limits.maximum if paused else maximum,
            value=-inf if still else offer.value,
            steady=offer.steady and not still,
            priority=offer.priority,
            drawn=drawn,
            charging=bool(self.evse.charging),
            reserve=self.evse.status not in {Status.SUSPENDED_EV, Status.FINISHING},
            bound=bound,
        )

    @property
    def full(self) -> bool:
        """Whether the car there has as much as it shall become at most."""
        return self.vehicle is not None and self.level is not None and self.level >= self.vehicle.limit

    @property
    def low(self) -> bool:
        """Whether the car there has less than it shall always have."""
        return self.vehicle is not None and self.level is not None and self.level < self.vehicle.minimum

    def goals(self, now: datetime) -> tuple[Goal, ...]:
        """What is due, in its order."""
        agenda = Agenda(() if self.vehicle is None else self.vehicle.timetable)
        return agenda.goals(now, dt_util.get_default_time_zone())

    def need(self, now: float) -> Car | None:
        """What the car there needs; None where there is none, or nothing is known of it."""
        if not self.present:
            return None
        charged = None if self.evse.transaction is None else self.evse.transaction.energy
        stay = Stay(self.vehicle, self.level, charged or 0.0, self._reach())
        return stay.need(self.goals(dt_util.utc_from_timestamp(now)), Target())

    def _reach(self) -> Reach:
        vehicle = self.vehicle
        maximum = self.evse.limits.maximum
        if vehicle is not None and vehicle.maximum is not None:
            maximum = min(maximum, vehicle.maximum)
        counts = (1, 3) if self.station.switches(self.evse) else (self.station.settings.phases,)
        single = self.draw.single is not None or (vehicle is not None and vehicle.phases == 1)
        return Reach(max(self.rule.minimum, FLOOR), maximum, (1,) if single else counts)

    def _others(self) -> tuple[tuple[str, float], ...]:
        return tuple((source, amps) for source, amps in self.evse.limits.wishes.items() if source not in OURS)

    def _most(self) -> tuple[float, Limiter]:
        """The most it may have but for the site, and who says so."""
        limits = [(self.evse.limits.maximum, Limiter.STATION)]
        if self.vehicle is not None and self.vehicle.maximum is not None:
            limits.append((self.vehicle.maximum, Limiter.CAR))
        limits += [(amps, Limiter.USER) for _, amps in self._others()]
        limits += [(amps, Limiter.GRID) for amps in _told(self.evse, self.station)]
        return min(limits, key=lambda limit: limit[0])

    async def tell(self) -> None:
        """Bring the station in line with what was given; raises what it answers."""
        if self.share is None:
            await self.station.align(self.evse)
        else:
            share = self.share
            await self.station.limit(self.evse, SOURCES[share.limiter], share.amps, share.phases or None)

    def withdraw(self) -> bool:
        """Wish nothing more; tells whether anything had been wished."""
        wished = OURS & self.evse.limits.wishes.keys()
        for source in wished:
            self.evse.limits.wish(source, None)
        self.share = self.error = self.told = None
        return bool(wished)

    def wish(self, share: Share) -> bool:
        """Wish what was given; tells whether the station has yet to be told."""
        self.share = share
        limits, source = self.evse.limits, SOURCES[share.limiter]
        limits.wish(source, share.amps, share.phases or None)
        for other in (OURS & limits.wishes.keys()) - {source}:
            limits.wish(other, None)
        return not limits.meets(self.station.target(self.evse))


def _number(told: object, usual: float) -> float:
    return float(told) if isinstance(told, int | float) else usual


def _told(evse: Evse, station: Station) -> Iterable[float]:
    """The limits others have set."""
    for limit in (*evse.external.values(), *station.external.values()):
        if limit.amps is not None:
            yield limit.amps
