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
    derandomize="CONTROL_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
GRAIN = 1e-4
NEVER_SWITCHING = Tuning(start=1e9, contactor=1e9, turn=inf)
NERVOUS = Tuning(start=0.0, contactor=0.0, dwell=60.0, session_changes=2, day_changes=3, turn=120.0, restart_after=30.0)

amps = st.integers(-200, 400).map(lambda tenth: tenth / 10)
lines: st.SearchStrategy[Lines] = st.tuples(amps, amps, amps)
ratings: st.SearchStrategy[Lines] = st.sampled_from(
    [(16.0, 16.0, 16.0), (25.0, 25.0, 25.0), (35.0, 25.0, 20.0), (63.0, 63.0, 63.0), (32.0, 0.0, 0.0)]
)
power = st.integers(-12000, 30000).map(float)


@st.composite
def sites(draw: st.DrawFn, *, stale: bool = True) -> Site:
    count = draw(st.integers(1, 4))
    load = st.none() | lines if stale else lines
    return Site(
        circuits=tuple(
            Circuit(
                f"circuit {place}",
                draw(ratings),
                f"circuit {draw(st.integers(0, place - 1))}" if place else None,
                draw(load),
            )
            for place in range(count)
        ),
        surplus=draw(st.none() | power),
        dimmed=draw(st.none() | st.sampled_from([0.0, 4200.0, 9000.0])),
        peak=draw(st.none() | st.sampled_from([2500.0, 6000.0])),
        asymmetry=draw(st.none() | st.sampled_from([5.0, 16.0, 20.0])),
        fallback=draw(st.sampled_from([0.0, 6.0, 10.0])),
    )


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


@st.composite
def demands(draw: st.DrawFn, most: int = 6) -> tuple[Demand, ...]:
    def one(place: int) -> Demand:
        wired, phases = draw(st.sampled_from(WIRED))
        return Demand(
            evse=f"evse {place}",
            circuit=f"circuit {draw(st.integers(0, 4))}",
            lines=wired,
            phases=phases,
            minimum=draw(st.sampled_from([4.0, 6.0, 6.5, 10.0])),
            maximum=draw(st.sampled_from([5.0, 10.0, 13.7, 16.0, 32.0])),
            value=draw(st.sampled_from([-inf, 0.0, 0.1, 0.2, 0.29, 0.3, inf])),
            steady=draw(st.booleans()),
            priority=draw(st.sampled_from([0.0, 0.0, 1.0])),
            charging=draw(st.booleans()),
            drawn=draw(st.sampled_from([None, (0.0, 10.0, 0.0), (7.0, 7.0, 7.0)])),
            step=draw(st.sampled_from([0.1, 0.5, 1.0, 2.0])),
            reserve=draw(st.sampled_from([True, True, True, False])),
        )

    return tuple(one(place) for place in range(draw(st.integers(0, most))))


@st.composite
def days(draw: st.DrawFn) -> list[tuple[float, Site, tuple[Demand, ...]]]:
    """A house over a while: the sun, the loads and the cars that are there change."""
    site, cars = draw(sites()), draw(demands(4))
    now = 0.0
    days: list[tuple[float, Site, tuple[Demand, ...]]] = []
    for _ in range(draw(st.integers(2, 12))):
        now += draw(st.sampled_from([5.0, 30.0, 70.0, 300.0, 20000.0]))
        circuits = tuple(replace(circuit, load=draw(st.none() | lines)) for circuit in site.circuits)
        there = draw(st.sets(st.sampled_from(cars))) if cars and draw(st.booleans()) else set(cars)
        days.append(
            (
                now,
                replace(site, surplus=draw(st.none() | power), circuits=circuits),
                tuple(car for car in cars if car in there),
            )
        )
    return days


def live(days: Sequence[tuple[float, Site, tuple[Demand, ...]]], tuning: Tuning) -> list[Outcome]:
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


def never_a_lie(site: Site, demand: Demand, share: Share, rooms: dict[str, list[float]]) -> None:
    """Who is said to limit does limit."""
    step = demand.step if share.amps else max(6.0, demand.minimum) + demand.step + NERVOUS.restart_spare
    loaded = demand.lines[: share.phases] or (0, 1, 2)
    tightest = min((rooms[name][line] for name in path(site, demand.circuit) for line in loaded), default=inf)
    unknown = any(each.load is None for each in site.circuits if each.name in path(site, demand.circuit))
    match share.limiter:
        case Limiter.FUSE:
            assert tightest < step + GRAIN
        case Limiter.STATION:
            assert share.amps + demand.step > demand.maximum or demand.maximum < max(6.0, demand.minimum) + demand.step
        case Limiter.STALE:
            assert unknown or site.surplus is None or demand.circuit not in rooms
        case Limiter.SUN:
            assert site.feed_in < demand.value < site.price
        case Limiter.GRID:
            assert site.dimmed is not None or site.peak is not None or site.asymmetry is not None
        case Limiter.USER:
            assert demand.value == -inf
        case Limiter.PLAN:
            assert demand.value <= site.feed_in
        case Limiter.CAR:
            assert not demand.reserve
        case Limiter.HOLD:
            assert len(demand.phases) > 1 or not share.amps


