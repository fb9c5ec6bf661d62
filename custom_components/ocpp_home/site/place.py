"""An EVSE as the site sees it: what the owner wants of it, what it draws, and what it was given."""

from asyncio import Task
from collections.abc import Iterable
from datetime import datetime
from math import inf
from typing import Final

from homeassistant.util import dt as dt_util

from ..csms.control.audit import Audit
from ..csms.control.mode import Mode, Wish, bid
from ..csms.control.outlook import Car
from ..csms.control.terms import FLOOR, Demand, Limiter, Lines, Share, Site
from ..csms.control.work import Reach
from ..csms.model.evse import STATION, Evse, Status
from ..csms.model.limit import pausing
from ..csms.model.station import Station
from ..devices import evse_device
from .draw import Draw
from .future import Future
from .goal import Goal
from .phasing import Phasing
from .rule import MANUAL, Rule
from .vehicle import Vehicle
from .visit import Visit
from .wiring import Wiring

SOURCES: Final = {limiter: limiter.value for limiter in Limiter} | {Limiter.SUN: "solar", Limiter.USER: "mode"}
"""By which name the controller wishes; the owner's own wish is another."""
OURS: Final = frozenset(SOURCES.values())


NOBODY: Final = "none"
"""The reason where the controller leads nothing."""
MODES: Final = [MANUAL, *(mode.value for mode in Mode)]


