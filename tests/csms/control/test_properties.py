"""What holds in every house, whatever the sun, the fuses and the cars; `CONTROL_EXAMPLES` says how many are tried."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
import os

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.ocpp_home.csms.control.plan import Memory, Outcome, plan
from custom_components.ocpp_home.csms.control.share import granted
from custom_components.ocpp_home.csms.control.terms import Circuit, Demand, Limiter, Lines, Share, Site, Tuning

EXAMPLES = int(os.environ.get("CONTROL_EXAMPLES", "300"))
always = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="CONTROL_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
GRAIN = 1e-4
NEVER_SWITCHING = Tuning(start=1e9, contactor=1e9, turn=inf)
NERVOUS = Tuning(start=0.0, contactor=0.0, dwell=60.0, session_changes=2, day_changes=3, turn=120.0, restart_after=30.0)

type Days = list[tuple[float, Site, tuple[Demand, ...]]]


class Dice:
    """A row of numbers that decides everything: short rows with small numbers are simple houses."""

    def __init__(self, row: bytes) -> None:
        self._row = iter(row)

    def pick[T](self, *options: T) -> T:
        return options[next(self._row) % len(options)]

    def number(self, low: int, high: int) -> float:
        return float(low + (next(self._row) * 256 + next(self._row)) % (high - low + 1))

    def lines(self) -> Lines | None:
        return self.pick(None, (0.0, 0.0, 0.0), self._lines(), self._lines())

    def _lines(self) -> Lines:
        return self.number(-200, 400) / 10, self.number(-200, 400) / 10, self.number(-200, 400) / 10

    def surplus(self) -> float | None:
        return self.pick(None, *[self.number(-12000, 30000)] * 7)


WIRED: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((0, 1, 2), (3,)),
    ((1, 2, 0), (1, 3)),
    ((2, 0, 1), (1, 3)),
    ((0,), (1,)),
    ((1,), (1,)),
    ((2,), (1,)),
    ((0, 1), (2,)),
    ((), (1,)),
    ((), (3,)),
    ((), (1, 3)),
]
RATINGS: list[Lines] = [
    (25.0, 25.0, 25.0),
    (16.0, 16.0, 16.0),
    (35.0, 25.0, 20.0),
    (63.0, 63.0, 63.0),
    (100.0, 100.0, 100.0),
    (32.0, 0.0, 0.0),
]


def a_site(dice: Dice) -> Site:
    return Site(
        circuits=tuple(
            Circuit(
                f"circuit {place}",
                dice.pick(*RATINGS),
                f"circuit {int(dice.number(0, place - 1))}" if place else None,
                dice.lines(),
            )
            for place in range(dice.pick(1, 2, 3, 4))
        ),
        surplus=dice.surplus(),
        dimmed=dice.pick(None, None, None, 0.0, 9000.0),
        peak=dice.pick(None, None, None, 2500.0, 6000.0),
        asymmetry=dice.pick(None, None, None, 5.0, 16.0, 20.0),
        fallback=dice.pick(6.0, 0.0, 10.0),
    )


def a_car(dice: Dice, place: int) -> Demand:
    wired, phases = dice.pick(*WIRED)
    return Demand(
        evse=f"evse {place}",
        circuit=f"circuit {dice.pick(0, 0, 1, 2, 3, 4)}",
        lines=wired,
        phases=phases,
        minimum=dice.pick(6.0, 6.0, 4.0, 6.5, 10.0),
        maximum=dice.pick(16.0, 32.0, 5.0, 10.0, 13.7),
        value=dice.pick(inf, 0.2, 0.1, 0.29, 0.3, 0.08, 0.0, -inf),
        steady=dice.pick(False, False, True),
        priority=dice.pick(0.0, 0.0, 1.0),
        charging=dice.pick(False, True),
        drawn=dice.pick(None, (0.0, 10.0, 0.0), (7.0, 7.0, 7.0)),
        step=dice.pick(1.0, 0.1, 0.5, 2.0),
        reserve=dice.pick(True, True, True, False),
    )


def cars_of(dice: Dice, most: int) -> tuple[Demand, ...]:
    return tuple(a_car(dice, place) for place in range(int(dice.number(0, most))))


def a_house(row: bytes) -> tuple[Site, tuple[Demand, ...]]:
    dice = Dice(row)
    return a_site(dice), cars_of(dice, 6)


def a_while(row: bytes) -> Days:
    """A house over a while: the sun, the loads and the cars that are there change."""
    dice = Dice(row)
    site, cars, now = a_site(dice), cars_of(dice, 4), 0.0
    days: Days = []
    for _ in range(dice.pick(*range(2, 12))):
        now += dice.pick(5.0, 30.0, 70.0, 300.0, 20000.0)
        circuits = tuple(replace(circuit, load=dice.lines()) for circuit in site.circuits)
        there = tuple(car for car in cars if dice.pick(*[True] * 7, False))
        days.append((now, replace(site, surplus=dice.surplus(), circuits=circuits), there))
    return days


houses = st.binary(min_size=256, max_size=256).map(a_house)
whiles = st.binary(min_size=1024, max_size=1024).map(a_while)
brighter = st.integers(0, 9000)


def live(days: Days, tuning: Tuning) -> list[Outcome]:
    memory, outcomes = Memory(), []
    for now, site, cars in days:
        outcomes.append(plan(site, cars, now, memory, tuning))
        memory = outcomes[-1].memory
    return outcomes


def path(site: Site, circuit: str) -> list[str]:
    parents = {each.name: each.parent for each in site.circuits}
    found: list[str] = []
    at: str | None = circuit
    while at in parents:
        found.append(at)
        at = parents[at]
    return found


def current(demand: Demand, share: Share) -> Lines:
    loaded = demand.lines[: share.phases] or (0, 1, 2)
    one, two, three = (share.amps if line in loaded else 0.0 for line in range(3))
    return one, two, three


def left(site: Site, cars: Sequence[Demand], shares: Sequence[Share]) -> dict[str, list[float]]:
    """What the shares leave on each line, by plain addition."""
    rooms = {
        circuit.name: [
            rating - load - site.margin
            for rating, load in zip(circuit.rating, circuit.load or (0.0, 0.0, 0.0), strict=True)
        ]
        for circuit in site.circuits
    }
    for demand, share in zip(cars, shares, strict=True):
        for name in path(site, demand.circuit):
            rooms[name] = [room - drawn for room, drawn in zip(rooms[name], current(demand, share), strict=True)]
    return rooms


def watts(site: Site, shares: Sequence[Share]) -> float:
    return sum(share.amps * share.phases * site.voltage for share in shares)


def never_too_much(site: Site, cars: Sequence[Demand], shares: Sequence[Share]) -> None:
    assert [share.evse for share in shares] == [demand.evse for demand in cars]
    fuses_hold(site, cars, shares)
    limits_hold(site, cars, shares)
    for demand, share in zip(cars, shares, strict=True):
        assert share.amps == 0 or max(6.0, demand.minimum) - GRAIN <= share.amps <= demand.maximum + GRAIN
        assert abs(share.amps / demand.step - round(share.amps / demand.step)) < GRAIN
        assert share.phases in demand.phases
        assert not (demand.value == -inf and share.amps)


def fuses_hold(site: Site, cars: Sequence[Demand], shares: Sequence[Share]) -> None:
    """No line is above its rating because of the shares: where the house alone is above it, nothing flows."""
    for name, rooms in left(site, cars, shares).items():
        for line, room in enumerate(rooms):
            loading = [
                share.amps
                for demand, share in zip(cars, shares, strict=True)
                if name in path(site, demand.circuit) and current(demand, share)[line]
            ]
            assert room >= -GRAIN or not loading


def limits_hold(site: Site, cars: Sequence[Demand], shares: Sequence[Share]) -> None:
    drawn = watts(site, shares)
    if site.dimmed is not None:
        assert drawn <= max(site.dimmed, granted(len(cars))) + GRAIN
    if site.peak is not None:
        assert drawn <= max(0.0, (site.surplus or 0.0) + site.peak) + GRAIN
    if site.asymmetry is not None:
        assert spread(cars, shares) <= site.asymmetry + GRAIN


def spread(cars: Sequence[Demand], shares: Sequence[Share]) -> float:
    """By how much the lines may differ: what flows nobody knows where may flow on the fullest."""
    known, anywhere = [0.0, 0.0, 0.0], 0.0
    for demand, share in zip(cars, shares, strict=True):
        if demand.lines:
            known = [total + drawn for total, drawn in zip(known, current(demand, share), strict=True)]
        elif share.phases < 3:
            anywhere += share.amps
    return max(known) + anywhere - min(known)


def never_a_lie(site: Site, cars: Sequence[Demand], outcome: Outcome, place: int) -> None:
    """Who is said to limit does limit."""
    demand, share = cars[place], outcome.shares[place]
    least = max(6.0, demand.minimum) + demand.step
    more = demand.step if share.amps else least + NERVOUS.restart_spare
    fuller = watts(site, outcome.shares) + more * 3 * site.voltage
    above = path(site, demand.circuit)
    loaded = demand.lines[: share.phases] or (0, 1, 2)
    match share.limiter:
        case Limiter.FUSE:
            assert min(outcome.room[name][line] for name in above for line in loaded) < more + GRAIN
        case Limiter.STATION:
            assert share.amps + demand.step > demand.maximum or demand.maximum < least
        case Limiter.STALE:
            blind = any(each.load is None for each in site.circuits if each.name in above)
            assert blind or not above or site.surplus is None
        case Limiter.SUN:
            assert site.feed_in < demand.value < site.price
            assert site.surplus is not None
            assert fuller > site.surplus or not share.amps
        case Limiter.GRID:
            tight = site.peak is not None and fuller > (site.surplus or 0.0) + site.peak
            dim = site.dimmed is not None and fuller > max(site.dimmed, granted(len(cars)))
            assert tight or dim or site.asymmetry is not None
        case Limiter.USER:
            assert demand.value == -inf
        case Limiter.PLAN:
            assert demand.value <= site.feed_in
        case Limiter.CAR:
            assert not demand.reserve
        case Limiter.HOLD:
            assert len(demand.phases) > 1 or not share.amps


@always
@given(houses)
def test_the_first_decision_keeps_every_limit(house: tuple[Site, tuple[Demand, ...]]) -> None:
    site, cars = house
    never_too_much(site, cars, plan(site, cars, 0.0, Memory()).shares)


@always
@given(whiles)
def test_every_later_decision_keeps_every_limit(days: Days) -> None:
    for (_, site, cars), outcome in zip(days, live(days, NERVOUS), strict=True):
        never_too_much(site, cars, outcome.shares)


@always
@given(whiles)
def test_who_is_said_to_limit_does(days: Days) -> None:
    for (_, site, cars), outcome in zip(days, live(days, NERVOUS), strict=True):
        for place in range(len(cars)):
            never_a_lie(site, cars, outcome, place)


@always
@given(houses)
def test_what_is_left_is_what_is_said_to_be_left(house: tuple[Site, tuple[Demand, ...]]) -> None:
    site, cars = house
    outcome = plan(site, cars, 0.0, Memory())
    for name, rooms in left(site, cars, outcome.shares).items():
        assert all(abs(said - room) < GRAIN for said, room in zip(outcome.room[name], rooms, strict=True))


@always
@given(whiles)
def test_the_same_days_give_the_same_decisions(days: Days) -> None:
    assert live(days, Tuning()) == live(days, Tuning())


@always
@given(whiles)
def test_phases_change_as_seldom_as_they_must(days: Days) -> None:
    outcomes = live(days, NERVOUS)
    for evse in {demand.evse for _, _, cars in days for demand in cars}:
        moments = changes(evse, days, outcomes)
        assert all(after - before >= NERVOUS.dwell for before, after in pairwise(moments))
        budget(moments, NERVOUS.day_changes)
        for arrival, departure in visits(evse, days):
            budget([moment for moment in moments if arrival <= moment < departure], NERVOUS.session_changes)


def changes(evse: str, days: Days, outcomes: Sequence[Outcome]) -> list[float]:
    seen = [
        (now, share.phases)
        for (now, _, _), outcome in zip(days, outcomes, strict=True)
        for share in outcome.shares
        if share.evse == evse
    ]
    return [now for (_, before), (now, after) in pairwise(seen) if before != after]


def visits(evse: str, days: Days) -> list[tuple[float, float]]:
    """From when to when its cars were there."""
    gone = [-inf, *(now for now, _, cars in days if evse not in {car.evse for car in cars}), inf]
    return list(pairwise(gone))


def budget(moments: Sequence[float], most: int) -> None:
    assert all(later - moment >= 86400 for moment, later in zip(moments, moments[most:], strict=False))


@always
@given(houses, brighter)
def test_more_watts_from_the_grid_never_make_the_sum_smaller(
    house: tuple[Site, tuple[Demand, ...]], more: float
) -> None:
    site, cars = house
    eager = [replace(car, value=inf, priority=0.0, reserve=True) for car in cars]
    sums = [
        watts(tight, plan(tight, eager, 0.0, Memory()).shares)
        for tight in (replace(site, surplus=0.0, peak=peak) for peak in (5000.0, 5000.0 + more))
    ]
    assert sums[0] <= sums[1] + GRAIN


@always
@given(houses, brighter, st.booleans())
def test_more_sun_never_makes_the_sum_smaller(house: tuple[Site, tuple[Demand, ...]], more: float, wide: bool) -> None:
    """Of cars of one priority whatever the fuses, of any cars where the fuses are wide."""
    site, cars = house
    if wide:
        site = replace(site, circuits=(), dimmed=None, asymmetry=None)
    else:
        cars = tuple(replace(car, priority=0.0, reserve=True) for car in cars)
    before = replace(site, surplus=site.surplus or 0.0, peak=None)
    settled = plan(before, cars, 0.0, Memory(), NEVER_SWITCHING).memory
    sums = [
        watts(site, plan(each, cars, 60.0, settled, NEVER_SWITCHING).shares)
        for each in (before, replace(before, surplus=(site.surplus or 0.0) + more))
    ]
    assert sums[0] <= sums[1] + GRAIN


@always
@given(houses, st.integers(0, 63), st.integers(0, 20))
def test_a_larger_fuse_never_makes_the_sum_smaller(
    house: tuple[Site, tuple[Demand, ...]], rating: int, more: int
) -> None:
    """Of cars that load its lines alike: of others, one that now finds room can be in the way of two."""
    alike = [replace(car, circuit="main", lines=(0, 1, 2), phases=(3,), value=inf) for car in house[1]]
    sums = [
        watts(site, plan(site, alike, 0.0, Memory()).shares)
        for site in (
            Site((Circuit("main", (size, size, size), load=(0.0, 0.0, 0.0)),))
            for size in (float(rating), float(rating + more))
        )
    ]
    assert sums[0] <= sums[1] + GRAIN
