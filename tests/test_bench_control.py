"""The bench of the controller measures what it says: its world, its plant, its bounds, and its words."""

from dataclasses import replace
from itertools import islice
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from .bench.control import commute, fuse, picture, sun
from .bench.control.__main__ import judged, table
from .bench.control.bound import CONTACTOR, SINGLE, START, SWITCHED, Ends, Money, Year, foresight, optimum
from .bench.control.fleet import capacity, fleet, share_fuse
from .bench.control.limits import CHANGES, WAKES, AllKnown, Informed, attainable, commuting, physical, slopes
from .bench.control.plant import Order, Outlet, Plant, Station
from .bench.control.scenes import Row, Size, cells
from .bench.control.world import PER_DAY, clear_sky, house, prices, pv, trips

HOUR = 720
"""Steps of 5 s."""


def test_a_day_is_the_same_whenever_it_is_made_and_another_seed_has_another() -> None:
    assert np.array_equal(house(1, 40), house(1, 40))
    assert np.array_equal(pv(1, 40), pv(1, 40))
    assert not np.array_equal(house(1, 40), house(2, 40))
    assert not np.array_equal(pv(1, 40), pv(1, 41))


def test_the_sun_shines_by_day_and_more_in_summer() -> None:
    june, december = clear_sky(172), clear_sky(355)
    assert june[: 3 * HOUR].max() == 0
    assert june[12 * HOUR] == june.max()
    assert june.sum() > 2.5 * december.sum() > 0


def test_a_year_of_sun_and_house_is_of_the_usual_size() -> None:
    days = range(0, 365, 7)
    assert 8 < np.mean([pv(1, day).sum() for day in days]) * 365 / HOUR / 1e6 < 13
    assert 5 < np.mean([house(1, day).sum() for day in days]) * 365 / HOUR / 1e6 < 11


def test_prices_are_flat_or_move_and_feed_in_moves_with_both() -> None:
    assert np.ptp(prices("flat", 1, 9)[0]) == 0
    cost, feed_in = prices("dynamic", 1, 9)
    assert np.ptp(cost) > 0.03
    assert np.ptp(feed_in) == 0
    assert np.ptp(prices("both ways", 1, 9)[1]) > 0.02