class Place:
    """One EVSE of the site."""

    def __init__(self, station: Station, evse: Evse) -> None:
        """Take up what is remembered of it."""
        self.station = station
        self.evse = evse
        self.key = evse_device(station, evse.id)
        self.draw = Draw(evse)
        self.phasing = Phasing(station, evse.id)
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
        self.visit = Visit(evse)
        """The car that is there."""
        self.future = Future()
        """What is planned for it."""
        self.yesterday: Audit | None = None
        """What was found of the day that is over."""
        self.vehicles: tuple[Vehicle, ...] = ()
        """The cars of the household."""
        self.leveled = False
        """Whether a car that tells how full it is may be there."""
        self.retry = -inf
        """Before that moment what failed is not tried again."""

    @property
    def _name(self) -> str:
        return f"control/{self.evse.id}"

    def want(self, rule: Rule) -> None:
        """Take over what the owner wants, and remember it."""
        if _due(rule) != _due(self.rule):
            self.visit.anew()
        self._keep(rule)

    def _keep(self, rule: Rule) -> None:
        if rule != self.rule:
            self.rule = rule
            self.station.keep(self._name, rule.told)

    def come(self, moment: datetime) -> None:
        """See whether a car is there."""
        self._keep(self.visit.come(self.rule, moment))

    def see(self, vehicle: Vehicle | None, told: float | None, moment: datetime) -> None:
        """See whose car is there, and how full; `told` is what its sensor says (%)."""
        self.visit.vehicle = vehicle
        if self.evse.plugged:
            self._keep(self.visit.see(self.rule, told, moment))
        self.leveled = self.level is not None or self.leveled or any(known.level for known in self.vehicles)

    @property
    def vehicle(self) -> Vehicle | None:
        """Whose car is there; None: nobody knows."""
        return self.visit.vehicle

    @property
    def level(self) -> float | None:
        """How full it is (%), as far as anybody can know."""
        return self.visit.level

    @property
    def reason(self) -> str:
        """Who decides how much it gets."""
        return NOBODY if self.limiter is None else self.limiter.value

    @property
    def limited(self) -> bool | None:
        """Whether it gets less than station and car could have; None where nothing is led."""
        return None if self.limiter is None else self.limiter not in {Limiter.STATION, Limiter.CAR}

    @property
    def limiter(self) -> Limiter | None:
        """Who keeps it from more: the station itself where it lets its car have less than was given."""
        if self.share is not None and self.evse.limiter == STATION:
            return Limiter.STATION
        return None if self.share is None else self.share.limiter

    @property
    def minimum(self) -> float:
        """With less (A) it does not charge: as the owner says, and as has been found out of the station."""
        found = self.evse.limits.findings
        tried = FLOOR if found is None or found.lowest is None else found.lowest
        return max(self.rule.minimum, tried, FLOOR)

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
        offer = bid(self._wish(site), site.price, site.feed_in)
        single = self.draw.single
        paused = pausing(maximum) and bound is Limiter.USER
        done = rule.mode not in {None, Mode.OFF} and self.full and not paused
        still = paused or done
        one = single is not None or (self.vehicle is not None and self.vehicle.phases == 1)
        lines = wiring.lines if single is None else wiring.lines[single : single + 1]
        return Demand(
            evse=self.key,
            circuit=wiring.circuit,
            lines=lines,
            phases=wiring.phases(switching=self.station.switches(self.evse), single=one),
            minimum=self.minimum,
            maximum=self.evse.limits.maximum if paused else maximum,
            value=-inf if still else offer.value,
            steady=offer.steady and not still,
            priority=offer.priority,
            drawn=drawn,
            charging=bool(self.evse.charging),
            reserve=self.evse.status not in {Status.SUSPENDED_EV, Status.FINISHING},
            bound=bound,
            planned=rule.mode is Mode.PLAN and self._worth is not None,
            veto=Limiter.FULL if done else Limiter.USER,
        )

    def _wish(self, site: Site) -> Wish:
        rule, visit = self.rule, self.visit
        late = rule.mode is Mode.PLAN and visit.overdue is not None
        limit = -inf if rule.price is None else rule.price
        return Wish(
            rule.mode or Mode.FAST,
            limit,
            self._worth,
            boost=self.boost,
            low=visit.low(rule) or late,
            priority=rule.priority,
        )

    @property
    def _worth(self) -> float | None:
        """What a kWh is worth by plan; once the car has what it is planned for, the sun decides."""
        return None if self.rule.mode is Mode.PLAN and self.visit.enough else self.future.worth

    @property
    def full(self) -> bool:
        """Whether the car there has as much as it shall get at most."""
        return self.visit.full or (self.rule.mode is Mode.PLAN and self.visit.given)

    def goals(self, now: datetime) -> tuple[Goal, ...]:
        """What is due, in its order: first what is overdue."""
        return self.visit.goals(self.rule, now)

    @property
    def goal(self) -> Goal | None:
        """The next departure that holds."""
        return next(iter(self.goals(dt_util.utcnow())), None)

    def need(self, now: float, rule: Rule | None = None) -> Car | None:
        """What the car there needs by a rule, the present one unless another is given; None where nobody knows."""
        if not self.present:
            return None
        return self.visit.need(rule or self.rule, self.reach, dt_util.utc_from_timestamp(now), self._charging)

    @property
    def _charging(self) -> int:
        """With how many phases it charges now; 0: it does not."""
        if not self.evse.charging:
            return 0
        known = self.vehicle.phases if self.vehicle is not None else None
        usual = self.evse.limits.confirmed_phases or self.station.settings.phases
        return 1 if self.draw.single is not None else min(known or usual, usual)

    @property
    def reach(self) -> Reach:
        """What EVSE and car can do."""
        vehicle = self.vehicle
        maximum = self.evse.limits.maximum
        if vehicle is not None and vehicle.maximum is not None:
            maximum = min(maximum, vehicle.maximum)
        counts = (1, 3) if self.station.switches(self.evse) else (self.station.settings.phases,)
        single = self.draw.single is not None or (vehicle is not None and vehicle.phases == 1)
        return Reach(self.minimum, maximum, (1,) if single else counts)

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


def _due(rule: Rule) -> tuple[object, ...]:
    """What a departure is about."""
    return rule.days, rule.at, rule.once, rule.skip


def _told(evse: Evse, station: Station) -> Iterable[float]:
    """The limits others have set."""
    for limit in (*evse.external.values(), *station.external.values()):
        if limit.amps is not None:
            yield limit.amps