@always
@given(sites(), demands())
def test_the_first_decision_keeps_every_limit(site: Site, cars: tuple[Demand, ...]) -> None:
    never_too_much(site, cars, plan(site, cars, 0.0, Memory()).shares)


@always
@given(days())
def test_every_later_decision_keeps_every_limit(days: list[tuple[float, Site, tuple[Demand, ...]]]) -> None:
    for (_, site, cars), outcome in zip(days, live(days, NERVOUS), strict=True):
        never_too_much(site, cars, outcome.shares)


@always
@given(sites(), demands())
def test_who_is_said_to_limit_does(site: Site, cars: tuple[Demand, ...]) -> None:
    shares = plan(site, cars, 0.0, Memory()).shares
    rooms = left(site, cars, shares)
    for demand, share in zip(cars, shares, strict=True):
        never_a_lie(site, demand, share, rooms)


@always
@given(sites(stale=False), demands())
def test_what_is_left_is_what_is_said_to_be_left(site: Site, cars: tuple[Demand, ...]) -> None:
    outcome = plan(site, cars, 0.0, Memory())
    for name, rooms in left(site, cars, outcome.shares).items():
        assert all(abs(said - room) < GRAIN for said, room in zip(outcome.room[name], rooms, strict=True))


@always
@given(days())
def test_the_same_days_give_the_same_decisions(days: list[tuple[float, Site, tuple[Demand, ...]]]) -> None:
    assert live(days, Tuning()) == live(days, Tuning())


@always
@given(days())
def test_phases_change_as_seldom_as_they_must(days: list[tuple[float, Site, tuple[Demand, ...]]]) -> None:
    outcomes = live(days, NERVOUS)
    for evse in {demand.evse for _, _, cars in days for demand in cars}:
        moments = changes(evse, days, outcomes)
        assert all(after - before >= NERVOUS.dwell for before, after in pairwise(moments))
        assert all(later - moment >= 86400 for moment, later in zip(moments, moments[3:], strict=False))


def changes(
    evse: str, days: Sequence[tuple[float, Site, tuple[Demand, ...]]], outcomes: Sequence[Outcome]
) -> list[float]:
    seen = [
        (now, share.phases)
        for (now, _, _), outcome in zip(days, outcomes, strict=True)
        for share in outcome.shares
        if share.evse == evse
    ]
    return [now for (_, before), (now, after) in pairwise(seen) if before != after]


@always
@given(sites(stale=False), demands(), st.integers(0, 9000))
def test_more_watts_from_the_grid_never_make_the_sum_smaller(site: Site, cars: tuple[Demand, ...], more: int) -> None:
    eager = tuple(replace(demand, value=inf, phases=demand.phases[-1:], priority=0.0) for demand in cars)
    less = replace(site, dimmed=None, asymmetry=None, surplus=0.0, peak=3000.0)
    sums = [watts(site, plan(each, eager, 0.0, Memory()).shares) for each in (less, replace(less, peak=3000.0 + more))]
    assert sums[0] <= sums[1] + GRAIN


@always
@given(sites(stale=False), demands(), power, st.integers(0, 9000))
def test_more_sun_never_makes_the_sum_smaller(site: Site, cars: tuple[Demand, ...], surplus: float, more: int) -> None:
    now = replace(site, surplus=surplus, peak=None)
    settled = plan(now, cars, 0.0, Memory(), NEVER_SWITCHING).memory
    brighter = replace(now, surplus=surplus + more)
    sums = [watts(site, plan(each, cars, 60.0, settled, NEVER_SWITCHING).shares) for each in (now, brighter)]
    assert sums[0] <= sums[1] + GRAIN


@always
@given(demands(), st.integers(0, 63), st.integers(0, 20))
def test_a_larger_fuse_never_makes_the_sum_smaller(cars: tuple[Demand, ...], rating: int, more: int) -> None:
    alike = tuple(replace(demand, circuit="main", lines=(0, 1, 2), phases=(3,), value=inf) for demand in cars)
    sums = [
        watts(
            Site((Circuit("main", (size, size, size), None, (0.0, 0.0, 0.0)),)),
            plan(Site((Circuit("main", (size, size, size), None, (0.0, 0.0, 0.0)),)), alike, 0.0, Memory()).shares,
        )
        for size in (float(rating), float(rating + more))
    ]
    assert sums[0] <= sums[1] + GRAIN
