"""The car at an EVSE, as long as it is there: whose it is, how full it is, and what it needs for what is due."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..csms.control.outlook import Car, Stakes
from ..csms.control.work import Reach
from ..csms.model.evse import Evse
from ..csms.model.meter import Quantity
from .belief import Belief
from .goal import Diary, Goal, Measure, Target
from .need import KILO, Stay, enough, hurry
from .rule import Rule
from .vehicle import FULL, GUEST, Vehicle

SLACK: Final = 1.0
"""A car that was full charges again when it has lost so much of its level (%)."""


class Visit:
    """What is known of the car; with the next one it begins anew."""

    def __init__(self, evse: Evse) -> None:
        """Nobody has been seen yet."""
        self._evse = evse
        self._diary = Diary()
        self._next: Goal | None = None
        self._here: bool | None = None
        self.begin(None)

    def begin(self, since: datetime | None) -> None:
        """Know nothing of a car that came at that moment; None: there is none."""
        self.since = since
        self.vehicle: Vehicle | None = None
        """Whose car it is; None: nobody knows."""
        self.belief = Belief()
        self.full = False
        """Whether it has as much as it shall become at most."""
        self.enough = False
        """Whether it has what it needs for all that is due."""
        self.given = False
        """Whether it got all it is known to want."""
        self.overdue: Goal | None = None
        """A departure that is over, for which something is missing."""
        self.stakes = Stakes()
        self._next = None

    def come(self, rule: Rule, moment: datetime) -> Rule:
        """See whether a car is there; gives the rule without what was for a car that has left, or for a departure."""
        here = self._evse.plugged
        if here and self.since is None:
            self.begin(moment)
        if here is not False:
            self._here = here or self._here
            return rule
        if self._here is not False:
            self.begin(None)
            rule = replace(rule, vehicle=None)
        self._here = False
        return replace(rule, once=_ahead(rule.once, moment), skip=_ahead(rule.skip, moment))

    def see(self, rule: Rule, told: float | None, moment: datetime) -> Rule:
        """See how full it is, and what is due; gives the rule without what is over."""
        needs = self._evse.needs
        own = self._evse.meter.total(Quantity.SOC)
        if own is None and needs is not None:
            own = needs.state_of_charge
        self.belief.note(own if told is None else told, self.charged)
        most, level = self.most(rule), self.level
        self.full = level is not None and most < FULL and level >= most - (SLACK if self.full else 0.0)
        self._pass(rule, moment)
        car = self.need(rule, Reach(), moment)
        if car is None or enough(car):
            self.overdue = None
        trips = () if car is None else car.trips
        self.enough = car is not None and bool(trips) and all(trip.target <= car.energy for trip in trips)
        self.given = car is not None and 0 < car.target <= car.energy >= car.capacity
        once = rule.once if self.overdue is not None else _ahead(rule.once, moment)
        return replace(rule, once=once, skip=_ahead(rule.skip, moment))

    def _pass(self, rule: Rule, moment: datetime) -> None:
        """Note a departure that is over while the car is still here."""
        goals, before = self.upcoming(rule, moment), self._next
        self._next = goals[0] if goals else None
        if before is not None and before.passed(moment):
            self.overdue = before
        elif self.overdue is None and rule.once is not None and _ahead(rule.once, moment) is None:
            self.overdue = Goal(rule.once, once=True)

    def anew(self) -> None:
        """What is due is another matter from now on."""
        self.overdue = self._next = None

    # --- what is known ------------------------------------------------------------------------------------------------

    @property
    def charged(self) -> float:
        """What it got in this session (Wh at the wall)."""
        transaction = self._evse.transaction
        return 0.0 if transaction is None else transaction.energy or 0.0

    @property
    def car(self) -> Vehicle | None:
        """The car with what it told of itself, also where it is not one of the household."""
        needs = self._evse.needs
        if self.vehicle is None and needs is not None and needs.capacity:
            return Vehicle(GUEST, GUEST, needs.capacity)
        return self.vehicle

    @property
    def level(self) -> float | None:
        """How full it is (%), as far as anybody can know."""
        car = self.car
        return self.belief.level(0.0 if car is None else car.efficiency / car.capacity)

    def most(self, rule: Rule) -> float:
        """How full (%) it shall become at most: as the EVSE has it set, else the car."""
        if rule.most is not None:
            return rule.most
        return FULL if self.vehicle is None else self.vehicle.limit

    def lowest(self, rule: Rule) -> float:
        """How full (%) it shall always be: as the EVSE has it set, else the car."""
        if rule.lowest is not None:
            return rule.lowest
        return 0.0 if self.vehicle is None else self.vehicle.minimum

    def low(self, rule: Rule) -> bool:
        """Whether it has less than it shall always have."""
        level = self.level
        return level is not None and level < self.lowest(rule)

    # --- what it needs ------------------------------------------------------------------------------------------------

    def goals(self, rule: Rule, moment: datetime) -> tuple[Goal, ...]:
        """What is due, in its order: first what is overdue."""
        overdue = () if self.overdue is None else (self.overdue,)
        return (*overdue, *self.upcoming(rule, moment))

    def upcoming(self, rule: Rule, moment: datetime) -> tuple[Goal, ...]:
        """What is due from now on."""
        timetable = () if self.vehicle is None else self.vehicle.timetable
        goals = self._diary.goals(rule.agenda(timetable), moment, dt_util.get_default_time_zone())
        needs = self._evse.needs
        if goals or needs is None or needs.departure is None or needs.departure <= moment:
            return goals
        energy = None if needs.energy is None else Target(Measure.ENERGY, needs.energy / KILO)
        return (Goal(needs.departure, energy),)

    def need(self, rule: Rule, reach: Reach, moment: datetime, charging: int = 0) -> Car | None:
        """What it needs; None where nothing is known of it."""
        known = self.car
        car = None if known is None else replace(known, limit=self.most(rule))
        stay = Stay(car, self.level, self.charged, reach, charging, self.stakes)
        need = stay.need(self.goals(rule, moment), rule.target, rule.energy * KILO)
        return need if need is None or self.overdue is None else hurry(need, moment.timestamp())


def _ahead(at: datetime | None, moment: datetime) -> datetime | None:
    """That moment, unless it is over."""
    return None if at is None or at <= moment else at