def test_a_commuter_leaves_on_every_workday_at_a_quarter() -> None:
    found = trips(1, 14)
    assert [trip.leaves // 86400 for trip in found if trip.leaves // 86400 % 7 < 5] == [*range(5), *range(7, 12)]
    assert all(trip.leaves % 900 == trip.returns % 900 == 0 for trip in found)
    assert all(trip.leaves < trip.returns for trip in found)


# --- plant ------------------------------------------------------------------------------------------------------------
def watts(station: Station, order: Order, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        station.follow(order)
        found.append(round(station.watts))
    return found


def test_a_car_wakes_then_draws_a_little_less_than_the_whole_amperes_it_is_offered() -> None:
    station = Station(Outlet((1,)))
    assert watts(station, Order(10.7, 1), 4) == [0, 0, round(9.8 * 230), round(9.8 * 230)]
    assert station.starts == 1


def test_below_6_a_it_stops_at_once() -> None:
    station = Station(Outlet((1,)))
    watts(station, Order(10, 1), 4)
    assert watts(station, Order(5.9, 1), 1) == [0]


def test_a_change_of_phases_costs_half_a_minute() -> None:
    station = Station(Outlet((1, 3)))
    watts(station, Order(10, 1), 4)
    found = watts(station, Order(6, 3), 8)
    assert found == [0] * 6 + [round(3 * 5.8 * 230)] * 2
    assert (station.starts, station.changes) == (1, 1)


def test_a_late_station_follows_later() -> None:
    station = Station(Outlet((1,), late=2, wake=0))
    assert watts(station, Order(6, 1), 4)[:3] == [0, 0, round(5.8 * 230)]


def test_a_rotated_car_loads_its_own_line_and_surplus_is_counted_without_it() -> None:
    plant = Plant([Station(Outlet((1,), (1, 2, 0), wake=0))])
    plant.follow([Order(10, 1)])
    reading = plant.reading(5, (-10.0, -10.0, -10.0))
    assert reading.grid == (-10, pytest.approx(-0.2), -10)
    assert reading.surplus == pytest.approx(30 * 230)
    assert reading.house == (-10, pytest.approx(-10), -10)


# --- bounds -----------------------------------------------------------------------------------------------------------
def test_hindsight_charges_with_the_sun_and_pays_for_one_start() -> None:
    surplus = np.full(HOUR, 2000.0)
    assert optimum(Money(0.20), surplus, SINGLE) == pytest.approx(2 * (0.20 - 0.08) - START)


def test_hindsight_does_nothing_where_nothing_is_to_be_gained() -> None:
    assert optimum(Money(0.20), np.full(HOUR, 100.0), SINGLE) == 0


def test_hindsight_changes_phases_when_it_pays() -> None:
    surplus = np.concatenate((np.full(HOUR, 2000.0), np.full(HOUR, 6000.0)))
    best = optimum(Money(0.20), surplus, SWITCHED)
    assert best == pytest.approx(8 * (0.20 - 0.08) - START - CONTACTOR)


def test_hindsight_bridges_a_cloud_that_is_cheaper_than_a_start() -> None:
    surplus = np.full(HOUR, 2000.0)
    surplus[100:103] = 0.0
    lost = 3 / 720 * (2 * 0.12 + 1.38 * (0.32 - 0.20))
    assert optimum(Money(0.20), surplus, SINGLE) == pytest.approx(2 * 0.12 - START - lost)


def year(**more: object) -> Year:
    hours = 240
    flat = np.full(hours, 0.32)
    nothing = np.zeros(hours)
    plain = Year(nothing, flat, nothing + 0.08, nothing + 1, nothing, nothing.copy(), 60_000, 0, Ends(0, 0, 0))
    return replace(plain, **more)  # type: ignore[arg-type] - the fields of a year


def test_perfect_foresight_buys_what_is_needed_and_no_more() -> None:
    needs = np.zeros(240)
    needs[200] = 9_000
    assert foresight(year(target=needs)) == pytest.approx(10 * 0.32, abs=0.02)


def test_perfect_foresight_buys_when_it_is_cheap() -> None:
    needs, price = np.zeros(240), np.full(240, 0.32)
    needs[200], price[30:150] = 9_000, 0.20
    assert foresight(year(target=needs, price=price)) == pytest.approx(10 * 0.20, abs=0.02)


def test_perfect_foresight_pays_for_what_cannot_be_had() -> None:
    needs = np.zeros(240)
    needs[0] = 1_000
    assert foresight(year(target=needs)) == pytest.approx(2.0)


def test_perfect_foresight_prefers_the_sun() -> None:
    needs, surplus = np.zeros(240), np.zeros(240)
    needs[200], surplus[60:120] = 9_000, 10_000
    sold = 10 * 0.08
    assert foresight(year(target=needs, surplus=surplus)) == pytest.approx(10 * 0.08 - sold, abs=0.05)


@pytest.mark.parametrize("rule", sun.RULES)
def test_nobody_beats_hindsight(rule: str) -> None:
    assert sun.follow(1, 320, "1p/3p", 0.26, rule).score < sun.hindsight(1, 320, "1p/3p", 0.26)


@pytest.mark.parametrize("driver", ["immediate", "cheapest slots", "evcc pv + plan"])
def test_nobody_beats_perfect_foresight(driver: str) -> None:
    bill = commute.commute(2, 3, "dynamic", driver)
    assert bill.regret > 0
    assert bill.departures == 3


# --- fuse -------------------------------------------------------------------------------------------------------------
def test_no_control_overloads_a_fuse_and_ours_does_not_for_longer_than_it_takes_to_read_the_meter() -> None:
    load = np.full((2 * HOUR, 3), 2.0)
    load[HOUR:, 1] = 15.0
    bad = fuse.evening("no control", load, "none", np.random.default_rng(1)) + load
    good = fuse.evening("ours", load, "none", np.random.default_rng(1)) + load
    assert (bad[HOUR:] > fuse.RATED).any(axis=1).all()
    assert (good > fuse.RATED).any(axis=1).sum() == 1


@pytest.mark.parametrize(("rule", "least", "most"), [("evcc, 1 loadpoint", 119, 127), ("ours", 1, 4)])
def test_a_frozen_meter_blinds_evcc_until_it_speaks_again_and_ours_for_15_s(rule: str, least: int, most: int) -> None:
    random = np.random.default_rng(1)
    begin = int(np.random.default_rng(1).integers(3600, 4 * 3600 // 5 * 5)) // 5 + 1
    load = np.full((begin + 300, 3), 2.0)
    load[begin:, 1] = 15.0
    over = (fuse.evening(rule, load, "meter", random) + load > fuse.RATED).any(axis=1)
    assert least <= over.sum() <= most


def test_a_dead_controller_leaves_evccs_limit_for_ever_and_ours_for_a_minute() -> None:
    load = np.full((5 * HOUR, 3), 2.0)
    drawn = {
        rule: fuse.evening(rule, load, "controller", np.random.default_rng(1))[-1, 0]
        for rule in ("evcc, 1 loadpoint", "ours")
    }
    assert drawn == {"evcc, 1 loadpoint": pytest.approx(15.8), "ours": pytest.approx(5.8)}


# --- sharing, capacity ------------------------------------------------------------------------------------------------
def test_ours_shares_a_fuse_among_all_where_evcc_serves_the_first() -> None:
    ours, evcc = (share_fuse(rule, 3, 1, [40]) for rule in ("ours", "evcc"))
    assert ours.smallest > 0.9 > evcc.smallest
    assert len({outlet.lines[0] for outlet in fleet(3)}) == 3


def test_ours_keeps_a_quarter_hour_below_the_goal_and_gives_the_car_what_it_needs() -> None:
    free, kept = (capacity(rule, 1, [130]) for rule in ("no control", "ours"))
    assert free.peak > 10
    assert kept.peak <= max(kept.house, 4.0)
    assert kept.energy > 14


# --- words and pictures -----------------------------------------------------------------------------------------------
def row(rule: str, result: float, met: bool | None = None) -> Row:
    return Row("B2", "flat", rule, result, "EUR/a", "", met)


def test_a_goal_of_b2_is_met_with_two_fifths_of_what_evcc_regrets_and_nobody_stranded() -> None:
    evcc = row("evcc pv + plan", 100.0)
    assert judged([evcc, row("ours", 40.0, met=True)])[1].met is True
    assert judged([evcc, row("ours", 41.0, met=True)])[1].met is False
    assert judged([evcc, row("ours", 40.0, met=False)])[1].met is False


def test_the_table_says_who_has_met_what() -> None:
    assert table([row("ours", 40.0, met=True)]).splitlines()[-1] == "| B2 | flat | ours | 40.0 EUR/a |  | met |"


def test_every_bench_has_cells_and_every_cell_has_one_of_ours() -> None:
    found = list(cells())
    assert {cell.bench for cell in found} == {"B1", "B2", "B3", "B4", "B5", "B6"}
    assert {(cell.bench, cell.scene) for cell in found} == {
        (cell.bench, cell.scene) for cell in found if cell.rule == "ours"
    }


def test_days_are_spread_over_the_year() -> None:
    assert Size(1, 4).dates() == [45, 136, 228, 319]
    assert len(Size(1, 365).dates(12)) == 12
    assert PER_DAY == 24 * HOUR


def test_pictures_are_drawings_with_our_colour() -> None:
    for text in (
        picture.bars("Bars <1>", {"scene": {"evcc": 1.0, "ours": 2.0}}, "kW"),
        picture.lines("Lines", {"surplus": [0.0, -1.0], "ours": [1.0, 2.0]}, (6, 18), "kW"),
    ):
        assert ET.fromstring(text).tag.endswith("svg")
        assert picture.OURS in text


# --- limits -----------------------------------------------------------------------------------------------------------
def test_the_same_car_and_station_reach_less_than_the_optimum_which_has_no_steps_and_no_waiting() -> None:
    surplus = np.concatenate((np.full(HOUR, 2000.0), np.full(HOUR, 6000.0)))
    most, found = optimum(Money(0.20), surplus, SWITCHED), attainable(Money(0.20), surplus)
    waits = (WAKES * 2 + CHANGES * 6) / HOUR * 0.12
    steps = most - (found + waits)
    assert 0 <= steps < 2 * 0.23 * 0.12 + 3 * 0.23 * 0.12
    assert attainable(Money(0.20), np.full(HOUR, -100.0)) == 0


def test_who_may_not_draw_less_than_6_a_has_to_buy_what_the_sun_does_not_give() -> None:
    weak = year(surplus=np.full(240, 690.0), target=np.r_[np.zeros(239), 1_000.0], ends=Ends(0, 0, 0))
    assert foresight(weak) == pytest.approx(-(690 * 4 / 1000 - 1 / 0.9) * 0.08, abs=0.005)
    half = 1 / 0.9 / 2
    assert physical(weak, 240) == pytest.approx(-(690 * 4 / 1000 - half) * 0.08 + half * 0.32 + START / 2, abs=0.02)


def test_a_kwh_saves_what_it_costs_until_there_is_enough() -> None:
    found = slopes(year(target=np.r_[np.zeros(239), 9_000.0], ends=Ends(0, 0, 0)))
    assert found.shape == (240, 120)
    assert found[0, 0] == pytest.approx(0.32 / 0.9, abs=1e-3)
    assert found[0, 20] == pytest.approx(0, abs=1e-3)


def test_each_line_of_the_explanation_may_do_less_than_the_one_before() -> None:
    (_, may), (_, valued) = islice(commuting(1, 2, "dynamic"), 2)
    assert 0 <= may <= valued


def test_who_knows_everything_knows_sun_house_prices_and_trips() -> None:
    known, guessed = AllKnown(1, 2, "dynamic"), commute.Calendar(1, 2, "dynamic")
    noon = 12 * 3600.0
    slot, guess = known.outlook(noon).slots[0], guessed.outlook(noon).slots[0]
    assert slot.pv == pytest.approx(known.pv[12 * 120 : 13 * 120].mean())
    assert slot.load == pytest.approx(known.load[12 * 120 : 13 * 120].sum(axis=1).mean())
    assert (slot.pv, slot.load) != (guess.pv, guess.load)
    assert known.outlook(noon).slots[-1].price == known.hourly[0][int(known.outlook(noon).slots[-1].begin // 3600)]
    assert guessed.outlook(noon).slots[-1].price != known.outlook(noon).slots[-1].price
    car = Informed().car(known, commute.Drive(noon, 20_000, known.trips[1]))
    assert car.trips[0].returns == known.trips[1].returns
    assert [trip.leaves for trip in car.trips[1:]] == [trip.leaves for trip in known.trips[2:7]]
