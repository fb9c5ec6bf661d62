"""evcc's rules as the bench has built them anew do what their description says; each row names its section."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isclose
from random import Random

import pytest

from .bench.control.evcc import (
    Battery,
    Circuit,
    Goal,
    Loadpoint,
    Mode,
    Moment,
    Priorities,
    Settings,
    Slot,
    plan,
    required,
    site_power,
)
from .bench.control.evcc.planner import Wish

HOUR = 3600.0


# --- 2.2 sitePower ----------------------------------------------------------------------------------------------------
SITE = {
    "2.2 sitePower: the grid alone": (site_power(-3000), -3000),
    "2.2 sitePower: residual power is kept free": (site_power(-3000, residual=200), -2800),
    "2.2 sitePower: charging of the battery is surplus once it has its priority": (
        site_power(0, Battery(power=-2000, soc=80, priority_soc=50)),
        -2000,
    ),
    "2.2 sitePower: discharging of the battery counts against the car": (
        site_power(0, Battery(power=1500, soc=80)),
        1500,
    ),
    "2.2 sitePower: below its priority the battery comes first, with 100 W for it": (
        site_power(-500, Battery(power=-2000, soc=40, priority_soc=50)),
        -400,
    ),
    "2.2 sitePower: a residual of one's own stays when the battery comes first": (
        site_power(-500, Battery(power=-2000, soc=40, priority_soc=50), residual=300),
        -200,
    ),
    "2.2 sitePower: auxiliary loads may be displaced": (site_power(0, aux=1000), -1000),
    "2.2 prioritizer: a pv loadpoint below gives all it draws": (
        site_power(0, priorities=Priorities([(Mode.PV, 4000, 1380)])),
        -4000,
    ),
    "2.2 prioritizer: a minpv loadpoint below keeps its minimum": (
        site_power(0, priorities=Priorities([(Mode.MINPV, 4000, 1380)])),
        -2620,
    ),
    "2.2 prioritizer: a loadpoint below in mode now gives nothing": (
        site_power(0, priorities=Priorities([(Mode.NOW, 11000, 1380)])),
        0,
    ),
    "2.2 reserved: a waiting loadpoint above holds back its greatest power": (
        site_power(-5000, priorities=Priorities(reserved=11040)),
        6040,
    ),
}


@pytest.mark.parametrize(("found", "expected"), SITE.values(), ids=SITE)
def test_available_power(found: float, expected: float) -> None:
    assert found == expected


BATTERIES = {
    "2.2 battery: no buffer unless set": (Battery(soc=99), (False, False)),
    "2.2 battery: buffered only above the buffer": (Battery(soc=70, buffer_soc=70), (False, False)),
    "2.2 battery: buffered above it": (Battery(soc=71, buffer_soc=70, buffer_start_soc=90), (True, False)),
    "2.2 battery: start at its mark": (Battery(soc=90, buffer_soc=70, buffer_start_soc=90), (True, True)),
}


@pytest.mark.parametrize(("battery", "expected"), BATTERIES.values(), ids=BATTERIES)
def test_the_buffer(battery: Battery, expected: tuple[bool, bool]) -> None:
    assert (battery.buffered, battery.start) == expected


# --- 2.3 Update, 2.4 pvMaxCurrent -------------------------------------------------------------------------------------
@dataclass
class Play:
    """A loadpoint and its car, turn by turn; the car draws what it is offered."""

    point: Loadpoint
    every: float = 30.0
    now: float = 0.0
    phases: int | None = None

    def turn(self, surplus: float, **more: bool | float) -> tuple[float, int]:
        """Let so much surplus (W, without the car) be there for a turn; the current (0: off) and the phases set."""
        point = self.point
        phases = min(point.phases, self.phases or 3)
        amps = point.offered if point.enabled else 0.0
        drawn = amps * phases * 230
        currents = tuple(amps if phase < phases else 0.0 for phase in range(3))
        point.update(
            Moment(
                self.now,
                site=drawn - surplus,
                charging=point.enabled,
                currents=(currents[0], currents[1], currents[2]),
                power=drawn,
                **more,  # type: ignore[arg-type] - the fields of a moment
            )
        )
        self.now += self.every
        return point.offered if point.enabled else 0.0, point.phases

    def turns(self, surplus: float, count: int) -> list[float]:
        return [self.turn(surplus)[0] for _ in range(count)]


def loadpoint(mode: Mode = Mode.PV, phases: int = 1, **settings: float) -> Loadpoint:
    return Loadpoint(Settings(phases=phases, **settings), mode)  # type: ignore[arg-type] - floats are theirs


def settled(point: Loadpoint, surplus: float) -> Play:
    """After it has charged with so much surplus for a while."""
    play = Play(point)
    play.turns(surplus, 20)
    return play


TURNS = {
    "2.3 Update: off is 0": (Play(loadpoint(Mode.OFF)), [9000] * 3, [0, 0, 0]),
    "2.3 Update: now is the maximum, sun or no sun": (Play(loadpoint(Mode.NOW)), [0, 0], [16, 16]),
    "2.3 Update: connecting starts without delay": (Play(loadpoint()), [1400], [6]),
    "2.3 Update: minpv charges with the minimum at night": (Play(loadpoint(Mode.MINPV)), [-500] * 2, [6, 6]),
    "2.3 Update: minpv follows the sun above it": (Play(loadpoint(Mode.MINPV)), [0, 2300, 2300], [6, 10, 10]),
    "2.4 pvMaxCurrent: less than 6 A does not start": (Play(loadpoint()), [1379] * 4, [0] * 4),
    "2.4 pvMaxCurrent: surplus is cut to whole amperes": (Play(loadpoint()), [2500] * 3, [6, 10, 10]),
    "2.4 pvMaxCurrent: never more than the maximum": (Play(loadpoint()), [9000] * 3, [6, 16, 16]),
    "2.4 pvMaxCurrent: three fixed phases need 4140 W": (Play(loadpoint(phases=3)), [4139, 4139], [0, 0]),
    "2.4 pvMaxCurrent: and charge with them": (Play(loadpoint(phases=3)), [4140, 4830], [6, 7]),
    "2.4 hysteresis: a first cloud changes nothing for 180 s": (
        settled(loadpoint(), 2300),
        [1000] * 8,
        [6, 6, 6, 6, 6, 6, 0, 0],
    ),
    "2.4 hysteresis: one cycle of sun resets the disable timer": (
        settled(loadpoint(), 2300),
        [1000] * 5 + [2300] + [1000] * 6,
        [6] * 5 + [10] + [6] * 6,
    ),
    "2.4 hysteresis: after a stop 60 s of surplus start it": (
        settled(loadpoint(), 0),
        [1400] * 4,
        [0, 0, 6, 6],
    ),
    "2.4 hysteresis: one cycle without resets the enable timer": (
        settled(loadpoint(), 0),
        [1400, 1400, 1300, 1400, 1400, 1400],
        [0, 0, 0, 0, 0, 6],
    ),
    "2.4 hysteresis: delays are settings": (
        settled(loadpoint(enable_delay=0.0, disable_delay=60.0), 2300),
        [0, 0, 0, 1400],
        [6, 6, 0, 6],
    ),
    "2.4 enable threshold: starts at so much export, less than 6 A though": (
        settled(loadpoint(enable_threshold=-1000.0), 0),
        [1000] * 3,
        [0, 0, 6],
    ),
    "2.4 disable threshold: so much import is borne": (
        settled(loadpoint(disable_threshold=500.0), 2300),
        [900] * 8,
        [6] * 8,
    ),
    "2.4 disable threshold: more is not": (
        settled(loadpoint(disable_threshold=500.0), 2300),
        [880] * 7,
        [6] * 6 + [0],
    ),
}


@pytest.mark.parametrize(("play", "surplus", "expected"), TURNS.values(), ids=TURNS)
def test_turns(play: Play, surplus: Sequence[float], expected: Sequence[float]) -> None:
    assert [play.turn(watts)[0] for watts in surplus] == list(expected)


def test_2_3_after_charging_fast_pv_stops_at_once() -> None:
    play = Play(loadpoint(Mode.NOW))
    play.turns(0, 2)
    play.point.mode = Mode.PV
    assert play.turns(0, 1) == [0]


@pytest.mark.parametrize(
    ("price", "amps"), [(0.10, 16), (0.11, 0)], ids=["2.3 cheap: at the limit", "2.3 cheap: above"]
)
def test_2_3_a_cheap_price_charges_fast(price: float, amps: float) -> None:
    assert Play(loadpoint(smart_cost=0.10)).turn(0, price=price)[0] == amps


def test_2_3_a_slot_of_the_plan_charges_fast() -> None:
    assert Play(loadpoint()).turn(0, planned=True)[0] == 16


def test_2_3_without_a_car_nothing_flows() -> None:
    assert Play(loadpoint(Mode.NOW)).turn(0, connected=False)[0] == 0


def test_2_4_a_battery_above_its_start_mark_starts_and_holds() -> None:
    assert settled(loadpoint(), 0).turn(0, battery_start=True)[0] == 6
    assert settled(loadpoint(), 0).turn(0, battery_buffered=True)[0] == 0
    play = settled(loadpoint(), 2300)
    assert [play.turn(0, battery_buffered=True)[0] for _ in range(9)] == [6] * 9


def test_2_4_a_car_that_draws_less_counts_with_2_a_more_than_it_draws() -> None:
    point = settled(loadpoint(), 9000).point
    point.update(Moment(1000, site=0, charging=True, currents=(8.0, 0.0, 0.0), power=1840))
    assert point.offered == 10


# --- 2.4 phases -------------------------------------------------------------------------------------------------------
PHASES = {
    "2.4 pvScalePhases: 16 A, 3680 W stay on one": (16.0, 3680, 1),
    "2.4 pvScalePhases: 16 A, 4139 W stay on one though one is exhausted": (16.0, 4139, 1),
    "2.4 pvScalePhases: 16 A, 4150 W go to three": (16.0, 4150, 3),
    "2.4 pvScalePhases: 10 A, 4150 W go to three": (10.0, 4150, 3),
    "2.4 pvScalePhases: 32 A, 7000 W stay on one": (32.0, 7000, 1),
    "2.4 pvScalePhases: 32 A, 7360 W stay on one": (32.0, 7360, 1),
    "2.4 pvScalePhases: 32 A, 7400 W go to three": (32.0, 7400, 3),
}


@pytest.mark.parametrize(("maximum", "surplus", "expected"), PHASES.values(), ids=PHASES)
def test_switching_up(maximum: float, surplus: float, expected: int) -> None:
    play = settled(loadpoint(phases=0, maximum=maximum), 1400)
    assert play.point.phases == 1
    play.turns(surplus, 12)
    assert play.point.phases == expected


def test_2_4_switching_up_waits_for_the_enable_delay() -> None:
    play = settled(loadpoint(phases=0), 1400)
    assert [play.turn(5000)[1] for _ in range(4)] == [1, 1, 3, 3]


def test_2_4_switching_down_waits_for_the_disable_delay() -> None:
    play = settled(loadpoint(phases=0), 6000)
    assert [play.turn(2000)[1] for _ in range(8)] == [3, 3, 3, 3, 3, 3, 1, 1]


def test_2_4_switching_down_happens_at_once_while_nothing_flows() -> None:
    assert Play(loadpoint(phases=0)).turn(2000)[1] == 1


def test_2_4_while_the_phase_timer_runs_the_stop_looks_at_one_phase() -> None:
    play = settled(loadpoint(phases=0), 6000)
    assert [play.turn(2000)[0] for _ in range(12)] == [6] * 7 + [8] * 5


def test_2_4_a_second_switch_waits_a_minute() -> None:
    point = settled(loadpoint(phases=0, enable_delay=0.0), 1400).point
    point.switched_at = 570.0
    moment = Moment(630.0, site=-5000, charging=True, currents=(6.0, 0.0, 0.0), power=1380)
    point.update(moment)
    assert point.phases == 1
    point.update(Moment(631.0, site=-5000, charging=True, currents=(6.0, 0.0, 0.0), power=1380))
    assert point.phases == 3


ACTIVE = {
    "2.4 activePhases: unknown is three": (Settings(), 3, None, 0.0, 3),
    "2.4 activePhases: the vehicle": (Settings(vehicle=1), 3, None, 0.0, 1),
    "2.4 activePhases: the wiring": (Settings(phases=1), 1, None, 0.0, 1),
    "2.4 activePhases: measured above 1 A": (Settings(), 3, (9.0, 9.0, 0.9), 100.0, 2),
    "2.4 activePhases: not within 60 s of a switch": (Settings(), 3, (9.0, 0.0, 0.0), 59.0, 3),
}


@pytest.mark.parametrize(("settings", "phases", "currents", "now", "expected"), ACTIVE.values(), ids=ACTIVE)
def test_active_phases(
    settings: Settings, phases: int, currents: tuple[float, float, float] | None, now: float, expected: int
) -> None:
    point = Loadpoint(settings)
    point.phases, point.switched_at = phases, 0.0
    assert point.active_phases(Moment(now, charging=True, currents=currents)) == expected


SYNC = {
    "2.4 syncCharger: a step of the duty cycle is noise": (9.8, (10.0, 0.0, 0.0), 10.0),
    "2.4 syncCharger: more is adopted": (9.7, (9.7, 0.0, 0.0), 9.7),
    "2.4 syncCharger: what the car takes is adopted above 1 A": (None, (11.5, 0.0, 0.0), 11.5),
    "2.4 syncCharger: and not below": (None, (11.0, 0.0, 0.0), 10.0),
}


@pytest.mark.parametrize(("reported", "currents", "expected"), SYNC.values(), ids=SYNC)
def test_sync(reported: float | None, currents: tuple[float, float, float], expected: float) -> None:
    point = settled(loadpoint(), 2300).point
    point.sync(reported, Moment(600, charging=True, currents=currents))
    assert point.offered == expected


def test_2_4_sync_enables_what_charges_and_bears_a_minute_after_a_switch() -> None:
    point = loadpoint()
    point.switched_at = 0.0
    point.sync(None, Moment(59, charging=True))
    assert not point.enabled
    point.sync(None, Moment(60, charging=True))
    assert point.enabled


# --- 2.5 Validate -----------------------------------------------------------------------------------------------------
VALIDATE = {
    "2.5 Validate: room enough": (Circuit(25, present=5), 0, 16, 16),
    "2.5 Validate: cut to the room": (Circuit(25, present=15), 0, 16, 10),
    "2.5 Validate: what flows already counts as had": (Circuit(25, present=21), 10, 16, 14),
    "2.5 Validate: overload takes away": (Circuit(25, present=29), 10, 10, 6),
    "2.5 Validate: never below 0": (Circuit(25, present=60), 10, 10, 0),
    "2.5 Validate: going down needs no room": (Circuit(25, present=24), 16, 10, 10),
    "2.5 Validate: the parent cuts further": (Circuit(25, Circuit(35, present=30), present=5), 0, 16, 5),
    "2.5 Validate: a locked parent locks the child": (Circuit(25, Circuit(35, present=inf)), 0, 16, 0),
}


@pytest.mark.parametrize(("circuit", "old", "new", "expected"), VALIDATE.values(), ids=VALIDATE)
def test_validate(circuit: Circuit, old: float, new: float, expected: float) -> None:
    assert circuit.validate(old, new) == expected


METER = {
    "2.5 meter: the greatest signed phase current": ([(3.0, -20.0, 7.0)], 7.0),
    "2.5 meter: failing for a minute changes nothing": ([(3.0, 0.0, 7.0), *[None] * 6], 7.0),
    "2.5 meter: failing for longer locks": ([(3.0, 0.0, 7.0), *[None] * 7], inf),
    "2.5 meter: frozen is not failing": ([(3.0, 0.0, 7.0)] * 90, 7.0),
}


@pytest.mark.parametrize(("readings", "expected"), METER.values(), ids=METER)
def test_the_meter_of_a_circuit(readings: Sequence[tuple[float, float, float] | None], expected: float) -> None:
    circuit = Circuit(25)
    for number, currents in enumerate(readings):
        circuit.read(currents, 10.0 * number)
    assert circuit.present == expected


def test_2_5_a_loadpoint_is_cut_then_off_then_on_again_without_a_delay() -> None:
    circuit = Circuit(25)
    play = Play(Loadpoint(Settings(phases=1), Mode.NOW, circuit))
    found = []
    for house in (5.0, 15.0, 20.0, 18.0):
        circuit.present = house + (play.point.offered if play.point.enabled else 0.0)
        found.append(play.turn(0)[0])
    assert found == [16, 10, 0, 7]


def test_2_5_the_first_in_the_list_wins() -> None:
    circuit = Circuit(20)
    plays = [Play(Loadpoint(Settings(phases=1), Mode.NOW, circuit)) for _ in range(2)]
    for _ in range(3):
        for play in plays:
            circuit.present = sum(each.point.offered for each in plays if each.point.enabled)
            play.turn(0)
    assert [play.point.offered if play.point.enabled else 0 for play in plays] == [16, 0]


def test_2_5_load_on_another_phase_stops_a_car_all_the_same() -> None:
    circuit = Circuit(25)
    circuit.read((0.0, 20.0, 0.0), 0)
    play = Play(Loadpoint(Settings(phases=1), Mode.NOW, circuit))
    assert play.turn(0)[0] == 0


POWER = {
    "2.3 fast: three phases where the circuit bears 3 x 6 A": (4140, (6, 3)),
    "2.3 fast: one where it does not": (4100, (16, 1)),
    "2.3 fast: cut to the power left": (7000, (10, 3)),
}


@pytest.mark.parametrize(("maximum", "expected"), POWER.values(), ids=POWER)
def test_a_circuit_of_watts(maximum: float, expected: tuple[float, int]) -> None:
    point = Loadpoint(Settings(), Mode.NOW, power_circuit=Circuit(maximum))
    assert Play(point).turn(0) == expected


# --- 2.6 planner ------------------------------------------------------------------------------------------------------
def rates(*prices: float) -> list[Slot]:
    return [Slot(hour * HOUR, (hour + 1) * HOUR, price) for hour, price in enumerate(prices)]


def hours(*slots: tuple[float, float]) -> list[tuple[float, float]]:
    return [(start * HOUR, end * HOUR) for start, end in slots]


PLANS = {
    "2.6 cheapest: the cheapest slots": (rates(3, 1, 2, 4), 0, Wish(2 * HOUR, 4 * HOUR), hours((1, 2), (2, 3))),
    "2.6 cheapest: ties later": (rates(1, 1, 1, 1), 0, Wish(HOUR, 4 * HOUR), hours((3, 4))),
    "2.6 cheapest: the dearest taken is trimmed at its end": (
        rates(1, 3, 2, 4),
        0,
        Wish(1.5 * HOUR, 4 * HOUR),
        hours((0, 1), (2, 2.5)),
    ),
    "2.6 cheapest: at its start if it is the first": (
        rates(2, 1, 3, 4),
        0,
        Wish(1.5 * HOUR, 4 * HOUR),
        hours((0.5, 1), (1, 2)),
    ),
    "2.6 cheapest: a single slot is the first": (rates(3, 1, 2), 0, Wish(HOUR / 2, 3 * HOUR), hours((1.5, 2))),
    "2.6 cheapest: what has passed is passed": (
        rates(1, 1, 2, 3),
        1.5 * HOUR,
        Wish(HOUR, 4 * HOUR),
        hours((1.5, 2), (2, 2.5)),
    ),
    "2.6 cheapest: nothing after the departure": (rates(3, 2, 1, 1), 0, Wish(HOUR, 2 * HOUR), hours((1, 2))),
    "2.6 cheapest: a slot is cut at the departure": (
        rates(3, 2, 1, 1),
        0,
        Wish(HOUR / 2, 2.5 * HOUR),
        hours((2, 2.5)),
    ),
    "2.6 cheapest: nothing needed, nothing planned": (rates(1, 2), 0, Wish(0, 2 * HOUR), []),
    "2.6 insufficient time: now": (rates(9, 1, 1), 0, Wish(3 * HOUR, 2 * HOUR), hours((0, 3))),
    "2.6 insufficient time: just enough is now as well": (rates(9, 1), 0, Wish(2 * HOUR, 2 * HOUR), hours((0, 2))),
    "2.6 beyond the prices: time after them is enough": (rates(1, 1), 0, Wish(2 * HOUR, 5 * HOUR), []),
    "2.6 beyond the prices: the rest is planned": (rates(2, 1), 0, Wish(2 * HOUR, 3 * HOUR), hours((1, 2))),
    "2.6 coverage: no prices for part of it, the latest start": (
        [Slot(3 * HOUR, 4 * HOUR, 1)],
        0,
        Wish(2 * HOUR, 4 * HOUR),
        hours((2, 4)),
    ),
    "2.6 continuous: the cheapest window": (
        rates(1, 4, 2, 2, 5),
        0,
        Wish(2 * HOUR, 5 * HOUR, continuous=True),
        hours((2, 3), (3, 4)),
    ),
    "2.6 continuous: ties later": (
        rates(2, 2, 3, 2, 2),
        0,
        Wish(2 * HOUR, 5 * HOUR, continuous=True),
        hours((3, 4), (4, 5)),
    ),
    "2.6 continuous: only at the start of a slot, though half an hour later were cheaper": (
        rates(9, 1, 2, 9),
        0,
        Wish(1.5 * HOUR, 4 * HOUR, continuous=True),
        hours((1, 2), (2, 2.5)),
    ),
    "2.6 precondition: the last minutes whatever they cost": (
        rates(1, 2, 9),
        0,
        Wish(HOUR, 3 * HOUR, precondition=HOUR / 2),
        hours((0.5, 1), (2.5, 3)),
    ),
}


@pytest.mark.parametrize(("slots", "now", "wish", "expected"), PLANS.values(), ids=PLANS)
def test_plan(slots: list[Slot], now: float, wish: Wish, expected: list[tuple[float, float]]) -> None:
    assert [(slot.start, slot.end) for slot in plan(slots, now, wish)] == expected


def test_2_6_the_time_needed_counts_losses() -> None:
    assert isclose(required(50, 60_000, 11_040), 50 / 100 * 60_000 / 0.85 / 11_040 * HOUR)


def test_2_6_continuous_windows_at_slot_starts_are_not_always_the_cheapest() -> None:
    """The description found 31 % of 2,000 random sets of 12 hours sub-optimal."""
    random, dearer = Random(1), []
    for _ in range(2000):
        slots, seconds = rates(*(random.uniform(0.1, 0.4) for _ in range(12))), random.uniform(0.5, 6) * HOUR
        found = _cost(plan(slots, 0, Wish(seconds, 12 * HOUR, continuous=True)))
        starts = [slot.start for slot in slots] + [slot.end - seconds for slot in slots]
        best = min(
            _cost(_window(slots, start, seconds)) for start in starts if start >= 0 and start + seconds <= 12 * HOUR
        )
        dearer.append(found / best - 1)
    share = sum(loss > 1e-9 for loss in dearer) / len(dearer)
    assert 0.2 < share < 0.6
    assert sum(dearer) > 0


def _window(slots: list[Slot], start: float, seconds: float) -> list[Slot]:
    end = start + seconds
    return [
        Slot(max(slot.start, start), min(slot.end, end), slot.price)
        for slot in slots
        if slot.start < end and slot.end > start
    ]


def _cost(slots: list[Slot]) -> float:
    return sum(slot.seconds * slot.price for slot in slots)


def test_2_6_a_plan_has_no_overlaps_and_the_length_asked_for() -> None:
    random = Random(2)
    for _ in range(200):
        slots, seconds = rates(*(random.choice((1, 2, 3)) for _ in range(12))), random.uniform(0.1, 11) * HOUR
        found = plan(slots, 0, Wish(seconds, 12 * HOUR))
        assert isclose(sum(slot.seconds for slot in found), seconds)
        assert all(first.end <= second.start for first, second in pairwise(found))


GOALS = {
    "2.6 goal: a slot with 13 minutes left is not begun": ([(0, 780)], [0], [False]),
    "2.6 goal: one with 14 is": ([(0, 840)], [0], [True]),
    "2.6 goal: a running slot runs to its end": ([(0, 3600)], [0, 3000], [True, True]),
    "2.6 goal: a pause of less than 15 minutes is charged through": (
        [(0, 3600), (4200, 7200)],
        [0, 3700],
        [True, True],
    ),
    "2.6 goal: a longer one is not": ([(0, 3600), (5400, 7200)], [0, 3700], [True, False]),
    "2.6 goal: overrun goes on until it is reached": ([(0, 7200)], [3600, 7200, 9000], [True, True, True]),
}


@pytest.mark.parametrize(("slots", "moments", "expected"), GOALS.values(), ids=GOALS)
def test_goal(slots: list[tuple[float, float]], moments: list[float], expected: list[bool]) -> None:
    goal, wish = Goal(), Wish(HOUR, 7200.0)
    given = [Slot(*slot) for slot in slots]
    assert [goal.active(given, moment, wish) for moment in moments] == expected


def test_2_6_a_running_slot_outlives_a_plan_that_has_dropped_it() -> None:
    goal, wish = Goal(), Wish(HOUR, 36_000.0)
    assert goal.active([Slot(0, 3600)], 0, wish)
    later = [Slot(30_000, 33_600)]
    assert [goal.active(later, now, wish) for now in (1800, 3599, 3601)] == [True, True, False]


def test_2_6_a_goal_that_is_reached_ends() -> None:
    goal = Goal()
    assert goal.active([Slot(0, 3600)], 0, Wish(HOUR, 7200.0))
    assert not goal.active([Slot(0, 3600)], 60, Wish(0, 7200.0))
