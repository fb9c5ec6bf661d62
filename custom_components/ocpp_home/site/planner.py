"""Makes the day plans of all cars that are led by one, jointly: when a quarter begins, and when something changed."""

from asyncio import Task, timeout
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
import logging
from math import inf
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakKeyDictionary

from homeassistant.core import callback

from ..csms.control.hurry import at_once
from ..csms.control.joint import beside, day_plans
from ..csms.control.mode import Mode
from ..csms.control.outlook import QUARTER, Car, Outlook
from ..csms.control.terms import VOLTAGE
from ..csms.model.errors import OcppError
from ..csms.model.plan import Plan
from .bequest import bequest, modest
from .expectation import Expectations
from .place import Place

if TYPE_CHECKING:
    from ..hub import Hub

_LOGGER: Final = logging.getLogger(__name__)
PLANNED: Final = frozenset({Mode.PLAN, Mode.SOLAR_PLUS})
"""The modes that look ahead."""
HASTY: Final = frozenset({Mode.FAST, None})
"""The modes that take what they can get."""
JUMP: Final = 0.02
"""What a battery holds, or shall hold, has become another matter when it differs by so much of what it can hold."""
PAUSE: Final = 5.0
"""Between two plannings there are at least so many seconds."""
REST: Final = 20.0
"""After a planning there is a rest of so many times what it took: a small computer has other things to do."""
PATIENCE: Final = 60.0
"""So many seconds may pass until it is known what is expected."""
FAILED: Final = 60.0
"""After so many seconds what failed is tried again."""
COUNTED: Final = 2 / 3
"""So much of the main fuse is counted on for a car while nobody has planned."""


class Foresight(Protocol):
    """Who is asked what is expected."""

    @property
    def known(self) -> Mapping[str, str]:
        """Where it came from."""
        ...

    async def look(self, now: datetime) -> Outlook:
        """What is expected from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for an EVSE: for which car, and what makes it another question."""

    car: Car
    matter: tuple[object, ...]
    priority: float

    @classmethod
    def of(cls, place: Place, car: Car, moment: datetime) -> Question:
        """What is asked now; what moves with the clock and with what is charged is no other matter."""
        same = replace(car, energy=0.0, target=0.0, charging=0, departure=None, returns=None, later=())
        return cls(car, (place.rule, place.goals(moment), same), place.rule.priority)

    def differs(self, other: Question | None) -> bool:
        """Whether it has to be asked again."""
        if other is None or self.matter != other.matter:
            return True
        jump = JUMP * self.car.capacity
        return abs(self.car.energy - other.car.energy) > jump or abs(self.car.target - other.car.target) > jump


class Planner:
    """Plans for a hub; nothing is looked up and nothing is planned before a car is led by a plan."""

    def __init__(self, hub: Hub, heard: Callable[[], None]) -> None:
        """Nothing is planned before `review`; `heard` is called when there are new plans."""
        self._hub = hub
        self._heard = heard
        self.foresight: Foresight = Expectations(hub)
        self._asked: dict[Place, Question] = {}
        self._made = -inf
        self._task: Task[None] | None = None
        self._failed = False
        self._pause = PAUSE
        self._left: WeakKeyDictionary[Place, Task[None]] = WeakKeyDictionary()

    @property
    def cars(self) -> Mapping[Place, Car]:
        """What was planned for last."""
        return {place: question.car for place, question in self._asked.items()}

    @callback
    def stop(self) -> None:
        """Plan nothing any more."""
        if self._task is not None:
            self._task.cancel()
        self._asked = {}

    @callback
    def review(self, places: Iterable[Place], moment: datetime) -> None:
        """See what a kWh is worth to every car; plan anew, off the loop, where something is another matter."""
        now = moment.timestamp()
        questions: dict[Place, Question] = {}
        known = tuple(places)
        for place in known:
            car = place.need(now) if place.rule.mode in PLANNED else None
            if car is None:
                place.future.drop()
                if place.rule.mode is not Mode.PLAN and place.evse.left.wished is not None:
                    self._leave(place, None)
            else:
                questions[place] = Question.of(place, car, moment)
                place.future.see(car, now, self._room(car))
        if self._asked.keys() - questions.keys():  # their plans are dropped, and what they took is free
            self._asked = {}
        if self._due(questions, now):
            self._asked, self._made = questions, now
            busy = [
                car for place in known if place.evse.charging and place.rule.mode in HASTY and (car := place.need(now))
            ]
            self._task = self._hub.entry.async_create_background_task(
                self._hub.hass, self._plan(questions, busy, moment), "ocpp_home day plans"
            )
            self._task.add_done_callback(self._done)

    def _due(self, questions: Mapping[Place, Question], now: float) -> bool:
        """Whether it is time to plan; while that is done, nothing else is begun."""
        busy = self._task is not None and not self._task.done()
        if not questions or busy or 0 <= now - self._made < self._pause:
            return False
        if now // QUARTER != self._made // QUARTER or questions.keys() != self._asked.keys():
            return True
        return any(question.differs(self._asked[place]) for place, question in questions.items())

    def _room(self, car: Car) -> float:
        settings = self._hub.site.settings
        if settings is None or settings.fuse is None:
            return inf
        return settings.fuse * COUNTED * VOLTAGE * max(car.reach.phases)

    async def _plan(self, questions: Mapping[Place, Question], busy: Iterable[Car], moment: datetime) -> None:
        """Plan beside the cars that charge without one."""
        begun = self._hub.hass.loop.time()
        async with timeout(PATIENCE):
            expected = await self.foresight.look(moment)
        outlook = beside(expected, [at_once(expected, car) for car in busy])
        keys = {place.key: place for place in questions}
        cars = {place.key: question.car for place, question in questions.items()}
        priorities = {place.key: question.priority for place, question in questions.items()}
        plans = await self.work(day_plans, outlook, cars, priorities)
        for key, plan in plans.items():
            keys[key].future.take(plan, moment.timestamp(), self.foresight.known)
        safe = {
            place.key: place.station.settings.safe_limit
            for place in questions
            if place.rule.mode is Mode.PLAN and place.station.settings.safe_limit
        }
        settings = self._hub.site.settings
        if safe and settings is not None and settings.fuse is not None:
            plans = await self.work(day_plans, outlook, modest(cars, safe), priorities)
        for key in safe:
            self._leave(keys[key], bequest(plans[key]))
        self._pause = max(PAUSE, REST * (self._hub.hass.loop.time() - begun))

    def _leave(self, place: Place, plan: Plan | None) -> None:
        """Leave a plan with the station, or take it away; a station that is still busy with one gets the next."""

        async def leave() -> None:
            with suppress(OcppError):
                await place.station.leave(place.evse, plan)

        before = self._left.get(place)
        if before is None or before.done():
            name = f"ocpp_home plan {place.key}"
            self._left[place] = self._hub.entry.async_create_background_task(self._hub.hass, leave(), name)

    async def work[**P, ResultT](self, work: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        """Have it done off the loop."""
        return await self._hub.hass.async_add_executor_job(partial(work, *args, **kwargs))

    @callback
    def _done(self, task: Task[None]) -> None:
        """What went wrong is said once; plans that there are become too old by themselves."""
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not self._failed:
            _LOGGER.error("No day plan can be made", exc_info=error)
        self._failed = error is not None
        if self._failed:
            self._asked, self._pause = {}, FAILED
        self._heard()
